"""Forms: what was typed, what it means, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import g
from flask_babel import gettext
from marshmallow import RAISE, Schema, ValidationError
from marshmallow.exceptions import SCHEMA
from werkzeug.datastructures import MultiDict

from kernel import DomainError, new_id
from marketplace import errors
from marketplace.fields import Choice, MoneyField, Several

WHOLE = "_form"
NOT_OURS = frozenset({"csrf_token"})
UNPROCESSABLE = 422


class FormSchema(Schema):
    """A schema that refuses what it does not know; every form and request body derives from it."""

    class Meta:
        """Settings of marshmallow."""

        unknown = RAISE


class Form:
    """One form on one page.

    `load` reads what was sent; templates ask `value`, `error` and `errors`; a view returns
    `form.status` with its page, which is 422 as soon as something is wrong.
    """

    def __init__(self, schema: Schema, *, initial: Mapping[str, Any] | None = None) -> None:
        """Show the form with `initial` values, by field name."""
        self.schema = schema
        self.typed: dict[str, Any] = dict(initial or {})
        self.values: dict[str, Any] = {}
        self.messages: dict[str, list[str]] = {}
        # The page's title and its summary ask whether any form on it was refused.
        g.setdefault("forms", []).append(self)

    def load(self, sent: MultiDict[str, str]) -> bool:
        """Read a form that was sent; say whether every field is usable.

        Afterwards `values` holds the typed values, or `messages` what is wrong, by field.
        """
        self.typed = {name: self._text(name, sent) for name in sent if name not in NOT_OURS}
        filled = {name: text for name, text in self.typed.items() if text.strip()}
        try:
            self.values = self.schema.load(filled)
        except ValidationError as error:
            self._refuse(error)
        return not self.messages

    @contextmanager
    def catching(self, **places: str) -> Iterator[None]:
        """Turn a refusal of the business into an error of this form.

        Args:
            places: by the error's code, the field it belongs to; others concern the whole form.
        """
        try:
            yield
        except DomainError as error:
            self.add_error(errors.message(error), field=places.get(error.code, WHOLE))

    def add_error(self, message: str, *, field: str = WHOLE) -> None:
        """Say what is wrong with a field, or with the form as a whole."""
        self.messages.setdefault(field, []).append(message)

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the form."""
        return UNPROCESSABLE if self.messages else 200

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Every error with the field it links to, in the order of the fields."""
        order = [*self.schema.fields, WHOLE]
        named = sorted(self.messages, key=lambda f: order.index(f) if f in order else len(order))
        return [(name, text) for name in named for text in self.messages[name]]

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        value = self.typed.get(name)
        return "" if value is None else str(value)

    def error(self, name: str) -> str:
        """Return what is wrong with a field, or nothing."""
        return " ".join(self.messages.get(name, []))

    def is_required(self, name: str) -> bool:
        """Say whether a field has to be filled in."""
        field = self.schema.fields.get(name)
        return bool(field and field.required)

    def choices(self, name: str) -> list[tuple[str, str]]:
        """Return what a field offers: what is sent, and what people read."""
        field = self.schema.fields[name]
        if not isinstance(field, Choice):
            raise TypeError(f"{name} is not a Choice")
        return [(value, str(text)) for value, text in field.choices.items()]

    def currency(self, name: str) -> str:
        """Return the currency of an amount."""
        field = self.schema.fields[name]
        return field.currency.value if isinstance(field, MoneyField) else ""

    @property
    def key(self) -> str:
        """The idempotency key: the one that was sent, or a fresh one."""
        return self.value("key") or self.typed.setdefault("key", str(new_id()))

    def _text(self, name: str, sent: MultiDict[str, str]) -> str:
        """Return what was sent for a field; several choices are written with commas."""
        several = isinstance(self.schema.fields.get(name), Several)
        return ",".join(sent.getlist(name)) if several else sent[name]

    def _refuse(self, error: ValidationError) -> None:
        for name, messages in error.messages_dict.items():
            known = name in self.schema.fields or name == SCHEMA
            texts = [str(text) for text in messages] if known else [_unknown(name)]
            self.messages[name if name in self.schema.fields else WHOLE] = texts


def _unknown(name: str) -> str:
    return str(gettext("This form does not take “%(name)s”.", name=name))


def any_refused() -> bool:
    """Say whether a form of this page was refused; its title then begins with “Error”."""
    return any(form.messages for form in g.get("forms", []))
