"""What a lender sends about its standing orders."""

import re
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
REGION_SHARE = re.compile(r"(.*[^\s:：\d.])[\s:：]*(\d{1,3}(?:\.\d{1,2})?)\s*[%％]?")
METHODS = {
    "equal_installment": _l("Equal installments"),
    "equal_principal": _l("Equal principal"),
    "interest_first": _l("Interest first"),
    "bullet": _l("All at the end"),
}
SECURITIES = {
    "none": _l("Unsecured"),
    "vehicle": _l("A vehicle"),
    "property": _l("Real property"),
    "deposit": _l("A deposit"),
    "guarantee": _l("A guarantee"),
}
BORROWERS = {"single": _l("One person"), "joint": _l("Two people together")}


class RegionShares(Text):
    """Regions with the share of each in per cent: `CA 10, NY 5`."""

    default_error_messages = {  # noqa: RUF012
        "shares": _l("Write each region with its share in per cent: CA 10, NY 5."),
    }

    def __init__(self, **kwargs: Any) -> None:
        """Take as much text as some fifty regions need."""
        super().__init__(longest=800, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        shares = {}
        for part in filter(None, map(str.strip, re.split(r"[,，、;；]", text))):
            found = REGION_SHARE.fullmatch(part)
            share = Rate.percent(found[2]) if found else None
            if found is None or share is None or share.value > ALL.value:
                raise self.make_error("shares")
            shares[found[1]] = share
        return shares


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
    security = Several(SECURITIES)
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
    aims_purpose = Tick()
    aims_region = Tick()
    region_shares = RegionShares(required=False)

    def __init__(self, **kwargs: Any) -> None:
        """Take a share for every grade and purpose, and for any one purpose or region."""
        names = [*(f"share_{word}" for word in (*GRADES, *PURPOSES)), "each_purpose", "each_region"]
        self._declared_fields = self._declared_fields | {
            name: RateField(most=ALL, required=False) for name in names
        }
        super().__init__(**kwargs)
