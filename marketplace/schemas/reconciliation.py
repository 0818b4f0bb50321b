"""What an operator sends about breaks and bank files."""

from typing import Any

from flask_babel import lazy_gettext as _l

from escrow import Remedy
from marketplace.fields import Choice, Text
from marketplace.forms import FormSchema

REMEDIES: dict[str, Any] = {
    Remedy.GIVE.value: _l("Give it to the investor whose money it is"),
    Remedy.TAKE.value: _l("Take it from the investor to whom it was given"),
    Remedy.COST.value: _l("The platform bears it"),
    Remedy.FUND.value: _l("It is the platform's own money"),
    Remedy.SETTLE.value: _l("It came to the bank, though the book has it at the provider"),
    Remedy.LINK.value: _l("The line belongs to another flow"),
    Remedy.REVERSE.value: _l("An entry was wrong: reverse it"),
    Remedy.ACCEPT.value: _l("Leave it as it is"),
}


class BankFile(FormSchema):
    """A file of the bank, by its name."""

    file = Text(longest=200, missing=_l("Choose a file of the bank."))


class Note(FormSchema):
    """What is known of a break."""

    known = Text(longest=500, required=False)


class Resolution(FormSchema):
    """How a break is settled."""

    remedy = Choice(REMEDIES, missing=_l("Choose what is to be done."))
    whose = Text(longest=200, required=False)
    note = Text(shortest=4, longest=500, missing=_l("Say why; it stays on the record."))
