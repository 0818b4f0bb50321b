import pytest
from hypothesis import given

from matching import Criteria, Fairness, allocate
from matching.measures import WHOLE, upper_bound
from tests.matching.worlds import Offer, Purse, Wish, World, market, worlds


def measured(offers: list[Offer], purses: list[Purse], wishes: list[Wish]) -> Fairness:
    seen = market(offers, purses, wishes)
    return Fairness.of(seen, allocate(seen, seed="1"))


def test_lenders_who_are_served_alike_are_at_zero() -> None:
    figures = measured(
        [Offer(room=100_00, needed=0)],
        [Purse("bob", cash=50_00), Purse("carol", cash=50_00)],
        [Wish("bob", cap=50_00), Wish("carol", cap=50_00)],
    )

    assert (figures.gini, figures.idle, figures.gap) == (0, 0, 0)
    assert (figures.listings, figures.filled, figures.lenders) == (1, 1, 2)
    assert (figures.placed, figures.bound) == (100_00, 100_00)
    assert figures.deciles[:3] == (WHOLE, WHOLE, 0)


def test_one_who_has_all_while_another_has_nothing_is_at_a_half() -> None:
    figures = measured(
        [Offer(room=50_00, needed=0)],
        [Purse("bob", cash=50_00), Purse("carol", cash=50_00)],
        [Wish("bob", cap=50_00), Wish("carol", cap=50_00, criteria=Criteria(grades=("Z",)))],
    )

    assert (figures.gini, figures.idle) == (WHOLE // 2, WHOLE // 2)


def test_waits_are_those_of_lenders_who_were_ever_served() -> None:
    figures = measured(
        [],
        [Purse("bob", idle_for=60), Purse("carol", idle_for=600), Purse("dan")],
        [Wish("bob"), Wish("carol"), Wish("dan")],
    )

    assert (figures.wait_p50, figures.wait_p90, figures.never) == (60, 600, 1)


def test_an_empty_market_has_nothing_to_measure() -> None:
    figures = measured([], [], [])

    assert figures == Fairness(0, 0, (0,) * 10, WHOLE, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_figures_read_as_they_were_written() -> None:
    figures = measured([Offer()], [Purse()], [Wish()])

    assert Fairness.from_json(figures.to_json()) == figures


@given(worlds())
def test_no_plan_places_more_than_the_bound(world: World) -> None:
    seen = world.market()
    figures = Fairness.of(seen, allocate(seen, seed="1"))

    assert 0 <= figures.placed <= upper_bound(seen)
    assert 0 <= figures.gini <= WHOLE
    assert 0 <= figures.gap <= WHOLE


@pytest.mark.parametrize("reverse", [False, True])
def test_the_order_of_the_rows_means_nothing(*, reverse: bool) -> None:
    offers = [Offer("one", room=300_00), Offer("two", room=200_00)]
    purses = [Purse("bob", cash=300_00), Purse("carol", cash=300_00), Purse("dan", cash=100_00)]
    wishes = [Wish("bob"), Wish("carol", cap=200_00), Wish("dan", cap=50_00)]
    step = -1 if reverse else 1

    seen = market(offers[::step], purses[::step], wishes[::step])

    assert Fairness.of(seen, allocate(seen, seed="1")) == measured(offers, purses, wishes)
