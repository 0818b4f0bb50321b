"""Since when the money of mandates lies idle."""

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
from kernel import Currency
from matching.models import Batch
from matching.queries.market import Snapshot
from matching.waits import Waits

LATELY = timedelta(days=14)


def smallest_order(seen: Snapshot) -> int:
    """Return the smallest order that any open listing takes; one minor unit where none is open."""
    listings = seen.market.listings
    smallest = np.minimum(listings.minimum, listings.room)
    return int(smallest.min()) if smallest.size else 1


def waiting_since(session: Session, *, seen: Snapshot, at: datetime) -> dict[UUID, datetime]:
    """Return since when the money that each mandate may use waits, for those that have enough.

    Money that no batch has seen yet waits since it arrived.
    """
    mandates = seen.market.mandates
    free = seen.market.lenders.cash[mandates.lender] - mandates.keep
    enough = [seen.mandates[row] for row in np.flatnonzero(free >= smallest_order(seen)).tolist()]
    new = [row.account_id for row in enough if row.waits_since is None]
    arrived = escrow.arrived(session, account_ids=new, since=(at - timedelta(days=90)).date())
    return {row.id: min(row.waits_since or arrived.get(row.account_id, at), at) for row in enough}


def waits_lately(session: Session, *, currency: Currency, at: datetime) -> list[Waits]:
    """Return the waits of the batches of the last 14 days in a currency."""
    wanted = select(Batch.summary).where(
        Batch.currency == currency, Batch.at > at - LATELY, Batch.at <= at
    )
    stored = (summary.get("waits") for summary in session.scalars(wanted))
    return [Waits.from_json(each) for each in stored if each]
