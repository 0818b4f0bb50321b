"""Where early money goes, whose interest counts, and what charges and changes make of a loan."""

import json
from dataclasses import replace
from datetime import date

import pytest

from amortization import DatedRate, DeferredInterest, FirstPeriod, Method, RateChange
from kernel import Money, Rate
from origination import Early, Handling, InterestBasis, PayoffInterest, Processing
from servicing.booking import start
from servicing.kinds import RepaymentKind
from servicing.owing import is_settled, owed, to_settle
from servicing.paying import pay
from servicing.plan import Plan
from servicing.position import advance, forecast, payoff
from servicing.revising import (
    Arrears,
    Charge,
    Revision,
    UnknownChange,
    contract_from_json,
    contract_to_json,
    lowered,
    read_changes,
    respread,
)
from servicing.state import State
from servicing.waterfall import PRESETS
from tests.support.plans import conventions, plan, state_on, terms, usd

ON = date(2026, 2, 1)
FIRST_DUE, SECOND_DUE = date(2026, 2, 15), date(2026, 3, 15)
USUAL = plan()


def handled(*, rate: str = "0", **handling: object) -> Plan:
    """A loan of 300.00 in three installments."""
    agreed = terms(handling=Handling(**handling))  # type: ignore[arg-type]
    return plan("300.00", rate=rate, installments=3, agreed=agreed)


def paid_on(day: date, amount: str, of: Plan, early: Early) -> State:
    state, _ = pay(state_on(day, of), usd(amount), plan=of, early=early)
    return state


def left(state: State) -> list[int]:
    return [bill.total for bill in state.bills]


@pytest.mark.parametrize(
    ("early", "unpaid"),
    [
        (Early.NEXT, [5000, 10000]),
        (Early.AHEAD, [5000, 10000]),
        (Early.LAST, [10000, 5000]),
        (Early.LOWER, [5000, 5000, 5000]),
    ],
)
def test_early_money_goes_where_the_product_says(early: Early, unpaid: list[int]) -> None:
    agreed = handled(interest=InterestBasis.SCHEDULED)

    assert left(paid_on(ON, "150.00", agreed, early)) == unpaid


def test_equal_parts_that_do_not_fit_go_to_the_other_installments() -> None:
    agreed = handled(interest=InterestBasis.SCHEDULED)
    state = paid_on(ON, "90.00", agreed, Early.NEXT)

    state, _ = pay(state, usd("90.00"), plan=agreed, early=Early.LOWER)

    assert left(state) == [6000, 6000]


def test_what_is_credited_to_the_next_installment_bears_no_interest_and_is_not_asked_again() -> (
    None
):
    state = paid_on(FIRST_DUE, "206.62", USUAL, Early.NEXT)
    now = advance(state, SECOND_DUE, plan=USUAL)

    (asked,) = now.bills
    assert asked.total == 10662 - 10000
    assert (
        advance(paid_on(FIRST_DUE, "506.62", USUAL, Early.NEXT), SECOND_DUE, plan=USUAL).bills == ()
    )


def test_a_lower_installment_repays_what_is_left_by_the_same_last_day() -> None:
    state = paid_on(FIRST_DUE, "606.62", USUAL, Early.LOWER)

    coming = list(forecast(state, plan=USUAL))

    assert state.installment < 6000
    assert len(coming) == 11
    assert coming[-1].due_on == USUAL.contract.maturity
    assert sum(bill.principal for bill in coming) == state.outstanding


def test_the_only_installment_that_is_left_cannot_be_lowered() -> None:
    one = plan("300.00", installments=1)

    assert lowered(start(one), plan=one) == start(one)


def test_one_installment_comes_after_the_other_or_one_step_after_the_other() -> None:
    day = date(2026, 3, 20)
    by_row = handled(rate="12", interest=InterestBasis.SCHEDULED, processing=Processing.HORIZONTAL)
    by_step = handled(rate="12", interest=InterestBasis.SCHEDULED)

    first = paid_on(day, "118.00", by_row, Early.NEXT).bills
    steps = paid_on(day, "118.00", by_step, Early.NEXT).bills

    assert (first[0].number, first[0].interest) == (2, 102)
    assert (steps[0].number, steps[0].interest, steps[1].interest) == (1, 0, 0)


def test_scheduled_interest_paid_off_early_is_that_of_the_days_used() -> None:
    half = date(2026, 1, 30)  # 15 of the 31 days of the first period
    used = handled(rate="12", interest=InterestBasis.SCHEDULED)
    whole = handled(
        rate="12", interest=InterestBasis.SCHEDULED, payoff_interest=PayoffInterest.WHOLE
    )

    assert payoff(start(used), half, plan=used) == usd("301.45")
    assert payoff(start(whole), half, plan=whole) == owed(start(whole), plan=whole).total
    state, applied = pay(state_on(half, used), usd("400.00"), plan=used, early=Early.LAST)
    assert is_settled(state, plan=used)
    assert applied.excess == usd("98.55")


def test_scheduled_interest_of_silent_installments_is_owed_as_the_term_goes_by() -> None:
    agreed = handled(rate="12", interest=InterestBasis.SCHEDULED)
    rules = conventions(interest_grace=1)
    agreed = replace(agreed, contract=replace(agreed.contract, conventions=rules))

    early = payoff(start(agreed), ON, plan=agreed)

    assert usd("300.00") < early < owed(start(agreed), plan=agreed).total


def test_kinds_of_payment_have_their_own_order_and_place_for_early_money() -> None:
    agreed = handled(
        early=(("goodwill", Early.LAST), ("installment", Early.NEXT)),
        waterfalls=(("goodwill", PRESETS["early_money_to_principal"]),),
    )

    assert agreed.early(RepaymentKind.INSTALLMENT) is Early.NEXT
    assert agreed.early(RepaymentKind.EXTRA) is Early.LAST
    assert agreed.waterfall_of(RepaymentKind.GOODWILL) != agreed.waterfall


