"""What an operator proposes for a loan that does not go as agreed."""

from flask_babel import lazy_gettext as _l

from kernel import Currency
from marketplace.fields import Day, MoneyField, Text
from marketplace.schemas.servicing import Why


class Settlement(Why):
    """Less than is owed, which is enough if it comes in time."""

    amount = MoneyField(Currency.USD, missing=_l("Enter what is to be enough."))
    until = Day(missing=_l("Enter the last day to pay it."))


class Sale(Why):
    """A buyer of what is owed, and the price."""

    buyer = Text(longest=120, missing=_l("Enter who buys it."))
    price = MoneyField(Currency.USD, missing=_l("Enter the price."))
