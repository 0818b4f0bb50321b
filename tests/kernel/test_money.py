from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import Currency, CurrencyMismatch, Money, UnusableAmount

minors = st.integers(-(10**15), 10**15)
currencies = st.sampled_from(Currency)
amounts = st.builds(Money, minors, st.just(Currency.USD))


@given(amounts, amounts)
def test_sums_are_exact_and_can_be_taken_back(left: Money, right: Money) -> None:
    assert left + right == right + left
    assert left + right - right == left
    assert left + -left == Money.zero(Currency.USD)


@given(amounts, st.integers(-1000, 1000))
def test_a_multiple_is_a_repeated_sum(amount: Money, count: int) -> None:
    assert (amount * count).minor == amount.minor * count


@given(minors, currencies)
def test_what_is_written_reads_back(minor: int, currency: Currency) -> None:
    amount = Money(minor, currency)

    assert Money.parse(str(amount.decimal), currency) == amount


@given(amounts, amounts)
def test_amounts_of_one_currency_have_an_order(left: Money, right: Money) -> None:
    assert (left < right) == (left.minor < right.minor)
    assert (left >= right) == (left.minor >= right.minor)


def test_two_currencies_are_never_put_together() -> None:
    dollar, yuan = Money(100, Currency.USD), Money(100, Currency.CNY)

    with pytest.raises(CurrencyMismatch, match="USD and CNY"):
        dollar + yuan
    with pytest.raises(CurrencyMismatch):
        dollar - yuan
    with pytest.raises(CurrencyMismatch):
        assert dollar < yuan
    assert dollar != yuan


@pytest.mark.parametrize("minor", [1.0, "1", True, Decimal(1), None])
def test_only_a_whole_number_is_an_amount(minor: object) -> None:
    with pytest.raises(TypeError, match="minor units"):
        Money(minor, Currency.USD)  # type: ignore[arg-type]


@pytest.mark.parametrize("other", [1, 0.5, Decimal(1), None])
def test_money_is_put_together_with_money_only(other: object) -> None:
    with pytest.raises(TypeError, match="cannot be put together"):
        Money(1, Currency.USD) + other  # type: ignore[operator]
    with pytest.raises(TypeError, match="whole numbers only"):
        Money(1, Currency.USD) * Money(1, Currency.USD)  # type: ignore[operator]


def test_money_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="is_zero"):
        bool(Money(1, Currency.USD))
    assert Money.zero(Currency.USD).is_zero
    assert not Money.zero(Currency.USD).is_positive
    assert Money(1, Currency.USD).is_positive


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", Currency.USD, 1250),
        (" 12.5 ", Currency.USD, 1250),
        ("-0.01", Currency.USD, -1),
        ("12", Currency.JPY, 12),
        ("1e2", Currency.USD, 10000),
    ],
)
def test_a_plain_decimal_is_read(text: str, currency: Currency, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("0.001", Currency.USD),
        ("0.5", Currency.JPY),
        ("twelve", Currency.USD),
        ("", Currency.USD),
        ("NaN", Currency.USD),
        ("Infinity", Currency.USD),
        ("1,000", Currency.USD),
    ],
)
def test_what_is_no_amount_is_refused(text: str, currency: Currency) -> None:
    with pytest.raises(UnusableAmount, match=currency):
        Money.parse(text, currency)


def test_the_refusal_shows_an_example_of_the_currency() -> None:
    with pytest.raises(UnusableAmount, match=r"at most 2 decimals, such as 1234\.00"):
        Money.parse("0.001", Currency.USD)
    with pytest.raises(UnusableAmount, match=r"at most 0 decimals, such as 1234\."):
        Money.parse("0.5", Currency.JPY)


def test_money_prints_with_its_currency() -> None:
    assert str(Money(123450, Currency.USD)) == "1,234.50 USD"
    assert str(Money(1234, Currency.JPY)) == "1,234 JPY"


def test_a_currency_may_be_given_as_its_code() -> None:
    assert Money(1, "USD").currency is Currency.USD  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="XXX"):
        Money(1, "XXX")  # type: ignore[arg-type]
