"""What may be done to the book."""

from escrow.operations.accounts import open_account
from escrow.operations.book import post, reverse
from escrow.operations.breaks import Remedy, agree_to_break, assign_break, resolve_break
from escrow.operations.calls import must_look, prepare_call, record_call, repeat_call
from escrow.operations.checkpoints import checkpoint
from escrow.operations.collecting import begin_collection, cancel_prepared
from escrow.operations.custody import custody, decide_custody, propose_custody
from escrow.operations.deposits import begin_deposit, release_held
from escrow.operations.destinations import (
    add_destination,
    begin_method,
    name_customer,
    remove_destination,
)
from escrow.operations.events import finish_message, receive, take_message
from escrow.operations.importing import begin_fetch, import_bank_file, take_bundle, take_page
from escrow.operations.payment_files import make_payment_file
from escrow.operations.payouts import begin_payout
from escrow.operations.recognising import payment_reference
from escrow.operations.reconciling import reconcile_day
from escrow.operations.returns import meet_shortfalls
from escrow.operations.seals import attest, seal
from escrow.operations.settling import book_costs
from escrow.operations.withdrawals import approve_payout, refuse_payout, withdraw

__all__ = [
    "Remedy",
    "add_destination",
    "agree_to_break",
    "approve_payout",
    "assign_break",
    "attest",
    "begin_collection",
    "begin_deposit",
    "begin_fetch",
    "begin_method",
    "begin_payout",
    "book_costs",
    "cancel_prepared",
    "checkpoint",
    "custody",
    "decide_custody",
    "finish_message",
    "import_bank_file",
    "make_payment_file",
    "meet_shortfalls",
    "must_look",
    "name_customer",
    "open_account",
    "payment_reference",
    "post",
    "prepare_call",
    "propose_custody",
    "receive",
    "reconcile_day",
    "record_call",
    "refuse_payout",
    "release_held",
    "remove_destination",
    "repeat_call",
    "resolve_break",
    "reverse",
    "seal",
    "take_bundle",
    "take_message",
    "take_page",
    "withdraw",
]
