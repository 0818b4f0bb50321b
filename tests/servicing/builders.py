"""Loans of every kind, for the properties that hold for all of them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import reject
from hypothesis import strategies as st

from amortization import (
    BusinessDays,
    Conventions,
    DayCount,
    DeferredInterest,
    FirstPeriod,
    Frequency,
    Method,
    Remainder,
    UnusableTerms,
)
from kernel import Rate, Rounding
from origination import Handling, InterestBasis, Processing
from servicing.plan import Plan
from tests.support.plans import plan, terms


@st.composite
def all_conventions(draw: st.DrawFn) -> Conventions:
    return Conventions(
        method=draw(st.sampled_from(Method)),
        frequency=draw(st.sampled_from(Frequency)),
        day_count=draw(st.sampled_from(DayCount)),
        interest_rounding=draw(st.sampled_from(Rounding)),
        installment_rounding=draw(st.sampled_from(Rounding)),
        installment_unit=draw(st.sampled_from([1, 100, 5000])),
        remainder=draw(st.sampled_from(Remainder)),
    )


@st.composite
def unusual_conventions(draw: st.DrawFn) -> Conventions:
    """Draw conventions that ask for rows of their own."""
    plain = draw(all_conventions())
    is_bullet = plain.method is Method.BULLET
    grace = st.just(0) if is_bullet else st.integers(0, 3)
    flat = plain.method is Method.FLAT
    calendar = draw(st.sampled_from([None, "US", "CN", "ECB"]))
    moves = st.sampled_from([rule for rule in BusinessDays if rule is not BusinessDays.UNADJUSTED])
    daily = plain.frequency is Frequency.DAILY
    return replace(
        plain,
        first_period=draw(st.sampled_from(FirstPeriod)),
        principal_grace=draw(grace),
        interest_grace=draw(grace),
        interest_free=draw(grace),
        deferred_interest=DeferredInterest.COLLECTED
        if flat or plain.remainder is Remainder.ADJUSTED
        else draw(st.sampled_from(DeferredInterest)),
        down_payment=Rate.percent(draw(st.sampled_from(["0", "25"]))),
        calendar=None if daily else calendar,
        business_days=BusinessDays.UNADJUSTED if calendar is None or daily else draw(moves),
        interest_follows_date=draw(st.booleans()),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    started = draw(st.dates(date(2020, 1, 1), date(2028, 12, 31)))
    shift = draw(st.none() | st.integers(5, 45))
    return plan(
        str(Decimal(draw(st.integers(100, 5_000_000))).scaleb(-2)),
        rate=str(Decimal(draw(st.integers(0, 36_000))).scaleb(-3)),
        installments=draw(st.integers(1, 40)),
        started=started,
        first_due=None if shift is None else started + timedelta(days=shift),
        agreed=terms(
            conventions=draw(all_conventions()),
            charge_off_days=draw(st.sampled_from([0, 120])),
            handling=Handling(
                interest=draw(st.sampled_from(InterestBasis)),
                processing=draw(st.sampled_from(Processing)),
            ),
        ),
    )


@st.composite
def unusual_plans(draw: st.DrawFn) -> Plan:
    agreed = draw(plans())
    rules = draw(unusual_conventions())
    installments = max(4, agreed.contract.installments)
    try:
        contract = replace(agreed.contract, installments=installments, conventions=rules)
    except UnusableTerms:
        reject()
    if rules.calendar is not None:
        contract = replace(contract, due_days=tuple(contract.due_dates()))
    return replace(agreed, contract=contract, terms=replace(agreed.terms, conventions=rules))
