from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from origination import ServicingBase
from reporting import prospect
from tests.support.loans import a_listing
from tests.support.plans import STARTED, terms, usd


def test_a_round_sum_comes_back_with_interest_less_the_fee(session: Session) -> None:
    listing = a_listing(session)

    seen = prospect(session, listing_id=listing.id, lent=1_000, on=STARTED)

    first = seen.lines[0]
    assert (first.number, first.due_on) == (1, date(2026, 2, 15))
    assert (first.principal, first.interest, first.fee) == (usd("78.85"), usd("10.00"), usd("0.88"))
    assert first.net == usd("87.97")
    assert len(seen.lines) == 12
    assert seen.net == sum((line.net for line in seen.lines), usd("0"))
    assert seen.gain == seen.interest - seen.fee


def test_the_fee_may_be_a_share_of_interest_alone(session: Session) -> None:
    usual = terms()
    agreed = replace(usual, fees=replace(usual.fees, servicing_base=ServicingBase.INTEREST))
    listing = a_listing(session, agreed=agreed)

    seen = prospect(session, listing_id=listing.id, lent=1_000, on=STARTED)

    assert seen.lines[0].fee == usd("0.10")
