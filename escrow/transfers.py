"""The tables of money on its way in and out, and of the gateway that carries it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel import Base, Machine, MoneyColumn, Stateful


class Carried(Stateful):
    """What everything has that a gateway carries: whose it is, how much, how far it has come."""

    amount = MoneyColumn("amount_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    status: Mapped[str] = mapped_column(String(32))
    gateway: Mapped[str] = mapped_column(String(32))
    reference: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(200))


class DepositStatus(StrEnum):
    """How far a deposit has come; in the book it stands while it is available."""

    INITIATED = "initiated"
    PROCESSING = "processing"
    HELD = "held"
    AVAILABLE = "available"
    FAILED = "failed"
    DISPUTED = "disputed"
    RETURNED = "returned"


# A payment that failed may be tried again on the provider's page, and then succeed.
DEPOSITS = Machine(
    "deposit",
    {
        DepositStatus.INITIATED: {
            DepositStatus.PROCESSING,
            DepositStatus.HELD,
            DepositStatus.AVAILABLE,
            DepositStatus.FAILED,
        },
        DepositStatus.PROCESSING: {
            DepositStatus.HELD,
            DepositStatus.AVAILABLE,
            DepositStatus.FAILED,
        },
        DepositStatus.HELD: {DepositStatus.AVAILABLE},
        DepositStatus.AVAILABLE: {DepositStatus.RETURNED, DepositStatus.DISPUTED},
        DepositStatus.FAILED: {DepositStatus.HELD, DepositStatus.AVAILABLE},
        DepositStatus.DISPUTED: {DepositStatus.AVAILABLE, DepositStatus.RETURNED},
        DepositStatus.RETURNED: set(),
    },
)


class Deposit(Carried, Base):
    """Money a lender is sending in; it reaches the book when it has arrived and was held."""

    __tablename__ = "deposit"
    machine: ClassVar[Machine] = DEPOSITS

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    available_at: Mapped[datetime | None]


class ReturnStatus(StrEnum):
    """Whether a returned deposit still waits for money."""

    OWING = "owing"
    SETTLED = "settled"


RETURNS = Machine(
    "deposit_return",
    {ReturnStatus.OWING: {ReturnStatus.SETTLED}, ReturnStatus.SETTLED: set()},
)


class DepositReturn(Stateful, Base):
    """A deposit that was taken back, by its bank or by a dispute, and what is still due for it.

    What the lender's account no longer held is due: to the outside, until the platform's fees
    have covered it, and from then on to the platform. It is never a negative balance.
    """

    __tablename__ = "deposit_return"
    __table_args__ = (
        CheckConstraint("owed_outside_minor >= 0 AND owed_house_minor >= 0", name="owed"),
        CheckConstraint("owed_outside_minor + owed_house_minor <= amount_minor", name="bound"),
        CheckConstraint(
            "(owed_outside_minor + owed_house_minor > 0) = (status = 'owing')", name="status"
        ),
        Index("ix_deposit_return_status_account_id", "status", "account_id"),
    )
    machine: ClassVar[Machine] = RETURNS
    amount = MoneyColumn("amount_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    deposit_id: Mapped[UUID] = mapped_column(ForeignKey("deposit.id"), index=True)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reference: Mapped[str] = mapped_column(String(200), unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    owed_outside_minor: Mapped[int]
    owed_house_minor: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    reinstated_at: Mapped[datetime | None]


class DestinationStatus(StrEnum):
    """Whether money may be sent to a destination."""

    ADDED = "added"
    VERIFIED = "verified"
    REFUSED = "refused"
    REMOVED = "removed"


DESTINATIONS = Machine(
    "destination",
    {
        DestinationStatus.ADDED: {
            DestinationStatus.VERIFIED,
            DestinationStatus.REFUSED,
            DestinationStatus.REMOVED,
        },
        DestinationStatus.VERIFIED: {DestinationStatus.REFUSED, DestinationStatus.REMOVED},
        DestinationStatus.REFUSED: {DestinationStatus.VERIFIED, DestinationStatus.REMOVED},
        DestinationStatus.REMOVED: set(),
    },
)


class Destination(Stateful, Base):
    """Where somebody is paid to: a bank account, as the gateway knows it.

    Of the account only its last digits are kept, but where the house itself pays to it; `reference`
    is the gateway's own name for it, or has the number at its end.
    """

    __tablename__ = "destination"
    machine: ClassVar[Machine] = DESTINATIONS

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    gateway: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    reference: Mapped[str | None] = mapped_column(String(200), unique=True)
    status: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    usable_from: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(200))


class PayoutStatus(StrEnum):
    """How far a payout has come."""

    REVIEW = "review"
    REQUESTED = "requested"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"


# A bank may send back what was reported as paid.
PAYOUTS = Machine(
    "payout",
    {
        PayoutStatus.REVIEW: {PayoutStatus.REQUESTED, PayoutStatus.FAILED},
        PayoutStatus.REQUESTED: {PayoutStatus.SENT, PayoutStatus.FAILED},
        PayoutStatus.SENT: {PayoutStatus.PAID, PayoutStatus.FAILED},
        PayoutStatus.PAID: {PayoutStatus.FAILED},
        PayoutStatus.FAILED: set(),
    },
)


class Payout(Carried, Base):
    """Money on its way out to a lender or a borrower; it waits in TRANSIT until it has arrived."""

    __tablename__ = "payout"
    machine: ClassVar[Machine] = PAYOUTS

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    status: Mapped[str] = mapped_column(String(32), index=True)
    destination: Mapped[str] = mapped_column(String(80))
    # Empty where nobody chose one: the application's own bank needs none.
    destination_id: Mapped[UUID | None] = mapped_column(ForeignKey("destination.id"))


class PayoutApproval(Base):
    """One person's word that a large payout may go; never changed, never deleted."""

    __tablename__ = "payout_approval"

    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payout.id"), primary_key=True)
    by: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]


class SavedMethod(Base):
    """A way to pay that a borrower saved at the gateway, for payments by themselves."""

    __tablename__ = "saved_method"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    gateway: Mapped[str] = mapped_column(String(32))
    customer: Mapped[str | None] = mapped_column(String(200))
    reference: Mapped[str | None] = mapped_column(String(200), unique=True)
    label: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]


class GatewayCall(Base):
    """One call to the gateway: its key, written and committed before the call is made.

    `doubtful` says that the gateway failed in the middle: whether it acted is looked up before
    the call is made again.
    """

    __tablename__ = "gateway_call"
    __table_args__ = (Index("ix_gateway_call_subject_id_purpose", "subject_id", "purpose"),)

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[UUID]
    attempt: Mapped[int]
    prepared_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    doubtful: Mapped[bool] = mapped_column(default=False)
    reference: Mapped[str | None] = mapped_column(String(200))
    error: Mapped[str | None] = mapped_column(String(200))


class GatewayEvent(Base):
    """What a gateway told us, stored once by its id before it is applied."""

    __tablename__ = "gateway_event"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
