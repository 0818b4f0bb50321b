"""Registering products."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kernel import new_id
from origination import queries
from origination.models import Product, ProductStatus
from origination.products import ProductSpec


def register_product(session: Session, *, spec: ProductSpec, at: datetime, by: str) -> Product:
    """Make a product available; the same content stays the same version.

    Changed content becomes the next version and retires the one before; loans and applications
    keep the version that they were made under.
    """
    latest = queries.latest_product(session, code=spec.code)
    content = _content(spec)
    if latest is not None and latest.status == ProductStatus.LIVE and _same(latest, content):
        return latest

    version = 1 if latest is None else latest.version + 1
    product = Product(id=new_id(), code=spec.code, version=version, created_at=at, **content)
    product.status = ProductStatus.LIVE

    if latest is not None and latest.status == ProductStatus.LIVE:
        latest.move(session, ProductStatus.RETIRED, by=by, at=at, why=f"version {version}")
    session.add(product)
    product.begin(session, by=by, at=at)
    session.flush()
    return product


def _content(spec: ProductSpec) -> dict[str, Any]:
    """Return the columns that make a version what it is."""
    return {
        "name": dict(spec.name),
        "currency": spec.currency.value,
        "limits": dict(spec.stored_limits),
        "pricing": dict(spec.stored_pricing),
        "terms": spec.terms.to_json(),
    }


def _same(product: Product, content: dict[str, Any]) -> bool:
    return all(getattr(product, name) == value for name, value in content.items())
