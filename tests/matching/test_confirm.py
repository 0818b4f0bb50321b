from dataclasses import replace

import numpy as np
from hypothesis import given

from matching.allocate import allocate
from matching.columns import ints
from matching.confirm import Dropped, confirm
from matching.criteria import Criteria
from matching.market import Market, Plan
from tests.matching.worlds import Offer, Purse, Wish, World, market, worlds

OFFERS = [Offer("car", room=200_00)]
PURSES = [Purse("bob"), Purse("carol")]
WISHES = [Wish("bob"), Wish("carol")]


def planned() -> tuple[Plan, Market]:
    """A plan by which bob and carol put 100.00 each into one listing."""
    asked = market(OFFERS, PURSES, WISHES)
    return allocate(asked, seed="1"), asked


def confirmed(now: Market) -> tuple[list[int], dict[Dropped, int]]:
    """What of the plan holds in another market: amounts and reasons."""
    plan, asked = planned()
    held = confirm(plan, planned=asked, now=now)
    return held.amount.tolist(), held.dropped


def test_nothing_is_dropped_where_nothing_happened() -> None:
    assert confirmed(market(OFFERS, PURSES, WISHES)) == ([100_00, 100_00], {})


def test_rows_are_found_again_in_another_order() -> None:
    plan, asked = planned()
    now = market(
        [Offer("boat", room=50_00), *OFFERS],
        [Purse("dan"), *reversed(PURSES)],
        [Wish("dan"), *reversed(WISHES)],
    )

    held = confirm(plan, planned=asked, now=now)

    names = [now.mandates.keys[row] for row in held.mandate.tolist()]
    assert names == [asked.mandates.keys[row] for row in plan.mandate.tolist()]
    assert held.listing.tolist() == [1, 1]


def test_a_listing_that_is_gone_takes_nothing() -> None:
    assert confirmed(market([], PURSES, WISHES)) == ([], {Dropped.LISTING_CLOSED: 2})


def test_mandates_that_rest_place_nothing() -> None:
    assert confirmed(market(OFFERS, [], [])) == ([], {Dropped.MANDATE_CHANGED: 2})


def test_a_mandate_that_says_something_else_places_nothing() -> None:
    carol = Wish("carol")

    for bob in (
        Wish("bob", cap=500_00),
        Wish("bob", keep=1),
        Wish("bob", criteria=Criteria(grades=("A",))),
    ):
        assert confirmed(market(OFFERS, PURSES, [bob, carol])) == (
            [100_00],
            {Dropped.MANDATE_CHANGED: 1},
        )


def test_what_was_bought_meanwhile_counts_towards_the_cap() -> None:
    now = market(OFFERS, PURSES, WISHES, held=[("car", "bob", 25_00)])

    assert confirmed(now) == ([100_00], {Dropped.CAP: 1})


def test_a_total_that_was_used_up_meanwhile_drops_the_line() -> None:
    now = market(OFFERS, PURSES, [Wish("bob", remaining=99_00), Wish("carol")])

    assert confirmed(now) == ([100_00], {Dropped.TOTAL: 1})


def test_the_last_in_the_plan_goes_first_where_the_room_shrank() -> None:
    plan, asked = planned()

    held = confirm(plan, planned=asked, now=market([Offer(room=150_00)], PURSES, WISHES))

    assert held.mandate.tolist() == plan.mandate.tolist()[:1]
    assert held.dropped == {Dropped.ROOM: 1}


def test_cash_that_was_withdrawn_meanwhile_drops_the_line() -> None:
    now = market(OFFERS, [Purse("bob", cash=99_00), Purse("carol")], WISHES)

    assert confirmed(now) == ([100_00], {Dropped.CASH: 1})


def test_an_order_that_no_longer_fills_the_listing_must_be_a_whole_one() -> None:
    offer = Offer("car", room=110_00)
    asked = market([offer], PURSES, WISHES)
    plan = allocate(asked, seed="1")

    held = confirm(plan, planned=asked, now=market([replace(offer, room=1_000_00)], PURSES, WISHES))

    assert sorted(plan.amount.tolist()) == [50_00, 60_00]
    assert held.amount.tolist() == [50_00]
    assert held.dropped == {Dropped.REMNANT: 1}


@given(world=worlds())
def test_every_plan_holds_in_the_market_that_it_was_made_for(world: World) -> None:
    asked = world.market()
    plan = allocate(asked, seed="1")

    held = confirm(plan, planned=asked, now=world.market())

    assert held.dropped == {}
    assert np.array_equal(held.amount, plan.amount)


@given(before=worlds(), after=worlds())
def test_what_is_confirmed_fits_the_market_as_it_is(before: World, after: World) -> None:
    asked, now = before.market(), after.market()

    held = confirm(allocate(asked, seed="1"), planned=asked, now=now)

    lender = now.mandates.lender[held.mandate]
    for group, limits in (
        (held.listing, now.listings.room),
        (held.mandate, now.mandates.remaining),
        (lender, now.lenders.cash),
    ):
        totals = np.zeros_like(limits)
        np.add.at(totals, group, held.amount)
        assert (totals <= limits)[totals > 0].all()
    assert (held.amount <= now.mandates.cap[held.mandate]).all()


def test_running_sums_start_anew_in_every_group() -> None:
    plan, asked = planned()
    lines = confirm(plan, planned=asked, now=asked)
    lines.amount = ints([1, 10, 100, 1000])

    assert lines.so_far(ints([2, 0, 2, 0])).tolist() == [1, 10, 101, 1010]
