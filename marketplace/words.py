"""Words for what the business calls by a code: roles, states, purposes, grades.

A page writes `{{ state("listing", page.status) }}`; the word, its tone and so its shape come from
here. A state is never told by colour alone: every tone has its own icon.
"""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from marketplace.models import Role
from origination import MESSAGES

# tone: icon. The tone decides the colour, the icon is the shape.
TONES = {
    "neutral": "circle-dashed",
    "info": "circle-dot",
    "progress": "hourglass",
    "positive": "circle-check",
    "warning": "alert-triangle",
    "negative": "circle-x",
}


@dataclass(frozen=True)
class Word:
    """What people read for a code, and the tone it is said in."""

    text: Any
    tone: str = "neutral"

    @property
    def icon(self) -> str:
        """The shape that goes with the tone."""
        return TONES[self.tone]


ROLES = {
    Role.BORROWER: Word(_l("Borrower")),
    Role.LENDER: Word(_l("Investor")),
    Role.OPERATOR: Word(_l("Operator")),
}

# noun: {state: word}. Domain pages add theirs here, so that one state reads the same everywhere.
STATES: dict[str, dict[str, Word]] = {
    "job": {
        "queued": Word(_l("Queued"), "neutral"),
        "running": Word(_l("Running"), "progress"),
        "done": Word(_l("Done"), "positive"),
        "failed": Word(_l("Failed"), "negative"),
    },
    "custody_choice": {
        "proposed": Word(_l("Waits for another person"), "info"),
        "in_force": Word(_l("In force"), "positive"),
        "replaced": Word(_l("Replaced"), "neutral"),
        "refused": Word(_l("Refused"), "neutral"),
    },
    "break": {
        "open": Word(_l("Nobody looks after it"), "warning"),
        "assigned": Word(_l("Looked after"), "progress"),
        "proposed": Word(_l("Waits for another person"), "info"),
        "resolved": Word(_l("Resolved"), "positive"),
    },
    "verdict": {
        "cleared": Word(_l("Clears"), "positive"),
        "explained": Word(_l("Explained"), "info"),
        "break": Word(_l("Break"), "negative"),
    },
    "mail": {
        "queued": Word(_l("Waiting to be sent"), "progress"),
        "sent": Word(_l("Sent"), "positive"),
        "failed": Word(_l("Not delivered"), "negative"),
    },
    "application": {
        "draft": Word(_l("Draft"), "neutral"),
        "submitted": Word(_l("Submitted"), "progress"),
        "reviewed": Word(_l("Reviewed"), "progress"),
        "approved": Word(_l("Approved"), "positive"),
        "declined": Word(_l("Declined"), "negative"),
        "offered": Word(_l("Offer made"), "info"),
        "accepted": Word(_l("Accepted"), "positive"),
        "listed": Word(_l("Listed"), "info"),
        "withdrawn": Word(_l("Withdrawn"), "neutral"),
        "expired": Word(_l("Expired"), "neutral"),
        "funded": Word(_l("Funded"), "positive"),
        "booked": Word(_l("Loan paid out"), "positive"),
    },
    "decision": {
        "recommend_approval": Word(_l("Approval recommended"), "info"),
        "recommend_decline": Word(_l("Decline recommended"), "warning"),
        "approve": Word(_l("Approved"), "positive"),
        "decline": Word(_l("Declined"), "negative"),
    },
    "listing": {
        "draft": Word(_l("Draft"), "neutral"),
        "open": Word(_l("Open for funding"), "info"),
        "funded": Word(_l("Fully funded"), "positive"),
        "partial": Word(_l("Partly funded"), "warning"),
        "closed": Word(_l("Closed"), "neutral"),
        "expired": Word(_l("Expired"), "neutral"),
        "withdrawn": Word(_l("Withdrawn"), "neutral"),
        "disbursed": Word(_l("Paid out"), "positive"),
    },
    "order": {
        "reserved": Word(_l("Reserved"), "progress"),
        "filled": Word(_l("Filled"), "positive"),
        "released": Word(_l("Released"), "neutral"),
        "cancelled": Word(_l("Cancelled"), "neutral"),
    },
    "mandate": {
        "active": Word(_l("Active"), "positive"),
        "paused": Word(_l("Paused"), "warning"),
        "ended": Word(_l("Ended"), "neutral"),
    },
    "loan": {
        "current": Word(_l("Current"), "positive"),
        "active": Word(_l("Active"), "positive"),
        "in_grace_period": Word(_l("In grace period"), "info"),
        "late_16_30": Word(_l("Late 16–30 days"), "warning"),
        "late_31_120": Word(_l("Late 31–120 days"), "negative"),
        "in_default": Word(_l("Defaulted"), "negative"),
        "charged_off": Word(_l("Charged off"), "negative"),
        "settled_short": Word(_l("Settled for less"), "warning"),
        "sold": Word(_l("Sold"), "warning"),
        "settled": Word(_l("Paid in full"), "positive"),
    },
    "installment": {
        "upcoming": Word(_l("Upcoming"), "neutral"),
        "due": Word(_l("Due"), "info"),
        "paid": Word(_l("Paid"), "positive"),
        "part_paid": Word(_l("Partly paid"), "warning"),
        "overdue": Word(_l("Overdue"), "negative"),
    },
    "repayment": {
        "installment": Word(_l("Installment"), "positive"),
        "extra": Word(_l("Extra payment"), "positive"),
        "payoff": Word(_l("Payoff"), "positive"),
        "recovery": Word(_l("Recovery"), "info"),
        "reversal": Word(_l("Return"), "negative"),
        "returned": Word(_l("Returned"), "warning"),
    },
    "proposal": {
        "proposed": Word(_l("Waits for a second person"), "progress"),
        "confirmed": Word(_l("Confirmed"), "positive"),
        "refused": Word(_l("Refused"), "neutral"),
    },
    "collection": {
        "prepared": Word(_l("Not paid yet"), "neutral"),
        "called": Word(_l("Being debited"), "progress"),
        "processing": Word(_l("On its way"), "progress"),
        "received": Word(_l("Paid"), "positive"),
        "failed": Word(_l("Not paid"), "negative"),
        "cancelled": Word(_l("Cancelled"), "neutral"),
        "returned": Word(_l("Returned"), "warning"),
    },
    "autopay": {
        "agreed": Word(_l("Waits for a way to pay"), "progress"),
        "active": Word(_l("Switched on"), "positive"),
        "cancelled": Word(_l("Switched off"), "neutral"),
        "stopped": Word(_l("Stopped"), "negative"),
    },
    "destination": {
        "added": Word(_l("Waiting for your answers"), "progress"),
        "verified": Word(_l("Verified"), "positive"),
        "refused": Word(_l("Not accepted"), "negative"),
    },
    "transfer": {
        "initiated": Word(_l("Waiting for payment"), "progress"),
        "processing": Word(_l("Being debited"), "progress"),
        "held": Word(_l("Arrived, not yet free"), "info"),
        "available": Word(_l("Arrived"), "positive"),
        "disputed": Word(_l("Disputed"), "warning"),
        "review": Word(_l("Waiting for approval"), "progress"),
        "requested": Word(_l("Being sent"), "progress"),
        "sent": Word(_l("On its way"), "progress"),
        "paid": Word(_l("Paid out"), "positive"),
        "failed": Word(_l("Failed"), "negative"),
        "returned": Word(_l("Returned"), "negative"),
    },
}


