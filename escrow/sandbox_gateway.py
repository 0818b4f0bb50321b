"""The embedded demo bank: a gateway without a network, where a person presses Pay."""

import hmac
from datetime import datetime
from hashlib import sha256

from escrow.gateway import BalancePage, Event, EventKind, Identified
from kernel import Currency, Money


class SandboxGateway:
    """A bank in which everything arrives at once.

    The id of an event follows from what it tells, so that pressing a button twice tells it once.
    """

    name = "sandbox"

    def __init__(self, secret: str, *, path: str = "/sandbox/deposits") -> None:
        """Sign links with `secret`; `path` is where the application serves the bank's page."""
        self._secret = secret.encode()
        self._path = path

    def checkout_url(self, deposit: Identified) -> str:
        """Return the path of the page on which the depositor presses Pay."""
        return f"{self._path}/{deposit.id}?token={self.token(deposit)}"

    def token(self, deposit: Identified) -> str:
        """Return what proves that a link to this deposit was made here."""
        return hmac.new(self._secret, str(deposit.id).encode(), sha256).hexdigest()[:32]

    def accepts(self, deposit: Identified, token: str) -> bool:
        """Say whether the token belongs to this deposit."""
        return hmac.compare_digest(self.token(deposit).encode(), token.encode())

    def pay(self, deposit: Identified) -> Event:
        """Pay a deposit."""
        return _event(EventKind.DEPOSIT_SUCCEEDED, deposit)

    def decline(self, deposit: Identified, reason: str = "declined") -> Event:
        """Refuse a deposit."""
        return _event(EventKind.DEPOSIT_FAILED, deposit, reason)

    def send(self, payout: Identified) -> list[Event]:
        """Send a payout, which arrives at once."""
        return [_event(EventKind.PAYOUT_SENT, payout), _event(EventKind.PAYOUT_PAID, payout)]

    def verify(self, destination: Identified) -> Event:
        """Know a bank account."""
        return _event(EventKind.DESTINATION_VERIFIED, destination)

    def save(self, method: Identified) -> Event:
        """Save a way to pay."""
        told = {"reference": f"sandbox:{method.id}", "label": "•••• 0000"}
        return Event(f"sandbox:saved:{method.id}", "method.saved", str(method.id), told)

    def balance_page(self, *, since: datetime, until: datetime, after: str = "") -> BalancePage:
        """Return nothing: a bank without money keeps no account."""
        del since, until, after
        return BalancePage((), "")

    def held(self) -> dict[Currency, Money]:
        """Return nothing."""
        return {}

    def bounce(self, payout: Identified, reason: str = "account closed") -> Event:
        """Let a payout fail."""
        return _event(EventKind.PAYOUT_FAILED, payout, reason)


def _event(kind: EventKind, about: Identified, reason: str = "") -> Event:
    payload = {"reason": reason} if reason else {}
    return Event(f"sandbox:{kind}:{about.id}", kind.value, str(about.id), payload)
