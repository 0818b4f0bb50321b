"""Where client money rests, as the shell offers it: only where this installation can keep it."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

import escrow
from escrow import CustodyChoice, CustodyKind
from kernel import Refused


class CustodyNotReady(Refused):
    """Client money cannot rest there: set {settings} first, and start the site anew."""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """The house's own account at a bank, as one writes it on a transfer."""

    bank: str
    holder: str
    number: str
    code: str


# What must be set before money can rest somewhere.
NEEDED = {
    CustodyKind.BANK: ("BANK_NAME", "BANK_ACCOUNT_HOLDER", "BANK_ACCOUNT"),
    CustodyKind.STRIPE: ("STRIPE_SECRET_KEY",),
    CustodyKind.SANDBOX: ("DEMO",),
}


def account() -> BankAccount:
    """Return the house's own account at a bank."""
    config = current_app.config
    return BankAccount(
        bank=config["BANK_NAME"],
        holder=config["BANK_ACCOUNT_HOLDER"],
        number=config["BANK_ACCOUNT"],
        code=config["BANK_CODE"],
    )


def in_force(session: Session) -> CustodyKind:
    """Return where client money rests: by choice, or with the provider of the settings."""
    chosen = escrow.custody(session)
    if chosen is not None:
        return CustodyKind(chosen.kind)
    has_stripe = bool(current_app.config["STRIPE_SECRET_KEY"])
    return CustodyKind.STRIPE if has_stripe else CustodyKind.SANDBOX


def propose(
    session: Session, *, kind: CustodyKind, why: str, by: str, at: datetime
) -> CustodyChoice:
    """Propose where client money is to rest from now on; another operator decides.

    Raises:
        CustodyNotReady: the settings lack what it needs.
        CustodyUnchanged: it rests there already, or another proposal waits.
    """
    lacking = [name for name in NEEDED[kind] if not current_app.config[name]]
    if lacking:
        raise CustodyNotReady(settings=", ".join(lacking))
    if kind is in_force(session):
        raise escrow.CustodyUnchanged(kind=kind.value)
    return escrow.propose_custody(session, kind=kind, why=why, by=by, at=at)
