"""What the pages of orders show."""

from dataclasses import dataclass
from datetime import datetime

from kernel import Money
from matching import OrderLine, OrderPreview
from origination import ListingCard, Terms


@dataclass(frozen=True)
class ConfirmPage:
    """The last look before money is reserved."""

    card: ListingCard
    terms: Terms
    preview: OrderPreview

    @property
    def is_less(self) -> bool:
        """Whether less is left than was asked for."""
        return self.preview.amount < self.preview.requested


@dataclass(frozen=True)
class OrderPage:
    """One order; `is_new` right after it was placed."""

    order: OrderLine
    cash: Money
    is_new: bool
    at: datetime

    @property
    def is_less(self) -> bool:
        """Whether less was left than was asked for."""
        return self.order.amount < self.order.requested


@dataclass(frozen=True)
class OrdersPage:
    """A lender's orders; `before` is where the next page begins."""

    rows: tuple[OrderLine, ...]
    before: str | None
    shows_all: bool
    at: datetime
