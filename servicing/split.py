"""The split: every repayment shared among the notes of its loan, to the minor unit.

A note's weight is its share of the loan's principal and stays constant for life. Each component is
apportioned by itself, so that after every payment each note has had its exact entitlement of it,
less than one unit more or less, and its principal to the cent when the loan is repaid.
"""

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from kernel import Invalid, Money, Rate
from origination import ServicingBase
from servicing.apportion import Column, apportion, exact
from servicing.waterfall import Applied


class UnusableServicingFee(Invalid):
    """A servicing fee of {rate} is not usable; it lies between 0% and 100%."""


@dataclass(frozen=True, slots=True)
class ServicingFee:
    """What the platform keeps of each note's receipts."""

    rate: Rate
    base: ServicingBase

    def __post_init__(self) -> None:
        """Refuse a fee that would give money or take more than there is."""
        if not 0 <= self.rate.value <= 1:
            raise UnusableServicingFee(rate=str(self.rate))


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """What one payment brings each note, in minor units; a reversal stores them negated.

    The components are gross; `fee` is the part of them that the platform keeps.
    """

    principal: Column
    interest: Column
    late_fee: Column
    recovery: Column
    fee: Column

    @property
    def gross(self) -> Column:
        """All components of each note before the fee."""
        return self.principal + self.interest + self.late_fee + self.recovery

    @property
    def net(self) -> Column:
        """What each note's holder gets."""
        return self.gross - self.fee

    def plus(self, other: Self) -> Self:
        """Return what two payments bring together."""
        columns = (getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        return type(self)(*columns)

    def negated(self) -> Self:
        """Return the shares of a reversal: the stored parts with the sign turned."""
        return type(self)(*(-getattr(self, field.name) for field in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class NoteBook:
    """The notes of one loan as columns in minor units: what was lent and what came back so far."""

    principal: Column
    received_principal: Column
    received_interest: Column
    received_late_fee: Column
    received_recovery: Column
    fee_paid: Column

    @classmethod
    def opened(cls, principal: Column) -> Self:
        """Return the notes of a loan that nothing has been paid on yet."""
        return cls(principal, *(np.zeros_like(principal) for _ in fields(cls)[1:]))

    def after(self, shares: Shares) -> Self:
        """Return the book once these shares are paid, or taken back if they are negated."""
        return type(self)(
            self.principal,
            self.received_principal + shares.principal,
            self.received_interest + shares.interest,
            self.received_late_fee + shares.late_fee,
            self.received_recovery + shares.recovery,
            self.fee_paid + shares.fee,
        )


def share(
    applied: Applied, notes: NoteBook, *, fee: ServicingFee, late_fee_to_notes: bool = True
) -> Shares:
    """Share one payment among the notes of its loan, component by component.

    The penalty is the notes' late fee, unless the product leaves it to the platform. Fees that the
    borrower pays, the collection fee (taken off a recovery before it is shared) and any excess
    belong to the platform, the collector and the borrower: no note shares in them.

    Raises:
        ValueError: there is more to share than the notes are entitled to, or no note to take it.
    """
    received = notes.received_principal
    if applied.principal.minor > int((notes.principal - received).sum()):
        raise ValueError("more principal repaid than the notes have outstanding")
    weights, penalty = notes.principal, applied.penalty * int(late_fee_to_notes)
    shares = Shares(
        principal=_part(applied.principal, weights, received),
        interest=_part(applied.interest, weights, notes.received_interest),
        late_fee=_part(penalty, weights, notes.received_late_fee),
        recovery=_part(applied.recovery, weights, notes.received_recovery),
        fee=np.zeros_like(weights),
    )
    return replace(shares, fee=servicing_fees(shares, notes, fee=fee))


def _part(amount: Money, weights: Column, received: Column) -> Column:
    return apportion(int(received.sum()), amount.minor, weights, received)


def servicing_fees(shares: Shares, notes: NoteBook, *, fee: ServicingFee) -> Column:
    """Return each note's fee on what it receives now, in minor units.

    A note has paid the rate on all its receipts so far, rounded down once: no fraction is lost or
    charged twice, however small the payments. What a reversal leaves to settle is carried into the
    next receipts of the fee's base; a fee never exceeds them and is never negative.
    """
    before, now = notes.received_interest, shares.interest
    if fee.base is ServicingBase.PAYMENTS:
        before = before + notes.received_principal + notes.received_late_fee
        now = now + shares.principal + shares.late_fee
    top, bottom = fee.rate.value.as_integer_ratio()
    earned = before + now
    (earned,) = exact(top * int(earned.max(initial=0)), earned)
    owing: Column = (earned * top // bottom).astype(np.int64, copy=False)
    owing -= notes.fee_paid
    fees: Column = np.clip(owing, 0, now)
    return fees
