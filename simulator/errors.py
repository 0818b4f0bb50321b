"""What the demo bank answers when it refuses, in the words and fields of Stripe's own errors."""

from typing import Any

Body = dict[str, Any]

# The platform's own account; connected ones have a name.
PLATFORM = ""


class Refusal(Exception):
    """A refusal that the client meets as a `stripe.StripeError`.

    Attributes:
        keeps: whether what was written until here stays, as a declined charge does.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keeps: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keeps = keeps
        given = {"code": code, "message": message, "param": param, "type": kind, **more}
        self.fields = {name: value for name, value in given.items() if value is not None}

    @property
    def body(self) -> Body:
        """Return the error as the API answers it."""
        return {"error": self.fields}


class InvalidParams(Refusal):
    """The parameters are refused before anything is done, so no key remembers the answer."""


def no_such(noun: str, identifier: str, *, param: str = "id") -> Refusal:
    """Return the refusal for something that does not exist, or belongs to somebody else."""
    return Refusal(
        f"No such {noun}: '{identifier}'", status=404, code="resource_missing", param=param
    )


def wrong_state(noun: str, verb: str, status: str) -> Refusal:
    """Return the refusal of a move that the present state does not allow."""
    return Refusal(
        f"This {noun} cannot be {verb} because it has a status of {status}.",
        code=f"{noun.replace(' ', '_').lower()}_unexpected_state",
    )
