"""Entries that count from another day than the one on which they were written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import escrow
from escrow import CountsTooEarly, KeyConflict, Movement, Posting, StatementLine
from escrow.models import Entry, PostingLine
from escrow.seal_models import BalanceCheckpoint
from tests.escrow.stories import BOB, STRIPE, cash_of, dollars, opened

FIRST = date(2026, 1, 1)
BOBS = cash_of(BOB)


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def pay_in(session: Session, amount: str, *, on: int, told: int | None = None) -> Entry:
    """Bob's money arrived on one day of January and was told on that day or later."""
    moment = datetime.combine(day(told or on), datetime.min.time(), tzinfo=UTC)
    return escrow.post(
        session,
        key=f"{amount} on {on} told {told}",
        postings=[Posting(Movement.DEPOSIT, STRIPE, BOBS, dollars(amount))],
        at=moment + timedelta(hours=12),
        memo=f"of {on}",
        effective_on=day(on) if told else None,
    )


def close(session: Session, number: int) -> int:
    """Sum the book up at the end of a day."""
    through = escrow.frontier(session).entry_id
    return escrow.checkpoint(session, day=day(number), through_entry_id=through, at=moment(number))


def moment(number: int) -> datetime:
    return datetime.combine(day(number), datetime.max.time(), tzinfo=UTC)


def held(session: Session, number: int) -> str:
    return str(escrow.balance(session, account=BOBS, on=day(number)).decimal)


def test_an_entry_counts_from_the_day_on_which_it_happened(session: Session) -> None:
    entry = pay_in(session, "10.00", on=5)

    line = session.scalars(select(PostingLine).where(PostingLine.entry_id == entry.id)).one()
    assert entry.effective_on == line.effective_on == day(5)


def test_what_is_told_late_shows_on_its_day_and_when_it_was_recorded(session: Session) -> None:
    pay_in(session, "10.00", on=3)
    late = pay_in(session, "5.00", on=2, told=7)

    statement = escrow.statement(session, account_id=opened(session, BOBS))

    assert [(line.memo, line.effective_on) for line in statement.lines] == [
        ("of 3", day(3)),
        ("of 2", day(2)),
    ]
    assert held(session, 2) == "5.00"
    file = escrow.entry_file(session, entry_id=late.id)
    assert file.line.effective_on == day(2)
    assert file.recorded_at.date() > day(7)


def test_a_day_asked_for_is_part_of_what_a_key_stands_for(session: Session) -> None:
    first = pay_in(session, "5.00", on=2, told=7)

    assert pay_in(session, "5.00", on=2, told=7) is first
    with pytest.raises(KeyConflict):
        escrow.post(
            session,
            key=first.key,
            postings=[Posting(Movement.DEPOSIT, STRIPE, BOBS, dollars("5.00"))],
            at=first.at,
            memo=first.memo,
            effective_on=day(3),
        )


def test_nothing_counts_from_a_day_that_has_not_come(session: Session) -> None:
    with pytest.raises(CountsTooEarly):
        pay_in(session, "5.00", on=9, told=7)

    assert pay_in(session, "5.00", on=8, told=7).effective_on == day(8)


def test_a_reversal_may_count_from_the_day_of_its_original(session: Session) -> None:
    entry = pay_in(session, "10.00", on=5)

    escrow.reverse(
        session, entry_id=entry.id, key="back", at=moment(9), memo="", effective_on=day(5)
    )

    assert held(session, 5) == "0.00"
    assert escrow.verify(session).ok


def test_a_balance_of_any_day_is_the_same_with_and_without_checkpoints(session: Session) -> None:
    for number in range(1, 9):
        pay_in(session, f"{number}.00", on=number)
    pay_in(session, "0.50", on=3, told=8)
    plain = [held(session, number) for number in range(10)]

    summed = [close(session, number) for number in (2, 4, 8)]

    assert [held(session, number) for number in range(10)] == plain
    assert summed[1:] == [0, 0]
    assert plain[-2:] == ["36.50", "36.50"]


