"""People and the browsers they are signed in with."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kernel import Conflict, NotFound, Refused, find, lock
from marketplace.models import LoginAttempt, Role, User, UserSession

TOKEN_BYTES = 32


class EmailTaken(Conflict):
    """There is already an account with the e-mail address {email}."""


class TooManyAttempts(Refused):
    """There were too many attempts to sign in; wait {minutes} minutes and try again."""


@dataclass(frozen=True)
class Limits:
    """How many wrong passwords are borne within `window`."""

    window: timedelta
    per_account: int
    per_address: int


@dataclass(frozen=True)
class Credentials:
    """What an account is opened with, and for which role."""

    password_hash: str
    role: Role


@dataclass(frozen=True)
class Device:
    """One browser that is signed in, as its owner sees it."""

    id: UUID
    ip: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime


def normalized(email: str) -> str:
    """Write an address the way it is stored: no spaces around it, lower case."""
    return email.strip().lower()


def register(
    session: Session,
    *,
    email: str,
    name: str,
    password_hash: str,
    role: Role,
    at: datetime,
    is_confirmed: bool = True,
) -> User:
    """Open an account; one whose address is not confirmed cannot be signed in to.

    Raises:
        EmailTaken: somebody has one with this address.
    """
    address = normalized(email)
    if by_email(session, email=address):
        raise EmailTaken(email=address)
    user = User(
        email=address,
        name=name.strip(),
        password_hash=password_hash,
        role=role.value,
        created_at=at,
        confirmed_at=at if is_confirmed else None,
    )
    session.add(user)
    session.flush()
    return user


def by_email(session: Session, *, email: str) -> User | None:
    """Find the account with this address."""
    return session.scalars(select(User).where(User.email == normalized(email))).one_or_none()


def confirm(session: Session, *, user_id: UUID, at: datetime) -> None:
    """Note that the address of an account is its owner's."""
    user = lock(session, User, user_id)
    user.confirmed_at = user.confirmed_at or at


def credentials(session: Session, *, email: str) -> Credentials | None:
    """Return what an account that may sign in is checked by, or None."""
    wanted = select(User.password_hash, User.role).where(
        User.email == normalized(email),
        User.confirmed_at.is_not(None),
        User.disabled_at.is_(None),
    )
    row = session.execute(wanted).one_or_none()
    return None if row is None else Credentials(row.password_hash, Role(row.role))


def check_attempts(session: Session, *, email: str, ip: str, limits: Limits, at: datetime) -> None:
    """Refuse to look at another password where too many were wrong.

    Raises:
        TooManyAttempts: for this account, or from this address, within the window.
    """
    failed = (
        select(func.count())
        .select_from(LoginAttempt)
        .where(LoginAttempt.at > at - limits.window, LoginAttempt.succeeded.is_(False))
    )
    by_account = session.scalar(failed.where(LoginAttempt.email == normalized(email)))
    by_address = session.scalar(failed.where(LoginAttempt.ip == ip))
    if (by_account or 0) >= limits.per_account or (by_address or 0) >= limits.per_address:
        raise TooManyAttempts(minutes=int(limits.window.total_seconds() // 60))


def record_attempt(session: Session, *, email: str, ip: str, succeeded: bool, at: datetime) -> None:
    """Remember one try at a password."""
    session.add(LoginAttempt(email=normalized(email)[:254], ip=ip, at=at, succeeded=succeeded))


def open_session(
    session: Session, *, email: str, ip: str, user_agent: str, at: datetime, life: timedelta
) -> str:
    """Sign a browser in and return the token that its cookie will hold."""
    user = session.scalars(select(User).where(User.email == normalized(email))).one()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = UserSession(
        token_hash=_hashed(token),
        user_id=user.id,
        created_at=at,
        last_seen_at=at,
        expires_at=at + life,
        ip=ip,
        user_agent=user_agent[:300],
    )
    session.add(row)
    return token


def session_of(
    session: Session, *, token: str, at: datetime, idle: timedelta
) -> tuple[UserSession, User] | None:
    """Find who holds the token, if the session is still alive and its owner may sign in."""
    alive = (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == _hashed(token),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > at,
            UserSession.last_seen_at > at - idle,
            User.disabled_at.is_(None),
        )
    )
    row = session.execute(alive).one_or_none()
    return None if row is None else (row[0], row[1])


def touch_session(session: Session, *, session_id: UUID, at: datetime) -> None:
    """Note that the browser was here."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=at))


def devices(session: Session, *, user_id: UUID, at: datetime, idle: timedelta) -> list[Device]:
    """List the browsers that are signed in, the latest first."""
    alive = (
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > at,
            UserSession.last_seen_at > at - idle,
        )
        .order_by(UserSession.last_seen_at.desc())
    )
    return [
        Device(row.id, row.ip, row.user_agent, row.created_at, row.last_seen_at)
        for row in session.scalars(alive)
    ]


def revoke_session(session: Session, *, session_id: UUID, user_id: UUID, at: datetime) -> None:
    """Sign one browser out.

    Raises:
        NotFound: the person has no such session.
    """
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != user_id:
        raise NotFound(what="session", id=session_id)
    row.revoked_at = row.revoked_at or at


def change_profile(session: Session, *, user_id: UUID, name: str) -> None:
    """Change the name a person goes by."""
    lock(session, User, user_id).name = name.strip()


def change_password(
    session: Session, *, user_id: UUID, password_hash: str, keep: UUID, at: datetime
) -> None:
    """Set a new password and sign out every browser but the one it was typed in."""
    lock(session, User, user_id).password_hash = password_hash
    session.execute(
        update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.id != keep,
            UserSession.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )


def replace_hash(session: Session, *, email: str, password_hash: str) -> None:
    """Store the same password under other parameters; nobody is signed out."""
    session.execute(
        update(User).where(User.email == normalized(email)).values(password_hash=password_hash)
    )


def change_preferences(
    session: Session, *, user_id: UUID, locale: str | None = None, theme: str | None = None
) -> None:
    """Keep the language or the colours that a person chose."""
    user = find(session, User, user_id)
    user.locale = locale or user.locale
    user.theme = theme or user.theme


def operators(session: Session) -> list[UUID]:
    """Return who works for the platform and may sign in, the longest here first."""
    working = (
        select(User.id)
        .where(
            User.role == Role.OPERATOR, User.confirmed_at.is_not(None), User.disabled_at.is_(None)
        )
        .order_by(User.created_at, User.id)
    )
    return list(session.scalars(working))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
