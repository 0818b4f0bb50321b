"""The book of money, and the only package that moves it.

Read `chart.py` first: every kind of account and every movement allowed between them.
"""

from escrow.chart import ALLOWED, HOT, OUTSIDE, AccountKind, Movement
from escrow.errors import (
    AlreadyReversed,
    DepositTooSmall,
    InsufficientFunds,
    KeyConflict,
    MovementNotAllowed,
    NoSuchEntry,
    NothingToPost,
)
from escrow.gateway import Event, EventKind, PaymentGateway
from escrow.ledger import PLATFORM, AccountRef, Gather, Pairs, Posting, Spread
from escrow.models import Deposit, DepositStatus, Entry, GatewayEvent, Payout, PayoutStatus
from escrow.operations import (
    begin_deposit,
    begin_payout,
    open_account,
    post,
    receive,
    reverse,
)
from escrow.queries import (
    Audit,
    Finding,
    Statement,
    StatementLine,
    Transfer,
    account_id,
    balance,
    balances,
    statement,
    transfers_of,
    verify,
)
from escrow.sandbox_gateway import SandboxGateway

__all__ = [
    "ALLOWED",
    "HOT",
    "OUTSIDE",
    "PLATFORM",
    "AccountKind",
    "AccountRef",
    "AlreadyReversed",
    "Audit",
    "Deposit",
    "DepositStatus",
    "DepositTooSmall",
    "Entry",
    "Event",
    "EventKind",
    "Finding",
    "GatewayEvent",
    "Gather",
    "InsufficientFunds",
    "KeyConflict",
    "Movement",
    "MovementNotAllowed",
    "NoSuchEntry",
    "NothingToPost",
    "Pairs",
    "PaymentGateway",
    "Payout",
    "PayoutStatus",
    "Posting",
    "SandboxGateway",
    "Spread",
    "Statement",
    "StatementLine",
    "Transfer",
    "account_id",
    "balance",
    "balances",
    "begin_deposit",
    "begin_payout",
    "open_account",
    "post",
    "receive",
    "reverse",
    "statement",
    "transfers_of",
    "verify",
]
