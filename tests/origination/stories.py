"""The cast and what usually happens to them, for stories about origination."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Currency, Money, Rate
from origination import (
    Application,
    Facts,
    HomeOwnership,
    Listing,
    Product,
    Security,
    Verification,
    accept,
    apply,
    decide,
    load_products,
    publish,
    register_product,
    review,
    submit,
)

ALICE = UUID(int=0xA11CE)
BOB = UUID(int=0xB0B)
OLGA = "operator:olga"
OSCAR = "operator:oscar"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

ALICES_FACTS = Facts(
    annual_income_minor=72_000_00,
    debt_to_income=Rate.percent("18.01"),
    employment_years=4,
    home_ownership=HomeOwnership.RENT,
    verification=Verification.VERIFIED,
    age=34,
    region="CA",
    credit_history_years=12,
    delinquencies_2y=0,
    inquiries_6m=1,
    open_accounts=9,
    public_records=0,
    revolving_utilisation=Rate.percent("35.5"),
)


def dollars(text: str) -> Money:
    return Money.parse(text, Currency.USD)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def a_product(session: Session, code: str = "personal-us") -> Product:
    spec = next(spec for spec in load_products() if spec.code == code)
    return register_product(session, spec=spec, at=NOON, by=OLGA)


def a_secured_product(session: Session, security: Security = Security.VEHICLE) -> Product:
    spec = next(spec for spec in load_products() if spec.code == "personal-us")
    limits = dict(spec.stored_limits) | {"security": security.value}
    secured = replace(spec, code="secured-us", stored_limits=limits)
    return register_product(session, spec=secured, at=NOON, by=OLGA)


def a_draft(session: Session, **wishes: Any) -> Application:
    product = wishes.pop("product", None) or a_product(session)
    defaults: dict[str, Any] = {
        "borrower_id": ALICE,
        "product_id": product.id,
        "amount": dollars("10000.00"),
        "installments": 36,
        "purpose": "debt_consolidation",
        "facts": ALICES_FACTS,
        "at": NOON,
    }
    return apply(session, **defaults | wishes)


def a_submitted(session: Session, **wishes: Any) -> Application:
    draft = a_draft(session, **wishes)
    return submit(session, application_id=draft.id, at=NOON)


def a_reviewed(session: Session, **wishes: Any) -> Application:
    application = a_submitted(session, **wishes)
    review(
        session,
        application_id=application.id,
        by=OLGA,
        recommend="approve",
        note="Papers seen.",
        at=NOON,
    )
    return application


def an_approved(session: Session, **wishes: Any) -> Application:
    application = a_reviewed(session, **wishes)
    decide(session, application_id=application.id, by=OSCAR, approve=True, at=NOON)
    return application


def an_accepted(session: Session, **wishes: Any) -> Application:
    application = an_approved(session, **wishes)
    return accept(session, application_id=application.id, borrower_id=ALICE, at=NOON)


def a_listing(session: Session, **wishes: Any) -> Listing:
    application = an_accepted(session, **wishes)
    return publish(session, application_id=application.id, by=OLGA, at=NOON)


def changed(facts: Facts = ALICES_FACTS, **values: Any) -> Facts:
    return replace(facts, **values)
