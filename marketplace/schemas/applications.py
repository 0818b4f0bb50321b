"""What an applicant states, one page at a time."""

from typing import Any

from flask_babel import lazy_gettext as _l

from kernel import Currency, Money
from marketplace.fields import Choice, MoneyField, Text, Tick, Whole
from marketplace.forms import FormSchema
from marketplace.words import HOMES, PURPOSES
from origination import Limits

MOST_YEARS = 60


class AmountOrNothing(MoneyField):
    """An amount that may be zero, such as what somebody without debts pays for them."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Money:
        amount = self._read(str(value))
        return amount if amount.is_zero else super()._deserialize(value, attr, data, **kwargs)


class Loan(FormSchema):
    """What is asked for, within the limits of the product."""

    def __init__(self, limits: Limits, **kwargs: Any) -> None:
        """Offer the amounts, terms and purposes of one product."""
        self._declared_fields = self._declared_fields | {
            "amount": MoneyField(
                limits.minimum.currency,
                least=limits.minimum,
                most=limits.maximum,
                step=limits.step,
                missing=_l("Enter how much you want to borrow."),
            ),
            "term": Choice(
                {str(count): count for count in limits.installments},
                missing=_l("Choose over how many months you repay."),
            ),
            "purpose": Choice(
                {code: PURPOSES.get(code, code) for code in limits.purposes},
                missing=_l("Choose what the loan is for."),
            ),
        }
        super().__init__(**kwargs)


class About(FormSchema):
    """Who asks."""

    age = Whole(least=1, most=120, missing=_l("Enter your age."))
    region = Text(longest=40, missing=_l("Enter the state or province where you live."))
    joint = Tick()


class Income(FormSchema):
    """What comes in, and how the applicant lives."""

    def __init__(self, currency: Currency, **kwargs: Any) -> None:
        """Ask for the income in the currency of the product."""
        self._declared_fields = self._declared_fields | {
            "income": MoneyField(currency, missing=_l("Enter your income of a year before tax.")),
            "employment_years": Whole(
                most=MOST_YEARS, missing=_l("Enter for how many years; 0 is fine.")
            ),
            "home": Choice(HOMES, missing=_l("Choose how you live.")),
        }
        super().__init__(**kwargs)


class Credit(FormSchema):
    """Other debts and how they were paid; what somebody does not know may stay empty."""

    def __init__(self, currency: Currency, **kwargs: Any) -> None:
        """Ask for payments in the currency of the product."""
        self._declared_fields = self._declared_fields | {
            "payments": AmountOrNothing(
                currency, missing=_l("Enter what you pay each month; 0 if nothing.")
            ),
            "history_years": Whole(most=MOST_YEARS + 20, required=False),
            "late_payments": Whole(most=99, required=False),
            "inquiries": Whole(most=99, required=False),
            "records": Whole(most=99, required=False),
            "card_use": Whole(most=200, required=False),
        }
        super().__init__(**kwargs)


class Submit(FormSchema):
    """The last word before an application is handed in."""

    truthful = Tick(must=True, missing=_l("Confirm that what you stated is true."))


class Withdraw(FormSchema):
    """Taking an application back."""

    why = Text(longest=300, required=False)
