"""Opening an account without telling a stranger who has one.

Whoever registers reads the same page whether the address is new or known; what is the case stands
in a mail to that address.
"""

from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from kernel import Refused
from marketplace import accounts, mail
from marketplace.i18n import language
from marketplace.models import Role, User

LINK_LASTS = timedelta(days=2)


class LinkExpired(Refused):
    """This link is no longer valid; register once more to get a new one."""


def ask_to_confirm(
    session: Session,
    *,
    email: str,
    name: str,
    password_hash: str,
    role: Role,
    at: datetime,
    back: str = "",
) -> None:
    """Open an account that waits for its address to be confirmed, and write to that address.

    An address that already has an account gets a mail that says so; at most one an hour. The link
    remembers the page of this site, `back`, that somebody came for.
    """
    user = accounts.by_email(session, email=email)
    if user is None:
        user = accounts.register(
            session,
            email=email,
            name=name,
            password_hash=password_hash,
            role=role,
            at=at,
            is_confirmed=False,
        )
    mail.compose(
        session,
        recipient=user.email,
        subject=_("Your account at Tessera"),
        body=_("Tessera greets you.\n\n%(news)s", news=_news(user, back)),
        locale=language(),
        at=at,
        key=f"register:{user.id}:{at:%Y-%m-%dT%H}",
    )


def confirm(session: Session, *, token: str, at: datetime) -> None:
    """Note that a person has received our mail and may sign in.

    Raises:
        LinkExpired: the link is too old, or was not written by us.
    """
    try:
        ident = _signer().loads(token, max_age=int(LINK_LASTS.total_seconds()))
    except BadSignature:
        raise LinkExpired from None
    accounts.confirm(session, user_id=UUID(ident), at=at)


def _news(user: User, back: str) -> str:
    if user.confirmed_at is None:
        token = _signer().dumps(str(user.id))
        link = url_for("account.confirm", token=token, next=back or None, _external=True)
        return str(_("Open this link to confirm your address and sign in:\n%(link)s", link=link))
    link = url_for("account.sign_in", _external=True)
    told = _("You already have an account with this address. Sign in here:\n%(link)s", link=link)
    return str(told)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="confirm-address")
