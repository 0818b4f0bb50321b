"""Revising: what becomes of a loan of which something is agreed anew, and the tools to do it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Self

from amortization import Contract, Conventions, DatedRate, FirstPeriod, Method, schedule
from kernel import Currency, Invalid, Money, Rate
from origination import Terms
from servicing.booking import bill, regular, remainder
from servicing.owing import settling
from servicing.pausing import CountPause
from servicing.plan import Change, Plan
from servicing.state import Bill, State, in_order


class UnknownChange(Invalid):
    """“{kind}” is no kind of change that a loan can follow."""


class Arrears(StrEnum):
    """What becomes of installments that are unpaid when something is agreed anew.

    KEPT: they stay due. ROLLED: their principal is spread anew with the rest, and their interest
    waits for the next installment.
    """

    KEPT = "kept"
    ROLLED = "rolled"


@dataclass(frozen=True, slots=True)
class Revision:
    """A new contract for what is left of a loan, from a day on.

    Attributes:
        on: the day from which it holds.
        contract: the contract; its installments are those to come, counted from one.
        terms: new terms; None keeps those in force.
        arrears: what becomes of unpaid installments.
    """

    on: date
    contract: Contract
    terms: Terms | None = None
    arrears: Arrears = Arrears.KEPT
    kind: ClassVar[str] = "revision"

    def apply(self, state: State, *, plan: Plan) -> State:
        """Spread what is left over the installments of the new contract."""
        left = rolled(state) if self.arrears is Arrears.ROLLED else state
        return respread(left, plan=plan)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "kind": self.kind,
            "on": self.on.isoformat(),
            "contract": contract_to_json(self.contract),
            "terms": None if self.terms is None else self.terms.to_json(),
            "arrears": str(self.arrears),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        terms = stored["terms"]
        return cls(
            on=date.fromisoformat(stored["on"]),
            contract=contract_from_json(stored["contract"]),
            terms=None if terms is None else Terms.from_json(terms),
            arrears=Arrears(stored["arrears"]),
        )


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee or a penalty that is charged on a loan and due on a day.

    It is asked for by itself, under the number of the installment in whose period it falls due.
    Paid, it belongs to the platform; a penalty goes where late fees go.

    Attributes:
        on: the day on which it is charged.
        due_on: the day on which it falls due.
        amount: how much, in minor units.
        is_penalty: whether it is a penalty.
    """

    on: date
    due_on: date
    amount: int
    is_penalty: bool = False
    contract: ClassVar[None] = None
    terms: ClassVar[None] = None
    kind: ClassVar[str] = "charge"

    def apply(self, state: State, *, plan: Plan) -> State:  # noqa: ARG002 - every change is asked alike
        """Ask for the charge."""
        later = (bill.number for bill in state.bills if bill.due_on >= self.due_on)
        number = next(later, state.number)
        penalty = self.amount if self.is_penalty else 0
        asked = Bill(number, self.due_on, 0, 0, penalty, is_late=True, fee=self.amount - penalty)
        return replace(state, bills=in_order((*state.bills, asked)))

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "kind": self.kind,
            "on": self.on.isoformat(),
            "due_on": self.due_on.isoformat(),
            "amount": self.amount,
            "is_penalty": self.is_penalty,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        return cls(
            on=date.fromisoformat(stored["on"]),
            due_on=date.fromisoformat(stored["due_on"]),
            amount=stored["amount"],
            is_penalty=stored["is_penalty"],
        )


CHANGES: dict[str, Callable[[Mapping[str, Any]], Change]] = {
    Revision.kind: Revision.from_json,
    Charge.kind: Charge.from_json,
    CountPause.kind: CountPause.from_json,
}
"""How each kind of change is read from its stored form."""


