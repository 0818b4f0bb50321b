from datetime import date

from sqlalchemy.orm import Session

from servicing import InstallmentState, RepaymentKind, ScheduleLine, charge_off, timetable
from tests.support.loans import a_loan, noon, pays
from tests.support.plans import usd

FIRST_DUE, SECOND_DUE = date(2026, 2, 15), date(2026, 3, 15)
PAID, PART_PAID, OVERDUE, DUE, UPCOMING = InstallmentState


def states(lines: tuple[ScheduleLine, ...]) -> list[InstallmentState]:
    return [line.state for line in lines]


def test_a_young_loan_has_everything_before_it(session: Session) -> None:
    loan = a_loan(session)

    lines = timetable(session, loan_id=loan.id, on=date(2026, 1, 20))

    assert states(lines) == [UPCOMING] * 12
    assert lines[0].due_on == FIRST_DUE
    assert lines[0].amount == usd("106.62")


def test_paid_due_and_coming_installments_are_told_apart(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)

    lines = timetable(session, loan_id=loan.id, on=SECOND_DUE)

    assert states(lines) == [PAID, DUE, *[UPCOMING] * 10]


def test_what_is_overdue_carries_its_late_fee(session: Session) -> None:
    loan = a_loan(session)

    lines = timetable(session, loan_id=loan.id, on=date(2026, 3, 10))

    assert states(lines)[:2] == [OVERDUE, UPCOMING]
    assert lines[0].late_fee == usd("15.00")
    assert lines[0].amount == usd("121.62")


def test_of_a_part_paid_installment_the_rest_is_shown(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "50.00", FIRST_DUE, kind=RepaymentKind.EXTRA)

    lines = timetable(session, loan_id=loan.id, on=FIRST_DUE)

    assert lines[0].state == PART_PAID
    assert lines[0].amount == usd("56.62")


def test_installments_that_an_early_payment_makes_needless_are_left_out(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)
    pays(session, loan, "600.00", FIRST_DUE, kind=RepaymentKind.EXTRA)

    lines = timetable(session, loan_id=loan.id, on=FIRST_DUE)

    assert len(lines) < 12
    assert states(lines) == [PAID, *[UPCOMING] * (len(lines) - 1)]


def test_a_loan_that_was_charged_off_shows_what_stayed_unpaid(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)
    day = date(2026, 9, 1)
    charge_off(session, loan_id=loan.id, by="system", at=noon(day), on=day, why="unpaid")

    lines = timetable(session, loan_id=loan.id, on=day)

    assert set(states(lines)[1:]) == {OVERDUE}
    assert lines[0].state == PAID
