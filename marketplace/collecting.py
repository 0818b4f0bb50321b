"""What belongs together when a borrower's payment comes, fails, or comes back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import servicing
from escrow import Collection, CollectionStatus, EventKind
from kernel import Money, find
from marketplace import flows, hearing, jobs, repaying
from servicing import LoanNotPayable, PayoffTooSmall, RepaymentKind

DEBIT, REFUND = "escrow.debit", "escrow.refund"


def follow(session: Session, *, event: escrow.Event, on: date, at: datetime) -> None:
    """Take what a gateway says of a borrower's payment or way to pay, and do what follows.

    Raises:
        NothingToBridge: a payment came back that the house has too little to bridge.
    """
    if event.kind == EventKind.METHOD_SAVED:
        escrow.receive(session, event=event, at=at)
        servicing.activate_autopay(session, method_id=UUID(event.subject), at=at)
        hearing.tend(session, at=at, now=True)
        return
    row = session.get(Collection, UUID(event.subject), with_for_update=True)
    before = row.status if row is not None else None
    escrow.receive(session, event=event, at=at)
    if row is None or row.status == before:
        return
    if row.method_id is None and before in {CollectionStatus.PREPARED, CollectionStatus.FAILED}:
        row.counts_on = on
    if row.status == CollectionStatus.RECEIVED:
        _pay(session, row, at=at)
    elif row.status == CollectionStatus.RETURNED:
        _take_back(session, row, on=on, at=at)
    elif row.status == CollectionStatus.FAILED:
        servicing.weigh_failure(session, collection_id=row.id, on=on, at=at)


def key_of(row: Collection, number: int | None = None) -> str:
    """Return the key of the repayment that a payment becomes, the n-th time it is received."""
    which = number or max(row.round, 1)
    return f"collection:{row.id}" if which == 1 else f"collection:{row.id}:{which}"


def flow_of(row: Collection) -> str:
    """Return the key of the entry by which the book knows a payment."""
    return f"repayment:{row.loan_id}:{key_of(row, 1)}"


def prepare(session: Session, *, loan_id: UUID, on: date, at: datetime) -> None:
    """Write down the debit of a loan that is due, and let the worker call for it."""
    debit = servicing.prepare_debit(
        session, loan_id=loan_id, gateway=flows.provider(), on=on, at=at
    )
    if debit is not None:
        ask_to_debit(session, debit, at=at)


def ask_to_debit(session: Session, debit: Collection, *, at: datetime) -> None:
    """Let the worker call for a debit, once an hour until its fate is known."""
    jobs.enqueue(
        session,
        kind=DEBIT,
        payload={"collection_id": str(debit.id)},
        at=at,
        dedupe_key=f"debit:{debit.id}:{at:%Y-%m-%dT%H}",
    )


def _pay(session: Session, row: Collection, *, at: datetime) -> None:
    """Apply a payment to its loan; what is not owed goes back to where it came from."""
    kinds = [RepaymentKind(row.kind), RepaymentKind.EXTRA]
    for kind in kinds:
        try:
            paid = repaying.repay(
                session,
                loan_id=row.loan_id,
                amount=row.amount,
                kind=kind,
                key=key_of(row),
                on=row.counts_on,
                at=at,
            )
        except PayoffTooSmall:
            continue
        except LoanNotPayable:
            _ask_to_refund(session, row, row.amount, at=at)
            return
        excess = Money(paid.excess_minor, row.amount.currency)
        if excess.is_positive:
            _ask_to_refund(session, row, excess, at=at)
        return


def _ask_to_refund(session: Session, row: Collection, amount: Money, *, at: datetime) -> None:
    jobs.enqueue(
        session,
        kind=REFUND,
        payload={"collection_id": str(row.id), "amount_minor": amount.minor},
        at=at,
        dedupe_key=f"refund:{row.id}",
    )


def _take_back(session: Session, row: Collection, *, on: date, at: datetime) -> None:
    """Return the repayment that a payment had become."""
    known = select(servicing.Repayment).where(
        servicing.Repayment.loan_id == row.loan_id, servicing.Repayment.key == key_of(row)
    )
    paid = session.scalars(known.order_by(servicing.Repayment.seq)).first()
    if paid is None:
        return
    number = find(session, servicing.Loan, row.loan_id).number
    servicing.reverse_repayment(
        session,
        repayment_id=paid.id,
        key=f"return:{key_of(row)}",
        on=on,
        at=at,
        why=row.failure or f"L-{number}",
    )
