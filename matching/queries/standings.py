"""What lenders are before the law."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import Currency, Money
from matching.errors import ConsentNeeded, KnowledgeTestMissing, LegalLimitReached
from matching.models import LenderStanding, Order, OrderStatus
from matching.packs import NONE, Pack, pack


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


def rules_of(session: Session, *, lender_id: UUID) -> Pack:
    """Return the rule pack that a lender is under; one that asks for nothing where none is."""
    standing = standing_of(session, lender_id=lender_id)
    return pack(standing.pack if standing else NONE)


def keep_to_pack(
    session: Session,
    *,
    standing: LenderStanding | None,
    amount: Money,
    consents: bool,
    at: datetime,
) -> Pack:
    """Hold an order to its lender's rule pack, and return the pack.

    Raises:
        KnowledgeTestMissing: the test is asked for and was not passed, or too long ago.
        LegalLimitReached: less than the amount may still be placed.
        ConsentNeeded: it is much for one loan, and the lender has not said yes to that.
    """
    if standing is None:
        return pack(NONE)
    rules = pack(standing.pack)
    if not rules.is_tested(standing.tested_on, on=at.date()):
        raise KnowledgeTestMissing
    left = headroom(session, standing=standing, currency=amount.currency, at=at)
    if left is not None and left < amount:
        raise LegalLimitReached(left=left)
    limit = rules.consent_limit(net_assets(standing), amount.currency)
    if limit is not None and limit < amount and not consents:
        raise ConsentNeeded(limit=limit)
    return rules


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
