"""What binds mandates beyond their own criteria: shares of the account, borrowers, the law."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from kernel import Currency
from matching.atwork import AtWork, Part
from matching.columns import Ints, Limits, Vocabulary, ints
from matching.criteria import Reason
from matching.mix import KINDS, WHOLE, Mix
from matching.models import Order, OrderStatus
from matching.queries.standings import Allowance, allowances
from origination import Listing

Rows = Sequence[Row[*tuple[Any, ...]]]
Held = Counter[tuple[UUID, str, str]]


@dataclass(frozen=True, slots=True)
class Bound:
    """What one mandate may do by the law and by what it does not reinvest."""

    criteria: dict[str, Any]
    cap: int
    keep: int


def bounds(
    session: Session,
    mandates: Rows,
    cash: Mapping[int, int],
    *,
    currency: Currency,
    at_work: AtWork,
    at: datetime,
) -> list[Bound]:
    """Return for every mandate its criteria, cap and cash to keep, as tight as they really are.

    What a lender may still place is one sum for all its mandates: whatever exceeds it is kept.
    """
    lenders = {row.lender_id for row in mandates}
    allowed = allowances(session, lender_ids=lenders, currency=currency, at=at)
    return [
        _bound(row, cash.get(row.account_id, 0), at_work, allowed.get(row.lender_id))
        for row in mandates
    ]


def _bound(row: Row[*tuple[Any, ...]], cash: int, at_work: AtWork, law: Allowance | None) -> Bound:
    principal, interest = at_work.returned.get(row.id, (0, 0))
    keep = row.keep_minor
    keep += 0 if row.reinvests_principal else principal
    keep += 0 if row.reinvests_interest else interest
    cap = row.cap_minor
    if row.borrower_cap_minor is not None:
        cap = min(cap, row.borrower_cap_minor)
    if law is None:
        return Bound(row.criteria, cap, keep)
    if law.most is not None:
        cap = min(cap, law.most.minor)
    if law.headroom is not None:
        keep = max(keep, cash - law.headroom.minor)
    return Bound(row.criteria | _barred(law), cap, keep)


def _barred(law: Allowance) -> dict[str, int]:
    """Return the criterion that bars a lender whole, where one does."""
    if not law.tested:
        return {"barred": int(Reason.UNTESTED)}
    if law.headroom is not None and law.headroom.is_zero:
        return {"barred": int(Reason.LEGAL_LIMIT)}
    return {}


def grouped(
    session: Session,
    listings: Rows,
    mandates: Rows,
    words: Vocabulary,
    cash: Mapping[int, int],
    *,
    at_work: AtWork | None,
) -> tuple[Ints, Limits]:
    """Return the groups of every listing, and what limited mandates may still place in each.

    A group is a borrower, a grade, a purpose or a region. Where nobody is limited there is none.
    """
    limited = [row for row in mandates if row.mix or row.borrower_cap_minor is not None]
    if not limited or not listings:
        return np.zeros((len(listings), 0), dtype=np.int64), Limits.none()
    codes = _numbered(listings, words)
    groups = [[codes[kind, _word(row, kind)] for kind in ("borrower", *KINDS)] for row in listings]
    held = _held(session, {row.lender_id for row in limited}, at_work)
    places = {row.id: place for place, row in enumerate(mandates)}
    rows = [
        (places[row.id], codes[kind, word], max(left, 0))
        for row in limited
        for kind, word, left in _left(row, held, codes, cash.get(row.account_id, 0))
    ]
    mandate, group, left = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(groups, dtype=np.int64), Limits(ints(mandate), ints(group), ints(left))


def _word(row: Any, kind: str) -> str:
    return str(row.borrower_id) if kind == "borrower" else str(getattr(row, kind))


def _numbered(listings: Rows, words: Vocabulary) -> dict[tuple[str, str], int]:
    """Number all borrowers, grades, purposes and regions of the listings."""
    borrowers = sorted({str(row.borrower_id) for row in listings})
    names = [("borrower", word) for word in borrowers]
    lists = (words.grades, words.purposes, words.regions)
    names += [(kind, word) for kind, some in zip(KINDS, lists, strict=True) for word in some]
    return {name: number for number, name in enumerate(names)}


def _left(
    row: Any, held: Held, codes: Mapping[tuple[str, str], int], cash: int
) -> Iterator[tuple[str, str, int]]:
    """Yield what a mandate may still place in each group that limits it."""
    mix, lender = Mix.from_json(row.mix), row.lender_id
    account = cash + held[lender, "all", ""]
    for kind, word in codes:
        have = held[lender, kind, word]
        if kind == "borrower":
            if row.borrower_cap_minor is not None:
                yield kind, word, row.borrower_cap_minor - have
        elif (share := mix.share(kind, word)) is not None:
            yield kind, word, account * share // WHOLE - have


def _held(session: Session, lenders: set[UUID], at_work: AtWork | None) -> Held:
    """Add up what lenders have in each group: reserved, and outstanding in loans.

    Without being told what is outstanding, all that was ever lent counts.
    """
    working = [OrderStatus.RESERVED, *([OrderStatus.FILLED] if at_work is None else [])]
    held: Held = Counter()
    for part in (*_ordered(session, lenders, working), *(at_work.parts if at_work else ())):
        if part.lender_id in lenders:
            held[part.lender_id, "all", ""] += part.amount
            for kind in ("borrower", *KINDS):
                held[part.lender_id, kind, _word(part, kind)] += part.amount
    return held


def _ordered(session: Session, lenders: set[UUID], statuses: list[OrderStatus]) -> list[Part]:
    group = (Order.lender_id, Listing.borrower_id, Listing.grade, Listing.purpose, Listing.region)
    found: list[Part] = []
    wanted, ids = sorted(lenders, key=lambda each: each.bytes), 10_000
    for start in range(0, len(wanted), ids):
        rows = session.execute(
            select(*group, func.sum(Order.amount_minor))
            .join(Listing, Listing.id == Order.listing_id)
            .where(Order.lender_id.in_(wanted[start : start + ids]), Order.status.in_(statuses))
            .group_by(*group)
        )
        found.extend(
            Part(lender, borrower, grade, purpose, region, int(amount))
            for lender, borrower, grade, purpose, region, amount in rows
        )
    return found
