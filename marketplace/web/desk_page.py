"""What the desk shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from marketplace import flows, payees
from marketplace.who import names
from origination import ListingStatus
from reporting import DeskListing, desk_listings

TABS: dict[str, tuple[Any, tuple[ListingStatus, ...]]] = {
    "open": (_l("Open"), (ListingStatus.OPEN,)),
    "funded": (_l("To pay out"), (ListingStatus.FUNDED,)),
    "partial": (_l("Partly funded"), (ListingStatus.PARTIAL,)),
    "ended": (
        _l("Ended"),
        (ListingStatus.DISBURSED, ListingStatus.EXPIRED, ListingStatus.WITHDRAWN),
    ),
}


@dataclass(frozen=True)
class Row:
    """One listing, with whose it is, and whether the money of a funded one may leave."""

    listing: DeskListing
    borrower: str
    is_payable: bool


@dataclass(frozen=True)
class DeskPage:
    """One tab of the desk."""

    tab: str
    tabs: tuple[tuple[str, Any], ...]
    rows: tuple[Row, ...]
    after: str | None


def desk_page(session: Session, *, tab: str, after: str | None, at: datetime) -> DeskPage:
    """Return one tab of the desk."""
    found = desk_listings(session, statuses=TABS[tab][1], after=after)
    known = names(session, (each.borrower_id for each in found.items))
    payable = payees.payable(
        session, [each.borrower_id for each in found.items], bank=flows.carrier(session), at=at
    )
    return DeskPage(
        tab=tab,
        tabs=tuple((key, text) for key, (text, _statuses) in TABS.items()),
        rows=tuple(
            Row(each, known.get(each.borrower_id, ""), each.borrower_id in payable)
            for each in found.items
        ),
        after=found.after,
    )
