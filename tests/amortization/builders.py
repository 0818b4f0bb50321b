"""Contracts as the tests need them: one typed builder, and strategies for any sensible contract."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from amortization import (
    Advance,
    BusinessDays,
    Contract,
    Conventions,
    DatedRate,
    DayCount,
    DeferredInterest,
    FirstPeriod,
    Frequency,
    InstallmentBasis,
    Method,
    MonthEnd,
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


# What the next product may bring: everything that the plain conventions below leave as usual.
SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "every": st.integers(1, 3),
    "due_day": st.none() | st.integers(1, 31),
    "first_period_days": st.integers(0, 20),
    "month_end": st.sampled_from(MonthEnd),
    "keep_month_end": st.booleans(),
    "working": st.none() | st.tuples(st.sampled_from(BusinessDays), st.sampled_from(["CN", "ECB"])),
    "interest_follows_date": st.booleans(),
    "first_period": st.sampled_from(FirstPeriod),
    "principal_grace": st.integers(0, 3),
    "interest_grace": st.integers(0, 3),
    "deferred_interest": st.sampled_from(DeferredInterest),
    "interest_free": st.integers(0, 2),
    "down_payment": st.sampled_from([Rate.percent(0), Rate.percent(25)]),
}
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
    settled = rules.method in {Method.BULLET, Method.FLAT}
    changes = () if settled else draw(st.lists(st.integers(2, 48), max_size=2, unique=True))
    return Contract(
        principal=Money(draw(st.integers(1, 10_000_000)), Currency.USD),
        rate=draw(RATES),
        installments=count,
        start=start,
        first_due=first,
        conventions=rules,
        amortized_over=None if rules.method is Method.FLAT else spread,
        fixed_installment=None if fixed is None else Money(fixed, Currency.USD),
        rate_changes=tuple(
            RateChange(number, draw(RATES), recast=draw(st.booleans()))
            for number in sorted(changes)
            if number <= count
        ),
    )


@st.composite
def special_conventions(draw: st.DrawFn) -> Conventions:
    """Draw conventions of every kind; what contradicts itself is set right."""
    extra = {name: draw(strategy) for name, strategy in SPECIAL.items()}
    working = extra.pop("working")
    rule, calendar = working or (BusinessDays.UNADJUSTED, None)
    moves = rule is not BusinessDays.UNADJUSTED
    rules = draw(CONVENTIONS)
    by_days = rules.frequency in {Frequency.DAILY, Frequency.WEEKLY, Frequency.BIWEEKLY}
    if rules.frequency is Frequency.DAILY or (moves and rules.frequency is Frequency.WEEKLY):
        extra["every"] += 10  # longer than the longest holidays
    if rules.frequency is Frequency.SEMIMONTHLY:
        extra |= {"every": 1, "month_end": MonthEnd.LAST_DAY}
    if by_days:
        extra["due_day"] = None
    if rules.method is Method.BULLET:
        extra |= {"principal_grace": 0, "interest_grace": 0, "interest_free": 0}
    if rules.method is Method.FLAT:
        extra["deferred_interest"] = DeferredInterest.COLLECTED
    return replace(rules, business_days=rule, calendar=calendar if moves else None, **extra)


@st.composite
def special_contracts(draw: st.DrawFn) -> Contract:
    """Draw contracts with grace, down payments, later parts and rates that change on a day."""
    rules = draw(special_conventions())
    start = draw(st.dates(date(2010, 1, 1), date(2030, 12, 31)))
    signed = Contract(
        principal=Money(draw(st.integers(10_000, 10_000_000)), Currency.USD),
        rate=draw(RATES),
        installments=draw(st.integers(6, 24)),
        start=start,
        first_due=None,
        conventions=rules,
    )
    if rules.method is Method.FLAT:
        return signed
    span = (signed.maturity - signed.interest_start).days
    before = max((start - signed.interest_start).days, 0)
    on, paid_out = (
        st.integers(least, span - 1).map(lambda days: signed.interest_start + timedelta(days=days))
        for least in (0, before)
    )
    rates = sorted(draw(st.lists(on, max_size=2, unique=True)))
    parts = [] if rules.down_payment.value else sorted(draw(st.lists(paid_out, max_size=2)))
    return replace(
        signed,
        dated_rates=tuple(DatedRate(day, draw(RATES), recast=draw(st.booleans())) for day in rates),
        advances=tuple(
            Advance(day, Money(draw(st.integers(1, 10**6)), Currency.USD)) for day in parts
        ),
    )
