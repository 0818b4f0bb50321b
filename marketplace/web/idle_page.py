"""Why money is idle, in the reader's words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import format_timedelta
from flask_babel import lazy_gettext as _l

import matching
from kernel import Money
from marketplace.web.mandates_page import IDLE, buys
from matching import Idle, MandateStatus, Reason

# What became of one listing, in a few words; the steps stand in the order in which they are tried.
STEPS: dict[Reason, Any] = {
    Reason.OWN_LISTING: _l("Your own loan"),
    Reason.UNTESTED: _l("Knowledge test missing"),
    Reason.LEGAL_LIMIT: _l("Legal limit reached"),
    Reason.GRADE: _l("Another grade"),
    Reason.RATE: _l("Another rate"),
    Reason.TERM: _l("Another term"),
    Reason.PURPOSE: _l("Another purpose"),
    Reason.REGION: _l("Another region"),
    Reason.METHOD: _l("Repaid in another way"),
    Reason.SCORE: _l("Another score"),
    Reason.SECURITY: _l("Another security"),
    Reason.BORROWER: _l("Another kind of borrower"),
    Reason.CAP: _l("You hold the most per loan"),
    Reason.LIMIT: _l("You hold the most of such loans"),
    Reason.TOTAL: _l("The order has placed its total"),
    Reason.CASH: _l("Too little free cash"),
    Reason.OTHER_MANDATE: _l("Another order of yours bought"),
    Reason.MANUAL: _l("Kept for orders by hand"),
    Reason.SHORT: _l("Would not have reached its minimum"),
    Reason.QUEUE: _l("Others were served first"),
    Reason.SERVED: _l("Bought"),
}

# What may be taken off a standing order.
CRITERIA: dict[Reason, Any] = {
    Reason.GRADE: _l("any grade"),
    Reason.RATE: _l("any rate"),
    Reason.TERM: _l("any term"),
    Reason.PURPOSE: _l("any purpose"),
    Reason.REGION: _l("any region"),
    Reason.METHOD: _l("any way of repayment"),
    Reason.SCORE: _l("any score"),
    Reason.SECURITY: _l("any security"),
    Reason.BORROWER: _l("any kind of borrower"),
}


@dataclass(frozen=True)
class Step:
    """How many listings a standing order lost at one step."""

    text: Any
    count: int
    bought: bool


@dataclass(frozen=True)
class Relaxed:
    """How many more open loans would fit with one wish less."""

    text: Any
    more: int


@dataclass(frozen=True)
class IdleCard:
    """Why the money of one standing order is idle.

    Attributes:
        answer: the reason in one sentence; None where nothing stands in the way.
        seen: how many listings the last batch looked at.
        waits_since: since when its money waits; None where there is too little of it.
        usual: how long others waited lately.
        wait: how long it should take to come first; None where nothing was placed lately.
    """

    id: UUID
    name: str
    buys: str
    is_paused: bool
    answer: Any
    place: int | None
    queue: int
    ahead: Money
    waits_since: datetime | None
    usual: str | None
    wait: str | None
    spendable: Money
    matching: int
    batch_at: datetime | None
    seen: int
    steps: tuple[Step, ...]
    relaxed: tuple[Relaxed, ...]


@dataclass(frozen=True)
class IdlePage:
    """All standing orders that have not ended."""

    cards: tuple[IdleCard, ...]


def idle_page(found: list[Idle]) -> IdlePage:
    """Return why the money of each standing order is idle."""
    return IdlePage(tuple(map(_card, found)))


def _card(idle: Idle) -> IdleCard:
    line = idle.mandate
    return IdleCard(
        id=line.id,
        name=line.name,
        buys=buys(line.criteria),
        is_paused=line.status is MandateStatus.PAUSED,
        answer=_answer(idle),
        place=idle.place,
        queue=idle.queue,
        ahead=idle.ahead,
        waits_since=idle.waits_since,
        usual=_spoken(idle.usual),
        wait=_spoken(idle.wait),
        spendable=idle.spendable,
        matching=idle.matching,
        batch_at=idle.batch_at,
        seen=sum(count for _reason, count in idle.funnel),
        steps=tuple(_step(reason, count) for reason, count in idle.funnel if reason in STEPS),
        relaxed=tuple(_relaxed(each) for each in idle.relaxations),
    )


def _answer(idle: Idle) -> Any:
    """Return what kept the mandate away from the listing with which it came furthest."""
    furthest = max((reason for reason, _count in idle.funnel), default=None)
    why = idle.mandate.idle_why
    if furthest is None:
        return IDLE.get(why.upper()) if why else None
    # A line that was planned and did not hold any more counts as served in the funnel.
    told = Reason[why.upper()] if furthest is Reason.SERVED and why else furthest
    return IDLE.get(told.name)


def _step(reason: Reason, count: int) -> Step:
    return Step(STEPS[reason], count, bought=reason is Reason.SERVED)


def _relaxed(each: matching.Relaxation) -> Relaxed:
    return Relaxed(CRITERIA[each.criterion], each.more)


def _spoken(wait: timedelta | None) -> str | None:
    """Say a length of time roughly; less than an hour is said as one."""
    if wait is None:
        return None
    return str(format_timedelta(max(wait, timedelta(hours=1)), granularity="hour"))
