"""Full months between two days, measured back from the later, as disclosure rules want them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from kernel import add_months, is_month_end


@dataclass(frozen=True, slots=True)
class Months:
    """Counts months along days that fall on `anchor`, or on the end of a month that lacks it."""

    anchor: int

    @classmethod
    def along(cls, begin: date, days: Sequence[date]) -> Self:
        """Read the anchor off a series of days and, if all end their months, off its beginning."""
        latest = max(day.day for day in days)
        if all(is_month_end(day) for day in days):
            return cls(max(latest, begin.day))
        return cls(latest)

    def back(self, day: date, months: int) -> date:
        """Return the day `months` before `day`."""
        anchored = add_months(day, 0, anchor=self.anchor) == day
        return add_months(day, -months, anchor=self.anchor if anchored else None)

    def between(self, earlier: date, later: date) -> tuple[int, int]:
        """Return the full months before `later`, and the days from `earlier` to the first."""
        months = 12 * (later.year - earlier.year) + later.month - earlier.month
        if self.back(later, months) < earlier:
            months -= 1
        return months, (self.back(later, months) - earlier).days
