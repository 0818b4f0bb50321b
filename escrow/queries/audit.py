"""The proof of the book: everything in it that should not be, found set-wise and named."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from escrow.chart import ALLOWED
from escrow.models import Account, Entry, MovementRule, PostingLine
from escrow.queries.checkpoints import checkpoint_findings
from escrow.queries.findings import MOST, Finding
from escrow.queries.seals import (
    Standing,
    balances_at,
    last_verification,
    seal_findings,
    standing,
)
from escrow.seal_models import Seal

# Before any entry, whatever number somebody gave it by hand.
BEGINNING = -(2**63)


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at and what was found.

    Attributes:
        findings: everything that is wrong.
        checked: how many rows of what were looked at.
        standing: where the book stands, for whoever signs that it was proved; nothing before the
            first seal.
    """

    findings: tuple[Finding, ...]
    checked: dict[str, int]
    standing: Standing | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class Check(NamedTuple):
    """A fault, and the query whose every row is one: first its subject, then the detail.

    It looks at the postings and entries after the entry `:after`.
    """

    code: str
    query: str


# What is judged by what every account holds now.
HOLDINGS = (
    Check(
        "currency_not_zero",
        """
        SELECT a.currency, sum(b.amount_minor) AS total
        FROM balance b JOIN account a ON a.id = b.account_id
        GROUP BY a.currency HAVING sum(b.amount_minor) <> 0
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
        "transit_unexplained",
        """
        SELECT a.id AS account, b.amount_minor AS held, coalesce(p.total, 0) AS on_their_way
        FROM account a JOIN balance b ON b.account_id = a.id LEFT JOIN (
            SELECT owner_id, currency, sum(amount_minor) AS total FROM payout
            WHERE status IN ('review', 'requested', 'sent') GROUP BY owner_id, currency
        ) p ON p.owner_id = a.owner_id AND p.currency = a.currency
        WHERE a.kind = 'TRANSIT' AND b.amount_minor <> coalesce(p.total, 0)
        """,
    ),
)

BALANCES = Check(
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
)

# Every fault that postings and the number of an entry's lines can have, found in one sweep; then
# POSTINGS and LINES name them. A line has its number once, so where no number is beyond its
# entry's last, as many postings as lines are all of them.
SWEEP = """
    SELECT count(*) AS postings, (SELECT sum(lines) FROM entry WHERE id > :after) AS lines,
    count(*) FILTER (WHERE NOT coalesce(
        p.seq > 0 AND p.seq <= e.lines AND p.effective_on = e.effective_on
        AND s.currency = p.currency AND t.currency = p.currency
        AND (r.movement IS NOT NULL OR e.reverses_id IS NOT NULL), false
    )) AS wrong
    FROM posting p LEFT JOIN entry e ON e.id = p.entry_id
    LEFT JOIN account s ON s.id = p.source_id LEFT JOIN account t ON t.id = p.target_id
    LEFT JOIN movement_rule r
        ON r.movement = p.movement AND r.source_kind = s.kind AND r.target_kind = t.kind
    WHERE p.entry_id > :after
"""
POSTINGS = (
    Check(
        "posting_without_entry",
        """
        SELECT p.entry_id AS entry, p.seq FROM posting p
        LEFT JOIN entry e ON e.id = p.entry_id
        WHERE p.entry_id > :after AND e.id IS NULL
        """,
    ),
    Check(
        "posting_without_account",
        """
        SELECT p.entry_id AS entry, p.seq FROM posting p
        LEFT JOIN account s ON s.id = p.source_id LEFT JOIN account t ON t.id = p.target_id
        WHERE p.entry_id > :after AND (s.id IS NULL OR t.id IS NULL)
        """,
    ),
    Check(
        "posting_in_other_currency",
        """
        SELECT p.entry_id AS entry, p.seq, p.currency FROM posting p
        JOIN account s ON s.id = p.source_id JOIN account t ON t.id = p.target_id
        WHERE p.entry_id > :after AND (s.currency <> p.currency OR t.currency <> p.currency)
        """,
    ),
    Check(
        "posting_on_other_day",
        """
        SELECT p.entry_id AS entry, p.seq, p.effective_on AS day, e.effective_on AS of_the_entry
        FROM posting p JOIN entry e ON e.id = p.entry_id
        WHERE p.entry_id > :after AND p.effective_on <> e.effective_on
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
        WHERE p.entry_id > :after AND r.movement IS NULL
        """,
    ),
)

LINES = Check(
    "entry_incomplete",
    """
        SELECT e.id AS entry, e.lines, coalesce(p.n, 0) AS postings
        FROM entry e LEFT JOIN (
            SELECT entry_id, count(*) AS n, min(seq) AS lowest, max(seq) AS highest
            FROM posting WHERE entry_id > :after GROUP BY entry_id
        ) p ON p.entry_id = e.id
        WHERE e.id > :after
        AND (p.n IS NULL OR p.n <> e.lines OR p.lowest <> 1 OR p.highest <> e.lines)
        """,
)

REVERSALS = Check(
    "reversal_differs",
    """
        SELECT e.id AS entry, e.reverses_id AS original, o.seq
        FROM entry e JOIN posting o ON o.entry_id = e.reverses_id
        LEFT JOIN posting p ON p.entry_id = e.id AND p.seq = o.seq
            AND p.movement = o.movement AND p.source_id = o.target_id
            AND p.target_id = o.source_id AND p.amount_minor = o.amount_minor
            AND p.currency = o.currency
        WHERE e.id > :after AND p.seq IS NULL
        """,
)


def verify(session: Session, *, trusted: AbstractSet[str] | None = None) -> Audit:
    """Go through the whole book and name everything that is wrong in it.

    What was sealed is as it was sealed. The sum of all balances is zero in every currency; every
    balance is the sum of its postings and not below its floor, and so is what was noted of it at
    the end of days; every posting belongs to an entry, to its day, to two accounts of its currency
    and to the chart; every entry is complete; every reversal mirrors its original; the database's
    chart is the code's; what is in transit is on its way.

    Args:
        session: a session; one that reads sees the same instant throughout.
        trusted: ids of the keys that may have signed the newest seal; any, if not given.
    """
    findings = [
        *seal_findings(session, trusted=trusted),
        *_findings(session, BALANCES, BEGINNING),
        *_rules(session, BEGINNING),
        *checkpoint_findings(session),
    ]
    return Audit(tuple(findings), _counts(session, BEGINNING, 0), standing(session))


def verify_new(session: Session, *, trusted: AbstractSet[str]) -> Audit:
    """Go through what is new since the book was last proved; all of it where that is unknown.

    What was proved then is vouched for by its signature: the seal it ended with, and what every
    account held, which must be what it holds now less what is new.

    Args:
        session: a session; one that reads sees the same instant throughout.
        trusted: ids of the keys that may have signed the last verification and the newest seal.
    """
    last = last_verification(session, trusted=trusted)
    if last is None:
        return verify(session, trusted=trusted)
    after = last.through_entry_id
    findings = [
        *seal_findings(session, trusted=trusted, after=last.seal_id),
        *_rules(session, after),
    ]
    if balances_at(session, through_entry_id=after) != last.balances:
        whole = verify(session, trusted=trusted)
        unlike = Finding(
            "balances_unlike", f"verification {last.id}", f"not what was held after entry {after}"
        )
        return Audit((unlike, *whole.findings), whole.checked, whole.standing)
    return Audit(tuple(findings), _counts(session, after, last.seal_id), standing(session))


def _rules(session: Session, after: int) -> Iterator[Finding]:
    """Name what breaks a rule, of the postings and entries after one."""
    yield from _chart_findings(session)
    for check in HOLDINGS:
        yield from _findings(session, check, after)
    found = session.execute(text(SWEEP), {"after": after}).one()
    if found.wrong or found.postings != int(found.lines or 0):
        for check in (*POSTINGS, LINES):
            yield from _findings(session, check, after)
    yield from _findings(session, REVERSALS, after)


def _counts(session: Session, after: int, after_seal: int) -> dict[str, int]:
    counted = {
        "accounts": select(func.count()).select_from(Account),
        "entries": select(func.count()).where(Entry.id > after),
        "postings": select(func.count()).where(PostingLine.entry_id > after),
        "seals": select(func.count()).where(Seal.id > after_seal),
    }
    return {what: session.scalar(query) or 0 for what, query in counted.items()}


def _chart_findings(session: Session) -> Iterator[Finding]:
    rules = session.execute(
        select(MovementRule.movement, MovementRule.source_kind, MovementRule.target_kind)
    )
    stored = {tuple(rule) for rule in rules}
    for rule in sorted(stored ^ {tuple(line) for line in ALLOWED}):
        where = "database" if rule in stored else "code"
        yield Finding("chart_differs", " ".join(rule), f"only in the {where}")


def _findings(session: Session, check: Check, after: int) -> Iterator[Finding]:
    rows = session.execute(text(f"{check.query} LIMIT {MOST}"), {"after": after}).mappings()
    for row in rows:
        (subject, ident), *rest = row.items()
        detail = ", ".join(f"{name} {value}" for name, value in rest)
        yield Finding(check.code, f"{subject} {ident}", detail)
