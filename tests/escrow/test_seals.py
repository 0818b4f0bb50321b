"""What was sealed cannot be changed by anybody, not even its owner, without being named."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import escrow
from escrow import Finding, Movement, Posting, SealingKey, heads
from escrow.signing import is_signed, key_id
from tests.escrow.stories import AT, BOB, CAROL, LISTING, book, cash_of, deposit, dollars
from tests.escrow.stories import reserve as reserved

KEY, OTHER = SealingKey(bytes(range(32))), SealingKey(bytes(32))
TRUSTED = escrow.trusting([KEY.public])
on_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


def sealed(session: Session, *, key: SealingKey = KEY, most: int = 10_000) -> int:
    """Seal whatever is new, and say how many seals that took."""
    seals = 0
    while escrow.seal(session, through=escrow.frontier(session), key=key, at=AT, most=most):
        seals += 1
    return seals


def live(session: Session, entries: int) -> None:
    """Bob and Carol pay in, reserve, and take back: entries of one, two and three postings."""
    for number in range(entries):
        owner = (BOB, CAROL)[number % 2]
        if number % 4 == 2:
            order = Posting(Movement.RESERVE, cash_of(owner), LISTING, dollars("1.00"))
            book(session, *[order] * (number % 3 + 1), memo=f"Order {number}\nin two lines")
        else:
            deposit(session, owner, f"{number + 5}.00")
    last = reserved(session, BOB, "1.00")
    escrow.reverse(session, entry_id=last.id, key="taken back", at=AT, memo="")


def unguarded(session: Session) -> None:
    """Switch off whatever guards the tables, as whoever owns them can."""
    if session.get_bind().dialect.name == "sqlite":
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in names.all():
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))


def found(session: Session, *statements: str) -> Sequence[Finding]:
    """Change the book behind its back; return what the proof says, and undo the change."""
    with session.begin_nested() as attempt:
        for statement in statements:
            session.execute(text(statement))
        session.expire_all()
        findings = escrow.verify(session, trusted=TRUSTED).findings
        attempt.rollback()
    session.expire_all()
    return findings


def test_a_seal_covers_what_is_new_and_names_the_one_before_it(session: Session) -> None:
    live(session, 4)
    first = escrow.seal(session, through=escrow.frontier(session), key=KEY, at=AT)
    reserved(session, BOB, "1.00")

    second = escrow.seal(session, through=escrow.frontier(session), key=KEY, at=AT)

    assert first is not None
    assert second is not None
    assert (first.id, second.id) == (1, 2)
    assert first.previous == "0" * 64 != second.previous
    assert second.leaves == 1
    assert escrow.seal(session, through=escrow.frontier(session), key=KEY, at=AT) is None
    assert escrow.verify(session, trusted=TRUSTED).findings == ()


def test_a_long_book_is_sealed_piece_by_piece(session: Session) -> None:
    live(session, 9)

    assert sealed(session, most=4) == 3
    assert escrow.verify(session, trusted=TRUSTED).findings == ()


def test_the_sealed_book_reads_alike_on_both_databases(session: Session) -> None:
    """Held to its bytes, so that a seal stays right whatever database it moves to."""
    live(session, 1)
    (first, *_), (account, *_) = (
        list(escrow.queries.entry_bytes(session, after=0, through=10**9)),
        escrow.queries.account_bytes(session, after=0, through=10**9),
    )

    header, rest = first.header.split(b"\n"), first.rest.split(b"\n")
    assert header[0] == b"entry"
    assert header[2:4] == [b"2026-01-05 09:00:00.000000", b"2026-01-05"]
    assert header[5:] == [b"1", b"-", b"0", b"", b""]
    assert rest[0] == b"rest"
    assert rest[-2:] == [b"system", b""]
    ((seq, line),) = first.postings
    assert seq == b"1"
    assert line.split(b"\n")[3:4] == [b"DEPOSIT"]
    assert line.endswith(b"\n500\nUSD\n2026-01-05\n")
    assert account[1].split(b"\n")[4:6] == [b"USD", account[1].split(b"\n")[5]]


ALTERATIONS = {
    "entry": (
        "memo = memo || '.'",
        "actor = 'nobody'",
        "at = '2026-01-05 09:00:00.000001'",
        "recorded_at = '2026-01-05 09:00:00.000001'",
        "effective_on = '2026-01-06'",
        "request_hash = '0'",
        "key = key || 'x'",
        "lines = lines + 1",
        "id = id + 1000000",
    ),
    "posting": (
        "amount_minor = amount_minor + 1",
        "movement = 'TRADE'",
        "currency = 'EUR'",
        "source_id = target_id, target_id = source_id",
        "effective_on = '2026-01-06'",
        "seq = seq + 10",
    ),
}


@pytest.mark.parametrize("table", ALTERATIONS)
def test_whatever_is_altered_the_entry_is_named(session: Session, table: str) -> None:
    live(session, 6)
    sealed(session)
    third = session.scalars(text("SELECT id FROM entry ORDER BY id LIMIT 1 OFFSET 2")).one()
    unguarded(session)
    column = "id" if table == "entry" else "entry_id"

    for change in ALTERATIONS[table]:
        first, *_ = found(session, f"UPDATE {table} SET {change} WHERE {column} = {third}")
        assert first.subject == f"entry {third}", change

    (first, *_) = found(session, f"DELETE FROM {table} WHERE {column} = {third}")
    assert first.subject == f"entry {third}"


def test_an_account_given_to_somebody_else_is_named(session: Session) -> None:
    live(session, 2)
    sealed(session)
    unguarded(session)
    carols, bobs = (
        escrow.account_id(
            session, kind=escrow.AccountKind.LENDER, owner_id=owner, currency=dollars("1").currency
        )
        for owner in (CAROL, BOB)
    )

    swapped = f"UPDATE account SET owner_id = (SELECT owner_id FROM account WHERE id = {carols})"
    first, *_ = found(session, f"{swapped}, shard = 1 WHERE id = {bobs}")

    assert (first.code, first.subject) == ("account_altered", f"account {bobs}")


def test_an_entry_put_into_the_past_is_named(session: Session) -> None:
    for number in (1, 2):
        deposit(session, BOB, f"{number}.00")
    sealed(session)
    last = session.scalar(text("SELECT max(id) FROM entry"))
    unguarded(session)

    moved = found(session, f"UPDATE sealed_entry SET entry_id = -1 WHERE entry_id = {last}")

    assert [each.code for each in moved] == ["entry_put_in"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("seal SET root = 'g' || substr(root, 2)", "seal_altered"),
        ("seal SET content = 'g' || substr(content, 2)", "seal_altered"),
        ("seal SET previous = 'g' || substr(previous, 2)", "seal_altered"),
        ("seal SET signature = 'g' || substr(signature, 2)", "seal_altered"),
        ("seal SET signature = 'no signature'", "seal_altered"),
        ("seal SET leaves = leaves + 1", "seal_altered"),
        ("seal SET sealed_at = '2026-01-06 09:00:00'", "seal_altered"),
        ("seal SET key_id = 'nobody'", "seal_altered"),
        ("seal SET id = id + 1", "seal_altered"),
        ("seal_key SET public_key = 'no key'", "seal_altered"),
        ("sealed_entry SET salt = hash", "entry_altered"),
        ("sealed_entry SET hash = salt", "entry_altered"),
        ("sealed_account SET hash = 'x'", "account_altered"),
    ],
)
def test_an_altered_seal_is_found(session: Session, change: str, code: str) -> None:
    live(session, 2)
    sealed(session)
    unguarded(session)
    change = change.replace("hash = 'x'", "hash = (SELECT hash FROM sealed_entry LIMIT 1)")

    first, *_ = found(session, f"UPDATE {change}")

    assert first.code == code


def test_entries_changed_together_with_their_leaves_are_still_found(session: Session) -> None:
    live(session, 2)
    sealed(session)
    (seal_id, through) = session.execute(text("SELECT id, through_entry_id FROM seal")).one()
    unguarded(session)

    gone = found(
        session,
        f"DELETE FROM sealed_entry WHERE entry_id = {through}",
        f"DELETE FROM posting WHERE entry_id = {through}",
        f"DELETE FROM entry WHERE id = {through}",
    )

    assert (gone[0].code, gone[0].subject) == ("seal_differs", f"seal {seal_id}")


def test_a_book_that_was_moved_to_another_database_is_proved_by_its_leaves(
    session: Session,
) -> None:
    live(session, 2)
    seal = escrow.seal(session, through=escrow.frontier(session), key=KEY, at=AT)
    assert seal is not None

    unguarded(session)
    seal.content = "of another database"
    seal.signature = KEY.sign(heads.seal_words(seal))
    session.flush()

    assert escrow.verify(session, trusted=TRUSTED).findings == ()


def test_seals_that_were_taken_away_are_missed(session: Session) -> None:
    live(session, 4)
    sealed(session, most=3)
    last = session.scalar(text("SELECT max(id) FROM seal"))
    unguarded(session)

    of_the_end = found(session, f"DELETE FROM seal WHERE id = {last}")
    of_the_middle = found(session, "DELETE FROM seal WHERE id = 1")

    assert "seal_gone" in {each.code for each in of_the_end}
    assert "seal_chain_broken" in {each.code for each in of_the_middle}


def test_a_book_sealed_anew_by_somebody_else_is_not_trusted(session: Session) -> None:
    live(session, 2)
    sealed(session, key=OTHER)

    (finding,) = escrow.verify(session, trusted=TRUSTED).findings

    assert finding.code == "seal_untrusted"
    assert escrow.verify(session).ok


def test_a_new_key_vouches_for_the_seals_of_the_old_one(session: Session) -> None:
    live(session, 2)
    sealed(session, key=OTHER)
    deposit(session, BOB, "7.00")

    sealed(session, key=KEY)

    assert escrow.verify(session, trusted=TRUSTED).findings == ()


def test_a_signature_is_of_one_key_and_one_message() -> None:
    signature = KEY.sign(b"the book")

    assert is_signed(KEY.public, signature, b"the book")
    assert not is_signed(KEY.public, signature, b"the books")
    assert not is_signed(OTHER.public, signature, b"the book")
    assert not is_signed(KEY.public, signature.upper(), b"the book")
    assert not is_signed(f" {KEY.public}", signature, b"the book")
    assert KEY.id == key_id(KEY.public)
    assert "seed" not in repr(KEY)


def proved(session: Session) -> None:
    """Seal, prove and sign that the book was found right."""
    sealed(session)
    audit = escrow.verify(session, trusted=TRUSTED)
    assert audit.ok
    assert audit.standing is not None
    escrow.attest(session, standing=audit.standing, key=KEY, at=AT)


def test_only_what_is_new_is_read_again(session: Session) -> None:
    live(session, 3)
    proved(session)
    deposit(session, BOB, "7.00")
    sealed(session)
    deposit(session, CAROL, "8.00")

    audit = escrow.verify_new(session, trusted=TRUSTED)

    assert audit.ok
    assert (audit.checked["entries"], audit.checked["seals"]) == (2, 1)


def test_without_a_trusted_proof_everything_is_read(session: Session) -> None:
    live(session, 3)
    nothing_yet = escrow.verify_new(session, trusted=TRUSTED)
    proved(session)

    elsewhere = escrow.verify_new(session, trusted=escrow.trusting([OTHER.public]))

    assert nothing_yet.standing is None
    assert nothing_yet.checked["entries"] == elsewhere.checked["entries"] == 5
    assert [each.code for each in elsewhere.findings] == ["seal_untrusted"]


def test_a_fault_in_what_is_new_is_found(session: Session) -> None:
    live(session, 3)
    proved(session)
    fresh = deposit(session, BOB, "7.00").id
    unguarded(session)
    session.execute(text(f"UPDATE posting SET amount_minor = 701 WHERE entry_id = {fresh}"))

    findings = escrow.verify_new(session, trusted=TRUSTED).findings

    assert {"balances_unlike", "balance_differs"} <= {each.code for each in findings}


@pytest.mark.parametrize(
    "change",
    ["balances = head", "head = balances", "through_entry_id = through_entry_id + 1"],
)
def test_a_proof_that_was_altered_is_not_believed(session: Session, change: str) -> None:
    live(session, 3)
    proved(session)
    unguarded(session)
    session.execute(text(f"UPDATE verification SET {change}"))
    session.expire_all()

    audit = escrow.verify_new(session, trusted=TRUSTED)

    assert audit.checked["entries"] == 5
    assert [each.code for each in audit.findings] == ["verification_altered"]


def test_seals_made_anew_differ_from_those_that_were_proved(session: Session) -> None:
    live(session, 3)
    proved(session)
    unguarded(session)
    for table in ("sealed_entry", "sealed_account", "seal"):
        session.execute(text(f"DELETE FROM {table}"))
    session.expire_all()
    escrow.seal(session, through=escrow.frontier(session), key=KEY, at=AT + timedelta(days=1))

    codes = [each.code for each in escrow.verify(session, trusted=TRUSTED).findings]

    assert codes == ["seals_rewritten"]


@on_postgresql
def test_nothing_is_sealed_above_an_entry_that_may_still_appear(engine: Engine) -> None:
    with Session(engine) as slow, Session(engine) as quick:
        deposit(slow, BOB, "1.00", key="slow")
        deposit(quick, CAROL, "1.00", key="quick")
        quick.commit()

        frontier = escrow.frontier(quick)
        waiting = escrow.is_settled(quick, frontier=frontier)
        slow.commit()

        assert not waiting
        assert escrow.is_settled(quick, frontier=frontier)
        quick.rollback()
        assert escrow.seal(quick, through=frontier, key=KEY, at=AT) is not None
        assert escrow.verify(quick, trusted=TRUSTED).ok