def test_checkpoints_follow_the_days(session: Session) -> None:
    pay_in(session, "1.00", on=1)
    close(session, 1)
    pay_in(session, "2.00", on=2)
    close(session, 2)
    close(session, 3)
    pay_in(session, "4.00", on=4)

    assert [held(session, number) for number in range(6)] == [
        "0.00",
        "1.00",
        "3.00",
        "3.00",
        "7.00",
        "7.00",
    ]
    assert escrow.balance(session, account=STRIPE, on=day(2)) == dollars("-3.00")


def test_what_is_told_after_a_checkpoint_counts_all_the_same(session: Session) -> None:
    pay_in(session, "1.00", on=1)
    close(session, 1)
    pay_in(session, "2.00", on=3)
    close(session, 3)

    pay_in(session, "8.00", on=1, told=5)
    before = [held(session, number) for number in range(5)]
    close(session, 5)
    after = [held(session, number) for number in range(5)]

    assert before == after == ["0.00", "9.00", "9.00", "11.00", "11.00"]


def test_a_day_is_summed_up_once(session: Session) -> None:
    pay_in(session, "1.00", on=1)

    assert close(session, 2) == 2
    assert close(session, 2) == close(session, 1) == 0


def test_an_account_of_one_day_only_has_one_line_a_day(session: Session) -> None:
    pay_in(session, "1.00", on=1)
    close(session, 1)
    pay_in(session, "2.00", on=2)
    close(session, 2)

    bob = opened(session, BOBS)
    lines = session.execute(
        select(BalanceCheckpoint.day, BalanceCheckpoint.amount_minor)
        .where(BalanceCheckpoint.account_id == bob)
        .order_by(BalanceCheckpoint.day)
    )
    assert [tuple(line) for line in lines] == [(day(1), 100), (day(2), 300)]


def test_pages_of_a_statement_meet_within_a_day(session: Session) -> None:
    bob = opened(session, BOBS)
    for number in range(1, 6):
        pay_in(session, f"{number}.00", on=3)
    pay_in(session, "6.00", on=2, told=4)

    whole = escrow.statement(session, account_id=bob)
    pages: list[StatementLine] = []
    before: int | None = None
    for _ in range(3):
        page = escrow.statement(session, account_id=bob, limit=2, before=before, until=day(30))
        pages += page.lines
        before = page.lines[-1].entry_id

    assert tuple(pages) == whole.lines
    old = escrow.statement(session, account_id=bob, until=day(2), before=whole.lines[0].entry_id)
    assert [line.memo for line in old.lines] == ["of 2"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_statement_reads_no_more_of_a_long_past_than_of_a_short_one(engine: Engine) -> None:
    with Session(engine) as session:
        live(session, range(1, 10))
        few = steps_of_a_statement(session)
        live(session, range(10, 300))

        assert steps_of_a_statement(session) <= few * 1.5


def live(session: Session, days: range) -> None:
    for number in days:
        pay_in(session, f"{number}.00", on=number)
        close(session, number)


def steps_of_a_statement(session: Session) -> float:
    """Count the steps of SQLite's machine, in hundreds, for the last three lines as of a day."""
    driver = session.connection().connection.driver_connection
    assert driver is not None
    steps = []
    driver.set_progress_handler(lambda: steps.append(1), 100)
    last = session.scalars(select(PostingLine.effective_on).order_by(PostingLine.entry_id.desc()))
    newest = last.first()
    assert newest is not None
    steps.clear()
    bob = opened(session, BOBS)
    escrow.statement(session, account_id=bob, until=newest - timedelta(days=1), limit=2)
    escrow.balance(session, account=bob, on=newest - timedelta(days=1))
    driver.set_progress_handler(None, 0)
    return float(len(steps))
