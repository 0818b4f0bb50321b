"""The book of money, and the only package that moves it.

Read `chart.py` first: every kind of account and every movement allowed between them.
"""

from escrow.chart import ALLOWED, HOT, OUTSIDE, AccountKind, Movement
from escrow.errors import (
    AlreadyReversed,
    InsufficientFunds,
    KeyConflict,
    MovementNotAllowed,
    NoSuchEntry,
    NothingToPost,
)
from escrow.ledger import PLATFORM, AccountRef, Gather, Pairs, Posting, Spread
from escrow.models import Entry
from escrow.operations import open_account, post, reverse
from escrow.queries import account_id, balance, balances

__all__ = [
    "ALLOWED",
    "HOT",
    "OUTSIDE",
    "PLATFORM",
    "AccountKind",
    "AccountRef",
    "AlreadyReversed",
    "Entry",
    "Gather",
    "InsufficientFunds",
    "KeyConflict",
    "Movement",
    "MovementNotAllowed",
    "NoSuchEntry",
    "NothingToPost",
    "Pairs",
    "Posting",
    "Spread",
    "account_id",
    "balance",
    "balances",
    "open_account",
    "post",
    "reverse",
]
