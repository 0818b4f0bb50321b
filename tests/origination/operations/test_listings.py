from sqlalchemy.orm import Session

from origination import ListingStatus
from tests.origination.stories import a_listing


def test_alices_wish_becomes_a_listing(session: Session) -> None:
    listing = a_listing(session)

    assert listing.status == ListingStatus.OPEN
    assert listing.grade, listing.rate
