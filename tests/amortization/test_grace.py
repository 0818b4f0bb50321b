"""Grace, down payments, broken periods, later rates and parts: what every such schedule keeps."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings

from amortization import (
    Advance,
    Contract,
    DatedRate,
    DayCount,
    DeferredInterest,
    FirstPeriod,
    InstallmentBasis,
    Method,
    Remainder,
    UnusableTerms,
    schedule,
)
from kernel import Rate, Rounding
from tests.amortization.builders import PLAIN, contract, special_contracts, usd

NOTHING = usd("0")
NEAREST = replace(PLAIN, installment_rounding=Rounding.HALF_EVEN)


@given(signed=special_contracts())
@settings(deadline=None, max_examples=150)
def test_every_kind_of_schedule_returns_what_was_lent_and_never_more(signed: Contract) -> None:
    promised = schedule(signed)

    ends = signed.boundaries(signed.installments)
    balance, advances = signed.principal.minor, list(signed.advances)
    added = 0
    for row in promised.rows:
        while advances and row.number and advances[0].on < ends[row.number]:
            balance += advances.pop(0).amount.minor
        grown = row.balance.minor - (balance - row.principal.minor)
        assert grown >= 0
        assert min(row.principal.minor, row.interest.minor, row.balance.minor) >= 0
        assert row.amount == row.principal + row.interest
        balance, added = row.balance.minor, added + grown
    assert balance == 0
    assert promised.capitalized.minor == added
    assert promised.lent.minor + added == sum(row.principal.minor for row in promised.rows)


@given(signed=special_contracts())
@settings(deadline=None, max_examples=100)
def test_due_days_always_come_one_after_the_other(signed: Contract) -> None:
    promised = schedule(signed)

    days = [row.due_on for row in promised.rows]
    assert all(sooner < later for sooner, later in pairwise(days))
    assert days[-1] <= signed.maturity
    fixed = replace(signed, due_days=tuple(signed.due_dates()))
    if signed.conventions.calendar is None or not signed.conventions.interest_follows_date:
        assert [row.due_on for row in schedule(fixed).rows] == days


def test_flat_interest_is_the_same_every_month() -> None:
    rules = replace(NEAREST, method=Method.FLAT, installment_unit=100)

    promised = schedule(contract("5000.00", "12", 18, conventions=rules))

    assert promised.installment == usd("328")
    assert {row.interest for row in promised.rows} == {usd("50")}
    assert promised.rows[-1].principal == usd("274")
    assert promised.total_interest == usd("900")


def test_flat_interest_that_does_not_divide_ends_to_the_cent() -> None:
    rules = replace(NEAREST, method=Method.FLAT)

    promised = schedule(contract("100.00", "10", 7, conventions=rules))

    assert promised.total_interest == usd("5.83")
    assert [row.interest.minor for row in promised.rows] == [83, 83, 83, 83, 83, 83, 85]


def test_flat_interest_of_silent_rows_is_asked_in_the_others() -> None:
    rules = replace(NEAREST, method=Method.FLAT, interest_grace=2, principal_grace=2)

    promised = schedule(contract("1200.00", "12", 6, conventions=rules))

    assert [row.amount for row in promised.rows[:2]] == [NOTHING, NOTHING]
    assert promised.rows[2].amount == usd("318")
    assert promised.total_interest == usd("72")


def test_a_flat_loan_may_have_an_agreed_installment_and_begin_with_the_odd_cents() -> None:
    rules = replace(NEAREST, method=Method.FLAT)
    first = replace(rules, remainder=Remainder.FIRST)

    agreed = schedule(contract("1000.00", "12", 3, conventions=rules, fixed_installment=usd("400")))
    odd = schedule(contract("1000.00", "12", 3, conventions=first))

    assert [row.amount for row in agreed.rows] == [usd("400"), usd("400"), usd("230")]
    assert [row.principal for row in odd.rows] == [usd("333.34"), usd("333.33"), usd("333.33")]


def test_one_flat_installment_asks_for_everything() -> None:
    rules = replace(NEAREST, method=Method.FLAT)

    (row,) = schedule(contract("1000.00", "12", 1, conventions=rules)).rows

    assert row.amount == usd("1010")


def test_principal_grace_spreads_the_loan_over_what_is_left_of_the_term() -> None:
    rules = replace(NEAREST, principal_grace=2)
    short = schedule(contract("10000.00", "12", 10, conventions=NEAREST))

    promised = schedule(contract("10000.00", "12", 12, conventions=rules))

    assert [row.amount for row in promised.rows[:2]] == [usd("100"), usd("100")]
    assert promised.installment == promised.rows[2].amount == short.installment


def test_interest_that_waited_is_collected_before_principal() -> None:
    rules = replace(NEAREST, principal_grace=2, interest_grace=2)

    promised = schedule(contract("10000.00", "12", 12, conventions=rules))

    assert [row.amount for row in promised.rows[:2]] == [NOTHING, NOTHING]
    assert promised.rows[2].interest == usd("300")
    assert promised.rows[2].amount == promised.installment


def test_interest_that_waited_may_become_principal() -> None:
    rules = replace(
        NEAREST,
        principal_grace=2,
        interest_grace=2,
        deferred_interest=DeferredInterest.CAPITALIZED,
    )

    promised = schedule(contract("10000.00", "12", 12, conventions=rules))

    assert [row.balance for row in promised.rows[:2]] == [usd("10100"), usd("10201")]
    assert promised.capitalized == usd("201")
    assert promised.rows[2].interest == usd("102.01")
    assert abs(promised.balloon.minor) <= 10 + (
        promised.rows[2].amount.minor - promised.installment.minor
    )


def test_free_months_cost_nothing_and_shrink_the_installment() -> None:
    rules = replace(NEAREST, interest_free=3)

    promised = schedule(contract("1200.00", "12", 12, conventions=rules))

    assert [row.interest for row in promised.rows[:3]] == [NOTHING] * 3
    assert promised.rows[3].interest.is_positive
    assert abs(promised.balloon.minor) <= 12


def test_a_down_payment_is_due_with_the_payout_and_bears_no_interest() -> None:
    rules = replace(NEAREST, down_payment=Rate.percent(25))

    promised = schedule(contract("1000.00", "12", 3, conventions=rules))

    first, second = promised.rows[:2]
    assert (first.number, first.due_on, first.amount) == (0, date(2024, 1, 15), usd("250"))
    assert (second.number, second.interest) == (1, usd("7.50"))


def test_a_down_payment_never_takes_the_whole_loan_however_coarse_its_unit() -> None:
    rules = replace(
        BROKEN,
        down_payment=Rate.percent(25),
        installment_unit=5000,
        first_period=FirstPeriod.BROKEN_FIRST,
    )

    promised = schedule(contract("1.00", "9", 4, first_due=date(2024, 3, 1), conventions=rules))

    assert promised.rows[0].principal == usd("0.99")
    assert all(row.interest.minor >= 0 for row in promised.rows)


BROKEN = replace(
    NEAREST, installment_rounding=Rounding.UP, installment_unit=100, day_count=DayCount.ACT_365F
)


def _broken(rule: FirstPeriod, **more: object) -> Contract:
    """Two days before a month that begins on 5 November, as Frappe Lending tests them."""
    return contract(
        "100000",
        "14.5",
        12,
        start=date(2023, 11, 3),
        first_due=date(2023, 12, 5),
        conventions=replace(BROKEN, first_period=rule),
        **more,
    )


def test_broken_period_interest_is_asked_first_spread_or_up_front() -> None:
    first, spread, upfront, counted, regular = (
        schedule(_broken(rule))
        for rule in (
            FirstPeriod.BROKEN_FIRST,
            FirstPeriod.BROKEN_SPREAD,
            FirstPeriod.BROKEN_UPFRONT,
            FirstPeriod.COUNTED,
            FirstPeriod.REGULAR,
        )
    )

    assert first.rows[0].interest == usd("1271.23")
    assert [row.interest for row in spread.rows[:2]] == [usd("1198.40"), usd("1141.93")]
    assert (upfront.rows[0].number, upfront.rows[0].amount) == (0, usd("79.45"))
    assert upfront.rows[1].interest == regular.rows[0].interest == usd("1191.78")
    assert counted.rows[0].interest == usd("1271.23")
    assert {promised.installment for promised in (first, spread, upfront)} == {usd("9003")}
    assert first.total == spread.total == upfront.total


def test_a_short_first_period_has_no_broken_days() -> None:
    rules = replace(BROKEN, first_period=FirstPeriod.BROKEN_FIRST)
    signed = contract(start=date(2024, 1, 20), first_due=date(2024, 2, 5), conventions=rules)
    counted = replace(signed, conventions=BROKEN)

    assert schedule(signed).rows == schedule(counted).rows


def test_a_rate_changes_on_its_day_and_recasts_the_period_it_falls_in() -> None:
    """7 % for fourteen of twenty-nine nights, then 4 %: Fineract's case C3916."""
    rules = replace(
        NEAREST,
        interest_rounding=Rounding.HALF_EVEN,
        installment_basis=InstallmentBasis.ACTUAL_PERIODS,
    )
    later = DatedRate(date(2024, 2, 15), Rate.percent(4))

    promised = schedule(
        contract("100", "7", 6, start=date(2024, 1, 1), conventions=rules, dated_rates=(later,))
    )

    assert [row.amount for row in promised.rows[:3]] == [usd("17.01"), usd("16.90"), usd("16.90")]
    assert promised.rows[1].interest == usd("0.38")


