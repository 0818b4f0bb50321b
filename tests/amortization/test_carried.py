"""Balances that are kept unrounded from row to row, as some tables print them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings

from amortization import Contract, DayCount, Remainder, schedule
from kernel import Rounding
from tests.amortization.builders import CONVENTIONS, PLAIN, contract, contracts, usd

NEAREST = replace(PLAIN, installment_rounding=Rounding.HALF_UP)
NOTHING = usd("0")
CARRIED = CONVENTIONS.filter(lambda rules: rules.remainder is not Remainder.ADJUSTED).map(
    lambda rules: replace(rules, carry_balance=True)
)


def test_a_commercial_mortgage_by_actual_days_leaves_the_balance_that_its_guide_prints() -> None:
    """Fannie Mae's Multifamily Guide, section 1103: ten years of thirty at 5.5 %."""
    rules = replace(NEAREST, day_count=DayCount.ACT_360, carry_balance=True, carry_installment=True)

    promised = schedule(
        contract(
            "25000000",
            "5.5",
            120,
            start=date(2018, 12, 1),
            conventions=rules,
            amortized_over=360,
        )
    )

    assert promised.installment == usd("141947.25")
    assert promised.balloon == usd("20885505.83")


def test_an_agreed_installment_is_carried_as_it_was_agreed() -> None:
    rules = replace(NEAREST, carry_balance=True)
    signed = contract(fixed_installment=usd("400"), conventions=rules)

    finer = replace(signed, conventions=replace(rules, carry_installment=True))

    assert schedule(finer).rows == schedule(signed).rows


def test_a_carried_balance_is_rounded_only_for_show() -> None:
    """100.00 at 10 %: exact balances 92.0412..., 84.0161... and, after eleven rows, 8.7190..."""
    carried = replace(NEAREST, carry_balance=True)

    shown = schedule(contract("100.00", "10", 12, conventions=carried))

    exact = Decimal(100)
    for row in shown.rows[:-1]:
        exact = exact * (1 + Decimal("0.1") / 12) - Decimal("8.79")
        assert row.balance.decimal == round(exact, 2)
        assert row.amount == shown.installment == usd("8.79")
    assert shown.rows[-1].principal.decimal == round(exact, 2)
    assert shown.rows[-1].balance == usd("0")


@given(signed=contracts(conventions=CARRIED))
@settings(deadline=None)
def test_a_carried_balance_ends_at_nothing_too(signed: Contract) -> None:
    promised = schedule(signed)

    shown = [amount.minor for row in promised.rows for amount in (row.principal, row.interest)]
    assert min(shown) >= 0
    assert promised.rows[-1].balance == NOTHING
    assert promised.total.minor == sum(shown)
