import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amortization import (
    DeferredInterest,
    Method,
    Remainder,
    schedule,
)
from kernel import Currency, Money, Rate, Rounding
from origination import Early, LateFee
from servicing.booking import start
from servicing.owing import Parts, is_settled, owed
from servicing.paying import PayoffTooSmall, check_payoff, pay, settle
from servicing.plan import Plan
from servicing.position import DayAlreadyCounted, advance, forecast, is_lost, next_event, payoff
from servicing.state import Bill, State
from tests.servicing.builders import plans, unusual_plans
from tests.support.plans import conventions, plan, state_on, terms, usd

FIRST_DUE = date(2026, 2, 15)
LEVEL = usd("106.62")  # 1,200.00 at 12 % over 12 months


@given(plans())
@settings(max_examples=300, deadline=None)
def test_paid_on_time_every_loan_asks_exactly_what_its_schedule_promised(agreed: Plan) -> None:
    promised = [
        (row.due_on, row.principal.minor, row.interest.minor)
        for row in schedule(agreed.contract).rows
        if not row.amount.is_zero
    ]

    asked = [
        (bill.due_on, bill.principal, bill.interest)
        for bill in forecast(start(agreed), plan=agreed)
    ]

    assert asked == promised


@given(unusual_plans())
@settings(max_examples=300, deadline=None)
def test_every_convention_asks_on_time_what_the_schedule_promised(agreed: Plan) -> None:
    capitalizes = agreed.contract.conventions.deferred_interest is DeferredInterest.CAPITALIZED
    promised = [
        (row.due_on, row.amount.minor, 0 if capitalizes else row.interest.minor)
        for row in schedule(agreed.contract).rows
        if not row.amount.is_zero
    ]

    begun = start(agreed)
    coming = () if agreed.is_scheduled else forecast(begun, plan=agreed)
    asked = [
        (bill.due_on, bill.installment, 0 if capitalizes else bill.interest)
        for bill in (*begun.bills, *coming)
    ]

    assert asked == promised


