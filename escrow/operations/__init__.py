"""What may be done to the book."""

from escrow.operations.accounts import open_account
from escrow.operations.book import post, reverse
from escrow.operations.calls import must_look, prepare_call, record_call, repeat_call
from escrow.operations.checkpoints import checkpoint
from escrow.operations.deposits import begin_deposit, release_held
from escrow.operations.destinations import (
    add_destination,
    begin_method,
    name_customer,
    remove_destination,
)
from escrow.operations.events import finish_message, receive, take_message
from escrow.operations.payouts import begin_payout
from escrow.operations.returns import meet_shortfalls
from escrow.operations.seals import attest, seal
from escrow.operations.withdrawals import approve_payout, refuse_payout, withdraw

__all__ = [
    "add_destination",
    "approve_payout",
    "attest",
    "begin_deposit",
    "begin_method",
    "begin_payout",
    "checkpoint",
    "finish_message",
    "meet_shortfalls",
    "must_look",
    "name_customer",
    "open_account",
    "post",
    "prepare_call",
    "receive",
    "record_call",
    "refuse_payout",
    "release_held",
    "remove_destination",
    "repeat_call",
    "reverse",
    "seal",
    "take_message",
    "withdraw",
]
