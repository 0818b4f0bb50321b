"""What the book needs of whoever carries money in and out."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from kernel import Currency, Money, Refused, Unavailable


class GatewayRefused(Refused):
    """The payment provider refused this: {why}."""


class GatewayMissing(GatewayRefused):
    """The payment provider does not know this: {why}."""


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
    COLLECTION_PROCESSING = "collection.processing"
    COLLECTION_RECEIVED = "collection.received"
    COLLECTION_FAILED = "collection.failed"
    COLLECTION_RETURNED = "collection.returned"
    COLLECTION_REINSTATED = "collection.reinstated"


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


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One change of our balance at a gateway.

    Attributes:
        id: the gateway's own name of it.
        kind: the gateway's word for it.
        amount: above zero the gateway holds more for us; its fee is not taken off.
        fee: what the gateway took for it besides.
        source: the gateway's name of what caused it; empty where nothing did.
        about: what is known of the source: its metadata, and as `parent` what it belongs to.
        at: when it happened.
    """

    id: str
    kind: str
    amount: Money
    fee: Money
    source: str
    about: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class BalancePage:
    """Some of the changes of a span of time, the newest first; `after` leads to the next ones."""

    lines: tuple[BalanceLine, ...]
    after: str


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

    def balance_page(self, *, since: datetime, until: datetime, after: str = "") -> BalancePage:
        """Return some changes of our balance from `since` on and before `until`.

        Args:
            since: the earliest moment.
            until: the first moment that does not count any more.
            after: where the page before ended; nothing for the first one.
        """
        ...

    def held(self) -> dict[Currency, Money]:
        """Return what the gateway holds for us by its own account, by currency."""
        ...
