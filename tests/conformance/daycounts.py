"""Published day counts and amortization tables against ours."""

from datetime import date
from fractions import Fraction
from typing import Any, TypeAlias

from amortization import DayCount, act_act_icma, year_fraction
from tests.amortization.published import contract_of, differences
from tests.conformance.verdict import Outcome, Verdict, compared
from tests.vectors import vectors

Case: TypeAlias = dict[str, Any]

NAMES = {
    "ACT/360": DayCount.ACT_360,
    "ACT/364": DayCount.ACT_364,
    "ACT/365F": DayCount.ACT_365F,
    "ACT/365.25": DayCount.ACT_365_25,
    "ACT/365 Actual": DayCount.ACT_365_ACTUAL,
    "ACT/ACT ISDA": DayCount.ACT_ACT_ISDA,
    "ACT/ACT AFB": DayCount.ACT_ACT_AFB,
    "ACT/ACT Year": DayCount.ACT_ACT_YEAR,
    "NL/360": DayCount.NL_360,
    "NL/365": DayCount.NL_365,
    "30/360 Bond Basis": DayCount.THIRTY_360_BOND_BASIS,
    "30/360 ISDA (bond basis)": DayCount.THIRTY_360_BOND_BASIS,
    "30/360 PSA": DayCount.THIRTY_360_PSA,
    "30/360 US": DayCount.THIRTY_360_US,
    "30E/360": DayCount.THIRTY_E_360,
    "30E/360 (Eurobond)": DayCount.THIRTY_E_360,
    "30E/360 ISDA": DayCount.THIRTY_E_360_ISDA,
    "30E/365": DayCount.THIRTY_E_365,
    "30E+/360": DayCount.THIRTY_E_PLUS_360,
}
NOT_OFFERED = {"1/1": "it counts every stretch as one year, however long it is"}


def day_counts() -> list[Verdict]:
    """Return how the parts of a year stand to the published ones."""
    return [_counted(case) for case in vectors("day_count")]


def tables() -> list[Verdict]:
    """Return how amortization tables of textbooks and regulators stand to ours."""
    return [
        compared(case["id"], differences(case), _stated_conventions(case))
        for case in vectors("mortgagemath_published")
    ]


def _counted(case: Case) -> Verdict:
    convention = case["convention"]
    ends = date.fromisoformat(case["start"]), date.fromisoformat(case["end"])
    if "ref_start" in case:
        period = date.fromisoformat(case["ref_start"]), date.fromisoformat(case["ref_end"])
        return _agreed(case, act_act_icma(*ends, period=period), "act_act_icma")
    if convention not in NAMES:
        why = NOT_OFFERED.get(convention, f"no product counts by {convention}")
        return Verdict(case["id"], Outcome.NOT_OFFERED, why)
    termination = case.get("termination_date")
    last = date.fromisoformat(termination) if termination else None
    counted = year_fraction(*ends, NAMES[convention], termination=last)
    return _agreed(case, counted, NAMES[convention])


def _agreed(case: Case, counted: Fraction, how: str) -> Verdict:
    """Compare with the digits that are stated, or with days of a year of 360."""
    if "year_fraction" not in case:
        same = counted == Fraction(case["days"], 360)
    else:
        digits = min(14, len(repr(float(case["year_fraction"])).split(".")[1]))
        same = round(float(counted), digits) == round(case["year_fraction"], digits)
    stated = case.get("year_fraction", case.get("days"))
    return compared(case["id"], [] if same else [f"{stated} is stated, {counted} computed"], how)


def _stated_conventions(case: Case) -> str:
    rules = contract_of(case).conventions
    compounding = rules.compounding_per_year
    words = [rules.day_count, rules.frequency, f"installment {rules.installment_rounding}"]
    words += [f"compounds {compounding} times a year"] if compounding else []
    return ", ".join(words)
