import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import Rate
from matching.allocate import allocate
from matching.criteria import Criteria, Reason, first_failures
from matching.market import Market, Plan
from tests.matching.worlds import (
    Offer,
    Purse,
    Wish,
    World,
    by_lender,
    by_listing,
    lines,
    market,
    worlds,
)


@given(world=worlds(), seed=st.text(max_size=3))
def test_no_limit_is_ever_exceeded(world: World, seed: str) -> None:
    asked = world.market()

    plan = allocate(asked, seed=seed)

    lent = by_lender(plan, asked)
    wishes = {f"{wish.lender}/{wish.name}": wish for wish in world.wishes}
    held = {(title, name): amount for title, name, amount in world.held}
    assert (plan.amount > 0).all()
    for offer in world.offers:
        assert by_listing(plan, asked)[offer.name] <= max(0, offer.room - offer.manual)
    for purse in world.purses:
        assert lent[purse.name] <= purse.cash
    placed = dict.fromkeys(wishes, 0)
    for (title, name), amount in lines(plan, asked).items():
        wish = wishes[name]
        placed[name] += amount
        assert amount + held.get((title, wish.lender), 0) <= wish.cap
    for name, amount in placed.items():
        purse = next(purse for purse in world.purses if purse.name == wishes[name].lender)
        assert amount <= max(0, min(wishes[name].remaining, purse.cash - wishes[name].keep))
    groups = {offer.name: offer.groups for offer in world.offers}
    for name, group, left in world.limits:
        inside = [n for (t, w), n in lines(plan, asked).items() if w == name and group in groups[t]]
        assert sum(inside) <= left


@given(world=worlds())
def test_nothing_is_bought_outside_a_mandate(world: World) -> None:
    asked = world.market()

    plan = allocate(asked, seed="1")

    offers = {offer.name: offer for offer in world.offers}
    wishes = {f"{wish.lender}/{wish.name}": wish for wish in world.wishes}
    for title, name in lines(plan, asked):
        offer, criteria = offers[title], wishes[name].criteria
        assert offer.borrower != wishes[name].lender
        assert offer.grade in (criteria.grades or offer.grade)
        assert criteria.rate_max is None or Rate.percent(offer.rate) <= criteria.rate_max
        assert offer.installments >= (criteria.installments_min or 0)
        assert offer.purpose in (criteria.purposes or [offer.purpose])
        assert offer.region in (criteria.regions or [offer.region])


@given(world=worlds())
def test_orders_respect_minimum_and_step_unless_they_fill_the_listing(world: World) -> None:
    asked = world.market()

    plan = allocate(asked, seed="1")

    totals = by_listing(plan, asked)
    offers = {offer.name: offer for offer in world.offers}
    for (title, _), amount in lines(plan, asked).items():
        offer = offers[title]
        regular = amount >= offer.minimum and amount % offer.step == 0
        assert (
            regular or totals[title] == offer.room
        )  # never where a part is kept for orders by hand


