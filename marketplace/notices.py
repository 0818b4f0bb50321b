"""Mail about money and bank accounts: what its reader should know of, whoever caused it."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

import escrow
from marketplace import mail
from marketplace.formats import money
from marketplace.i18n import language


def bank_account_added(
    session: Session, row: escrow.Destination, *, recipient: str, at: datetime
) -> None:
    """Tell somebody that they will be paid to another bank account."""
    hours = int(escrow.payment_policy().cool_off.total_seconds() // 3600)
    news = _(
        "A bank account was added to yours at Tessera. Where it is not your first one, money can "
        "go to it %(hours)s hours after it was verified.",
        hours=hours,
    )
    _tell(session, recipient, _("A bank account was added"), news, key=f"{row.id}:added", at=at)


def bank_account_removed(
    session: Session, row: escrow.Destination, *, recipient: str, at: datetime
) -> None:
    """Tell somebody that one of their bank accounts is forgotten."""
    news = _("The bank account %(label)s was removed from yours at Tessera.", label=row.label)
    _tell(session, recipient, _("A bank account was removed"), news, key=f"{row.id}:gone", at=at)


def withdrawal(session: Session, payout: escrow.Payout, *, recipient: str, at: datetime) -> None:
    """Tell somebody that their money is leaving."""
    news = _(
        "%(sum)s is withdrawn from your account at Tessera to %(label)s.",
        sum=money(payout.amount),
        label=payout.destination,
    )
    _tell(session, recipient, _("Money is withdrawn"), news, key=f"{payout.id}:begun", at=at)


def _tell(
    session: Session, recipient: str, subject: str, news: str, *, key: str, at: datetime
) -> None:
    not_you = _(
        "If this was not you, change your password and tell us at once:\n%(link)s",
        link=url_for("account.profile", _external=True),
    )
    mail.compose(
        session,
        recipient=recipient,
        subject=subject,
        body=f"{news}\n\n{not_you}",
        locale=language(),
        at=at,
        key=key,
    )
