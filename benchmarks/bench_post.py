"""One repayment posted to many lenders, against raw inserts of the same rows.

The raw rows go into a table of the same columns and indexes but without a trigger: no check, no
balance, no entry. Both are committed, in turns, in the same database; the medians are compared.
The ratio is the rate of `escrow.post` as a share of the raw rate. The same repayment is also
written through objects: a `PostingLine` each, flushed by the session into the guarded table.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from typing import Any, cast

import numpy as np
from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

import escrow
from benchmarks.__main__ import Row, table
from escrow import AccountKind, AccountRef, Movement, Posting, Spread
from escrow.models import Account, Entry, PostingLine
from kernel import Currency, Money, bulk_insert, new_id, new_ids, write_turn
from tests.escrow.stories import AT, FEES, STRIPE
from tests.support.database import BACKENDS, Run, open_engine

LENDERS = (1_000, 10_000, 50_000)
BY_OBJECTS = 10_000
COMPONENTS = (1, 3)
ROUNDS = 9
USD = Currency.USD
TYPES = ("int8", "int8", "varchar", "int8", "int8", "int8", "varchar", "date")
COLUMNS = "entry_id, seq, movement, source_id, target_id, amount_minor, currency, effective_on"

numbers = count(1)


def run() -> list[Row]:
    """Measure on both databases, each made for this run and dropped afterwards."""
    run = Run.begin()
    try:
        return [row for backend in BACKENDS for row in measured(run, backend)]
    finally:
        run.end()


def measured(run: Run, backend: str) -> list[Row]:
    with book(run, backend) as session:
        lenders = opened(session, max(LENDERS))
        rows = [
            compared(session, backend, lenders[:some], components)
            for some in LENDERS
            for components in COMPONENTS
        ]
        return [*rows, against_objects(session, backend, lenders[:BY_OBJECTS], max(COMPONENTS))]


@contextmanager
def book(run: Run, backend: str) -> Iterator[Session]:
    """Lend a session on a fresh book, beside a table of the same shape without triggers."""
    with run.clone(backend) as url:
        engine = open_engine(url)
        with write_turn(engine), Session(engine) as session:
            for statement in bare_table(session, backend):
                session.execute(text(statement))
            session.commit()
            yield session
        engine.dispose()


def bare_table(session: Session, backend: str) -> list[str]:
    if backend == "postgresql":
        return ["CREATE TABLE bare (LIKE posting INCLUDING ALL)"]
    made = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'posting'"))
    return [
        str(made).replace("CREATE TABLE posting", "CREATE TABLE bare"),
        "CREATE INDEX bare_source ON bare (source_id, entry_id)",
        "CREATE INDEX bare_target ON bare (target_id, entry_id)",
    ]


def opened(session: Session, some: int) -> np.ndarray[Any, Any]:
    """Open accounts for so many lenders."""
    columns = {"kind": "LENDER", "owner_id": new_ids(some), "currency": "USD"}
    accounts = cast("Table", Account.__table__)
    bulk_insert(session, accounts, columns | {"shard": 0, "hot": False}, count=some)
    session.commit()
    return np.array(session.scalars(select(Account.id).order_by(Account.id)).all())


def compared(session: Session, backend: str, lenders: Any, components: int) -> Row:
    loan = AccountRef(AccountKind.LOAN, new_id(), USD)
    day = AT.date() if backend == "postgresql" else AT.date().isoformat()
    rows = bare_rows(lenders, components, day)
    write = copied if backend == "postgresql" else inserted
    posts, raws = [], []
    for _ in range(ROUNDS):
        posts.append(seconds(session, lambda: repayment(session, loan, lenders, components)))
        raws.append(seconds(session, lambda: write(session, rows)))
    lines = len(lenders) * components + 2
    raw = "COPY BINARY" if backend == "postgresql" else "executemany"
    return {
        "title": f"post, {len(lenders):,} lenders, {components} components, {backend}",
        "figure": lines / median(posts),
        "unit": "postings/s",
        "ratio": median(raws) / median(posts),
        "against": f"raw {raw}, {lines / median(raws):,.0f} rows/s",
    }


def against_objects(session: Session, backend: str, lenders: Any, components: int) -> Row:
    """Compare with what one writes without thinking about it: an object for every line."""
    loan = AccountRef(AccountKind.LOAN, new_id(), USD)
    repayment(session, loan, lenders, components)
    kinds = select(Account.kind, func.max(Account.id)).group_by(Account.kind)
    ends = dict(session.execute(kinds).tuples().all())
    session.commit()
    posts, objects = [], []
    for _ in range(3):
        posts.append(seconds(session, lambda: repayment(session, loan, lenders, components)))
        objects.append(seconds(session, lambda: by_objects(session, ends, lenders, components)))
        session.expunge_all()
    lines = len(lenders) * components + 2
    return {
        "title": f"post, {len(lenders):,} lenders, {components} components, {backend}",
        "figure": lines / median(posts),
        "unit": "postings/s",
        "ratio": median(objects) / median(posts),
        "against": f"an object for every line, {lines / median(objects):,.0f} postings/s",
    }


def by_objects(session: Session, ends: dict[str, int], lenders: Any, components: int) -> None:
    rows = bare_rows(lenders, components, AT.date())
    total = sum(row[4] for row in rows[1:])
    entry = Entry(
        key=f"objects {next(numbers)}",
        request_hash="",
        at=AT,
        effective_on=AT.date(),
        lines=len(rows),
        memo="Repayment",
        actor="system",
    )
    session.add(entry)
    session.flush()
    named = {-1: ends["LOAN"], -2: ends["STRIPE"], -3: ends["FEES"]}
    for seq, movement, source, target, amount, currency, day in rows:
        line = PostingLine(
            entry_id=entry.id,
            seq=seq,
            movement=movement,
            source_id=named.get(source, source),
            target_id=named.get(target, target),
            amount_minor=total if movement == "COLLECT" else amount,
            currency=currency,
            effective_on=day,
        )
        session.add(line)
    session.flush()


def seconds(session: Session, work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    session.commit()
    return time.perf_counter() - started


def repayment(session: Session, loan: AccountRef, lenders: Any, components: int) -> None:
    """Collect a payment and share it: so many components for each lender, and the fee."""
    amounts = np.arange(len(lenders)) % 997 + 1
    total = int(amounts.sum()) * components + 100
    spread = Spread(Movement.DISTRIBUTE, loan, lenders, amounts, USD)
    escrow.post(
        session,
        key=f"repayment {next(numbers)}",
        postings=[
            Posting(Movement.COLLECT, STRIPE, loan, Money(total, USD)),
            *[spread] * components,
            Posting(Movement.SERVICE, loan, FEES, Money(100, USD)),
        ],
        at=AT,
        memo="Repayment",
    )


def bare_rows(lenders: Any, components: int, day: Any) -> list[tuple[Any, ...]]:
    """Return the same rows, without the entry's number."""
    one = [
        ("DISTRIBUTE", -1, lender, place % 997 + 1, "USD", day)
        for place, lender in enumerate(lenders.tolist())
    ]
    rows = [
        ("COLLECT", -2, -1, 100, "USD", day),
        *one * components,
        ("SERVICE", -1, -3, 100, "USD", day),
    ]
    return [(seq, *row) for seq, row in enumerate(rows, 1)]


def copied(session: Session, rows: list[tuple[Any, ...]]) -> None:
    """Write as psycopg's documentation shows it."""
    entry = next(numbers)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("COPY bare FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(TYPES)
        for row in rows:
            copy.write_row((entry, *row))


def inserted(session: Session, rows: list[tuple[Any, ...]]) -> None:
    entry = next(numbers)
    driver: Any = session.connection().connection.driver_connection
    driver.executemany(
        f"INSERT INTO bare ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(entry, *row) for row in rows],
    )


if __name__ == "__main__":
    print(table(run()))
