"""What moved in a stretch of the book."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escrow.chart import Movement
from escrow.models import PostingLine
from kernel import Currency, Money


@dataclass(frozen=True, slots=True)
class Moved:
    """All postings of one movement and currency in a stretch of the book.

    Attributes:
        movement: what they are.
        postings: how many there are.
        amount: what they move together.
    """

    movement: Movement
    postings: int
    amount: Money

    def to_json(self) -> list[Any]:
        """Return it as plain JSON."""
        return [self.movement, self.postings, self.amount.minor, self.amount.currency]

    @staticmethod
    def from_json(stored: list[Any]) -> "Moved":
        """Read what `to_json` wrote."""
        movement, postings, minor, currency = stored
        return Moved(Movement(movement), postings, Money(minor, Currency(currency)))


def moved(session: Session, *, after: int, through: int) -> tuple[Moved, ...]:
    """Add up the postings of the entries after one and up to another, by movement and currency.

    The cost goes with those postings, not with the book.
    """
    rows = session.execute(
        select(
            PostingLine.movement,
            func.count(),
            func.sum(PostingLine.amount_minor),
            PostingLine.currency,
        )
        .where(PostingLine.entry_id > after, PostingLine.entry_id <= through)
        .group_by(PostingLine.movement, PostingLine.currency)
        .order_by(PostingLine.currency, PostingLine.movement)
    )
    return tuple(Moved.from_json([row[0], row[1], int(row[2]), row[3]]) for row in rows)
