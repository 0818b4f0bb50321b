from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow import AccountKind, AccountRef, balance, verify
from kernel import MoveNotAllowed
from matching import Order, OrderStatus
from origination import ListingStatus
from servicing import (
    ListingNotCovered,
    Loan,
    LoanStatus,
    Note,
    TermsNotServiced,
    audit,
    open_loan,
)
from tests.support.loans import (
    ALICE,
    BOB,
    CAROL,
    DAN,
    OSCAR,
    USD,
    a_listing,
    a_loan,
    noon,
)
from tests.support.plans import STARTED, conventions, terms, usd


def opened(session: Session, listing_id: UUID) -> Loan:
    return open_loan(session, listing_id=listing_id, at=noon(STARTED), on=STARTED, by=OSCAR)


def test_a_funded_listing_becomes_a_loan_and_its_money_goes_to_the_borrower(
    session: Session,
) -> None:
    listing = a_listing(session)

    loan = opened(session, listing.id)

    assert listing.status == ListingStatus.DISBURSED
    assert loan.status == LoanStatus.ACTIVE
    assert loan.principal == loan.outstanding == usd("1200.00")
    assert loan.next_event_on == loan.first_due_on
    proceeds = balance(session, account=AccountRef(AccountKind.BORROWER, ALICE, USD))
    earned = balance(session, account=AccountRef(AccountKind.FEES, None, USD))
    assert (proceeds, earned) == (usd("1140.00"), usd("60.00"))
    assert not audit(session).findings + verify(session).findings


def test_every_order_becomes_a_note_in_the_order_of_their_placing(session: Session) -> None:
    loan = a_loan(session)

    notes = session.scalars(select(Note).where(Note.loan_id == loan.id).order_by(Note.seq)).all()

    assert [(note.seq, note.lender_id) for note in notes] == [(1, BOB), (2, CAROL), (3, DAN)]
    assert [note.principal for note in notes] == [usd("600.00"), usd("400.00"), usd("200.00")]
    statuses = session.scalars(select(Order.status).where(Order.listing_id == loan.listing_id))
    assert set(statuses) == {OrderStatus.FILLED}


def test_opening_twice_gives_the_same_loan(session: Session) -> None:
    listing = a_listing(session)

    first, again = opened(session, listing.id), opened(session, listing.id)

    assert again is first
    assert not audit(session).findings + verify(session).findings


def test_a_listing_that_is_not_funded_is_not_paid_out(session: Session) -> None:
    listing = a_listing(session)
    listing.status = ListingStatus.WITHDRAWN

    with pytest.raises(MoveNotAllowed):
        opened(session, listing.id)


def test_a_listing_whose_orders_do_not_add_up_is_not_paid_out(session: Session) -> None:
    listing = a_listing(session)
    order = session.scalars(select(Order).where(Order.lender_id == DAN)).one()
    order.status = OrderStatus.CANCELLED
    session.flush()

    with pytest.raises(ListingNotCovered) as refusal:
        opened(session, listing.id)

    assert refusal.value.orders == usd("1000.00")


def test_a_balance_that_is_carried_unrounded_is_not_booked(session: Session) -> None:
    agreed = terms(conventions=conventions(carry_balance=True))
    listing = a_listing(session, agreed=agreed)

    with pytest.raises(TermsNotServiced, match="carry_balance"):
        opened(session, listing.id)

    assert listing.status == ListingStatus.FUNDED
