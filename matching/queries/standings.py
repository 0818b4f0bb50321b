"""What lenders are before the law."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import Currency, Money
from matching.models import LenderStanding, Order, OrderStatus
from matching.packs import Pack, pack


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a rule pack lets one lender's mandates do at an instant.

    Attributes:
        tested: whether its knowledge test stands, or none is asked for.
        headroom: what it may still place, or none for no limit.
        most: what it may place in one loan without being asked, or none for any amount.
        pack: the rules.
    """

    tested: bool
    headroom: Money | None
    most: Money | None
    pack: Pack


def allowances(
    session: Session, *, lender_ids: Collection[UUID], currency: Currency, at: datetime
) -> dict[UUID, Allowance]:
    """Return what the law allows those of these lenders who are under a rule pack."""
    found = session.scalars(select(LenderStanding))
    wanted = set(lender_ids)
    return {
        standing.lender_id: allowance(session, standing=standing, currency=currency, at=at)
        for standing in found
        if standing.lender_id in wanted
    }


def standing_of(session: Session, *, lender_id: UUID) -> LenderStanding | None:
    """Return what a lender is before the law, or none where nobody has said."""
    return session.get(LenderStanding, lender_id)


def allowance(
    session: Session, *, standing: LenderStanding, currency: Currency, at: datetime
) -> Allowance:
    """Return what the law allows one lender."""
    rules = pack(standing.pack)
    return Allowance(
        tested=rules.is_tested(standing.tested_on, on=at.date()),
        headroom=headroom(session, standing=standing, currency=currency, at=at),
        most=rules.consent_limit(net_assets(standing), currency),
        pack=rules,
    )


def headroom(
    session: Session, *, standing: LenderStanding, currency: Currency, at: datetime
) -> Money | None:
    """Return what a lender may still place, or none where nothing limits it."""
    rules = pack(standing.pack)
    if rules.share_of_assets is None:
        return None
    since = at - timedelta(days=rules.within_days)
    working = (OrderStatus.RESERVED, OrderStatus.FILLED)
    placed = session.scalar(
        select(func.coalesce(func.sum(Order.amount_minor), 0)).where(
            Order.lender_id == standing.lender_id,
            Order.currency == currency,
            Order.placed_at > since,
            Order.status.in_(working),
        )
    )
    return rules.headroom(net_assets(standing), Money(int(placed or 0), currency))


def net_assets(standing: LenderStanding) -> Money | None:
    """Return what a lender has declared to own."""
    return None if standing.net_assets_minor is None else standing.net_assets
