"""Products as they stand in a policy file: read, checked, and written to the database's form."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from amortization import Conventions, UnusableTerms
from kernel import Currency, Rate
from origination.handling import Handling, checked_order
from origination.limits import Limits
from origination.policy import Table, UnusablePolicy
from origination.pricing import Pricing
from origination.terms import Fees, Funding, LateFee, LateFeeTo, ServicingBase, Terms

POLICIES = Path(__file__).parent / "policies"


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """One product, checked.

    Attributes:
        code: its name in URLs and records.
        name: what people read, by language.
        currency: in which it lends.
        limits: what may be applied for, and by whom.
        pricing: how it judges and what it asks.
        terms: what the loan agreement states.
        stored_limits: the limits in the form of the database.
        stored_pricing: the pricing in the form of the database, scorecard and ceiling included.
    """

    code: str
    name: Mapping[str, str]
    currency: Currency
    limits: Limits
    pricing: Pricing
    terms: Terms
    stored_limits: Mapping[str, Any]
    stored_pricing: Mapping[str, Any]

    @classmethod
    def read(cls, table: Table, *, policies: Path) -> Self:
        """Read one product; scorecard and reference rates come from files beside it.

        Raises:
            UnusablePolicy: something is missing, misspelt or without sense.
        """
        code, currency = table.text("code"), table.word("currency", Currency)
        pricing = _with_references(table.table("pricing"), policies)
        limits = Limits.read(table.table("limits"), currency)
        spec = cls(
            code=code,
            name=MappingProxyType(_names(table.table("name"))),
            currency=currency,
            limits=limits,
            pricing=Pricing.read(Table(pricing, f"{code}.pricing"), limits),
            terms=_terms(table, currency),
            stored_limits=table.values["limits"],
            stored_pricing=pricing,
        )
        table.finish()
        return spec


def load_products(path: Path | None = None) -> list[ProductSpec]:
    """Read every product of a policy file; by default the one that comes with the package.

    Raises:
        UnusablePolicy: the file is missing, is no TOML, or a product in it is not usable.
    """
    path = path or POLICIES / "products.toml"
    file = Table(_toml(path), path.name)
    specs = []
    for place, table in enumerate(file.tables("product"), start=1):
        table.where = str(table.values.get("code", f"{path.name}[{place}]"))
        specs.append(ProductSpec.read(table, policies=path.parent))
    file.finish()
    return specs


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnusablePolicy(
            where=path.name, why="there is no such file", mend=f"Write it beside {POLICIES.name}"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise UnusablePolicy(
            where=path.name, why=f"this is no TOML: {error}", mend="Mend it"
        ) from None


def _with_references(pricing: Table, policies: Path) -> dict[str, Any]:
    """Return the pricing with the scorecard and the reference rates that it names written out.

    A product version is complete in itself: editing a scorecard makes a new version.
    """
    card = _toml(policies / "scorecards" / f"{pricing.text('scorecard')}.toml")
    stored = {**pricing.values, "scorecard": card}
    cap = pricing.table("cap")
    if cap.has("series"):
        rates = Table(_toml(policies / "reference_rates.toml"), "reference_rates.toml")
        history = rates.table(cap.text("series")).values
        stored["cap"] = {**cap.values, "history": dict(history)}
    return stored


def _names(table: Table) -> dict[str, str]:
    names = {language: table.text(language) for language in ("en", "zh")}
    table.finish()
    return names


def _terms(product: Table, currency: Currency) -> Terms:
    table = product.table("terms")
    terms = Terms(
        currency=currency,
        conventions=_conventions(product.table("conventions")),
        waterfall=_waterfall(table),
        fees=_fees(product.table("fees"), currency),
        funding=_funding(product.table("funding"), currency),
        charge_off_days=table.whole("charge_off_days", least=1),
        late_fee_to=table.word("late_fee_to", LateFeeTo),
        handling=_handling(product) if product.has("handling") else Handling(),
    )
    table.finish()
    return terms


def _waterfall(table: Table) -> tuple[str, ...]:
    try:
        return checked_order(table.list_of("waterfall", str, '["past_due.interest"]'))
    except ValueError as error:
        mend = 'Write a time and a component, such as "past_due.interest", each step once'
        raise table.refuse("waterfall", str(error), mend) from None


def _handling(product: Table) -> Handling:
    table = product.table("handling")
    try:
        return Handling.from_json(dict(table.values))
    except (ValueError, TypeError, AttributeError) as error:
        raise UnusablePolicy(
            where=table.where, why=str(error), mend="See origination/handling.py for the choices"
        ) from None


def _conventions(table: Table) -> Conventions:
    try:
        return Conventions.from_json(dict(table.values))
    except (ValueError, TypeError, UnusableTerms) as error:
        raise UnusablePolicy(
            where=table.where,
            why=str(error),
            mend="See amortization/conventions.py for the choices",
        ) from None


def _fees(table: Table, currency: Currency) -> Fees:
    late = table.table("late")
    fees = Fees(
        # The rate card states it by grade; an offer's terms carry the grade's.
        origination=Rate.percent(0),
        servicing=table.share("servicing"),
        servicing_base=table.word("servicing_base", ServicingBase),
        collection=table.share("collection"),
        late=LateFee(
            fixed_minor=late.money("fixed", currency).minor,
            share=late.share("share"),
            grace_days=late.whole("grace_days"),
        ),
    )
    late.finish()
    table.finish()
    return fees


def _funding(table: Table, currency: Currency) -> Funding:
    funding = Funding(
        minimum_share=table.share("minimum_share"),
        days=table.whole("days", least=1),
        acceptance_days=table.whole("acceptance_days", least=1),
        order_minimum_minor=table.money("order_minimum", currency).minor,
        order_step_minor=table.money("order_step", currency).minor,
    )
    if not 0 < funding.minimum_share.value <= 1:
        raise table.refuse("minimum_share", "it is no share", "Write more than 0 and at most 100")
    if not 0 < funding.order_step_minor <= funding.order_minimum_minor:
        raise table.refuse("order_step", "it is nothing or above the minimum", "Write a part of it")
    table.finish()
    return funding
