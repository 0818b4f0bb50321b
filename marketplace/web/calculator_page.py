"""What the rate calculator shows: a form and, where it is filled in well, an estimate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

import origination
from kernel import Currency, Money
from marketplace.forms import Form
from marketplace.i18n import language
from marketplace.schemas.calculator import CREDIT, Calculator
from marketplace.web.new_application_page import ProductCard, product_card
from origination import Quote

# What a visitor sees before they have touched anything, in major units.
USUAL = {Currency.USD: "10,000", Currency.CNY: "50,000"}
USUAL_TERM = 36
HOME = {"zh": Currency.CNY}


@dataclass(frozen=True)
class CalculatorPage:
    """A question and its answer.

    Attributes:
        quote: the estimate; None where the form was refused.
        grade: the grade that the estimate is priced by.
        shown: the amount at which the slider stands, in major units.
    """

    form: Form
    product: ProductCard
    quote: Quote | None
    grade: str
    least: int
    most: int
    step: int
    shown: int


def calculator_page(
    session: Session, asked: Mapping[str, str], *, on: date
) -> CalculatorPage | None:
    """Return the calculator for what was asked; None while there is no product."""
    products = {product.code: product for product in origination.live_products(session)}
    if not products:
        return None
    chosen = products.get(asked.get("product", "")) or _usual(list(products.values()))
    card = product_card(chosen)
    names = {product.code: product.currency for product in products.values()}
    form = Form(Calculator(names, card.limits))
    usable = form.load(MultiDict(_filled(asked, card)))
    grade = CREDIT.get(form.value("credit"), "")
    quote = None
    if usable:
        quote = origination.estimate(
            chosen,
            grade=grade,
            amount=form.values["amount"],
            installments=int(form.values["term"]),
            on=on,
        )
    return _page(form, card, quote, grade)


def _usual(products: list[origination.Product]) -> origination.Product:
    home = HOME.get(language(), Currency.USD)
    return next((product for product in products if product.currency == home), products[0])


def _filled(asked: Mapping[str, str], card: ProductCard) -> dict[str, str]:
    """Fill in what was not asked; on the way to another product amount and term start anew."""
    terms = card.limits.installments
    usual = {
        "product": card.code,
        "amount": USUAL.get(card.currency, str(card.limits.maximum.decimal)),
        "term": str(USUAL_TERM if USUAL_TERM in terms else terms[-1]),
        "credit": "good",
    }
    given = {name: asked[name] for name in usual if name in asked} | {"product": card.code}
    if asked.get("shown", card.code) != card.code:
        given = {name: given[name] for name in ("product", "credit") if name in given}
    if given.get("term", "") not in map(str, terms):
        given.pop("term", None)
    return usual | given


def _page(form: Form, card: ProductCard, quote: Quote | None, grade: str) -> CalculatorPage:
    limits = card.limits
    amount = quote.amount if quote else limits.minimum
    return CalculatorPage(
        form=form,
        product=card,
        quote=quote,
        grade=grade,
        least=_major(limits.minimum),
        most=_major(limits.maximum),
        step=_major(limits.step),
        shown=_major(amount),
    )


def _major(amount: Money) -> int:
    return int(amount.decimal)