@given(world=worlds(), shuffle=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_means_nothing(world: World, shuffle: random.Random) -> None:
    mixed = World(*(shuffle.sample(rows, len(rows)) for rows in vars(world).values()))
    asked, again = world.market(), mixed.market()

    plan, second = allocate(asked, seed="1"), allocate(again, seed="1")

    assert lines(second, again) == lines(plan, asked)
    assert again.digest() == asked.digest()
    assert second.digest(again) == plan.digest(asked)
    reasons = dict(zip(asked.mandates.keys, plan.why.tolist(), strict=True))
    assert dict(zip(again.mandates.keys, second.why.tolist(), strict=True)) == reasons


@given(world=worlds(), cash=st.integers(0, 900), cap=st.integers(1, 300), seed=st.text(max_size=2))
def test_two_lenders_alike_differ_by_at_most_one_slice(
    world: World, cash: int, cap: int, seed: str
) -> None:
    twins = [Purse("left", cash=cash), Purse("right", cash=cash)]
    wishes = [Wish("left", cap=cap, remaining=700), Wish("right", cap=cap, remaining=700)]
    asked = market(
        world.offers,
        [*world.purses, *twins],
        [*world.wishes, *wishes],
        world.held,
        world.limits,
    )

    lent = by_lender(allocate(asked, seed=seed), asked)

    lots = [max(offer.minimum, cap - cap % offer.step) for offer in world.offers]
    assert abs(lent["left"] - lent["right"]) <= max(lots, default=0)


@given(drawn=worlds())
def test_a_listing_that_stays_half_filled_takes_nothing_from_those_that_are_full(
    drawn: World,
) -> None:
    world = in_cents(drawn)
    asked = world.market()
    full = filled(world, allocate(asked, seed="1"), asked)
    offers = [offer for offer in world.offers if offer.name in full]
    held = [row for row in world.held if row[0] in full]
    alone = market(offers, world.purses, world.wishes, held)

    assert filled(world, allocate(alone, seed="1"), alone) == full


def in_cents(world: World) -> World:
    """Let every cent be an order of its own, and every lender have one mandate."""
    offers = [replace(offer, minimum=1, step=1, manual=0) for offer in world.offers]
    wishes = {wish.lender: wish for wish in world.wishes}
    return replace(world, offers=offers, wishes=list(wishes.values()), limits=[])


def filled(world: World, plan: Plan, asked: Market) -> set[str]:
    rooms = {offer.name: offer.room for offer in world.offers}
    return {title for title, got in by_listing(plan, asked).items() if got == rooms[title]}


@given(world=worlds(), more=st.integers(1, 500), who=st.integers(0, 5))
def test_in_one_listing_more_cash_never_brings_less(world: World, more: int, who: int) -> None:
    offers = [replace(offer, manual=0) for offer in world.offers[:1]]
    wishes = list({wish.lender: wish for wish in world.wishes}.values())
    poor = world.purses[who % len(world.purses)]
    rich = [
        replace(purse, cash=poor.cash + more) if purse is poor else purse for purse in world.purses
    ]
    before, after = market(offers, world.purses, wishes), market(offers, rich, wishes)

    lent = by_lender(allocate(before, seed="1"), before)[poor.name]

    assert by_lender(allocate(after, seed="1"), after)[poor.name] >= lent


@given(world=worlds())
def test_no_money_that_could_be_placed_stays_idle(world: World) -> None:
    single = in_cents(world)
    asked = single.market()

    plan = allocate(asked, seed="1")

    totals, lent, placed = by_listing(plan, asked), by_lender(plan, asked), lines(plan, asked)
    purses = {purse.name: purse for purse in single.purses}
    table = first_failures(asked.profiles, asked.listings)
    for row, offer in enumerate(single.offers):
        for mandate, wish in enumerate(single.wishes):
            bought = placed.get((offer.name, f"{wish.lender}/{wish.name}"), 0)
            held = sum(n for at, who, n in single.held if (at, who) == (offer.name, wish.lender))
            idle = purses[wish.lender].cash - wish.keep - lent[wish.lender]
            able = min(wish.cap - held - bought, wish.remaining - lent[wish.lender], idle)
            matches = table[asked.mandates.profile[mandate], row] == Reason.MATCHED
            if matches and offer.borrower != wish.lender and totals[offer.name] < offer.room:
                assert able <= 0


@given(world=worlds())
def test_at_least_half_of_the_exact_optimum_is_placed(world: World) -> None:
    single = in_cents(world)
    asked = single.market()

    plan = allocate(asked, seed="1")

    assert 2 * int(plan.amount.sum()) >= most(single, asked)


def most(world: World, asked: Market) -> int:
    """Find the most that can be placed: the smallest cut, by trying every set of lenders."""
    table = first_failures(asked.profiles, asked.listings) == Reason.MATCHED
    purses = {purse.name: purse for purse in world.purses}
    supply = [max(0, min(w.remaining, purses[w.lender].cash - w.keep)) for w in world.wishes]
    pairs = [
        [
            max(0, wish.cap - sum(n for at, w, n in world.held if (at, w) == (o.name, wish.lender)))
            if table[asked.mandates.profile[mandate], row] and o.borrower != wish.lender
            else 0
            for row, o in enumerate(world.offers)
        ]
        for mandate, wish in enumerate(world.wishes)
    ]
    cuts = []
    for chosen in itertools.product([False, True], repeat=len(supply)):
        inside = [mandate for mandate, taken in enumerate(chosen) if taken]
        outside = sum(amount for amount, taken in zip(supply, chosen, strict=True) if not taken)
        listings = (
            min(offer.room, sum(pairs[mandate][row] for mandate in inside))
            for row, offer in enumerate(world.offers)
        )
        cuts.append(outside + sum(listings))
    return min(cuts)


@pytest.mark.parametrize("cash", [7, 16])
def test_whoever_brings_more_is_not_the_one_to_give_way_for_it(cash: int) -> None:
    both, later = Criteria(grades=("A", "B")), Criteria(grades=("B",))
    asked = market(
        [
            Offer("a", room=6, needed=0, minimum=2, step=1, closes_in=0),
            Offer("b", grade="B", room=9, needed=0, minimum=2, step=1, closes_in=1),
        ],
        [Purse("bob", cash=cash, invested=12, idle_for=0), Purse("carol", cash=6), Purse("dan", 2)],
        [
            Wish("bob", cap=4, criteria=both),
            Wish("carol", cap=8, criteria=both),
            Wish("dan", cap=2, criteria=later),
        ],
    )

    assert by_lender(allocate(asked, seed="1"), asked)["bob"] == 6
