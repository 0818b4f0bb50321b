"""The tables from a borrower's wish to a listing that lenders may fund."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from kernel import Base, Machine, MoneyColumn, Rate, Sequence64, Stateful


class ProductStatus(StrEnum):
    """Whether a product version may be applied for."""

    DRAFT = "draft"
    LIVE = "live"
    RETIRED = "retired"


PRODUCTS = Machine(
    "product",
    {
        ProductStatus.DRAFT: {ProductStatus.LIVE, ProductStatus.RETIRED},
        ProductStatus.LIVE: {ProductStatus.RETIRED},
        ProductStatus.RETIRED: set(),
    },
)


class Product(Stateful, Base):
    """One version of a loan product; loans pin the version they were made under."""

    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("code", "version"),)
    machine: ClassVar[Machine] = PRODUCTS

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    name: Mapped[dict[str, Any]]  # by language
    status: Mapped[str] = mapped_column(String(32))
    currency: Mapped[str] = mapped_column(String(3))
    limits: Mapped[dict[str, Any]]  # amounts, installments, purposes: what may be applied for
    pricing: Mapped[dict[str, Any]]  # scorecard, grades and rate card
    terms: Mapped[dict[str, Any]]  # Terms.to_json()
    created_at: Mapped[datetime]


class ApplicationStatus(StrEnum):
    """How far an application has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


_S = ApplicationStatus
APPLICATIONS = Machine(
    "application",
    {
        _S.DRAFT: {_S.SUBMITTED, _S.WITHDRAWN},
        _S.SUBMITTED: {_S.REVIEWED, _S.WITHDRAWN},
        _S.REVIEWED: {_S.APPROVED, _S.DECLINED, _S.SUBMITTED, _S.WITHDRAWN},
        _S.APPROVED: {_S.ACCEPTED, _S.WITHDRAWN},
        _S.DECLINED: set(),
        _S.ACCEPTED: {_S.LISTED, _S.WITHDRAWN},
        _S.LISTED: set(),
        _S.WITHDRAWN: set(),
    },
)


class Application(Stateful, Base):
    """What a borrower asks for, and the facts it is judged by."""

    __tablename__ = "application"
    __table_args__ = (Index("ix_application_status_submitted_at", "status", "submitted_at"),)
    machine: ClassVar[Machine] = APPLICATIONS
    amount = MoneyColumn("amount_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    borrower_id: Mapped[UUID] = mapped_column(index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    installments: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]


class DecisionKind(StrEnum):
    """What was decided; a review recommends, a second person decides."""

    RECOMMEND_APPROVAL = "recommend_approval"
    RECOMMEND_DECLINE = "recommend_decline"
    APPROVE = "approve"
    DECLINE = "decline"


class Decision(Base):
    """One judgement on an application, with all that it rested on; never changed."""

    __tablename__ = "decision"
    amount = MoneyColumn("amount_minor")

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    score: Mapped[int]
    grade: Mapped[str] = mapped_column(String(4))
    rate: Mapped[Rate]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    installments: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    scorecard: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(1000), default="")


class Signature(Base):
    """What a borrower signed, word for word, and how; never changed."""

    __tablename__ = "signature"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    signer: Mapped[str] = mapped_column(String(120))  # the name as it was typed
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(12))
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))  # of the document's UTF-8


class RelatedParty(Base):
    """A borrower in a group of those who belong together; who leaves keeps an ended row."""

    __tablename__ = "related_party"
    __table_args__ = (
        Index(
            "uq_related_party_borrower_id",
            "borrower_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]
    group_id: Mapped[UUID] = mapped_column(index=True)
    why: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(80))


class ListingStatus(StrEnum):
    """Where a listing stands."""

    DRAFT = "draft"
    OPEN = "open"
    FUNDED = "funded"
    PARTIAL = "partial"
    DISBURSED = "disbursed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


_L = ListingStatus
LISTINGS = Machine(
    "listing",
    {
        _L.DRAFT: {_L.OPEN, _L.WITHDRAWN},
        _L.OPEN: {_L.FUNDED, _L.PARTIAL, _L.EXPIRED, _L.WITHDRAWN},
        # Funded to at least the minimum: the borrower accepts the smaller amount or declines.
        _L.PARTIAL: {_L.FUNDED, _L.EXPIRED, _L.WITHDRAWN},
        # A lender who may still reflect takes an order back: there is room again.
        _L.FUNDED: {_L.DISBURSED, _L.WITHDRAWN, _L.OPEN},
        _L.DISBURSED: set(),
        _L.EXPIRED: set(),
        _L.WITHDRAWN: set(),
    },
)


class Listing(Stateful, Base):
    """A loan that lenders may fund."""

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("reserved_minor >= 0 AND reserved_minor <= amount_minor", name="reserved"),
        Index("ix_listing_status_closes_at", "status", "closes_at"),
    )
    machine: ClassVar[Machine] = LISTINGS
    amount = MoneyColumn("amount_minor")
    reserved = MoneyColumn("reserved_minor")
    minimum = MoneyColumn("minimum_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), unique=True)
    borrower_id: Mapped[UUID] = mapped_column(index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    account_id: Mapped[int | None]  # its escrow account, opened with the first order
    amount_minor: Mapped[int]
    reserved_minor: Mapped[int] = mapped_column(default=0)
    minimum_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    rate: Mapped[Rate]
    grade: Mapped[str] = mapped_column(String(4), index=True)
    score: Mapped[int]
    installments: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(40))
    region: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]]  # what lenders may see of the borrower
    terms: Mapped[dict[str, Any]]
    orders: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(32))
    opened_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
