"""Guarantors, collateral and scores: looked at again, with everything before kept."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from care import policy, queries
from care.errors import UnknownFact
from care.models import Rescore, Security, SecurityKind, Valuation
from care.operations.alerting import look_at_collateral, raise_alert
from care.operations.filing import kept
from kernel import Money, find, new_id
from origination import VOCABULARY, Application, Facts, Listing, Product
from origination import policy as product_policy
from servicing import Loan


def add_security(
    session: Session,
    *,
    loan_id: UUID,
    kind: SecurityKind,
    name: str,
    value: Money,
    by: str,
    on: date,
    at: datetime,
    note: str,
) -> Security:
    """Record a guarantor, with what they stand for, or collateral with what it is worth.

    Raises:
        FileArchived: the file is over.
    """
    kept(session, loan_id)
    security = Security(
        id=new_id(), loan_id=loan_id, kind=kind, name=name, value=value, valued_on=on
    )
    session.add(security)
    session.flush()
    revalue(session, security_id=security.id, value=value, by=by, on=on, at=at, note=note)
    return security


def revalue(
    session: Session,
    *,
    security_id: UUID,
    value: Money,
    by: str,
    on: date,
    at: datetime,
    note: str,
) -> Valuation:
    """Value a security anew; collateral that covers too little raises an alert.

    Raises:
        CurrencyMismatch: the loan is in another currency.
        FileArchived: the file is over.
    """
    security = find(session, Security, security_id)
    file = kept(session, security.loan_id)
    security.value, security.valued_on = value, on
    valuation = Valuation(security_id=security.id, value_minor=value.minor, on=on, by=by, note=note)
    session.add(valuation)
    session.flush()
    look_at_collateral(session, file=file, on=on, at=at)
    return valuation


def release_security(session: Session, *, security_id: UUID, on: date, at: datetime) -> Security:
    """Let a guarantor or collateral go; what is left is held against what is outstanding."""
    security = find(session, Security, security_id)
    file = kept(session, security.loan_id)
    security.released_on = on
    session.flush()
    look_at_collateral(session, file=file, on=on, at=at)
    return security


def rescore(
    session: Session,
    *,
    loan_id: UUID,
    changed: Mapping[str, Any],
    by: str,
    on: date,
    at: datetime,
    note: str,
) -> Rescore:
    """Count a borrower's score again by the product's own scorecard.

    Args:
        session: the writing session.
        loan_id: the loan.
        changed: the facts that are different now, by name, in their stored form.
        by: who found them out.
        on: the day of it.
        at: the moment of the record.
        note: where they come from.

    Raises:
        UnknownFact, UnusableFact: a name or a value means nothing to the scorecard.
        FileArchived: the file is over.
    """
    file = kept(session, loan_id)
    unknown = sorted(set(changed) - set(VOCABULARY))
    if unknown:
        raise UnknownFact(fact=", ".join(unknown))
    loan = find(session, Loan, loan_id)
    facts = Facts.from_json(known_facts(session, loan=loan) | dict(changed))
    card = product_policy(find(session, Product, loan.product_id)).pricing.scorecard
    counted = card.score(facts, amount=loan.principal)
    again = Rescore(
        loan_id=loan_id,
        score=counted.total,
        grade=counted.grade or card.grades[-1][0],
        before=file.score,
        scorecard=card.version,
        facts=facts.to_json(),
        by=by,
        at=at,
        note=note,
    )
    session.add(again)
    file.score, file.grade = again.score, again.grade
    session.flush()
    for rule in policy.rules_of("score_drop"):
        if again.before - again.score >= rule.at:
            drop = {"before": again.before, "after": again.score}
            key = str(again.id)
            raise_alert(session, file=file, rule=rule.code, key=key, facts=drop, on=on, at=at)
    return again


def known_facts(session: Session, *, loan: Loan) -> dict[str, Any]:
    """Return the facts a borrower was scored by last, in their stored form."""
    latest = queries.rescores_of(session, loan_id=loan.id)[:1]
    if latest:
        return dict(latest[0].facts)
    listing = find(session, Listing, loan.listing_id)
    return dict(find(session, Application, listing.application_id).facts)
