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
FREQUENCIES = {
    "weekly": Frequency.WEEKLY,
    "biweekly": Frequency.BIWEEKLY,
    "semimonthly": Frequency.SEMIMONTHLY,
    "monthly": Frequency.MONTHLY,
    "bimonthly": Frequency.BIMONTHLY,
    "quarterly": Frequency.QUARTERLY,
    "semiannual": Frequency.SEMIANNUAL,
    "annual": Frequency.ANNUAL,
}
COMPOUNDING = {name: frequency.periods_per_year for name, frequency in FREQUENCIES.items()}
DAY_COUNTS = {
    "30/360": DayCount.EQUAL_PERIODS,
    "actual/360": DayCount.ACT_360,
    "actual/365": DayCount.ACT_365F,
}


def contract_of(case: dict[str, Any]) -> Contract:
    """Read the loan of a published case."""
    loan = case["loan"]
    currency = Currency.USD
    override = loan.get("payment_override")
    amortized = loan.get("amortization_period_months")
    frequency = FREQUENCIES[_word(loan.get("payment_frequency", "monthly"))]
    return Contract(
        principal=Money.parse(loan["principal"], currency),
        rate=Rate.percent(loan["annual_rate"]),
        installments=_periods(loan["term_months"], frequency),
        start=date.fromisoformat(loan["start_date"]) if "start_date" in loan else START,
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
        if what in found and Decimal(found[what]) != Decimal(value)
    ]


def _word(name: str) -> str:
    """Write a frequency in one word, however the case spells it."""
    return name.replace("_", "").replace("-", "")


def _conventions(loan: dict[str, Any], frequency: Frequency) -> Conventions:
    return Conventions(
        method=Method.EQUAL_INSTALLMENT,
        frequency=frequency,
        day_count=DAY_COUNTS[loan.get("day_count", "30/360")],
        interest_rounding=ROUNDINGS[loan["interest_rounding"]],
        installment_rounding=ROUNDINGS[loan["payment_rounding"]],
        compounding_per_year=COMPOUNDING[_word(loan["compounding"])]
        if "compounding" in loan
        else None,
        carry_balance=_carries(loan),
        carry_installment=_carries(loan) and loan.get("day_count", "30/360") != "30/360",
    )


def _carries(loan: dict[str, Any]) -> bool:
    """Say whether balances stay unrounded, as the publisher's do wherever actual days count."""
    by_days = loan.get("day_count", "30/360") != "30/360"
    usual = "carry_precision" if by_days else "round_each"
    return bool(loan.get("balance_tracking", usual) == "carry_precision")


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
