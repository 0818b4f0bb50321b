"""Frappe Lending's published figures, read into contracts with the conventions that they state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from amortization import (
    Contract,
    Conventions,
    DayCount,
    FirstPeriod,
    Frequency,
    Method,
    period_interest,
    schedule,
)
from kernel import Currency, Money, Rate, Rounding
from tests.conformance.verdict import Outcome, Verdict, compared
from tests.vectors import vectors

Case: TypeAlias = dict[str, Any]

START = date(2024, 1, 1)
CURRENCY = Currency.CNY  # theirs is the rupee; ours has two decimals as well
RULES = Conventions(
    method=Method.EQUAL_INSTALLMENT,
    frequency=Frequency.MONTHLY,
    day_count=DayCount.EQUAL_PERIODS,
    interest_rounding=Rounding.HALF_EVEN,
    installment_rounding=Rounding.UP,
    installment_unit=100,
)
RECOVERIES = {
    "Amortized over tenure": FirstPeriod.BROKEN_SPREAD,
    "Add to first EMI": FirstPeriod.BROKEN_FIRST,
    "Upfront deduction": FirstPeriod.BROKEN_UPFRONT,
}
DUE_DAYS = {"Start of the next month": 1, "End of the current month": 31}
ELSEWHERE = {
    "dpd": "days past due belong to servicing; this loan is a line of credit with tranches",
    "collateral": "loans are not secured by traded collateral",
}


def figures() -> list[Verdict]:
    """Return how each published figure stands to ours."""
    return [_judged(case) for case in vectors("frappe_lending")]


def _judged(case: Case) -> Verdict:
    judge = _JUDGES.get(case["category"])
    if judge is None:
        why = ELSEWHERE.get(case["category"], f"{case['category']} belongs to servicing")
        return Verdict(case["id"], Outcome.NOT_OFFERED, why)
    stated = case["expected"]
    try:
        found, how = judge(case["input"])
    except KeyError as unknown:
        return Verdict(case["id"], Outcome.NOT_OFFERED, f"nothing here reads {unknown}")
    wrong = [
        f"{name}: {stated[name]} is stated, {value} computed"
        for name, value in found.items()
        if name in stated and not _same(stated[name], value)
    ]
    if not any(name in stated for name in found):
        return Verdict(case["id"], Outcome.NOT_OFFERED, f"no schedule states {sorted(stated)}")
    return compared(case["id"], wrong, how)


def _same(stated: Any, value: Any) -> bool:
    if isinstance(value, Money):
        return Money.parse(str(stated), CURRENCY) == value
    return str(stated) == str(value)


def _contract(given: Case, rules: Conventions = RULES) -> Contract:
    return Contract(
        principal=Money.parse(given["principal"], CURRENCY),
        rate=Rate.percent(given["annual_rate_pct"]),
        installments=int(given.get("n", 600)),
        start=START,
        first_due=None,
        conventions=rules,
    )


def _fixed(given: Case) -> tuple[Case, str]:
    if "instalment" not in given:
        return _installment(given)
    agreed = Money.parse(given["instalment"], CURRENCY)
    promised = schedule(replace(_contract(given), fixed_installment=agreed))
    found = {
        "n_rows": len(promised.rows),
        "total_interest_rounded": round(promised.total_interest.decimal),
        "total_payment_rounded": round(promised.total.decimal),
    }
    return found, "an agreed installment; the loan ends when it is repaid"


def _due_days(given: Case) -> tuple[Case, str]:
    rules = replace(RULES, due_day=DUE_DAYS[given["repayment_date_on"]])
    signed = Contract(
        principal=Money.parse("1000", CURRENCY),
        rate=Rate.percent(12),
        installments=int(given["n"]),
        start=date.fromisoformat(given["start"]),
        first_due=None,
        conventions=rules,
    )
    days = signed.due_dates()
    found = {"first": days[0], "second": days[1], "last": days[-1]}
    return found, f"due day {rules.due_day} of the month"


def _installment(given: Case) -> tuple[Case, str]:
    promised = schedule(replace(_contract(given), installments=int(given["n"])))
    first = promised.rows[0]
    found: Case = {
        "n_rows": len(promised.rows),
        "total_interest_rounded": round(promised.total_interest.decimal),
        "total_payment_rounded": round(promised.total.decimal),
        "instalment": promised.installment,
        "interest": first.interest,
        "principal": first.principal,
    }
    return found, "equal months, the installment rounded up to whole units"


def _broken(given: Case) -> tuple[Case, str]:
    rule = RECOVERIES[given["recovery"]]
    rules = replace(RULES, first_period=rule, day_count=DayCount.ACT_365F)
    promised = schedule(
        replace(
            _contract(given, rules),
            start=date.fromisoformat(given["disbursed"]),
            first_due=date.fromisoformat(given["first_due"]),
        )
    )
    return {f"interest_{n}": row.interest for n, row in enumerate(promised.rows, 1)}, rule


def _accrued(given: Case) -> tuple[Case, str]:
    begin, last = date.fromisoformat(given["from"]), date.fromisoformat(given["to"])
    rules = replace(RULES, day_count=DayCount.ACT_365F)
    signed = _contract(given, rules)
    exact = period_interest(
        signed.principal, signed.rate, begin, last + timedelta(days=1), contract=signed
    )
    found = {"interest_rounded": round(exact / 100)}
    return found, "act_365f; both ends are counted where the day after the last is given as the end"


_JUDGES: dict[str, Callable[[Case], tuple[Case, str]]] = {
    "schedule": _fixed,
    "due-dates": _due_days,
    "instalment": _installment,
    "first-instalment": _installment,
    "broken-period": _broken,
    "accrual": _accrued,
}
