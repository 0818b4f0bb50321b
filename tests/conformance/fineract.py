"""Fineract's published schedules, read into contracts with the conventions that they state."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from amortization import (
    Advance,
    Contract,
    Conventions,
    DatedRate,
    DayCount,
    Frequency,
    Installment,
    InstallmentBasis,
    Method,
    MonthEnd,
    Remainder,
    schedule,
)
from kernel import Currency, Money, Rate, Rounding
from tests.conformance.verdict import Outcome, Verdict, compared
from tests.vectors import vectors

Case: TypeAlias = dict[str, Any]

UNITS = {
    "DAYS": Frequency.DAILY,
    "WEEKS": Frequency.WEEKLY,
    "MONTHS": Frequency.MONTHLY,
    "YEARS": Frequency.ANNUAL,
}
# How each published wording counts; "ACT/ACT, Fineract split" and ACT/ACT are the same there.
DAY_COUNTS = {
    "30/360": DayCount.EQUAL_PERIODS,
    "ACT/ACT": DayCount.ACT_ACT_EVE,
    "ACT/360": DayCount.ACT_360,
    "ACT/364": DayCount.ACT_364,
    "ACT/365": DayCount.ACT_365F,
}
YEARS = {
    "DAYS_360": DayCount.ACT_360,
    "DAYS_364": DayCount.ACT_364,
    "DAYS_365": DayCount.ACT_365F,
    "ACTUAL": DayCount.ACT_ACT_EVE,
}
ROUNDINGS = {
    "HALF_EVEN": Rounding.HALF_EVEN,
    "HALF_UP": Rounding.HALF_UP,
    "UP": Rounding.UP,
    "CEILING": Rounding.UP,
    "DOWN": Rounding.DOWN,
    "FLOOR": Rounding.DOWN,
}
_QUIET = {
    "business_date",
    "set_config",
    "set_future_allocation",
    "create_loan",
    "approve",
    "expect_status",
    "disburse",
    "expect_totals",
    "expect_transactions",
}
PROGRESSIVE = Conventions(
    method=Method.EQUAL_INSTALLMENT,
    frequency=Frequency.MONTHLY,
    day_count=DayCount.EQUAL_PERIODS,
    interest_rounding=Rounding.HALF_EVEN,
    installment_rounding=Rounding.HALF_EVEN,
    remainder=Remainder.ADJUSTED,
    installment_basis=InstallmentBasis.ACTUAL_PERIODS,
)
CUMULATIVE = replace(
    PROGRESSIVE, remainder=Remainder.LAST, installment_basis=InstallmentBasis.EQUAL_PERIODS
)


def schedules() -> list[Verdict]:
    """Return how every published schedule stands to ours."""
    settings = vectors("fineract_schedules", "product_settings")
    cases = vectors("fineract_schedules")
    return [_stepwise(case, settings) if "steps" in case else _stated(case) for case in cases]


def openings() -> list[Verdict]:
    """Return how the schedules that servicing cases begin with stand to ours."""
    settings = vectors("fineract_servicing", "product_settings")
    cases = [case for case in vectors("fineract_servicing") if _opens_with_a_schedule(case)]
    return [_stepwise(case, settings) for case in cases]


def installments() -> list[Verdict]:
    """Return how every published step of the progressive calculator stands to ours."""
    return [_calculated(case) for case in vectors("fineract_emi_unit")]


def _opens_with_a_schedule(case: Case) -> bool:
    """Say whether a case shows its schedule before anything happens to the loan."""
    ops = [step["op"] for step in case["steps"]]
    return "expect_schedule" in ops and set(ops[: ops.index("expect_schedule")]) <= _QUIET


def usd(text: str) -> Money:
    """Read an amount."""
    return Money.parse(text, Currency.USD)


def _stated(case: Case) -> Verdict:
    """Compare a case that states its conventions beside its rows."""
    signed = Contract(
        principal=usd(case["principal"]),
        rate=Rate.percent(case["annual_rate_pct"]),
        installments=int(case["n_repayments"]),
        start=date.fromisoformat(case["start"]),
        first_due=None,
        conventions=_stated_rules(case),
        dated_rates=tuple(_new_rates(case.get("events", []))),
    )
    rows = [row for row in case["expected_schedule"] if "nr" in row]
    how = f"{_days(signed.conventions)}, each period with its days"
    return compared(case["id"], differences(schedule(signed).rows, rows), how)


def _stated_rules(case: Case) -> Conventions:
    unit = case["repay_unit"]
    named = next(count for name, count in DAY_COUNTS.items() if case["day_count"].startswith(name))
    # Fineract counts the days of weeks and of days over 360, whatever its months are.
    by_days = named is DayCount.EQUAL_PERIODS and unit in {"DAYS", "WEEKS"}
    rounding = ROUNDINGS[case.get("rounding_mode", "HALF_EVEN")]
    return replace(
        PROGRESSIVE,
        method=_method(case),
        frequency=UNITS[unit],
        every=int(case["repay_every"]),
        day_count=DayCount.ACT_360 if by_days else named,
        interest_rounding=rounding,
        installment_rounding=rounding,
        installment_unit=usd(case.get("installment_rounding") or "0.01").minor,
        month_end=_month_end(case),
    )


def _method(case: Case) -> Method:
    if case.get("interest_method") == "FLAT":
        return Method.FLAT
    equal_principal = case.get("amortization", "").startswith("EQUAL_PRINCIPAL")
    return Method.EQUAL_PRINCIPAL if equal_principal else Method.EQUAL_INSTALLMENT


def _month_end(case: Case) -> MonthEnd:
    rolls = "NEXT_MONTH" in case.get("month_end", "")
    return MonthEnd.FIRST_DAY_OF_NEXT_MONTH if rolls else MonthEnd.LAST_DAY


def _new_rates(events: list[Case]) -> Iterable[DatedRate]:
    """Read the changes of rate; Fineract's hold from the end of the day before."""
    for event in events:
        if event["op"] == "change_rate":
            eve = date.fromisoformat(event["effective_from"]) - timedelta(days=1)
            yield DatedRate(eve, Rate.percent(event["new_annual_rate_pct"]))


