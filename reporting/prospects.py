"""What lending a round sum to a listing would bring, if its borrower pays on time."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from amortization import Installment
from kernel import Money, Rounding
from origination import ServicingBase, Terms, listing_detail, quote


@dataclass(frozen=True, slots=True)
class ProspectLine:
    """What one installment would bring; `fee` is the platform's."""

    number: int
    due_on: date
    principal: Money
    interest: Money
    fee: Money

    @property
    def net(self) -> Money:
        """What would reach the lender's cash."""
        return self.principal + self.interest - self.fee


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a lent sum would bring over the whole term."""

    lent: Money
    lines: tuple[ProspectLine, ...]

    @property
    def interest(self) -> Money:
        """All interest, before fees."""
        return sum((line.interest for line in self.lines), Money.zero(self.lent.currency))

    @property
    def fee(self) -> Money:
        """All fees."""
        return sum((line.fee for line in self.lines), Money.zero(self.lent.currency))

    @property
    def gain(self) -> Money:
        """What is left of the interest when the fees are paid."""
        return self.interest - self.fee

    @property
    def net(self) -> Money:
        """Everything that would reach the lender's cash."""
        return self.lent + self.gain


def prospect(session: Session, *, listing_id: UUID, lent: int, on: date) -> Prospect:
    """Forecast what `lent` whole units of the listing's currency bring if the loan starts on a day.

    A note of a loan has its share of each installment, so that its cents may differ by one from
    those of a loan of this size.

    Raises:
        NotFound: there is no such listing.
    """
    detail = listing_detail(session, listing_id=listing_id)
    card, terms = detail.card, detail.terms
    plan = quote(
        terms,
        amount=Money.parse(str(lent), terms.currency),
        installments=card.installments,
        rate=card.rate,
        on=on,
    ).schedule
    return Prospect(
        lent=Money.parse(str(lent), terms.currency),
        lines=tuple(_line(row, terms) for row in plan.rows),
    )


def _line(row: Installment, terms: Terms) -> ProspectLine:
    fees = terms.fees
    on_payments = fees.servicing_base is ServicingBase.PAYMENTS
    base = row.amount if on_payments else row.interest
    return ProspectLine(
        number=row.number,
        due_on=row.due_on,
        principal=row.principal,
        interest=row.interest,
        fee=fees.servicing.of(base, rounding=Rounding.DOWN),
    )
