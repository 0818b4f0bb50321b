"""Lives the file's loans through the operations of the marketplace, month after month."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heapify, heappop
from itertools import groupby
from typing import TypeVar
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

import servicing
from kernel import MoveNotAllowed, add_months
from origination import Terms
from replay.crowd import NAMESPACE, Lender
from replay.layout import FileLoan
from replay.story import Event, Step, tell

# How many steps share one transaction: enough that commits do not count, few enough that an
# interrupted run loses little.
TOGETHER = 50

OLGA, OSCAR = "operator:olga", "operator:oscar"

T = TypeVar("T")
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a replay plays.

    Attributes:
        name: tells this file's people from those of another one in the same database.
        write: opens the one transaction that may write.
        product_id: the product under which the loans are made.
        terms: what its agreements state.
        lenders: who funds them.
        accounts: their cash accounts.
        until: the first day of the last month that the file knows of.
        advance: called with the number of steps just done.
    """

    name: str
    write: Transaction
    product_id: UUID
    terms: Terms
    lenders: tuple[Lender, ...]
    accounts: Mapping[UUID, int]
    until: date
    advance: Callable[[int], object]


@dataclass(slots=True)
class Life:
    """One loan of the file, and how far its replay has come."""

    loan: FileLoan
    borrower_id: UUID
    listing_id: UUID | None = None
    loan_id: UUID | None = None
    done: set[str] = field(default_factory=set)

    def events(self, until: date, terms: Terms) -> Iterator[tuple[str, Event]]:
        """Yield what has not happened yet, each with the key that names it for ever."""
        for number, event in enumerate(tell(self.loan, until, terms), start=1):
            key = f"replay:{number}"
            if key not in self.done:
                yield key, event


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """An event that waits for its day; ties are broken by the line of the file."""

    on: date
    line: int
    key: str
    event: Event = field(compare=False)
    life: Life = field(compare=False)


def borrower_of(name: str, loan: FileLoan) -> UUID:
    """Return the id of the borrower of a line of the file, the same in every run."""
    return uuid5(NAMESPACE, f"{name}:borrower:{loan.line}")


def live(
    stage: Stage, lives: Sequence[Life], fund: Callable[[Stage, list[Life], date], None]
) -> date:
    """Live all loans to the end of what the file knows of them, and return the day after it.

    Args:
        stage: where.
        lives: the loans, in any order.
        fund: makes loans of a month's rows; they then have a `loan_id`.
    """
    waiting: list[Due] = []
    today = date.min
    for issued, cohort in groupby(sorted(lives, key=_issued), key=_issued):
        today = issued
        repay(stage, waiting, until=issued)
        rows = list(cohort)
        fund(stage, rows, issued)
        waiting.extend(_waiting(rows, stage))
        heapify(waiting)
    end = max([today, stage.until, *(due.on for due in waiting)]) + timedelta(days=1)
    repay(stage, waiting, until=end)
    return end


def repay(stage: Stage, waiting: list[Due], *, until: date) -> None:
    """Let everything happen that waits for a day before `until`, and close the months passed."""
    while waiting and waiting[0].on < until:
        month = waiting[0].on.replace(day=1)
        end = min(add_months(month, 1), until)
        for together in chunks(list(_before(waiting, end)), TOGETHER):
            with stage.write() as session:
                for due in together:
                    _happen(session, due)
            stage.advance(len(together))
        close(stage, end - timedelta(days=1))


def close(stage: Stage, day: date) -> None:
    """Close a day: bill what fell due unpaid, charge late fees; only loans with such an event."""
    with stage.write() as session:
        loans = servicing.due_loans(session, on=day)
    for together in chunks(loans, TOGETHER):
        with stage.write() as session:
            for loan_id in together:
                servicing.close_loan(session, loan_id=loan_id, on=day, at=noon(day))


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield `items` in parts of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def noon(day: date) -> datetime:
    """Return the instant at which everything of a replayed day happens."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def _issued(life: Life) -> date:
    return life.loan.issued


def _waiting(lives: list[Life], stage: Stage) -> Iterator[Due]:
    for life in lives:
        if life.loan_id is not None:
            for key, event in life.events(stage.until, stage.terms):
                yield Due(event.on, life.loan.line, key, event, life)


def _before(waiting: list[Due], end: date) -> Iterator[Due]:
    while waiting and waiting[0].on < end:
        yield heappop(waiting)


def _happen(session: Session, due: Due) -> None:
    """Let one event happen; a loan that an earlier payment settled owes nothing any more."""
    event, loan_id = due.event, due.life.loan_id
    if loan_id is None:
        return
    at = noon(event.on)
    try:
        if event.step is Step.CHARGE_OFF:
            servicing.charge_off(
                session, loan_id=loan_id, by="system", on=event.on, at=at, why="as the file tells"
            )
        else:
            _receive(session, due, loan_id, at)
    except (servicing.LoanNotPayable, MoveNotAllowed):
        # An earlier payment settled it, or a close has charged it off already.
        due.life.done.add(due.key)


def _receive(session: Session, due: Due, loan_id: UUID, at: datetime) -> None:
    event = due.event
    amount = event.amount
    if amount is None:
        amount = servicing.quote_payoff(session, loan_id=loan_id, on=event.on).total
    fee = due.life.loan.collection_fee if event.step is Step.RECOVERY else None
    servicing.receive_repayment(
        session,
        loan_id=loan_id,
        amount=amount,
        kind=servicing.RepaymentKind(event.step.value),
        collection_fee=fee,
        key=due.key,
        on=event.on,
        at=at,
    )
