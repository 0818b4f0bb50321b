"""What a lender sends about money in and money out."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from kernel import Currency
from marketplace.fields import Choice, Key, MoneyField, Password, Text
from marketplace.forms import FormSchema
from marketplace.schemas.account import LONGEST_PASSWORD

CURRENCIES = {Currency.USD.value: _l("US dollar"), Currency.CNY.value: _l("Chinese yuan")}


def chosen() -> Currency:
    """Return the currency that the same form names; dollars where it names none of ours."""
    sent: Any = request.values.get("currency")
    return Currency(sent) if sent in CURRENCIES else Currency.USD


class AddFunds(FormSchema):
    """Money a lender wants to send in."""

    currency = Choice(CURRENCIES)
    amount = MoneyField(chosen, missing=_l("Enter how much to add."))
    key = Key()


class Withdraw(FormSchema):
    """Money a lender wants to have paid out."""

    currency = Choice(CURRENCIES)
    amount = MoneyField(chosen, missing=_l("Enter how much to withdraw."))
    destination = Text(longest=36, missing=_l("Choose the account to pay to."))
    # Asked for by the last page only, and not again within minutes.
    password = Password(longest=LONGEST_PASSWORD, required=False, load_default="")
    key = Key()


class Payment(FormSchema):
    """What the demo bank's page sends: the proof of its link."""

    token = Text(longest=64)
