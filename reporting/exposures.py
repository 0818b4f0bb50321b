"""What mandates have to know of the life of loans: what is outstanding, and what came back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from escrow import Payout, PayoutStatus
from kernel import Currency
from matching import AtWork, Mandate, MandateStatus, Part
from origination import Listing
from servicing import Distribution, Loan, LoanStatus, Note, Repayment


def at_work(session: Session, *, currency: Currency, at: datetime) -> AtWork:
    """Return what the active mandates in a currency that limit or do not reinvest have to know."""
    active = and_(Mandate.status == MandateStatus.ACTIVE, Mandate.currency == currency)
    return AtWork(
        parts=tuple(_parts(session, currency)),
        returned=dict(_returned(session, active, at=at)),
    )


def _parts(session: Session, currency: Currency) -> Iterator[Part]:
    """Add up what is outstanding by borrower and class, for lenders whose mandates limit that."""
    mandates = session.execute(
        select(
            Mandate.lender_id,
            Mandate.mix,
            Mandate.borrower_cap_minor,
            Mandate.group_cap_minor,
        ).where(Mandate.status == MandateStatus.ACTIVE, Mandate.currency == currency)
    )
    limited = {
        row.lender_id
        for row in mandates
        if row.mix or row.borrower_cap_minor is not None or row.group_cap_minor is not None
    }
    ids, most = sorted(limited, key=lambda each: each.bytes), 10_000
    for start in range(0, len(ids), most):
        rows = session.execute(_outstanding(ids[start : start + most], currency))
        for lender, borrower, grade, purpose, region, amount in rows:
            yield Part(lender, borrower, grade, purpose, region, int(amount))


def _outstanding(lenders: list[UUID], currency: Currency) -> Select[UUID, UUID, str, str, str, int]:
    group = (Note.lender_id, Loan.borrower_id, Listing.grade, Listing.purpose, Listing.region)
    return (
        select(*group, func.sum(Note.principal_minor - Note.received_principal_minor))
        .join(Loan, Loan.id == Note.loan_id)
        .join(Listing, Listing.id == Loan.listing_id)
        .where(
            Note.lender_id.in_(lenders),
            Note.currency == currency,
            Loan.status != LoanStatus.CHARGED_OFF,
        )
        .group_by(*group)
    )


def _returned(
    session: Session, active: Any, *, at: datetime
) -> Iterator[tuple[UUID, tuple[int, int]]]:
    """Add up what came back since a mandate began, less what its lender withdrew since then.

    A withdrawal is of interest first, then of principal.
    """
    rests = or_(Mandate.reinvests_principal.is_(False), Mandate.reinvests_interest.is_(False))
    interest = Distribution.interest_minor + Distribution.late_fee_minor - Distribution.fee_minor
    rows = session.execute(
        select(
            Mandate.id,
            Mandate.lender_id,
            Mandate.created_at,
            func.sum(Distribution.principal_minor + Distribution.recovery_minor),
            func.sum(interest),
        )
        .join(Note, and_(Note.lender_id == Mandate.lender_id, Note.currency == Mandate.currency))
        .join(Distribution, Distribution.note_id == Note.id)
        .join(Repayment, Repayment.id == Distribution.repayment_id)
        .where(active, rests, Repayment.at >= Mandate.created_at, Repayment.at <= at)
        .group_by(Mandate.id, Mandate.lender_id, Mandate.created_at)
    ).all()
    for mandate, lender, since, principal, gained in rows:
        taken = _withdrawn(session, lender, since)
        rest = max(int(gained) - taken, 0)
        left = max(int(principal) - max(taken - int(gained), 0), 0)
        yield mandate, (left, rest)


def _withdrawn(session: Session, lender: UUID, since: datetime) -> int:
    taken = select(func.coalesce(func.sum(Payout.amount_minor), 0)).where(
        Payout.owner_id == lender,
        Payout.created_at >= since,
        Payout.status != PayoutStatus.FAILED,
    )
    return int(session.scalar(taken) or 0)
