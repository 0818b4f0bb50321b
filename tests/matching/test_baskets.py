from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from kernel import Currency, Money
from matching import (
    Basket,
    BasketKeyTaken,
    BasketLine,
    Confirmation,
    EmptyBasket,
    LineStatus,
    cancel_order,
    declare_standing,
    orders_of,
    place_basket,
)
from origination import Listing
from tests.matching.stories import (
    ALICE,
    BOB,
    CAROL,
    LATER,
    a_listing,
    cash,
    deposit,
    dollars,
    order,
)

S = LineStatus


def place(session: Session, *lines: tuple[Listing, str], **how: Any) -> list[Confirmation]:
    """Bob sends a basket."""
    return read(send(session, *lines, **how))


def send(session: Session, *lines: tuple[Listing, str], **how: Any) -> Basket:
    defaults: dict[str, Any] = {"lender_id": BOB, "key": "basket", "at": LATER}
    wanted = [BasketLine(listing.id, dollars(amount)) for listing, amount in lines]
    return place_basket(session, lines=wanted, **defaults | how)


def read(basket: Basket) -> list[Confirmation]:
    return [Confirmation.from_json(each) for each in basket.confirmations]


def statuses(answers: list[Confirmation]) -> list[tuple[LineStatus, ...]]:
    return [answer.statuses for answer in answers]


def test_every_line_of_a_basket_is_placed(session: Session) -> None:
    first, second = a_listing(session), a_listing(session)
    deposit(session, BOB, "1000.00")

    answers = place(session, (first, "100.00"), (second, "200.00"))

    assert statuses(answers) == [(S.ORDER_FULFILLED,), (S.ORDER_FULFILLED,)]
    assert [answer.placed for answer in answers] == [dollars("100.00"), dollars("200.00")]
    assert cash(session, BOB) == dollars("700.00")
    assert {answer.order_id for answer in answers} == {
        line.id for line in orders_of(session, lender_id=BOB)
    }


def test_lines_of_one_listing_are_one_order(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "1000.00")

    answers = place(session, (listing, "100.00"), (listing, "50.00"))

    assert statuses(answers) == [(S.AUGMENTED_BY_MERGE, S.ORDER_FULFILLED), (S.ELIM_BY_MERGE,)]
    assert [answer.placed for answer in answers] == [dollars("150.00"), dollars("0.00")]


def test_one_refused_line_does_not_stop_the_others(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "100.00")

    answers = place(session, (a_listing(session), "500.00"), (listing, "75.00"))

    assert statuses(answers) == [(S.INSUFFICIENT_CASH,), (S.ORDER_FULFILLED,)]


def test_amounts_off_the_step_or_too_low_are_told(session: Session) -> None:
    deposit(session, BOB, "1000.00")

    answers = place(session, (a_listing(session), "110.00"), (a_listing(session), "20.00"))

    assert statuses(answers) == [
        (S.REQUESTED_AMNT_ROUNDED, S.ORDER_FULFILLED),
        (S.REQUESTED_AMNT_LOW,),
    ]
    assert answers[0].placed == dollars("100.00")


def test_where_less_is_left_it_is_taken_only_if_that_is_welcome(session: Session) -> None:
    first, second = a_listing(session, "500.00"), a_listing(session, "500.00")
    deposit(session, CAROL, "800.00")
    deposit(session, BOB, "1000.00")
    order(session, first, CAROL, "400.00")
    order(session, second, CAROL, "400.00")

    refused = place(session, (first, "200.00"))
    taken = place(session, (second, "200.00"), take_less=True, key="another")

    assert statuses(refused) == statuses(taken) == [(S.LOAN_AMNT_EXCEEDED,)]
    assert (refused[0].placed, taken[0].placed) == (dollars("0.00"), dollars("100.00"))


