"""What binds mandates beyond their own criteria: shares of the account, borrowers, the law."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from origination import Listing, borrower_groups

Rows = Sequence[Row[*tuple[Any, ...]]]
Held = Counter[tuple[UUID, str, str]]
_KINDS = ("borrower", "party", *KINDS)


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
    for most in (row.borrower_cap_minor, row.group_cap_minor):
        cap = cap if most is None else min(cap, most)
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

    A group is a borrower, all who belong together with it, a grade, a purpose or a region. Where
    nobody is limited there is none.
    """
    limited = [row for row in mandates if _is_limited(row)]
    if not limited or not listings:
        return np.zeros((len(listings), 0), dtype=np.int64), Limits.none()
    parts = _parts(session, {row.lender_id for row in limited}, at_work)
    borrowers = {row.borrower_id for row in listings} | {part.borrower_id for part in parts}
    together = _Together(borrower_groups(session, borrower_ids=borrowers))
    codes = _numbered(listings, words, together)
    groups = [[codes[kind, together.word(row, kind)] for kind in _KINDS] for row in listings]
    held = _held(parts, together)
    places = {row.id: place for place, row in enumerate(mandates)}
    rows = [
        (places[row.id], codes[kind, word], max(left, 0))
        for row in limited
        for kind, word, left in _left(row, held, codes, cash.get(row.account_id, 0))
    ]
    mandate, group, left = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(groups, dtype=np.int64), Limits(ints(mandate), ints(group), ints(left))


def _is_limited(row: Any) -> bool:
    caps = (row.borrower_cap_minor, row.group_cap_minor)
    return bool(row.mix) or any(cap is not None for cap in caps)


@dataclass(frozen=True, slots=True)
class _Together:
    """Which borrowers count as one; whoever is in no group is one alone."""

    groups: Mapping[UUID, UUID]

    def word(self, row: Any, kind: str) -> str:
        if kind == "party":
            return str(self.groups.get(row.borrower_id, row.borrower_id))
        return str(row.borrower_id) if kind == "borrower" else str(getattr(row, kind))


def _numbered(listings: Rows, words: Vocabulary, together: _Together) -> dict[tuple[str, str], int]:
    """Number all borrowers, their groups, grades, purposes and regions of the listings."""
    names = [
        (kind, word)
        for kind in ("borrower", "party")
        for word in sorted({together.word(row, kind) for row in listings})
    ]
    lists = (words.grades, words.purposes, words.regions)
    names += [(kind, word) for kind, some in zip(KINDS, lists, strict=True) for word in some]
    return {name: number for number, name in enumerate(names)}


def _left(
    row: Any, held: Held, codes: Mapping[tuple[str, str], int], cash: int
) -> Iterator[tuple[str, str, int]]:
    """Yield what a mandate may still place in each group that limits it."""
    mix, lender = Mix.from_json(row.mix), row.lender_id
    caps = {"borrower": row.borrower_cap_minor, "party": row.group_cap_minor}
    account = cash + held[lender, "all", ""]
    for kind, word in codes:
        have = held[lender, kind, word]
        if kind in caps:
            if caps[kind] is not None:
                yield kind, word, caps[kind] - have
        elif (share := mix.share(kind, word)) is not None:
            yield kind, word, account * share // WHOLE - have


def _parts(session: Session, lenders: set[UUID], at_work: AtWork | None) -> list[Part]:
    """Return what lenders have reserved, and outstanding in loans.

    Without being told what is outstanding, all that was ever lent counts.
    """
    working = [OrderStatus.RESERVED, *([OrderStatus.FILLED] if at_work is None else [])]
    outstanding = (part for part in (at_work.parts if at_work else ()) if part.lender_id in lenders)
    return [*_ordered(session, lenders, working), *outstanding]


def _held(parts: Iterable[Part], together: _Together) -> Held:
    """Add up what lenders have in each group."""
    held: Held = Counter()
    for part in parts:
        held[part.lender_id, "all", ""] += part.amount
        for kind in _KINDS:
            held[part.lender_id, kind, together.word(part, kind)] += part.amount
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
