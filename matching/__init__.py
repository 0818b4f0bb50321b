"""Who funds what: orders by hand, standing orders, and the batches that serve them.

`allocate` is pure: it plans for a market of frozen columns. `place_order`, `run_batch` and the
endings of a listing reserve and release the money in escrow. `run_batch` works in one currency at
a time.
"""

from matching.allocate import allocate
from matching.criteria import Criteria, Reason
from matching.errors import (
    BatchOvertaken,
    ListingAlive,
    ListingClosed,
    ListingFull,
    OrderFixed,
    OrderKeyTaken,
    OrderOffStep,
    OrderTooSmall,
    OwnListing,
    UnusableMandate,
)
from matching.market import Market, Plan
from matching.models import Batch, Mandate, MandateStatus, Order, OrderStatus
from matching.operations import (
    cancel_order,
    decline_partial,
    end_mandate,
    expire_listing,
    pause_mandate,
    place_order,
    release,
    resume_mandate,
    run_batch,
    save_mandate,
    update_mandate,
    withdraw_listing,
)
from matching.queries import (
    MandateLine,
    OrderLine,
    OrderPreview,
    batches,
    currencies_open,
    mandates_of,
    matching_listings,
    order_book,
    order_of,
    orders_of,
    preview_order,
    snapshot,
)

__all__ = [
    "Batch",
    "BatchOvertaken",
    "Criteria",
    "ListingAlive",
    "ListingClosed",
    "ListingFull",
    "Mandate",
    "MandateLine",
    "MandateStatus",
    "Market",
    "Order",
    "OrderFixed",
    "OrderKeyTaken",
    "OrderLine",
    "OrderOffStep",
    "OrderPreview",
    "OrderStatus",
    "OrderTooSmall",
    "OwnListing",
    "Plan",
    "Reason",
    "UnusableMandate",
    "allocate",
    "batches",
    "cancel_order",
    "currencies_open",
    "decline_partial",
    "end_mandate",
    "expire_listing",
    "mandates_of",
    "matching_listings",
    "order_book",
    "order_of",
    "orders_of",
    "pause_mandate",
    "place_order",
    "preview_order",
    "release",
    "resume_mandate",
    "run_batch",
    "save_mandate",
    "snapshot",
    "update_mandate",
    "withdraw_listing",
]
