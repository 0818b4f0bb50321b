"""Agreeing anew: from what somebody wishes for a living loan to the change that it will follow.

What is left of a loan becomes a contract of its own, from a day on, counted by the conventions of
the first one. A wish says in a few words how that contract is to differ; the function that shows
what it costs is the one that the loan then follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from amortization import Contract, Conventions, DatedRate, FirstPeriod, Method
from kernel import Invalid, Money, Rate
from servicing.pausing import CountPause
from servicing.plan import Change, Plan
from servicing.position import advance, asked, forecast
from servicing.revising import Arrears, Revision, remaining
from servicing.state import Bill, State


class NothingLeftToChange(Invalid):
    """Every installment has been asked for; spread what is unpaid over new ones instead."""


class WishIncomplete(Invalid):
    """A {kind} needs {field}."""


class DayOutOfOrder(Invalid):
    """{day} comes too early: the change holds from {on}."""


class ChangeKind(StrEnum):
    """What may be agreed anew for a living loan."""

    DUE_DATE = "due_date"
    RESCHEDULE = "reschedule"
    HARDSHIP = "hardship"
    RE_AGE = "re_age"
    RE_AMORTIZE = "re_amortize"
    INTEREST_PAUSE = "interest_pause"
    COUNT_PAUSE = "count_pause"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished for a loan; each kind reads the fields that it needs.

    Attributes:
        kind: what is to change.
        on: the day from which it holds.
        first_due: when the next installment is to fall due.
        extra: how many installments more there are to be.
        rate: the new yearly rate.
        principal_grace: how many next installments are to ask for no principal.
        interest_grace: how many next installments are to ask for no interest, which waits.
        installments: over how many new installments everything is spread (re-age).
        until: the last day of a pause, which counts as one.
    """

    kind: ChangeKind
    on: date
    first_due: date | None = None
    extra: int = 0
    rate: Rate | None = None
    principal_grace: int = 0
    interest_grace: int = 0
    installments: int | None = None
    until: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "kind": str(self.kind),
            "on": self.on.isoformat(),
            "first_due": None if self.first_due is None else self.first_due.isoformat(),
            "extra": self.extra,
            "rate": None if self.rate is None else self.rate.e8,
            "principal_grace": self.principal_grace,
            "interest_grace": self.interest_grace,
            "installments": self.installments,
            "until": None if self.until is None else self.until.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        days = {
            name: None if stored[name] is None else date.fromisoformat(stored[name])
            for name in ("on", "first_due", "until")
        }
        rate = stored["rate"]
        read = {
            "kind": ChangeKind(stored["kind"]),
            "rate": None if rate is None else Rate.from_e8(rate),
        }
        return cls(**dict(stored) | days | read)

    def needed(self, name: str) -> Any:
        """Return a field that this kind cannot do without.

        Raises:
            WishIncomplete: it is not said.
        """
        value = getattr(self, name)
        if value is None:
            raise WishIncomplete(kind=str(self.kind), field=name)
        return value


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is still to come of a loan, seen from a day, if all is paid on time from then on."""

    on: date
    rows: tuple[Bill, ...]
    days_late: int

    @property
    def principal(self) -> int:
        """The principal to come, in minor units."""
        return sum(row.principal for row in self.rows)

    @property
    def interest(self) -> int:
        """The interest to come."""
        return sum(row.interest for row in self.rows)

    @property
    def total(self) -> int:
        """All that is to come."""
        return sum(row.total for row in self.rows)

    @property
    def last_due(self) -> date | None:
        """The last due day."""
        return max((row.due_on for row in self.rows), default=None)


def outlook(state: State, on: date, *, plan: Plan) -> Outlook:
    """Return what is to come of a loan, seen from a day, or from its own where that is later."""
    now = advance(state, max(on, state.as_of), plan=plan)
    since = now.unpaid_since
    late = 0 if since is None else plan.days_late(since, now.as_of)
    return Outlook(now.as_of, (*asked(now, plan=plan), *forecast(now, plan=plan)), late)


def with_change(plan: Plan, change: Change) -> Plan:
    """Return a plan that also follows a change; of one day, the one entered last comes last."""
    changes = sorted((*plan.changes, change), key=lambda each: each.on)
    return replace(plan, changes=tuple(changes))


def change_of(wish: Wish, state: State, *, plan: Plan) -> Change:
    """Return the change that fulfils a wish, for a loan as it will stand on the day of the wish.

    Raises:
        WishIncomplete: the kind of change needs more to be said.
        NothingLeftToChange: no installment is to come that could change.
        DayOutOfOrder: a due day or an end lies before the change itself.
        UnusableTerms: no schedule can follow what is wished.
    """
    if wish.kind is ChangeKind.COUNT_PAUSE:
        return CountPause(wish.on, _after(wish, "until", wish.on))
    now = advance(state, max(wish.on, state.as_of), plan=plan)
    if wish.kind is ChangeKind.RE_AGE:
        return Revision(wish.on, _aged_anew(wish, now, plan), arrears=Arrears.ROLLED)
    if now.number > plan.in_force(now).last or not now.unbilled:
        raise NothingLeftToChange
    left = remaining(now, plan=plan)
    if wish.kind is ChangeKind.RE_AMORTIZE:
        return Revision(wish.on, left, arrears=Arrears.ROLLED)
    if wish.kind is ChangeKind.INTEREST_PAUSE:
        return Revision(wish.on, _paused(wish, left, now))
    return Revision(wish.on, _rescheduled(wish, left, now))


def _rescheduled(wish: Wish, left: Contract, now: State) -> Contract:
    """Return what is left with other days, more installments, another rate or a grace.

    Where only the days move, the installment stays what it was, and the last takes the difference.
    """
    rules = replace(
        left.conventions,
        principal_grace=wish.principal_grace or left.conventions.principal_grace,
        interest_grace=wish.interest_grace or left.conventions.interest_grace,
    )
    moved = replace(
        left,
        installments=left.installments + wish.extra,
        rate=wish.rate or left.rate,
        dated_rates=left.dated_rates if wish.rate is None else (),
        due_days=None,
        conventions=rules,
    )
    if wish.kind is not ChangeKind.DUE_DATE and wish.first_due is None:
        return moved
    return replace(
        moved,
        first_due=_after(wish, "first_due", wish.on + timedelta(days=1)),
        conventions=replace(rules, due_day=None),
        fixed_installment=_level(left, now) if wish.kind is ChangeKind.DUE_DATE else None,
    )


def _level(left: Contract, now: State) -> Money | None:
    """Return the installment as it is, where it is the same for every day."""
    level = left.conventions.method is Method.EQUAL_INSTALLMENT and now.installment > 0
    return Money(now.installment, left.principal.currency) if level else None


def _paused(wish: Wish, left: Contract, now: State) -> Contract:
    """Return what is left with no interest from one day to another, both included."""
    until = _after(wish, "until", wish.on)
    later = tuple(change for change in left.dated_rates if change.on > until)
    pause = (
        DatedRate(wish.on, Rate.from_e8(0), recast=False),
        DatedRate(until + timedelta(days=1), left.rate, recast=False),
    )
    return replace(left, dated_rates=(*pause, *later), fixed_installment=_level(left, now))


def _aged_anew(wish: Wish, now: State, plan: Plan) -> Contract:
    """Return everything that is unpaid as a contract of so many new installments."""
    agreed = plan.in_force(now)
    rules = agreed.contract.conventions
    usual = replace(
        _without_beginning(rules),
        principal_grace=wish.principal_grace,
        interest_grace=wish.interest_grace,
        due_day=None,
    )
    return Contract(
        principal=plan.money(now.outstanding),
        rate=wish.rate or agreed.rate_on(wish.on),
        installments=wish.needed("installments"),
        start=wish.on,
        first_due=_after(wish, "first_due", wish.on + timedelta(days=1)),
        conventions=usual,
    )


def _without_beginning(rules: Conventions) -> Conventions:
    """Return conventions without what belongs to the first days of a loan."""
    return replace(
        rules,
        first_period=FirstPeriod.COUNTED,
        first_period_days=0,
        interest_free=0,
        down_payment=Rate.from_e8(0),
    )


def _after(wish: Wish, name: str, least: date) -> date:
    day: date = wish.needed(name)
    if day < least:
        raise DayOutOfOrder(day=day, on=wish.on)
    return day