def read_changes(stored: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Read what was agreed anew for a loan, by ascending day; of one day as it was entered.

    Raises:
        UnknownChange: nobody knows how to follow one of them.
    """
    changes = []
    for change in stored:
        if change["kind"] not in CHANGES:
            raise UnknownChange(kind=change["kind"])
        changes.append(CHANGES[change["kind"]](change))
    return tuple(sorted(changes, key=lambda change: change.on))


def withdrawn(state: State, *, plan: Plan) -> State:
    """Take back installments that were asked for ahead of their day, with interest for days used.

    So stands a loan whose interest is that of its schedule before what is left is spread anew.
    """
    plan = plan.in_force(state)
    if not plan.is_scheduled:
        return state
    used = settling(state, plan=plan)
    open_bills = tuple(bill for bill in used.bills if bill.due_on <= state.as_of)
    charged = tuple(
        replace(bill, principal=0, interest=0)
        for bill in used.bills
        if bill.due_on > state.as_of and bill.late_fee + bill.fee
    )
    waiting = sum(bill.interest for bill in used.bills if bill.due_on > state.as_of)
    asked = [number for number, row in plan.asked_rows.items() if row.due_on <= state.as_of]
    number = max(asked, default=plan.before) + 1
    return replace(
        state,
        bills=(*open_bills, *charged),
        waiting=state.waiting + waiting,
        number=number,
        accrues_from=state.as_of,
    )


def rolled(state: State) -> State:
    """Let unpaid installments join what is spread anew; what they cost beyond that stays due."""
    bills = tuple(
        replace(bill, principal=0, interest=0) for bill in state.bills if bill.late_fee + bill.fee
    )
    interest = sum(bill.interest for bill in state.bills)
    return replace(state, bills=bills, waiting=state.waiting + interest)


def respread(state: State, *, plan: Plan) -> State:
    """Spread what no installment has asked for yet over the contract in force, from its start."""
    left = state.unbilled + state.capitalized
    if not left:
        return replace(state, due_on=None)
    fresh = replace(state, before=state.number - 1, spread=left, remainder=0)
    agreed = plan.in_force(fresh)
    booked = schedule(agreed.contract)
    if agreed.is_scheduled:
        return _asked(fresh, agreed)
    installment = regular(booked)
    follows = agreed.follows_rows
    return replace(
        fresh,
        due_on=agreed.due(fresh.number),
        installment=installment,
        remainder=0 if follows else remainder(booked, installment),
        follows=follows,
        waiting=fresh.waiting + agreed.broken_after(fresh.before),
    )


def lowered(state: State, *, plan: Plan) -> State:
    """Spread what is left anew over the installments to come, so that each asks for less."""
    plan = plan.in_force(state)
    if state.due_on is None or state.number >= plan.last:
        return state
    booked = schedule(remaining(state, plan=plan))
    installment = regular(booked)
    return replace(
        state,
        installment=installment,
        remainder=remainder(booked, installment),
        follows=False,
    )


def remaining(state: State, *, plan: Plan) -> Contract:
    """Return the contract that is left: what is not asked for yet, over the installments to come.

    Its graces are what is left of the loan's, and its rate the one that holds now.
    """
    plan = plan.in_force(state)
    signed, asked = plan.contract, plan.own(state.number) - 1
    rules = signed.conventions
    usual = replace(
        rules,
        first_period=FirstPeriod.COUNTED,
        first_period_days=0,
        principal_grace=max(0, rules.principal_grace - asked),
        interest_grace=max(0, rules.interest_grace - asked),
        interest_free=max(0, rules.interest_free - asked),
        down_payment=Rate.from_e8(0),
    )
    is_bullet = rules.method is Method.BULLET
    days = signed.due_days
    return Contract(
        principal=plan.money(state.unbilled + state.capitalized),
        rate=plan.rate_on(state.as_of),
        installments=signed.installments if is_bullet else signed.installments - asked,
        start=max(signed.start, min(state.accrues_from, state.as_of)),
        first_due=signed.first_due if is_bullet else signed.timetable.due(asked + 1),
        conventions=usual,
        due_days=None if days is None else days[asked:],
        dated_rates=tuple(change for change in signed.dated_rates if change.on > state.as_of),
    )


def contract_to_json(contract: Contract) -> dict[str, Any]:
    """Return the stored form of a contract."""
    first_due, days = contract.first_due, contract.due_days
    fixed = contract.fixed_installment
    return {
        "currency": str(contract.principal.currency),
        "principal": contract.principal.minor,
        "rate": contract.rate.e8,
        "installments": contract.installments,
        "start": contract.start.isoformat(),
        "first_due": None if first_due is None else first_due.isoformat(),
        "conventions": contract.conventions.to_json(),
        "amortized_over": contract.amortized_over,
        "fixed_installment": None if fixed is None else fixed.minor,
        "dated_rates": [
            [change.on.isoformat(), change.rate.e8, change.recast]
            for change in contract.dated_rates
        ],
        "due_days": None if days is None else [day.isoformat() for day in days],
    }


def contract_from_json(stored: Mapping[str, Any]) -> Contract:
    """Read the stored form back."""
    first_due, days = stored["first_due"], stored["due_days"]
    currency, fixed = Currency(stored["currency"]), stored["fixed_installment"]
    return Contract(
        principal=Money(stored["principal"], currency),
        rate=Rate.from_e8(stored["rate"]),
        installments=stored["installments"],
        start=date.fromisoformat(stored["start"]),
        first_due=None if first_due is None else date.fromisoformat(first_due),
        conventions=Conventions.from_json(stored["conventions"]),
        amortized_over=stored["amortized_over"],
        fixed_installment=None if fixed is None else Money(fixed, currency),
        dated_rates=tuple(
            DatedRate(date.fromisoformat(on), Rate.from_e8(rate), recast)
            for on, rate, recast in stored["dated_rates"]
        ),
        due_days=None if days is None else tuple(map(date.fromisoformat, days)),
    )


def _asked(state: State, plan: Plan) -> State:
    """Ask for every row at once, for the interest that waits with the first."""
    bills, more = list(state.bills), state.waiting
    for row in plan.asked_rows.values():
        bills.append(bill(row, more=more))
        more = 0
    return replace(
        state,
        bills=tuple(asked for asked in bills if asked.total),
        waiting=0,
        number=plan.last + 1,
        due_on=None,
    )