# Who a payment came from, where it was not the borrower in the ordinary way.
SOURCES = {
    "borrower": _l("Borrower"),
    "collector": _l("Collector"),
    "guarantor": _l("Guarantor"),
    "collateral": _l("Collateral"),
    "sale": _l("Sale of the debt"),
}

# What a loan is for, and how somebody lives, in the words of origination.
PURPOSES = {
    "car": _l("Car"),
    "credit_card": _l("Credit card debt"),
    "debt_consolidation": _l("Combine debts"),
    "educational": _l("Education"),
    "home_improvement": _l("Home improvement"),
    "house": _l("Buying a home"),
    "major_purchase": _l("Major purchase"),
    "medical": _l("Medical costs"),
    "moving": _l("Moving"),
    "other": _l("Something else"),
    "renewable_energy": _l("Renewable energy"),
    "small_business": _l("Small business"),
    "vacation": _l("Holiday"),
    "wedding": _l("Wedding"),
}
HOMES = {
    "own": _l("I own my home"),
    "mortgage": _l("I own it with a mortgage"),
    "rent": _l("I rent"),
    "other": _l("Other"),
}

# What entries of the book note about themselves, by the form in which operations write it.
MEMOS = {
    r"Deposit": _l("Money arrived"),
    r"Mandates": _l("By your auto-invest orders"),
    r"To bank account on file": _l("To the bank account on file"),
    r"To (?P<where>.+)": _l("To %(where)s"),
    r"Order on (?P<loan>L-\d+)": _l("Order on %(loan)s"),
    r"Order on (?P<loan>L-\d+) cancelled": _l("Order on %(loan)s cancelled"),
    r"(?P<loan>L-\d+) paid out": _l("%(loan)s paid out"),
    r"(?P<loan>L-\d+) installment": _l("Installment of %(loan)s"),
    r"(?P<loan>L-\d+) extra": _l("Extra payment on %(loan)s"),
    r"(?P<loan>L-\d+) payoff": _l("Payoff of %(loan)s"),
    r"(?P<loan>L-\d+) recovery": _l("Recovery on %(loan)s"),
    r"(?P<loan>L-\d+) returned: (?P<why>.+)": _l("Payment on %(loan)s returned: %(why)s"),
    r"(?P<loan>L-\d+): the listing expired": _l("%(loan)s was not funded in time"),
    r"(?P<loan>L-\d+): the listing was withdrawn": _l("%(loan)s was withdrawn"),
    r"(?P<loan>L-\d+): the borrower declined .+": _l("%(loan)s: its borrower declined"),
}