def test_a_charge_is_asked_by_itself_and_paid_to_the_platform() -> None:
    fee = Charge(on=ON, due_on=date(2026, 2, 10), amount=2000)
    penalty = Charge(on=ON, due_on=FIRST_DUE, amount=500, is_penalty=True)
    agreed = replace(USUAL, changes=(fee, penalty))

    state, applied = pay(state_on(FIRST_DUE, agreed), usd("131.62"), plan=agreed, early=Early.LAST)

    assert (applied.fee, applied.penalty) == (usd("20.00"), usd("5.00"))
    assert state.bills == ()
    assert read_changes(json.loads(json.dumps([fee.to_json(), penalty.to_json()]))) == (
        fee,
        penalty,
    )
    assert State.from_json(state_on(ON, agreed).to_json()) == state_on(ON, agreed)


def test_a_change_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownChange):
        read_changes([{"kind": "wish"}])


@pytest.mark.parametrize("basis", InterestBasis)
def test_rolled_arrears_are_spread_over_a_new_contract(basis: InterestBasis) -> None:
    agreed = handled(rate="12", interest=basis)
    day = date(2026, 3, 1)
    anew = replace(agreed.contract, start=day, first_due=date(2026, 4, 1), installments=6)
    revision = Revision(day, anew, arrears=Arrears.ROLLED)
    revised = replace(agreed, changes=(revision,))

    coming = list(forecast(state_on(day, revised), plan=revised))

    assert [bill.due_on.month for bill in coming] == [4, 5, 6, 7, 8, 9]
    assert sum(bill.principal for bill in coming) == 30000
    assert read_changes([revision.to_json()]) == (revision,)
    assert read_changes([replace(revision, terms=terms()).to_json()])[0].terms == terms()


def test_installments_to_come_show_what_was_agreed_for_later() -> None:
    agreed = handled(interest=InterestBasis.SCHEDULED)
    anew = replace(agreed.contract, start=FIRST_DUE, first_due=SECOND_DUE, installments=4)
    revised = replace(agreed, changes=(Revision(FIRST_DUE, anew),))

    coming = list(forecast(start(revised), plan=revised))

    assert [bill.principal for bill in coming] == [10000, 5000, 5000, 5000, 5000]


def test_a_charge_of_an_installment_to_come_outlives_a_new_contract() -> None:
    agreed = handled(interest=InterestBasis.SCHEDULED)
    charge = Charge(on=ON, due_on=FIRST_DUE, amount=700)
    anew = replace(agreed.contract, start=ON, first_due=FIRST_DUE)
    revised = replace(agreed, changes=(charge, Revision(ON, anew)))

    assert sum(bill.fee for bill in state_on(ON, revised).bills) == 700


def test_nothing_is_spread_anew_of_a_loan_that_is_repaid() -> None:
    settled, _ = pay(
        start(USUAL), to_settle(start(USUAL), plan=USUAL), plan=USUAL, early=Early.LAST
    )

    assert respread(settled, plan=USUAL).due_on is None


def test_a_contract_comes_back_from_its_stored_form() -> None:
    full = replace(
        USUAL.contract,
        first_due=FIRST_DUE,
        fixed_installment=Money(11000, USUAL.currency),
        dated_rates=(DatedRate(SECOND_DUE, Rate.percent(6)),),
    )
    days = replace(USUAL.contract, due_days=tuple(USUAL.contract.due_dates()))

    for contract in (full, days, USUAL.contract):
        assert contract_from_json(json.loads(json.dumps(contract_to_json(contract)))) == contract


def test_a_later_rate_holds_from_its_day_or_its_installment() -> None:
    dated = replace(USUAL.contract, dated_rates=(DatedRate(SECOND_DUE, Rate.percent(6)),))
    numbered = replace(USUAL.contract, rate_changes=(RateChange(3, Rate.percent(6)),))

    for contract in (dated, numbered):
        agreed = replace(USUAL, contract=contract)
        assert agreed.rate_on(FIRST_DUE) == Rate.percent(12)
        assert agreed.rate_on(SECOND_DUE) == Rate.percent(6)


def test_interest_that_became_principal_comes_back_as_interest() -> None:
    rules = conventions(interest_grace=2, deferred_interest=DeferredInterest.CAPITALIZED)
    agreed = plan("300.00", installments=6, agreed=terms(conventions=rules))

    coming = list(forecast(start(agreed), plan=agreed))

    assert sum(bill.principal for bill in coming) == 30000
    waited = state_on(date(2026, 3, 20), agreed)
    assert waited.capitalized > 0
    assert is_settled(
        pay(waited, to_settle(waited, plan=agreed), plan=agreed, early=Early.LAST)[0], plan=agreed
    )


def test_rows_that_end_before_the_term_ask_for_what_is_left() -> None:
    rules = conventions(installment_unit=100_000, principal_grace=1, method=Method.EQUAL_PRINCIPAL)
    agreed = plan("300.00", installments=4, agreed=terms(conventions=rules))
    state = replace(start(agreed), number=4, due_on=agreed.due(4))

    assert advance(state, agreed.due(4), plan=agreed).unbilled == 0


def test_a_broken_period_is_asked_for_first() -> None:
    rules = conventions(first_period=FirstPeriod.BROKEN_FIRST)
    agreed = plan("300.00", first_due=date(2026, 2, 20), agreed=terms(conventions=rules))

    first = next(iter(forecast(start(agreed), plan=agreed)))

    assert start(agreed).waiting > 0
    assert first.interest == 300 + start(agreed).waiting
