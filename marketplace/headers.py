"""The headers of every response: one strict content policy, with no exception on any page."""

from flask import Flask, Response, request
from flask_login import current_user

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; manifest-src 'self'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
TWO_YEARS = 63072000


def init_headers(app: Flask) -> None:
    """Put the headers on every response of this application."""

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.update(ALWAYS)
        if app.config["HTTPS"]:
            response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}"
        if _is_personal():
            response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.update(["Cookie", "Accept-Language", "HX-Request"])
        return response


def _is_personal() -> bool:
    """Say whether the response may show something of one person, or a form made for one."""
    return current_user.is_authenticated or bool(request.cookies) or request.method != "GET"
