"""What a borrower sees first: the one thing to do now, then loans and applications."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

import origination
import reporting
from marketplace import flows, payees
from marketplace.formats import day, money
from marketplace.web import applications_page
from marketplace.web.applications_page import ApplicationLine
from reporting import LoanLine
from servicing import LoanStatus

SOON = timedelta(days=7)
# Applications that wait for somebody; the others stand in the list of all.
OPEN = frozenset(
    {
        ("application", "draft"),
        ("application", "submitted"),
        ("application", "reviewed"),
        ("application", "approved"),
        ("application", "accepted"),
        ("listing", "open"),
        ("listing", "partial"),
        ("listing", "funded"),
    }
)


@dataclass(frozen=True)
class ToDo:
    """The one thing to do first."""

    title: str
    text: str
    url: str
    label: str
    tone: str = "info"
    icon: str = "arrow-right"


@dataclass(frozen=True)
class BorrowerPage:
    """A borrower's overview."""

    todo: ToDo
    loans: tuple[LoanLine, ...]
    applications: tuple[ApplicationLine, ...]
    is_new: bool


def borrower_page(session: Session, *, borrower_id: UUID, on: date, at: datetime) -> BorrowerPage:
    """Return the overview of a borrower."""
    is_payable = bool(payees.payable(session, [borrower_id], bank=flows.carrier(session), at=at))
    loans = reporting.borrower_summary(session, borrower_id=borrower_id, on=on).loans
    active = tuple(loan for loan in loans if loan.status is LoanStatus.ACTIVE)
    cards = origination.applications_of(session, borrower_id=borrower_id, limit=10).items
    lines = [applications_page.line(session, card) for card in cards]
    waiting = tuple(line for line in lines if (line.noun, line.status) in OPEN)
    todo = next(_to_do(active, waiting, on=on, is_payable=is_payable), _apply())
    return BorrowerPage(todo, active, waiting, is_new=not loans and not cards)


def _to_do(
    loans: tuple[LoanLine, ...],
    applications: tuple[ApplicationLine, ...],
    *,
    on: date,
    is_payable: bool,
) -> Iterator[ToDo]:
    """Yield what there is to do, the most pressing first."""
    yield from (_overdue(loan) for loan in loans if loan.days_past_due)
    by_status: dict[str, Any] = {"partial": _smaller, "approved": _offer}
    for status, made in by_status.items():
        yield from (made(line) for line in applications if line.status == status)
    if not is_payable:
        yield from (_say_where(line) for line in applications if line.noun == "listing")
    yield from (_due(loan) for loan in loans if loan.owed_now.is_positive)
    yield from (_soon(loan) for loan in loans if _is_soon(loan, on=on))
    yield from (_draft(line) for line in applications if line.status == "draft")
    yield from (_wait(line) for line in applications)
    yield from (_nothing(loan) for loan in loans)


def _is_soon(loan: LoanLine, *, on: date) -> bool:
    return loan.next_due_on is not None and loan.next_due_on <= on + SOON


def _overdue(loan: LoanLine) -> ToDo:
    return ToDo(
        title=_("Pay %(sum)s now", sum=money(loan.owed_now)),
        text=_(
            "Loan L-%(number)s is %(days)s days late.", number=loan.number, days=loan.days_past_due
        ),
        url=url_for("loans.pay", loan_id=loan.id),
        label=_("Pay"),
        tone="negative",
        icon="alert-triangle",
    )


def _due(loan: LoanLine) -> ToDo:
    return ToDo(
        title=_("Pay %(sum)s", sum=money(loan.owed_now)),
        text=_("The payment on loan L-%(number)s is due.", number=loan.number),
        url=url_for("loans.pay", loan_id=loan.id),
        label=_("Pay"),
        tone="warning",
        icon="calendar-due",
    )


def _soon(loan: LoanLine) -> ToDo:
    return ToDo(
        title=_(
            "%(sum)s is due on %(day)s", sum=money(loan.next_amount), day=day(loan.next_due_on)
        ),
        text=_("The next payment on loan L-%(number)s.", number=loan.number),
        url=url_for("loans.pay", loan_id=loan.id),
        label=_("Pay"),
        icon="calendar-due",
    )


def _smaller(line: ApplicationLine) -> ToDo:
    return ToDo(
        title=_("Take the smaller amount, or leave it"),
        text=_("A part of application A-%(number)s is funded.", number=line.card.number),
        url=url_for("offers.smaller", application_id=line.card.id),
        label=_("See the smaller offer"),
        tone="warning",
        icon="alert-circle",
    )


def _offer(line: ApplicationLine) -> ToDo:
    return ToDo(
        title=_("You have an offer"),
        text=_("Application A-%(number)s is approved.", number=line.card.number),
        url=url_for("offers.show", application_id=line.card.id),
        label=_("See the offer"),
        tone="positive",
        icon="circle-check",
    )


def _say_where(line: ApplicationLine) -> ToDo:
    return ToDo(
        title=_("Say where we should pay you"),
        text=_(
            "Application A-%(number)s is paid out to a bank account of your own.",
            number=line.card.number,
        ),
        url=url_for("destinations.index"),
        label=_("Add a bank account"),
        tone="warning",
        icon="wallet",
    )


def _draft(line: ApplicationLine) -> ToDo:
    return ToDo(
        title=_("Finish your application"),
        text=_("Draft A-%(number)s waits for your last answers.", number=line.card.number),
        url=url_for("applications.check", application_id=line.card.id),
        label=_("Continue the application"),
        icon="pencil",
    )


def _wait(line: ApplicationLine) -> ToDo:
    return ToDo(
        title=_("Nothing to do right now"),
        text=_("Application A-%(number)s is on its way.", number=line.card.number),
        url=url_for("applications.show", application_id=line.card.id),
        label=_("See your application"),
        icon="hourglass",
    )


def _nothing(loan: LoanLine) -> ToDo:
    return ToDo(
        title=_("Nothing to do right now"),
        text=_(
            "The next payment, %(sum)s, is due on %(day)s.",
            sum=money(loan.next_amount),
            day=day(loan.next_due_on),
        ),
        url=url_for("loans.show", loan_id=loan.id),
        label=_("See your loan"),
        tone="positive",
        icon="circle-check",
    )


def _apply() -> ToDo:
    return ToDo(
        title=_("Ask for a loan"),
        text=_("Four short pages, then an offer with every figure. Asking costs nothing."),
        url=url_for("applications.new"),
        label=_("Begin"),
        icon="file-description",
    )
