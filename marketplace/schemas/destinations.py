"""What somebody sends about the bank accounts that they are paid to."""

from typing import Any

from flask_babel import lazy_gettext as _l

from escrow import BankGateway, StripeGateway, is_account_number, packed_number
from marketplace.fields import Key, Password, Text
from marketplace.forms import FormSchema
from marketplace.schemas.account import LONGEST_PASSWORD


class Removal(FormSchema):
    """The wish to remove a bank account; the password is not asked for again within minutes."""

    password = Password(longest=LONGEST_PASSWORD, required=False, load_default="")


class Hosted(Removal):
    """A bank account that the provider's own page asks for."""

    key = Key()


class Named(Hosted):
    """A bank account that is named here."""

    account = Text(shortest=4, longest=34, missing=_l("Enter the account to pay to."))


class AccountNumber(Text):
    """An account that the house pays to itself: an IBAN is held to its check digits."""

    default_error_messages = {  # noqa: RUF012
        "invalid": _l("This number has a slip: copy the IBAN or account number once more."),
    }

    def cleaned(self, text: str) -> str:
        """Drop what people put between the digits."""
        return packed_number(text)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        number = super()._deserialize(value, attr, data, **kwargs)
        if not is_account_number(number):
            raise self.make_error("invalid")
        return number


class Numbered(Hosted):
    """A bank account by its number."""

    account = AccountNumber(shortest=4, longest=34, missing=_l("Enter the account to pay to."))


def destination(gateway: str) -> FormSchema:
    """Return what is asked for a new bank account, by who will pay to it."""
    return {StripeGateway.name: Hosted, BankGateway.name: Numbered}.get(gateway, Named)()
