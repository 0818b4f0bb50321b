from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from kernel import Currency, NotFound, Rate
from origination import (
    ListingFilters,
    ListingSort,
    ListingStatus,
    count_open,
    listing_detail,
    listing_numbered,
    listings_past,
    open_listings,
    withdraw,
)
from tests.origination.stories import NOON, OLGA, a_listing, days, dollars
from tests.origination.test_paging import some_listings


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (ListingFilters(), [0, 1, 2, 3, 4]),
        (ListingFilters(grades=("B", "D")), [0, 2, 4]),
        (ListingFilters(rate_from=Rate.percent("14.07")), [1, 3, 4]),
        (ListingFilters(rate_to=Rate.percent("14.07")), [0, 1, 2, 3]),
        (ListingFilters(left_from=dollars("6000.00")), [1, 2, 3]),
        (ListingFilters(purposes=("debt_consolidation",), installments=(36,)), [0, 1, 2, 3, 4]),
        (ListingFilters(purposes=("car",)), []),
        (ListingFilters(installments=(60,)), []),
        (ListingFilters(regions=("CA", "NY"), currency=Currency.USD), [0, 1, 2, 3, 4]),
        (ListingFilters(currency=Currency.CNY), []),
    ],
)
def test_filters_narrow_the_list(
    session: Session, filters: ListingFilters, found: list[int]
) -> None:
    numbers = some_listings(session)

    page = open_listings(session, filters=filters, sort=ListingSort.NEWEST)

    assert sorted(item.number for item in page.items) == [numbers[place] for place in found]
    assert count_open(session, filters=filters) == len(found)


def test_sorting_puts_the_highest_rate_or_the_largest_need_first(session: Session) -> None:
    numbers = some_listings(session)

    by_rate = open_listings(session, sort=ListingSort.RATE).items
    by_need = open_listings(session, sort=ListingSort.LEFT).items

    assert by_rate[0].number == numbers[4]
    assert (by_need[0].number, by_need[0].left) == (numbers[1], dollars("7000.00"))


def test_a_listing_that_is_no_longer_open_is_not_in_the_list(session: Session) -> None:
    listing = a_listing(session)
    withdraw(session, listing_id=listing.id, by=OLGA, at=NOON, why="")

    assert open_listings(session).items == ()
    assert count_open(session) == 0


def test_a_lender_reads_everything_that_was_judged(session: Session) -> None:
    listing = a_listing(session)

    detail = listing_detail(session, listing_id=listing.id)

    assert detail.card.status is ListingStatus.OPEN
    assert detail.facts["home_ownership"] == "rent"
    assert detail.terms.fees.origination == Rate.percent("4")
    assert (detail.borrower_id, detail.closed_at) == (listing.borrower_id, None)


def test_an_unknown_listing_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        listing_detail(session, listing_id=uuid4())


def test_a_listing_is_found_by_its_short_number(session: Session) -> None:
    listing = a_listing(session)

    assert listing_numbered(session, number=listing.number) == listing.id
    with pytest.raises(NotFound, match="no Listing with the id 0"):
        listing_numbered(session, number=0)


def test_listings_whose_time_is_over_are_found_for_the_close(session: Session) -> None:
    listing = a_listing(session)
    moments: list[Any] = [NOON + days(13), NOON + days(14)]

    assert [listings_past(session, at=at) for at in moments] == [[], [listing.id]]


@pytest.mark.parametrize(
    ("reserved", "share"), [(0, "0.00"), (1, "0.00"), (5_000_00, "0.50"), (9_999_99, "0.99")]
)
def test_a_listing_is_not_called_funded_before_it_is(
    session: Session, reserved: int, share: str
) -> None:
    listing = a_listing(session)
    listing.reserved_minor = reserved

    assert listing_detail(session, listing_id=listing.id).card.funded == Decimal(share)
