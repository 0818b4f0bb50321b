from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicing.delinquency import (
    Bands,
    Convention,
    Pause,
    UnusableBands,
    UnusablePause,
    band_on,
    days_delinquent,
    days_past_due,
    delinquent_since,
)
from tests.vectors import vectors

DUE = date(2023, 10, 1)
FINERACT = Convention(grace=3)
RANGES = Bands.read(
    {"NO_DELINQUENCY": 0, "RANGE_1": 1, "RANGE_3": 4, "RANGE_30": 31, "RANGE_60": 61}
)
# Where we differ by choice. A pause takes off only days on which the installment was due already;
# and a band is computed for the day, while there it waits for the next run of the close.
PAUSED_BEFORE_DUE = {("DLQ-865", "2023-11-15")}
CLOSE_HAD_NOT_RUN = {
    ("DLQ-649", "2023-10-15"),
    ("DLQ-649", "2023-10-26"),
    ("DLQ-770", "2023-10-06"),
    ("DLQ-770", "2023-10-16"),
    ("DLQ-865", "2023-10-06"),
    ("DLQ-865", "2023-10-16"),
}


def published() -> Iterator[tuple[str, str, dict[str, Any], tuple[Pause, ...]]]:
    """Yield what the published cases expect of a whole loan, with the pauses up to then."""
    for case in vectors("fineract_delinquency"):
        day, pauses = "", list[Pause]()
        for step in case["steps"]:
            if step["op"] == "business_date":
                day = step["date"]
            elif step["op"] == "delinquency_pause":
                pauses.append(Pause(*(date.fromisoformat(step[end]) for end in ("start", "end"))))
            elif step["op"] == "delinquency_resume":
                pauses[-1] = pauses[-1].resumed(date.fromisoformat(step["start"]))
            elif step["op"] == "expect_delinquency_rows" and step["level"] == "LOAN":
                yield case["id"], day, step["rows"][0], tuple(pauses)


def test_the_published_days_and_ranges_come_out() -> None:
    told = [each for each in published() if each[2]["delinquentdate"] != "null"]

    for case, day, row, pauses in told:
        since, on = (date.fromisoformat(text) for text in (row["delinquentdate"], day))
        due = since - timedelta(days=FINERACT.grace)
        days = days_delinquent(due, on, convention=FINERACT, pauses=pauses)
        band = band_on(due, on, bands=RANGES, convention=FINERACT, pauses=pauses)
        where = case, day

        assert (days == int(row["delinquentdays"])) is (where not in PAUSED_BEFORE_DUE), where
        assert (band == row["classification"]) is (where not in CLOSE_HAD_NOT_RUN), where
        assert days_past_due(due, on, convention=Convention()) == int(row["pastduedays"]), where
        assert delinquent_since(due, convention=FINERACT) == since

    assert len(told) > len(PAUSED_BEFORE_DUE | CLOSE_HAD_NOT_RUN)


def test_where_the_due_day_counts_one_all_days_are_one_more() -> None:
    # Days past due of 2024-10-10 on 2024-10-15: 6 in Frappe's published case, 5 in Fineract's way.
    due, on = date(2024, 10, 10), date(2024, 10, 15)

    assert days_past_due(due, on, convention=Convention(due_day=1)) == 6
    assert days_past_due(due, on, convention=Convention()) == 5
    assert days_past_due(due, due - timedelta(days=1), convention=Convention(due_day=1)) == 0


def test_a_pause_ended_before_it_began_takes_no_day() -> None:
    pause = Pause(DUE + timedelta(days=5), DUE + timedelta(days=9)).resumed(DUE)

    assert (
        days_past_due(DUE, DUE + timedelta(days=20), convention=Convention(), pauses=[pause]) == 20
    )


def test_a_pause_does_not_end_before_it_begins() -> None:
    with pytest.raises(UnusablePause):
        Pause(DUE, DUE - timedelta(days=1))


@pytest.mark.parametrize("starts", [{}, {"late": 1}, {"a": 0, "b": 9, "c": 3}, {"a": 0, "b": 0}])
def test_bands_leave_no_day_out(starts: dict[str, int]) -> None:
    with pytest.raises(UnusableBands):
        Bands.read(starts)


@given(st.integers(0, 400), st.integers(0, 200), st.integers(0, 100))
def test_a_pause_never_makes_a_loan_later_and_days_never_fall(
    late: int, begins: int, lasts: int
) -> None:
    pause = Pause(DUE + timedelta(days=begins), DUE + timedelta(days=begins + lasts))
    on = DUE + timedelta(days=late)

    free, paused, next_day = (
        days_past_due(DUE, day, convention=Convention(), pauses=pauses)
        for day, pauses in ((on, []), (on, [pause]), (on + timedelta(days=1), [pause]))
    )

    assert 0 <= paused <= free
    assert paused <= next_day <= paused + 1
