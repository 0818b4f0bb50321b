"""Sixty days of one marketplace under one rule."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.fairness.worlds import DAYS, OPEN_FOR, UNIT, Crowd, Ints, Loans, profiles
from matching.columns import NEVER, Holdings, Lenders, Limits, Listings, Mandates
from matching.market import Market

# A rule fills a market: rows of listing, lender and amount, and which listings were contested.
Lines = tuple[Ints, Ints, Ints, "Ints"]
Rule = Callable[[Market, str], Lines]
MINIMUM_SHARE = 70


@dataclass(eq=False)
class Life:
    """What has happened so far."""

    asked: Loans
    who: Crowd
    cash: Ints
    room: Ints
    last: Ints  # per lender, the day of its last share in a contested listing, or -1
    held: Ints  # loan x lender
    markets: list[Market] = field(default_factory=list)
    placed: list[int] = field(default_factory=list)

    @property
    def invested(self) -> Ints:
        return self.who.cash - self.cash


def live(asked: Loans, who: Crowd, rule: Rule, *, seed: int) -> Life:
    """Let a rule allocate once a day; loans are open for two weeks."""
    life = begun(asked, who)
    life.held = np.zeros((asked.amount.size, who.cash.size), dtype=np.int64)
    for day in range(DAYS):
        open_now = np.flatnonzero(
            (asked.day <= day) & (asked.day > day - OPEN_FOR) & (life.room > 0)
        )
        market = seen(life, open_now, day)
        listing, lender, amount, contested = rule(market, f"{seed}:{day}")
        np.subtract.at(life.room, open_now[listing], amount)
        np.subtract.at(life.cash, lender, amount)
        np.add.at(life.held, (open_now[listing], lender), amount)
        life.last[lender[np.isin(listing, contested)]] = day
        life.markets.append(market)
        life.placed.append(int(amount.sum()))
    assert (life.room >= 0).all()
    assert (life.cash >= 0).all()
    return life


def begun(asked: Loans, who: Crowd) -> Life:
    """Return the morning of the first day."""
    return Life(
        asked=asked,
        who=who,
        cash=who.cash.copy(),
        room=asked.amount.copy(),
        last=np.full_like(who.cash, -1),
        held=np.zeros((0, 0), dtype=np.int64),
    )


def first_day(asked: Loans, who: Crowd) -> Market:
    """Return the market of the first day if all loans are listed on it."""
    return seen(begun(asked, who), np.arange(asked.amount.size), 0)


def seen(life: Life, rows: Ints, day: int) -> Market:
    """Lay out what the rule sees on a day."""
    asked, who = life.asked, life.who
    everybody = np.arange(who.cash.size)
    held = life.held[rows] if life.markets else np.zeros((0, 0), dtype=np.int64)
    pairs = np.nonzero(held)
    names = tuple(b"lender %d" % lender for lender in everybody.tolist())
    missing = asked.amount[rows] * (MINIMUM_SHARE - 100) // 100 + life.room[rows]
    listings = replace(
        listed(asked, rows),
        room=life.room[rows],
        needed=missing,
        closes_in=asked.day[rows] + OPEN_FOR - day,
        open_for=day - asked.day[rows],
    )
    return Market(
        listings=listings,
        lenders=Lenders(
            keys=names,
            cash=life.cash.copy(),
            invested=life.invested,
            idle_for=np.where(life.last < 0, NEVER, day - life.last),
        ),
        mandates=Mandates(
            keys=names,
            lender=everybody,
            profile=who.profile,
            rank=np.zeros_like(everybody),
            cap=who.cap,
            keep=np.zeros_like(everybody),
            remaining=np.full_like(everybody, 2**41),
        ),
        profiles=profiles(who, asked),
        holdings=Holdings(pairs[0], pairs[1], held[pairs]),
        limits=Limits.none(),
    )


def listed(asked: Loans, rows: Ints | None = None) -> Listings:
    """Lay out loans, all of them if none are named, as on the day on which they open."""
    rows = np.arange(asked.amount.size) if rows is None else rows
    some = np.zeros(rows.size, dtype=np.int64)
    return Listings(
        words=asked.words,
        keys=tuple(b"loan %d" % row for row in rows.tolist()),
        room=asked.amount[rows],
        needed=some,
        minimum=some + UNIT,
        step=some + UNIT,
        grade=asked.grade[rows],
        purpose=asked.purpose[rows],
        region=asked.region[rows],
        method=some,
        security=some,
        kind=some,
        score=some,
        rate=asked.rate[rows],
        installments=asked.installments[rows],
        closes_in=some + OPEN_FOR,
        open_for=some,
        borrower=some - 1,
        manual=some,
        groups=np.zeros((rows.size, 0), dtype=np.int64),
    )
