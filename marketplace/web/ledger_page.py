"""What the pages of the book show."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from escrow import AccountKind, EntryFile, EntryLine, Finding, KindTotal

KINDS: dict[AccountKind, Any] = {
    AccountKind.STRIPE: _l("Payment provider"),
    AccountKind.BANK: _l("Custodian bank"),
    AccountKind.LENDER: _l("Investors' cash"),
    AccountKind.LISTING: _l("Reserved for listings"),
    AccountKind.BORROWER: _l("Proceeds for borrowers"),
    AccountKind.LOAN: _l("Collections on loans"),
    AccountKind.TRANSIT: _l("Payouts on their way"),
    AccountKind.FEES: _l("The platform's fees"),
    AccountKind.RESERVE: _l("Provision fund"),
}

CHECKED: dict[str, Any] = {
    "accounts": _l("Accounts"),
    "entries": _l("Entries"),
    "postings": _l("Postings"),
    "seals": _l("Seals"),
    "loans": _l("Loans"),
    "notes": _l("Notes"),
    "repayments": _l("Repayments"),
    "listings": _l("Listings"),
}


@dataclass(frozen=True)
class LedgerPage:
    """Totals by kind and the newest entries; `older` is where the next page begins."""

    totals: tuple[KindTotal, ...]
    entries: tuple[EntryLine, ...]
    who: dict[str, str]
    older: int | None

    def kind(self, line: KindTotal) -> str:
        """Return what a kind of account is called."""
        return str(KINDS[line.kind])


@dataclass(frozen=True)
class EntryPage:
    """One entry and who caused it."""

    file: EntryFile
    actor: str

    def kind(self, kind: AccountKind) -> str:
        """Return what a kind of account is called."""
        return str(KINDS[kind])


@dataclass(frozen=True)
class ProofPage:
    """What the proof of the book looked at, and what it found."""

    audits: tuple[Any, ...]

    @property
    def checked(self) -> dict[str, int]:
        """How much was looked at."""
        return {what: count for audit in self.audits for what, count in audit.checked.items()}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What breaks the proof."""
        return tuple(finding for audit in self.audits for finding in audit.findings)

    def word(self, what: str) -> str:
        """Return what was looked at, in the reader's words."""
        return str(CHECKED.get(what, what))
