"""The care of days: from the command line, by the worker, with a loan that is broken."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

import care
from kernel import find
from marketplace import caring, clock, closing, jobs
from marketplace.models import Job, OutboxMessage, User
from servicing import Loan
from tests.support.borrowing import a_loan, offer_products, person, read, write
from tests.support.web import Watch


@pytest.fixture
def loan(app: Flask) -> UUID:
    """Give a loan paid out on 23 November 2026, whose first installment is due a month later."""
    offer_products(app)
    return a_loan(app, amount="1000")


def cared(app: Flask) -> caring.Cared:
    with app.app_context():
        return [caring.care_for(day, at=clock.now()) for day in caring.open_days(clock.today())][-1]


def letters(app: Flask) -> list[str]:
    return [
        f"{mail.recipient}: {mail.subject}"
        for mail in read(app, lambda session: session.scalars(mails()).all())
    ]


def mails() -> Select[OutboxMessage]:
    return select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.id)


def test_a_loan_that_is_paid_out_has_an_owner(app: Flask, loan: UUID) -> None:
    owner = read(app, lambda session: find(session, care.CareFile, loan).owner_id)

    assert owner == person(app, "olga")


def test_a_borrower_is_reminded_before_and_after_the_due_day(
    app: Flask, loan: UUID, watch: Watch
) -> None:
    watch.move(days=22, hours=6)
    for _day in range(10):
        watch.move(days=1)
        cared(app)
        with app.app_context():
            closing.close_day(clock.today(), at=clock.now())

    due = read(app, lambda session: find(session, Loan, loan).first_due_on)
    assert due.isoformat() == "2026-12-23"
    reminders = [line.partition(": ")[2] for line in letters(app) if "payment" in line]
    assert [line.partition(" is ")[2] or line.partition(" was ")[2] for line in reminders] == [
        "due on 23 Dec 2026",
        "due on 23 Dec 2026",
        "due today",
        "due on 23 Dec 2026",
    ]
    assert {line.partition(": ")[0] for line in letters(app) if "payment" in line} == {
        "alice@tessera.example"
    }


def test_a_reminder_waits_for_the_morning_at_the_borrowers_place(
    app: Flask, loan: UUID, watch: Watch
) -> None:
    watch.move(days=23, hours=-5)  # 7 in the morning here, 23 in California
    cared(app)
    asleep = letters(app)

    watch.move(hours=9)
    with app.app_context():
        jobs.run_due(clock.now())
        jobs.run_due(clock.now())

    assert not asleep
    assert len(letters(app)) == 1
    held = read(app, care.held_back)
    assert [(each.refusal.reason, each.message.status) for each in held] == [("hours", "sent")]
    assert loan


def test_a_borrower_reads_in_their_own_language(app: Flask, loan: UUID, watch: Watch) -> None:
    alice = person(app, "alice")
    write(app, lambda session: session.execute(update(User).values(locale="zh")))
    watch.move(days=23, hours=6)

    cared(app)

    assert "于 2026年12月23日 到期" in letters(app)[0]
    assert read(app, lambda session: find(session, User, alice).locale) == "zh"
    assert loan


def test_days_that_were_missed_come_first_and_make_everything_once(
    app: Flask, loan: UUID, watch: Watch
) -> None:
    cared(app)
    watch.move(days=30)

    with app.app_context():
        missed = caring.open_days(clock.today())
    cared(app)
    cared_again = read(app, lambda session: care.tasks_of(session, loan_id=loan))

    assert len(missed) == 30
    assert [task.kind for task in cared_again] == [care.TaskKind.FIRST_CHECK]
    with app.app_context():
        assert caring.open_days(clock.today()) == []
        caring.care_for(clock.today(), at=clock.now())
    assert len(read(app, lambda session: care.tasks_of(session, loan_id=loan))) == 1


def test_a_case_whose_deadline_passes_comes_before_risk_management_and_the_management(
    app: Flask, loan: UUID, watch: Watch
) -> None:
    watch.move(days=30)
    for _day in range(10):
        with app.app_context():
            closing.close_day(clock.today(), at=clock.now())
        watch.move(days=1)
        cared(app)

    told = [line for line in letters(app) if "risk management" in line]

    assert [line.partition("@")[0] for line in told] == ["risk", "management"]
    (case,) = read(app, lambda session: care.case_queue(session, owner_id=None))
    assert (case.status, case.loan_id) == ("escalated", loan)


def test_a_broken_loan_is_listed_and_the_others_are_looked_after(
    app: Flask, loan: UUID, watch: Watch
) -> None:
    sound = a_loan(app, amount="2000")
    watch.move(days=30)
    write(app, lambda session: break_file(session, loan))

    done = cared(app)

    assert [failure.partition(":")[0] for failure in done.failures] == [f"checks {loan}"]
    assert read(app, lambda session: care.tasks_of(session, loan_id=sound))


def test_loans_from_before_get_their_owners(app: Flask, loan: UUID) -> None:
    write(app, forget_files)

    done = cared(app)

    assert done.made["files"] == 1
    assert read(app, lambda session: find(session, care.CareFile, loan).number)


def test_the_close_asks_for_the_care_of_the_next_day(app: Flask, loan: UUID, watch: Watch) -> None:
    with app.app_context():
        closing.close_day(clock.today(), at=clock.now())
    watch.move(days=1)
    with app.app_context():
        jobs.run_due(clock.now())

    asked = select(Job.state).where(Job.kind == closing.CARE)
    assert read(app, lambda session: session.scalars(asked).all()) == ["done"]
    with app.app_context():
        assert caring.open_days(clock.today()) == []
    assert loan


def test_the_command_looks_after_today_and_no_day_ahead(app: Flask, loan: UUID) -> None:
    with app.app_context():
        tomorrow = (clock.today() + timedelta(days=1)).isoformat()

    ahead = app.test_cli_runner().invoke(args=["care", "--on", tomorrow])
    now = app.test_cli_runner().invoke(args=["care"])
    write(app, lambda session: break_file(session, loan))
    write(app, lambda session: session.execute(update(care.Run).values(finished_at=None)))
    again = app.test_cli_runner().invoke(args=["care"])

    assert (ahead.exit_code, now.exit_code, again.exit_code) == (2, 0, 1)
    assert "nothing to do" in now.output


def break_file(session: Session, loan_id: UUID) -> None:
    """Leave a check to be made on a file that is over, which no way of ending one does."""
    file = find(session, care.CareFile, loan_id)
    file.next_check_on = file.archived_on = clock.today()


def forget_files(session: Session) -> None:
    session.execute(delete(care.CareFile))
