"""Standing orders as a page shows them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Currency, Money
from matching.criteria import Criteria, Profiles, Reason, first_failures
from matching.mix import Mix
from matching.models import Batch, Mandate, MandateStatus
from matching.prospects import Estimate, Loan, estimate
from matching.queries.market import LISTING_COLUMNS, listing_columns, open_listings, vocabulary
from origination import Listing

LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class MandateLine:
    """A standing order; `idle_why` is the reason the last batch gave for passing it over."""

    id: UUID
    name: str
    status: MandateStatus
    cap: Money
    keep: Money
    total: Money | None
    invested: Money
    criteria: Criteria
    idle_why: str | None
    served_at: datetime | None
    created_at: datetime
    ends_on: date | None = None
    borrower_cap: Money | None = None
    group_cap: Money | None = None
    mix: Mix = field(default_factory=Mix)
    reinvests_principal: bool = True
    reinvests_interest: bool = True
    waits_since: datetime | None = None

    @property
    def currency(self) -> Currency:
        """The currency of all its amounts."""
        return self.cap.currency


def mandates_of(session: Session, *, lender_id: UUID) -> list[MandateLine]:
    """Return a lender's standing orders in the order in which they are used, ended ones last."""
    rows = session.scalars(
        select(Mandate)
        .where(Mandate.lender_id == lender_id)
        .order_by(
            Mandate.status == MandateStatus.ENDED,
            Mandate.priority,
            Mandate.created_at,
            Mandate.id,
        )
    )
    return [_line(mandate) for mandate in rows]


def matching_listings(
    session: Session, *, criteria: list[Criteria], currency: Currency, at: datetime
) -> list[int]:
    """Count for each of these criteria the open listings that meet it."""
    rows = open_listings(session, currency=currency, at=at)
    words = vocabulary(rows)
    listings = listing_columns(rows, words, at=at, lenders={})
    table = first_failures(Profiles.of(criteria, words), listings)
    return [int(count) for count in np.count_nonzero(table == Reason.MATCHED, axis=1)]


@dataclass(frozen=True, slots=True)
class MandatePreview:
    """What criteria would meet: open listings now, those of the last 90 days, what they may bring.

    `estimate` is of the matching listings of the last 90 days, none where there were none.
    """

    matching: int
    lately: int
    lately_matching: int
    estimate: Estimate | None


def preview_mandate(
    session: Session, *, criteria: Criteria, currency: Currency, at: datetime
) -> MandatePreview:
    """Say what a standing order with these criteria would meet."""
    (now,) = matching_listings(session, criteria=[criteria], currency=currency, at=at)
    rows = session.execute(
        select(*LISTING_COLUMNS).where(
            Listing.currency == currency, Listing.opened_at > at - LATELY, Listing.opened_at <= at
        )
    ).all()
    words = vocabulary(rows)
    table = first_failures(
        Profiles.of([criteria], words), listing_columns(rows, words, at=at, lenders={})
    )
    met = [row for row, code in zip(rows, table[0].tolist(), strict=True) if code == Reason.MATCHED]
    loans = (Loan(row.amount_minor, row.rate, row.grade, row.installments) for row in met)
    return MandatePreview(now, len(rows), len(met), estimate(loans))


def batches(session: Session, *, limit: int = 50) -> list[Batch]:
    """Return the latest batches, the newest first."""
    return list(session.scalars(select(Batch).order_by(Batch.id.desc()).limit(limit)))


def _line(mandate: Mandate) -> MandateLine:
    currency = Currency(mandate.currency)
    return MandateLine(
        id=mandate.id,
        name=mandate.name,
        status=MandateStatus(mandate.status),
        cap=mandate.cap,
        keep=mandate.keep,
        total=_money(mandate.total_minor, currency),
        invested=Money(mandate.invested_minor, currency),
        criteria=Criteria.from_json(mandate.criteria),
        idle_why=mandate.idle_why,
        served_at=mandate.served_at,
        created_at=mandate.created_at,
        ends_on=mandate.ends_on,
        borrower_cap=_money(mandate.borrower_cap_minor, currency),
        group_cap=_money(mandate.group_cap_minor, currency),
        mix=Mix.from_json(mandate.mix),
        reinvests_principal=mandate.reinvests_principal,
        reinvests_interest=mandate.reinvests_interest,
        waits_since=mandate.waits_since,
    )


def _money(minor: int | None, currency: Currency) -> Money | None:
    return None if minor is None else Money(minor, currency)
