from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, Movement, Posting, Statement
from kernel import NotFound
from tests.escrow.stories import BOB, LISTING, STRIPE, USD, cash_of, dollars, opened


@pytest.fixture
def bob(session: Session) -> int:
    """Bob deposits on the 1st, reserves on the 2nd and the 3rd, and gets one back on the 4th."""
    bob = opened(session, cash_of(BOB))
    on(session, 1, Posting(Movement.DEPOSIT, STRIPE, bob, dollars("100.00")), memo="Deposit")
    on(session, 2, Posting(Movement.RESERVE, bob, LISTING, dollars("30.00")), memo="Order 1")
    # Told late: it counts from the day before the entry that was written before it.
    on(
        session,
        4,
        Posting(Movement.RELEASE, LISTING, bob, dollars("30.00")),
        memo="Cancelled",
    )
    on(session, 3, Posting(Movement.RESERVE, bob, LISTING, dollars("20.00")), memo="Order 2")
    return bob


def on(session: Session, day: int, *postings: Posting, memo: str = "") -> int:
    memo = memo or "several"
    at = datetime(2026, 1, day, 12, tzinfo=UTC)
    return escrow.post(session, key=f"{day} {memo}", postings=postings, at=at, memo=memo).id


def shown(statement: Statement) -> list[tuple[str, str, str]]:
    return [
        (line.memo, str(line.amount.decimal), str(line.balance.decimal)) for line in statement.lines
    ]


def test_a_statement_shows_the_newest_first_with_what_was_held_after_each(
    session: Session, bob: int
) -> None:
    statement = escrow.statement(session, account_id=bob)

    assert shown(statement) == [
        ("Cancelled", "30.00", "80.00"),
        ("Order 2", "-20.00", "50.00"),
        ("Order 1", "-30.00", "70.00"),
        ("Deposit", "100.00", "100.00"),
    ]
    assert statement.opening == dollars("0.00")
    assert statement.closing == dollars("80.00")


def test_a_line_names_its_movement_and_the_other_side(session: Session, bob: int) -> None:
    newest, *_, oldest = escrow.statement(session, account_id=bob).lines

    assert (newest.movement, newest.counterparty) == (Movement.RELEASE, AccountKind.LISTING)
    assert (oldest.movement, oldest.counterparty) == (Movement.DEPOSIT, AccountKind.STRIPE)
    assert oldest.at == datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_statement_of_some_days_opens_and_closes_with_them(session: Session, bob: int) -> None:
    statement = escrow.statement(
        session, account_id=bob, since=date(2026, 1, 2), until=date(2026, 1, 3)
    )

    assert shown(statement) == [("Order 2", "-20.00", "50.00"), ("Order 1", "-30.00", "70.00")]
    assert statement.opening == dollars("100.00")
    assert statement.closing == dollars("50.00")


def test_a_statement_of_quiet_days_opens_and_closes_alike(session: Session, bob: int) -> None:
    before = escrow.statement(session, account_id=bob, until=date(2025, 12, 31))
    after = escrow.statement(session, account_id=bob, since=date(2026, 1, 5))

    assert (before.opening, before.lines, before.closing) == (dollars("0"), (), dollars("0"))
    assert (after.opening, after.lines, after.closing) == (dollars("80"), (), dollars("80"))


def test_a_long_statement_is_read_page_by_page(session: Session, bob: int) -> None:
    first = escrow.statement(session, account_id=bob, limit=3)
    second = escrow.statement(session, account_id=bob, limit=3, before=first.lines[-1].entry_id)

    assert [memo for memo, _, _ in shown(first)] == ["Cancelled", "Order 2", "Order 1"]
    assert shown(second) == [("Deposit", "100.00", "100.00")]
    assert second.closing == first.opening


def test_the_lines_of_one_entry_stay_on_one_page(session: Session, bob: int) -> None:
    on(
        session,
        5,
        Posting(Movement.RESERVE, bob, LISTING, dollars("1.00")),
        Posting(Movement.RESERVE, bob, LISTING, dollars("2.00")),
    )

    page = escrow.statement(session, account_id=bob, limit=1)

    assert shown(page) == [("several", "-2.00", "77.00"), ("several", "-1.00", "79.00")]
    assert page.opening == dollars("80.00")


def test_there_is_no_statement_of_what_does_not_exist(session: Session, bob: int) -> None:
    with pytest.raises(NotFound):
        escrow.statement(session, account_id=-1)
    with pytest.raises(NotFound):
        escrow.statement(session, account_id=bob, before=-1)


def test_an_account_that_was_never_opened_holds_nothing(session: Session) -> None:
    assert escrow.balance(session, account=cash_of(BOB)).is_zero
    assert escrow.account_id(session, kind=AccountKind.LENDER, owner_id=BOB, currency=USD) is None


def test_an_account_is_found_by_what_it_is(session: Session, bob: int) -> None:
    found = escrow.account_id(session, kind=AccountKind.LENDER, owner_id=BOB, currency=USD)

    assert found == bob
    assert escrow.balance(session, account=bob) == dollars("80.00")
    assert escrow.balances(session, account_ids=[-1, bob]) == {bob: 8000}
