"""Calling operators when a day's close has failed or its proof has found something."""

from datetime import datetime

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace import mail
from marketplace.i18n import language
from marketplace.models import Role, User
from servicing import Close


def page_operators(session: Session, *, close: Close, at: datetime) -> None:
    """Write to every operator what is wrong with the close of a day, in their language.

    The mails are written in the transaction that ends the close. One that is repeated writes again
    only where it finds something else.
    """
    active = User.role == Role.OPERATOR, User.disabled_at.is_(None), User.confirmed_at.is_not(None)
    for operator in session.scalars(select(User).where(*active).order_by(User.id)):
        with force_locale(operator.locale or language()):
            _write(session, operator, close, at)


def _write(session: Session, operator: User, close: Close, at: datetime) -> None:
    mail.compose(
        session,
        recipient=operator.email,
        subject=_subject(close),
        body=_(
            "The close of %(day)s needs you.\n\n%(what)s\n\n"
            "Its report, under Day close, names each of them.",
            day=close.day.isoformat(),
            what="\n".join(_troubles(close)),
        ),
        locale=language(),
        at=at,
        key=f"close:{close.day}:{operator.id}:{len(close.failures)}:{len(close.findings)}",
    )


def _subject(close: Close) -> str:
    day = close.day.isoformat()
    if close.findings:
        return str(_("The audit of %(day)s failed", day=day))
    return str(_("Loans failed in the close of %(day)s", day=day))


def _troubles(close: Close) -> list[str]:
    findings, failures = len(close.findings), len(close.failures)
    told = []
    if findings:
        told.append(
            ngettext("The audit has %(num)s finding.", "The audit has %(num)s findings.", findings)
        )
    if failures:
        told.append(
            ngettext(
                "%(num)s loan could not be closed; the others are.",
                "%(num)s loans could not be closed; the others are.",
                failures,
            )
        )
    return told
