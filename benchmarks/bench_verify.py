"""The proof of a sealed book of small entries: all of it, and what is new in it.

The book is filled behind its guards, which is quick, and sealed and proved as always.
"""

import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

import escrow
from benchmarks.__main__ import Row, table
from benchmarks.bench_post import opened
from escrow import SealingKey
from kernel import write_turn
from tests.escrow.stories import AT
from tests.support.database import BACKENDS, Run, open_engine

ENTRIES = 200_000
LENDERS = 1_000
KEY = SealingKey(bytes(32))
TRUSTED = escrow.trusting([KEY.public])
FILL = (
    (
        "INSERT INTO account (kind, owner_id, currency, shard, hot) "
        "SELECT 'STRIPE', owner_id, 'USD', 0, true FROM account LIMIT 1"
    ),
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :entries) "
        "INSERT INTO entry (key, request_hash, at, effective_on, lines, memo, actor) "
        "SELECT 'deposit:' || i, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8', "
        "TIMESTAMP '2026-01-05 09:00:00', DATE '2026-01-05', 1, 'Deposit', 'system' FROM n"
    ),
    (
        "INSERT INTO posting (entry_id, seq, movement, source_id, target_id, amount_minor, "
        "currency, effective_on) SELECT id, 1, 'DEPOSIT', (SELECT max(id) FROM account), "
        "(SELECT min(id) FROM account) + id % :lenders, 100, 'USD', effective_on FROM entry"
    ),
)


def run() -> list[Row]:
    run = Run.begin()
    try:
        return [row for backend in BACKENDS for row in measured(run, backend)]
    finally:
        run.end()


def measured(run: Run, backend: str) -> list[Row]:
    with run.clone(backend) as url:
        engine = open_engine(url)
        with write_turn(engine), Session(engine) as session:
            opened(session, LENDERS)
            fill(session)
            sealing = seconds(lambda: seal(session))
            whole = min(seconds(lambda: prove(session)) for _ in range(3))
            audit = escrow.verify(session, trusted=TRUSTED)
            assert audit.standing is not None
            escrow.attest(session, standing=audit.standing, key=KEY, at=AT)
            new = seconds(lambda: escrow.verify_new(session, trusted=TRUSTED))
        engine.dispose()
    return [
        {"title": f"verify, {backend}", "figure": ENTRIES / whole, "unit": "entries/s"},
        {"title": f"verify what is new: nothing, {backend}", "figure": new * 1000, "unit": "ms"},
        {"title": f"seal, {backend}", "figure": ENTRIES / sealing, "unit": "entries/s"},
    ]


def fill(session: Session) -> None:
    named = {"entries": ENTRIES, "lenders": LENDERS}
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    for statement in FILL:
        if on_sqlite:
            statement = statement.replace("TIMESTAMP '", "'").replace("DATE '", "'")  # noqa: PLW2901
        session.execute(text(statement), {k: v for k, v in named.items() if f":{k}" in statement})
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE"))
        session.commit()


def seal(session: Session) -> None:
    while escrow.seal(session, through=escrow.frontier(session), key=KEY, at=AT):
        pass
    session.commit()


def prove(session: Session) -> None:
    assert escrow.verify(session, trusted=TRUSTED).ok


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(table(run()))
