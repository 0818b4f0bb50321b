"""What every call to Stripe needs: errors in the book's words, and how answers are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import stripe

from escrow.gateway import GatewayDoubtful, GatewayMissing, GatewayRefused, GatewayUnavailable

# Answers after which the same key would give the same answer, though asking again may help.
LATER = {"balance_insufficient"}
MISSING = "resource_missing"


@contextmanager
def asking() -> Iterator[None]:
    """Translate the package's errors: refused, not answered, or failed in the middle.

    Raises:
        GatewayMissing: Stripe has no such object.
        GatewayRefused: Stripe did nothing, and will not.
        GatewayUnavailable: the same key may be used again.
        GatewayDoubtful: Stripe keeps this answer for the key; whether it acted is to be looked up.
    """
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayUnavailable(why=_why(error)) from error
    except stripe.StripeError as error:
        if error.http_status == 409:  # noqa: PLR2004 - another call with this key is under way
            raise GatewayUnavailable(why=_why(error)) from error
        if error.code in LATER or error.http_status is None or error.http_status >= 500:  # noqa: PLR2004 - HTTP's own number
            raise GatewayDoubtful(why=_why(error)) from error
        refused = GatewayMissing if error.code == MISSING else GatewayRefused
        raise refused(why=_why(error)) from error


def _why(error: stripe.StripeError) -> str:
    return str(error.user_message or error.code or type(error).__name__)[:200]


def since(moment: datetime) -> Any:
    """Return what asks for everything from a moment on."""
    return {"created": {"gte": int(moment.timestamp())}}


def about(found: Any) -> dict[str, str]:
    """Return the metadata of an object."""
    return dict(found.metadata.to_dict()) if found.metadata else {}


def ident(found: Any) -> str:
    """Return the id of an object, expanded or not."""
    return found if isinstance(found, str) else str(found.id)
