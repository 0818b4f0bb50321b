"""What a lender is before the law, and what that lets it place."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Currency, Money
from matching import queries
from matching.errors import ConsentNeeded, KnowledgeTestMissing, LegalLimitReached
from matching.models import LenderStanding
from matching.packs import NONE, Pack, pack


def declare_standing(
    session: Session,
    *,
    lender_id: UUID,
    pack_code: str,
    tested_on: date | None,
    net_assets: Money | None,
    at: datetime,
) -> LenderStanding:
    """Put a lender under a rule pack, with what it has declared and passed.

    Raises:
        UnknownPack: there is no such pack.
    """
    pack(pack_code)
    standing = session.get(LenderStanding, lender_id, with_for_update=True)
    if standing is None:
        standing = LenderStanding(lender_id=lender_id)
        session.add(standing)
    currency = Currency.USD if net_assets is None else net_assets.currency
    standing.pack, standing.tested_on, standing.declared_at = pack_code, tested_on, at
    standing.currency = currency.value
    standing.net_assets_minor = None if net_assets is None else net_assets.minor
    session.flush()
    return standing


def check_standing(
    session: Session, *, lender_id: UUID, amount: Money, consents: bool, at: datetime
) -> Pack:
    """Hold an order to its lender's rule pack, and return the pack.

    The lender's row is locked, so that two orders at once do not share the same headroom.

    Raises:
        KnowledgeTestMissing: the test is asked for and was not passed, or too long ago.
        LegalLimitReached: less than the amount may still be placed.
        ConsentNeeded: it is much for one loan, and the lender has not said yes to that.
    """
    standing = session.get(LenderStanding, lender_id, with_for_update=True)
    if standing is None:
        return pack(NONE)
    rules = pack(standing.pack)
    if not rules.is_tested(standing.tested_on, on=at.date()):
        raise KnowledgeTestMissing
    left = queries.headroom(session, standing=standing, currency=amount.currency, at=at)
    if left is not None and left < amount:
        raise LegalLimitReached(left=left)
    limit = rules.consent_limit(queries.net_assets(standing), amount.currency)
    if limit is not None and limit < amount and not consents:
        raise ConsentNeeded(limit=limit)
    return rules
