"""The promise of the split, over random lives of one component of one loan."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicing.apportion import Column, apportion
from servicing.dividing import divide
from tests.servicing.split_oracles import by_the_book, can_stay_inside, in_sql, unit_by_unit

seeds = st.integers(0, 2**32 - 1)
few_weights = st.lists(st.integers(0, 12), min_size=1, max_size=8).filter(any)
few_payments = st.lists(st.integers(1, 25), max_size=12)


class Life:
    """One component of one loan, paid and taken back as a test likes."""

    def __init__(self, weights: Sequence[int] | Column) -> None:
        self.weights = np.array(weights, dtype=np.int64)
        self.received = np.zeros_like(self.weights)
        self.payments: list[Column] = []

    @property
    def whole(self) -> int:
        return int(self.weights.sum())

    @property
    def total(self) -> int:
        return int(self.received.sum())

    def pay(self, amount: int) -> Column:
        parts = apportion(self.total, amount, self.weights, self.received)
        assert int(parts.sum()) == amount
        assert parts.min() >= 0
        self.received = self.received + parts
        self.payments.append(parts)
        return parts

    def take_back(self, nth: int) -> None:
        self.received = self.received - self.payments.pop(nth)

    @property
    def ahead(self) -> Column:
        """What each note has beyond its exact entitlement, in units divided by `whole`."""
        held, weights = self.received.astype(object), self.weights.astype(object)
        distance: Column = held * self.whole - weights * self.total
        return distance

    @property
    def is_inside(self) -> bool:
        return bool(np.abs(self.ahead).max() < self.whole)

    @property
    def furthest_behind(self) -> int:
        """The whole units that cover what any note is behind."""
        return int(-self.ahead.min()) // self.whole + 1


def random_weights(random: np.random.Generator, most: int) -> Column:
    count = int(random.integers(1, most + 1))
    kinds = [
        random.integers(1, 10, count),
        np.full(count, random.integers(1, 10**6)),
        (10 ** random.uniform(0, 11, count)).astype(np.int64),
        np.append(random.integers(1, 4, count), 3 * count),
        random.integers(2_500, 500_000, count),
    ]
    return kinds[random.integers(len(kinds))]


def random_payments(random: np.random.Generator, whole: int, count: int) -> list[int]:
    sizes = [1, 2, int(random.integers(1, 100)), whole // 36 + 1, whole // 7 + 1]
    kinds = [sizes[:2], sizes[:3], sizes[3:], sizes, [int(random.integers(1, whole + 1))]]
    return [int(amount) for amount in random.choice(kinds[random.integers(5)], count)]


@settings(deadline=None)
@given(seeds)
def test_every_note_stays_within_a_unit_and_gets_its_principal_back(seed: int) -> None:
    random = np.random.default_rng(seed)
    loan = Life(random_weights(random, most=5_000))

    for amount in random_payments(random, loan.whole, 40):
        loan.pay(min(amount, loan.whole - loan.total))
        assert loan.is_inside
    loan.pay(loan.whole - loan.total)

    assert (loan.received == loan.weights).all()


@settings(deadline=None)
@given(seeds)
def test_interest_beyond_the_principal_keeps_the_promise_too(seed: int) -> None:
    random = np.random.default_rng(seed)
    loan = Life(random_weights(random, most=200))

    for amount in random_payments(random, loan.whole, 120):
        loan.pay(amount)
        assert loan.is_inside
    loan.pay(-loan.total % loan.whole)

    assert not loan.ahead.any()


def test_a_whole_loan_paid_by_single_cents_stays_inside() -> None:
    loan = Life([1, 1, 2, 3, 50, 143, 300])

    for _ in range(loan.whole):
        loan.pay(1)
        assert loan.is_inside

    assert loan.received.tolist() == loan.weights.tolist()


def test_the_largest_remainder_of_each_payment_breaks_the_promise() -> None:
    kept, naive = Life([10, 10, 1]), Life([10, 10, 1])

    for _ in range(11):
        kept.pay(2)
        naive.received += divide(2, [10, 10, 1])

    assert kept.is_inside
    assert naive.received.tolist() == [11, 11, 0]  # entitled to 10.5, 10.5 and 1.05
    assert not naive.is_inside


@settings(deadline=None)
@given(seeds)
def test_taking_back_the_last_payment_restores_every_note(seed: int) -> None:
    random = np.random.default_rng(seed)
    loan = Life(random_weights(random, most=2_000))
    for amount in random_payments(random, loan.whole, 10):
        loan.pay(amount)
    before = loan.received

    parts = loan.pay(int(random.integers(1, loan.whole + 1)))
    loan.take_back(-1)

    assert (loan.received == before).all()
    assert (loan.pay(int(parts.sum())) == parts).all()


@settings(deadline=None, max_examples=200)
@given(seeds)
def test_after_earlier_payments_are_taken_back_no_note_falls_far_behind(seed: int) -> None:
    random = np.random.default_rng(seed)
    loan = Life(random_weights(random, most=60 if seed % 8 else 5_000))
    bound = 1

    for amount in random_payments(random, loan.whole, 50):
        parts = loan.pay(amount)
        assert (loan.ahead > -bound * loan.whole).all()
        assert (loan.ahead[parts > 0] < loan.whole).all()
        if random.random() < 0.15 and len(loan.payments) > 1:
            loan.take_back(int(random.integers(len(loan.payments) - 1)))
            bound = loan.furthest_behind + 1
    loan.pay(when_all_have_caught_up(loan) - loan.total)

    assert not loan.ahead.any()


@settings(deadline=None)
@given(seeds)
def test_principal_comes_back_to_the_cent_whatever_was_taken_back(seed: int) -> None:
    random = np.random.default_rng(seed)
    loan = Life(random_weights(random, most=300))

    for amount in random_payments(random, loan.whole, 40):
        loan.pay(min(amount, loan.whole - loan.total))
        if random.random() < 0.3:
            loan.take_back(int(random.integers(len(loan.payments))))
    loan.pay(loan.whole - loan.total)

    assert (loan.received == loan.weights).all()


@pytest.mark.parametrize("missed", range(1, 5))
def test_a_monthly_loan_is_inside_again_with_the_next_payment(missed: int) -> None:
    random = np.random.default_rng(missed)
    loan = Life(random.integers(2_500, 500_000, 1_000))
    for _ in range(6):
        loan.pay(loan.whole // 36)

    loan.take_back(missed)
    was_inside = loan.is_inside
    loan.pay(loan.whole // 36)

    assert not was_inside
    assert loan.is_inside


def test_two_equal_notes_prove_that_a_reversal_can_leave_a_whole_unit() -> None:
    loan = Life([2, 2])
    parts = [loan.pay(1).tolist() for _ in range(3)]

    loan.take_back(1)

    assert parts == [[1, 0], [0, 1], [1, 0]]
    assert loan.received.tolist() == [2, 0]  # entitled to 1 and 1
    assert loan.pay(1).tolist() == [0, 1]
    assert loan.is_inside


def test_three_notes_prove_that_a_reversal_can_leave_two_whole_units() -> None:
    loan = Life([2, 2, 6])
    for amount in (2, 2, 3):
        loan.pay(amount)

    loan.take_back(1)

    assert loan.received.tolist() == [0, 0, 5]  # entitled to 1, 1 and 3


def test_four_notes_prove_that_no_rule_keeps_inside_what_a_reversal_left_inside() -> None:
    loan = Life([1, 1, 2, 2])
    for amount in (2, 1, 1):
        loan.pay(amount)

    loan.take_back(0)

    assert loan.received.tolist() == [1, 1, 0, 0]
    assert loan.is_inside
    assert not can_stay_inside(loan.weights.tolist(), loan.received.tolist())


@given(few_weights, st.integers(1, 60))
def test_single_units_go_as_to_the_scheduler_that_pays_unit_by_unit(
    weights: list[int], units: int
) -> None:
    loan = Life(weights)

    winners = [int(loan.pay(1).argmax()) for _ in range(units)]

    assert winners == unit_by_unit(weights, units)


@given(few_weights, few_payments)
def test_every_payment_leaves_a_state_that_can_stay_inside(
    weights: list[int], amounts: list[int]
) -> None:
    loan = Life(weights)

    for amount in amounts:
        loan.pay(amount)
        assert can_stay_inside(weights, loan.received.tolist())


@settings(deadline=None)
@given(few_weights, few_payments)
def test_plain_fractions_and_a_database_give_the_same_cents(
    weights: list[int], amounts: list[int]
) -> None:
    loan = Life(weights)

    for amount in amounts:
        before = (loan.total, amount, weights, loan.received.tolist())
        parts = loan.pay(amount).tolist()
        assert by_the_book(*before) == parts
        assert in_sql(*before) == parts


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 3), min_size=5, max_size=30),
    st.lists(st.integers(1, 60), min_size=2, max_size=6),
    st.integers(0, 4),
)
def test_plain_fractions_give_the_same_cents_after_a_reversal(
    small: list[int], amounts: list[int], taken_back: int
) -> None:
    loan = Life([*small, 2 * sum(small)])
    for amount in amounts:
        loan.pay(amount)

    loan.take_back(taken_back % len(amounts))

    for amount in [1] * 10 + [3, 2] * 5:
        before = (loan.total, amount, loan.weights.tolist(), loan.received.tolist())
        assert loan.pay(amount).tolist() == by_the_book(*before)


@settings(deadline=None, max_examples=500)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), min_size=2, max_size=12).filter(
        lambda notes: any(weight for weight, _ in notes)
    ),
    st.integers(1, 30),
)
def test_plain_fractions_give_the_same_cents_from_any_state_at_all(
    notes: list[tuple[int, int]], amount: int
) -> None:
    weights, received = zip(*notes, strict=True)
    columns = np.array(weights), np.array(received)

    parts = apportion(sum(received), amount, *columns).tolist()

    assert parts == by_the_book(sum(received), amount, weights, received)


def test_deadlines_alone_would_starve_the_largest_note_after_a_reversal() -> None:
    loan = Life([*[1] * 22, 2, 2, 2, 56])
    for amount in (18, 21, 34, 50):
        loan.pay(amount)
    loan.take_back(2)
    deadlines_alone = Life(loan.weights)
    deadlines_alone.received = loan.received.copy()

    winners = unit_by_unit(loan.weights.tolist(), 11, loan.received.tolist())
    deadlines_alone.received += np.bincount(winners, minlength=26)
    units_behind = []
    for _ in range(40):
        loan.pay(1)
        units_behind.append(loan.furthest_behind)

    assert deadlines_alone.furthest_behind == 8  # 7 2/3 units
    assert max(units_behind) == 2  # 1 3/7 units


@given(
    st.lists(st.integers(10**14, 10**17), min_size=1, max_size=30),
    st.lists(st.integers(1, 10**17), max_size=8),
)
def test_amounts_beyond_what_int64_multiplies_are_exact(
    weights: list[int], amounts: list[int]
) -> None:
    loan = Life(weights)

    for amount in amounts:
        before = (loan.total, amount, weights, loan.received.tolist())
        assert loan.pay(amount).tolist() == by_the_book(*before)
        assert loan.is_inside


def test_a_note_without_weight_gets_nothing() -> None:
    loan = Life([0, 1, 0, 1])

    loan.pay(7)

    assert loan.received.tolist() == [0, 4, 0, 3]


def test_nothing_can_be_divided_among_nobody() -> None:
    loan = Life([])

    assert apportion(0, 0, loan.weights, loan.received).tolist() == []


@pytest.mark.parametrize(
    ("total_before", "amount", "weights"), [(0, -1, [1]), (0, 1, [0]), (0, 1, []), (5, 1, [1])]
)
def test_what_cannot_be_divided_is_refused(
    total_before: int, amount: int, weights: list[int]
) -> None:
    column = np.array(weights, dtype=np.int64)

    with pytest.raises(ValueError, match="matching totals"):
        apportion(total_before, amount, column, np.zeros_like(column))


def when_all_have_caught_up(loan: Life) -> int:
    """Return the next whole multiple of the principal at which nobody is ahead any more."""
    holders = loan.weights > 0
    rounds = -(-loan.received[holders] // loan.weights[holders])
    return max(int(rounds.max()), -(-loan.total // loan.whole)) * loan.whole
