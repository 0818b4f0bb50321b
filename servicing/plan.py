"""The plan: the agreement as the position follows it, contract and terms together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol

from amortization import Contract, FirstPeriod, Installment, Method, broken_interest, schedule
from kernel import Currency, Money, Rate
from origination import Early, InterestBasis, Processing, Terms
from servicing.delinquency import Pause
from servicing.kinds import RepaymentKind
from servicing.state import State
from servicing.waterfall import Bucket, Component, Timing, parse_order


class Change(Protocol):
    """What is agreed anew from a day on, after what falls due and before what is paid on it.

    A contract that comes with it begins on that day and counts its installments from one; its
    principal is for information, since what is left then decides.
    """

    @property
    def on(self) -> date:
        """The day from which it holds."""

    @property
    def contract(self) -> Contract | None:
        """The contract in force from then on; None where it stays."""

    @property
    def terms(self) -> Terms | None:
        """The terms in force from then on; None where they stay."""

    def apply(self, state: State, *, plan: "Plan") -> State:
        """Return what becomes of the loan; the plan is in force with this change already."""

    def to_json(self) -> dict[str, Any]:
        """Return the stored form, with its kind."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was agreed for one loan, with what was agreed anew since.

    Attributes:
        contract: the contract, from the first day or as it is in force.
        terms: the terms, likewise.
        changes: what was agreed anew, by ascending day.
        before: installments asked for before the contract in force began.
    """

    contract: Contract
    terms: Terms
    changes: tuple[Change, ...] = ()
    before: int = 0

    def in_force(self, state: State) -> "Plan":
        """Return the plan with what is in force after the changes that a state has met."""
        if not state.changed:
            return self
        met = self.changes[: state.changed]
        contract = next((new.contract for new in reversed(met) if new.contract), self.contract)
        terms = next((new.terms for new in reversed(met) if new.terms), self.terms)
        if state.spread:
            contract = replace(contract, principal=self.money(state.spread))
        return replace(self, contract=contract, terms=terms, before=state.before)

    @property
    def currency(self) -> Currency:
        """The currency of every amount of the loan."""
        return self.contract.principal.currency

    def money(self, minor: int) -> Money:
        """Return so many minor units as money of this loan."""
        return Money(minor, self.currency)

    @property
    def is_scheduled(self) -> bool:
        """Whether interest is that of the schedule, whenever it is paid; flat interest is."""
        flat = self.contract.conventions.method is Method.FLAT
        return flat or self.terms.handling.interest is InterestBasis.SCHEDULED

    @property
    def follows_rows(self) -> bool:
        """Whether installments ask for what the rows of the schedule do, each by itself."""
        signed = self.contract
        later = signed.rate_changes or signed.dated_rates or signed.advances
        return bool(signed.conventions.beyond_billing() or later)

    @property
    def rows(self) -> Mapping[int, Installment]:
        """The rows of the schedule, by their number on the loan."""
        return MappingProxyType({self.before + row.number: row for row in _rows(self.contract)})

    @property
    def asked_rows(self) -> Mapping[int, Installment]:
        """The same rows, where interest that became principal comes back as interest."""
        left, found = self.contract.principal, {}
        for number, row in self.rows.items():
            part = min(row.principal, left)
            left -= part
            more = row.interest + (row.principal - part)
            found[number] = replace(row, number=number, principal=part, interest=more)
        return MappingProxyType(found)

    def broken(self, number: int) -> int:
        """Return the broken-period interest that an installment asks for."""
        return self._broken.get(number - self.before, 0)

    def broken_after(self, number: int) -> int:
        """Return the broken-period interest that later installments ask for."""
        return sum(part for row, part in self._broken.items() if row > number - self.before)

    @property
    def _broken(self) -> Mapping[int, int]:
        rule = self.contract.conventions.first_period
        usual = rule in {FirstPeriod.COUNTED, FirstPeriod.REGULAR}
        return MappingProxyType({}) if usual else _broken(self.contract)

    @property
    def last(self) -> int:
        """The number of the last installment, which asks for all that is left."""
        is_bullet = self.contract.conventions.method is Method.BULLET
        return self.before + (1 if is_bullet else self.contract.installments)

    def due(self, number: int) -> date:
        """Return the day on which an installment falls due."""
        is_last = number >= self.last
        return self.contract.maturity if is_last else self.contract.due(self.own(number))

    def until(self, number: int) -> date:
        """Return the day to which the interest of an installment is counted."""
        if self.contract.is_due_on_boundaries or not self.contract.counts_whole_periods:
            return self.due(number)
        own = self.contract.installments if number >= self.last else self.own(number)
        return self.contract.timetable.due(own)

    def billed_on(self, number: int) -> date:
        """Return the day on which an installment is asked for."""
        return min(self.due(number), self.until(number))

    def own(self, number: int) -> int:
        """Return the number that an installment has in the contract in force."""
        return number - self.before

    def rate_on(self, day: date) -> Rate:
        """Return the yearly rate that holds on a day."""
        signed = self.contract
        begins = signed.boundaries(signed.installments) if signed.rate_changes else []
        numbered = [(begins[new.number - 1], new.rate) for new in signed.rate_changes]
        dated = [(new.on, new.rate) for new in signed.dated_rates]
        begun = [(on, rate) for on, rate in (*numbered, *dated) if on <= day]
        return max(begun, key=lambda each: each[0])[1] if begun else signed.rate

    def late_fee_day(self, due_on: date) -> date:
        """Return the first day after the days of grace, on which the late fee is charged."""
        return due_on + timedelta(days=self.terms.fees.late.grace_days + 1)

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """The days on which the count of days past due stands still."""
        pauses = (getattr(change, "pause", None) for change in self.changes)
        return tuple(pause for pause in pauses if pause is not None)

    def days_late(self, since: date, on: date) -> int:
        """Return the days since an unpaid installment fell due, without paused ones."""
        paused = sum(pause.taken(since, on) for pause in self.pauses)
        return max(0, (on - since).days - paused)

    def charge_off_day(self, due_on: date) -> date | None:
        """Return the day on which an unpaid installment ends the loan; None where none does."""
        days = self.terms.charge_off_days
        if not days:
            return None
        day = due_on + timedelta(days=days + 1)
        while (missing := days + 1 - self.days_late(due_on, day)) > 0:
            day += timedelta(days=missing)
        return day

    def late_fee(self, unpaid: Money) -> Money:
        """Return what it costs to leave `unpaid` of an installment unpaid beyond its grace."""
        late = self.terms.fees.late
        share = late.share.of(unpaid, rounding=self.contract.conventions.interest_rounding)
        return max(share, self.money(late.fixed_minor))

    @property
    def is_horizontal(self) -> bool:
        """Whether a payment settles one installment after the other."""
        return self.terms.handling.processing is Processing.HORIZONTAL

    def early(self, kind: RepaymentKind) -> Early:
        """Return where early money of a kind of payment goes."""
        usual = Early.AHEAD if kind is RepaymentKind.INSTALLMENT else Early.LAST
        return self.terms.handling.early_of(kind, usual=usual)

    @property
    def waterfall(self) -> tuple[Bucket, ...]:
        """The agreed order, then every step it does not name: a payoff leaves nothing unpaid."""
        return _completed(self.terms.waterfall)

    def waterfall_of(self, kind: RepaymentKind) -> tuple[Bucket, ...]:
        """Return the order in which a kind of payment pays, completed likewise."""
        handling = self.terms.handling
        return _completed(handling.waterfall_of(kind, usual=self.terms.waterfall))


def _completed(order: tuple[str, ...]) -> tuple[Bucket, ...]:
    named = parse_order(order)
    return named + tuple(step for step in _STEPS if step not in named)


@lru_cache(maxsize=256)
def _rows(contract: Contract) -> tuple[Installment, ...]:
    return schedule(contract).rows


@lru_cache(maxsize=256)
def _broken(contract: Contract) -> Mapping[int, int]:
    return MappingProxyType(broken_interest(contract))


_STEPS = tuple(Bucket(timing, component) for timing in Timing for component in Component)
