"""What an operator sends about an application."""

from flask_babel import lazy_gettext as _l

from marketplace.fields import Choice, Text, Whole
from marketplace.forms import FormSchema

RECOMMENDATIONS = {"approve": _l("Recommend to approve"), "decline": _l("Recommend to decline")}
DECISIONS = {"approve": _l("Approve with this offer"), "decline": _l("Decline")}


class Review(FormSchema):
    """What the first person found."""

    recommend = Choice(RECOMMENDATIONS, missing=_l("Choose what you recommend."))
    note = Text(longest=1000, missing=_l("Say what you checked."))


class Relate(FormSchema):
    """Another borrower who belongs together with this one, by the number of an application."""

    number = Whole(least=1, missing=_l("Enter the number of one of the other's applications."))
    related_why = Text(longest=200, missing=_l("Say why they belong together."))


class Decide(FormSchema):
    """What the second person decides."""

    decision = Choice(DECISIONS, missing=_l("Choose what you decide."))
    note = Text(longest=1000, required=False)
