"""What may be done to the book."""

from escrow.operations.accounts import open_account
from escrow.operations.book import post, reverse
from escrow.operations.checkpoints import checkpoint
from escrow.operations.payments import begin_deposit, begin_payout, receive
from escrow.operations.seals import attest, seal

__all__ = [
    "attest",
    "begin_deposit",
    "begin_payout",
    "checkpoint",
    "open_account",
    "post",
    "receive",
    "reverse",
    "seal",
]
