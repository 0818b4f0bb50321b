"""What may be done in matching."""

from matching.operations.baskets import place_basket
from matching.operations.batches import run_batch
from matching.operations.endings import (
    decline_partial,
    expire_listing,
    release,
    withdraw_listing,
)
from matching.operations.mandates import (
    Wishes,
    end_mandate,
    end_overdue_mandates,
    pause_mandate,
    reorder_mandate,
    resume_mandate,
    save_mandate,
    update_mandate,
)
from matching.operations.orders import cancel_order, place_order
from matching.operations.standings import declare_standing

__all__ = [
    "Wishes",
    "cancel_order",
    "declare_standing",
    "decline_partial",
    "end_mandate",
    "end_overdue_mandates",
    "expire_listing",
    "pause_mandate",
    "place_basket",
    "place_order",
    "release",
    "reorder_mandate",
    "resume_mandate",
    "run_batch",
    "save_mandate",
    "update_mandate",
    "withdraw_listing",
]
