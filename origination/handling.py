"""How the payments of a loan are handled: data on the product, copied onto the loan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Self


class InterestBasis(StrEnum):
    """What interest a loan bears.

    ACTUAL_DAYS: that of the days on which principal was out, late or early. SCHEDULED: that of its
    schedule, whenever it is paid.
    """

    ACTUAL_DAYS = "actual_days"
    SCHEDULED = "scheduled"


class PayoffInterest(StrEnum):
    """What scheduled interest a loan costs that is paid off early."""

    DAYS_USED = "days_used"
    WHOLE = "whole"


class Early(StrEnum):
    """Where money goes that is paid before it is due.

    AHEAD: it asks for the next installment ahead of its day, with the interest of its whole period.
    NEXT: it pays interest to date and principal at once, and counts towards the next installments.
    LAST: the last installments are paid first, which makes the term shorter. LOWER: what is left
    is spread anew over the installments to come, or every one of them gets an equal part.
    """

    AHEAD = "ahead"
    NEXT = "next"
    LAST = "last"
    LOWER = "lower"


class Processing(StrEnum):
    """How a payment goes through several installments that are due.

    VERTICAL: one step of the waterfall for all of them, then the next. HORIZONTAL: all steps of one
    time for the oldest of them, then for the next.
    """

    VERTICAL = "vertical"
    HORIZONTAL = "horizontal"


@dataclass(frozen=True, slots=True)
class Handling:
    """How payments are handled.

    Attributes:
        interest: what interest the loan bears.
        payoff_interest: what scheduled interest is owed where the loan is paid off early.
        processing: how a payment goes through several installments.
        early: where early money goes, by the kind of payment; what is not named here is as usual.
        waterfalls: orders of their own, by the kind of payment.
    """

    interest: InterestBasis = InterestBasis.ACTUAL_DAYS
    payoff_interest: PayoffInterest = PayoffInterest.DAYS_USED
    processing: Processing = Processing.VERTICAL
    early: tuple[tuple[str, Early], ...] = ()
    waterfalls: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def early_of(self, kind: str, *, usual: Early) -> Early:
        """Return where early money of a kind of payment goes."""
        return dict(self.early).get(kind, usual)

    def waterfall_of(self, kind: str, *, usual: tuple[str, ...]) -> tuple[str, ...]:
        """Return the order in which a kind of payment pays."""
        return dict(self.waterfalls).get(kind, usual)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form, with what is not as usual."""
        stored: dict[str, Any] = {
            field.name: str(getattr(self, field.name))
            for field in fields(self)
            if field.name not in _TABLES and getattr(self, field.name) != field.default
        }
        if self.early:
            stored["early"] = {kind: str(rule) for kind, rule in self.early}
        if self.waterfalls:
            stored["waterfalls"] = {kind: list(order) for kind, order in self.waterfalls}
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form, or the table of a product, back.

        Raises:
            ValueError: a value is none of its choices.
            TypeError: a name is unknown.
        """
        return cls(**{name: _READERS.get(name, _unknown)(value) for name, value in stored.items()})


USUAL = Handling()

# The words of a waterfall, which servicing reads: a time and a component, joined by a point.
TIMES = ("past_due", "due", "in_advance")
COMPONENTS = ("penalty", "fee", "interest", "principal")
STEPS = tuple(f"{time}.{component}" for time in TIMES for component in COMPONENTS)
# The payments that a product may treat each in its own way.
PAYMENTS = ("installment", "extra", "payoff", "recovery", "down_payment", "goodwill")


def checked_order(order: Iterable[str]) -> tuple[str, ...]:
    """Return the steps of a waterfall, once all of them are known and stand in it once.

    Raises:
        ValueError: it names the step.
    """
    steps = tuple(order)
    for place, step in enumerate(steps):
        if step not in STEPS:
            near = get_close_matches(str(step), STEPS, n=1)
            hint = f", did you mean {near[0]!r}?" if near else f"; steps are {', '.join(STEPS)}"
            raise ValueError(f"{step!r} is not a step of a waterfall{hint}")
        if step in steps[:place]:
            raise ValueError(f"{step!r} stands in the waterfall twice")
    return steps


def _payment(kind: str) -> str:
    if kind not in PAYMENTS:
        raise ValueError(f"{kind!r} is no kind of payment; kinds are {', '.join(PAYMENTS)}")
    return kind


def _early(stored: Mapping[str, str]) -> tuple[tuple[str, Early], ...]:
    return tuple(sorted((_payment(kind), Early(rule)) for kind, rule in stored.items()))


def _waterfalls(stored: Mapping[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((_payment(kind), checked_order(order)) for kind, order in stored.items()))


def _unknown(value: Any) -> Any:
    return value


_TABLES = {"early", "waterfalls"}
_READERS: dict[str, Any] = {
    "interest": InterestBasis,
    "payoff_interest": PayoffInterest,
    "processing": Processing,
    "early": _early,
    "waterfalls": _waterfalls,
}
