from hypothesis import given
from hypothesis import strategies as st

from kernel import Currency, Money, Rate
from origination import debt_to_income, monthly_payments
from tests.origination.stories import dollars


def test_payments_are_a_share_of_a_month_s_income() -> None:
    assert debt_to_income(dollars("1080.60"), annual_income=dollars("72000")) == Rate.percent(
        "18.01"
    )


def test_who_owes_nothing_bears_nothing() -> None:
    assert debt_to_income(dollars("0"), annual_income=dollars("72000")) == Rate.percent(0)


def test_without_an_income_any_payment_takes_all_of_it() -> None:
    nothing = dollars("0")

    assert debt_to_income(dollars("1"), annual_income=nothing) == Rate.percent(100)
    assert debt_to_income(nothing, annual_income=nothing) == Rate.percent(0)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_the_share_gives_back_what_was_stated(payments: int, income: int) -> None:
    stated, annual_income = Money(payments, Currency.CNY), Money(income, Currency.CNY)

    share = debt_to_income(stated, annual_income=annual_income)

    assert monthly_payments(share, annual_income=annual_income) == stated
