from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import care
from care import (
    Assignment,
    Case,
    FileArchived,
    NobodyToOwn,
    StillOpen,
    TaskStatus,
    Tier,
)
from kernel import NotFound, new_id
from servicing import RepaymentKind, State, quote_payoff, reverse_repayment
from tests.care.stories import BY_OLGA, DAY, DUE, OLGA, OSCAR, a_file, fresh, unpaid_until
from tests.support.loans import BOB, a_loan, noon, pays
from tests.support.plans import STARTED


def test_every_loan_gets_the_owner_with_the_least_to_do(session: Session) -> None:
    owners = [a_file(session).owner_id for _loan in range(4)]

    assert owners == [OLGA, OSCAR, OLGA, OSCAR]


def test_a_file_is_opened_once(session: Session) -> None:
    first = a_file(session)

    again = care.open_file(session, loan_id=first.loan_id, owners=[new_id()], at=noon(STARTED))

    assert again is first
    assert len(care.assignments(session, loan_id=first.loan_id)) == 1


def test_without_operators_nobody_owns_a_loan(session: Session) -> None:
    loan = a_loan(session)

    with pytest.raises(NobodyToOwn):
        care.open_file(session, loan_id=loan.id, owners=[], at=noon(STARTED))


def test_a_borrower_who_owes_much_is_watched_more_closely(session: Session) -> None:
    small, large = a_file(session), a_file(session, a_loan(session, lenders=[(BOB, "30000.00")]))

    assert (small.tier, large.tier) == (Tier.STANDARD, Tier.LARGE)
    assert small.next_check_on == date(2026, 2, 14)
    assert large.next_check_on == date(2026, 1, 30)


def test_another_owner_takes_over_what_is_still_to_do(session: Session) -> None:
    file = unpaid_until(session, a_file(session), DUE)
    care.make_check(session, loan_id=file.loan_id, on=DUE, at=noon(DUE))
    care.look_at(session, loan_id=file.loan_id, on=DUE + DAY, at=noon(DUE + DAY))

    care.reassign(
        session, loan_id=file.loan_id, owner_id=OSCAR, by=BY_OLGA, at=noon(DUE), why="on leave"
    )

    history = care.assignments(session, loan_id=file.loan_id)
    assert [(row.owner_id, row.why) for row in history] == [(OSCAR, "on leave"), (OLGA, "load")]
    assert care.task_queue(session, owner_id=OSCAR, until=DUE)
    assert care.case_queue(session, owner_id=OSCAR)
    assert not care.case_queue(session, owner_id=OLGA)


def test_a_file_follows_its_loan_whatever_changes_it(session: Session) -> None:
    loan = a_loan(session)
    file = a_file(session, loan)
    seen = [(file.unpaid_since, file.due_on)]

    unpaid_until(session, file, DUE)
    seen.append((file.unpaid_since, file.due_on))
    repayment = pays(session, loan, "106.62", DUE + DAY)
    fresh(session, file)
    seen.append((file.unpaid_since, file.due_on))
    reverse_repayment(
        session,
        repayment_id=repayment.id,
        key="back",
        on=DUE + 3 * DAY,
        at=noon(DUE + 3 * DAY),
        why="returned",
        by=BY_OLGA,
    )
    fresh(session, file)
    seen.append((file.unpaid_since, file.due_on))

    march = date(2026, 3, 15)
    assert seen == [(None, DUE), (DUE, march), (None, march), (DUE, march)]
    assert file.outstanding == loan.outstanding
    assert file.unpaid_since == State.from_json(loan.state).unpaid_since
    assert file.stirred


def test_a_settled_loan_goes_to_the_archive_and_comes_back_with_its_debt(session: Session) -> None:
    loan = a_loan(session)
    file = unpaid_until(session, a_file(session, loan), DUE)
    care.make_check(session, loan_id=loan.id, on=DUE, at=noon(DUE))
    care.look_at(session, loan_id=loan.id, on=DUE + DAY, at=noon(DUE + DAY))
    total = quote_payoff(session, loan_id=loan.id, on=DUE + 2 * DAY).total
    paid = pays(session, loan, total, DUE + 2 * DAY, kind=RepaymentKind.PAYOFF)

    fresh(session, file)
    care.look_at(session, loan_id=loan.id, on=DUE + 3 * DAY, at=noon(DUE + 3 * DAY))
    care.look_at(session, loan_id=loan.id, on=DUE + 3 * DAY, at=noon(DUE + 3 * DAY))

    assert file.archived_on == DUE + 3 * DAY
    assert file.keep_until == date(2031, 2, 18)
    assert session.scalars(select(Case.result)).one() == "paid in full"
    assert {task.status for task in care.tasks_of(session, loan_id=loan.id)} == {
        TaskStatus.CANCELLED
    }
    with pytest.raises(FileArchived):
        care.make_check(session, loan_id=loan.id, on=DUE, at=noon(DUE))

    reverse_repayment(
        session,
        repayment_id=paid.id,
        key="back",
        on=DUE + 5 * DAY,
        at=noon(DUE + 5 * DAY),
        why="returned",
        by=BY_OLGA,
    )
    fresh(session, file)
    raised = care.look_at(session, loan_id=loan.id, on=DUE + 6 * DAY, at=noon(DUE + 6 * DAY))

    assert raised == 0  # the same installment was told of before
    assert file.archived_on is None


def test_a_loan_that_runs_is_not_archived(session: Session) -> None:
    file = a_file(session)

    with pytest.raises(StillOpen):
        care.archive(session, loan_id=file.loan_id, on=DUE)
    with pytest.raises(StillOpen):
        care.forget(session, loan_id=file.loan_id, on=DUE)


def test_papers_are_forgotten_when_their_time_is_over(session: Session) -> None:
    loan = a_loan(session)
    file = a_file(session, loan)
    paper = care.keep_document(
        session,
        loan_id=loan.id,
        task_id=None,
        name="payslip.pdf",
        content=b"%PDF-1.7 payslip",
        by=BY_OLGA,
        at=noon(STARTED),
    )
    total = quote_payoff(session, loan_id=loan.id, on=DUE).total
    pays(session, loan, total, DUE, kind=RepaymentKind.PAYOFF)
    fresh(session, file)
    care.archive(session, loan_id=loan.id, on=DUE)
    later = date(2031, 2, 16)

    assert care.files_to_forget(session, on=later) == [loan.id]
    assert care.forget(session, loan_id=loan.id, on=later) == 1
    assert care.files_to_forget(session, on=later) == []
    assert care.documents_of(session, loan_id=loan.id) == [paper]
    with pytest.raises(NotFound):
        care.document(session, document_id=paper.id)


@pytest.mark.parametrize(
    "statement", ["UPDATE care_assignment SET why = ''", "DELETE FROM care_assignment"]
)
def test_who_owned_a_loan_is_written_once(session: Session, statement: str) -> None:
    a_file(session)

    with pytest.raises(DBAPIError, match="what is written stays"):
        session.execute(text(statement))
    session.rollback()
    assert not session.scalars(select(Assignment)).all()


def test_loans_without_a_file_are_found(session: Session) -> None:
    first = a_loan(session)
    a_file(session)
    loan = a_loan(session, on=STARTED + DAY)

    assert care.loans_without_file(session, since=None) == [first.id, loan.id]
    assert care.loans_without_file(session, since=STARTED + DAY) == [loan.id]