@given(st.one_of(plans(), unusual_plans()), st.data())
@settings(max_examples=300, deadline=None)
def test_in_every_life_principal_paid_and_outstanding_add_up_to_what_was_lent(
    agreed: Plan, data: st.DataObject
) -> None:
    state, repaid = start(agreed), 0
    lent = agreed.contract.principal.minor
    for _ in range(data.draw(st.integers(1, 12))):
        state = advance(
            state, state.as_of + timedelta(days=data.draw(st.integers(0, 50))), plan=agreed
        )
        owing = owed(state, plan=agreed).total.minor
        amount = data.draw(st.integers(0, max(1, owing * 11 // 10)))
        early = data.draw(st.sampled_from(Early))

        state, applied = pay(
            state,
            Money(amount, Currency.USD),
            plan=agreed,
            early=Early.AHEAD if early else Early.LAST,
        )

        repaid += applied.principal.minor
        parts = applied.principal + applied.interest + applied.penalty + applied.excess
        assert parts.minor == amount
        assert repaid + state.outstanding == lent
        assert state.unbilled >= 0
        assert all(min(bill.principal, bill.interest, bill.late_fee) >= 0 for bill in state.bills)
        assert applied.excess.is_zero or is_settled(state, plan=agreed)
        assert State.from_json(json.loads(json.dumps(state.to_json()))) == state

    later = state.as_of + timedelta(days=data.draw(st.integers(0, 400)))
    quoted = payoff(state, later, plan=agreed)
    settled, applied = pay(
        advance(state, later, plan=agreed), quoted, plan=agreed, early=Early.LAST
    )
    assert is_settled(settled, plan=agreed)
    assert applied.excess.is_zero
    assert settled.outstanding == 0
    assert next_event(settled, plan=agreed) is None


@given(plans(), st.lists(st.integers(0, 80), max_size=8))
@settings(max_examples=150, deadline=None)
def test_many_small_steps_lead_to_the_same_state_as_one_large_step(
    agreed: Plan, steps: list[int]
) -> None:
    walked = start(agreed)

    for step in steps:
        walked = advance(walked, walked.as_of + timedelta(days=step), plan=agreed)

    assert walked == advance(start(agreed), walked.as_of, plan=agreed)


@given(plans(), st.integers(0, 900))
@settings(max_examples=150, deadline=None)
def test_nothing_changes_before_the_next_event(agreed: Plan, days: int) -> None:
    state = state_on(agreed.contract.start + timedelta(days=days), agreed)
    event = next_event(state, plan=agreed)
    if event is None or event <= state.as_of:
        return

    eve = advance(state, event - timedelta(days=1), plan=agreed)

    assert replace(eve, as_of=state.as_of) == state
    assert not is_lost(eve, plan=agreed) or is_lost(state, plan=agreed)


def test_a_loan_is_billed_on_its_due_day_and_not_before() -> None:
    agreed = plan()

    eve = state_on(FIRST_DUE - timedelta(days=1), agreed)
    day = state_on(FIRST_DUE, agreed)

    assert eve.bills == ()
    assert day.bills == (Bill(1, FIRST_DUE, principal=9462, interest=1200),)
    assert owed(day, plan=agreed).due.total == LEVEL
    assert day.due_on == date(2026, 3, 15)


def test_an_installment_paid_early_bears_the_interest_of_its_whole_period_and_no_more() -> None:
    agreed = plan()
    state = state_on(date(2026, 2, 5), agreed)

    state, applied = pay(state, LEVEL, plan=agreed, early=Early.AHEAD)

    assert applied.interest == usd("12.00")
    assert state.due_on == date(2026, 3, 15)
    assert payoff(state, FIRST_DUE, plan=agreed) == usd("1105.38")
    assert advance(state, date(2026, 3, 15), plan=agreed).bills[0].interest == 1105


def test_part_of_an_installment_paid_early_leaves_the_rest_of_that_installment() -> None:
    agreed = plan()
    state = state_on(date(2026, 2, 5), agreed)

    state, _ = pay(state, usd("50.00"), plan=agreed, early=Early.AHEAD)

    assert [bill.total for bill in state.bills] == [5662]
    assert owed(state, plan=agreed).past_due.total.is_zero
    assert state.days_past_due == 0
    assert advance(state, date(2026, 2, 16), plan=agreed).days_past_due == 1


def test_an_early_payment_beyond_the_next_installment_repays_principal() -> None:
    agreed = plan()
    state = state_on(date(2026, 2, 5), agreed)

    state, applied = pay(state, usd("206.62"), plan=agreed, early=Early.AHEAD)

    assert applied.interest == usd("12.00")
    assert state.outstanding == 120000 - 9462 - 10000


def test_overdue_and_next_installment_in_one_payment_bear_interest_only_for_what_is_left() -> None:
    agreed = plan()
    state = state_on(FIRST_DUE, agreed)

    state, applied = pay(state, usd("213.24"), plan=agreed, early=Early.AHEAD)

    assert applied.interest == usd("12.00") + usd("11.05")
    assert state.bills == ()
    assert state.due_on == date(2026, 4, 15)


def test_an_extra_payment_pays_interest_to_date_then_principal_and_shortens_the_term() -> None:
    agreed = plan()
    state = state_on(date(2026, 1, 25), agreed)  # ten of thirty-one days

    state, applied = pay(state, usd("600.00"), plan=agreed, early=Early.LAST)

    assert applied.interest == usd("3.87")
    assert applied.principal == usd("596.13")
    later = list(forecast(state, plan=agreed))
    assert {bill.total for bill in later[:-1]} == {10662}
    assert len(later) == 6
    assert later[0].interest == 409  # twenty-one days on 603.87


def test_an_extra_payment_below_the_interest_to_date_leaves_its_exact_rest() -> None:
    agreed = plan()
    state = state_on(date(2026, 1, 25), agreed)

    state, applied = pay(state, usd("1.00"), plan=agreed, early=Early.LAST)

    assert applied.interest == usd("1.00")
    assert round(state.accrued, 6) == Decimal("287.096774")
    assert advance(state, FIRST_DUE, plan=agreed).bills[0].interest == 1100


def test_a_payoff_takes_interest_for_the_days_used_and_returns_the_rest() -> None:
    agreed = plan()
    state = state_on(date(2026, 1, 25), agreed)

    state, applied = pay(state, usd("1300.00"), plan=agreed, early=Early.LAST)

    assert applied.interest == usd("3.87")
    assert applied.principal == usd("1200.00")
    assert applied.excess == usd("96.13")
    assert is_settled(state, plan=agreed)
    assert state.bills == ()


def test_a_payoff_that_does_not_suffice_is_refused_with_the_amount_it_takes() -> None:
    agreed = plan()
    state = state_on(date(2026, 1, 25), agreed)

    with pytest.raises(PayoffTooSmall) as refusal:
        check_payoff(state, usd("1203.86"), plan=agreed)

    assert refusal.value.payoff == usd("1203.87")


def test_the_grace_ends_with_its_last_day_and_then_costs_once() -> None:
    agreed = plan()
    last_day = FIRST_DUE + timedelta(days=15)

    in_grace = state_on(last_day, agreed)
    late = state_on(last_day + timedelta(days=1), agreed)

    assert in_grace.bills[0].late_fee == 0
    assert next_event(in_grace, plan=agreed) == last_day + timedelta(days=1)
    assert late.bills[0].late_fee == 1500
    assert advance(late, date(2026, 3, 14), plan=agreed).bills[0].late_fee == 1500


def test_the_late_fee_is_a_share_of_what_is_unpaid_where_that_is_more() -> None:
    late = LateFee(fixed_minor=100, share=Rate.percent(5), grace_days=0)
    agreed = plan(agreed=terms(fees=replace(terms().fees, late=late)))

    state = state_on(FIRST_DUE + timedelta(days=1), agreed)

    assert state.bills[0].late_fee == 533


def test_overdue_principal_bears_interest_and_the_next_installment_asks_for_it() -> None:
    agreed = plan()

    state = state_on(date(2026, 3, 15), agreed)

    assert [bill.interest for bill in state.bills] == [1200, 1200]
    assert state.bills[1].principal == 9462


def test_a_late_payment_pays_the_oldest_first() -> None:
    agreed = plan()
    state = state_on(date(2026, 3, 20), agreed)

    state, applied = pay(state, usd("150.00"), plan=agreed, early=Early.AHEAD)

    assert applied.penalty == usd("15.00")
    assert applied.interest == usd("24.00")
    assert [bill.number for bill in state.bills] == [2] or state.bills[0].interest == 0


def test_after_the_last_installment_interest_on_what_is_overdue_is_due_at_once() -> None:
    agreed = plan(installments=1)
    state = state_on(date(2026, 3, 15), agreed)

    owing = owed(state, plan=agreed)

    assert state.due_on is None
    assert owing.due.interest == usd("12.00")  # the month since, on the overdue 1,200.00
    settled, applied = pay(state, owing.total, plan=agreed, early=Early.AHEAD)
    assert applied.excess.is_zero
    assert is_settled(settled, plan=agreed)


def test_a_loan_is_lost_when_an_installment_stays_unpaid_beyond_the_agreed_days() -> None:
    agreed = plan()
    end = FIRST_DUE + timedelta(days=151)

    eve = state_on(end - timedelta(days=1), agreed)

    assert eve.days_past_due == 150
    assert not is_lost(eve, plan=agreed)
    assert next_event(eve, plan=agreed) == end
    assert is_lost(advance(eve, end, plan=agreed), plan=agreed)


def test_a_late_fee_left_unpaid_delays_no_installment() -> None:
    agreed = plan()
    state = state_on(FIRST_DUE + timedelta(days=16), agreed)

    state = settle(state, Parts(principal=9462, interest=1200, late_fee=0), plan=agreed)

    assert state.billed == 1500
    assert state.days_past_due == 0
    assert not is_lost(state, plan=agreed)


def test_a_product_without_a_limit_of_days_never_loses_a_loan_by_itself() -> None:
    agreed = plan(agreed=terms(charge_off_days=0))

    assert not is_lost(state_on(date(2036, 1, 1), agreed), plan=agreed)


def test_a_counted_day_cannot_be_counted_again() -> None:
    agreed = plan()

    with pytest.raises(DayAlreadyCounted):
        advance(state_on(FIRST_DUE, agreed), FIRST_DUE - timedelta(days=1), plan=agreed)


def test_an_equal_principal_loan_with_a_remainder_first_asks_for_it_once() -> None:
    rules = conventions(
        method=Method.EQUAL_PRINCIPAL,
        installment_rounding=Rounding.DOWN,
        installment_unit=100,
        remainder=Remainder.FIRST,
    )
    agreed = plan("1000.00", installments=3, agreed=terms(conventions=rules))

    asked = [bill.principal for bill in forecast(start(agreed), plan=agreed)]

    assert asked == [33400, 33300, 33300]


def test_interest_to_date_that_is_paid_in_full_leaves_no_part_of_a_cent() -> None:
    agreed = plan()

    state, _ = pay(state_on(date(2026, 1, 25), agreed), usd("3.87"), plan=agreed, early=Early.LAST)

    assert state.accrued == 0


def test_exactly_what_is_billed_asks_for_nothing_ahead() -> None:
    agreed = plan()

    state, _ = pay(state_on(FIRST_DUE, agreed), LEVEL, plan=agreed, early=Early.AHEAD)

    assert state.bills == ()
    assert state.due_on == date(2026, 3, 15)


def test_a_last_installment_paid_early_bears_interest_for_the_days_used_only() -> None:
    agreed = plan(installments=1)
    state = state_on(date(2026, 1, 25), agreed)

    state, applied = pay(state, usd("1212.00"), plan=agreed, early=Early.AHEAD)

    assert applied.interest == usd("3.87")
    assert applied.excess == usd("8.13")
    assert is_settled(state, plan=agreed)
