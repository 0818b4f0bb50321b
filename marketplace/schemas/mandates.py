"""What a lender sends about its standing orders."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, validates_schema

from marketplace.fields import Choice, MoneyField, RateField, Several, Text, Whole
from marketplace.forms import FormSchema
from marketplace.schemas.listings import GRADES
from marketplace.schemas.wallet import CURRENCIES, chosen
from marketplace.words import PURPOSES

LONGEST_TERM = 480


class Wanted(FormSchema):
    """What may be bought."""

    currency = Choice(CURRENCIES)
    grade = Several(GRADES)
    rate_min = RateField(required=False)
    rate_max = RateField(required=False)
    term_min = Whole(least=1, most=LONGEST_TERM, required=False)
    term_max = Whole(least=1, most=LONGEST_TERM, required=False)
    purpose = Several(PURPOSES)

    @validates_schema
    def _check_ranges(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Refuse a range whose end lies before its beginning."""
        del kwargs
        for least, most in (("rate_min", "rate_max"), ("term_min", "term_max")):
            low, high = data.get(least), data.get(most)
            if low is not None and high is not None and low > high:
                words = gettext("Enter at least what stands in the field before, or nothing.")
                raise ValidationError({most: [words]})


class Standing(Wanted):
    """What may be bought, and how much of it."""

    name = Text(longest=80, missing=_l("Give it a name, such as “Careful”."))
    cap = MoneyField(chosen, missing=_l("Enter the most to put into one loan."))
    keep = MoneyField(chosen, required=False)
    total = MoneyField(chosen, required=False)
