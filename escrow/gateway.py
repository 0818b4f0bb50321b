"""What the book needs of whoever carries money in and out."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID


class EventKind(StrEnum):
    """What a gateway can tell us."""

    DEPOSIT_SUCCEEDED = "deposit.succeeded"
    DEPOSIT_FAILED = "deposit.failed"
    PAYOUT_SENT = "payout.sent"
    PAYOUT_PAID = "payout.paid"
    PAYOUT_FAILED = "payout.failed"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened outside.

    Attributes:
        id: the gateway's own id; the same id is the same event.
        kind: an `EventKind`, or a word that this version does not know.
        subject: the id, or the gateway's reference, of the deposit or payout.
        payload: what else was said; a failure gives its `reason`.
    """

    id: str
    kind: str
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)


class Identified(Protocol):
    """A deposit or a payout, as far as a gateway must know it."""

    id: UUID


class PaymentGateway(Protocol):
    """Takes deposits and sends payouts.

    It never touches the database: what it learns comes back as events, through `receive`.
    """

    name: str

    def checkout_url(self, deposit: Identified) -> str:
        """Return where the depositor goes to pay."""
        ...

    def send(self, payout: Identified) -> list[Event]:
        """Send a payout on its way, and return what is known at once.

        It may be asked again for the same payout, after an answer that was lost: the payout's id
        is the key by which a gateway must send it once only and give the same answer.
        """
        ...
