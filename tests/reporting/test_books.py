from datetime import date

from sqlalchemy.orm import Session

from origination import ListingStatus
from reporting import listing_book, loan_book
from servicing import RepaymentKind, close_loan
from tests.support.loans import a_listing, a_loan, noon, pays
from tests.support.plans import usd

FEBRUARY = date(2026, 2, 15)
LOOK = date(2026, 4, 1)


def test_an_empty_book_has_no_lines(session: Session) -> None:
    assert loan_book(session, on=FEBRUARY) == ()
    assert listing_book(session) == ()


def test_loans_are_added_up_by_how_they_stand(session: Session) -> None:
    pays(session, a_loan(session), "1212.00", FEBRUARY, kind=RepaymentKind.PAYOFF)
    pays(session, a_loan(session), "106.62", FEBRUARY)
    late = a_loan(session)
    close_loan(session, loan_id=late.id, on=LOOK, at=noon(LOOK))

    lines = loan_book(session, on=LOOK)

    assert [(line.standing, line.loans, line.outstanding) for line in lines] == [
        ("current", 1, usd("1105.38")),
        ("late_31_120", 1, usd("1200.00")),
        ("settled", 1, usd("0.00")),
    ]
    assert {line.grade for line in lines} == {"B"}
    assert sum((line.principal for line in lines), usd("0")) == usd("3600.00")
    assert lines[2].paid_interest == usd("12.00")


def test_listings_are_added_up_by_status(session: Session) -> None:
    a_listing(session)
    a_listing(session)
    a_loan(session)

    lines = listing_book(session)

    assert [(line.status, line.listings, line.amount) for line in lines] == [
        (ListingStatus.DISBURSED, 1, usd("1200.00")),
        (ListingStatus.FUNDED, 2, usd("2400.00")),
    ]
