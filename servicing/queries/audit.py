"""The proof of the loan book: everything in it that should not be, named."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from escrow import Audit, Finding, balances
from origination import Listing, ListingStatus
from servicing import booking
from servicing.deciding import applied_to
from servicing.kinds import RepaymentKind
from servicing.models import Loan, Note, Repayment
from servicing.position import advance
from servicing.queries.checks import CHECKS, Query, listing_orders, of_loans
from servicing.queries.loans import entered, live_repayments, plan, state

MOST = 1000  # findings of one kind; a book that is wrong in more places is wrong all over
_CHUNK = 500
_SETTLED_LISTINGS = (ListingStatus.DISBURSED, ListingStatus.EXPIRED, ListingStatus.WITHDRAWN)


def audit(session: Session, *, loan_ids: Sequence[UUID] | None = None) -> Audit:
    """Prove the loan book, or some loans of it, and name everything that is wrong.

    For every loan: its notes hold what it owes and were lent what it was; a settled loan's notes
    have their principal back; its totals are the sums of its payments, these the sums of their
    shares, and so are the notes' receipts; nothing rests on its collection account; its state is
    what its payments lead to. Over the whole book also: listings hold exactly their reserved
    orders, and nothing once they are disbursed, expired or withdrawn.

    The money itself is proved by `escrow.verify`.

    Args:
        session: a session that may only read.
        loan_ids: the loans to look at; None takes all loans and all listings.
    """
    findings: list[Finding] = []
    for chunk in _chunks(loan_ids):
        for check in CHECKS:
            findings += _findings(session, check.code, of_loans(check.query(), chunk))
        findings += _accounts(session, chunk)
        findings += _states(session, chunk)
    if loan_ids is None:
        findings += _findings(session, "listing_differs_from_orders", listing_orders())
        findings += _listing_accounts(session)
    return Audit(tuple(findings), _checked(session, loan_ids))


def _chunks(loan_ids: Sequence[UUID] | None) -> Iterator[Sequence[UUID] | None]:
    if loan_ids is None:
        yield None
    else:
        for begin in range(0, len(loan_ids), _CHUNK):
            yield loan_ids[begin : begin + _CHUNK]


def _findings(session: Session, code: str, query: Query) -> Iterator[Finding]:
    for row in session.execute(query.limit(MOST)):
        yield Finding(code, str(row[1]), _detail(row))


def _detail(row: Row[*tuple[Any, ...]]) -> str:
    pairs = list(row._mapping.items())[2:]  # noqa: SLF001 - the public name of a row's columns
    return ", ".join(f"{name} {value}" for name, value in pairs)


def _accounts(session: Session, loan_ids: Sequence[UUID] | None) -> Iterator[Finding]:
    """Find money that was collected and not passed on."""
    owners = {
        row.account_id: row.id
        for row in session.execute(of_loans(select(Loan.account_id, Loan.id), loan_ids))
    }
    for account, held in balances(session, account_ids=owners).items():
        if held:
            yield Finding("money_rests_on_loan", str(owners[account]), f"held {held}")


def _listing_accounts(session: Session) -> Iterator[Finding]:
    """Find escrow accounts of listings that hold something else than what is reserved."""
    rows = session.execute(
        select(Listing.account_id, Listing.id, Listing.status, Listing.reserved_minor).where(
            Listing.account_id.is_not(None)
        )
    ).all()
    held = balances(session, account_ids=(row.account_id for row in rows))
    for row in rows:
        reserved = 0 if row.status in _SETTLED_LISTINGS else row.reserved_minor
        if held.get(row.account_id) != reserved:
            detail = f"reserved {reserved}, held {held.get(row.account_id)}"
            yield Finding("listing_account_differs", str(row.id), detail)


def _states(session: Session, loan_ids: Sequence[UUID] | None) -> Iterator[Finding]:
    """Compute every loan anew from its first day and compare."""
    query = of_loans(select(Loan), loan_ids).execution_options(yield_per=_CHUNK)
    for loan in session.scalars(query):
        try:
            differs, detail = _differs(session, loan), f"as of {loan.state.get('as_of')}"
        except Exception as error:  # noqa: BLE001 - a loan nobody can compute is a finding, too
            differs, detail = True, f"{type(error).__name__}: {error}"
        if differs:
            yield Finding("state_differs_from_payments", str(loan.id), detail)


def _differs(session: Session, loan: Loan) -> bool:
    agreed, kept = plan(loan), state(loan)
    again = booking.start(agreed)
    for paid in live_repayments(session, loan_id=loan.id):
        if paid.kind != RepaymentKind.RECOVERY:
            again, applied = applied_to(again, entered(paid), plan=agreed)
            if applied.minor_parts != paid.parts:
                return True
    return advance(again, max(kept.as_of, again.as_of), plan=agreed) != kept


def _checked(session: Session, loan_ids: Sequence[UUID] | None) -> dict[str, int]:
    if loan_ids is not None:
        return {"loans": len(loan_ids)}
    tables = {"loans": Loan, "notes": Note, "repayments": Repayment, "listings": Listing}
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in tables.items()
    }
