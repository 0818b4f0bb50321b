"""What matching knows, for its operations and for pages."""

from matching.queries.mandates import MandateLine, batches, mandates_of, matching_listings
from matching.queries.market import Snapshot, currencies_open, snapshot
from matching.queries.orders import OrderLine, order_book, order_by_key, order_of, orders_of
from matching.queries.previews import OrderPreview, preview_order

__all__ = [
    "MandateLine",
    "OrderLine",
    "OrderPreview",
    "Snapshot",
    "batches",
    "currencies_open",
    "mandates_of",
    "matching_listings",
    "order_book",
    "order_by_key",
    "order_of",
    "orders_of",
    "preview_order",
    "snapshot",
]
