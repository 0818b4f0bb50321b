"""Whether a borrower may be contacted at a moment, and if not, when: hours, counts, opt-out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.policy import ContactRules

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


class Reason(StrEnum):
    """Why a message was not let out."""

    HOURS = "hours"
    DAY_FULL = "day_full"
    WEEK_FULL = "week_full"
    OPTED_OUT = "opted_out"
    NOT_NEEDED = "not_needed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be done with a message at a moment.

    Attributes:
        reason: why it may not leave; None lets it out.
        next_at: the next moment at which it may; None where it never will.
    """

    reason: Reason | None = None
    next_at: datetime | None = None

    @property
    def lets_out(self) -> bool:
        """Whether it may leave now."""
        return self.reason is None


def judge(
    rules: ContactRules, *, at: datetime, zone: ZoneInfo, contacts: Sequence[datetime]
) -> Verdict:
    """Say whether a borrower may be contacted at a moment.

    A day is the calendar day at the borrower's place, a week the seven days before the moment.

    Args:
        rules: what holds where the borrower lives.
        at: the moment.
        zone: the borrower's time zone.
        contacts: when the borrower was contacted in the last days, in any order.
    """
    moment = _next_allowed(rules, at, zone, sorted(contacts))
    if moment == at:
        return Verdict()
    return Verdict(_reason(rules, at, zone, contacts), moment)


def opens_at(rules: ContactRules, *, at: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment itself if it lies within the hours, else when they next begin."""
    here = at.astimezone(zone)
    first, last = time(rules.from_hour), time(rules.until_hour)
    if first <= here.time() < last:
        return at
    day = here.date() + DAY * (here.time() >= last)
    return datetime.combine(day, first, tzinfo=zone).astimezone(at.tzinfo)


def _next_allowed(
    rules: ContactRules, at: datetime, zone: ZoneInfo, contacts: Sequence[datetime]
) -> datetime:
    """Move on, from one obstacle to the end of it, until there is none."""
    moment = opens_at(rules, at=at, zone=zone)
    if _on_day(moment, zone, contacts) >= rules.per_day:
        morrow = moment.astimezone(zone).date() + DAY
        begins = datetime.combine(morrow, time(rules.from_hour), tzinfo=zone)
        return _next_allowed(rules, begins.astimezone(at.tzinfo), zone, contacts)
    recent = _within_week(moment, contacts)
    if len(recent) >= rules.per_week:
        # The oldest of the last ones that fill the week has to be seven days ago.
        return _next_allowed(rules, recent[-rules.per_week] + WEEK, zone, contacts)
    return moment


def _reason(
    rules: ContactRules, at: datetime, zone: ZoneInfo, contacts: Sequence[datetime]
) -> Reason:
    if opens_at(rules, at=at, zone=zone) != at:
        return Reason.HOURS
    return Reason.DAY_FULL if _on_day(at, zone, contacts) >= rules.per_day else Reason.WEEK_FULL


def _on_day(at: datetime, zone: ZoneInfo, contacts: Sequence[datetime]) -> int:
    day = at.astimezone(zone).date()
    return sum(contact.astimezone(zone).date() == day for contact in contacts)


def _within_week(at: datetime, contacts: Sequence[datetime]) -> list[datetime]:
    return [contact for contact in contacts if at - WEEK < contact <= at]
