"""Products and what they are judged and priced by."""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Currency
from origination.assessment import Policy
from origination.limits import Limits
from origination.models import Product, ProductStatus
from origination.policy import Table
from origination.pricing import Pricing
from origination.terms import Terms


def latest_product(session: Session, *, code: str) -> Product | None:
    """Return the last version of a product, whatever its status."""
    newest = select(Product).where(Product.code == code).order_by(Product.version.desc()).limit(1)
    return session.scalar(newest)


def live_products(session: Session) -> list[Product]:
    """Return the product versions that may be applied for, by code."""
    live = select(Product).where(Product.status == ProductStatus.LIVE).order_by(Product.code)
    return list(session.scalars(live))


def policy(product: Product) -> Policy:
    """Return what applicants for this product version are judged by."""
    return _policy(
        product.code, product.currency, json.dumps(product.limits), json.dumps(product.pricing)
    )


def terms(product: Product) -> Terms:
    """Return what the loan agreement of this product version states, without a grade's fee."""
    return Terms.from_json(product.terms)


@lru_cache(maxsize=64)
def _policy(code: str, currency: str, limits: str, pricing: str) -> Policy:
    """Read the stored form; product versions are few and never change."""
    bounds = Limits.read(_table(limits, f"{code}.limits"), Currency(currency))
    return Policy(bounds, Pricing.read(_table(pricing, f"{code}.pricing"), bounds))


def _table(stored: str, where: str) -> Table:
    values: Any = json.loads(stored)
    return Table(values, where)
