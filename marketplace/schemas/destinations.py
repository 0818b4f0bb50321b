"""What somebody sends about the bank accounts that they are paid to."""

from flask_babel import lazy_gettext as _l

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


def destination(*, is_hosted: bool) -> FormSchema:
    """Return what is asked for a new bank account."""
    return Hosted() if is_hosted else Named()
