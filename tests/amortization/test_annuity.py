"""The time value of money against the cases of numpy-financial and against its own equation."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amortization import annuity
from amortization.annuity import When
from tests.vectors import vectors

NAMES = {"rate", "nper", "pmt", "pv", "fv", "per", "finance_rate", "reinvest_rate"}
RATES = st.decimals(Decimal("-0.05"), Decimal("0.4"), places=6)
AMOUNTS = st.decimals(Decimal(-10_000), Decimal(10_000), places=2)


def test_every_published_case_is_met() -> None:
    cases = vectors("tvm_numpy_financial")

    wrong = {case["id"]: _computed(case) for case in cases if not _agrees(case)}

    assert len(cases) >= 30
    assert wrong == {}


def test_a_loan_of_fifteen_thousand_at_eight_percent_costs_304_15_a_month() -> None:
    payment = annuity.pmt(Decimal("0.08") / 12, 60, Decimal(15_000))

    assert round(payment, 10) == Decimal("-304.1459143262")


def test_twenty_payments_are_worth_their_published_present_value() -> None:
    worth = annuity.pv(Decimal("0.07"), 20, Decimal(12_000))

    assert round(worth, 10) == Decimal("-127128.1709461939")


def test_of_several_internal_rates_the_smallest_gain_is_named() -> None:
    values = [Decimal(value) for value in ("-5", "10.5", "1", "-8", "1")]

    found = annuity.irr(values)

    assert found is not None
    assert round(found, 4) == Decimal("0.0886")


def test_money_that_comes_straight_back_earns_nothing() -> None:
    assert annuity.irr([Decimal(-100), Decimal(100)]) == 0


def test_what_has_no_answer_is_answered_with_none() -> None:
    zero, one = Decimal(0), Decimal(1)

    assert annuity.irr([one, one]) is None
    assert annuity.irr([zero, zero]) is None
    assert annuity.irr([-one, one * 2000]) is None
    assert annuity.mirr([one, one], zero, zero) is None
    assert annuity.mirr([-one, -one], zero, zero) is None
    assert annuity.rate(2, zero, -one, -one) is None
    assert annuity.nper(zero, zero, one) is None
    assert annuity.nper(Decimal("0.1"), Decimal(-5), Decimal(100)) is None
    assert annuity.ipmt(Decimal("0.1"), 0, 12, one) is None
    assert annuity.ppmt(Decimal("0.1"), 0, 12, one) is None


def test_without_interest_the_number_of_payments_is_a_plain_division() -> None:
    assert annuity.nper(Decimal(0), Decimal(-25), Decimal(100)) == 4


@given(rate=RATES, nper=st.integers(1, 120), pv=AMOUNTS, fv=AMOUNTS, when=st.sampled_from(When))
def test_the_payment_found_settles_the_equation(
    rate: Decimal, nper: int, pv: Decimal, fv: Decimal, when: When
) -> None:
    payment = annuity.pmt(rate, nper, pv, fv, when=when)

    assert abs(annuity.fv(rate, nper, payment, pv, when=when) - fv) < Decimal("1e-12")
    assert abs(annuity.pv(rate, nper, payment, fv, when=when) - pv) < Decimal("1e-9")


@given(rate=RATES, nper=st.integers(1, 60), pv=AMOUNTS, when=st.sampled_from(When))
def test_the_principal_within_all_payments_repays_the_loan(
    rate: Decimal, nper: int, pv: Decimal, when: When
) -> None:
    parts = [annuity.ppmt(rate, per, nper, pv, when=when) for per in range(1, nper + 1)]

    assert abs(sum(part for part in parts if part is not None) + pv) < Decimal("1e-12")


@pytest.mark.parametrize("when", When)
def test_the_rate_of_a_loan_is_found_again(when: When) -> None:
    payment = annuity.pmt(Decimal("0.0125"), 36, Decimal(10_000), when=when)

    found = annuity.rate(36, payment, Decimal(10_000), Decimal(0), when=when)

    assert found is not None
    assert abs(found - Decimal("0.0125")) < Decimal("1e-12")


def _computed(case: dict[str, Any]) -> Decimal | None:
    arguments: dict[str, Any] = {
        name: _number(value) if name in NAMES else value for name, value in case["args"].items()
    }
    if "when" in arguments:
        arguments["when"] = When[arguments["when"].upper()]
    if "values" in arguments:
        arguments["values"] = [Decimal(value) for value in arguments["values"]]
    result: Decimal | None = getattr(annuity, case["function"])(**arguments)
    return result


def _number(value: str | int) -> Decimal | int:
    """Read a number as the cases write it: a whole one, a decimal, or a decimal divided."""
    if isinstance(value, int):
        return value
    over, _, under = value.partition("/")
    return Decimal(over) / Decimal(under or 1)


def _agrees(case: dict[str, Any]) -> bool:
    computed, expected = _computed(case), case["expected"]
    if computed is None or expected is None:
        return computed is expected
    tolerance = Decimal(str(case.get("rel_tol", "1e-9")))
    return abs(computed - Decimal(expected)) <= tolerance * max(abs(Decimal(expected)), tolerance)
