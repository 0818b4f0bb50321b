"""The numbers that behave in a known way, as Stripe's page on testing lists them.

https://docs.stripe.com/testing, https://docs.stripe.com/connect/testing and
https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-account-numbers
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Card:
    """How a test card behaves.

    Attributes:
        decline: the decline code, or empty.
        code: the error's code, when it is not `card_declined`.
        attach: whether it can be saved all the same, and only charges fail.
        asks: when the owner must confirm: never, always, or when away (`off_session`).
        dispute: the reason of a dispute that follows a payment.
        at_once: whether its money is available at once.
        refund: what happens to a refund later, if anything.
    """

    brand: str = "visa"
    funding: str = "credit"
    decline: str = ""
    code: str = "card_declined"
    attach: bool = False
    asks: str = "never"
    dispute: str = ""
    at_once: bool = False
    refund: str = ""


CARDS = {
    "4242424242424242": Card(),
    "4000056655665556": Card(funding="debit"),
    "5555555555554444": Card("mastercard"),
    "5200828282828210": Card("mastercard", funding="debit"),
    "378282246310005": Card("amex"),
    "6011111111111117": Card("discover"),
    "6200000000000005": Card("unionpay"),
    "4000000000000077": Card(at_once=True),
    "4000000000000002": Card(decline="generic_decline"),
    "4000000000009995": Card(decline="insufficient_funds"),
    "4000000000009987": Card(decline="lost_card"),
    "4000000000009979": Card(decline="stolen_card"),
    "4000000000000069": Card(decline="expired_card", code="expired_card"),
    "4000000000000127": Card(decline="incorrect_cvc", code="incorrect_cvc"),
    "4000000000000119": Card(decline="processing_error", code="processing_error"),
    "4000000000006975": Card(decline="card_velocity_exceeded"),
    "4000000000000341": Card(decline="generic_decline", attach=True),
    "4000002500003155": Card(asks="off_session"),
    "4000002760003184": Card(asks="always"),
    "4000008260003178": Card(asks="always", decline="insufficient_funds", attach=True),
    "4000000000000259": Card(dispute="fraudulent"),
    "4000000000002685": Card(dispute="product_not_received"),
    "4000000000007726": Card(refund="succeeds"),
    "4000000000005126": Card(refund="fails"),
}
CARD_NAMES = {
    "pm_card_visa": "4242424242424242",
    "pm_card_visa_debit": "4000056655665556",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_bypassPending": "4000000000000077",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_visa_chargeDeclinedStolenCard": "4000000000009979",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
}


class Debit(NamedTuple):
    """How a test bank account behaves: `fails` with a code, `returns` weeks later for a reason."""

    fails: str = ""
    returns: str = ""
    never_settles: bool = False


ROUTING = "110000000"
DEBITS = {
    "000123456789": Debit(),
    "000111111116": Debit("no_account"),
    "000111111113": Debit("account_closed"),
    "000222222227": Debit("insufficient_funds"),
    "000333333335": Debit("debit_not_authorized"),
    "000444444440": Debit("invalid_currency"),
    "000555555559": Debit(returns="debit_not_authorized"),
    "000000000009": Debit(never_settles=True),
}
DEBIT_NAMES = {
    "pm_usBankAccount_success": "000123456789",
    "pm_usBankAccount_noAccount": "000111111116",
    "pm_usBankAccount_accountClosed": "000111111113",
    "pm_usBankAccount_insufficientFunds": "000222222227",
    "pm_usBankAccount_debitNotAuthorized": "000333333335",
    "pm_usBankAccount_dispute": "000555555559",
    "pm_usBankAccount_processing": "000000000009",
}
# A payout to these accounts fails with the same codes; to every other one it arrives.
PAYOUT_FAILS = {number: debit.fails for number, debit in DEBITS.items() if debit.fails}


def luhn(number: str) -> bool:
    """Say whether the last digit of a card number fits the others (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
