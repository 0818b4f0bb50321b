"""Terms, plans and states of loans, for stories that need no database."""

from dataclasses import replace
from datetime import date
from typing import Any

from amortization import Contract, Conventions, DayCount, Frequency, Method
from kernel import Currency, Money, Rate, Rounding
from origination import Fees, Funding, LateFee, LateFeeTo, ServicingBase, Terms
from servicing.booking import start
from servicing.plan import Plan
from servicing.position import advance
from servicing.state import State
from servicing.waterfall import PRESETS

STARTED = date(2026, 1, 15)


def usd(text: str) -> Money:
    return Money.parse(text, Currency.USD)


def conventions(**changes: Any) -> Conventions:
    usual = Conventions(
        method=Method.EQUAL_INSTALLMENT,
        frequency=Frequency.MONTHLY,
        day_count=DayCount.EQUAL_PERIODS,
        interest_rounding=Rounding.HALF_UP,
        installment_rounding=Rounding.UP,
        installment_unit=1,
    )
    return replace(usual, **changes)


def terms(**changes: Any) -> Terms:
    usual = Terms(
        currency=Currency.USD,
        conventions=conventions(),
        waterfall=PRESETS["oldest_first"],
        fees=Fees(
            origination=Rate.percent(5),
            servicing=Rate.percent(1),
            servicing_base=ServicingBase.PAYMENTS,
            collection=Rate.percent(18),
            late=LateFee(fixed_minor=1500, share=Rate.percent(5), grace_days=15),
        ),
        funding=Funding(
            minimum_share=Rate.percent(70),
            days=14,
            acceptance_days=7,
            order_minimum_minor=2500,
            order_step_minor=2500,
        ),
        charge_off_days=150,
        late_fee_to=LateFeeTo.LENDERS,
    )
    return replace(usual, **changes)


def plan(
    principal: str = "1200.00",
    *,
    rate: str = "12",
    installments: int = 12,
    started: date = STARTED,
    first_due: date | None = None,
    agreed: Terms | None = None,
) -> Plan:
    agreed = agreed or terms()
    contract = Contract(
        usd(principal),
        Rate.percent(rate),
        installments,
        started,
        first_due,
        agreed.conventions,
    )
    return Plan(contract, agreed)


def state_on(day: date, of: Plan) -> State:
    return advance(start(of), day, plan=of)
