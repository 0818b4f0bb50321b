"""What an operator says of a payout."""

from flask_babel import lazy_gettext as _l

from kernel import Currency
from marketplace.fields import Choice, Text
from marketplace.forms import FormSchema


class Refusal(FormSchema):
    """Why a large withdrawal may not go."""

    why = Text(longest=200, missing=_l("Say why, in a sentence."))


class FileCurrency(FormSchema):
    """The currency of a file for the bank."""

    currency = Choice({each.value: each.value for each in Currency})
