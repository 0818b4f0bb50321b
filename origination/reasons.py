"""Reason codes: why an application was judged as it was, in words that an applicant can act on.

Adverse action reasons are specific (12 CFR 1002.9(b)(2)): none of them says that a score was low.
"""

from types import MappingProxyType

from origination.policy import Table

# Rules that an applicant does not meet.
_RULES = {
    "below_minimum_age": "You are younger than this product allows.",
    "above_maximum_age": "You are older than this product allows.",
    "income_too_low": "Your income is below the least this product asks for.",
    "debt_to_income_too_high": "Your other debts take too large a part of your income.",
    "amount_too_high_for_income": "The amount asked is too high for your income.",
    "currently_delinquent": "You are behind on payments to another creditor.",
}

# Points lost on the scorecard.
_LOSSES = {
    "high_debt_to_income": "Your other debts take a large part of your income.",
    "amount_high_for_income": "The amount asked is high for your income.",
    "many_recent_inquiries": "Many lenders asked for your credit report recently.",
    "recent_delinquency": "You paid other creditors late in the last two years.",
    "public_record": "There is a bankruptcy, tax lien or judgement on record.",
    "high_revolving_utilisation": "You use a large part of your revolving credit limits.",
    "short_credit_history": "Your credit history is short.",
    "short_employment": "You have been with your employer for a short time.",
    "home_ownership": "Your housing situation.",
    "unverified_income": "Your income could not be verified.",
    "unknown_debt_to_income": "We could not learn what your other debts cost you.",
    "unknown_annual_income_minor": "We could not learn your income.",
    "unknown_amount_to_income": "We could not compare the amount with your income.",
    "unknown_inquiries_6m": "We could not learn of recent inquiries for your credit report.",
    "unknown_delinquencies_2y": "We could not learn how you paid other creditors.",
    "unknown_public_records": "We could not learn of public records.",
    "unknown_revolving_utilisation": "We could not learn how you use revolving credit.",
    "unknown_credit_history_years": "We could not learn how long your credit history is.",
    "unknown_employment_years": "We could not learn how long you have been employed.",
    "unknown_home_ownership": "We could not learn of your housing situation.",
}

# What an operator found or chose.
_JUDGEMENT = {
    "external_grade": "The grade was given by an outside source.",
    "changed_terms": "The offer differs from what was asked or from the rate card.",
    "despite_rules": "The offer was made although a rule is not met, for the reason noted.",
    "identity_not_verified": "Your identity could not be verified.",
    "information_not_verified": "What you stated could not be verified.",
    "purpose_not_supported": "The purpose of the loan was not supported.",
    "too_many_loans": "You have too many loans open with us.",
}

# The English message of every code.
MESSAGES = MappingProxyType({**_RULES, **_LOSSES, **_JUDGEMENT})


def reason_code(table: Table, name: str = "reason") -> str:
    """Read a reason code from a policy file.

    Raises:
        UnusablePolicy: there is no message for it.
    """
    code = table.text(name)
    if code not in MESSAGES:
        mend = "Choose a code of origination/reasons.py, or add one with its message there"
        raise table.refuse(name, f"{code!r} has no message", mend)
    return code
