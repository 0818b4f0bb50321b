"""What an operator sends about where client money rests."""

from typing import Any

from flask_babel import lazy_gettext as _l

from escrow import CustodyKind
from marketplace.fields import Choice, Text
from marketplace.forms import FormSchema

KINDS: dict[str, Any] = {
    CustodyKind.BANK.value: _l("An account of the house's own at a bank"),
    CustodyKind.STRIPE.value: _l("The balance at the payment provider"),
    CustodyKind.SANDBOX.value: _l("The demo bank inside the application"),
}


class Proposal(FormSchema):
    """Where client money is to rest."""

    kind = Choice(KINDS, missing=_l("Choose where the money is to rest."))
    why = Text(shortest=4, longest=500, missing=_l("Say why; it stays on the record."))
