"""What pages show of a change of terms: in words, and what is to come without and with it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

import servicing
from kernel import Currency, Money, find
from marketplace.db import rehearse
from marketplace.formats import day, pct
from marketplace.schemas.changes import CHANGES
from servicing import ChangeKind, Loan, Outlook, Wish

# What a form asks for, by what is to change.
FIELDS: dict[ChangeKind, tuple[str, ...]] = {
    ChangeKind.DUE_DATE: ("first_due",),
    ChangeKind.RESCHEDULE: ("extra", "rate", "principal_grace", "interest_grace", "first_due"),
    ChangeKind.HARDSHIP: ("principal_grace", "interest_grace", "extra", "rate"),
    ChangeKind.RE_AGE: ("installments", "first_due"),
    ChangeKind.RE_AMORTIZE: (),
    ChangeKind.INTEREST_PAUSE: ("until",),
    ChangeKind.COUNT_PAUSE: ("until",),
}


@dataclass(frozen=True)
class Row:
    """One installment to come, in two worlds; None where one of them has no such installment."""

    number: int
    before_on: date | None
    before: Money | None
    after_on: date | None
    after: Money | None


@dataclass(frozen=True)
class Side:
    """What is to come in one of the two worlds."""

    interest: Money
    total: Money
    last_due: date | None
    days_late: int


@dataclass(frozen=True)
class Preview:
    """A change, and what is to come without and with it."""

    words: str
    before: Side
    after: Side
    rows: tuple[Row, ...]

    @property
    def costs(self) -> Money:
        """What it costs the borrower; below zero is what it saves."""
        return self.after.interest - self.before.interest


@dataclass(frozen=True)
class TermsPage:
    """A loan and a change of its terms that somebody thinks of."""

    id: UUID
    number: int
    kind: ChangeKind
    fields: tuple[str, ...]
    preview: Preview | None

    @property
    def title(self) -> Any:
        """What the change is called."""
        return CHANGES[self.kind]


def wish_of(values: dict[str, Any]) -> Wish:
    """Return what a form wishes; fields that its kind does not ask for are left out."""
    kind = ChangeKind(values["kind"])
    asked = {name: values[name] for name in FIELDS[kind] if values[name] is not None}
    return Wish(kind, values["on"], **asked)


def terms_page(
    session: Session, *, loan_id: UUID, kind: ChangeKind, preview: Preview | None
) -> TermsPage:
    """Return the page of a change.

    Raises:
        NotFound: there is no such loan.
    """
    number = find(session, Loan, loan_id).number
    return TermsPage(loan_id, number, kind, FIELDS[kind], preview)


def foresee(loan_id: UUID, wish: Wish, *, on: date, at: datetime) -> Preview:
    """Return what a change would do: it is made, looked at and taken back again.

    Raises:
        DomainError: it cannot be made.
    """

    def work(session: Session) -> tuple[Outlook, Outlook, Currency]:
        currency = Currency(find(session, Loan, loan_id).currency)
        return (
            *servicing.foresee_change(session, loan_id=loan_id, wish=wish, on=on, at=at),
            currency,
        )

    before, after, currency = rehearse(work)
    return Preview(
        words=words_of(wish),
        before=_side(before, currency),
        after=_side(after, currency),
        rows=_rows(before, after, currency),
    )


def words_of(wish: Wish) -> str:
    """Say in a sentence or two what is to change."""
    said = [str(CHANGES[wish.kind])]
    if wish.installments is not None:
        said.append(
            ngettext(
                "all that is unpaid in %(num)s new installment",
                "all that is unpaid in %(num)s new installments",
                wish.installments,
            )
        )
    said += _extras(wish)
    if wish.first_due is not None:
        said.append(_("next due on %(day)s", day=day(wish.first_due)))
    if wish.until is not None:
        said.append(_("from %(start)s to %(end)s", start=day(wish.on), end=day(wish.until)))
    else:
        said.append(_("from %(start)s on", start=day(wish.on)))
    return " · ".join(map(str, said))


def _extras(wish: Wish) -> list[str]:
    said = []
    if wish.extra:
        said.append(ngettext("%(num)s more installment", "%(num)s more installments", wish.extra))
    if wish.rate is not None:
        said.append(_("a rate of %(rate)s a year", rate=pct(wish.rate)))
    if wish.principal_grace:
        said.append(
            ngettext(
                "%(num)s installment without principal",
                "%(num)s installments without principal",
                wish.principal_grace,
            )
        )
    if wish.interest_grace:
        said.append(
            ngettext(
                "%(num)s installment without interest, which waits",
                "%(num)s installments without interest, which waits",
                wish.interest_grace,
            )
        )
    return said


def _side(seen: Outlook, currency: Currency) -> Side:
    return Side(
        interest=Money(seen.interest, currency),
        total=Money(seen.total, currency),
        last_due=seen.last_due,
        days_late=seen.days_late,
    )


def _rows(before: Outlook, after: Outlook, currency: Currency) -> tuple[Row, ...]:
    """Put the installments of both worlds side by side, in the order in which they come."""
    count = max(len(before.rows), len(after.rows))
    sides = (
        [(row.due_on, Money(row.total, currency)) for row in seen.rows]
        + [(None, None)] * (count - len(seen.rows))
        for seen in (before, after)
    )
    return tuple(
        Row(place, *was, *now) for place, (was, now) in enumerate(zip(*sides, strict=True), start=1)
    )
