"""The families of refusal that every package speaks.

A concrete error lives beside the operation that raises it. Its docstring is the English message,
with `{placeholders}` for its typed attributes; its `code` is what an API answers.
"""

import re
from typing import Any, ClassVar


class DomainError(Exception):
    """Something the business refuses, told so that the reader can mend it."""

    code: ClassVar[str] = "domain_error"

    def __init__(self, **attributes: Any) -> None:
        """Keep the facts of the refusal, for the message and for whoever catches it."""
        super().__init__()
        self.attributes = attributes

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Name the code after the class, in snake case."""
        super().__init_subclass__(**kwargs)
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __getattr__(self, name: str) -> Any:
        """Let `error.limit` read the attribute that the message shows."""
        try:
            return self.__dict__["attributes"][name]
        except KeyError:
            raise AttributeError(name) from None

    @classmethod
    def template(cls) -> str:
        """Return the message with its placeholders, as translators see it."""
        return " ".join((cls.__doc__ or "").split())

    def __str__(self) -> str:
        """Return the English message."""
        return self.template().format(**self.attributes)


class NotFound(DomainError):
    """There is no {what} with the id {id}."""


class Refused(DomainError):
    """The rules do not allow this."""


class Conflict(DomainError):
    """This clashes with what was recorded before."""


class Unavailable(DomainError):
    """A service this needs is not answering; nothing was changed, try again."""


class Invalid(DomainError):
    """The value given for {field} is not usable: {why}."""
