"""The file on a loan: opened with an owner, handed on, kept, and at last forgotten."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from care import policy, queries
from care.assigning import choose
from care.errors import FileArchived, StillOpen
from care.models import (
    Assignment,
    CareFile,
    Case,
    CaseStatus,
    Document,
    DocumentContent,
    Task,
    TaskStatus,
    Tier,
)
from kernel import Currency, add_months, find, lock
from origination import Listing, Product
from servicing import Loan, LoanStatus, State

SYSTEM = "system"


def open_file(session: Session, *, loan_id: UUID, owners: Sequence[UUID], at: datetime) -> CareFile:
    """Open the file on a loan and give it an owner by the rule; done again, it stays as it is.

    Args:
        session: the writing session.
        loan_id: the loan, which was paid out.
        owners: the operators who may own it.
        at: when this happens.

    Raises:
        NobodyToOwn: there are none.
    """
    loan = lock(session, Loan, loan_id)
    known = session.get(CareFile, loan_id)
    if known is not None:
        return known
    taken = session.scalars(select(func.count()).select_from(CareFile)).one()
    load = queries.open_loads(session)
    owner = choose(policy.owner_rule(), owners, load=load, taken=taken)
    file = _file(session, loan, owner, at)
    session.add(file)
    session.flush()
    _assign(session, file, owner, by=SYSTEM, at=at, why=policy.owner_rule())
    return file


def reassign(
    session: Session, *, loan_id: UUID, owner_id: UUID, by: str, at: datetime, why: str
) -> None:
    """Give a loan another owner, with what is still to do on it.

    Raises:
        FileArchived: it is over.
    """
    file = kept(session, loan_id)
    file.owner_id = owner_id
    for table, lasting in (
        (Task, Task.status == TaskStatus.OPEN),
        (Case, Case.status != CaseStatus.CLOSED),
    ):
        session.execute(
            update(table).where(table.loan_id == loan_id, lasting).values(owner_id=owner_id)
        )
    _assign(session, file, owner_id, by=by, at=at, why=why)


def archive(session: Session, *, loan_id: UUID, on: date) -> CareFile:
    """Put the file of a loan that is over into the archive, to be kept as long as the policy says.

    Raises:
        StillOpen: the loan runs, or a case on it is open.
    """
    file = kept(session, loan_id)
    case = queries.open_case(session, loan_id=loan_id)
    if file.status == LoanStatus.ACTIVE or case is not None:
        raise StillOpen
    for task in queries.open_tasks(session, loan_id=loan_id):
        task.status = TaskStatus.CANCELLED
    file.next_check_on = None
    file.archived_on = on
    years = policy.monitoring()["archive"]["keep_years"]
    file.keep_until = add_months(on, 12 * years)
    settle(session, file)
    return file


def forget(session: Session, *, loan_id: UUID, on: date) -> int:
    """Delete the papers of an archived loan whose time of retention is over; return how many."""
    file = lock(session, CareFile, loan_id)
    if file.keep_until is None or file.keep_until >= on:
        raise StillOpen
    papers = select(Document.id).where(Document.loan_id == loan_id)
    gone = session.execute(
        delete(DocumentContent)
        .where(DocumentContent.document_id.in_(papers))
        .returning(DocumentContent.document_id)
    ).all()
    file.keep_until = None
    session.flush()
    return len(gone)


def kept(session: Session, loan_id: UUID) -> CareFile:
    """Lock a file that is worked on.

    Raises:
        FileArchived: it is over.
    """
    file = lock(session, CareFile, loan_id)
    if file.archived_on is not None:
        raise FileArchived
    return file


def settle(session: Session, file: CareFile) -> None:
    """Note on the file what is next, after something on it was begun or ended."""
    session.flush()
    coming = queries.next_action(session, loan_id=file.loan_id)
    file.next_action = None if coming is None else coming.what
    file.next_action_on = None if coming is None else coming.on
    session.flush()


def _file(session: Session, loan: Loan, owner: UUID, at: datetime) -> CareFile:
    listing = find(session, Listing, loan.listing_id)
    product = find(session, Product, loan.product_id)
    tier = _tier(session, loan)
    plan = policy.check_plan(product.code, large=tier is Tier.LARGE)
    state = State.from_json(loan.state)
    return CareFile(
        loan_id=loan.id,
        number=loan.number,
        borrower_id=loan.borrower_id,
        owner_id=owner,
        product=product.code,
        tier=tier,
        region=listing.region,
        purpose=listing.purpose,
        currency=loan.currency,
        grade=loan.grade,
        score=listing.score,
        started_on=loan.started_on,
        opened_at=at,
        status=loan.status,
        outstanding_minor=loan.outstanding_minor,
        unpaid_since=state.unpaid_since,
        due_on=state.due_on,
        stirred=state.unpaid_since is not None,
        next_check_on=loan.started_on + timedelta(days=plan.first_days),
    )


def _tier(session: Session, loan: Loan) -> Tier:
    currency = Currency(loan.currency)
    least = policy.large_from(currency)
    owed = queries.exposure(session, borrower_id=loan.borrower_id, currency=currency)
    return Tier.LARGE if least is not None and owed >= least else Tier.STANDARD


def _assign(
    session: Session, file: CareFile, owner: UUID, *, by: str, at: datetime, why: str
) -> None:
    session.add(Assignment(loan_id=file.loan_id, owner_id=owner, by=by, at=at, why=why))
    session.flush()
