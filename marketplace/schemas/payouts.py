"""What an operator says of a payout."""

from flask_babel import lazy_gettext as _l

from marketplace.fields import Text
from marketplace.forms import FormSchema


class Refusal(FormSchema):
    """Why a large withdrawal may not go."""

    why = Text(longest=200, missing=_l("Say why, in a sentence."))
