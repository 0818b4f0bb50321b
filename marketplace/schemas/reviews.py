"""What an operator sends about an application."""

from flask_babel import lazy_gettext as _l

from marketplace.fields import Choice, Text
from marketplace.forms import FormSchema

RECOMMENDATIONS = {"approve": _l("Recommend to approve"), "decline": _l("Recommend to decline")}
DECISIONS = {"approve": _l("Approve with this offer"), "decline": _l("Decline")}


class Review(FormSchema):
    """What the first person found."""

    recommend = Choice(RECOMMENDATIONS, missing=_l("Choose what you recommend."))
    note = Text(longest=1000, missing=_l("Say what you checked."))


class Decide(FormSchema):
    """What the second person decides."""

    decision = Choice(DECISIONS, missing=_l("Choose what you decide."))
    note = Text(longest=1000, required=False)
