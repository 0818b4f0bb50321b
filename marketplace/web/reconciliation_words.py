"""Words for what reconciling tells: flows, differences, and the reasons that explain them."""

from typing import Any

from flask_babel import lazy_gettext as _l

from escrow import AccountKind
from marketplace.web.ledger_page import KINDS

# An id is told by its end.
SHORT = 12

FLOWS: dict[str, Any] = {
    "deposit": _l("Deposit"),
    "payout": _l("Payout"),
    "collection": _l("Repayment collected"),
    "settle": _l("Payment of the provider to our bank"),
    "fee": _l("Price of the provider"),
    "file": _l("Payment file"),
    "entry": _l("Entry"),
    "bank": _l("Line of the bank"),
    "provider": _l("Line of the provider"),
    "balance": _l("What is held, against all lines"),
    "bundle": _l("Parts of a payment to our bank"),
    "opening": _l("What was there before"),
}
FOUND: dict[str, Any] = {
    "only_in_book": _l("Only the book has it"),
    "only_outside": _l("The book does not have it"),
    "amount": _l("The amounts differ"),
    "balance": _l("Lines are missing"),
}
REASONS: dict[str, Any] = {
    "held": _l("held for safety before it is credited"),
    "news_awaited": _l("the provider's message is awaited"),
    "being_taken_back": _l("being taken back"),
    "on_its_way": _l("on its way"),
    "owed_outside": _l("owed for a returned deposit"),
    "accepted": _l("accepted by two people"),
    "cost_waits": _l("waits until fees can pay it"),
    "to_our_bank": _l("on its way to our bank"),
    "not_told_yet": _l("not told by the outside yet"),
}
SIDES: dict[str, Any] = {
    "book": _l("The book"),
    "provider": _l("Payment provider"),
    "bank": _l("Custodian bank"),
}


def flow_name(flow: str) -> str:
    """Return what a flow is called: what it is, and the end of its id."""
    kind, _colon, ident = flow.partition(":")
    short = ident if len(ident) <= SHORT else f"…{ident[-SHORT:]}"
    return " ".join(filter(None, [str(FLOWS.get(kind, kind)), short]))


def place_name(place: str) -> str:
    """Return what a place is called."""
    return str(KINDS[AccountKind(place)])


def found_name(found: str) -> str:
    """Return in which way a flow differs."""
    return str(FOUND[found])


def side_name(side: str) -> str:
    """Return who says a line."""
    return str(SIDES[side])


def reason_name(reason: str) -> str:
    """Return why a flow may differ."""
    return str(REASONS.get(reason, reason))
