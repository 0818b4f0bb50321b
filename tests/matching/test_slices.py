from hypothesis import given
from hypothesis import strategies as st

from matching.columns import ints
from matching.slices import fill


def shares(
    room: int, limits: list[int], *, slice_: int, had: tuple[int, ...] | None = None
) -> list[int]:
    given = fill(
        room=room,
        minimum=25,
        step=25,
        limits=ints(limits),
        slices=ints([slice_] * len(limits)),
        had=ints(had or [0] * len(limits)),
        accounts=ints([1] * len(limits)),
    )
    return list(given.tolist())


def test_everybody_gets_one_slice_before_anybody_gets_two() -> None:
    given = shares(100, [100, 100, 100], slice_=25)

    assert given == [50, 25, 25]


def test_the_last_order_is_cut_to_what_fills_the_listing() -> None:
    given = shares(60, [100, 100], slice_=50)

    assert given == [50, 10]


def test_an_offer_below_the_smallest_order_is_taken_where_it_fills_the_listing() -> None:
    given = shares(60, [50, 10], slice_=50)

    assert given == [50, 10]


def test_an_offer_below_the_smallest_order_is_left_out_where_it_does_not() -> None:
    given = shares(100, [50, 10], slice_=50)

    assert given == [50, 0]


def test_an_order_off_the_step_is_made_where_it_fills_the_listing() -> None:
    given = shares(110, [57, 60], slice_=25)

    assert given == [50, 60]


def test_whoever_has_got_most_of_its_account_gets_less_so_that_one_more_order_fits() -> None:
    given = shares(110, [50, 50], slice_=25, had=(0, 25))

    assert given == [50, 25]


def test_a_small_room_is_left_where_nobody_can_spare_anything() -> None:
    given = shares(60, [25, 25], slice_=25)

    assert given == [25, 25]


def test_a_room_below_the_smallest_order_goes_to_one_offer() -> None:
    given = shares(20, [100, 100], slice_=25)

    assert given == [20, 0]


def test_nobody_in_the_queue_leaves_the_listing_as_it_was() -> None:
    given = shares(100, [], slice_=25)

    assert given == []


@given(
    room=st.integers(1, 1000),
    step=st.sampled_from([1, 10, 25]),
    lots=st.integers(1, 4),
    offers=st.lists(st.tuples(st.integers(1, 500), st.integers(1, 5)), max_size=8),
)
def test_orders_keep_to_room_limits_minimum_and_step(
    room: int, step: int, lots: int, offers: list[tuple[int, int]]
) -> None:
    minimum = step * lots
    limits = [limit for limit, _ in offers]
    slices = [step * (lots + more) for _, more in offers]

    given = fill(
        room=room,
        minimum=minimum,
        step=step,
        limits=ints(limits),
        slices=ints(slices),
        had=ints(range(len(limits))),
        accounts=ints([1] * len(limits)),
    ).tolist()

    regular = [amount >= minimum and amount % step == 0 for amount in given if amount]
    assert all(0 <= amount <= limit for amount, limit in zip(given, limits, strict=True))
    assert sum(given) <= room
    assert regular.count(False) <= (sum(given) == room)


@given(
    room=st.integers(1, 1000),
    limits=st.lists(st.integers(1, 500), max_size=8),
)
def test_a_listing_is_filled_whenever_whole_orders_can_fill_it(
    room: int, limits: list[int]
) -> None:
    usable = sum(limit - limit % 10 for limit in limits if limit >= 20)

    given = fill(
        room=room,
        minimum=20,
        step=10,
        limits=ints(limits),
        slices=ints([20] * len(limits)),
        had=ints(limits),
        accounts=ints([1] * len(limits)),
    )

    assert int(given.sum()) == room if usable >= room else True
