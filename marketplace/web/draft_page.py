"""A draft application: its steps, what each of them shows, and the facts that come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import origination
from kernel import Money, Rate, find
from marketplace.forms import FormSchema
from marketplace.i18n import language
from marketplace.schemas import applications as schemas
from origination import (
    Application,
    Facts,
    HomeOwnership,
    Limits,
    Product,
    Verification,
)

LOAN, ABOUT, INCOME, CREDIT, CHECK = "loan", "about", "income", "credit", "check"
STEPS = (LOAN, ABOUT, INCOME, CREDIT, CHECK)
NAMES = {
    LOAN: _l("Your loan"),
    ABOUT: _l("About you"),
    INCOME: _l("Income and home"),
    CREDIT: _l("Other credit"),
    CHECK: _l("Check your answers"),
}
PERCENT = 100


@dataclass(frozen=True)
class Draft:
    """What has been stated so far.

    Attributes:
        payments: what other debts cost a month, where it was stated.
    """

    id: UUID
    number: int
    product: str
    limits: Limits
    amount: Money
    installments: int
    purpose: str
    facts: Facts
    income: Money | None
    payments: Money | None

    @property
    def missing(self) -> str | None:
        """The first step that is not answered."""
        known = {ABOUT: self.facts.age, INCOME: self.income, CREDIT: self.payments}
        return next((step for step, fact in known.items() if fact is None), None)


@dataclass(frozen=True)
class StepPage:
    """One step of a draft."""

    draft: Draft
    step: str
    number: int
    names: list[str]
    previous: str | None


def draft_of(session: Session, application: Application) -> Draft:
    """Return a draft with all that was stated."""
    product = find(session, Product, application.product_id)
    facts = Facts.from_json(application.facts)
    currency = application.amount.currency
    income = facts.annual_income_minor
    return Draft(
        id=application.id,
        number=application.number,
        product=product_name(product),
        limits=origination.policy(product).limits,
        amount=application.amount,
        installments=application.installments,
        purpose=application.purpose,
        facts=facts,
        income=None if income is None else Money(income, currency),
        payments=_payments(facts, application.amount),
    )


def product_name(product: Product) -> str:
    """Return a product's name in the reader's language."""
    return str(product.name.get(language()) or product.name["en"])


def step_page(draft: Draft, step: str) -> StepPage:
    """Return what stands around the form of a step."""
    place = STEPS.index(step)
    return StepPage(
        draft=draft,
        step=step,
        number=place + 1,
        names=[str(NAMES[name]) for name in STEPS],
        previous=STEPS[place - 1] if place else None,
    )


def next_step(step: str, draft: Draft) -> str:
    """Return where to go from a step: on, or back to the answers once all are there."""
    return CHECK if draft.missing is None else STEPS[STEPS.index(step) + 1]


def schema(step: str, draft: Draft) -> FormSchema:
    """Return what a step takes."""
    currency = draft.amount.currency
    made: dict[str, Callable[[], FormSchema]] = {
        LOAN: lambda: schemas.Loan(draft.limits),
        ABOUT: schemas.About,
        INCOME: lambda: schemas.Income(currency),
        CREDIT: lambda: schemas.Credit(currency),
    }
    return made[step]()


def shown(step: str, draft: Draft) -> dict[str, Any]:
    """Return what the fields of a step hold when it is opened."""
    facts = draft.facts
    if step == LOAN:
        return {
            "amount": plain(draft.amount),
            "term": draft.installments,
            "purpose": draft.purpose,
        }
    if step == ABOUT:
        return {"age": facts.age, "region": facts.region, "joint": "1" if facts.joint else ""}
    if step == INCOME:
        return {
            "income": plain(draft.income),
            "employment_years": facts.employment_years,
            "home": facts.home_ownership,
        }
    return {
        "payments": plain(draft.payments),
        "history_years": facts.credit_history_years,
        "late_payments": facts.delinquencies_2y,
        "inquiries": facts.inquiries_6m,
        "records": facts.public_records,
        "card_use": _percent(facts.revolving_utilisation),
    }


def changes(step: str, draft: Draft, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a step's answers change of the application."""
    if step == LOAN:
        return {
            "amount": values["amount"],
            "installments": int(values["term"]),
            "purpose": values["purpose"],
        }
    facts = {ABOUT: _about, INCOME: _income, CREDIT: _credit}[step](draft, values)
    return {"facts": facts}


def plain(amount: Money | None) -> str:
    """Write an amount as one types it."""
    if amount is None:
        return ""
    return f"{amount.decimal:,}".removesuffix(".00")


def _about(draft: Draft, values: Mapping[str, Any]) -> Facts:
    return replace(draft.facts, age=values["age"], region=values["region"], joint=values["joint"])


def _income(draft: Draft, values: Mapping[str, Any]) -> Facts:
    """Keep what the other debts cost; their share of the income changes with it."""
    income: Money = values["income"]
    share = draft.facts.debt_to_income
    if draft.payments is not None:
        share = origination.debt_to_income(draft.payments, annual_income=income)
    return replace(
        draft.facts,
        annual_income_minor=income.minor,
        employment_years=values["employment_years"],
        home_ownership=HomeOwnership(values["home"]),
        verification=Verification.NOT_VERIFIED,
        debt_to_income=share,
    )


def _credit(draft: Draft, values: Mapping[str, Any]) -> Facts:
    income = Money.zero(draft.amount.currency) if draft.income is None else draft.income
    used = values["card_use"]
    return replace(
        draft.facts,
        debt_to_income=origination.debt_to_income(values["payments"], annual_income=income),
        credit_history_years=values["history_years"],
        delinquencies_2y=values["late_payments"],
        inquiries_6m=values["inquiries"],
        public_records=values["records"],
        revolving_utilisation=None if used is None else Rate.percent(used),
    )


def _payments(facts: Facts, amount: Money) -> Money | None:
    if facts.debt_to_income is None or facts.annual_income_minor is None:
        return None
    income = Money(facts.annual_income_minor, amount.currency)
    return origination.monthly_payments(facts.debt_to_income, annual_income=income)


def _percent(share: Rate | None) -> str:
    return "" if share is None else str(int(share.value * PERCENT))
