"""What a borrower sends to accept an offer."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, validates

from marketplace.fields import Text, Tick
from marketplace.forms import FormSchema


class Accept(FormSchema):
    """A signature: the agreement was read, and the name typed is the account's own."""

    agree = Tick(must=True, missing=_l("Confirm that you have read the agreement."))
    name = Text(longest=120, missing=_l("Type your full name to sign."))

    def __init__(self, signer: str, **kwargs: Any) -> None:
        """Compare with the name of who is signed in."""
        self.signer = signer
        super().__init__(**kwargs)

    @validates("name")
    def is_the_signer_s(self, value: str, **kwargs: Any) -> None:
        """Refuse another name; capitals and spaces do not matter."""
        del kwargs
        if _plain(value) != _plain(self.signer):
            raise ValidationError(
                str(_("Type your name as it stands in your account: %(name)s.", name=self.signer))
            )


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
