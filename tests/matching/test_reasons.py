from collections import Counter

from hypothesis import given

from matching.allocate import allocate
from matching.criteria import Reason, first_failures
from matching.market import Market, Plan
from matching.reasons import Reasons
from tests.matching.worlds import Offer, Purse, Wish, World, lines, market, worlds


def expected(world: World, asked: Market, plan: Plan, title: str, name: str) -> Reason:
    """Find the reason as a person would, line by line."""
    offer = next(offer for offer in world.offers if offer.name == title)
    wish = next(wish for wish in world.wishes if f"{wish.lender}/{wish.name}" == name)
    purse = next(purse for purse in world.purses if purse.name == wish.lender)
    placed = lines(plan, asked)
    mine = sum(amount for (_, order), amount in placed.items() if order == name)
    ours = sum(n for (_, order), n in placed.items() if order.startswith(f"{wish.lender}/"))
    row = asked.listings.keys.index(title.encode())
    mandate = asked.mandates.keys.index(name.encode())
    failure = first_failures(asked.profiles, asked.listings)[asked.mandates.profile[mandate], row]
    least = min(offer.minimum, offer.room)
    held = sum(n for at, who, n in world.held if (at, who) == (title, wish.lender))
    inside = {each.name: set(each.groups) for each in world.offers}
    under_limits = [
        left - sum(n for (at, who), n in placed.items() if who == order and group in inside[at])
        for order, group, left in world.limits
        if order == name and group in offer.groups
    ]
    other = any(at == title and order.startswith(f"{wish.lender}/") for at, order in placed)
    way = [
        (Reason.SERVED, (title, name) in placed),
        (Reason.OWN_LISTING, offer.borrower == wish.lender),
        (Reason(int(failure)), failure != Reason.MATCHED),
        (Reason.CAP, wish.cap - held < least),
        (Reason.LIMIT, min(under_limits, default=least) < least),
        (Reason.TOTAL, wish.remaining - mine < least),
        (Reason.CASH, purse.cash - ours - wish.keep < least),
        (Reason.OTHER_MANDATE, other),
        (Reason(int(plan.turned_away[row])), True),
    ]
    return next(reason for reason, holds in way if holds)


@given(world=worlds())
def test_every_pair_has_its_first_reason(world: World) -> None:
    asked = world.market()
    plan = allocate(asked, seed="1", begin=False)

    reasons = Reasons.decode(Reasons.of(asked, plan).encode())

    for wish in world.wishes:
        name = f"{wish.lender}/{wish.name}"
        told = {}
        for offer in world.offers:
            told[offer.name] = reasons.reason(name.encode(), offer.name.encode())
            assert told[offer.name] == expected(world, asked, plan, offer.name, name)
        assert reasons.funnel(name.encode()) == Counter(told.values())


@given(world=worlds())
def test_a_mandate_that_was_served_is_told_so_and_no_other(world: World) -> None:
    asked = world.market()

    plan = allocate(asked, seed="1")

    told = {row for row, code in enumerate(plan.why.tolist()) if code == Reason.SERVED}
    assert told == set(plan.mandate.tolist())


def test_what_is_stored_is_small_beside_the_pairs() -> None:
    offers = [Offer(f"listing {number}", room=100_00) for number in range(200)]
    purses = [Purse(f"lender {number}") for number in range(500)]
    asked = market(offers, purses, [Wish(purse.name) for purse in purses])

    stored = Reasons.of(asked, allocate(asked, seed="1")).encode()

    assert len(stored) < 200 * 500 / 4
