"""The plan: the agreement as the position follows it, contract and terms together."""

from dataclasses import dataclass
from datetime import date, timedelta

from amortization import Contract, Method
from kernel import Currency, Money
from origination import Terms
from servicing.waterfall import Bucket, Component, Timing, parse_order


@dataclass(frozen=True, slots=True)
class Plan:
    """What was agreed for one loan; nothing in it changes while the loan is paid as agreed."""

    contract: Contract
    terms: Terms

    @property
    def currency(self) -> Currency:
        """The currency of every amount of the loan."""
        return self.contract.principal.currency

    def money(self, minor: int) -> Money:
        """Return so many minor units as money of this loan."""
        return Money(minor, self.currency)

    @property
    def last(self) -> int:
        """The number of the last installment, which asks for all that is left."""
        is_bullet = self.contract.conventions.method is Method.BULLET
        return 1 if is_bullet else self.contract.installments

    def due(self, number: int) -> date:
        """Return the day on which an installment falls due."""
        return (
            self.contract.maturity if number >= self.last else self.contract.timetable.due(number)
        )

    def late_fee_day(self, due_on: date) -> date:
        """Return the first day after the days of grace, on which the late fee is charged."""
        return due_on + timedelta(days=self.terms.fees.late.grace_days + 1)

    def charge_off_day(self, due_on: date) -> date | None:
        """Return the day on which an unpaid installment ends the loan; None where none does."""
        days = self.terms.charge_off_days
        return due_on + timedelta(days=days + 1) if days else None

    def late_fee(self, unpaid: Money) -> Money:
        """Return what it costs to leave `unpaid` of an installment unpaid beyond its grace."""
        late = self.terms.fees.late
        share = late.share.of(unpaid, rounding=self.contract.conventions.interest_rounding)
        return max(share, self.money(late.fixed_minor))

    @property
    def waterfall(self) -> tuple[Bucket, ...]:
        """The agreed order, then every step it does not name: a payoff leaves nothing unpaid."""
        named = parse_order(self.terms.waterfall)
        return named + tuple(step for step in _STEPS if step not in named)


_STEPS = tuple(Bucket(timing, component) for timing in Timing for component in Component)