def _stepwise(case: Case, settings: Any) -> Verdict:
    """Compare the first schedule of a case that is told in steps."""
    opening = next(step for step in case["steps"] if step["op"] == "create_loan")
    shown = next(step for step in case["steps"] if step["op"] == "expect_schedule")
    product = settings[opening["product"]]
    signed = booked(opening, product)
    rows = [row for row in shown["rows"] if "nr" in row]
    how = f"{signed.conventions.method}, {_days(signed.conventions)}"
    return compared(case["id"], differences(schedule(signed).rows, rows), how)


def booked(opening: Case, product: Case) -> Contract:
    """Read the contract of a cumulative loan from the step that creates it."""
    return Contract(
        principal=usd(opening["principal"]),
        rate=Rate.percent(opening["annual_rate_pct"]),
        installments=int(opening["n_repayments"]),
        start=date.fromisoformat(opening["submitted_on"]),
        first_due=None,
        conventions=_booked_rules(opening, product),
    )


def _booked_rules(opening: Case, product: Case) -> Conventions:
    if opening["strategy"] != "ADVANCED_PAYMENT_ALLOCATION" or _is_free(opening):
        return _cumulative_rules(opening, product)
    thirty = product["daysInMonthType"] == "DAYS30" and opening["repay_unit"] == "MONTHS"
    year = product["daysInYearType"].removeprefix("DAYS")
    whole = product.get("installmentAmountInMultiplesOf")
    return replace(
        PROGRESSIVE,
        frequency=UNITS[opening["repay_unit"]],
        every=int(opening["repay_every"]),
        day_count=DayCount.EQUAL_PERIODS if thirty else YEARS.get(f"DAYS_{year}", YEARS["ACTUAL"]),
        installment_unit=1 if whole is None else 100 * int(whole),
        down_payment=_down_payment(product),
    )


def _is_free(opening: Case) -> bool:
    return float(opening["annual_rate_pct"]) == 0


def _cumulative_rules(opening: Case, product: Case) -> Conventions:
    daily = opening["interest_calc_period"] == "DAILY"
    flat = opening["interest_type"] == "FLAT" and not _is_free(opening)
    equal_principal = opening["amortization"] == "EQUAL_PRINCIPAL_PAYMENTS"
    method = Method.EQUAL_PRINCIPAL if equal_principal else Method.EQUAL_INSTALLMENT
    # Installments are whole multiples; equal parts of principal are not held to them.
    whole = None if equal_principal and not flat else product.get("installmentAmountInMultiplesOf")
    basis = InstallmentBasis.STARTING_MONTH if daily else InstallmentBasis.EQUAL_PERIODS
    return replace(
        CUMULATIVE,
        method=Method.FLAT if flat else method,
        frequency=UNITS[opening["repay_unit"]],
        every=int(opening["repay_every"]),
        # A year has the days of the one in which the loan began.
        day_count=_year_of_start(opening) if daily else DayCount.EQUAL_PERIODS,
        installment_basis=basis,
        installment_unit=1 if whole is None else 100 * int(whole),
        principal_grace=int(opening["grace_principal"]),
        interest_grace=int(opening["grace_interest"]),
        interest_free=int(opening["interest_free_period"]),
        down_payment=_down_payment(product),
    )


