"""Published rates: time value of money, annual percentage rates, irregular cash flows."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from amortization import (
    DayCount,
    Flow,
    annual_percentage_rate,
    annual_percentage_rate_of_charge,
    annuity,
    xirr,
    xnpv,
)
from amortization.annuity import When
from amortization.cashflow import TimedFlow, balancing_rate
from kernel import Currency, Money
from tests.conformance.verdict import Outcome, Verdict, compared
from tests.vectors import vectors

Case: TypeAlias = dict[str, Any]

_NUMBERS = {"rate", "nper", "pmt", "pv", "fv", "per", "finance_rate", "reinvest_rate"}
_XIRR_DAY_COUNTS = {
    "act/365f": DayCount.ACT_365F,
    "act/360": DayCount.ACT_360,
    "act/364": DayCount.ACT_364,
    "act/365.25": DayCount.ACT_365_25,
    "act/act isda": DayCount.ACT_ACT_ISDA,
    "nl/365": DayCount.NL_365,
    "nl/360": DayCount.NL_360,
    "30/360 isda": DayCount.THIRTY_360_BOND_BASIS,
    "30e/360": DayCount.THIRTY_E_360,
    "30e+/360": DayCount.THIRTY_E_PLUS_360,
}


def annuities() -> list[Verdict]:
    """Return how the annuity functions stand to those of numpy-financial."""
    return [
        _close(
            case,
            _annuity(case),
            case["expected"],
            Decimal(str(case.get("rel_tol", "1e-9"))),
            case["function"],
        )
        for case in vectors("tvm_numpy_financial")
    ]


def irregular() -> list[Verdict]:
    """Return how rates of irregular flows stand to the published ones."""
    return [_irregular(case) for case in vectors("xirr")]


def regulation_z() -> list[Verdict]:
    """Return how the rates of Regulation Z stand to its examples, shown with two decimals."""
    verdicts = []
    for case in vectors("apr_regz_appendix_j"):
        found = round(annual_percentage_rate(_advance_and_payments(case)).value * 100, 2)
        verdicts.append(_shown(case, found, case["expected_apr_pct"], "actuarial, 2 decimals"))
    return verdicts


def european() -> list[Verdict]:
    """Return how the European rate of charge stands to the Commission's examples."""
    verdicts = []
    for case in vectors("apr_ec_aprc"):
        found = balancing_rate(_in_fractions(case)) * 100
        stated = Decimal(case["expected_aprc_pct_6dp"])
        off = abs(found - stated) > Decimal("0.000002")
        how = [f"{stated} is stated, {found:.6f} computed"] if off else []
        verdicts.append(compared(case["id"], how, "APRC, 6 decimals"))
    return verdicts


def other() -> list[Verdict]:
    """Return how other effective rates stand to the published ones, shown with one decimal."""
    verdicts = []
    for case in vectors("apr_misc"):
        year = case.get("year_days")
        if "payments_months" in case or year:
            exact = balancing_rate(_in_years(case))
            how = f"effective, a year of {year} days" if year else "effective, equal months"
        else:
            # The United Kingdom counts whole months, else days of 365, as the European rule does.
            exact = annual_percentage_rate_of_charge(_advance_and_payments(case)).value
            how = "APRC, by dates"
        decimals = len(case["expected_apr_pct"].partition(".")[2])
        verdicts.append(_shown(case, round(exact * 100, decimals), case["expected_apr_pct"], how))
    return verdicts


def _annuity(case: Case) -> Decimal | None:
    arguments: dict[str, Any] = {
        name: _number(value) if name in _NUMBERS else value for name, value in case["args"].items()
    }
    if "when" in arguments:
        arguments["when"] = When[arguments["when"].upper()]
    if "values" in arguments:
        arguments["values"] = [Decimal(value) for value in arguments["values"]]
    found: Decimal | None = getattr(annuity, case["function"])(**arguments)
    return found


def _number(value: str | int) -> Decimal | int:
    """Read a number as the cases write it: a whole one, a decimal, or a decimal divided."""
    if isinstance(value, int):
        return value
    over, _, under = value.partition("/")
    return Decimal(over) / Decimal(under or 1)


def _irregular(case: Case) -> Verdict:
    named = case.get("day_count", "act/365f").lower()
    if named not in _XIRR_DAY_COUNTS:
        return Verdict(case["id"], Outcome.NOT_OFFERED, f"no rates under {named}")
    flows = [(date.fromisoformat(day), Decimal(str(amount))) for day, amount in case["flows"]]
    day_count = _XIRR_DAY_COUNTS[named]
    if case["function"] == "xnpv":
        found = xnpv(Decimal(str(case["rate"])), flows, day_count=day_count)
    else:
        found = xirr(flows, day_count=day_count)
    stated = case["expected"]
    return _close(case, found, stated, Decimal("1e-9"), f"{case['function']}, {day_count}")


def _close(
    case: Case, found: Decimal | None, stated: str | float | None, tolerance: Decimal, how: str
) -> Verdict:
    """Compare within a relative tolerance; None stands for no answer."""
    text = [f"{stated} is stated, {found} computed"]
    if found is None or stated is None:
        return compared(case["id"], [] if found is None and stated is None else text, how)
    expected = Decimal(str(stated))
    off = abs(found - expected) > tolerance * max(Decimal(1), abs(expected))
    return compared(case["id"], text if off else [], how)


def _shown(case: Case, found: Decimal, stated: str, how: str) -> Verdict:
    same = found == Decimal(stated)
    return compared(case["id"], [] if same else [f"{stated} is stated, {found} computed"], how)


def _advance_and_payments(case: Case) -> list[Flow]:
    given = case.get("advances")
    if given is None:
        first = case.get("advance") or {"date": case["start"], "amount": case["principal"]}
        given = [[first["date"], first["amount"]]]
    advances = [Flow(date.fromisoformat(day), _usd(amount)) for day, amount in given]
    paid = [Flow(date.fromisoformat(day), -_usd(amount)) for day, amount in case["payments"]]
    return [*advances, *paid]


def _usd(text: str) -> Money:
    return Money.parse(text, Currency.USD)


def _in_fractions(case: Case) -> list[TimedFlow]:
    received = [_timed(time, Decimal(amount)) for time, amount in case["drawdowns"]]
    paid = [_timed(time, -Decimal(amount)) for time, amount in case["payments"]]
    return [*received, *paid]


def _in_years(case: Case) -> list[TimedFlow]:
    months = case.get("payments_months")
    year = Fraction(12) if months else Fraction(case["year_days"])
    paid = months or case["payments"]
    received = TimedFlow(Fraction(0), Fraction(0), Decimal(case["principal"]))
    return [received, *(_timed(Fraction(when) / year, -Decimal(amount)) for when, amount in paid)]


def _timed(time: str | Fraction, amount: Decimal) -> TimedFlow:
    return TimedFlow(Fraction(time), Fraction(0), amount)
