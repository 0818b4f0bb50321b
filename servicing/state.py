"""Where the computation of a loan stands: all that the next day and the next payment need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Bill:
    """What is still unpaid of one installment that has been asked for.

    Attributes:
        number: which installment it is.
        due_on: the day on which it falls or fell due.
        principal: unpaid principal, in minor units.
        interest: unpaid interest.
        late_fee: unpaid late fee.
        is_late: the days of grace are over and the late fee has been charged.
        fee: unpaid charges of the platform.
    """

    number: int
    due_on: date
    principal: int
    interest: int
    late_fee: int = 0
    is_late: bool = False
    fee: int = 0

    @property
    def installment(self) -> int:
        """What is unpaid of the installment itself, without late fee and charges."""
        return self.principal + self.interest

    @property
    def total(self) -> int:
        """All that is unpaid."""
        return self.installment + self.late_fee + self.fee

    def to_json(self) -> dict[str, Any]:
        """Return the stored form; charges are written only where there are any."""
        stored = {
            "number": self.number,
            "due_on": self.due_on.isoformat(),
            "principal": self.principal,
            "interest": self.interest,
            "late_fee": self.late_fee,
            "is_late": self.is_late,
        }
        return stored | ({"fee": self.fee} if self.fee else {})

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        return cls(**dict(stored) | {"due_on": date.fromisoformat(stored["due_on"])})


def in_order(bills: Iterable[Bill]) -> tuple[Bill, ...]:
    """Return bills with the oldest first; of one day as they were asked for."""
    return tuple(sorted(bills, key=lambda bill: bill.due_on))


@dataclass(frozen=True, slots=True)
class State:
    """A loan on one day, after what that day brings by itself and before its payments.

    Amounts are minor units; only `accrued` is finer, because it is rounded once, when it is billed.

    Attributes:
        as_of: the day up to which everything has been counted.
        outstanding: principal not yet repaid, billed or not.
        accrued: exact interest up to `accrues_from` that is not billed; below zero where a reversal
            left more interest paid than is owed.
        accrues_from: the first day whose interest is not in `accrued`; lies ahead of `as_of` where
            the period was paid for in advance.
        number: the next installment to be billed.
        due_on: when it falls due; None when all principal has been billed.
        installment: what each installment asks; the part of principal where that is what stays.
        remainder: principal that the next installment asks on top; below zero what was paid towards
            the next installments before they were asked for.
        bills: installments asked for and not fully paid, oldest first.
        follows: whether installments ask what the rows of the schedule ask, and not one amount.
        waiting: interest earned that a later installment asks for.
        capitalized: interest that bears interest and comes back with the installments, as interest.
        changed: how many of the plan's changes have been met.
        before: installments asked for before the contract in force began to count its own.
        spread: the principal of which its rows are; zero is that of the first contract.
    """

    as_of: date
    outstanding: int
    accrued: Decimal
    accrues_from: date
    number: int
    due_on: date | None
    installment: int
    remainder: int = 0
    bills: tuple[Bill, ...] = ()
    follows: bool = False
    waiting: int = 0
    capitalized: int = 0
    changed: int = 0
    before: int = 0
    spread: int = 0

    @property
    def billed(self) -> int:
        """What the open bills ask for."""
        return sum(bill.total for bill in self.bills)

    @property
    def unbilled(self) -> int:
        """Principal that no bill has asked for yet."""
        return self.outstanding - sum(bill.principal for bill in self.bills)

    @property
    def to_ask(self) -> int:
        """What later installments have to bring back, without the interest still to accrue."""
        return self.unbilled + self.waiting + self.capitalized

    @property
    def unpaid_since(self) -> date | None:
        """The due day of the oldest installment that is not paid; a late fee alone delays none."""
        return min((bill.due_on for bill in self.bills if bill.installment), default=None)

    @property
    def days_past_due(self) -> int:
        """Days since the oldest unpaid installment fell due; that day itself counts zero."""
        since = self.unpaid_since
        return 0 if since is None else max(0, (self.as_of - since).days)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form: plain JSON, days in ISO 8601, the exact interest as text.

        What few loans need is written only where it is not as usual.
        """
        rare = {name: getattr(self, name) for name in _RARE if getattr(self, name)}
        return rare | {
            "as_of": self.as_of.isoformat(),
            "outstanding": self.outstanding,
            "accrued": f"{self.accrued:f}",
            "accrues_from": self.accrues_from.isoformat(),
            "number": self.number,
            "due_on": None if self.due_on is None else self.due_on.isoformat(),
            "installment": self.installment,
            "remainder": self.remainder,
            "bills": [bill.to_json() for bill in self.bills],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        due_on = stored["due_on"]
        read = {
            "as_of": date.fromisoformat(stored["as_of"]),
            "accrued": Decimal(stored["accrued"]),
            "accrues_from": date.fromisoformat(stored["accrues_from"]),
            "due_on": None if due_on is None else date.fromisoformat(due_on),
            "bills": tuple(Bill.from_json(bill) for bill in stored["bills"]),
        }
        return cls(**dict(stored) | read)


_RARE = ("follows", "waiting", "capitalized", "changed", "before", "spread")
