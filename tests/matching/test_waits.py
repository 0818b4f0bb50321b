from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from matching import fairness, mandates_of, run_batch, why_idle
from matching.waits import Waits, usual, waits_from
from tests.matching.stories import BOB, CAROL, LATER, NOON, a_listing, deposit, dollars, mandate

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
THEN = datetime(2026, 3, 1, tzinfo=UTC)
NOW = THEN + DAY


def test_waits_are_measured_apart_for_those_who_were_served_and_those_who_were_not() -> None:
    found = Waits.of([MINUTE, 3 * MINUTE, 2 * MINUTE], [DAY])

    assert (found.served, found.p50, found.p90) == (3, 120, 180)
    assert (found.waiting, found.waiting_p50, found.waiting_p90) == (1, 86_400, 86_400)
    assert Waits.from_json(found.to_json()) == found


def test_a_batch_that_served_many_counts_more() -> None:
    short, long = Waits.of([MINUTE] * 3, []), Waits.of([DAY] * 2, [])

    assert usual([long, short]) == MINUTE
    assert usual([long, Waits.of([], [DAY])]) == DAY
    assert usual([]) is None


@pytest.mark.parametrize(
    ("since", "free", "served", "waits"),
    [
        (THEN, 24_00, False, None),
        (THEN, 25_00, False, THEN),
        (THEN, 25_00, True, NOW),
        (None, 25_00, False, NOW),
    ],
)
def test_what_an_order_leaves_over_waits_anew(
    since: datetime | None, free: int, *, served: bool, waits: datetime | None
) -> None:
    assert waits_from(since, free=free, least=25_00, served=served, at=NOW) == waits


def test_money_waits_from_its_arrival_until_an_order_is_bought_with_it(session: Session) -> None:
    a_listing(session)
    for lender in (BOB, CAROL):
        deposit(session, lender, "100.00")  # at noon
    mandate(session, BOB)
    mandate(session, CAROL, keep=dollars("10.00"), cap=dollars("5.00"))

    batch = run_batch(session, at=LATER, seed="1")

    waits = fairness(session, batch_id=batch.id).waits
    assert waits is not None
    assert (waits.served, waits.p50) == (1, 3_600)
    assert (waits.waiting, waits.waiting_p50) == (1, 3_600)
    assert mandates_of(session, lender_id=BOB)[0].waits_since is None
    assert mandates_of(session, lender_id=CAROL)[0].waits_since == NOON


def test_a_lender_reads_since_when_and_how_long_others_waited(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "100.00")
    mandate(session, BOB, cap=dollars("75.00"))
    run_batch(session, at=LATER, seed="1")
    before = why_idle(session, lender_id=BOB, at=LATER)[0]

    run_batch(session, at=LATER + DAY, seed="2")
    (idle,) = why_idle(session, lender_id=BOB, at=LATER + DAY)

    assert before.waits_since == idle.waits_since == LATER
    assert before.usual == idle.usual == LATER - NOON
    assert why_idle(session, lender_id=BOB, at=LATER + 30 * DAY)[0].usual is None


def test_a_batch_from_before_waits_were_measured_has_none(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "100.00")
    mandate(session, BOB)
    batch = run_batch(session, at=LATER, seed="1")
    batch.summary = {name: value for name, value in batch.summary.items() if name != "waits"}
    session.flush()

    assert fairness(session, batch_id=batch.id).waits is None
    assert why_idle(session, lender_id=BOB, at=LATER)[0].usual is None


def test_without_an_open_listing_any_money_waits(session: Session) -> None:
    deposit(session, BOB, "1.00")
    mandate(session, BOB)

    run_batch(session, at=LATER, seed="1")

    assert mandates_of(session, lender_id=BOB)[0].waits_since == NOON
