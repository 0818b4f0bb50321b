"""Fields of forms and requests: what people type, read leniently, refused with words that help."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields

from kernel import Currency, Money, Rate
from marketplace.formats import money

_REQUIRED = _l("Fill this in.")
_SYMBOLS = {
    Currency.USD: ("US$", "USD", "$"),
    Currency.CNY: ("CN¥", "CNY", "RMB", "¥", "元"),
    Currency.EUR: ("EUR", "€"),
    Currency.GBP: ("GBP", "£"),
    Currency.JPY: ("JP¥", "JPY", "¥", "円"),
}
# What is exact everywhere a number goes, scripts of a page included; a thousand of it fit 64 bits.
LARGEST = 2**53
_AMOUNT = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


class Field(fields.Field[Any]):
    """What all fields share: messages are translated when they are shown, not when declared.

    Args:
        missing: what to say when nothing was filled in, such as “Enter your name.”
    """

    def __init__(self, *, missing: Any = _REQUIRED, required: bool = True, **kwargs: Any) -> None:
        """Require a value unless told otherwise."""
        words = {"required": missing, "null": missing} | dict(kwargs.pop("error_messages", {}))
        if not required:
            kwargs.setdefault("load_default", None)
        super().__init__(required=required, allow_none=not required, error_messages=words, **kwargs)

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """Return the refusal in the reader's language."""
        return ValidationError(str(self.error_messages[key]).format(**kwargs))


