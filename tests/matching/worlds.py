"""Small marketplaces for the allocator, built from plain rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from kernel import Rate
from matching.columns import (
    NEVER,
    Holdings,
    Ints,
    Lenders,
    Limits,
    Listings,
    Mandates,
    Vocabulary,
    ints,
)
from matching.criteria import Criteria, Profiles
from matching.market import Market, Plan

GRADES = ("A", "B", "C")
PURPOSES = ("car", "home")
REGIONS = ("CA", "NY")
METHODS = ("bullet", "equal_installment")
SECURITIES = ("none", "vehicle")
BORROWERS = ("joint", "single")
WORDS = Vocabulary(GRADES, PURPOSES, REGIONS, METHODS, SECURITIES, BORROWERS)


@dataclass(frozen=True)
class Offer:
    """A listing."""

    name: str = "car"
    room: int = 1_000_00
    needed: int = 700_00
    minimum: int = 25_00
    step: int = 25_00
    grade: str = "A"
    purpose: str = "car"
    region: str = "CA"
    method: str = "equal_installment"
    security: str = "none"
    kind: str = "single"
    score: int = 600
    rate: str = "10"
    installments: int = 36
    closes_in: int = 1_000
    open_for: int = 0
    borrower: str = ""
    manual: int = 0
    groups: tuple[int, ...] = ()


@dataclass(frozen=True)
class Purse:
    """A lender."""

    name: str = "bob"
    cash: int = 1_000_00
    invested: int = 0
    idle_for: int = NEVER


@dataclass(frozen=True)
class Wish:
    """A mandate."""

    lender: str = "bob"
    name: str = "first"
    cap: int = 100_00
    keep: int = 0
    remaining: int = 10_000_00
    rank: int = 0
    criteria: Criteria = field(default_factory=Criteria)


def market(
    offers: Sequence[Offer],
    purses: Sequence[Purse],
    wishes: Sequence[Wish],
    held: Sequence[tuple[str, str, int]] = (),
    limits: Sequence[tuple[str, int, int]] = (),
) -> Market:
    """Lay rows out as columns, in the order given."""
    names = [purse.name for purse in purses]
    titles = [offer.name for offer in offers]
    orders = [f"{wish.lender}/{wish.name}" for wish in wishes]
    criteria = list(dict.fromkeys(wish.criteria for wish in wishes))
    return Market(
        listings=_listings(offers, names),
        lenders=Lenders(
            keys=tuple(name.encode() for name in names),
            cash=ints(purse.cash for purse in purses),
            invested=ints(purse.invested for purse in purses),
            idle_for=ints(purse.idle_for for purse in purses),
        ),
        mandates=Mandates(
            keys=tuple(name.encode() for name in orders),
            lender=ints(names.index(wish.lender) for wish in wishes),
            profile=ints(criteria.index(wish.criteria) for wish in wishes),
            rank=ints(wish.rank for wish in wishes),
            cap=ints(wish.cap for wish in wishes),
            keep=ints(wish.keep for wish in wishes),
            remaining=ints(wish.remaining for wish in wishes),
        ),
        profiles=Profiles.of(criteria, WORDS),
        holdings=Holdings(
            listing=ints(titles.index(title) for title, _, _ in held),
            lender=ints(names.index(name) for _, name, _ in held),
            amount=ints(amount for _, _, amount in held),
        ),
        limits=Limits(
            mandate=ints(orders.index(name) for name, _, _ in limits),
            group=ints(group for _, group, _ in limits),
            left=ints(left for _, _, left in limits),
        ),
    )


def _listings(offers: Sequence[Offer], names: Sequence[str]) -> Listings:
    return Listings(
        words=WORDS,
        keys=tuple(offer.name.encode() for offer in offers),
        room=ints(offer.room for offer in offers),
        needed=ints(offer.needed for offer in offers),
        minimum=ints(offer.minimum for offer in offers),
        step=ints(offer.step for offer in offers),
        grade=ints(GRADES.index(offer.grade) for offer in offers),
        purpose=ints(PURPOSES.index(offer.purpose) for offer in offers),
        region=ints(REGIONS.index(offer.region) for offer in offers),
        method=ints(METHODS.index(offer.method) for offer in offers),
        security=ints(SECURITIES.index(offer.security) for offer in offers),
        kind=ints(BORROWERS.index(offer.kind) for offer in offers),
        score=ints(offer.score for offer in offers),
        rate=ints(Rate.percent(offer.rate).e8 for offer in offers),
        installments=ints(offer.installments for offer in offers),
        closes_in=ints(offer.closes_in for offer in offers),
        open_for=ints(offer.open_for for offer in offers),
        borrower=ints(
            names.index(offer.borrower) if offer.borrower in names else -1 for offer in offers
        ),
        manual=ints(offer.manual for offer in offers),
        groups=_padded([offer.groups for offer in offers]),
    )


def _padded(groups: Sequence[tuple[int, ...]]) -> Ints:
    width = max(map(len, groups), default=0)
    table = [[*each, *[-1] * (width - len(each))] for each in groups]
    return np.array(table, dtype=np.int64).reshape(len(groups), width)


def lines(plan: Plan, market: Market) -> dict[tuple[str, str], int]:
    """Read a plan as (listing, mandate) -> amount."""
    return {
        (market.listings.keys[listing].decode(), market.mandates.keys[mandate].decode()): amount
        for listing, mandate, amount in zip(
            plan.listing.tolist(), plan.mandate.tolist(), plan.amount.tolist(), strict=True
        )
    }


def by_lender(plan: Plan, market: Market) -> dict[str, int]:
    """Add up what each lender gets."""
    totals = np.zeros(len(market.lenders.keys), dtype=np.int64)
    np.add.at(totals, market.mandates.lender[plan.mandate], plan.amount)
    names = (key.decode() for key in market.lenders.keys)
    return dict(zip(names, totals.tolist(), strict=True))


def by_listing(plan: Plan, market: Market) -> dict[str, int]:
    """Add up what each listing gets."""
    totals = np.zeros(len(market.listings.keys), dtype=np.int64)
    np.add.at(totals, plan.listing, plan.amount)
    names = (key.decode() for key in market.listings.keys)
    return dict(zip(names, totals.tolist(), strict=True))


@dataclass(frozen=True)
class World:
    """The rows that a market is built of."""

    offers: list[Offer]
    purses: list[Purse]
    wishes: list[Wish]
    held: list[tuple[str, str, int]]
    limits: list[tuple[str, int, int]] = field(default_factory=list)

    def market(self) -> Market:
        """Lay the rows out."""
        return market(self.offers, self.purses, self.wishes, self.held, self.limits)


def _criteria() -> st.SearchStrategy[Criteria]:
    return st.builds(
        Criteria,
        grades=st.sampled_from([(), ("A",), ("B", "C")]),
        rate_max=st.sampled_from([None, Rate.percent("11")]),
        installments_min=st.sampled_from([None, 48]),
        purposes=st.sampled_from([(), ("home",)]),
        regions=st.sampled_from([(), ("NY",)]),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a small world in which orders have one minimum and step, as in a marketplace."""
    step = draw(st.sampled_from([1, 10, 25]))
    minimum = step * draw(st.integers(1, 3))
    amounts = st.integers(1, 600)
    names = [f"lender{number}" for number in range(draw(st.integers(1, 6)))]
    offers = [
        Offer(
            name=f"listing{number}",
            room=draw(amounts),
            needed=draw(st.integers(-100, 400)),
            minimum=minimum,
            step=step,
            grade=draw(st.sampled_from(GRADES)),
            purpose=draw(st.sampled_from(PURPOSES)),
            region=draw(st.sampled_from(REGIONS)),
            rate=draw(st.sampled_from(["9", "12"])),
            installments=draw(st.sampled_from([36, 60])),
            closes_in=draw(st.integers(0, 3)),
            open_for=draw(st.integers(0, 3)),
            borrower=draw(st.sampled_from(["", *names])),
            manual=draw(st.sampled_from([0, 0, 0, 30, 200])),
            groups=draw(st.sampled_from([(), (7,), (7, 9)])),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    purses = [
        Purse(
            name=name,
            cash=draw(st.integers(0, 900)),
            invested=draw(st.integers(0, 900)),
            idle_for=draw(st.sampled_from([0, 60, NEVER])),
        )
        for name in names
    ]
    wishes = [
        Wish(
            lender=draw(st.sampled_from(names)),
            name=f"wish{number}",
            cap=draw(amounts),
            keep=draw(st.integers(0, 200)),
            remaining=draw(st.integers(0, 900)),
            rank=draw(st.integers(0, 1)),
            criteria=draw(_criteria()),
        )
        for number in range(draw(st.integers(0, 9)))
    ]
    pairs = [(offer.name, name) for offer in offers for name in names]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=4)) if pairs else []
    held = [(title, name, draw(amounts)) for title, name in chosen]
    orders = [(f"{wish.lender}/{wish.name}", group) for wish in wishes for group in (7, 8)]
    capped = draw(st.lists(st.sampled_from(orders), unique=True, max_size=3)) if orders else []
    limits = [(name, group, draw(amounts)) for name, group in capped]
    return World(offers, purses, wishes, held, limits)
