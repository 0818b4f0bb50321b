"""What a visitor asks the calculator."""

from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.fields import Choice, MoneyField
from marketplace.forms import FormSchema
from origination import Limits

# What people call their credit, and the grade that stands for it in an estimate: the middle one of
# the grades that applicants of that kind mostly reach. Only an application finds the real one.
CREDIT = {"excellent": "A", "good": "B", "fair": "D", "weak": "F"}
WORDS = {
    "excellent": _l("Excellent"),
    "good": _l("Good"),
    "fair": _l("Fair"),
    "weak": _l("Weak"),
}


class Calculator(FormSchema):
    """An amount, a term and a guess of one's own credit."""

    def __init__(self, products: dict[str, Any], limits: Limits, **kwargs: Any) -> None:
        """Offer the products, and the amounts and terms of the chosen one."""
        self._declared_fields = self._declared_fields | {
            "product": Choice(products),
            "amount": MoneyField(
                limits.minimum.currency,
                least=limits.minimum,
                most=limits.maximum,
                step=limits.step,
                missing=_l("Enter how much you want to borrow."),
            ),
            "term": Choice({str(count): count for count in limits.installments}),
            "credit": Choice(WORDS),
        }
        super().__init__(**kwargs)
