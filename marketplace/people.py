"""Who is asking: the cookie, the session behind it, and which pages open for whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, abort, current_app, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from marketplace import accounts, clock, passwords
from marketplace.db import atomic, in_transaction, reader
from marketplace.models import Role

View = TypeVar("View", bound=Callable[..., Any])

login_manager = LoginManager()
# The session's row carries its own protection: it can be revoked, it idles out and it ends.
login_manager.session_protection = None

# Being here is noted at most this often, so that reading pages does not write on every click.
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Person:
    """The one who is signed in, as the pages know them."""

    id: UUID
    email: str
    name: str
    role: Role
    locale: str | None
    theme: str
    session_id: UUID
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the id as Flask-Login asks for it."""
        return str(self.id)


@dataclass(frozen=True)
class Guest:
    """Somebody who is not signed in."""

    role: None = None
    locale: None = None
    theme: None = None
    is_authenticated: bool = False
    is_active: bool = False
    is_anonymous: bool = True

    def get_id(self) -> None:
        """Return nothing: a guest has no id."""


login_manager.anonymous_user = Guest


def init_people(app: Flask) -> None:
    """Let every request know who asks."""
    login_manager.init_app(app, add_context_processor=True)
    login_manager.request_loader(_who_asks)
    login_manager.unauthorized_handler(ask_to_sign_in)


def me() -> Person:
    """Return the person who is signed in; only for views behind `requires`."""
    return cast("Person", current_user._get_current_object())  # noqa: SLF001 - a proxy's own way


def requires(*roles: str) -> Callable[[View], View]:
    """Open a view to these roles only; without a role, to everybody who is signed in."""
    allowed = frozenset(Role(role) for role in roles) or frozenset(Role)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return login_manager.unauthorized()
            if current_user.role not in allowed:
                abort(403)
            return view(*args, **kwargs)

        guarded.allows = allowed  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate


def public(view: View) -> View:
    """Say that a view is open to everybody; every view says either this or `requires`."""
    view.allows = frozenset()  # type: ignore[attr-defined]
    return view


def sign_in(*, email: str, password: str) -> Role | None:
    """Check the password and, if it is right, sign this browser in under a fresh session.

    Returns:
        The role of who signed in; nothing if the address or the password is wrong.

    Raises:
        TooManyAttempts: guessing has to wait.
    """
    at, ip = clock.now(), _address()
    with reader() as reading:
        accounts.check_attempts(reading, email=email, ip=ip, limits=_limits(), at=at)
        found = accounts.credentials(reading, email=email)
    # The slow hash is computed between the transactions: nobody waits for a lock meanwhile.
    right = passwords.is_right(found.password_hash if found else None, password)
    with atomic() as writing:
        accounts.record_attempt(writing, email=email, ip=ip, succeeded=right, at=at)
    if not found or not right:
        return None
    if passwords.needs_rehash(found.password_hash):
        _strengthen(email, password)
    start_session(email=email)
    return found.role


def prove(password: str) -> bool:
    """Check the password of who is signed in once more, and remember for minutes that it was right.

    Raises:
        TooManyAttempts: guessing has to wait.
    """
    at, ip, email = clock.now(), _address(), me().email
    with reader() as reading:
        accounts.check_attempts(reading, email=email, ip=ip, limits=_limits(), at=at)
        found = accounts.credentials(reading, email=email)
    right = passwords.is_right(found.password_hash if found else None, password)
    with atomic() as writing:
        accounts.record_attempt(writing, email=email, ip=ip, succeeded=right, at=at)
    if right:
        session["proved_at"] = at.timestamp()
    return right


def is_proved(within: timedelta) -> bool:
    """Say whether who is signed in gave the password again within this time."""
    proved = session.get("proved_at")
    age = clock.now().timestamp() - proved if proved else None
    return age is not None and 0 <= age <= within.total_seconds()


def _strengthen(email: str, password: str) -> None:
    """Store the password under today's parameters, now that it is known for a moment."""
    stronger = passwords.hash_password(password)
    in_transaction(
        lambda writing: accounts.replace_hash(writing, email=email, password_hash=stronger)
    )


def start_session(*, email: str) -> None:
    """Sign this browser in; whatever its cookie held before is forgotten."""
    token = in_transaction(
        lambda writing: accounts.open_session(
            writing,
            email=email,
            ip=_address(),
            user_agent=request.headers.get("User-Agent", ""),
            at=clock.now(),
            life=timedelta(hours=current_app.config["SESSION_LIFE_HOURS"]),
        )
    )
    session.clear()
    session["token"] = token


def sign_out() -> None:
    """End this browser's session, here and in the database."""
    person = me()
    with atomic() as writing:
        accounts.revoke_session(
            writing, session_id=person.session_id, user_id=person.id, at=clock.now()
        )
    session.clear()


def idle() -> timedelta:
    """Return how long a session lives without a click."""
    return timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])


def safe_next(target: str | None, *, otherwise: str) -> str:
    """Return `target` if it is a path of this site, else `otherwise`."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(target)
    has_control = any(ord(sign) <= ord(" ") or sign == "\\" for sign in target)
    return otherwise if parts.netloc or parts.scheme or has_control else target


def may_open(target: str, role: Role) -> bool:
    """Say whether a path of this site is a page that a role may open."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(urlsplit(target).path)
    except (HTTPException, RequestRedirect):
        return False
    allowed: frozenset[Role] = getattr(current_app.view_functions[endpoint], "allows", frozenset())
    return not allowed or role in allowed


def ask_to_sign_in() -> Response | tuple[str, int, dict[str, str]]:
    """Send a guest to the sign-in page and remember where they wanted to go."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("account.sign_in", next=back)
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for("account.sign_in")}
    return redirect(target, 303)


def _who_asks(asked: Request) -> Person | None:
    """Find the person behind the cookie and note, now and then, that they are still here."""
    del asked
    token = session.get("token")
    if not token:
        return None
    at = clock.now()
    with reader() as reading:
        found = accounts.session_of(reading, token=token, at=at, idle=idle())
    if found is None:
        return None
    row, user = found
    if at - row.last_seen_at >= NOTED_EVERY:
        with atomic() as writing:
            accounts.touch_session(writing, session_id=row.id, at=at)
    return Person(
        id=user.id,
        email=user.email,
        name=user.name,
        role=Role(user.role),
        locale=user.locale,
        theme=user.theme,
        session_id=row.id,
    )


def _address() -> str:
    return request.remote_addr or "unknown"


def _limits() -> accounts.Limits:
    config = current_app.config
    return accounts.Limits(
        window=timedelta(minutes=config["LOGIN_WINDOW_MINUTES"]),
        per_account=config["LOGIN_FAILURES_PER_ACCOUNT"],
        per_address=config["LOGIN_FAILURES_PER_ADDRESS"],
    )
