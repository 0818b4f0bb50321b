from datetime import date

from servicing import autopay_policy

DAY = date(2026, 11, 24)


def test_what_may_work_another_day_is_tried_as_often_as_the_policy_says() -> None:
    policy = autopay_policy()

    tries = [
        policy.again_on("insufficient_funds", attempt=attempt, failed_on=DAY)
        for attempt in range(1, len(policy.days) + 2)
    ]

    assert tries == [date(2026, 11, 27), date(2026, 12, 1), None]


def test_what_will_not_work_is_not_tried_again() -> None:
    policy = autopay_policy()

    assert policy.again_on("generic_decline", attempt=1, failed_on=DAY) is None
    assert policy.again_on(None, attempt=1, failed_on=DAY) is None
    assert policy.ends("account_closed")
    assert not policy.ends("insufficient_funds")
    assert not policy.ends(None)
