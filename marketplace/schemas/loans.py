"""What a borrower sends to pay."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, validates

from kernel import Currency, Money
from marketplace.fields import Choice, Day, Key, MoneyField
from marketplace.forms import FormSchema
from servicing import RepaymentKind

AHEAD = timedelta(days=365)

KINDS = {
    RepaymentKind.INSTALLMENT.value: _l("What is due"),
    RepaymentKind.EXTRA.value: _l("Another amount"),
    RepaymentKind.PAYOFF.value: _l("The whole loan"),
}


class Plan(FormSchema):
    """What a borrower wants to pay; an amount is read only where it is theirs to choose."""

    kind = Choice(KINDS, missing=_l("Choose what you want to pay."))
    key = Key()

    def __init__(self, most: Money, **kwargs: Any) -> None:
        """Take amounts up to what settles the loan."""
        self._declared_fields = self._declared_fields | {
            "amount": MoneyField(most.currency, most=most, required=False)
        }
        super().__init__(**kwargs)


class Pay(FormSchema):
    """A payment, exactly as it was confirmed."""

    kind = Choice(KINDS)
    key = Key()

    def __init__(self, currency: Currency, **kwargs: Any) -> None:
        """Read the amount in the currency of the loan."""
        self._declared_fields = self._declared_fields | {"amount": MoneyField(currency)}
        super().__init__(**kwargs)


class PayoffDay(FormSchema):
    """The day on which a borrower thinks of paying everything."""

    on = Day()

    def __init__(self, today: date, **kwargs: Any) -> None:
        """Take today and the days of the year to come."""
        self.today = today
        super().__init__(**kwargs)

    @validates("on")
    def lies_ahead(self, value: date, **kwargs: Any) -> None:
        """Refuse a day that is past, or so far away that much may change before."""
        del kwargs
        if not self.today <= value <= self.today + AHEAD:
            raise ValidationError(str(_("Choose today or a day within a year.")))
