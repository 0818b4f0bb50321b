"""What an operator sends about loans and listings."""

from flask_babel import lazy_gettext as _l

from kernel import Currency
from marketplace import words
from marketplace.fields import Choice, Key, MoneyField, Text
from marketplace.forms import FormSchema


class Why(FormSchema):
    """A step that needs its reason written down."""

    why = Text(shortest=4, longest=200, missing=_l("Say why; it stays on the record."))


CATEGORIES = {
    "normal": _l("Normal"),
    "special_mention": _l("Special mention"),
    "substandard": _l("Substandard"),
    "doubtful": _l("Doubtful"),
    "loss": _l("Loss"),
}


class Judgement(Why):
    """The category that a loan is in by judgement."""

    category = Choice(CATEGORIES, missing=_l("Choose a category."))


# A sale is no recovery that somebody enters: it is proposed and confirmed.
SOURCES = {name: text for name, text in words.SOURCES.items() if name != "sale"}


class Recovery(FormSchema):
    """Money recovered on a loan that was charged off."""

    amount = MoneyField(Currency.USD, missing=_l("Enter what was recovered."))
    source = Choice(SOURCES, required=False)
    fee = MoneyField(Currency.USD, required=False)
    key = Key()