def test_a_later_part_bears_interest_from_its_day_and_is_repaid_with_the_rest() -> None:
    rules = replace(NEAREST, method=Method.EQUAL_PRINCIPAL)
    part = Advance(date(2024, 1, 31), usd("600"))

    promised = schedule(contract("600", "12", 6, conventions=rules, advances=(part,)))

    assert promised.rows[0].interest == usd("8.90")
    assert promised.rows[0].principal == usd("200")
    assert promised.lent == usd("1200")


def test_a_part_that_comes_after_a_change_of_rate_costs_the_new_one() -> None:
    signed = contract(
        "600",
        "12",
        6,
        conventions=NEAREST,
        dated_rates=(DatedRate(date(2024, 1, 20), Rate.percent(0)),),
        advances=(Advance(date(2024, 1, 20), usd("600")),),
    )

    promised = schedule(signed)

    assert promised.rows[0].interest == usd("0.97")


def test_a_wide_last_installment_moves_the_others_if_so_agreed() -> None:
    """The first period is four days short, which the last installment alone would show."""
    rules = replace(NEAREST, interest_rounding=Rounding.HALF_EVEN, remainder=Remainder.ADJUSTED)
    signed = contract(
        "175", "9.4822", 6, start=date(2024, 1, 5), first_due=date(2024, 2, 1), conventions=rules
    )
    left = replace(signed, conventions=replace(rules, remainder=Remainder.LAST))

    assert schedule(left).installment == usd("29.98")
    assert schedule(signed).installment == usd("29.95")
    assert abs(schedule(signed).balloon.minor) < abs(schedule(left).balloon.minor)