def _year_of_start(opening: Case) -> DayCount:
    start = date.fromisoformat(opening["submitted_on"])
    is_leap = date(start.year, 12, 31).timetuple().tm_yday == 366
    return DayCount.ACT_366 if is_leap else DayCount.ACT_365F


def _down_payment(product: Case) -> Rate:
    if not product.get("enableDownPayment"):
        return Rate.from_e8(0)
    return Rate.percent(product["disbursedAmountPercentageForDownPayment"])


def _calculated(case: Case) -> Verdict:
    """Compare what the progressive calculator shows each time after money was paid out."""
    unusual = {step["op"] for step in case["steps"]} - {"disburse", "expect_periods"}
    if unusual:
        return Verdict(case["id"], Outcome.NOT_OFFERED, f"steps of servicing: {sorted(unusual)}")
    paid_out: list[Case] = []
    found: list[str] = []
    for step in case["steps"]:
        if step["op"] == "disburse":
            paid_out.append(step)
        elif paid_out:
            found += _beside(schedule(_drawn(case, paid_out)).rows, _last_segments(step["rows"]))
    if not found or "expected_newer" not in case:
        return compared(case["id"], found, _days(_calculator_rules(case)))
    newer = _beside(schedule(_drawn(case, paid_out)).rows, case["expected_newer"])
    why = "interest is summed over a period before it is rounded, as later versions do"
    return compared(case["id"], newer, "") if newer else Verdict(case["id"], Outcome.DIFFERS, why)


def _drawn(case: Case, paid_out: list[Case]) -> Contract:
    days = [date.fromisoformat(step["date"]) for step in paid_out]
    amounts = [usd(step["amount"]) for step in paid_out]
    return Contract(
        principal=amounts[0],
        rate=Rate.percent(case["annual_rate_pct"]),
        installments=len(case["periods"]),
        start=days[0],
        first_due=date.fromisoformat(case["periods"][0]["due"]),
        conventions=_calculator_rules(case),
        advances=tuple(map(Advance, days[1:], amounts[1:])),
    )


def _calculator_rules(case: Case) -> Conventions:
    by_months = case["frequency"] == "MONTHS" and case["days_in_month"] == "DAYS_30"
    return replace(
        PROGRESSIVE,
        frequency=UNITS[case["frequency"]],
        every=int(case["repay_every"]),
        day_count=DayCount.EQUAL_PERIODS if by_months else YEARS[case["days_in_year"]],
    )


def _last_segments(rows: list[Case]) -> list[Case]:
    """Keep one line of each period: all its segments state the figures of the whole."""
    return list({row["period"]: row for row in rows}.values())


def _beside(rows: Sequence[Installment], stated: list[Case]) -> list[str]:
    numbered = {row.number: row for row in rows}
    return [
        text
        for line in stated
        for text in _unequal(numbered[line["period"]], line, f"period {line['period']}")
    ]


def differences(rows: Sequence[Installment], stated: list[Case]) -> list[str]:
    """Return what a published schedule states otherwise than ours, row by row."""
    if len(rows) != len(stated):
        return [f"{len(stated)} rows are stated, {len(rows)} computed"]
    found = []
    for row, line in zip(rows, stated, strict=True):
        if row.due_on.isoformat() != line["date"]:
            found.append(f"row {line['nr']}: {line['date']} is stated, {row.due_on} computed")
        found += _unequal(row, line, f"row {line['nr']}")
    return found


def _unequal(row: Installment, line: Case, place: str) -> list[str]:
    computed = {
        "principal": row.principal,
        "interest": row.interest,
        "balance": row.balance,
        "due": row.amount,
        "installment": row.amount,
    }
    return [
        f"{place}: {name} {line[name]} is stated, {amount} computed"
        for name, amount in computed.items()
        if name in line and usd(line[name]) != amount
    ]


def _days(rules: Conventions) -> str:
    every = "" if rules.every == 1 else f" every {rules.every}"
    return f"{rules.day_count} {rules.frequency}{every}"
