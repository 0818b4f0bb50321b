"""Why a flow may differ for a while, or for good: what the house knows of money on its way."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escrow.chart import AccountKind
from escrow.gateway_names import place_of
from escrow.outside import Break
from escrow.queries.pots import pots
from escrow.reconciling import Explanation, Key, Line, Place, Side
from escrow.transfers import Deposit, DepositReturn, DepositStatus, Payout, PayoutStatus
from kernel import Currency

# How long each may take before it is a break. Own choices.
NEWS = timedelta(days=3)
ON_ITS_WAY = timedelta(days=10)
TO_OUR_BANK = timedelta(days=7)
TOLD = timedelta(days=7)

Found = tuple[Key, Explanation]


def explanations(
    session: Session, lines: Iterable[Line], *, told: dict[Place, datetime | date | None]
) -> dict[Key, list[Explanation]]:
    """Return what may explain the differences of flows.

    Args:
        session: a session.
        lines: what is said.
        told: until when the outside has told anything, by place.
    """
    known = list(lines)
    found: dict[Key, list[Explanation]] = defaultdict(list)
    for source in (
        _deposits(session, known),
        _payouts(session),
        _owed(session),
        _accepted(session),
        _costs(session, known),
        _to_our_bank(known),
        _not_told(known, told),
    ):
        for key, explanation in source:
            found[key].append(explanation)
    return found


def _deposits(session: Session, lines: list[Line]) -> Iterator[Found]:
    """Yield the deposits that have arrived outside, and wait for their hold or for news."""
    days = {line.flow: line.on for line in lines if line.side is not Side.BOOK}
    waiting = [DepositStatus.INITIATED, DepositStatus.PROCESSING, DepositStatus.FAILED]
    rows = session.scalars(select(Deposit).where(Deposit.status.in_([*waiting, "held"])))
    for row in rows:
        key = Key(f"deposit:{row.id}", place_of(row.gateway), row.currency)
        if row.status == DepositStatus.HELD:
            yield key, Explanation("held", row.amount_minor)
        elif key.flow in days:
            until = days[key.flow] + NEWS
            yield key, Explanation("news_awaited", row.amount_minor, until)


def _payouts(session: Session) -> Iterator[Found]:
    """Yield the payouts that have left outside and are in transit in the book, or come back."""
    sent = [PayoutStatus.REQUESTED, PayoutStatus.SENT]
    for row in session.scalars(select(Payout).where(Payout.status.in_([*sent, "failed"]))):
        key = Key(f"payout:{row.id}", place_of(row.gateway), row.currency)
        since = row.finished_at or row.created_at
        if row.status == PayoutStatus.FAILED:
            until = since.astimezone(UTC).date() + NEWS
            yield key, Explanation("being_taken_back", -row.amount_minor, until)
        else:
            until = since.astimezone(UTC).date() + ON_ITS_WAY
            yield key, Explanation("on_its_way", -row.amount_minor, until)


def _owed(session: Session) -> Iterator[Found]:
    """Yield what the house still owes outside for deposits that came back."""
    rows = session.execute(
        select(
            Deposit.id,
            Deposit.gateway,
            Deposit.currency,
            func.sum(DepositReturn.owed_outside_minor).label("owed"),
        )
        .join(DepositReturn, DepositReturn.deposit_id == Deposit.id)
        .where(DepositReturn.owed_outside_minor > 0)
        .group_by(Deposit.id, Deposit.gateway, Deposit.currency)
    )
    for row in rows:
        key = Key(f"deposit:{row.id}", place_of(row.gateway), row.currency)
        yield key, Explanation("owed_outside", -int(row.owed), passes=False)


def _accepted(session: Session) -> Iterator[Found]:
    for row in session.scalars(select(Break).where(Break.accepted_minor != 0)):
        key = Key(row.flow, Place(row.place), row.currency)
        yield key, Explanation("accepted", row.accepted_minor, passes=False)


def _costs(session: Session, lines: list[Line]) -> Iterator[Found]:
    """Yield the provider's prices that the platform's fees cannot pay yet."""
    booked = {line.flow for line in lines if line.side is Side.BOOK}
    held: dict[str, int] = {}
    for line in lines:
        if line.flow.startswith("fee:") and line.flow not in booked:
            if line.currency not in held:
                fees = pots(session, kind=AccountKind.FEES, currency=Currency(line.currency))
                held[line.currency] = sum(fees.values())
            if held[line.currency] < -line.amount:
                yield line.key, Explanation("cost_waits", line.amount)


def _to_our_bank(lines: list[Line]) -> Iterator[Found]:
    """Yield what the provider has sent to our bank, and the bank has not told yet."""
    for line in lines:
        if line.side is Side.PROVIDER and line.flow.startswith("settle:"):
            yield line.key, Explanation("to_our_bank", line.amount, line.on + TO_OUR_BANK)


def _not_told(lines: list[Line], told: dict[Place, datetime | date | None]) -> Iterator[Found]:
    """Yield what the book says of days of which the outside has said nothing yet."""
    heard = {line.key for line in lines if line.side is not Side.BOOK}
    sums: dict[Key, int] = defaultdict(int)
    newest: dict[Key, date] = {}
    for line in lines:
        if line.side is Side.BOOK and line.key not in heard:
            sums[line.key] += line.amount
            newest[line.key] = max(line.on, newest.get(line.key, line.on))
    for key, amount in sums.items():
        last = told.get(key.place)
        if last is None or newest[key] > (last.date() if isinstance(last, datetime) else last):
            yield key, Explanation("not_told_yet", -amount, newest[key] + TOLD)
