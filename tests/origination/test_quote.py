from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from amortization import Contract, Conventions, schedule
from kernel import Money, Rate
from origination import ProductSpec, Quote, Terms, load_products, quote
from tests.origination.stories import dollars

US, CN = load_products()
MARCH = date(2026, 3, 2)

# Cents move the annual percentage rate of a small loan by this much at the most.
CENTS = Rate.percent("0.05")

amounts = st.integers(1_000_00, 40_000_00).map(lambda minor: replace(dollars("1.00"), minor=minor))
rates = st.integers(1_00, 35_00).map(lambda points: Rate.percent(points).value / 100).map(Rate)
terms_lengths = st.sampled_from((6, 12, 36, 60))
fees = st.integers(0, 8_00).map(lambda points: Rate.percent(points).value / 100).map(Rate)


def with_fee(fee: Rate) -> Terms:
    return replace(US.terms, fees=replace(US.terms.fees, origination=fee))


def a_quote(amount: Money, rate: Rate, *, fee: str = "4", installments: int = 36) -> Quote:
    terms = with_fee(Rate.percent(fee))
    return quote(terms, amount=amount, installments=installments, rate=rate, on=MARCH)


def test_a_loan_of_lendingclubs_file_is_quoted_to_the_cent() -> None:
    # 5,000 at 12.61 % over 36 months is row 2 of the 2018 first-quarter file.
    offered = a_quote(dollars("5000.00"), Rate.percent("12.61"), fee="5")

    assert offered.installment == dollars("167.54")
    assert offered.origination_fee == dollars("250.00")
    assert offered.net_proceeds == dollars("4750.00")
    assert offered.finance_charge == offered.schedule.total_interest + dollars("250.00")


def test_a_fee_makes_the_annual_percentage_rate_higher_than_the_rate() -> None:
    offered = a_quote(dollars("10000.00"), Rate.percent("10.42"))

    assert round(offered.apr.value, 4) == Rate.percent("13.26").value


@settings(max_examples=40)
@given(amounts, rates, terms_lengths, fees)
def test_what_is_received_paid_and_charged_adds_up(
    amount: Money, rate: Rate, installments: int, fee: Rate
) -> None:
    offered = quote(with_fee(fee), amount=amount, installments=installments, rate=rate, on=MARCH)

    assert offered.net_proceeds + offered.origination_fee == amount
    assert offered.net_proceeds + offered.finance_charge == offered.total_of_payments
    assert offered.total_of_payments == amount + offered.schedule.total_interest


@settings(max_examples=40)
@given(amounts, rates, terms_lengths, fees)
def test_the_annual_percentage_rate_is_never_below_the_rate(
    amount: Money, rate: Rate, installments: int, fee: Rate
) -> None:
    offered = quote(with_fee(fee), amount=amount, installments=installments, rate=rate, on=MARCH)

    assert offered.apr.value >= rate.value - CENTS.value


@settings(max_examples=40)
@given(amounts, rates, st.integers(0, 400), st.integers(1, 400))
def test_a_higher_fee_never_costs_less(amount: Money, rate: Rate, low: int, added: int) -> None:
    lower, higher = (Rate(Rate.percent(points).value / 100) for points in (low, low + added))

    less, more = (
        quote(with_fee(fee), amount=amount, installments=36, rate=rate, on=MARCH)
        for fee in (lower, higher)
    )

    assert more.apr >= less.apr
    assert more.finance_charge >= less.finance_charge


@settings(max_examples=40)
@given(amounts, rates, terms_lengths)
def test_the_preview_is_the_schedule_that_will_be_booked(
    amount: Money, rate: Rate, installments: int
) -> None:
    booked = schedule(Contract(amount, rate, installments, MARCH, None, US.terms.conventions))

    assert a_quote(amount, rate, installments=installments).schedule == booked


def test_every_price_on_every_card_stays_under_its_ceiling() -> None:
    for spec in (US, CN):
        for grade in spec.pricing.grades:
            for installments in spec.limits.installments:
                for amount in (spec.limits.minimum, spec.limits.maximum):
                    require_under_ceiling(spec, grade, installments, amount)


def require_under_ceiling(spec: ProductSpec, grade: str, installments: int, amount: Money) -> None:
    rate = spec.pricing.price(grade, installments)
    terms = spec.pricing.terms(spec.terms, grade)

    offered = quote(terms, amount=amount, installments=installments, rate=rate, on=MARCH)

    spec.pricing.check(rate, apr=lambda: offered.apr, on=MARCH)


def test_a_product_of_another_shape_is_quoted_by_the_same_function() -> None:
    """A quarter down, two months of interest alone, due on the 5th or the working day after it."""
    rules = Conventions.from_json(
        US.terms.conventions.to_json()
        | {
            "due_day": 5,
            "first_period_days": 20,
            "business_days": "following",
            "calendar": "US",
            "principal_grace": 2,
            "down_payment": "25",
        }
    )
    terms = Terms.from_json(replace(US.terms, conventions=rules).to_json())

    offered = quote(
        terms, amount=dollars("8000.00"), installments=12, rate=Rate.percent("12"), on=MARCH
    )

    down, first, second, third = offered.schedule.rows[:4]
    assert (down.due_on, down.amount) == (MARCH, dollars("2000.00"))
    assert [row.due_on.isoformat() for row in (first, second)] == ["2026-04-06", "2026-05-05"]
    assert second.amount == dollars("60.00")
    assert third.amount == offered.installment
    assert offered.finance_charge == offered.schedule.total_interest
    assert Rate.percent("11.5") < offered.apr < Rate.percent("12.5")
