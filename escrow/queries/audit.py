"""The proof of the book: everything in it that should not be, found set-wise and named."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from escrow.chart import ALLOWED
from escrow.models import Account, Entry, MovementRule, PostingLine

MOST = 1000  # findings of one kind; a book that is wrong in more places is wrong all over


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what kind of fault, where, and by how much."""

    code: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at and what was found."""

    findings: tuple[Finding, ...]
    checked: dict[str, int]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class Check(NamedTuple):
    """A fault, and the query whose every row is one: first its subject, then the detail."""

    code: str
    query: str


CHECKS = (
    Check(
        "currency_not_zero",
        """
        SELECT a.currency, sum(b.amount_minor) AS total
        FROM balance b JOIN account a ON a.id = b.account_id
        GROUP BY a.currency HAVING sum(b.amount_minor) <> 0
        """,
    ),
    Check(
        "balance_differs",
        """
        SELECT a.id AS account, b.amount_minor AS held, coalesce(p.total, 0) AS posted
        FROM account a LEFT JOIN balance b ON b.account_id = a.id LEFT JOIN (
            SELECT account_id, sum(amount) AS total FROM (
                SELECT source_id AS account_id, -sum(amount_minor) AS amount
                FROM posting GROUP BY source_id
                UNION ALL SELECT target_id, sum(amount_minor) FROM posting GROUP BY target_id
            ) ends GROUP BY account_id
        ) p ON p.account_id = a.id
        WHERE b.amount_minor IS NULL OR b.amount_minor <> coalesce(p.total, 0)
        """,
    ),
    Check(
        "floor_broken",
        """
        SELECT a.id AS account, a.kind, b.amount_minor AS held, b.floor_minor AS floor
        FROM account a JOIN balance b ON b.account_id = a.id
        WHERE a.kind NOT IN ('STRIPE', 'BANK')
        AND (b.amount_minor < 0 OR b.floor_minor IS NULL OR b.floor_minor < 0)
        """,
    ),
    Check(
        "posting_without_entry",
        """
        SELECT p.entry_id AS entry, p.seq FROM posting p
        LEFT JOIN entry e ON e.id = p.entry_id WHERE e.id IS NULL
        """,
    ),
    Check(
        "posting_without_account",
        """
        SELECT p.entry_id AS entry, p.seq FROM posting p
        LEFT JOIN account s ON s.id = p.source_id LEFT JOIN account t ON t.id = p.target_id
        WHERE s.id IS NULL OR t.id IS NULL
        """,
    ),
    Check(
        "posting_in_other_currency",
        """
        SELECT p.entry_id AS entry, p.seq, p.currency FROM posting p
        JOIN account s ON s.id = p.source_id JOIN account t ON t.id = p.target_id
        WHERE s.currency <> p.currency OR t.currency <> p.currency
        """,
    ),
    Check(
        "posting_outside_chart",
        """
        SELECT p.entry_id AS entry, p.seq, p.movement, s.kind AS source, t.kind AS target
        FROM posting p JOIN entry e ON e.id = p.entry_id AND e.reverses_id IS NULL
        JOIN account s ON s.id = p.source_id JOIN account t ON t.id = p.target_id
        LEFT JOIN movement_rule r
            ON r.movement = p.movement AND r.source_kind = s.kind AND r.target_kind = t.kind
        WHERE r.movement IS NULL
        """,
    ),
    Check(
        "entry_incomplete",
        """
        SELECT e.id AS entry, e.lines, coalesce(p.n, 0) AS postings
        FROM entry e LEFT JOIN (
            SELECT entry_id, count(*) AS n, min(seq) AS lowest, max(seq) AS highest
            FROM posting GROUP BY entry_id
        ) p ON p.entry_id = e.id
        WHERE p.n IS NULL OR p.n <> e.lines OR p.lowest <> 1 OR p.highest <> e.lines
        """,
    ),
    Check(
        "reversal_differs",
        """
        SELECT e.id AS entry, e.reverses_id AS original, o.seq
        FROM entry e JOIN posting o ON o.entry_id = e.reverses_id
        LEFT JOIN posting p ON p.entry_id = e.id AND p.seq = o.seq
            AND p.movement = o.movement AND p.source_id = o.target_id
            AND p.target_id = o.source_id AND p.amount_minor = o.amount_minor
            AND p.currency = o.currency
        WHERE p.seq IS NULL
        """,
    ),
    Check(
        "transit_unexplained",
        """
        SELECT a.id AS account, b.amount_minor AS held, coalesce(p.total, 0) AS on_their_way
        FROM account a JOIN balance b ON b.account_id = a.id LEFT JOIN (
            SELECT owner_id, currency, sum(amount_minor) AS total FROM payout
            WHERE status IN ('requested', 'sent') GROUP BY owner_id, currency
        ) p ON p.owner_id = a.owner_id AND p.currency = a.currency
        WHERE a.kind = 'TRANSIT' AND b.amount_minor <> coalesce(p.total, 0)
        """,
    ),
)


def verify(session: Session) -> Audit:
    """Go through the whole book and name everything that is wrong in it.

    The sum of all balances is zero in every currency; every balance is the sum of its postings
    and not below its floor; every posting belongs to an entry, to two accounts of its currency
    and to the chart; every entry is complete; every reversal mirrors its original; the database's
    chart is the code's; what is in transit is on its way.
    """
    findings = [*_chart_findings(session)]
    for check in CHECKS:
        findings += _findings(session, check)
    checked = {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in (("accounts", Account), ("entries", Entry), ("postings", PostingLine))
    }
    return Audit(tuple(findings), checked)


def _chart_findings(session: Session) -> Iterator[Finding]:
    rules = session.execute(
        select(MovementRule.movement, MovementRule.source_kind, MovementRule.target_kind)
    )
    stored = {tuple(rule) for rule in rules}
    for rule in sorted(stored ^ {tuple(line) for line in ALLOWED}):
        where = "database" if rule in stored else "code"
        yield Finding("chart_differs", " ".join(rule), f"only in the {where}")


def _findings(session: Session, check: Check) -> Iterator[Finding]:
    rows = session.execute(text(f"{check.query} LIMIT {MOST}")).mappings()
    for row in rows:
        (subject, ident), *rest = row.items()
        detail = ", ".join(f"{name} {value}" for name, value in rest)
        yield Finding(check.code, f"{subject} {ident}", detail)
