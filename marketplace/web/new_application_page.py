"""What may be applied for."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

import origination
from kernel import Currency, Rate
from marketplace.web.draft_page import NAMES, STEPS, product_name
from origination import Limits, Product


@dataclass(frozen=True)
class ProductCard:
    """One product on offer, from its limits and its rate card."""

    code: str
    name: str
    currency: Currency
    limits: Limits
    lowest: Rate
    highest: Rate


@dataclass(frozen=True)
class ProductsPage:
    """Every product on offer."""

    products: tuple[ProductCard, ...]


@dataclass(frozen=True)
class NewPage:
    """The first step of an application that does not exist yet."""

    code: str
    product: str
    product_id: UUID
    limits: Limits
    names: list[str]


def products_page(session: Session) -> ProductsPage:
    """Return what is on offer."""
    return ProductsPage(tuple(map(product_card, origination.live_products(session))))


def product_card(product: Product) -> ProductCard:
    """Return one product as it is offered."""
    policy = origination.policy(product)
    rates = [rate for price in policy.pricing.grades.values() for rate in price.rates.values()]
    return ProductCard(
        code=product.code,
        name=product_name(product),
        currency=Currency(product.currency),
        limits=policy.limits,
        lowest=min(rates),
        highest=max(rates),
    )


def new_page(session: Session, code: str) -> NewPage | None:
    """Return the first step for a product; None where there is no such product."""
    live = {product.code: product for product in origination.live_products(session)}
    if code not in live:
        return None
    product = live[code]
    return NewPage(
        code=code,
        product=product_name(product),
        product_id=product.id,
        limits=origination.policy(product).limits,
        names=[str(NAMES[step]) for step in STEPS],
    )
