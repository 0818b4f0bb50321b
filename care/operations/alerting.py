"""Alerts: a rule that holds raises one, and one opens a case or joins the one that is open."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from care import policy, queries
from care.models import Alert, CareFile, Case, CaseStatus, ExternalEvent
from care.operations.filing import SYSTEM, archive, kept, settle
from kernel import find, lock, new_id, next_number
from origination import related_to
from servicing import Loan, LoanStatus, standing


def raise_alert(
    session: Session,
    *,
    file: CareFile,
    rule: str,
    key: str,
    facts: dict[str, Any],
    on: date,
    at: datetime,
) -> Case | None:
    """Raise an alert on a loan whose file is locked; under one key it is raised once.

    Returns:
        The case it opened or joined; None where it was raised before.

    Raises:
        UnknownRule: no rule has this code.
    """
    stated = policy.rule(rule)
    if queries.has_alert(session, loan_id=file.loan_id, rule=rule, key=key):
        return None
    case = queries.open_case(session, loan_id=file.loan_id) or _open(session, file, on=on, at=at)
    deadline = on + timedelta(days=stated.deadline_days)
    case.severity = max(case.severity, stated.severity)
    case.due_on = min(case.due_on, deadline)
    session.add(
        Alert(
            loan_id=file.loan_id,
            case_id=case.id,
            rule=rule,
            key=key,
            severity=stated.severity,
            facts=facts,
            on=on,
            at=at,
        )
    )
    if stated.severity >= policy.escalates_from() and case.status != CaseStatus.ESCALATED:
        escalate(session, case, by=SYSTEM, at=at, why=rule)
    settle(session, file)
    return case


def escalate(session: Session, case: Case, *, by: str, at: datetime, why: str) -> None:
    """Bring a case before risk management, with a copy to the management.

    Raises:
        MoveNotAllowed: it is there already, or closed.
    """
    case.move(session, CaseStatus.ESCALATED, by=by, at=at, why=why)
    case.escalated_at, case.told_at = at, None
    session.flush()


def look_at(session: Session, *, loan_id: UUID, on: date, at: datetime) -> int:
    """Hold the rules of lateness against one loan, and return how many alerts they raised.

    A loan that is settled is over: its case is closed and its file goes to the archive. One whose
    last payment was returned comes back from there.
    """
    file = lock(session, CareFile, loan_id)
    file.stirred = False
    if file.status == LoanStatus.SETTLED:
        _end(session, file, on=on, at=at)
        return 0
    file.archived_on = file.keep_until = None
    if file.status != LoanStatus.ACTIVE or file.unpaid_since is None:
        session.flush()
        return 0
    return _lateness(session, file, on=on, at=at)


def look_at_collateral(session: Session, *, file: CareFile, on: date, at: datetime) -> None:
    """Raise an alert where the collateral of a loan covers too little of what is outstanding."""
    worth = queries.collateral(session, file=file)
    for rule in policy.rules_of("collateral_shortfall"):
        if worth is None or worth.minor * 100 >= file.outstanding_minor * rule.at:
            continue
        facts = {"worth": worth.minor, "outstanding": file.outstanding_minor}
        key = f"{on}:{worth.minor}"
        raise_alert(session, file=file, rule=rule.code, key=key, facts=facts, on=on, at=at)


def report_event(
    session: Session,
    *,
    region: str | None,
    purpose: str | None,
    what: str,
    by: str,
    on: date,
    at: datetime,
) -> ExternalEvent:
    """Record what happened to a region or a trade, and raise an alert on every loan it touches."""
    touched = queries.files_touched(session, region=region, purpose=purpose)
    event = ExternalEvent(
        id=new_id(),
        region=region,
        purpose=purpose,
        what=what,
        on=on,
        loans=len(touched),
        by=by,
        at=at,
    )
    session.add(event)
    session.flush()
    for loan_id in touched:
        raise_alert(
            session,
            file=kept(session, loan_id),
            rule="external_event",
            key=str(event.id),
            facts={"what": what},
            on=on,
            at=at,
        )
    return event


def _open(session: Session, file: CareFile, *, on: date, at: datetime) -> Case:
    case = Case(
        id=new_id(),
        number=next_number(session),
        loan_id=file.loan_id,
        owner_id=file.owner_id,
        status=CaseStatus.OPEN,
        severity=1,
        opened_on=on,
        due_on=date.max,
    )
    session.add(case)
    session.flush()
    case.begin(session, by=SYSTEM, at=at)
    return case


def _lateness(session: Session, file: CareFile, *, on: date, at: datetime) -> int:
    """Raise the gravest alert that the days late ask for; a pause of the count is left out."""
    days = standing(find(session, Loan, file.loan_id), on=on).days_past_due
    key, facts = str(file.unpaid_since), {"days": days}
    held = [rule for rule in policy.rules_of("days_late") if rule.at <= days]
    raised = [
        rule
        for rule in held[-1:]
        if raise_alert(session, file=file, rule=rule.code, key=key, facts=facts, on=on, at=at)
    ]
    return len(raised) + sum(
        _tell_related(session, file, rule.code, key, on=on, at=at)
        for rule in policy.rules_of("related_default")
        if rule.at <= days
    )


def _tell_related(
    session: Session, file: CareFile, rule: str, key: str, *, on: date, at: datetime
) -> int:
    """Raise an alert on the other loans of the borrower, and on those of related ones."""
    people = [file.borrower_id, *related_to(session, borrower_id=file.borrower_id)]
    others = queries.files_of_borrowers(session, borrower_ids=people)
    return sum(
        raise_alert(
            session,
            file=kept(session, other),
            rule=rule,
            key=f"{file.loan_id}:{key}",
            facts={"loan": file.number},
            on=on,
            at=at,
        )
        is not None
        for other in _others(others, file)
    )


def _others(files: Iterable[CareFile], file: CareFile) -> list[UUID]:
    return sorted(each.loan_id for each in files if each.loan_id != file.loan_id)


def _end(session: Session, file: CareFile, *, on: date, at: datetime) -> None:
    case = queries.open_case(session, loan_id=file.loan_id)
    if case is not None:
        case.move(session, CaseStatus.CLOSED, by=SYSTEM, at=at, why="paid in full")
        case.closed_at, case.result = at, "paid in full"
        session.flush()
    if file.archived_on is None:
        archive(session, loan_id=file.loan_id, on=on)
