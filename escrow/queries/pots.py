"""The shards of an account that everybody touches, and what each of them holds."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.chart import AccountKind
from escrow.ledger import PLATFORM
from escrow.models import Account, Balance
from kernel import Currency


def pots(session: Session, *, kind: AccountKind, currency: Currency) -> dict[int, int]:
    """Return what each shard of one of the platform's accounts holds, the fullest first.

    Whoever takes more than one shard holds names the shards in the postings.
    """
    rows = session.execute(
        select(Balance.account_id, Balance.amount_minor)
        .join(Account, Account.id == Balance.account_id)
        .where(
            Account.kind == kind.value,
            Account.owner_id == PLATFORM,
            Account.currency == currency.value,
        )
        .order_by(Balance.amount_minor.desc(), Balance.account_id)
    )
    return {row.account_id: row.amount_minor for row in rows}
