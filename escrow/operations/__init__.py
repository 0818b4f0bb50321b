"""What may be done to the book."""

from escrow.operations.accounts import open_account
from escrow.operations.book import post, reverse
from escrow.operations.payments import begin_deposit, begin_payout, receive

__all__ = ["begin_deposit", "begin_payout", "open_account", "post", "receive", "reverse"]
