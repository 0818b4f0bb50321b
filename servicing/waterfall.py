"""The waterfall: which debts a payment pays, one after the other.

A product names the order as a list of strings such as `past_due.interest`; the loan keeps its own
copy. The amounts of each bucket come from the loan's position; inside one bucket the oldest
installment is paid first, because the position counts what is due cumulatively.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from kernel import Currency, Invalid, Money, Rate, Rounding


class Timing(StrEnum):
    """When an amount falls due, seen from the day of the payment."""

    PAST_DUE = "past_due"
    DUE = "due"
    IN_ADVANCE = "in_advance"


class Component(StrEnum):
    """What an amount is owed for."""

    PENALTY = "penalty"
    FEE = "fee"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class UnknownBucket(Invalid):
    """“{text}” is not a step of a waterfall.

    Write a time and a component, such as past_due.interest. Times: {timings}. Components:
    {components}.
    """


class RepeatedBucket(Invalid):
    """The waterfall names {bucket} twice; every step may stand in it once."""


class NegativeAmount(Invalid):
    """{amount} cannot be received or owed; amounts are zero or more."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of a waterfall, such as the interest that is past due."""

    timing: Timing
    component: Component

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the stored form, such as `past_due.interest`.

        Raises:
            UnknownBucket: the time or the component is not one we know.
        """
        timing, _, component = text.partition(".")
        try:
            return cls(Timing(timing), Component(component))
        except ValueError:
            raise UnknownBucket(
                text=text, timings=", ".join(Timing), components=", ".join(Component)
            ) from None

    def __str__(self) -> str:
        """Return the stored form."""
        return f"{self.timing}.{self.component}"


def parse_order(texts: Iterable[str]) -> tuple[Bucket, ...]:
    """Read a whole order from its stored form.

    A bucket that the order leaves out is never paid; what it would have taken is excess.

    Raises:
        UnknownBucket: a step is not one we know.
        RepeatedBucket: a step stands in the order twice.
    """
    order = tuple(Bucket.parse(text) for text in texts)
    for place, bucket in enumerate(order):
        if bucket in order[:place]:
            raise RepeatedBucket(bucket=str(bucket))
    return order


def format_order(order: Iterable[Bucket]) -> list[str]:
    """Write an order in its stored form, which `parse_order` reads back."""
    return [str(bucket) for bucket in order]


@dataclass(frozen=True, slots=True)
class Dues:
    """What is owed at one time, by component."""

    penalty: Money
    fee: Money
    interest: Money
    principal: Money

    def __post_init__(self) -> None:
        """Refuse negative amounts and mixed currencies."""
        for amount in (self.penalty, self.fee, self.interest, self.principal):
            _check(amount)
        _ = self.total

    @classmethod
    def nothing(cls, currency: Currency) -> Self:
        """Return nothing owed."""
        zero = Money.zero(currency)
        return cls(zero, zero, zero, zero)

    @property
    def total(self) -> Money:
        """The sum of the components."""
        return self.penalty + self.fee + self.interest + self.principal


@dataclass(frozen=True, slots=True)
class Owed:
    """All that a borrower owes, by time and component: the position of a loan on a day."""

    past_due: Dues
    due: Dues
    in_advance: Dues

    def of(self, bucket: Bucket) -> Money:
        """Return the amount of one bucket."""
        dues: Dues = getattr(self, bucket.timing)
        amount: Money = getattr(dues, bucket.component)
        return amount

    @property
    def total(self) -> Money:
        """The sum over all times."""
        return self.past_due.total + self.due.total + self.in_advance.total


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one payment; its parts, recovery, collection fee and excess add up to it.

    Attributes:
        parts: the buckets that were paid, in the order of paying; never a part of zero.
        excess: what no bucket could take; it is owed back to the borrower.
        recovery: what a payment on a charged-off loan brings the note holders.
        collection_fee: what the collector keeps of it.
    """

    parts: tuple[tuple[Bucket, Money], ...]
    excess: Money
    recovery: Money
    collection_fee: Money

    def of(self, component: Component) -> Money:
        """Return what one component received, whenever it was due."""
        zero = Money.zero(self.excess.currency)
        return sum((part for bucket, part in self.parts if bucket.component is component), zero)

    @property
    def penalty(self) -> Money:
        """The late fees paid."""
        return self.of(Component.PENALTY)

    @property
    def fee(self) -> Money:
        """The platform's fees paid."""
        return self.of(Component.FEE)

    @property
    def interest(self) -> Money:
        """The interest paid."""
        return self.of(Component.INTEREST)

    @property
    def principal(self) -> Money:
        """The principal repaid."""
        return self.of(Component.PRINCIPAL)

    @property
    def minor_parts(self) -> tuple[int, ...]:
        """What was paid of principal, interest, late fees and charges, in minor units."""
        parts = (self.principal, self.interest, self.penalty, self.fee)
        return tuple(part.minor for part in parts)


