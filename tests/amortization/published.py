"""Published amortization tables, read into contracts with the conventions they state."""

from datetime import date
from decimal import Decimal
from typing import Any

from amortization import (
    Contract,
    Conventions,
    DayCount,
    Frequency,
    Method,
    RateChange,
    Schedule,
    schedule,
)
from kernel import Currency, Money, Rate, Rounding

START = date(2025, 1, 1)
ROUNDINGS = {
    "ROUND_UP": Rounding.UP,
    "ROUND_CEILING": Rounding.UP,
    "ROUND_DOWN": Rounding.DOWN,
    "ROUND_FLOOR": Rounding.DOWN,
    "ROUND_HALF_UP": Rounding.HALF_UP,
    "ROUND_HALF_EVEN": Rounding.HALF_EVEN,
}
COMPOUNDING = {"monthly": 12, "quarterly": 4, "semi_annual": 2, "annual": 1}
DAY_COUNTS = {"30/360": DayCount.EQUAL_PERIODS, "actual/360": DayCount.ACT_360}


def contract_of(case: dict[str, Any]) -> Contract:
    """Read the loan of a published case."""
    loan = case["loan"]
    currency = Currency.USD
    override = loan.get("payment_override")
    amortized = loan.get("amortization_period_months")
    frequency = Frequency(loan.get("payment_frequency", "monthly"))
    return Contract(
        principal=Money.parse(loan["principal"], currency),
        rate=Rate.percent(loan["annual_rate"]),
        installments=_periods(loan["term_months"], frequency),
        start=START,
        first_due=None,
        conventions=_conventions(loan, frequency),
        amortized_over=_periods(amortized, frequency) if amortized else None,
        fixed_installment=Money.parse(override, currency) if override else None,
        rate_changes=tuple(
            RateChange(
                change["effective_payment_number"],
                Rate.percent(change["new_annual_rate"]),
                recast=change["recast"],
            )
            for change in loan.get("rate_schedule", ())
        ),
    )


def differences(case: dict[str, Any]) -> list[str]:
    """Return what a published case states otherwise than the schedule computes it."""
    computed = schedule(contract_of(case))
    stated = {**case["expected"], **_stated_rows(case["rows"])}
    found = {**_summary(computed), **_computed_rows(computed)}
    return [
        f"{what}: {value} is stated, {found[what]} computed"
        for what, value in stated.items()
        if Decimal(found[what]) != Decimal(value)
    ]


def _conventions(loan: dict[str, Any], frequency: Frequency) -> Conventions:
    return Conventions(
        method=Method.EQUAL_INSTALLMENT,
        frequency=frequency,
        day_count=DAY_COUNTS[loan.get("day_count", "30/360")],
        interest_rounding=ROUNDINGS[loan["interest_rounding"]],
        installment_rounding=ROUNDINGS[loan["payment_rounding"]],
        compounding_per_year=COMPOUNDING[loan["compounding"]] if "compounding" in loan else None,
        carry_balance=loan.get("balance_tracking") == "carry_precision",
    )


def _periods(months: int, frequency: Frequency) -> int:
    return months * frequency.periods_per_year // 12


def _summary(computed: Schedule) -> dict[str, Decimal]:
    return {
        "periodic_payment": computed.installment.decimal,
        "monthly_payment": computed.installment.decimal,
        "balloon_at_term": computed.balloon.decimal,
    }


def _stated_rows(rows: list[dict[str, str]]) -> dict[str, str]:
    columns = ("payment_amount", "principal", "interest", "balance")
    return {f"{name} {row['payment']}": row[name] for row in rows for name in columns}


def _computed_rows(computed: Schedule) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in computed.rows:
        found[f"payment_amount {row.number}"] = row.amount.decimal
        found[f"principal {row.number}"] = row.principal.decimal
        found[f"interest {row.number}"] = row.interest.decimal
        found[f"balance {row.number}"] = row.balance.decimal
    return found
