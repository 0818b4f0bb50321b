"""What an order would do, before it is placed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, AccountRef, InsufficientFunds
from kernel import Money, find
from matching.errors import OwnListing
from matching.queries.standings import keep_to_pack, standing_of
from matching.room import fits, refusal
from origination import Listing


@dataclass(frozen=True, slots=True)
class OrderPreview:
    """What an order would do if it were placed now.

    Attributes:
        requested: what was asked for.
        amount: what would be reserved; less where only less is left and that is welcome.
        cash_before: what is free now.
        cash_after: what would be free then.
        revocable_until: until when it may be taken back without a reason, where its lender's rule
            pack says so.
    """

    listing_number: int
    requested: Money
    amount: Money
    cash_before: Money
    cash_after: Money
    revocable_until: datetime | None


def preview_order(
    session: Session,
    *,
    listing_id: UUID,
    lender_id: UUID,
    amount: Money,
    at: datetime,
    allow_partial: bool = False,
    consents: bool = False,
) -> OrderPreview:
    """Return what an order would do; it is refused as `place_order` would refuse it.

    Raises:
        NotFound: there is no such listing.
        OwnListing: the lender is its borrower.
        ListingFull: less is left than was asked for.
        ListingClosed: it takes no orders.
        OrderTooSmall: the amount is below the minimum.
        OrderOffStep: the amount is not a multiple of the step.
        InsufficientFunds: the lender's cash does not suffice.
        KnowledgeTestMissing, LegalLimitReached, ConsentNeeded: its rule pack does not allow it.
    """
    listing = find(session, Listing, listing_id)
    if listing.borrower_id == lender_id:
        raise OwnListing
    standing = standing_of(session, lender_id=lender_id)
    rules = keep_to_pack(session, standing=standing, amount=amount, consents=consents, at=at)
    room = listing.amount - listing.reserved
    taken = room if allow_partial and room.is_positive and room < amount else amount
    if not fits(listing, taken, at=at):
        raise refusal(listing, taken, room, at=at)
    account = AccountRef(AccountKind.LENDER, lender_id, taken.currency)
    cash = escrow.balance(session, account=account)
    if cash < taken:
        raise InsufficientFunds(kind=AccountKind.LENDER, available=cash, missing=taken - cash)
    return OrderPreview(
        listing_number=listing.number,
        requested=amount,
        amount=taken,
        cash_before=cash,
        cash_after=cash - taken,
        revocable_until=rules.revocable_until(at),
    )
