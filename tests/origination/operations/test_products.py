from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Rate, StatusEvent
from origination import ProductStatus, load_products, register_product
from origination.queries import latest_product, live_products, policy, terms
from tests.origination.stories import NOON, OLGA, a_product, days

SPEC = load_products()[0]


def test_a_registered_product_may_be_applied_for(session: Session) -> None:
    product = a_product(session)

    assert (product.version, product.status) == (1, ProductStatus.LIVE)
    assert live_products(session) == [product]
    assert policy(product).limits == SPEC.limits
    assert policy(product).pricing == SPEC.pricing
    assert terms(product) == SPEC.terms


def test_the_same_content_stays_the_same_version(session: Session) -> None:
    first = a_product(session)

    again = register_product(session, spec=SPEC, at=NOON + days(1), by=OLGA)

    assert again is first


def test_changed_content_is_the_next_version_and_retires_the_one_before(session: Session) -> None:
    first = a_product(session)
    fees = replace(SPEC.terms.fees, servicing=Rate.percent("0.9"))
    cheaper = replace(SPEC, terms=replace(SPEC.terms, fees=fees))

    second = register_product(session, spec=cheaper, at=NOON + days(1), by=OLGA)

    assert (second.version, second.status) == (2, ProductStatus.LIVE)
    assert first.status == ProductStatus.RETIRED
    assert live_products(session) == [second]
    assert latest_product(session, code=SPEC.code) is second
    moves = select(StatusEvent.why).where(
        StatusEvent.subject_id == first.id, StatusEvent.to_state == "retired"
    )
    assert session.scalars(moves).all() == ["version 2"]


def test_a_retired_product_comes_back_as_a_new_version(session: Session) -> None:
    first = a_product(session)
    first.move(session, ProductStatus.RETIRED, by=OLGA, at=NOON)

    second = register_product(session, spec=SPEC, at=NOON, by=OLGA)

    assert (second.version, second.status) == (2, ProductStatus.LIVE)


def test_nothing_is_known_of_a_product_that_was_never_registered(session: Session) -> None:
    assert latest_product(session, code="boats") is None
