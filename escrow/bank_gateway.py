"""A bank account of the house's own: money comes by transfer, and leaves by a file for the bank.

Nothing is called: deposits are known by the lender's reference on a statement's line, and payouts
are paid once a line says so.
"""

from datetime import datetime

from escrow.gateway import BalancePage, Event, EventKind, Identified
from escrow.gateway_names import BANK_FILE
from kernel import Currency, Money


class BankGateway:
    """What the book asks of a gateway, where people and files carry the money."""

    name = BANK_FILE

    def checkout_url(self, deposit: Identified) -> str:
        """Return the page that says how to transfer money."""
        del deposit
        return "/wallet/deposits/new"

    def send(self, payout: Identified) -> list[Event]:
        """Let a payout wait for the next file."""
        del payout
        return []

    def verify(self, destination: Identified) -> Event:
        """Take a bank account whose number has been checked."""
        ident = f"bank:{EventKind.DESTINATION_VERIFIED}:{destination.id}"
        return Event(ident, EventKind.DESTINATION_VERIFIED.value, str(destination.id))

    def balance_page(self, *, since: datetime, until: datetime, after: str = "") -> BalancePage:
        """Return nothing: statements are imported."""
        del since, until, after
        return BalancePage((), "")

    def held(self) -> dict[Currency, Money]:
        """Return nothing: closing balances are imported."""
        return {}
