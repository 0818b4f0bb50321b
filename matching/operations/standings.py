"""What a lender is before the law, and what that lets it place."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Currency, Money
from matching import queries
from matching.models import LenderStanding
from matching.packs import Pack, pack


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
        KnowledgeTestMissing, LegalLimitReached, ConsentNeeded: the pack does not allow it.
    """
    standing = session.get(LenderStanding, lender_id, with_for_update=True)
    return queries.keep_to_pack(session, standing=standing, amount=amount, consents=consents, at=at)
