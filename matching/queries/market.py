"""The market as the database holds it, laid out in columns for the allocator."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.orm import Session

import escrow
from kernel import Currency
from matching.atwork import AtWork, Manual
from matching.columns import NEVER, Holdings, Ints, Lenders, Listings, Mandates, Vocabulary, ints
from matching.criteria import WORDS, Criteria, Profiles
from matching.market import LARGEST, Market
from matching.models import Mandate, MandateStatus, Order, OrderStatus
from matching.queries.limits import Bound, bounds, grouped
from origination import Listing, ListingStatus

EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
PRIORITY = 2**40  # more than any age in seconds


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The market at one instant, with the rows that its columns were made of."""

    market: Market
    listings: Sequence[Row[*tuple[Any, ...]]]
    mandates: Sequence[Row[*tuple[Any, ...]]]
    accounts: tuple[int, ...]  # of the lenders


def snapshot(
    session: Session,
    *,
    currency: Currency,
    at: datetime,
    invested: Mapping[UUID, int] | None = None,
    at_work: AtWork | None = None,
    manual: Manual | None = None,
) -> Snapshot:
    """Read the open listings, the active mandates and what their lenders have.

    Args:
        session: any session; nothing is locked and nothing loaded as an object.
        currency: of both sides.
        at: the instant that ages and deadlines count from.
        invested: what every lender has at work, in minor units; without it, what its mandates
            have placed.
        at_work: what is outstanding and came back, for mandates that limit classes or borrowers,
            or do not reinvest; without it, all that was ever lent counts, and nothing came back.
        manual: what is kept of every listing for orders by hand; nothing if not given.
    """
    listings = open_listings(session, currency=currency, at=at)
    mandates = session.execute(
        select(*MANDATE_COLUMNS)
        .where(
            Mandate.status == MandateStatus.ACTIVE,
            Mandate.currency == currency,
            or_(Mandate.ends_on.is_(None), Mandate.ends_on >= at.date()),
        )
        .order_by(Mandate.id)
    ).all()
    accounts = {row.lender_id: row.account_id for row in mandates}
    lenders = {lender: row for row, lender in enumerate(accounts)}
    words = vocabulary(listings)
    cash = escrow.balances(session, account_ids=accounts.values())
    bound = bounds(session, mandates, cash, currency=currency, at_work=at_work or AtWork(), at=at)
    profile, criteria = _distinct([each.criteria for each in bound])
    groups, limits = grouped(session, listings, mandates, words, cash, at_work=at_work)
    columns = listing_columns(listings, words, at=at, lenders=lenders)
    market = Market(
        listings=replace(columns, groups=groups, manual=_kept(session, listings, manual, at=at)),
        lenders=_lender_columns(cash, accounts, mandates, invested, at=at),
        mandates=_mandate_columns(mandates, lenders, profile, bound),
        profiles=Profiles.of(criteria, words),
        holdings=_holdings(session, listings, lenders, currency),
        limits=limits,
    )
    return Snapshot(market, listings, mandates, tuple(accounts.values()))


_FUNDING = Listing.terms["funding"]
_METHOD = Listing.terms["conventions"]["method"].as_string()
LISTING_COLUMNS = (
    Listing.id,
    Listing.borrower_id,
    Listing.account_id,
    Listing.amount_minor,
    Listing.reserved_minor,
    Listing.minimum_minor,
    Listing.orders,
    Listing.grade,
    Listing.purpose,
    Listing.region,
    Listing.rate,
    Listing.installments,
    Listing.score,
    Listing.facts,
    Listing.opened_at,
    Listing.closes_at,
    _FUNDING["order_minimum_minor"].as_integer().label("order_minimum"),
    _FUNDING["order_step_minor"].as_integer().label("order_step"),
    _METHOD.label("method"),
)
MANDATE_COLUMNS = (
    Mandate.id,
    Mandate.lender_id,
    Mandate.account_id,
    Mandate.criteria,
    Mandate.cap_minor,
    Mandate.keep_minor,
    Mandate.total_minor,
    Mandate.invested_minor,
    Mandate.served_at,
    Mandate.waits_since,
    Mandate.idle_why,
    Mandate.created_at,
    Mandate.priority,
    Mandate.borrower_cap_minor,
    Mandate.group_cap_minor,
    Mandate.mix,
    Mandate.reinvests_principal,
    Mandate.reinvests_interest,
)


