"""Contracts as the tests need them: one typed builder, and strategies for any sensible contract."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from amortization import (
    Contract,
    Conventions,
    DayCount,
    Frequency,
    InstallmentBasis,
    Method,
    RateChange,
    Remainder,
)
from kernel import Currency, Money, Rate, Rounding

PLAIN = Conventions(
    method=Method.EQUAL_INSTALLMENT,
    frequency=Frequency.MONTHLY,
    day_count=DayCount.EQUAL_PERIODS,
    interest_rounding=Rounding.HALF_UP,
    installment_rounding=Rounding.UP,
)


def usd(text: str) -> Money:
    return Money.parse(text, Currency.USD)


def contract(
    principal: str = "10000.00",
    percent: str = "12",
    installments: int = 36,
    *,
    start: date = date(2024, 1, 15),
    first_due: date | None = None,
    conventions: Conventions = PLAIN,
    **more: Any,
) -> Contract:
    """Build a contract of which a test names only what it is about."""
    return Contract(
        principal=usd(principal),
        rate=Rate.percent(percent),
        installments=installments,
        start=start,
        first_due=first_due,
        conventions=conventions,
        **more,
    )


CONVENTIONS = st.builds(
    Conventions,
    method=st.sampled_from(Method),
    frequency=st.sampled_from(Frequency),
    day_count=st.sampled_from(DayCount),
    interest_rounding=st.sampled_from(Rounding),
    installment_rounding=st.sampled_from(Rounding),
    installment_unit=st.sampled_from([1, 5, 100]),
    remainder=st.sampled_from(Remainder),
    installment_basis=st.sampled_from(InstallmentBasis),
    compounding_per_year=st.sampled_from([None, None, 1, 2, 12]),
    period_rate_decimals=st.sampled_from([None, None, 4, 6]),
)
RATES = st.integers(0, 60_000_000).map(Rate.from_e8)


@st.composite
def contracts(
    draw: st.DrawFn, *, conventions: st.SearchStrategy[Conventions] = CONVENTIONS
) -> Contract:
    """Draw any contract that somebody might sign, and some that nobody would."""
    rules = draw(conventions)
    start = draw(st.dates(date(2000, 1, 1), date(2030, 12, 31)))
    count = draw(st.integers(1, 48))
    first = draw(st.none() | st.integers(1, 70).map(lambda days: start + timedelta(days=days)))
    spread = draw(st.none() | st.integers(count, count + 24))
    fixed = draw(st.none() | st.none() | st.integers(1, 1_000_000))
    bullet = rules.method is Method.BULLET
    changes = () if bullet else draw(st.lists(st.integers(2, 48), max_size=2, unique=True))
    return Contract(
        principal=Money(draw(st.integers(1, 10_000_000)), Currency.USD),
        rate=draw(RATES),
        installments=count,
        start=start,
        first_due=first,
        conventions=rules,
        amortized_over=spread,
        fixed_installment=None if fixed is None else Money(fixed, Currency.USD),
        rate_changes=tuple(
            RateChange(number, draw(RATES), recast=draw(st.booleans()))
            for number in sorted(changes)
            if number <= count
        ),
    )
