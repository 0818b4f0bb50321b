"""The terms of a loan: every choice that decides its cents, copied from the product when booked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from amortization import Conventions
from kernel import Currency, Money, Rate
from origination.handling import USUAL, Handling


class ServicingBase(StrEnum):
    """What the servicing fee is a share of."""

    PAYMENTS = "payments"
    INTEREST = "interest"


class LateFeeTo(StrEnum):
    """Who receives late fees."""

    LENDERS = "lenders"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class LateFee:
    """What a late installment costs: the greater of a fixed sum and a share of what is unpaid.

    It is charged once per installment, when it is still unpaid `grace_days` after its due date.
    """

    fixed_minor: int
    share: Rate
    grace_days: int


@dataclass(frozen=True, slots=True)
class Fees:
    """What borrower and lenders pay to the platform."""

    origination: Rate  # of the amount disbursed, deducted from it and shown before signing
    servicing: Rate  # of what lenders receive
    servicing_base: ServicingBase
    collection: Rate  # of what is recovered after charge-off, taken before the split
    late: LateFee


@dataclass(frozen=True, slots=True)
class Funding:
    """How a listing is funded."""

    minimum_share: Rate  # of the amount asked, below which nothing is disbursed
    days: int  # how long a listing stays open
    acceptance_days: int  # how long the borrower may think about a partial amount
    order_minimum_minor: int
    order_step_minor: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything the loan agreement states besides amount, rate and term."""

    currency: Currency
    conventions: Conventions
    waterfall: tuple[str, ...]  # buckets such as "past_due.interest", first paid first
    fees: Fees
    funding: Funding
    charge_off_days: int  # days past due after which the loan is charged off
    late_fee_to: LateFeeTo
    handling: Handling = USUAL

    def to_json(self) -> dict[str, Any]:
        """Return the stored form: plain JSON, rates in hundred-millionths."""
        stored: dict[str, Any] = _plain(asdict(replace(self, handling=USUAL)))
        del stored["handling"]
        own = self.handling.to_json()
        return (
            stored
            | {"conventions": self.conventions.to_json()}
            # What came later than the first products is written only where it is not as usual.
            | ({"handling": own} if own else {})
        )

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        fees, late = dict(stored["fees"]), dict(stored["fees"]["late"])
        funding = dict(stored["funding"])
        return cls(
            currency=Currency(stored["currency"]),
            conventions=Conventions.from_json(stored["conventions"]),
            waterfall=tuple(stored["waterfall"]),
            fees=Fees(
                origination=Rate.from_e8(fees["origination"]),
                servicing=Rate.from_e8(fees["servicing"]),
                servicing_base=ServicingBase(fees["servicing_base"]),
                collection=Rate.from_e8(fees["collection"]),
                late=LateFee(late["fixed_minor"], Rate.from_e8(late["share"]), late["grace_days"]),
            ),
            funding=Funding(**funding | {"minimum_share": Rate.from_e8(funding["minimum_share"])}),
            charge_off_days=stored["charge_off_days"],
            late_fee_to=LateFeeTo(stored["late_fee_to"]),
            handling=Handling.from_json(stored.get("handling", {})),
        )

    @property
    def order_minimum(self) -> Money:
        """The least that one order may place."""
        return Money(self.funding.order_minimum_minor, self.currency)

    @property
    def order_step(self) -> Money:
        """What orders are multiples of."""
        return Money(self.funding.order_step_minor, self.currency)

    def origination_fee(self, amount: Money) -> Money:
        """Return what is deducted when `amount` is disbursed, rounded as interest is."""
        rounding = self.conventions.interest_rounding
        return self.fees.origination.of(amount, rounding=rounding)


def _plain(value: Any) -> Any:
    """Turn nested values into JSON."""
    if isinstance(value, dict):
        # `asdict` opens a Rate into its only field; fold it back into its stored form.
        if set(value) == {"value"}:
            return Rate(value["value"]).e8
        return {key: _plain(item) for key, item in value.items() if key != "conventions"}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value