def open_listings(
    session: Session, *, currency: Currency, at: datetime
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the listings that take orders at an instant, as plain rows."""
    return session.execute(
        select(*LISTING_COLUMNS)
        .where(
            Listing.status == ListingStatus.OPEN,
            Listing.currency == currency,
            Listing.closes_at > at,
            Listing.reserved_minor < Listing.amount_minor,
        )
        .order_by(Listing.id)
    ).all()


def currencies_open(session: Session) -> list[Currency]:
    """Return the currencies in which listings are open: a batch is run for each."""
    wanted = select(Listing.currency).where(Listing.status == ListingStatus.OPEN).distinct()
    return sorted(Currency(code) for code in session.scalars(wanted))


def vocabulary(listings: Sequence[Row[*tuple[Any, ...]]]) -> Vocabulary:
    """Return the words that these listings use."""
    return Vocabulary(
        grades=tuple(sorted({row.grade for row in listings})),
        purposes=tuple(sorted({row.purpose for row in listings})),
        regions=tuple(sorted({row.region for row in listings})),
        methods=tuple(sorted({row.method for row in listings})),
        securities=tuple(sorted({security(row.facts) for row in listings})),
        borrowers=tuple(sorted({borrower_kind(row.facts) for row in listings})),
    )


def security(facts: Mapping[str, Any]) -> str:
    """Return what secures a listing, by the public facts of its borrower."""
    return str(facts.get("security", "none"))


def borrower_kind(facts: Mapping[str, Any]) -> str:
    """Return who borrows, by the public facts: one person, or two together."""
    return "joint" if facts.get("joint") else "single"


def listing_columns(
    rows: Sequence[Row[*tuple[Any, ...]]],
    words: Vocabulary,
    *,
    at: datetime,
    lenders: Mapping[UUID, int],
) -> Listings:
    """Lay listings out as columns; the smallest order is rounded up to the step."""
    grades, purposes, regions, methods, securities, kinds = (
        {word: code for code, word in enumerate(getattr(words, name))} for name in WORDS
    )
    minimum, step = ints(row.order_minimum for row in rows), ints(row.order_step for row in rows)
    return Listings(
        words=words,
        keys=tuple(row.id.bytes for row in rows),
        room=ints(row.amount_minor - row.reserved_minor for row in rows),
        needed=ints(row.minimum_minor - row.reserved_minor for row in rows),
        minimum=-(-minimum // step) * step,
        step=step,
        grade=ints(grades[row.grade] for row in rows),
        purpose=ints(purposes[row.purpose] for row in rows),
        region=ints(regions[row.region] for row in rows),
        method=ints(methods[row.method] for row in rows),
        security=ints(securities[security(row.facts)] for row in rows),
        kind=ints(kinds[borrower_kind(row.facts)] for row in rows),
        score=ints(row.score for row in rows),
        rate=ints(row.rate.e8 for row in rows),
        installments=ints(row.installments for row in rows),
        closes_in=ints(_seconds(row.closes_at - at) for row in rows),
        open_for=ints(_seconds(at - row.opened_at) for row in rows),
        borrower=ints(lenders.get(row.borrower_id, -1) for row in rows),
        manual=np.zeros(len(rows), dtype=np.int64),
        groups=np.zeros((len(rows), 0), dtype=np.int64),
    )


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def _lender_columns(
    cash: Mapping[int, int],
    accounts: Mapping[UUID, int],
    mandates: Sequence[Row[*tuple[Any, ...]]],
    invested: Mapping[UUID, int] | None,
    *,
    at: datetime,
) -> Lenders:
    placed = dict.fromkeys(accounts, 0)
    idle = dict.fromkeys(accounts, NEVER)
    for row in mandates:
        placed[row.lender_id] += row.invested_minor
        if row.served_at is not None:
            idle[row.lender_id] = min(idle[row.lender_id], _seconds(at - row.served_at))
    at_work = placed if invested is None else invested
    return Lenders(
        keys=tuple(lender.bytes for lender in accounts),
        cash=ints(cash.get(account, 0) for account in accounts.values()),
        invested=ints(at_work.get(lender, 0) for lender in accounts),
        idle_for=ints(idle.values()),
    )


def _kept(
    session: Session,
    rows: Sequence[Row[*tuple[Any, ...]]],
    manual: Manual | None,
    *,
    at: datetime,
) -> Ints:
    """Return what of each listing's room is kept for orders by hand."""
    if manual is None or not manual.share:
        return np.zeros(len(rows), dtype=np.int64)
    by_hand = session.execute(
        select(Order.listing_id, func.sum(Order.amount_minor).label("amount"))
        .join(Listing, Listing.id == Order.listing_id)
        .where(Order.mandate_id.is_(None), Order.status == OrderStatus.RESERVED)
        .where(Listing.status == ListingStatus.OPEN)
        .group_by(Order.listing_id)
    )
    taken = {row.listing_id: int(row.amount) for row in by_hand}
    return ints(
        manual.kept(
            amount=row.amount_minor,
            by_hand=taken.get(row.id, 0),
            open_for=_seconds(at - row.opened_at),
            step=row.order_step,
        )
        for row in rows
    )


def _mandate_columns(
    rows: Sequence[Row[*tuple[Any, ...]]],
    lenders: Mapping[UUID, int],
    profile: Sequence[int],
    bound: Sequence[Bound],
) -> Mandates:
    return Mandates(
        keys=tuple(row.id.bytes for row in rows),
        lender=ints(lenders[row.lender_id] for row in rows),
        profile=ints(profile),
        # The lender's own order, then age.
        rank=ints(row.priority * PRIORITY + _seconds(row.created_at - EPOCH) for row in rows),
        cap=ints(each.cap for each in bound),
        keep=ints(each.keep for each in bound),
        remaining=ints(
            (LARGEST if row.total_minor is None else row.total_minor) - row.invested_minor
            for row in rows
        ),
    )


def _distinct(stored: Sequence[Mapping[str, Any]]) -> tuple[list[int], list[Criteria]]:
    """Return for every row the place of its criteria among the distinct ones."""
    texts = [json.dumps(each, sort_keys=True) for each in stored]
    places = {text: place for place, text in enumerate(sorted(set(texts)))}
    criteria = [Criteria.from_json(json.loads(text)) for text in places]
    return [places[text] for text in texts], criteria


def _holdings(
    session: Session,
    listings: Sequence[Row[*tuple[Any, ...]]],
    lenders: Mapping[UUID, int],
    currency: Currency,
) -> Holdings:
    """Read what is held of the open listings.

    What a lender took back is not bought again for it: it counts as more than any cap.
    """
    held = case((Order.status == OrderStatus.CANCELLED, LARGEST), else_=Order.amount_minor)
    rows = session.execute(
        select(Order.listing_id, Order.lender_id, func.sum(held).label("amount"))
        .join(Listing, Listing.id == Order.listing_id)
        .where(Listing.status == ListingStatus.OPEN, Listing.currency == currency)
        .group_by(Order.listing_id, Order.lender_id)
    ).all()
    known = {row.id: place for place, row in enumerate(listings)}
    kept = [row for row in rows if row.listing_id in known and row.lender_id in lenders]
    return Holdings(
        listing=ints(known[row.listing_id] for row in kept),
        lender=ints(lenders[row.lender_id] for row in kept),
        amount=np.minimum(ints(int(row.amount) for row in kept), LARGEST),
    )