def apply(amount: Money, owed: Owed, order: tuple[Bucket, ...]) -> Applied:
    """Pay the buckets of `order` one after the other until the money is used up.

    Raises:
        NegativeAmount: the payment is less than nothing.
        CurrencyMismatch: the payment and the debt are in different currencies.
    """
    left = _check(amount)
    parts = []
    for bucket in order:
        part = min(left, owed.of(bucket))
        if part.is_positive:
            parts.append((bucket, part))
            left -= part
    nothing = Money.zero(amount.currency)
    return Applied(tuple(parts), excess=left, recovery=nothing, collection_fee=nothing)


def recover(amount: Money, *, collection_fee: Rate, rounding: Rounding) -> Applied:
    """Take a payment on a charged-off loan, where no component is owed any more.

    The collector's fee comes off first; the rest is the recovery that the note holders share.

    Raises:
        NegativeAmount: the payment is less than nothing.
    """
    fee = collection_fee.of(_check(amount), rounding=rounding)
    nothing = Money.zero(amount.currency)
    return Applied((), excess=nothing, recovery=amount - fee, collection_fee=fee)


def _check(amount: Money) -> Money:
    if amount.minor < 0:
        raise NegativeAmount(amount=str(amount))
    return amount


def _steps(timing: Timing, components: str) -> tuple[str, ...]:
    return tuple(f"{timing}.{component}" for component in components.split())


PRESETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # The oldest debt first; within it what the delay cost, then interest, then principal.
        "oldest_first": (
            *_steps(Timing.PAST_DUE, "penalty fee interest principal"),
            *_steps(Timing.DUE, "penalty fee interest principal"),
            *_steps(Timing.IN_ADVANCE, "penalty fee interest principal"),
        ),
        # The default order of Apache Fineract: principal before interest at each time.
        "principal_before_interest": (
            *_steps(Timing.PAST_DUE, "penalty fee principal interest"),
            *_steps(Timing.DUE, "penalty fee principal interest"),
            *_steps(Timing.IN_ADVANCE, "penalty fee principal interest"),
        ),
        # What comes early lowers the principal before anything else that is not due yet.
        "early_money_to_principal": (
            *_steps(Timing.PAST_DUE, "penalty fee interest principal"),
            *_steps(Timing.DUE, "penalty fee interest principal"),
            *_steps(Timing.IN_ADVANCE, "principal penalty fee interest"),
        ),
        # A late fee never makes the next installment late: 12 CFR 1026.36(c)(2) forbids such
        # pyramiding where a home secures the loan.
        "installments_before_penalties": (
            *_steps(Timing.PAST_DUE, "interest principal"),
            *_steps(Timing.DUE, "interest principal"),
            *_steps(Timing.PAST_DUE, "fee penalty"),
            *_steps(Timing.DUE, "fee penalty"),
            *_steps(Timing.IN_ADVANCE, "interest principal fee penalty"),
        ),
        # Civil Code of the PRC, article 561: costs, then interest, then the principal debt.
        "costs_interest_principal": (
            *_steps(Timing.PAST_DUE, "fee"),
            *_steps(Timing.DUE, "fee"),
            *_steps(Timing.PAST_DUE, "penalty interest"),
            *_steps(Timing.DUE, "penalty interest"),
            *_steps(Timing.PAST_DUE, "principal"),
            *_steps(Timing.DUE, "principal"),
            *_steps(Timing.IN_ADVANCE, "fee penalty interest principal"),
        ),
    }
)
"""Ready orders a product may start from, in the stored form."""
