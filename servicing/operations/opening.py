"""Opening a loan: a funded listing becomes a loan, its orders become notes, its money is paid."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from amortization import Contract
from escrow import AccountKind, AccountRef, Movement, Posting, open_account, post
from kernel import Money, bulk_insert, lock, new_id, new_ids, next_number
from matching import Order, OrderStatus
from origination import Listing, ListingStatus, Terms
from servicing.booking import start
from servicing.errors import ListingNotCovered, TermsNotServiced
from servicing.models import NOTES, Loan, LoanStatus
from servicing.plan import Plan
from servicing.position import next_event

Rows: TypeAlias = Sequence[Row[*tuple[Any, ...]]]


def open_loan(session: Session, *, listing_id: UUID, at: datetime, on: date, by: str) -> Loan:
    """Pay out a funded listing and book its loan; done again, it returns the same loan.

    Args:
        session: the writing session.
        listing_id: the listing, which is funded.
        at: when this happens.
        on: the day from which interest runs.
        by: who pays out.

    Raises:
        MoveNotAllowed: the listing is not funded.
        ListingNotCovered: its orders do not add up to what it says is reserved.
        TermsNotServiced: its balance is carried unrounded, as textbooks print it.
    """
    listing = lock(session, Listing, listing_id)
    opened = session.scalar(select(Loan).where(Loan.listing_id == listing_id))
    if opened is not None:
        return opened
    listing.machine.check(ListingStatus(listing.status), ListingStatus.DISBURSED)
    orders = _orders(session, listing)

    plan = _plan(listing, on=on)
    if plan.contract.conventions.carry_balance:
        raise TermsNotServiced(number=listing.number, conventions="carry_balance")
    loan = _loan(listing, plan, notes=len(orders), at=at)

    loan.number = next_number(session)
    currency = plan.currency
    loan.account_id = open_account(
        session, kind=AccountKind.LOAN, owner_id=loan.id, currency=currency
    )
    session.add(loan)
    loan.begin(session, by=by, at=at)
    _fill(session, loan, orders, at=at)
    _pay_out(session, listing, loan, plan, at=at, by=by)
    listing.move(session, ListingStatus.DISBURSED, by=by, at=at)
    listing.closed_at = listing.closed_at or at
    session.flush()
    return loan


def _orders(session: Session, listing: Listing) -> Rows:
    """Return the reserved orders of a listing in the order in which they were placed."""
    orders = session.execute(
        select(Order.id, Order.lender_id, Order.account_id, Order.amount_minor)
        .where(Order.listing_id == listing.id, Order.status == OrderStatus.RESERVED)
        .order_by(Order.placed_at, Order.id)
    ).all()
    total = Money(sum(order.amount_minor for order in orders), listing.reserved.currency)
    if total != listing.reserved:
        raise ListingNotCovered(number=listing.number, orders=total, reserved=listing.reserved)
    return orders


def _plan(listing: Listing, *, on: date) -> Plan:
    terms = Terms.from_json(listing.terms)
    contract = Contract(
        principal=listing.reserved,
        rate=listing.rate,
        installments=listing.installments,
        start=on,
        first_due=None,
        conventions=terms.conventions,
    )
    if terms.conventions.calendar is not None:
        # Calendars change; what was agreed does not.
        contract = replace(contract, due_days=tuple(contract.due_dates()))
    return Plan(contract, terms)


def _loan(listing: Listing, plan: Plan, *, notes: int, at: datetime) -> Loan:
    state, days = start(plan), plan.contract.due_days
    return Loan(
        id=new_id(),
        listing_id=listing.id,
        borrower_id=listing.borrower_id,
        product_id=listing.product_id,
        currency=plan.currency.value,
        principal=plan.contract.principal,
        outstanding=plan.contract.principal,
        rate=listing.rate,
        grade=listing.grade,
        installments=listing.installments,
        started_on=plan.contract.start,
        first_due_on=plan.due(1),
        terms=listing.terms,
        due_days=None if days is None else [day.isoformat() for day in days],
        notes=notes,
        status=LoanStatus.ACTIVE,
        opened_at=at,
        state=state.to_json(),
        next_event_on=next_event(state, plan=plan),
    )


def _fill(session: Session, loan: Loan, orders: Rows, *, at: datetime) -> None:
    """Turn every order into a note."""
    ids, lenders, accounts, amounts = zip(*orders, strict=True)
    nothing = dict.fromkeys(
        (
            "received_principal_minor",
            "received_interest_minor",
            "received_late_fee_minor",
            "received_recovery_minor",
            "fee_paid_minor",
        ),
        0,
    )
    columns = {
        "id": new_ids(len(ids)),
        "loan_id": loan.id,
        "seq": range(1, len(ids) + 1),
        "lender_id": lenders,
        "account_id": accounts,
        "order_id": ids,
        "principal_minor": amounts,
        "currency": loan.currency,
    }
    bulk_insert(session, NOTES, columns | nothing, count=len(ids))
    session.execute(
        update(Order)
        .where(Order.listing_id == loan.listing_id, Order.status == OrderStatus.RESERVED)
        .values(status=OrderStatus.FILLED, closed_at=at)
    )


def _pay_out(
    session: Session, listing: Listing, loan: Loan, plan: Plan, *, at: datetime, by: str
) -> None:
    """Take the origination fee and leave the rest to the borrower."""
    fee = plan.terms.origination_fee(loan.principal)
    source = AccountRef(AccountKind.LISTING, listing.id, plan.currency)
    fees = AccountRef(AccountKind.FEES, None, plan.currency)
    borrower = AccountRef(AccountKind.BORROWER, loan.borrower_id, plan.currency)
    post(
        session,
        key=f"disburse:{listing.id}",
        postings=[
            Posting(Movement.ORIGINATE, source, fees, fee),
            Posting(Movement.DISBURSE, source, borrower, loan.principal - fee),
        ],
        at=at,
        memo=f"L-{loan.number} paid out",
        actor=by,
    )
