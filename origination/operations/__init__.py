"""What may be done from a borrower's wish to a listing: load, decide, record."""

from origination.operations.applications import (
    apply,
    submit,
    update_application,
    withdraw_application,
)
from origination.operations.decisions import accept, decide, review
from origination.operations.listings import (
    accept_partial,
    decline_partial,
    ends_at,
    expire,
    publish,
    withdraw_listing,
)
from origination.operations.parties import relate, unrelate
from origination.operations.products import register_product
from origination.operations.signing import sign
from origination.operations.withdrawal import withdraw

__all__ = [
    "accept",
    "accept_partial",
    "apply",
    "decide",
    "decline_partial",
    "ends_at",
    "expire",
    "publish",
    "register_product",
    "relate",
    "review",
    "sign",
    "submit",
    "unrelate",
    "update_application",
    "withdraw",
    "withdraw_application",
    "withdraw_listing",
]