# What operations and errors call things, in a sentence.
# What the worker does, by the kind of the job.
JOBS = {
    "book.seal": _l("Seal what is new in the book"),
    "care.day": _l("Look after the loans"),
    "care.message": _l("Pass on a message of after-loan care"),
    "day.close": _l("Close the day"),
    "escrow.debit": _l("Debit a borrower"),
    "escrow.hear": _l("Hear what the provider says"),
    "escrow.payout": _l("Send a payout"),
    "escrow.refund": _l("Give back what was paid too much"),
    "escrow.release": _l("Release deposits whose hold is over"),
    "escrow.tend": _l("Look after money on its way"),
    "listing.expiry": _l("Close a listing whose time is up"),
    "mail.send": _l("Send a mail"),
    "matching.batch": _l("Let the standing orders invest"),
    "money.reconcile": _l("Reconcile a day"),
}

NOUNS = {
    "application": _l("application"),
    "break": _l("break"),
    "listing": _l("listing"),
    "loan": _l("loan"),
    "mandate": _l("standing order"),
    "note": _l("note"),
    "order": _l("order"),
    "repayment": _l("repayment"),
    "report": _l("report"),
    "session": _l("session"),
    "transfer": _l("transfer"),
    "user": _l("account"),
}

# Why a standing order does not hold together, as matching says it.
WHYS = {
    "lines are missing": _l("lines are missing"),
    "the difference lies the other way": _l("the difference lies the other way"),
    "it is not at the bank": _l("it is not at the bank"),
    "say whose, or which": _l("say whose, or which"),
    "that is no entry": _l("that is no entry"),
    "it belongs to a flow already": _l("it belongs to a flow already"),
    "money leaves another way now: add it once more": _l(
        "money leaves another way now: add it once more"
    ),
    "no investor has this address": _l("no investor has this address"),
    "It has cleared": _l("It has cleared"),
    "It differs again": _l("It differs again"),
    "The difference has changed": _l("The difference has changed"),
    "it has ended": _l("it has ended"),
    "a share is of no known kind": _l("a share is of no known kind"),
    "a share is not between 0 and 100 %": _l("a share is not between 0 and 100 %%"),
    "the targets of a kind are more than 100 % together": _l(
        "the targets of a kind are more than 100 %% together"
    ),
    "the most per borrower must be above zero": _l("the most per borrower must be above zero"),
    "the most per group must be above zero": _l("the most per group must be above zero"),
    "the most in one listing must be above zero": _l("the most in one listing must be above zero"),
    "what is to be kept cannot be below zero": _l("what is to be kept cannot be below zero"),
    "the most over all must be above zero": _l("the most over all must be above zero"),
}


def spoken(code: str) -> str:
    """Return the words for a noun, a state or reasons within a sentence; other text stays."""
    reasons = code.split(", ")
    if all(reason in MESSAGES for reason in reasons):
        return " ".join(reason_word(reason) for reason in reasons)
    if code.lower() in NOUNS:
        return str(NOUNS[code.lower()])
    if code in WHYS:
        return str(WHYS[code]) % {}
    return next((str(words[code].text) for words in STATES.values() if code in words), code)


def state_word(noun: str, state: str) -> Word:
    """Return the word for a state; one that nobody has named yet reads as its code."""
    known = STATES.get(noun, {}).get(str(state))
    return known or Word(str(gettext(str(state).replace("_", " ").capitalize())))


def purpose_word(purpose: str) -> str:
    """Return what a loan is for, in words; a purpose that nobody has named reads as its code."""
    return str(PURPOSES.get(purpose) or purpose.replace("_", " ").capitalize())


def source_word(source: str) -> str:
    """Return who a payment came from, in words."""
    return str(SOURCES[source])


def home_word(home: str) -> str:
    """Return how somebody lives, in words."""
    return str(HOMES.get(home, home))


def reason_word(code: str) -> str:
    """Return the reason behind a code in the reader's language."""
    return str(gettext(MESSAGES[code]))


def memo_word(memo: str) -> str:
    """Return what an entry notes about itself, in words; a note by hand stays as it is."""
    for form, text in MEMOS.items():
        found = re.fullmatch(form, memo)
        if found:
            return str(text) % found.groupdict()
    return memo


def job_word(kind: str) -> str:
    """Return what a job does; a kind that nobody has named reads as its code."""
    return str(JOBS.get(kind, kind))


def role_word(role: str) -> Word:
    """Return the word for a role."""
    return ROLES[Role(role)]


def init_words(app: Flask) -> None:
    """Let templates ask for words."""
    app.jinja_env.globals |= {
        "state_word": state_word,
        "role_word": role_word,
        "purpose_word": purpose_word,
        "home_word": home_word,
        "source_word": source_word,
        "reason_word": reason_word,
        "job_word": job_word,
        "memo_word": memo_word,
    }
