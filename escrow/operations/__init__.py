"""What may be done to the book."""

from escrow.operations.accounts import open_account
from escrow.operations.book import post, reverse

__all__ = ["open_account", "post", "reverse"]
