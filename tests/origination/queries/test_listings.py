from datetime import timedelta
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
    funding_record,
    listing_detail,
    listing_numbered,
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


def test_how_listings_of_late_were_funded_is_counted(session: Session) -> None:
    numbers = [a_listing(session) for _each in range(5)]
    for place, status in enumerate(
        (ListingStatus.FUNDED, ListingStatus.DISBURSED, ListingStatus.EXPIRED, ListingStatus.OPEN)
    ):
        listing = numbers[place]
        listing.status = status
        listing.closed_at = (
            None if status is ListingStatus.OPEN else NOON + timedelta(hours=10 * (place + 1))
        )
    numbers[4].status, numbers[4].opened_at = ListingStatus.FUNDED, NOON - days(100)
    numbers[4].closed_at = NOON - days(99)
    span: dict[str, Any] = {"currency": Currency.USD, "since": NOON - days(90)}

    found = funding_record(session, **span, until=NOON + days(1))
    nothing = funding_record(session, currency=Currency.CNY, since=NOON, until=NOON + days(1))

    assert (found.ended, found.filled) == (3, 2)
    assert (found.time_p50, found.time_p95) == (timedelta(hours=10), timedelta(hours=20))
    assert (nothing.ended, nothing.filled, nothing.time_p50) == (0, 0, None)


@pytest.mark.parametrize(
    ("reserved", "share"), [(0, "0.00"), (1, "0.00"), (5_000_00, "0.50"), (9_999_99, "0.99")]
)
def test_a_listing_is_not_called_funded_before_it_is(
    session: Session, reserved: int, share: str
) -> None:
    listing = a_listing(session)
    listing.reserved_minor = reserved

    assert listing_detail(session, listing_id=listing.id).card.funded == Decimal(share)
