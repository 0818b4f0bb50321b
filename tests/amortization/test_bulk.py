"""Many schedules at once: the same cents as one by one, on any conventions and on real loans."""

import csv
import gzip
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amortization import (
    BulkSchedule,
    Contract,
    Conventions,
    DayCount,
    FirstPeriod,
    Frequency,
    InstallmentBasis,
    Method,
    Remainder,
    UnusableTerms,
    schedule,
    schedules,
)
from kernel import Currency, Money, Rate, Rounding
from tests.amortization.builders import CONVENTIONS, PLAIN, special_conventions
from tests.vectors import data_file

USUAL = CONVENTIONS.map(
    lambda rules: replace(rules, compounding_per_year=None, period_rate_decimals=None)
).filter(
    lambda rules: (
        rules.method is not Method.FLAT
        and rules.remainder is not Remainder.ADJUSTED
        and rules.installment_basis is not InstallmentBasis.STARTING_MONTH
    )
)
RARE = CONVENTIONS | special_conventions().filter(
    lambda rules: (
        rules.first_period is not FirstPeriod.BROKEN_UPFRONT and not rules.down_payment.value
    )
)
START = date(2023, 10, 31)
LOANS = st.lists(
    st.tuples(st.integers(1, 10_000_000) | st.integers(1, 10**13), st.integers(0, 60_000_000)),
    max_size=12,
)


@given(
    loans=LOANS,
    installments=st.integers(1, 60),
    rules=USUAL,
    first=st.none() | st.integers(1, 70),
)
@settings(deadline=None, max_examples=200)
def test_many_schedules_are_the_same_as_one_by_one(
    loans: list[tuple[int, int]], installments: int, rules: Conventions, first: int | None
) -> None:
    first_due = None if first is None else START + timedelta(days=first)
    principal = np.array([amount for amount, _ in loans], np.int64)
    rate = np.array([rate for _, rate in loans], np.int64)

    many = schedules(principal, rate, installments, rules, start=START, first_due=first_due)

    for number, (amount, rate_e8) in enumerate(loans):
        money = Money(amount, Currency.USD)
        signed = Contract(money, Rate.from_e8(rate_e8), installments, START, first_due, rules)
        _assert_same(many, number, signed)


@given(
    loans=st.lists(st.tuples(st.integers(100, 10_000_000), st.integers(0, 60_000_000)), max_size=2),
    installments=st.integers(4, 12),
    rules=RARE,
)
@settings(deadline=None, max_examples=60)
def test_rare_conventions_are_the_same_as_one_by_one(
    loans: list[tuple[int, int]], installments: int, rules: Conventions
) -> None:
    principal = np.array([amount for amount, _ in loans], np.int64)
    rate = np.array([rate for _, rate in loans], np.int64)

    many = schedules(principal, rate, installments, rules, start=START)

    for number, (amount, rate_e8) in enumerate(loans):
        money = Money(amount, Currency.USD)
        signed = Contract(money, Rate.from_e8(rate_e8), installments, START, None, rules)
        _assert_same(many, number, signed)


@pytest.mark.parametrize(
    "upfront",
    [{"down_payment": Rate.percent(20)}, {"first_period": FirstPeriod.BROKEN_UPFRONT}],
    ids=str,
)
def test_what_is_due_on_the_day_of_the_payout_has_no_column(upfront: dict[str, Any]) -> None:
    one = np.array([100], np.int64)

    with pytest.raises(UnusableTerms, match="no column"):
        schedules(one, one, 12, replace(PLAIN, **upfront))


def _assert_same(many: BulkSchedule, number: int, signed: Contract) -> None:
    promised = schedule(signed)
    rest = [0] * (len(signed.due_dates()) - len(promised.rows))
    assert many.installment[number] == promised.installment.minor
    assert many.principal[number].tolist() == [row.principal.minor for row in promised.rows] + rest
    assert many.interest[number].tolist() == [row.interest.minor for row in promised.rows] + rest


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("remainder", [Remainder.LAST, Remainder.FIRST])
@pytest.mark.parametrize("method", [method for method in Method if method is not Method.FLAT])
def test_a_wide_book_repays_itself(
    method: Method, rounding: Rounding, remainder: Remainder
) -> None:
    luck = np.random.default_rng(7)
    principal = luck.integers(1, 4_000_000, 20_000)
    rate = luck.integers(0, 36_000_000, 20_000)
    rules = replace(PLAIN, method=method, installment_rounding=rounding, remainder=remainder)

    many = schedules(principal, rate, 36, rules)

    assert (many.principal.sum(axis=1) == principal).all()
    assert many.principal.min() >= 0
    assert many.interest.min() >= 0


@pytest.mark.parametrize(("rounding", "percent"), [(Rounding.UP, 6), (Rounding.DOWN, 18)])
@pytest.mark.parametrize("basis", [InstallmentBasis.EQUAL_PERIODS, InstallmentBasis.ACTUAL_PERIODS])
def test_an_installment_that_is_exact_to_the_cent_is_not_rounded_off_it(
    basis: InstallmentBasis, rounding: Rounding, percent: int
) -> None:
    """At 6 % over one month 2.00 comes back as 2.01, in floats as a little more; 18 %, less."""
    principal = np.arange(200, 400_000, 200)
    rates = np.full_like(principal, Rate.percent(percent).e8)
    rules = replace(PLAIN, installment_basis=basis, installment_rounding=rounding)

    many = schedules(principal, rates, 1, rules)

    assert (many.installment == principal + principal // 200 * percent // 6).all()


def test_a_remainder_that_halves_exactly_goes_the_same_way() -> None:
    """At 100 % a year one cent too few in the second row is half a cent too many in the first."""
    rules = replace(PLAIN, frequency=Frequency.ANNUAL, remainder=Remainder.FIRST)
    rate = Rate.percent(100)
    signed = Contract(Money(101, Currency.USD), rate, 2, START, None, rules)

    many = schedules(np.array([101]), np.array([rate.e8]), 2, rules)

    _assert_same(many, 0, signed)


def test_days_must_be_known_where_they_count() -> None:
    one = np.array([100], np.int64)

    with pytest.raises(UnusableTerms, match="start"):
        schedules(one, one, 12, replace(PLAIN, day_count=DayCount.ACT_360))


@pytest.mark.parametrize(("amount", "rate"), [(0, 1), (1, -1)])
def test_terms_that_no_schedule_can_follow_are_refused(amount: int, rate: int) -> None:
    with pytest.raises(UnusableTerms, match="principal"):
        schedules(np.array([amount]), np.array([rate]), 12, PLAIN)


def test_lendingclub_rounds_the_annuity_up_to_the_cent() -> None:
    with gzip.open(data_file("lendingclub_2018q1.csv.gz"), "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    equal = sum(_equal(rows, term) for term in (36, 60))

    assert len(rows) == 10_000
    assert equal / len(rows) >= 0.999


def _equal(rows: list[dict[str, str]], term: int) -> int:
    loans = [row for row in rows if int(row["term"]) == term]
    computed = schedules(
        np.array([_minor(row["loan_amount"]) for row in loans]),
        np.array([Rate.percent(row["interest_rate"]).e8 for row in loans]),
        term,
        PLAIN,
    )
    stated = np.array([_minor(row["installment"]) for row in loans])
    return int((computed.installment == stated).sum())


def _minor(text: str) -> int:
    return Money.parse(text, Currency.USD).minor
