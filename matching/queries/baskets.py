"""What became of a basket."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import NotFound
from matching.basket import Confirmation
from matching.models import Basket
from origination import Listing


@dataclass(frozen=True, slots=True)
class BasketAnswer:
    """A basket as a page shows it; `numbers` are those of the listings that there are."""

    id: UUID
    placed_at: datetime
    confirmations: tuple[Confirmation, ...]
    numbers: tuple[int | None, ...]


def basket_of(session: Session, *, basket_id: UUID, lender_id: UUID) -> BasketAnswer:
    """Return what became of one basket of a lender.

    Raises:
        NotFound: the lender has no such basket.
    """
    basket = session.get(Basket, basket_id)
    if basket is None or basket.lender_id != lender_id:
        raise NotFound(what="Basket", id=basket_id)
    found = tuple(map(Confirmation.from_json, basket.confirmations))
    ids = {each.listing_id for each in found}
    rows = session.execute(select(Listing.id, Listing.number).where(Listing.id.in_(ids)))
    numbers = {row.id: row.number for row in rows}
    places = tuple(numbers.get(each.listing_id) for each in found)
    return BasketAnswer(basket.id, basket.placed_at, found, places)