def test_what_is_no_investment_is_told(session: Session) -> None:
    full, mine = a_listing(session, "500.00"), a_listing(session)
    deposit(session, CAROL, "500.00")
    deposit(session, ALICE, "500.00")
    order(session, full, CAROL, "500.00")
    nothing = BasketLine(UUID(int=7), dollars("25.00"))
    yuan = BasketLine(mine.id, Money(25_00, Currency.CNY))

    own = place(session, (mine, "100.00"), lender_id=ALICE)
    late = place(session, (full, "100.00"))
    others = read(place_basket(session, lender_id=BOB, lines=[nothing, yuan], key="1", at=LATER))

    assert statuses(own) == [(S.NOT_A_VALID_INVESTMENT,)]
    assert statuses(late) == [(S.NOT_AN_INFUNDING_LOAN,)]
    assert statuses(others) == [(S.NOT_A_VALID_INVESTMENT,)] * 2


def test_a_listing_past_its_time_is_not_in_funding(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")

    answers = place(session, (listing, "100.00"), at=listing.closes_at)

    assert statuses(answers) == [(S.NOT_AN_INFUNDING_LOAN,)]


def test_the_same_basket_sent_twice_gives_the_same_answer(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "1000.00")

    first = send(session, (listing, "100.00"))
    again = send(session, (listing, "100.00"))

    assert (again.id, again.confirmations) == (first.id, first.confirmations)
    assert cash(session, BOB) == dollars("900.00")


def test_a_key_that_named_another_basket_places_nothing(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "1000.00")
    send(session, (listing, "100.00"))

    for changed in ({"take_less": True}, {"consents": True}):
        with pytest.raises(BasketKeyTaken):
            send(session, (listing, "100.00"), **changed)
    with pytest.raises(BasketKeyTaken):
        send(session, (listing, "125.00"))
    assert cash(session, BOB) == dollars("900.00")


@pytest.mark.parametrize("count", [0, 201])
def test_a_basket_holds_something_and_not_too_much(session: Session, count: int) -> None:
    line = BasketLine(UUID(int=1), dollars("25.00"))

    with pytest.raises(EmptyBasket):
        place_basket(session, lender_id=BOB, lines=[line] * count, key="1", at=LATER)


def declare(session: Session, pack: str, **how: Any) -> None:
    defaults: dict[str, Any] = {"tested_on": LATER.date(), "net_assets": None, "at": LATER}
    declare_standing(session, lender_id=BOB, pack_code=pack, **defaults | how)


def test_without_the_test_that_the_law_asks_for_nothing_is_placed(session: Session) -> None:
    deposit(session, BOB, "1000.00")
    declare(session, "cn-2016-p2p", tested_on=None)

    answers = place(session, (a_listing(session), "100.00"))

    assert statuses(answers) == [(S.SUITABILITY_REQUIREMENTS_NOT_MET,)]


def test_a_restricted_investor_places_a_tenth_of_its_assets(session: Session) -> None:
    deposit(session, BOB, "1000.00")
    declare(session, "uk-fca", net_assets=dollars("2000.00"))

    answers = place(session, (a_listing(session), "150.00"), (a_listing(session), "75.00"))

    assert sorted(statuses(answers)) == [(S.LENDER_NOT_ELIGIBLE_TO_BID,), (S.ORDER_FULFILLED,)]


def test_much_in_one_loan_needs_consent_and_can_be_revoked_when_the_listing_is_full(
    session: Session,
) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "1000.00")
    declare(session, "eu-ecspr", net_assets=dollars("2000.00"))

    refused = place(session, (listing, "500.00"))
    placed = place(session, (listing, "500.00"), key="yes", consents=True)
    assert placed[0].order_id is not None
    cancel_order(session, order_id=placed[0].order_id, lender_id=BOB, at=LATER)

    assert statuses(refused) == [(S.MAX_PERCENT_PER_LOAN_EXCEEDED,)]
    assert statuses(placed) == [(S.ORDER_FULFILLED,)]
    assert (listing.status, listing.closed_at, listing.orders) == ("open", None, 0)
    assert cash(session, BOB) == dollars("1000.00")


def test_a_lender_declares_anew(session: Session) -> None:
    deposit(session, BOB, "1000.00")
    declare(session, "cn-2016-p2p", tested_on=None)
    declare(session, "none", tested_on=None)

    answers = place(session, (a_listing(session), "100.00"))

    assert statuses(answers) == [(S.ORDER_FULFILLED,)]
