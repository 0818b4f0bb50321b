"""The provider's payments to our bank, which it makes of many lines at once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.outside import ProviderBundle, ProviderLine


def unopened_bundles(session: Session, *, since: datetime) -> tuple[str, ...]:
    """Return the automatic payments to our bank since a moment whose parts are not told yet.

    What the provider pays on our word is one line, and has no parts.
    """
    opened = select(ProviderBundle.payout).where(ProviderBundle.payout == ProviderLine.source)
    asked = select(ProviderLine.source, ProviderLine.about).where(
        ProviderLine.kind == "payout", ProviderLine.at >= since, ~opened.exists()
    )
    found = session.execute(asked.order_by(ProviderLine.at, ProviderLine.id))
    return tuple(row.source for row in found if row.about.get("automatic"))
