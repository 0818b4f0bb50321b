"""Recovery plans (清收方案): drafted, proposed by one, approved by another, carried out."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from care import queries
from care.errors import (
    AlreadyHandedOver,
    CaseClosed,
    NotApproved,
    PlanEmpty,
    PlanExists,
    PlanNotOpen,
    SameHands,
    StepEnded,
)
from care.models import (
    Case,
    CaseStatus,
    Handover,
    PlanStatus,
    PlanStep,
    RecoveryPlan,
    StepStatus,
)
from care.operations.filing import kept, settle
from kernel import Currency, Money, Rate, find, lock, new_id

OVER = {PlanStatus.REFUSED, PlanStatus.ENDED}


def draft_plan(
    session: Session, *, case_id: UUID, goal: str, by: str, at: datetime
) -> RecoveryPlan:
    """Begin the recovery plan of a case.

    Raises:
        CaseClosed: the case is.
        PlanExists: there is one that is not over.
    """
    case = lock(session, Case, case_id)
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed
    if any(plan.status not in OVER for plan in queries.plans_of(session, case_id=case_id)):
        raise PlanExists
    plan = RecoveryPlan(
        id=new_id(),
        case_id=case_id,
        loan_id=case.loan_id,
        goal=goal,
        status=PlanStatus.DRAFT,
        currency=kept(session, case.loan_id).currency,
        created_at=at,
    )
    session.add(plan)
    plan.begin(session, by=by, at=at)
    session.flush()
    return plan


def add_step(
    session: Session, *, plan_id: UUID, kind: str, what: str, due_on: date, budget: Money
) -> PlanStep:
    """Add a step to a plan that is still drafted.

    Raises:
        PlanNotOpen: it was proposed already.
        CurrencyMismatch: the loan is in another currency.
    """
    plan = lock(session, RecoveryPlan, plan_id)
    if plan.status != PlanStatus.DRAFT:
        raise PlanNotOpen(status=plan.status)
    nothing = Money.zero(Currency(plan.currency))
    step = PlanStep(
        id=new_id(),
        plan_id=plan_id,
        seq=len(queries.steps_of(session, plan_id=plan_id)) + 1,
        kind=kind,
        what=what,
        due_on=due_on,
        currency=plan.currency,
        budget_minor=(budget + nothing).minor,
        cost_minor=0,
        status=StepStatus.PLANNED,
    )
    session.add(step)
    session.flush()
    return step


def propose_plan(session: Session, *, plan_id: UUID, by: str, at: datetime) -> RecoveryPlan:
    """Lay a plan before a second person.

    Raises:
        PlanEmpty: it has no steps.
        MoveNotAllowed: it was proposed already.
    """
    plan = lock(session, RecoveryPlan, plan_id)
    if not queries.steps_of(session, plan_id=plan_id):
        raise PlanEmpty
    plan.move(session, PlanStatus.PROPOSED, by=by, at=at)
    plan.proposed_by = by
    session.flush()
    return plan


def decide_plan(
    session: Session, *, plan_id: UUID, approve: bool, by: str, at: datetime, why: str
) -> RecoveryPlan:
    """Approve or refuse what somebody else proposed.

    Raises:
        SameHands: it is the person's own plan.
        MoveNotAllowed: it does not wait for a decision.
    """
    file = kept(session, find(session, RecoveryPlan, plan_id).loan_id)
    plan = lock(session, RecoveryPlan, plan_id)
    if plan.proposed_by == by:
        raise SameHands
    to = PlanStatus.APPROVED if approve else PlanStatus.REFUSED
    plan.move(session, to, by=by, at=at, why=why)
    plan.decided_by, plan.decided_at = by, at
    settle(session, file)
    return plan


def end_step(
    session: Session, *, step_id: UUID, done: bool, cost: Money | None, result: str, on: date
) -> PlanStep:
    """Record that a step was taken, with its cost and result, or that it is dropped.

    Raises:
        PlanNotOpen: the plan is not approved.
        StepEnded: the step is over.
        CurrencyMismatch: the loan is in another currency.
    """
    step = find(session, PlanStep, step_id)
    file = kept(session, find(session, RecoveryPlan, step.plan_id).loan_id)
    plan = lock(session, RecoveryPlan, step.plan_id)
    if plan.status != PlanStatus.APPROVED:
        raise PlanNotOpen(status=plan.status)
    if step.status != StepStatus.PLANNED:
        raise StepEnded(status=step.status)
    step.status = StepStatus.DONE if done else StepStatus.DROPPED
    step.result, step.done_on = result, on
    if cost is not None:
        step.cost = cost
    settle(session, file)
    return step


def end_plan(
    session: Session, *, plan_id: UUID, by: str, at: datetime, result: str
) -> RecoveryPlan:
    """End a plan with what came of it; steps that were not taken are dropped.

    Raises:
        MoveNotAllowed: it waits for a decision, or is over.
    """
    file = kept(session, find(session, RecoveryPlan, plan_id).loan_id)
    plan = lock(session, RecoveryPlan, plan_id)
    plan.move(session, PlanStatus.ENDED, by=by, at=at, why=result)
    plan.result = result
    for step in queries.steps_of(session, plan_id=plan_id):
        if step.status == StepStatus.PLANNED:
            step.status = StepStatus.DROPPED
    settle(session, file)
    return plan


def hand_over(
    session: Session, *, plan_id: UUID, agency: str, fee: Rate, by: str, on: date
) -> Handover:
    """Hand a debt to an agency under an approved plan.

    Raises:
        NotApproved: the plan is not.
        AlreadyHandedOver: an agency has it.
    """
    plan = lock(session, RecoveryPlan, plan_id)
    if plan.status != PlanStatus.APPROVED:
        raise NotApproved
    held = queries.open_handover(session, loan_id=plan.loan_id)
    if held is not None:
        raise AlreadyHandedOver(agency=held.agency)
    handover = Handover(
        id=new_id(),
        loan_id=plan.loan_id,
        plan_id=plan_id,
        agency=agency,
        fee=fee,
        handed_on=on,
        by=by,
    )
    session.add(handover)
    session.flush()
    return handover


def take_back(session: Session, *, handover_id: UUID, on: date, result: str) -> Handover:
    """Take a debt back from its agency, with what came of it.

    Raises:
        StepEnded: it was taken back before.
    """
    handover = lock(session, Handover, handover_id)
    if handover.returned_on is not None:
        raise StepEnded(status="returned")
    handover.returned_on, handover.result = on, result
    session.flush()
    return handover
