"""Somebody sits at the database's console with every right of the application."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, AccountRef
from kernel import Base, Currency
from tests.escrow.stories import (
    BOB,
    CAROL,
    FEES,
    LISTING,
    STRIPE,
    cash_of,
    deposit,
    held,
    opened,
    reserve,
)

on_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

WRITTEN_ONCE = ("account", "entry", "posting", "status_event", "decision", "distribution")
ENTRY_BY_HAND = (
    "INSERT INTO entry (id, key, request_hash, at, effective_on, lines, memo, actor) "
    "VALUES (999, 'by hand', '', CURRENT_TIMESTAMP, '2026-01-05', 1, '', '')"
)
BOBS = cash_of(BOB)
COLUMNS = "entry_id, seq, movement, source_id, target_id, amount_minor, currency, effective_on"


@pytest.fixture(autouse=True)
def book(session: Session) -> Iterator[None]:
    """Bob has 100.00 and reserves 40.00 of it; that is still so after every attack."""
    deposit(session, BOB, "100.00", key="deposit of bob")
    reserve(session, BOB, "40.00", key="reservation of bob")

    yield

    assert held(session, cash_of(BOB)).minor == 6000
    assert held(session, LISTING).minor == 4000
    assert escrow.verify(session).findings == ()


def refused(session: Session, *statements: str) -> str:
    """Try statements at the console; return how the database refused one of them."""
    try:
        with session.begin_nested():
            for statement in statements:
                session.execute(text(statement))
    except DBAPIError as refusal:
        return str(refusal.orig)
    pytest.fail(f"The database did as it was told: {statements[-1]}")


def posting(
    session: Session,
    *,
    source: AccountRef | int = BOBS,
    target: AccountRef | int = LISTING,
    movement: str = "RESERVE",
    seq: int = 1,
    amount: int = 100,
    currency: str = "USD",
    entry: int = 999,
    day: str = "2026-01-05",
    verb: str = "INSERT",
) -> str:
    """Write a posting by hand."""
    source, target = (
        opened(session, end) if isinstance(end, AccountRef) else end for end in (source, target)
    )
    return (
        f"{verb} INTO posting ({COLUMNS}) VALUES "
        f"({entry}, {seq}, '{movement}', {source}, {target}, {amount}, '{currency}', '{day}')"
    )


def entry_id(session: Session, key: str) -> int:
    return int(session.execute(text(f"SELECT id FROM entry WHERE key = '{key}'")).scalar_one())


@pytest.mark.parametrize("table", [*WRITTEN_ONCE, "repayment", "balance", "movement_rule"])
@on_postgresql
def test_no_table_of_the_record_can_be_emptied(session: Session, table: str) -> None:
    assert "TRUNCATE is refused" in refused(session, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", ["account", "entry", "posting", "status_event", "movement_rule"])
def test_no_row_of_the_record_can_be_deleted(session: Session, table: str) -> None:
    session.execute(
        text(
            "INSERT INTO status_event (noun, subject_id, to_state, by, at, why) "
            "VALUES ('loan', :id, 'active', '', CURRENT_TIMESTAMP, '')"
        ),
        {"id": str(BOB) if session.get_bind().dialect.name == "postgresql" else BOB.hex},
    )

    assert "refused" in refused(session, f"DELETE FROM {table}")


@pytest.mark.parametrize("table", ["decision", "distribution", "repayment"])
def test_what_others_wrote_once_cannot_be_deleted_either(session: Session, table: str) -> None:
    columns = [column for column in Base.metadata.tables[table].columns if not column.nullable]
    names = ", ".join(column.name for column in columns)
    values = ", ".join("1" if column.type.python_type is int else "''" for column in columns)
    if session.get_bind().dialect.name == "sqlite":  # where a row must be there to be deleted
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        row = f"INSERT INTO {table} ({names}) VALUES ({values})"
        again = row.replace("INSERT", "REPLACE")
        assert "INSERT is refused" in refused(session, row, again)
        delete = [row, f"DELETE FROM {table}"]
    else:
        delete = [f"DELETE FROM {table}"]

    assert "DELETE is refused" in refused(session, *delete)


def test_only_where_a_repayment_started_from_is_ever_computed_anew(session: Session) -> None:
    facts = [c.name for c in Base.metadata.tables["repayment"].columns if c.name != "state_before"]
    sqlite = session.get_bind().dialect.name == "sqlite"
    kept = (
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'repayment'"
        if sqlite
        else "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'repayment'::regclass"
    )

    guards = [guard for guard in session.scalars(text(kept)) if "UPDATE OF" in guard]

    named = [
        name.strip('"')
        for guard in guards
        for name in guard.partition(" OF ")[2].partition(" ON ")[0].split(", ")
    ]
    assert sorted(named) == sorted(facts)


@pytest.mark.parametrize(
    "change",
    [
        "account SET kind = 'FEES'",
        "account SET currency = 'EUR'",
        "account SET id = id + 1000",
        "account SET hot = true",
        "entry SET memo = 'something else'",
        "entry SET request_hash = ''",
        "entry SET lines = lines + 1",
        "posting SET amount_minor = amount_minor + 1",
        "posting SET target_id = source_id",
        "movement_rule SET target_kind = 'LENDER'",
    ],
)
def test_no_row_of_the_record_can_be_changed(session: Session, change: str) -> None:
    assert "UPDATE is refused" in refused(session, f"UPDATE {change}")


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = amount_minor + 100",
        "amount_minor = 0",
        "amount_minor = amount_minor + 100, version = version + 1",
        "amount_minor = amount_minor + 100, version = 1000000",
        "floor_minor = -1000000",
        "floor_minor = NULL",
        "version = version + 1",
        "account_id = account_id + 1000",
    ],
)
def test_no_balance_can_be_changed_by_hand(session: Session, change: str) -> None:
    assert "only a posting" in refused(session, f"UPDATE balance SET {change}")


def test_a_posting_applied_once_does_not_excuse_a_second_change(session: Session) -> None:
    bob = opened(session, cash_of(BOB))
    again = (
        "UPDATE balance SET amount_minor = amount_minor - 4000, version = "
        f"(SELECT max(version) FROM balance) WHERE account_id = {bob}"
    )

    assert "only a posting" in refused(session, again)


def test_no_balance_can_be_put_in_or_taken_away(session: Session) -> None:
    bob = opened(session, cash_of(BOB))

    put_in = refused(
        session,
        "INSERT INTO balance (account_id, amount_minor, floor_minor, version) "
        f"VALUES ({bob} + 1000, 500, 0, 0)",
    )
    taken_away = refused(session, f"DELETE FROM balance WHERE account_id = {bob}")

    assert "balance: only" in put_in
    assert "DELETE is refused" in taken_away


def test_money_cannot_move_where_the_chart_does_not_let_it(session: Session) -> None:
    attack = posting(session, source=cash_of(BOB), target=cash_of(CAROL), movement="RESERVE")

    assert "posting: the chart does not allow" in refused(session, ENTRY_BY_HAND, attack)


def test_a_word_that_is_no_movement_moves_nothing(session: Session) -> None:
    attack = posting(session, movement="GIFT")

    assert "posting: the chart does not allow" in refused(session, ENTRY_BY_HAND, attack)


def test_the_chart_cannot_be_widened(session: Session) -> None:
    rule = "INSERT INTO movement_rule VALUES ('RESERVE', 'LENDER', 'LENDER')"

    assert "INSERT is refused" in refused(session, rule)


def test_money_cannot_change_its_currency_on_the_way(session: Session) -> None:
    euros = AccountRef(AccountKind.LISTING, BOB, Currency.EUR)

    into_euros = refused(session, ENTRY_BY_HAND, posting(session, target=euros))
    called_euros = refused(session, ENTRY_BY_HAND, posting(session, currency="EUR"))

    assert "of another currency" in into_euros
    assert "of another currency" in called_euros


def test_nobody_can_spend_more_than_they_hold(session: Session) -> None:
    attack = posting(session, amount=6001)

    assert "ck_balance_floor" in refused(session, ENTRY_BY_HAND, attack)


def test_no_balance_outgrows_its_column(session: Session) -> None:
    most = "90000000000000000.00"
    deposit(session, CAROL, most, key="first of carol")

    with pytest.raises(DBAPIError, match="out of range"):
        deposit(session, CAROL, most, key="second of carol")

    assert held(session, cash_of(CAROL)).minor == 9 * 10**18


def test_a_posting_cannot_take_a_negative_amount(session: Session) -> None:
    attack = posting(session, amount=-100)

    assert "ck_posting_amount" in refused(session, ENTRY_BY_HAND, attack)


def test_a_posting_needs_an_entry_and_two_accounts(session: Session) -> None:
    no_entry = refused(session, posting(session))
    no_source = refused(session, ENTRY_BY_HAND, posting(session, source=123456))
    no_target = refused(session, ENTRY_BY_HAND, posting(session, target=123456))

    assert "there is no such entry" in no_entry
    assert "there is no such account" in no_source
    assert "there is no such account" in no_target


def test_nothing_can_be_added_to_an_entry_that_is_complete(session: Session) -> None:
    reservation = entry_id(session, "reservation of bob")

    another_line = posting(session, entry=reservation, seq=2)
    line_zero = posting(session, entry=reservation, seq=0)

    assert "the entry is complete" in refused(session, another_line)
    assert "ck_posting_seq" in refused(session, line_zero)


def test_a_reversal_by_hand_can_only_be_the_mirror_of_its_original(session: Session) -> None:
    reservation = entry_id(session, "reservation of bob")
    reversal = ENTRY_BY_HAND.replace("key,", "reverses_id, key,").replace(
        "'by hand',", f"{reservation}, 'by hand',"
    )
    longer = reversal.replace("'2026-01-05', 1", "'2026-01-05', 2")
    more = posting(session, source=LISTING, target=cash_of(BOB), seq=2)

    assert "a reversal mirrors its original exactly" in refused(session, longer)
    assert "the entry is complete" in refused(session, reversal, more)


@on_postgresql
def test_a_temporary_table_is_not_taken_for_the_chart(session: Session) -> None:
    shadow = "CREATE TEMPORARY TABLE movement_rule AS SELECT * FROM public.movement_rule"
    rule = "INSERT INTO pg_temp.movement_rule VALUES ('RESERVE', 'LENDER', 'LENDER')"
    attack = posting(session, target=cash_of(CAROL))

    assert "the chart does not allow" in refused(session, shadow, rule, ENTRY_BY_HAND, attack)


@pytest.mark.parametrize("verb", ["INSERT OR IGNORE", "INSERT OR REPLACE", "REPLACE"])
@on_sqlite
def test_sqlites_conflict_clauses_do_not_soften_a_refusal(session: Session, verb: str) -> None:
    overdraft = posting(session, amount=6001, verb=verb)
    outside_chart = posting(session, target=cash_of(CAROL), verb=verb)

    assert "ck_balance_floor" in refused(session, ENTRY_BY_HAND, overdraft)
    assert "the chart does not allow" in refused(session, ENTRY_BY_HAND, outside_chart)


@on_sqlite
def test_sqlites_replace_cannot_delete_what_is_written(session: Session) -> None:
    reservation = entry_id(session, "reservation of bob")
    bob = opened(session, cash_of(BOB))
    entry = ENTRY_BY_HAND.replace("INSERT", "REPLACE")

    same_line = posting(session, entry=reservation, seq=1, verb="REPLACE")
    same_id = entry.replace("999", str(reservation))
    same_key = entry.replace("by hand", "reservation of bob")
    same_account = f"REPLACE INTO account SELECT * FROM account WHERE id = {bob}"
    same_balance = f"REPLACE INTO balance SELECT * FROM balance WHERE account_id = {bob}"

    for attack in (same_id, same_key, same_account):
        assert "INSERT is refused" in refused(session, attack)
    assert "only a posting" in refused(session, same_line)
    assert "only opening an account" in refused(session, same_balance)


@on_sqlite
def test_half_an_entry_does_not_excuse_a_change_by_hand(session: Session) -> None:
    of_two_lines = ENTRY_BY_HAND.replace("'2026-01-05', 1", "'2026-01-05', 2")
    first = posting(session, source=STRIPE, target=cash_of(BOB), movement="DEPOSIT", amount=500)
    bob = opened(session, cash_of(BOB))
    by_hand = f"UPDATE balance SET amount_minor = 6500, version = 999 WHERE account_id = {bob}"

    assert "only a posting" in refused(session, of_two_lines, first, by_hand)


@on_sqlite
def test_the_last_line_of_an_entry_is_written_last(session: Session) -> None:
    of_two_lines = ENTRY_BY_HAND.replace("'2026-01-05', 1", "'2026-01-05', 2")

    assert "written last" in refused(session, of_two_lines, posting(session, seq=2))


def test_an_honest_entry_by_hand_is_possible_and_keeps_the_book_right(session: Session) -> None:
    fee = posting(session, source=LISTING, target=FEES, movement="ORIGINATE")

    with session.begin_nested() as by_hand:
        session.execute(text(ENTRY_BY_HAND))
        session.execute(text(fee))
        assert held(session, FEES).minor == 100
        assert escrow.verify(session).ok
        by_hand.rollback()

    assert held(session, STRIPE).minor == -10000
