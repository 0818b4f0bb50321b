"""How far the book is settled: nothing will ever appear there any more but what is there now.

Numbers are given out before a transaction is committed, so that on PostgreSQL an entry may appear
below one that is there already. Whoever goes through the book piece by piece must not miss it.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from escrow.models import Account, Entry

# Whoever writes a row holds this lock from before it has its number until its transaction ends.
WRITERS = text("""
    SELECT DISTINCT l.virtualtransaction FROM pg_locks l
    JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
    WHERE l.relation IN (to_regclass('entry'), to_regclass('account'))
    AND l.mode = 'RowExclusiveLock' AND l.pid <> pg_backend_pid()
""")


@dataclass(frozen=True, slots=True)
class Frontier:
    """The newest account and entry, and the transactions that may still add some before them."""

    account_id: int
    entry_id: int
    writers: frozenset[str]


def frontier(session: Session) -> Frontier:
    """Return how far the book goes now, and who must end before that is settled."""
    account = session.scalar(select(func.max(Account.id))) or 0
    entry = session.scalar(select(func.max(Entry.id))) or 0
    return Frontier(account, entry, _writers(session))


def is_settled(session: Session, *, frontier: Frontier) -> bool:
    """Say whether everybody who might have added something up to here has ended."""
    return not frontier.writers & _writers(session)


def _writers(session: Session) -> frozenset[str]:
    if session.get_bind().dialect.name != "postgresql":
        return frozenset()  # there, one writes at a time
    return frozenset(session.scalars(WRITERS))
