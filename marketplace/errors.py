"""From a refusal to a page: which status it has, and what it says in the reader's language."""

import string
from collections.abc import Iterator
from typing import Any

from flask import Flask, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from kernel import Conflict, DomainError, Invalid, NotFound, Refused, Unavailable
from marketplace import formats
from marketplace.words import spoken

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Conflict: 409,
    Refused: 422,
    Invalid: 422,
    Unavailable: 503,
}

# What a page says when the web server, not the business, refuses: a title and what to do now.
WORDS = {
    400: (_l("We could not read that"), _l("Go back, reload the page and try again.")),
    401: (_l("Please sign in"), _l("This page is for people who are signed in.")),
    403: (_l("This page is not for you"), _l("Your account has no access to it.")),
    404: (
        _l("There is nothing here"),
        _l("The address may be mistyped, or what it showed is no longer there."),
    ),
    405: (_l("That does not work here"), _l("Go back and use the buttons on the page.")),
    409: (
        _l("Something changed meanwhile"),
        _l("Go back, reload the page and look at it once more."),
    ),
    413: (_l("That is too large"), _l("Send a smaller file or less text.")),
    419: (
        _l("This page was open for too long"),
        _l("For your safety nothing was changed. Go back, reload the page and send it again."),
    ),
    422: (_l("That cannot be done"), _l("Go back, mend what is named and try again.")),
    429: (_l("Too many attempts"), _l("Wait a little and try again.")),
    500: (
        _l("Something broke on our side"),
        _l("Nothing was changed by this click. We have a record of it; try again in a minute."),
    ),
    503: (
        _l("We cannot reach a service that this needs"),
        _l("Nothing was changed. Try again in a few minutes."),
    ),
}


def init_errors(app: Flask) -> None:
    """Give every refusal its page."""
    app.register_error_handler(DomainError, _domain_page)
    app.register_error_handler(CSRFError, _stale_page)
    app.register_error_handler(HTTPException, _http_page)


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a refusal, by its family."""
    for family in type(error).__mro__:
        if family in STATUS:
            return STATUS[family]
    return 422


def message(error: DomainError) -> str:
    """Return what a refusal says, in the reader's language and with its facts formatted."""
    return _Localized().format(str(gettext(error.template())), **error.attributes)


def refusals(family: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """List every error that is imported."""
    for error in family.__subclasses__():
        yield error
        yield from refusals(error)


class _Localized(string.Formatter):
    """Writes amounts, rates and dates the way the reader's pages do."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec:
            return format(value, format_spec)
        return spoken(value) if isinstance(value, str) else formats.written(value)


def _domain_page(error: DomainError) -> tuple[str, int]:
    status = status_of(error)
    return _page(status, advice=message(error))


def _stale_page(error: CSRFError) -> tuple[str, int]:
    del error
    return _page(419, sent=400)


def _http_page(error: HTTPException) -> Any:
    if error.response is not None:
        return error.response
    status = error.code or 500
    body, status = _page(status)
    headers = [(k, v) for k, v in error.get_headers() if k != "Content-Type"]
    return body, status, headers


def _page(code: int, *, sent: int | None = None, advice: str = "") -> tuple[str, int]:
    """Render the page of an error; `sent` is the status where it has no number of its own."""
    title, usual = WORDS.get(code, WORDS[500 if code >= InternalServerError.code else 400])
    page = render_template(
        "errors/error.html", code=sent or code, title=title, advice=advice or usual
    )
    return page, sent or code


def wants_fragment() -> bool:
    """Say whether htmx asked, and so wants a part of a page."""
    return bool(request.headers.get("HX-Request"))
