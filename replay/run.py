"""One replay from the first row to the report; run again, it goes on where it was."""

import hashlib
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import ScalarSelect, case, func, select, text
from sqlalchemy.orm import Session

import escrow
import origination
import servicing
from kernel import Currency, Invalid, Money
from replay.crowd import Lender, crowd
from replay.layout import FileLoan, MalformedRow, read_loans
from replay.life import Life, Stage, Transaction, borrower_of, live, noon
from replay.market import admit, fund
from replay.report import (
    Report,
    Totals,
    compare_installments,
    file_totals,
    malformed_lines,
)
from replay.story import known_until, tell

PRODUCT = "lendingclub"
# A lender puts one, two or four times this into a listing.
CAP = Money(500_00, Currency.USD)


class NoLoans(Invalid):
    """{file} holds no loan: every row was malformed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to replay.

    Attributes:
        path: the loan file.
        limit: how many rows at most, or None for all.
        lenders: how many synthetic lenders.
        seed: what their wealth and wishes are drawn from.
    """

    path: Path
    limit: int | None
    lenders: int
    seed: int


@dataclass(frozen=True, slots=True)
class Script:
    """A file read and checked, before anything is written.

    Attributes:
        name: tells this file's people apart; it changes with the file and with the crowd.
        loans: the rows that are loans.
        malformed: what is wrong with the others.
        until: the first day of the last month that the file knows of.
        steps: how many steps the whole replay has, for the progress bar.
        spec: the product under which the loans are made.
    """

    name: str
    loans: Sequence[FileLoan]
    malformed: Sequence[str]
    until: date
    steps: int
    spec: origination.ProductSpec


def read_script(wanted: Wanted) -> Script:
    """Read the file and tell every loan's story.

    Raises:
        UnknownLayout, UnreadableFile: it is no loan file.
    """
    rows: list[FileLoan | MalformedRow] = []
    for row in read_loans(wanted.path):
        if wanted.limit is not None and len(rows) >= wanted.limit:
            break
        rows.append(row)
    loans = [row for row in rows if isinstance(row, FileLoan)]
    if not loans:
        raise NoLoans(field="file", file=wanted.path.name, why="no row is a loan")
    until = known_until(loans)
    (spec,) = origination.load_products(origination.POLICIES / f"{PRODUCT}.toml")
    digest = hashlib.sha256(wanted.path.read_bytes()).hexdigest()[:12]
    return Script(
        name=f"{digest}:{wanted.lenders}:{wanted.seed}",
        loans=loans,
        malformed=malformed_lines(rows),
        until=until,
        steps=sum(2 + len(tell(loan, until, spec.terms)) for loan in loans),
        spec=spec,
    )


def run(
    script: Script,
    wanted: Wanted,
    *,
    write: Transaction,
    read: Transaction,
    advance: Callable[[int], object],
) -> Report:
    """Live the script through the operations and report what came out.

    Args:
        script: the file as read.
        wanted: what was asked for.
        write: opens the one transaction that may write.
        read: opens one that only reads.
        advance: called with the number of steps just done.
    """
    started = time.monotonic()
    lenders = tuple(crowd(script.name, wanted.lenders, seed=wanted.seed, cap=CAP))
    first = min(loan.issued for loan in script.loans)
    with write() as session:
        product_id = origination.register_product(
            session, spec=script.spec, at=noon(first), by="system"
        ).id
        accounts = admit(session, lenders, at=noon(first))
    lives = [Life(loan, borrower_of(script.name, loan)) for loan in script.loans]
    with read() as session:
        before = _postings(session)
        advance(_recall(session, lives))
    stage = Stage(
        script.name, write, product_id, script.spec.terms, lenders, accounts, script.until, advance
    )
    through = live(stage, lives, fund)
    with read() as session:
        report = _report(session, script, wanted, product_id)
        report.postings = _postings(session) - before
    report.through = through
    report.seconds = time.monotonic() - started
    report.peak_memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return report


def _recall(session: Session, lives: Sequence[Life]) -> int:
    """Find what an earlier run has done, and return how many steps that was."""
    by_borrower = {life.borrower_id: life for life in lives}
    for borrower_id, listing_id in session.execute(
        select(origination.Listing.borrower_id, origination.Listing.id)
    ):
        if borrower_id in by_borrower:
            by_borrower[borrower_id].listing_id = listing_id
    by_loan: dict[UUID, Life] = {}
    for borrower_id, loan_id in session.execute(
        select(servicing.Loan.borrower_id, servicing.Loan.id)
    ):
        if borrower_id in by_borrower:
            by_loan[loan_id] = by_borrower[borrower_id]
            by_loan[loan_id].loan_id = loan_id
    for loan_id, key in session.execute(
        select(servicing.Repayment.loan_id, servicing.Repayment.key)
    ):
        if loan_id in by_loan:
            by_loan[loan_id].done.add(key)
    return sum(
        (life.listing_id is not None) + (life.loan_id is not None) + len(life.done)
        for life in lives
    )


def _report(session: Session, script: Script, wanted: Wanted, product_id: UUID) -> Report:
    terms = origination.Terms.from_json(session.get_one(origination.Product, product_id).terms)
    audits = (escrow.verify(session), servicing.audit(session))
    return Report(
        file=wanted.path.name,
        installments=compare_installments(script.loans, terms),
        malformed=list(script.malformed),
        file_totals=file_totals(script.loans),
        book_totals=_book_totals(session, product_id),
        findings=[str(finding) for audit in audits for finding in audit.findings],
        checked={what: count for audit in audits for what, count in audit.checked.items()},
        through=script.loans[0].issued,
        loans=len(script.loans),
    )


def _book_totals(session: Session, product_id: UUID) -> dict[str, Totals]:
    """Add up what the book says, by grade and over `all`."""
    loan = servicing.Loan
    failed = func.sum(case((loan.charged_off_minor > 0, 1), else_=0))
    query = (
        select(
            loan.grade,
            func.count(),
            func.sum(loan.principal_minor),
            func.sum(loan.paid_principal_minor),
            func.sum(loan.paid_interest_minor),
            func.sum(loan.paid_late_fee_minor),
            # LendingClub states recoveries before the collector's fee.
            func.sum(loan.recovered_minor + _collection_fee()),
            failed,
        )
        .where(loan.product_id == product_id)
        .group_by(loan.grade)
    )
    totals: dict[str, Totals] = defaultdict(Totals)
    for grade, *values in session.execute(query):
        one = Totals(*(int(value or 0) for value in values))
        totals[grade].add(one)
        totals["all"].add(one)
    return dict(totals)


def _collection_fee() -> ScalarSelect[int]:
    paid = servicing.Repayment
    fees = select(func.coalesce(func.sum(paid.collection_fee_minor), 0))
    return fees.where(paid.loan_id == servicing.Loan.id).correlate(servicing.Loan).scalar_subquery()


def _postings(session: Session) -> int:
    return int(session.scalar(text("SELECT count(*) FROM posting")) or 0)


__all__ = ["CAP", "Lender", "Script", "Wanted", "read_script", "run"]