class Text(Field):
    """A line or a paragraph, without spaces around it."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "short": _l("Write at least {limit} characters."),
        "long": _l("Write at most {limit} characters."),
    }

    def __init__(self, *, shortest: int = 1, longest: int = 500, **kwargs: Any) -> None:
        """Bound the length, counted in characters."""
        super().__init__(**kwargs)
        self.shortest, self.longest = shortest, longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        del attr, data, kwargs
        text = self.cleaned(str(value))
        if len(text) < self.shortest:
            raise self.make_error("short", limit=self.shortest)
        if len(text) > self.longest:
            raise self.make_error("long", limit=self.longest)
        return text

    def cleaned(self, text: str) -> str:
        """Drop the spaces around the text."""
        return text.strip()


class Password(Text):
    """A password, kept exactly as typed."""

    def cleaned(self, text: str) -> str:
        """Keep every character; only the form of composed signs is made one (NFKC, as NIST)."""
        return unicodedata.normalize("NFKC", text)


class Email(Text):
    """An e-mail address, in lower case."""

    default_error_messages = {  # noqa: RUF012
        "invalid": _l("Enter an e-mail address such as name@example.com."),
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            # Demo and test people live under reserved domains, which is no reason to refuse them.
            found = validate_email(text, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise self.make_error("invalid") from None
        return found.normalized.lower()


class Choice(Field):
    """One of a fixed set; `choices` maps what is sent to what people read."""

    default_error_messages = {"choice": _l("Choose one of the options.")}  # noqa: RUF012

    def __init__(self, choices: Mapping[str, Any], **kwargs: Any) -> None:
        """Keep the choices; templates list them with `form.choices(name)`."""
        super().__init__(**{"missing": _l("Choose one of the options.")} | kwargs)
        self.choices = choices

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        del attr, data, kwargs
        if value not in self.choices:
            raise self.make_error("choice")
        return str(value)


class Several(Choice):
    """Any number of a fixed set, sent as `grade=B&grade=C` or as `grade=B,C`; read as a tuple."""

    def __init__(self, choices: Mapping[str, Any], **kwargs: Any) -> None:
        """Choosing none is fine."""
        super().__init__(choices, **{"required": False, "load_default": ()} | kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        read = super()._deserialize
        chosen = [read(each, attr, data, **kwargs) for each in str(value).split(",") if each]
        return tuple(dict.fromkeys(chosen))


class Tick(Field):
    """A checkbox; one that must be ticked says why in `missing`."""

    def __init__(self, *, must: bool = False, **kwargs: Any) -> None:
        """Treat an absent checkbox as not ticked, unless it must be."""
        super().__init__(required=must, **kwargs)
        if not must:
            self.load_default = False

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        del attr, data, kwargs
        return str(value) in {"1", "on", "true", "yes"}


class Whole(Field):
    """A whole number within bounds; `12,000` and full-width digits are read too."""

    default_error_messages = {  # noqa: RUF012
        "invalid": _l("Enter a whole number, such as 12."),
        "small": _l("Enter {limit} or more."),
        "large": _l("Enter {limit} or less."),
    }

    def __init__(self, *, least: int = 0, most: int = LARGEST, **kwargs: Any) -> None:
        """Bound the number, both ends included."""
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        del attr, data, kwargs
        text = narrowed(str(value)).replace(",", "")
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise self.make_error("invalid")
        number = int(text)
        if number < self.least:
            raise self.make_error("small", limit=f"{self.least:,}")
        if number > self.most:
            raise self.make_error("large", limit=f"{self.most:,}")
        return number


class MoneyField(Field):
    """An amount above zero: `12,000`, `$12000`, `１２０００` and `12 000.50` are all read.

    Args:
        currency: the currency, or a function that returns it where it depends on the request.
        least: the smallest amount allowed; without it anything above zero.
        most: the largest amount allowed; without it what the book can surely add up.
        step: the amount must be a multiple of this.
    """

    default_error_messages = {  # noqa: RUF012
        "invalid": _l("Enter an amount in digits, such as {example}."),
        "currency": _l("Enter an amount in {currency}, such as {example}."),
        "finer": _l("Enter at most {decimals} digits after the point, such as {example}."),
        "zero": _l("Enter an amount above zero."),
        "small": _l("Enter {limit} or more."),
        "large": _l("Enter {limit} or less."),
        "step": _l("Enter a multiple of {limit}."),
    }

    def __init__(
        self,
        currency: Currency | Callable[[], Currency],
        *,
        least: Money | None = None,
        most: Money | None = None,
        step: Money | None = None,
        **kwargs: Any,
    ) -> None:
        """Keep the currency and the bounds."""
        super().__init__(**{"missing": _l("Enter an amount.")} | kwargs)
        self._currency, self.least, self.most, self.step = currency, least, most, step

    @property
    def currency(self) -> Currency:
        """The currency that the amount is in."""
        return self._currency if isinstance(self._currency, Currency) else self._currency()

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Money:
        del attr, data, kwargs
        amount = self._read(str(value))
        if not amount.is_positive:
            raise self.make_error("zero")
        if self.least is not None and amount < self.least:
            raise self.make_error("small", limit=money(self.least))
        most = Money(LARGEST, amount.currency) if self.most is None else self.most
        if amount > most:
            raise self.make_error("large", limit=money(most))
        if self.step is not None and amount.minor % self.step.minor:
            raise self.make_error("step", limit=money(self.step))
        return amount

    def _read(self, typed: str) -> Money:
        currency, decimals = self.currency, self.currency.exponent
        example = "1,234" + ".50" * bool(decimals)
        digits = _without_symbol(narrowed(typed), currency)
        if not re.search(r"\d", digits) or digits.startswith("-"):
            raise self.make_error("invalid", example=example)
        if re.search(r"[^\d.,]", digits):
            raise self.make_error("currency", currency=currency.value, example=example)
        if not _AMOUNT.fullmatch(digits):
            raise self.make_error("invalid", example=example)
        if len(digits.partition(".")[2]) > decimals:
            raise self.make_error("finer", decimals=decimals, example=example)
        return Money.parse(digits.replace(",", ""), currency)


class RateField(Field):
    """A percentage: `12.61` and `12.61%` are read as the rate 0.1261."""

    default_error_messages = {  # noqa: RUF012
        "invalid": _l("Enter a percentage, such as 12.61."),
        "small": _l("Enter {limit} or more."),
        "large": _l("Enter {limit} or less."),
    }

    def __init__(
        self, *, least: Rate | None = None, most: Rate | None = None, **kwargs: Any
    ) -> None:
        """Bound the rate, both ends included."""
        super().__init__(**{"missing": _l("Enter a percentage.")} | kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Rate:
        del attr, data, kwargs
        digits = narrowed(str(value)).removesuffix("%")
        if not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", digits):
            raise self.make_error("invalid")
        rate = Rate.percent(digits)
        if self.least is not None and rate < self.least:
            raise self.make_error("small", limit=str(self.least))
        if self.most is not None and rate > self.most:
            raise self.make_error("large", limit=str(self.most))
        return rate


class Day(Field):
    """A calendar day: `2026-11-23`, `2026/11/23` and `2026年11月23日` are read."""

    default_error_messages = {  # noqa: RUF012
        "invalid": _l("Enter a date such as 2026-11-23."),
    }

    def __init__(self, **kwargs: Any) -> None:
        """Ask for a date where nothing was entered."""
        super().__init__(**{"missing": _l("Enter a date.")} | kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        del attr, data, kwargs
        found = _DAY.fullmatch(unicodedata.normalize("NFKC", str(value)).strip())
        try:
            if found:
                return date(*(int(part) for part in found.groups()))
        except ValueError:
            pass
        raise self.make_error("invalid")


class Key(Field):
    """The idempotency key that a money form carries: a UUID the page made up."""

    default_error_messages = {  # noqa: RUF012
        "invalid": _l("This form has lost its key; reload the page and send it again."),
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        del attr, data, kwargs
        try:
            return str(UUID(str(value)))
        except ValueError:
            raise self.make_error("invalid") from None


class Ident(Field):
    """The id of something, as a URL or a hidden field names it."""

    default_error_messages = {"invalid": _l("This is not an id.")}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> UUID:
        del attr, data, kwargs
        try:
            return UUID(str(value))
        except ValueError:
            raise self.make_error("invalid") from None


def narrowed(text: str) -> str:
    """Turn full-width signs into ASCII ones and drop every space."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).replace("、", ","))


def _without_symbol(text: str, currency: Currency) -> str:
    """Drop the currency's own sign from either end."""
    for symbol in _SYMBOLS[currency]:
        text = text.removeprefix(symbol).removesuffix(symbol)
    return text
