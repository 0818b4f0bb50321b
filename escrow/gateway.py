"""What the book needs of whoever carries money in and out."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from kernel import Money, Refused, Unavailable


class GatewayRefused(Refused):
    """The payment provider refused this: {why}."""


class GatewayUnavailable(Unavailable):
    """The payment provider did not answer ({why}); it is asked again with the same key."""


class GatewayDoubtful(Unavailable):
    """The payment provider failed in the middle ({why}); whether it acted is looked up first."""


class ForgedMessage(Refused):
    """This message is not from the payment provider: {why}."""


class EventKind(StrEnum):
    """What a gateway can tell us."""

    DEPOSIT_PROCESSING = "deposit.processing"
    DEPOSIT_SUCCEEDED = "deposit.succeeded"
    DEPOSIT_FAILED = "deposit.failed"
    DEPOSIT_RETURNED = "deposit.returned"
    DEPOSIT_DISPUTED = "deposit.disputed"
    DEPOSIT_REINSTATED = "deposit.reinstated"
    PAYOUT_SENT = "payout.sent"
    PAYOUT_PAID = "payout.paid"
    PAYOUT_FAILED = "payout.failed"
    DESTINATION_VERIFIED = "destination.verified"
    DESTINATION_REFUSED = "destination.refused"
    METHOD_SAVED = "method.saved"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened outside.

    Attributes:
        id: the gateway's own id; the same id is the same event.
        kind: an `EventKind`, or a word that this version does not know.
        subject: the id, or the gateway's reference, of what it is about.
        payload: what else was said; a failure gives its `reason`, a return or a dispute its
            `reference` and its `amount_minor`, a success its `method`.
    """

    id: str
    kind: str
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """What a gateway posted to us: that something happened to one of its objects."""

    id: str
    kind: str
    object_id: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the gateway's own, where a person goes on."""

    reference: str
    url: str


class Identified(Protocol):
    """What is carried, as far as a gateway must know it."""

    id: UUID


class Carried(Identified, Protocol):
    """A deposit or a payout, as far as a gateway that really carries it must know it."""

    @property
    def amount(self) -> Money:
        """How much."""
        ...


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
