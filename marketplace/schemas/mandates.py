"""What a lender sends about its standing orders."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, validates_schema

from kernel import Rate
from marketplace.fields import Choice, Day, MoneyField, RateField, Several, Text, Tick, Whole
from marketplace.forms import FormSchema
from marketplace.schemas.listings import GRADES
from marketplace.schemas.wallet import CURRENCIES, chosen
from marketplace.words import PURPOSES

LONGEST_TERM = 480
ALL = Rate.percent("100")
RANGES = (("rate_min", "rate_max"), ("term_min", "term_max"), ("score_min", "score_max"))
METHODS = {
    "equal_installment": _l("Equal installments"),
    "equal_principal": _l("Equal principal"),
    "interest_first": _l("Interest first"),
    "bullet": _l("All at the end"),
}
BORROWERS = {"single": _l("One person"), "joint": _l("Two people together")}


class Wanted(FormSchema):
    """What may be bought."""

    currency = Choice(CURRENCIES)
    grade = Several(GRADES)
    rate_min = RateField(required=False)
    rate_max = RateField(required=False)
    term_min = Whole(least=1, most=LONGEST_TERM, required=False)
    term_max = Whole(least=1, most=LONGEST_TERM, required=False)
    purpose = Several(PURPOSES)
    method = Several(METHODS)
    borrower = Several(BORROWERS)
    score_min = Whole(least=0, most=1_000, required=False)
    score_max = Whole(least=0, most=1_000, required=False)
    region = Text(longest=400, required=False)

    @validates_schema
    def _check_ranges(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Refuse a range whose end lies before its beginning."""
        del kwargs
        for least, most in RANGES:
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
    borrower_cap = MoneyField(chosen, required=False)
    group_cap = MoneyField(chosen, required=False)
    ends_on = Day(required=False)
    keeps_principal = Tick()
    keeps_interest = Tick()
    aims = Tick()
    share_A = RateField(most=ALL, required=False)  # noqa: N815 - grades are capital letters
    share_B = RateField(most=ALL, required=False)  # noqa: N815
    share_C = RateField(most=ALL, required=False)  # noqa: N815
    share_D = RateField(most=ALL, required=False)  # noqa: N815
    share_E = RateField(most=ALL, required=False)  # noqa: N815
    share_F = RateField(most=ALL, required=False)  # noqa: N815
    share_G = RateField(most=ALL, required=False)  # noqa: N815
    each_purpose = RateField(most=ALL, required=False)
    each_region = RateField(most=ALL, required=False)
