from uuid import UUID

from matching import BasketLine, Confirmation, LineStatus
from matching.basket import digest, merge, rounded
from tests.origination.stories import dollars

ONE, TWO = UUID(int=1), UUID(int=2)


def line(listing_id: UUID, amount: str) -> BasketLine:
    return BasketLine(listing_id, dollars(amount))


def test_later_lines_of_a_listing_are_added_to_its_first_one() -> None:
    merged = merge([line(ONE, "25.00"), line(TWO, "50.00"), line(ONE, "75.00")])

    assert [each.wanted for each in merged] == [dollars("100.00"), dollars("50.00"), None]
    assert [each.is_augmented for each in merged] == [True, False, False]


def test_an_amount_goes_down_to_the_step() -> None:
    bounds = {"minimum": dollars("25.00"), "step": dollars("25.00")}

    assert rounded(dollars("30.00"), room=dollars("500.00"), **bounds) == dollars("25.00")
    assert rounded(dollars("24.99"), room=dollars("500.00"), **bounds).is_zero
    assert rounded(dollars("10.00"), room=dollars("10.00"), **bounds) == dollars("10.00")


def test_a_digest_tells_baskets_apart() -> None:
    first = [line(ONE, "25.00")]
    digests = {
        digest(first, take_less=False, consents=False),
        digest(first, take_less=True, consents=False),
        digest(first, take_less=False, consents=True),
        digest([line(ONE, "50.00")], take_less=False, consents=False),
        digest([line(TWO, "25.00")], take_less=False, consents=False),
    }

    assert len(digests) == 5


def test_a_confirmation_reads_as_it_was_written() -> None:
    statuses = (LineStatus.AUGMENTED_BY_MERGE, LineStatus.ORDER_FULFILLED)
    confirmation = Confirmation(ONE, dollars("50.00"), dollars("50.00"), statuses, TWO)

    assert Confirmation.from_json(confirmation.to_json()) == confirmation
