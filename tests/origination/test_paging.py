import pytest
from sqlalchemy import Uuid
from sqlalchemy.orm import Session

from kernel import Rate, RateColumn, UtcDateTime
from origination import ListingSort, UnusableCursor, decide, open_listings, publish
from origination.models import ApplicationStatus
from origination.paging import _cursor, _value
from tests.origination.stories import (
    ALICE,
    NOON,
    OLGA,
    OSCAR,
    a_product,
    a_reviewed,
    days,
    dollars,
)


def some_listings(session: Session) -> list[int]:
    """Publish five listings: two grades, two opening days, and amounts of which two are equal."""
    product = a_product(session)
    plan = [("B", 0, "5000.00"), ("C", 0, "7000.00"), ("B", 1, "6000.00"), ("C", 1, "6000.00")]
    return [
        a_listing_like(session, product, grade=grade, day=day, amount=amount)
        for grade, day, amount in [*plan, ("D", 2, "1000.00")]
    ]


def a_listing_like(session: Session, product: object, *, grade: str, day: int, amount: str) -> int:
    application = a_reviewed(session, product=product, amount=dollars(amount))
    ident, at = application.id, NOON + days(day)
    decide(session, application_id=ident, by=OSCAR, approve=True, at=at, grade=grade)
    application.move(session, ApplicationStatus.ACCEPTED, by=f"borrower:{ALICE}", at=at)
    return publish(session, application_id=ident, by=OLGA, at=at).number


@pytest.mark.parametrize("sort", ListingSort)
@pytest.mark.parametrize("limit", [1, 2, 5, 6])
def test_pages_put_together_are_the_whole_list(
    session: Session, sort: ListingSort, limit: int
) -> None:
    numbers = some_listings(session)
    whole = [item.number for item in open_listings(session, sort=sort, limit=100).items]

    seen, after = [], None
    for _ in numbers:
        page = open_listings(session, sort=sort, limit=limit, after=after)
        seen += [item.number for item in page.items]
        after = page.after
        if after is None:
            break

    assert seen == whole
    assert sorted(seen) == sorted(numbers)


@pytest.mark.parametrize("sort", [ListingSort.CLOSING, ListingSort.LEFT])
@pytest.mark.parametrize("text", ["", "x", "5", "5~x", f"{10**40}~{ALICE}", f"x~{ALICE}"])
def test_a_cursor_that_nobody_gave_out_is_refused(
    session: Session, text: str, sort: ListingSort
) -> None:
    with pytest.raises(UnusableCursor, match="does not mark a place"):
        open_listings(session, after=text, sort=sort)


def test_an_empty_list_has_no_next_page(session: Session) -> None:
    page = open_listings(session)

    assert (page.items, page.after) == ((), None)


def test_places_are_written_as_whole_numbers() -> None:
    assert _cursor(Rate.percent("12.61"), ALICE) == f"12610000~{ALICE}"
    assert _cursor(2500, ALICE) == f"2500~{ALICE}"
    assert _cursor(NOON, ALICE) == f"1772452800000000~{ALICE}"
    assert _cursor(ALICE, ALICE) == f"{ALICE.int}~{ALICE}"
    assert _value(Uuid(), ALICE.int) == ALICE
    assert _value(UtcDateTime(), 1772452800000000) == NOON
    assert _value(RateColumn(), 12610000) == Rate.percent("12.61")
