"""What must hold between loans, notes, payments and distributions, as set-based queries.

Every row of a query is a fault: the loan, the subject, then the figures that disagree.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, or_, select

from matching import Order, OrderStatus
from origination import Listing, ListingStatus
from servicing.models import Distribution, Loan, LoanStatus, Note, Repayment

Query: TypeAlias = Select[*tuple[Any, ...]]
_DEAD = (ListingStatus.EXPIRED, ListingStatus.WITHDRAWN)


class Check(NamedTuple):
    """A fault, and the query that finds it."""

    code: str
    query: Callable[[], Query]


def of_loans(query: Query, loan_ids: Sequence[UUID] | None) -> Query:
    """Restrict a query to some loans; None takes all."""
    return query if loan_ids is None else query.where(Loan.id.in_(loan_ids))


def _sum(column: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)


def _notes_outstanding() -> Query:
    held = _sum(Note.principal_minor - Note.received_principal_minor).label("notes")
    return (
        select(Loan.id, Loan.id, Loan.outstanding_minor.label("loan"), held)
        .outerjoin(Note, Note.loan_id == Loan.id)
        .group_by(Loan.id, Loan.outstanding_minor)
        .having(held != Loan.outstanding_minor)
    )


def _notes_lent() -> Query:
    lent = _sum(Note.principal_minor).label("notes")
    return (
        select(Loan.id, Loan.id, Loan.principal_minor.label("loan"), lent)
        .outerjoin(Note, Note.loan_id == Loan.id)
        .group_by(Loan.id, Loan.principal_minor)
        .having(lent != Loan.principal_minor)
    )


def _note_without_its_principal() -> Query:
    return (
        select(Loan.id, Note.id, Note.principal_minor, Note.received_principal_minor)
        .join(Note, Note.loan_id == Loan.id)
        .where(Loan.status == LoanStatus.SETTLED, Loan.charged_off_on.is_(None))
        .where(Note.received_principal_minor != Note.principal_minor)
    )


def _loan_totals() -> Query:
    pairs = (
        (Loan.paid_principal_minor, _sum(Repayment.principal_minor)),
        (Loan.paid_interest_minor, _sum(Repayment.interest_minor)),
        (Loan.paid_late_fee_minor, _sum(Repayment.late_fee_minor)),
        (Loan.recovered_minor, _sum(Repayment.recovery_minor)),
        (Loan.principal_minor - Loan.outstanding_minor, _sum(Repayment.principal_minor)),
        (Loan.payments, func.count(Repayment.id)),
    )
    return (
        select(Loan.id, Loan.id, *_columns(pairs))
        .outerjoin(Repayment, Repayment.loan_id == Loan.id)
        .group_by(Loan.id)
        .having(or_(*(kept != added for kept, added in pairs)))
    )


def _repayment_parts() -> Query:
    parts = (
        Repayment.principal_minor
        + Repayment.interest_minor
        + Repayment.late_fee_minor
        + Repayment.fee_minor
        + Repayment.recovery_minor
        + Repayment.collection_fee_minor
        + Repayment.excess_minor
    ).label("parts")
    return (
        select(Loan.id, Repayment.id, Repayment.amount_minor.label("amount"), parts)
        .join(Repayment, Repayment.loan_id == Loan.id)
        .where(Repayment.amount_minor != parts)
    )


def _repayment_shares() -> Query:
    to_notes = Repayment.late_fee_minor - Repayment.late_fee_kept_minor
    pairs = (
        (Repayment.principal_minor, _sum(Distribution.principal_minor)),
        (Repayment.interest_minor, _sum(Distribution.interest_minor)),
        (to_notes, _sum(Distribution.late_fee_minor)),
        (Repayment.recovery_minor, _sum(Distribution.recovery_minor)),
        (Repayment.servicing_fee_minor, _sum(Distribution.fee_minor)),
    )
    return (
        select(Loan.id, Repayment.id, *_columns(pairs))
        .join(Repayment, Repayment.loan_id == Loan.id)
        .outerjoin(Distribution, Distribution.repayment_id == Repayment.id)
        .group_by(Loan.id, Repayment.id)
        .having(or_(*(kept != added for kept, added in pairs)))
    )


def _note_receipts() -> Query:
    pairs = (
        (Note.received_principal_minor, _sum(Distribution.principal_minor)),
        (Note.received_interest_minor, _sum(Distribution.interest_minor)),
        (Note.received_late_fee_minor, _sum(Distribution.late_fee_minor)),
        (Note.received_recovery_minor, _sum(Distribution.recovery_minor)),
        (Note.fee_paid_minor, _sum(Distribution.fee_minor)),
    )
    return (
        select(Loan.id, Note.id, *_columns(pairs))
        .join(Note, Note.loan_id == Loan.id)
        .outerjoin(Distribution, Distribution.note_id == Note.id)
        .group_by(Loan.id, Note.id)
        .having(or_(*(kept != added for kept, added in pairs)))
    )


def _negative_receipts() -> Query:
    columns = (
        Note.received_principal_minor,
        Note.received_interest_minor,
        Note.received_late_fee_minor,
        Note.received_recovery_minor,
        Note.fee_paid_minor,
    )
    return (
        select(Loan.id, Note.id, *columns)
        .join(Note, Note.loan_id == Loan.id)
        .where(or_(*(column < 0 for column in columns)))
    )


def _state_outstanding() -> Query:
    # `as_integer` reads 32 bits on PostgreSQL, and an amount may take more.
    counted = cast(Loan.state["outstanding"].as_string(), BigInteger).label("state")
    return select(Loan.id, Loan.id, Loan.outstanding_minor.label("loan"), counted).where(
        counted != Loan.outstanding_minor
    )


def _loss() -> Query:
    lost = case((Loan.charged_off_on.is_(None), 0), else_=Loan.outstanding_minor).label("lost")
    return select(Loan.id, Loan.id, Loan.charged_off_minor.label("loan"), lost).where(
        Loan.charged_off_minor != lost
    )


def _ended_loan_with_an_event() -> Query:
    return select(Loan.id, Loan.id, Loan.next_event_on).where(
        Loan.status != LoanStatus.ACTIVE, Loan.next_event_on.is_not(None)
    )


def listing_orders() -> Query:
    """Find listings whose reservation is not the sum of their orders, or lives on after them."""
    reserved = _sum(
        case((Order.status == OrderStatus.RESERVED, Order.amount_minor), else_=0)
    ).label("orders")
    filled = _sum(case((Order.status == OrderStatus.FILLED, Order.amount_minor), else_=0))
    disbursed = Listing.status == ListingStatus.DISBURSED
    dead = Listing.status.in_(_DEAD)
    return (
        select(Listing.id, Listing.id, Listing.status, Listing.reserved_minor, reserved)
        .outerjoin(Order, Order.listing_id == Listing.id)
        .group_by(Listing.id, Listing.status, Listing.reserved_minor)
        .having(
            or_(
                dead & ((Listing.reserved_minor != 0) | (reserved != 0)),
                disbursed & ((reserved != 0) | (filled != Listing.reserved_minor)),
                ~dead & ~disbursed & (reserved != Listing.reserved_minor),
            )
        )
    )


def _columns(pairs: Sequence[tuple[Any, Any]]) -> list[ColumnElement[Any]]:
    names = ("kept", "added")
    return [
        column.label(f"{name}_{place}")
        for place, pair in enumerate(pairs, start=1)
        for name, column in zip(names, pair, strict=True)
    ]


CHECKS = (
    Check("notes_differ_from_loan", _notes_outstanding),
    Check("notes_lent_differ", _notes_lent),
    Check("note_without_its_principal", _note_without_its_principal),
    Check("note_below_zero", _negative_receipts),
    Check("loan_totals_differ", _loan_totals),
    Check("repayment_parts_differ", _repayment_parts),
    Check("shares_differ_from_repayment", _repayment_shares),
    Check("note_differs_from_shares", _note_receipts),
    Check("state_differs_from_loan", _state_outstanding),
    Check("loss_differs", _loss),
    Check("ended_loan_has_an_event", _ended_loan_with_an_event),
)
