"""Calendar arithmetic that knows nothing of lending."""

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int, *, anchor: int | None = None) -> date:
    """Return the same day `months` later, cut to the month's end where it is shorter.

    Args:
        day: where to start.
        months: how many months to go; may be negative.
        anchor: the day of the month to aim at (1 to 31), so that 31 January, 28 February and
            31 March stay on the 31st.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(anchor or day.day, monthrange(year, month + 1)[1]))


def is_month_end(day: date) -> bool:
    """Say whether `day` is the last of its month."""
    return day.day == monthrange(day.year, day.month)[1]
