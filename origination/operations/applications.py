"""A borrower's wish: applying, changing one's mind, handing in, withdrawing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Money, Refused, find, lock, new_id, next_number
from origination import queries
from origination.facts import Facts
from origination.models import Application, ApplicationStatus, Product, ProductStatus


class ProductNotOffered(Refused):
    """{code} version {version} may no longer be applied for; apply for the current version."""


class NotADraft(Refused):
    """Application {number} was handed in and can no longer be changed."""


class NotYours(Refused):
    """Only its borrower may do this."""


def apply(
    session: Session,
    *,
    borrower_id: UUID,
    product_id: UUID,
    amount: Money,
    installments: int,
    purpose: str,
    facts: Facts,
    at: datetime,
) -> Application:
    """Open an application as a draft.

    Raises:
        ProductNotOffered: the product version is not live.
        AmountOutsideLimits, AmountOffStep, TermNotOffered, PurposeNotOffered: not on offer.
        CurrencyMismatch: the product lends in another currency.
    """
    product = _offered(session, product_id)

    queries.policy(product).limits.check(amount=amount, installments=installments, purpose=purpose)

    application = Application(
        id=new_id(),
        number=next_number(session),
        borrower_id=borrower_id,
        product_id=product.id,
        amount=amount,
        installments=installments,
        purpose=purpose,
        facts=facts.to_json(),
        status=ApplicationStatus.DRAFT,
        created_at=at,
    )
    session.add(application)
    application.begin(session, by=borrower(borrower_id), at=at)
    session.flush()
    return application


def update_application(
    session: Session,
    *,
    application_id: UUID,
    borrower_id: UUID,
    amount: Money | None = None,
    installments: int | None = None,
    purpose: str | None = None,
    facts: Facts | None = None,
) -> Application:
    """Change a draft; what is not given stays.

    Raises:
        NotYours: somebody else's application.
        NotADraft: it was handed in.
        AmountOutsideLimits, AmountOffStep, TermNotOffered, PurposeNotOffered: not on offer.
    """
    application = lock(session, Application, application_id)
    product = find(session, Product, application.product_id)

    require_owner(application, borrower(borrower_id))
    if application.status != ApplicationStatus.DRAFT:
        raise NotADraft(number=application.number)
    amount = application.amount if amount is None else amount
    installments = application.installments if installments is None else installments
    purpose = application.purpose if purpose is None else purpose
    queries.policy(product).limits.check(amount=amount, installments=installments, purpose=purpose)

    application.amount = amount
    application.installments = installments
    application.purpose = purpose
    application.facts = application.facts if facts is None else facts.to_json()
    session.flush()
    return application


def submit(session: Session, *, application_id: UUID, at: datetime) -> Application:
    """Hand a draft in for review.

    Raises:
        FactsMissing: the product cannot judge without some facts.
        ProductNotOffered: the product version was retired meanwhile.
        MoveNotAllowed: it is no draft.
    """
    application = lock(session, Application, application_id)
    product = _offered(session, application.product_id)

    queries.policy(product).limits.check_facts(Facts.from_json(application.facts))

    by = borrower(application.borrower_id)
    application.move(session, ApplicationStatus.SUBMITTED, by=by, at=at)
    application.submitted_at = at
    return application


def withdraw_application(
    session: Session, *, application_id: UUID, by: str, at: datetime, why: str
) -> Application:
    """Take an application back before it is listed.

    Raises:
        NotYours: another borrower's application.
        MoveNotAllowed: it is listed, declined or already withdrawn.
    """
    application = lock(session, Application, application_id)

    require_owner(application, by)

    application.move(session, ApplicationStatus.WITHDRAWN, by=by, at=at, why=why)
    return application


def borrower(borrower_id: UUID) -> str:
    """Return how the record names a borrower."""
    return f"borrower:{borrower_id}"


def require_owner(application: Application, by: str) -> None:
    """Refuse a borrower whose application it is not; operators and the system may act for them.

    Raises:
        NotYours: another borrower's.
    """
    if by.startswith("borrower:") and by != borrower(application.borrower_id):
        raise NotYours


def _offered(session: Session, product_id: UUID) -> Product:
    product = find(session, Product, product_id)
    if product.status != ProductStatus.LIVE:
        raise ProductNotOffered(code=product.code, version=product.version)
    return product
