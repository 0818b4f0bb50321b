"""What matching knows, for its operations and for pages."""

from matching.queries.baskets import BasketAnswer, basket_of
from matching.queries.figures import FairBatch, fairness, fairness_lately
from matching.queries.idle import Idle, Relaxation, why_idle
from matching.queries.mandates import (
    MandateLine,
    MandatePreview,
    batches,
    mandates_of,
    matching_listings,
    preview_mandate,
)
from matching.queries.market import Snapshot, currencies_open, snapshot
from matching.queries.orders import (
    OrderLine,
    order_book,
    order_by_key,
    order_of,
    orders_of,
    revocable_until,
)
from matching.queries.previews import OrderPreview, preview_order
from matching.queries.records import Explanation, Replay, explain, reasons_of, replay_batch
from matching.queries.standings import (
    Allowance,
    allowances,
    headroom,
    keep_to_pack,
    net_assets,
    rules_of,
    standing_of,
)
from matching.queries.waits import smallest_order, waiting_since

__all__ = [
    "Allowance",
    "BasketAnswer",
    "Explanation",
    "FairBatch",
    "Idle",
    "MandateLine",
    "MandatePreview",
    "OrderLine",
    "OrderPreview",
    "Relaxation",
    "Replay",
    "Snapshot",
    "allowances",
    "basket_of",
    "batches",
    "currencies_open",
    "explain",
    "fairness",
    "fairness_lately",
    "headroom",
    "keep_to_pack",
    "mandates_of",
    "matching_listings",
    "net_assets",
    "order_book",
    "order_by_key",
    "order_of",
    "orders_of",
    "preview_mandate",
    "preview_order",
    "reasons_of",
    "replay_batch",
    "revocable_until",
    "rules_of",
    "smallest_order",
    "snapshot",
    "standing_of",
    "waiting_since",
    "why_idle",
]