def test_an_adjustment_that_would_not_help_is_left_alone() -> None:
    rules = replace(
        NEAREST,
        day_count=DayCount.ACT_365F,
        remainder=Remainder.ADJUSTED,
        installment_basis=InstallmentBasis.ACTUAL_PERIODS,
        interest_rounding=Rounding.HALF_EVEN,
    )

    promised = schedule(contract("100", "15.678", 6, start=date(2024, 1, 1), conventions=rules))

    assert promised.installment == usd("17.43")
    assert promised.rows[-1].amount == usd("17.47")


def test_a_starting_month_sets_the_installment_of_all() -> None:
    rules = replace(
        NEAREST,
        day_count=DayCount.ACT_365F,
        installment_unit=100,
        installment_basis=InstallmentBasis.STARTING_MONTH,
    )

    promised = schedule(contract("5000", "12", 6, start=date(2022, 11, 1), conventions=rules))

    assert promised.installment == usd("862")
    assert promised.rows[0].interest == usd("49.32")


def test_interest_may_run_to_the_day_on_which_is_paid() -> None:
    due = (date(2024, 2, 15), date(2024, 3, 18), date(2024, 4, 15))
    rules = replace(NEAREST, day_count=DayCount.ACT_360, method=Method.INTEREST_FIRST)

    promised = schedule(contract("3600", "10", 3, conventions=rules, due_days=due))

    assert tuple(row.due_on for row in promised.rows) == due
    assert [row.interest for row in promised.rows] == [usd("31"), usd("32"), usd("28")]
    assert promised.contract.due(9) == due[2] == due[0] + timedelta(days=60)


def test_nothing_is_paid_out_before_the_loan_starts() -> None:
    signed = contract(
        start=date(2010, 1, 3),
        conventions=replace(PLAIN, due_day=2, first_period=FirstPeriod.REGULAR),
    )
    too_soon = Advance(date(2010, 1, 2), usd("1"))

    with pytest.raises(UnusableTerms, match="between the start and the end"):
        replace(signed, advances=(too_soon,))
