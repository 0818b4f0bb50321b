"""What room a listing has for an order, and why an order does not fit. Pure."""

from datetime import datetime

from kernel import DomainError, Money
from matching.errors import ListingClosed, ListingFull, OrderOffStep, OrderTooSmall
from origination import Listing, ListingStatus, Terms


def fits(listing: Listing, wanted: Money, *, at: datetime) -> bool:
    """Say whether a listing takes an order of an amount at an instant."""
    if listing.status != ListingStatus.OPEN or listing.closes_at is None or listing.closes_at <= at:
        return False
    room = listing.amount - listing.reserved
    return room == wanted or (is_whole_order(listing, wanted) and room > wanted)


def can_cancel(order: str, listing: str, revocable_until: datetime | None, *, at: datetime) -> bool:
    """Say whether an order may be taken back: while its listing is open, or reflected upon."""
    if order != "reserved":
        return False
    reflects = revocable_until is not None and at < revocable_until
    waiting = {ListingStatus.FUNDED, ListingStatus.PARTIAL}
    return listing == ListingStatus.OPEN or (reflects and listing in waiting)


def is_whole_order(listing: Listing, amount: Money) -> bool:
    """Say whether an amount is at least the minimum and a multiple of the step."""
    terms = Terms.from_json(listing.terms)
    return amount >= terms.order_minimum and amount.minor % terms.funding.order_step_minor == 0


def refusal(listing: Listing, wanted: Money, room: Money, *, at: datetime) -> DomainError:
    """Return why an order did not fit; while the row is locked, what it says stays so."""
    terms = Terms.from_json(listing.terms)
    if listing.status not in {ListingStatus.OPEN, ListingStatus.FUNDED}:
        return ListingClosed(number=listing.number, status=listing.status)
    if listing.closes_at is not None and listing.closes_at <= at and room.is_positive:
        return ListingClosed(number=listing.number, status="past its time")
    if wanted > room:
        return ListingFull(number=listing.number, room=room)
    if wanted < terms.order_minimum:
        return OrderTooSmall(
            field="amount", why="too small", minimum=terms.order_minimum, room=room
        )
    return OrderOffStep(field="amount", why="off the step", step=terms.order_step, room=room)
