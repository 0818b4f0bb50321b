"""Breaks: opened and closed by reconciling, assigned and resolved by people."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.chart import AccountKind, Movement
from escrow.errors import BreakNotOpen, RemedyNotFitting, SameHands
from escrow.ledger import AccountRef, Part, Posting
from escrow.models import Entry
from escrow.operations.book import post, reverse
from escrow.operations.recognising import note_flow
from escrow.operations.settling import from_fees
from escrow.outside import Break, BreakStatus
from escrow.reconciling import Key, Outcome, Place, Side, Verdict
from kernel import lock, new_id, next_number

SYSTEM = "system"
# Breaks of sums, not of lines.
SUMS = ("balance:", "bundle:")


class Remedy(StrEnum):
    """What may be done about a break."""

    GIVE = "give"  # to the lender whose money it is
    TAKE = "take"  # from the lender to whom it was given
    COST = "cost"  # the platform bears it
    FUND = "fund"  # it is the platform's own money
    SETTLE = "settle"  # it came to the bank, though the book has it at the provider
    LINK = "link"  # the line belongs to another flow
    REVERSE = "reverse"  # an entry was wrong
    ACCEPT = "accept"  # it stays as it is


# Whatever changes what somebody owns, or gives a difference up, takes two people.
BY_TWO = frozenset({Remedy.GIVE, Remedy.TAKE, Remedy.REVERSE, Remedy.ACCEPT})


def follow(
    session: Session, outcomes: Sequence[Outcome], *, on: date, at: datetime
) -> dict[Key, int]:
    """Open a break for every flow that nothing explains, and resolve those that have gone.

    Returns:
        The number of the break of each flow that has one.
    """
    known = {_key(row): row for row in session.scalars(select(Break).with_for_update())}
    numbers = {}
    for each in outcomes:
        if each.verdict is Verdict.BREAK:
            row = known.pop(each.key, None)
            numbers[each.key] = _opened(session, row, each, on, at)
    for row in known.values():
        if row.status != BreakStatus.RESOLVED:
            row.resolved_by, row.resolved_at, row.proposed_by = SYSTEM, at, None
            row.move(session, BreakStatus.RESOLVED, by=SYSTEM, at=at, why="It has cleared")
    session.flush()
    return numbers


def _key(row: Break) -> Key:
    return Key(row.flow, Place(row.place), row.currency)


def _opened(session: Session, row: Break | None, each: Outcome, on: date, at: datetime) -> int:
    if row is None:
        row = Break(
            id=new_id(),
            number=next_number(session),
            flow=each.key.flow,
            place=each.key.place.value,
            amount_minor=each.unexplained,
            currency=each.key.currency,
            found=_found(each),
            status=BreakStatus.OPEN,
            opened_on=on,
            opened_at=at,
        )
        session.add(row)
        row.begin(session, by=SYSTEM, at=at)
    elif row.status == BreakStatus.RESOLVED:
        row.remedy = row.subject = row.proposed_by = row.resolved_by = row.resolved_at = None
        row.opened_on = on
        row.move(session, BreakStatus.OPEN, by=SYSTEM, at=at, why="It differs again")
    elif row.status == BreakStatus.PROPOSED and row.amount_minor != each.unexplained:
        row.remedy = row.subject = row.proposed_by = None
        row.move(session, BreakStatus.ASSIGNED, by=SYSTEM, at=at, why="The difference has changed")
    row.amount_minor = each.unexplained
    return row.number


def _found(each: Outcome) -> str:
    """Say in a word who says what the other does not."""
    if each.key.flow.startswith(SUMS):
        return "balance"
    if not any(line.side is not Side.BOOK for line in each.lines):
        return "only_in_book"
    if not any(line.side is Side.BOOK for line in each.lines):
        return "only_outside"
    return "amount"


def assign_break(
    session: Session, *, break_id: UUID, owner: str, note: str, by: str, at: datetime
) -> Break:
    """Say who looks after a break; what was proposed for it is withdrawn.

    Raises:
        BreakNotOpen: it is resolved.
    """
    row = _open(session, break_id)
    row.owner, row.note = owner, note or row.note
    row.remedy = row.subject = row.proposed_by = None
    row.move(session, BreakStatus.ASSIGNED, by=by, at=at, why=note)
    return row


def resolve_break(
    session: Session,
    *,
    break_id: UUID,
    remedy: Remedy,
    subject: str,
    note: str,
    by: str,
    at: datetime,
) -> Break:
    """Do what settles a break; where it touches somebody's money, propose it to another person.

    Args:
        session: the writing session.
        break_id: the break.
        remedy: what is done.
        subject: whose it is (give, take), which flow it belongs to (link, settle), or which entry
            was wrong (reverse).
        note: why.
        by: who says so.
        at: when.

    Raises:
        BreakNotOpen: it is resolved, or waits for another person.
        RemedyNotFitting: this cannot settle it.
        InsufficientFunds, AlreadyReversed: the book refuses.
    """
    row = _open(session, break_id)
    if row.status == BreakStatus.PROPOSED:
        raise BreakNotOpen(number=row.number, status=row.status)
    row.remedy, row.subject, row.note = remedy.value, subject or None, note
    row.owner = row.owner or by
    if remedy in BY_TWO:
        _check(row, remedy)
        row.proposed_by = by
        row.move(session, BreakStatus.PROPOSED, by=by, at=at, why=note)
        return row
    return _settled(session, row, by, at)


def agree_to_break(session: Session, *, break_id: UUID, by: str, at: datetime) -> Break:
    """Agree to what another person has proposed for a break, and do it.

    Raises:
        SameHands: the same person proposed it.
        BreakNotOpen: nothing is proposed.
        RemedyNotFitting, InsufficientFunds, AlreadyReversed: it cannot be done.
    """
    row = _open(session, break_id)
    if row.status != BreakStatus.PROPOSED:
        raise BreakNotOpen(number=row.number, status=row.status)
    if row.proposed_by == by:
        raise SameHands(by=by)
    return _settled(session, row, by, at)


def _open(session: Session, break_id: UUID) -> Break:
    row = lock(session, Break, break_id)
    if row.status == BreakStatus.RESOLVED:
        raise BreakNotOpen(number=row.number, status=row.status)
    return row


def _settled(session: Session, row: Break, by: str, at: datetime) -> Break:
    remedy = Remedy(str(row.remedy))
    _check(row, remedy)
    entry = _DO[remedy](session, row, by, at)
    row.entry_id = None if entry is None else entry.id
    row.resolved_by, row.resolved_at = by, at
    row.move(session, BreakStatus.RESOLVED, by=by, at=at, why=f"{remedy}: {row.note}"[:500])
    return row


# Which way the difference must lie: what the outside has more (1), or less (-1).
_SIGNS = {Remedy.GIVE: 1, Remedy.FUND: 1, Remedy.SETTLE: 1, Remedy.TAKE: -1, Remedy.COST: -1}
_AT_BANK = {Remedy.FUND, Remedy.SETTLE}
_NEEDING = {Remedy.GIVE, Remedy.TAKE, Remedy.LINK, Remedy.SETTLE, Remedy.REVERSE}


def _check(row: Break, remedy: Remedy) -> None:
    """Refuse what cannot settle a break.

    Raises:
        RemedyNotFitting: it says why.
    """
    alone = row.flow.startswith((f"{Side.BANK}:", f"{Side.PROVIDER}:"))
    subject = row.subject or ""
    for wrong, why in (
        (row.flow.startswith(SUMS) and remedy is not Remedy.ACCEPT, "lines are missing"),
        (_SIGNS.get(remedy, 0) * row.amount_minor < 0, "the difference lies the other way"),
        (remedy in _AT_BANK and row.place != Place.BANK, "it is not at the bank"),
        (remedy in _NEEDING and not subject, "say whose, or which"),
        (remedy in {Remedy.GIVE, Remedy.TAKE} and not _is_id(subject), "that is nobody's id"),
        (remedy is Remedy.REVERSE and not subject.isdecimal(), "that is no entry"),
        (remedy in {Remedy.LINK, Remedy.SETTLE} and not alone, "it belongs to a flow already"),
    ):
        if wrong:
            raise RemedyNotFitting(remedy=remedy.value, why=why)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _give(session: Session, row: Break, by: str, at: datetime) -> Entry:
    lender = AccountRef(AccountKind.LENDER, UUID(row.subject), row.amount.currency)
    return _post(session, row, Posting(Movement.DEPOSIT, _outside(row), lender, row.amount), by, at)


def _take(session: Session, row: Break, by: str, at: datetime) -> Entry:
    lender = AccountRef(AccountKind.LENDER, UUID(row.subject), row.amount.currency)
    return _post(session, row, Posting(Movement.RETURN, lender, _outside(row), -row.amount), by, at)


def _cost(session: Session, row: Break, by: str, at: datetime) -> Entry:
    part = from_fees(session, target=AccountKind(row.place), amount=-row.amount)
    return _post(session, row, part, by, at)


def _fund(session: Session, row: Break, by: str, at: datetime) -> Entry:
    fees = AccountRef(AccountKind.FEES, None, row.amount.currency)
    return _post(session, row, Posting(Movement.FUND, _outside(row), fees, row.amount), by, at)


def _settle(session: Session, row: Break, by: str, at: datetime) -> Entry:
    """Move what the book has at the provider to the bank, where the money is."""
    _link(session, row, by, at)
    stripe = AccountRef(AccountKind.STRIPE, None, row.amount.currency)
    part = Posting(Movement.SETTLE, _outside(row), stripe, row.amount)
    entry = _post(session, row, part, by, at)
    flow, why = str(row.subject), row.note
    note_flow(session, side=Side.BOOK, line=str(entry.id), flow=flow, by=by, at=at, why=why)
    return entry


def _link(session: Session, row: Break, by: str, at: datetime) -> None:
    side, _, line = row.flow.partition(":")
    note_flow(
        session,
        side=Side(side),
        line=line,
        flow=str(row.subject),
        by=by,
        at=at,
        why=row.note,
    )


def _reverse(session: Session, row: Break, by: str, at: datetime) -> Entry:
    memo = f"Break {row.number}: {row.note}"[:200]
    return reverse(
        session, entry_id=int(str(row.subject)), key=_named(row), at=at, memo=memo, actor=by
    )


def _accept(session: Session, row: Break, by: str, at: datetime) -> None:
    del session, by, at
    row.accepted_minor += row.amount_minor


def _post(session: Session, row: Break, part: Part, by: str, at: datetime) -> Entry:
    memo = f"Break {row.number}: {row.note}"[:200]
    return post(session, key=_named(row), postings=[part], at=at, memo=memo, actor=by)


def _named(row: Break) -> str:
    """Return the key of what settles a break; it may be opened and settled more than once."""
    return f"break:{row.id}:{row.opened_on}:{row.amount_minor}"


def _outside(row: Break) -> AccountRef:
    return AccountRef(AccountKind(row.place), None, row.amount.currency)


_DO: Mapping[Remedy, Callable[[Session, Break, str, datetime], Entry | None]] = {
    Remedy.GIVE: _give,
    Remedy.TAKE: _take,
    Remedy.COST: _cost,
    Remedy.FUND: _fund,
    Remedy.SETTLE: _settle,
    Remedy.LINK: _link,
    Remedy.REVERSE: _reverse,
    Remedy.ACCEPT: _accept,
}
