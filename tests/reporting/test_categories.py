"""The book by category: days late, judgement, provisions and the way from one to another."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel import Currency
from reporting import CategoryMove, categories_of, category_bands, category_moves
from servicing import (
    Loan,
    RepaymentKind,
    categories,
    category_lines,
    close_loan,
    confirm_proposal,
    propose_category,
    record_categories,
    recorded_categories,
    recorded_days,
)
from tests.support.loans import OSCAR, a_loan, noon, pays
from tests.support.plans import usd

SMALL = categories("small_loan")
FEBRUARY, MARCH, JUNE = date(2026, 2, 28), date(2026, 3, 31), date(2026, 6, 30)


def late(session: Session, *, on: date) -> Loan:
    """A loan of which nothing is paid."""
    loan = a_loan(session)
    close_loan(session, loan_id=loan.id, on=on, at=noon(on))
    return loan


def judged(session: Session, loan: Loan, category: str, *, on: date) -> None:
    proposal = propose_category(
        session,
        loan_id=loan.id,
        category=category,
        preset=SMALL,
        by="operator:olga",
        at=noon(on),
        why="lost its main customer",
    )
    confirm_proposal(session, proposal_id=proposal.id, by=OSCAR, on=on, at=noon(on))


def record(session: Session, *, on: date) -> int:
    found = categories_of(session, preset=SMALL, on=on)
    return record_categories(session, found=found, normal="normal", on=on, at=noon(on))


def test_late_and_judged_loans_are_in_their_category_and_all_others_in_the_best(
    session: Session,
) -> None:
    behind, risky = late(session, on=FEBRUARY), a_loan(session)
    pays(session, risky, "106.62", date(2026, 2, 15))
    a_loan(session, on=date(2026, 2, 20))
    judged(session, risky, "doubtful", on=FEBRUARY)

    found = categories_of(session, preset=SMALL, on=FEBRUARY)
    bands = category_bands(session, preset=SMALL, on=FEBRUARY, currency=Currency.USD)

    assert found == {behind.id: "special_mention", risky.id: "doubtful"}
    assert [(band.name, band.loans) for band in bands] == [
        ("normal", 1),
        ("special_mention", 1),
        ("substandard", 0),
        ("doubtful", 1),
        ("loss", 0),
    ]
    assert (bands[0].outstanding, bands[0].provision) == (usd("1200.00"), usd("12.00"))
    assert bands[3].provision.minor * 2 == bands[3].outstanding.minor


def test_what_is_recorded_is_written_once_and_only_where_something_moved(session: Session) -> None:
    behind = late(session, on=FEBRUARY)
    first, again = record(session, on=FEBRUARY), record(session, on=FEBRUARY)

    moved = record(session, on=MARCH)

    assert (first, again, moved) == (1, 0, 1)
    assert recorded_days(session) == [MARCH, FEBRUARY]
    assert recorded_categories(session, on=FEBRUARY) == {behind.id: "special_mention"}
    lines = category_lines(session, loan_id=behind.id)
    assert [(line.was, line.category) for line in lines] == [
        ("special_mention", "substandard"),
        ("normal", "special_mention"),
    ]
    with pytest.raises(DBAPIError, match="refuse"):
        session.execute(text("UPDATE category_line SET category = 'loss'"))


def test_the_matrix_counts_every_loan_that_lived_on_the_first_day_once(session: Session) -> None:
    behind = late(session, on=FEBRUARY)
    fine, gone = a_loan(session), a_loan(session)
    for loan in (fine, gone):
        pays(session, loan, "106.62", date(2026, 2, 15))
    record(session, on=FEBRUARY)
    pays(session, behind, "2000.00", date(2026, 3, 20), kind=RepaymentKind.PAYOFF)
    pays(session, gone, "2000.00", date(2026, 3, 20), kind=RepaymentKind.PAYOFF)
    close_loan(session, loan_id=fine.id, on=JUNE, at=noon(JUNE))
    a_loan(session, on=date(2026, 6, 1))
    record(session, on=JUNE)

    moves = _moves(session, FEBRUARY, JUNE)

    assert set(moves) == {
        CategoryMove("special_mention", None, 1),
        CategoryMove("normal", None, 1),
        CategoryMove("normal", "doubtful", 1),
    }


def _moves(session: Session, since: date, until: date) -> tuple[CategoryMove, ...]:
    before: dict[UUID, str] = recorded_categories(session, on=since)
    return category_moves(
        session,
        before,
        recorded_categories(session, on=until),
        best="normal",
        since=since,
        until=until,
    )
