from datetime import date

import pytest

from reporting import bucket, buckets, days_past_due, standing
from servicing import LoanStatus
from tests.support.plans import plan, state_on

UNPAID = state_on(
    date(2026, 3, 1), plan()
).to_json()  # the first installment fell due on 15 February


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (0, "current"),
        (1, "in_grace_period"),
        (15, "in_grace_period"),
        (16, "late_16_30"),
        (30, "late_16_30"),
        (31, "late_31_120"),
        (120, "late_31_120"),
        (121, "in_default"),
        (9999, "in_default"),
    ],
)
def test_days_past_due_have_a_name(days: int, name: str) -> None:
    assert bucket(days) == name


def test_buckets_begin_on_time() -> None:
    assert buckets()[0].from_days == 0


def test_the_due_day_itself_is_not_late() -> None:
    assert days_past_due(UNPAID, on=date(2026, 2, 15)) == 0
    assert days_past_due(UNPAID, on=date(2026, 2, 16)) == 1
    assert days_past_due(UNPAID, on=date(2026, 1, 20)) == 0


def test_a_loan_on_time_is_not_late() -> None:
    fresh = state_on(date(2026, 2, 1), plan()).to_json()

    assert days_past_due(fresh, on=date(2027, 1, 1)) == 0


def test_an_ended_loan_is_called_by_its_end() -> None:
    on = date(2026, 3, 10)

    assert standing(LoanStatus.ACTIVE, UNPAID, on=on) == "late_16_30"
    assert standing(LoanStatus.SETTLED, UNPAID, on=on) == "settled"
    assert standing(LoanStatus.CHARGED_OFF, UNPAID, on=on) == "charged_off"
