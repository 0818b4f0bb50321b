"""Schedules against published tables and against the laws that every schedule keeps."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from amortization import (
    Contract,
    DayCount,
    Frequency,
    InstallmentBasis,
    Method,
    RateChange,
    Remainder,
    Schedule,
    period_interest,
    schedule,
)
from kernel import Rate, Rounding
from tests.amortization.builders import CONVENTIONS, PLAIN, contract, contracts, usd
from tests.amortization.published import differences
from tests.vectors import vectors

# The others know years of several lengths, and may count a longer stretch as a smaller part of one.
STEADY = set(DayCount) - {
    DayCount.ACT_365_ACTUAL,
    DayCount.ACT_ACT_AFB,
    DayCount.ACT_ACT_LAST_DAY,
    DayCount.ACT_ACT_YEAR,
}
NEAREST = replace(PLAIN, installment_rounding=Rounding.HALF_UP)


def test_every_published_table_is_met_to_the_cent() -> None:
    cases = vectors("mortgagemath_published")

    wrong = {case["id"]: differences(case) for case in cases if differences(case)}

    assert len(cases) >= 10
    assert wrong == {}


@pytest.mark.parametrize(
    ("case_id", "frequency", "day_count", "later"),
    [
        ("C3157", Frequency.BIMONTHLY, DayCount.EQUAL_PERIODS, ()),
        ("C3158", Frequency.BIWEEKLY, DayCount.ACT_360, ()),
        ("C3159", Frequency.MONTHLY, DayCount.ACT_365F, ()),
        ("C3217", Frequency.MONTHLY, DayCount.EQUAL_PERIODS, (RateChange(2, Rate.percent(4)),)),
    ],
)
def test_another_engine_computes_the_same_rows(
    case_id: str, frequency: Frequency, day_count: DayCount, later: tuple[RateChange, ...]
) -> None:
    (case,) = (case for case in vectors("fineract_schedules") if case["id"] == case_id)
    rules = replace(
        PLAIN,
        frequency=frequency,
        day_count=day_count,
        interest_rounding=Rounding.HALF_EVEN,
        installment_rounding=Rounding.HALF_EVEN,
        installment_basis=InstallmentBasis.ACTUAL_PERIODS,
    )

    promised = schedule(
        contract(
            case["principal"],
            case["annual_rate_pct"],
            case["n_repayments"],
            start=date.fromisoformat(case["start"]),
            conventions=rules,
            rate_changes=later,
        )
    )

    stated = case["expected_schedule"][1:]
    assert [row.due_on.isoformat() for row in promised.rows] == [row["date"] for row in stated]
    assert [row.principal for row in promised.rows] == [usd(row["principal"]) for row in stated]
    assert [row.interest for row in promised.rows] == [usd(row["interest"]) for row in stated]


def test_a_thirty_year_mortgage_costs_what_the_reference_work_says() -> None:
    promised = schedule(contract("200000.00", "6.5", 360))

    assert promised.installment == usd("1264.14")


def test_a_rate_that_steps_down_recasts_the_installment_as_regulation_z_prints_it() -> None:
    """Model form H-14 of Regulation Z: 17.41 % in the first year, 15.41 % in the second."""
    promised = schedule(
        contract(
            "10000.00",
            "17.41",
            360,
            conventions=NEAREST,
            rate_changes=(RateChange(13, contract(percent="15.41").rate),),
        )
    )

    first, twelfth, thirteenth = (promised.rows[number - 1] for number in (1, 12, 13))

    assert (first.principal, first.interest) == (usd("0.82"), usd("145.08"))
    assert twelfth.balance == usd("9989.37")
    assert (thirteenth.amount, thirteenth.interest) == (usd("129.81"), usd("128.28"))


def test_a_rate_may_step_without_a_new_installment() -> None:
    later = RateChange(2, contract(percent="6").rate, recast=False)

    promised = schedule(contract("1200.00", "12", 12, rate_changes=(later,)))

    assert promised.rows[0].interest == usd("12.00")
    assert promised.rows[1].amount == promised.installment == usd("106.62")
    assert promised.rows[1].interest == usd("5.53")


def test_a_canadian_mortgage_compounds_twice_a_year_and_leaves_a_balloon() -> None:
    rules = replace(NEAREST, compounding_per_year=2)

    promised = schedule(contract("350100.00", "4.9", 36, conventions=rules, amortized_over=240))

    assert promised.installment == usd("2281.73")
    assert promised.balloon == usd("316593.49")


def test_half_the_monthly_installment_every_two_weeks_repays_the_loan_early() -> None:
    monthly = replace(NEAREST, compounding_per_year=2)
    biweekly = replace(monthly, frequency=Frequency.BIWEEKLY)
    full = schedule(contract("350000.00", "5", 300, conventions=monthly)).installment

    promised = schedule(
        contract("350000.00", "5", 650, conventions=biweekly, fixed_installment=usd("1017.81"))
    )

    assert full == usd("2035.62")
    assert len(promised.rows) < 580
    assert promised.rows[-1].balance == usd("0")


def test_a_fixed_installment_ends_the_loan_when_it_is_repaid() -> None:
    promised = schedule(contract("280000.00", "8.4", 60, fixed_installment=usd("14000.00")))

    assert len(promised.rows) == 22
    assert round(promised.total_interest.decimal) == 22_712
    assert promised.maturity == promised.rows[-1].due_on < promised.contract.maturity


def test_equal_principal_pays_less_every_month() -> None:
    rules = replace(PLAIN, method=Method.EQUAL_PRINCIPAL, installment_rounding=Rounding.HALF_EVEN)

    promised = schedule(contract("5000.00", "12", 18, conventions=rules))

    assert [row.amount for row in promised.rows[:2]] == [usd("327.78"), usd("325.00")]
    assert promised.rows[-1].principal == usd("277.74")
    assert promised.installment == usd("327.78")


def test_interest_first_returns_the_principal_with_the_last_row() -> None:
    rules = replace(PLAIN, method=Method.INTEREST_FIRST)

    promised = schedule(contract("10000.00", "12", 3, conventions=rules))

    assert [row.amount for row in promised.rows] == [usd("100"), usd("100"), usd("10100")]
    assert promised.total == usd("10300.00")


def test_a_bullet_pays_everything_on_one_day() -> None:
    rules = replace(PLAIN, method=Method.BULLET, day_count=DayCount.ACT_365F)

    promised = schedule(contract("10000.00", "12", 6, start=date(2024, 1, 31), conventions=rules))

    (row,) = promised.rows
    assert row.due_on == promised.contract.maturity == date(2024, 7, 31)
    assert row.interest == usd("598.36")


def test_a_loan_of_the_thirty_first_stays_at_the_ends_of_months() -> None:
    signed = contract(installments=4, start=date(2024, 1, 31))

    assert signed.due_dates() == [
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
        date(2024, 5, 31),
    ]
    assert replace(signed, first_due=date(2024, 2, 29)).due_dates() == signed.due_dates()


def test_a_first_due_day_of_its_own_anchors_the_others() -> None:
    signed = contract(installments=3, start=date(2024, 1, 10), first_due=date(2024, 3, 31))

    assert signed.due_dates() == [date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31)]


@pytest.mark.parametrize(
    ("frequency", "first", "second", "third"),
    [
        (Frequency.WEEKLY, date(2024, 1, 22), date(2024, 1, 29), date(2024, 2, 5)),
        (Frequency.BIWEEKLY, date(2024, 1, 29), date(2024, 2, 12), date(2024, 2, 26)),
        (Frequency.SEMIMONTHLY, date(2024, 1, 30), date(2024, 2, 15), date(2024, 2, 29)),
        (Frequency.BIMONTHLY, date(2024, 3, 15), date(2024, 5, 15), date(2024, 7, 15)),
        (Frequency.QUARTERLY, date(2024, 4, 15), date(2024, 7, 15), date(2024, 10, 15)),
        (Frequency.SEMIANNUAL, date(2024, 7, 15), date(2025, 1, 15), date(2025, 7, 15)),
        (Frequency.ANNUAL, date(2025, 1, 15), date(2026, 1, 15), date(2027, 1, 15)),
    ],
)
def test_other_frequencies_keep_their_days(
    frequency: Frequency, first: date, second: date, third: date
) -> None:
    signed = contract(installments=3, conventions=replace(PLAIN, frequency=frequency))

    assert signed.due_dates() == [first, second, third]


def test_twice_a_month_may_begin_with_the_later_day() -> None:
    rules = replace(PLAIN, frequency=Frequency.SEMIMONTHLY)

    signed = contract(
        installments=4, start=date(2024, 1, 20), first_due=date(2024, 1, 31), conventions=rules
    )

    assert signed.due_dates() == [
        date(2024, 1, 31),
        date(2024, 2, 16),
        date(2024, 2, 29),
        date(2024, 3, 16),
    ]


def test_a_long_first_period_is_paid_for_by_its_days() -> None:
    """16 days before the month that ends on the first due day, of the 31 days of that month."""
    signed = contract("10000.00", "12", 12, start=date(2024, 1, 15), first_due=date(2024, 3, 1))

    promised = schedule(signed)

    assert promised.rows[0].interest == usd("154.84")
    assert promised.rows[1].interest < usd("100")


def test_the_first_installment_may_take_what_rounding_leaves_over() -> None:
    whole_dollars = replace(PLAIN, installment_unit=100)
    first = replace(whole_dollars, remainder=Remainder.FIRST)

    usual = schedule(contract(conventions=whole_dollars))
    shifted = schedule(contract(conventions=first))

    assert usual.installment == shifted.installment == usd("333.00")
    assert usual.rows[-1].amount < usd("300.00")
    assert shifted.rows[0].amount < usd("333.00")
    assert abs(shifted.balloon.minor) <= 1


def test_a_balloon_stays_with_the_last_installment() -> None:
    first = replace(PLAIN, remainder=Remainder.FIRST)

    promised = schedule(contract(installments=12, amortized_over=36, conventions=first))

    assert promised.rows[0].amount == promised.installment
    assert promised.balloon > usd("7000.00")


def test_equal_principal_may_begin_with_the_odd_cents() -> None:
    rules = replace(
        PLAIN,
        method=Method.EQUAL_PRINCIPAL,
        installment_rounding=Rounding.DOWN,
        remainder=Remainder.FIRST,
    )

    promised = schedule(contract("100.00", "12", 3, conventions=rules))

    assert [row.principal for row in promised.rows] == [usd("33.34"), usd("33.33"), usd("33.33")]


def test_an_installment_from_actual_periods_leaves_cents_to_the_last_row() -> None:
    rules = replace(
        NEAREST,
        day_count=DayCount.ACT_365F,
        installment_basis=InstallmentBasis.ACTUAL_PERIODS,
    )

    promised = schedule(
        contract(
            "10000.00",
            "12",
            12,
            start=date(2024, 1, 1),
            first_due=date(2024, 3, 1),
            conventions=rules,
        )
    )

    assert abs(promised.balloon.minor) <= 6


def test_a_rounded_period_rate_is_the_one_that_runs() -> None:
    rules = replace(PLAIN, period_rate_decimals=4)

    promised = schedule(contract("10000.00", "10", 12, conventions=rules))

    assert promised.rows[0].interest == usd("83.00")


def test_an_installment_below_the_interest_asks_the_interest_alone() -> None:
    promised = schedule(contract("1000.00", "12", 3, fixed_installment=usd("5.00")))

    assert [row.amount for row in promised.rows] == [usd("10"), usd("10"), usd("1010")]


@given(signed=contracts())
@settings(deadline=None)
def test_every_schedule_returns_exactly_what_was_lent(signed: Contract) -> None:
    promised = schedule(signed)

    principals = [row.principal.minor for row in promised.rows]
    assert sum(principals) == signed.principal.minor
    assert promised.rows[-1].balance.minor == 0
    assert min(principals) >= 0
    assert min(row.interest.minor for row in promised.rows) >= 0
    assert [row.balance.minor for row in promised.rows] == [
        signed.principal.minor - sum(principals[: number + 1]) for number in range(len(principals))
    ]
    assert [row.due_on for row in promised.rows] == signed.due_dates()[: len(promised.rows)]


@given(signed=contracts(conventions=CONVENTIONS.filter(lambda rules: not rules.beyond_billing())))
@settings(deadline=None)
def test_the_interest_of_each_row_is_the_interest_of_its_days(signed: Contract) -> None:
    promised = schedule(signed)

    assert [row.interest.minor for row in promised.rows] == _interest_by_days(promised)


def _interest_by_days(promised: Schedule) -> list[int]:
    signed = promised.contract
    rate, balance, since = signed.rate, signed.principal, signed.start
    changes = {change.number: change.rate for change in signed.rate_changes}
    interest: list[int] = []
    for row in promised.rows:
        rate = changes.get(row.number, rate)
        exact = period_interest(balance, rate, since, row.due_on, contract=signed)
        interest.append(signed.conventions.interest_rounding.apply(exact))
        balance, since = row.balance, row.due_on
    return interest


@given(signed=contracts(conventions=CONVENTIONS.filter(lambda rules: rules.day_count in STEADY)))
@settings(deadline=None)
def test_interest_over_days_grows_with_the_days(signed: Contract) -> None:
    days = [signed.start, *signed.due_dates()]

    owed = [
        period_interest(signed.principal, signed.rate, signed.start, day, contract=signed)
        for day in days
    ]

    assert owed[0] == 0
    assert owed == sorted(owed)
