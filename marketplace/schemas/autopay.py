"""What a borrower sends to be debited."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.fields import Choice, Tick
from marketplace.forms import FormSchema


class Agreement(FormSchema):
    """The leave to debit, by a way to pay that is saved or by a new one."""

    agreed = Tick(must=True, missing=_l("Say that you agree."))

    def __init__(self, saved: Sequence[str], **kwargs: Any) -> None:
        """Take one of the ways to pay that are saved; none of them for a new one."""
        choice = Choice({each: each for each in saved}, required=False, load_default="")
        self._declared_fields = self._declared_fields | {"method": choice}
        super().__init__(**kwargs)
