"""Words for what an application states: facts, their values, and the reasons of a judgement.

Templates write `{{ fact_name("open_accounts") }}`, `{{ fact_value(name, value, currency) }}` and
`{{ reason(code) }}`; purposes are in `words`.
"""

from typing import Any

from flask import Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

import origination
from kernel import Currency, Money, Rate
from marketplace import formats
from origination import VOCABULARY, HomeOwnership, Kind, Security, Verification

FACTS: dict[str, Any] = {
    "annual_income_minor": _l("Income in a year"),
    "debt_to_income": _l("Other debts, part of income"),
    "monthly_debt_minor": _l("Other debts in a month"),
    "employment_years": _l("Years with the employer"),
    "home_ownership": _l("Housing"),
    "verification": _l("Income verified"),
    "age": _l("Age"),
    "region": _l("Region"),
    "joint": _l("Joint application"),
    "security": _l("Security"),
    "credit_history_years": _l("Years of credit history"),
    "delinquencies_2y": _l("Late payments in two years"),
    "months_since_delinquency": _l("Months since the last late payment"),
    "delinquent_accounts": _l("Accounts behind now"),
    "inquiries_6m": _l("Credit inquiries in six months"),
    "inquiries_12m": _l("Credit inquiries in a year"),
    "open_accounts": _l("Open credit lines"),
    "total_accounts": _l("Credit lines ever"),
    "mortgage_accounts": _l("Mortgages"),
    "public_records": _l("Public records"),
    "bankruptcies": _l("Bankruptcies"),
    "tax_liens": _l("Tax liens"),
    "collections_12m": _l("Collections in a year"),
    "revolving_balance_minor": _l("Revolving balance"),
    "revolving_utilisation": _l("Revolving credit used"),
    "amount_to_income": _l("Amount, part of income"),
}

CHOICES: dict[str, Any] = {
    HomeOwnership.OWN.value: _l("Owns a home"),
    HomeOwnership.MORTGAGE.value: _l("Owns with a mortgage"),
    HomeOwnership.RENT.value: _l("Rents"),
    HomeOwnership.OTHER.value: _l("Other"),
    Verification.NOT_VERIFIED.value: _l("Not verified"),
    Verification.SOURCE_VERIFIED.value: _l("Source verified"),
    Verification.VERIFIED.value: _l("Verified"),
    Security.NONE.value: _l("Unsecured"),
    Security.VEHICLE.value: _l("A vehicle"),
    Security.PROPERTY.value: _l("Real property"),
    Security.DEPOSIT.value: _l("A deposit"),
    Security.GUARANTEE.value: _l("A guarantee"),
}


def fact_name(name: str) -> str:
    """Return what a fact is called."""
    return str(FACTS.get(name, name))


def fact_value(name: str, value: Any, currency: Currency) -> str:
    """Return a fact as people read it; `value` is a fact or its stored form."""
    kind = VOCABULARY.get(name)
    if kind is Kind.AMOUNT:
        return formats.money(Money(int(value), currency))
    if kind is Kind.SHARE:
        return formats.pct(value if isinstance(value, Rate) else Rate.from_e8(int(value)), digits=0)
    if kind is Kind.FLAG:
        return str(gettext("Yes") if value else gettext("No"))
    return str(CHOICES.get(str(value), value))


def reason(code: str) -> str:
    """Return why an application was judged as it was."""
    return str(gettext(origination.MESSAGES.get(code, code)))


def init_vocabulary(app: Flask) -> None:
    """Let templates ask for these words."""
    app.jinja_env.globals |= {
        "fact_name": fact_name,
        "fact_value": fact_value,
        "reason": reason,
    }


# Why a debit failed, in the provider's codes.
FAILURES: dict[str, Any] = {
    "insufficient_funds": _l("There was too little on the account."),
    "generic_decline": _l("Your bank declined it without saying why."),
    "card_declined": _l("Your bank declined it without saying why."),
    "authentication_required": _l("Your bank wants you to confirm it: pay by hand."),
    "expired_card": _l("The card has expired."),
    "lost_card": _l("The card cannot be used."),
    "stolen_card": _l("The card cannot be used."),
    "account_closed": _l("The account is closed."),
    "no_account": _l("There is no such account."),
    "debit_not_authorized": _l("The account's owner did not allow the debit."),
    "fraudulent": _l("The payment was disputed."),
    "processing_error": _l("The bank could not process it."),
}


def failure_word(code: str | None, otherwise: str | None) -> str:
    """Return why a debit failed, in words; the provider's own where we have none."""
    known = FAILURES.get(code or "") or FAILURES.get(otherwise or "")
    return str(known or otherwise or "")
