"""What a lender's program sends, as JSON."""

import json
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from kernel import Currency, Money, UnusableAmount

MOST_LINES = 200


class _Amount(fields.Field[str]):
    """An amount in major units, as text or as a number written out; never a float."""

    default_error_messages = {  # noqa: RUF012
        "invalid": "Write an amount above zero with at most two decimals, such as 250.00.",
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        del attr, data, kwargs
        try:
            amount = Money.parse(str(value), Currency.USD)
        except UnusableAmount:
            raise self.make_error("invalid") from None
        if isinstance(value, bool) or not amount.is_positive:
            raise self.make_error("invalid")
        return str(value)


class OrderLine(Schema):
    """One line: the short number of a listing, and how much."""

    class Meta:
        """Refuse what nobody reads."""

        unknown = RAISE

    loan = fields.Integer(data_key="loanId", required=True, strict=True)
    amount = _Amount(data_key="requestedAmount", required=True)


class Orders(Schema):
    """A whole instruction, in the shape that LendingClub's programs send."""

    class Meta:
        """Refuse what nobody reads."""

        unknown = RAISE

    aid = fields.Raw()
    lines = fields.List(
        fields.Nested(OrderLine),
        data_key="orders",
        required=True,
        validate=validate.Length(1, MOST_LINES),
    )
    take_less = fields.Boolean(data_key="takeLess", load_default=True)
    consents = fields.Boolean(load_default=False)

    @post_load
    def _drop(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Forget the account that the program names: the one who is signed in orders."""
        del kwargs
        return {name: value for name, value in data.items() if name != "aid"}


def read(text: bytes) -> dict[str, Any]:
    """Read an instruction; its amounts stay the text that was sent.

    Raises:
        ValidationError: it is no JSON, or not of this form.
    """
    try:
        sent = json.loads(text, parse_float=str)
    except ValueError:
        raise ValidationError({"_schema": ["Send JSON."]}) from None
    if not isinstance(sent, dict):
        raise ValidationError({"_schema": ["Send a JSON object."]})
    values: dict[str, Any] = Orders().load(sent)
    return values
