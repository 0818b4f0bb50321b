"""What a lender sends to take part in a listing."""

from flask_babel import lazy_gettext as _l

from marketplace.fields import Choice, Key, MoneyField, Tick
from marketplace.forms import FormSchema
from marketplace.schemas.wallet import CURRENCIES, chosen


class NewOrder(FormSchema):
    """An amount for one listing.

    `take_less` takes less where less is left; `consents` says yes to more than the rules of the
    lender's home advise.
    """

    amount = MoneyField(chosen, missing=_l("Enter how much to invest."))
    take_less = Tick()
    consents = Tick()
    currency = Choice(CURRENCIES)
    key = Key()
