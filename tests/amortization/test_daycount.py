"""Day counts against the worked examples of ISDA, OpenGamma Strata and QuantLib."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amortization import DayCount, act_act_icma, year_fraction
from tests.vectors import vectors

OFFERED = {
    "ACT/360": DayCount.ACT_360,
    "ACT/365F": DayCount.ACT_365F,
    "ACT/ACT ISDA": DayCount.ACT_ACT_ISDA,
    "30/360 Bond Basis": DayCount.THIRTY_360_BOND_BASIS,
    "30/360 ISDA (bond basis)": DayCount.THIRTY_360_BOND_BASIS,
    "30/360 US": DayCount.THIRTY_360_US,
    "30E/360": DayCount.THIRTY_E_360,
    "30E/360 (Eurobond)": DayCount.THIRTY_E_360,
    "30E/360 ISDA": DayCount.THIRTY_E_360_ISDA,
    "30/360 PSA": DayCount.THIRTY_360_PSA,
    "30E+/360": DayCount.THIRTY_E_PLUS_360,
    "30E/365": DayCount.THIRTY_E_365,
    "ACT/364": DayCount.ACT_364,
    "ACT/365 Actual": DayCount.ACT_365_ACTUAL,
    "ACT/365.25": DayCount.ACT_365_25,
    "ACT/ACT AFB": DayCount.ACT_ACT_AFB,
    "ACT/ACT Year": DayCount.ACT_ACT_YEAR,
    "NL/360": DayCount.NL_360,
    "NL/365": DayCount.NL_365,
}
BY_DAYS = [day_count for day_count in DayCount if day_count is not DayCount.EQUAL_PERIODS]
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def test_every_published_case_of_the_offered_conventions_is_met_exactly() -> None:
    cases = [case for case in vectors("day_count") if case["convention"] in OFFERED]

    wrong = {case["id"]: _counted(case) for case in cases if not _agrees(case, _counted(case))}

    assert len(cases) >= 150
    assert wrong == {}


@pytest.mark.parametrize(
    ("convention", "start", "end", "expected"),
    [
        (DayCount.ACT_360, date(2012, 3, 1), date(2012, 3, 28), Fraction(27, 360)),
        (DayCount.ACT_365F, date(2012, 2, 28), date(2012, 3, 28), Fraction(29, 365)),
        (
            DayCount.ACT_ACT_ISDA,
            date(2003, 11, 1),
            date(2004, 5, 1),
            Fraction(61, 365) + Fraction(121, 366),
        ),
        (DayCount.ACT_ACT_ISDA, date(2011, 12, 28), date(2013, 1, 1), 1 + Fraction(4, 365)),
        (DayCount.THIRTY_360_BOND_BASIS, date(2006, 2, 28), date(2006, 3, 3), Fraction(5, 360)),
        (DayCount.THIRTY_360_BOND_BASIS, date(2006, 9, 30), date(2006, 10, 31), Fraction(30, 360)),
        (DayCount.THIRTY_360_US, date(2006, 2, 28), date(2006, 3, 3), Fraction(3, 360)),
        (DayCount.THIRTY_360_US, date(2008, 2, 29), date(2009, 2, 28), Fraction(360, 360)),
        (DayCount.THIRTY_E_360, date(2007, 8, 31), date(2008, 2, 28), Fraction(178, 360)),
        (
            DayCount.ACT_ACT_EVE,
            date(2023, 12, 12),
            date(2024, 1, 12),
            Fraction(19, 365) + Fraction(12, 366),
        ),
        (DayCount.ACT_ACT_LAST_DAY, date(2023, 12, 5), date(2024, 1, 5), Fraction(31, 366)),
        (DayCount.ACT_366, date(2024, 12, 5), date(2025, 1, 5), Fraction(31, 366)),
        (DayCount.ACT_ACT_AFB, date(2012, 2, 28), date(2012, 3, 28), Fraction(29, 366)),
        (DayCount.ACT_ACT_AFB, date(2011, 3, 31), date(2013, 2, 28), 1 + Fraction(335, 365)),
        (DayCount.ACT_ACT_YEAR, date(2012, 2, 29), date(2016, 3, 2), 4 + Fraction(2, 365)),
        (DayCount.THIRTY_E_365, date(2011, 2, 28), date(2012, 2, 28), Fraction(358, 365)),
        (DayCount.THIRTY_E_360, date(2008, 2, 28), date(2008, 8, 31), Fraction(182, 360)),
    ],
)
def test_a_worked_example_is_met(
    convention: DayCount, start: date, end: date, expected: Fraction
) -> None:
    assert year_fraction(start, end, convention) == expected


def test_thirty_e_isda_leaves_the_last_day_of_the_contract_at_the_end_of_february() -> None:
    ends = {"start": date(2007, 8, 31), "end": date(2008, 2, 29)}
    convention = DayCount.THIRTY_E_360_ISDA

    on_the_way = year_fraction(**ends, convention=convention, termination=date(2012, 2, 29))
    at_the_end = year_fraction(**ends, convention=convention, termination=date(2008, 2, 29))

    assert on_the_way == Fraction(180, 360)
    assert at_the_end == Fraction(179, 360)


def test_no_time_passes_on_the_last_day_of_a_contract_that_ends_in_february() -> None:
    last = date(2023, 2, 28)

    assert year_fraction(last, last, DayCount.THIRTY_E_360_ISDA, termination=last) == 0


@given(start=DAYS, end=DAYS, convention=st.sampled_from(BY_DAYS))
def test_time_never_runs_backwards_and_turns_its_sign_with_the_dates(
    start: date, end: date, convention: DayCount
) -> None:
    forward = year_fraction(start, end, convention, termination=max(start, end))

    assert (forward >= 0) == (end >= start) or forward == 0
    assert forward == -year_fraction(end, start, convention, termination=max(start, end))


@given(start=DAYS, middle=DAYS, end=DAYS)
def test_actual_days_add_up_over_any_cut(start: date, middle: date, end: date) -> None:
    for convention in (DayCount.ACT_360, DayCount.ACT_365F, DayCount.ACT_ACT_ISDA):
        parts = year_fraction(start, middle, convention) + year_fraction(middle, end, convention)

        assert parts == year_fraction(start, end, convention)


def test_a_coupon_period_of_icma_is_a_whole_part_of_its_year() -> None:
    half = (date(2003, 11, 1), date(2004, 5, 1))
    year = (date(1998, 7, 1), date(1999, 7, 1))

    assert act_act_icma(*half, period=half) == Fraction(1, 2)
    assert act_act_icma(date(1999, 2, 1), date(1999, 7, 1), period=year) == Fraction(150, 365)


def test_equal_periods_cannot_be_counted_without_a_contract() -> None:
    with pytest.raises(ValueError, match="ask the contract"):
        year_fraction(date(2024, 1, 1), date(2024, 2, 1), DayCount.EQUAL_PERIODS)


def _counted(case: dict[str, Any]) -> Fraction:
    termination = case.get("termination_date")
    return year_fraction(
        date.fromisoformat(case["start"]),
        date.fromisoformat(case["end"]),
        OFFERED[case["convention"]],
        termination=date.fromisoformat(termination) if termination else None,
    )


def _agrees(case: dict[str, Any], counted: Fraction) -> bool:
    """Compare with the days where stated, else with the digits that a float can hold."""
    if "days" in case and case["convention"].startswith(("30/", "30E/360", "30E+/")):
        return counted == Fraction(case["days"], 360)
    stated: float = case["year_fraction"]
    digits = min(14, len(repr(stated).split(".")[1]))
    return round(float(counted), digits) == round(stated, digits)
