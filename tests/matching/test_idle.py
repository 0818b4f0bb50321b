from datetime import timedelta

from sqlalchemy.orm import Session

from kernel import Currency, Rate
from matching import (
    Batch,
    Criteria,
    Reason,
    Relaxation,
    end_mandate,
    fairness,
    fairness_lately,
    run_batch,
    why_idle,
)
from tests.matching.stories import BOB, CAROL, DAN, LATER, a_listing, deposit, dollars, mandate

DAY = timedelta(days=1)


def test_before_the_first_batch_only_what_is_open_is_told(session: Session) -> None:
    a_listing(session)
    a_listing(session, installments=60)
    mandate(session, BOB, criteria=Criteria(installments_max=36))

    (idle,) = why_idle(session, lender_id=BOB, at=LATER)

    assert (idle.batch_id, idle.place, idle.funnel) == (None, None, ())
    assert idle.matching == 1
    assert idle.relaxations == (Relaxation(Reason.TERM, 1),)


def test_the_most_helpful_criterion_to_drop_comes_first(session: Session) -> None:
    for installments in (36, 60, 60):
        a_listing(session, installments=installments)
    wish = Criteria(installments_max=36, rate_min=Rate.percent("1"))
    mandate(session, BOB, criteria=wish)
    mandate(session, CAROL, criteria=Criteria(rate_min=Rate.percent("90")))

    bobs, carols = (why_idle(session, lender_id=each, at=LATER)[0] for each in (BOB, CAROL))

    assert bobs.relaxations == (Relaxation(Reason.TERM, 2),)
    assert carols.relaxations == (Relaxation(Reason.RATE, 3),)


def test_after_a_batch_a_lender_knows_its_place_and_its_wait(session: Session) -> None:
    a_listing(session, "1000.00")
    for lender, amount in ((BOB, "1000.00"), (CAROL, "3000.00"), (DAN, "3000.00")):
        deposit(session, lender, amount)
        mandate(session, lender, cap=dollars("500.00"))
    batch = run_batch(session, at=LATER, seed="1")

    told = [why_idle(session, lender_id=each, at=LATER + DAY)[0] for each in (BOB, CAROL, DAN)]

    assert sorted(each.place or 0 for each in told) == [1, 2, 3]
    last = max(told, key=lambda each: each.place or 0)
    assert last.queue == 3
    assert last.batch_id == batch.id
    assert last.ahead == dollars("6000.00") - last.spendable
    assert last.wait == DAY * (last.ahead.minor / 1000_00)
    assert last.funnel == ((Reason.SERVED, 1),) or last.funnel[0][0] >= Reason.CAP


def test_whoever_has_nothing_idle_stands_in_no_queue(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "100.00")
    mandate(session, BOB, keep=dollars("100.00"))
    run_batch(session, at=LATER, seed="1")

    (idle,) = why_idle(session, lender_id=BOB, at=LATER)

    assert (idle.place, idle.queue, idle.spendable) == (None, 0, dollars("0.00"))
    assert idle.funnel == ((Reason.CASH, 1),)


def test_a_mandate_that_the_last_batch_did_not_know_is_told_what_is_open(session: Session) -> None:
    a_listing(session)
    first = mandate(session, BOB)
    run_batch(session, at=LATER, seed="1")
    second = mandate(session, BOB, name="second")
    end_mandate(session, mandate_id=first.id, lender_id=BOB, at=LATER)

    (idle,) = why_idle(session, lender_id=BOB, at=LATER)

    assert (idle.mandate.id, idle.funnel, idle.matching) == (second.id, (), 1)
    assert why_idle(session, lender_id=BOB, at=LATER, mandate_id=first.id) == []


def test_where_nothing_was_placed_lately_no_wait_is_promised(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "20.00")
    mandate(session, BOB)
    run_batch(session, at=LATER, seed="1")

    (idle,) = why_idle(session, lender_id=BOB, at=LATER + 30 * DAY)

    assert (idle.place, idle.wait) == (1, None)


def test_the_figures_of_batches_are_kept_and_can_be_measured_again(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB)
    first = run_batch(session, at=LATER, seed="1")
    second = run_batch(session, at=LATER + DAY, seed="2")

    kept = fairness(session, batch_id=first.id)
    first.summary = {name: value for name, value in first.summary.items() if name != "fairness"}
    session.flush()
    again = fairness(session, batch_id=first.id)
    lately = fairness_lately(session, currency=Currency.USD, limit=2)

    assert again == kept
    assert (kept.orders, kept.figures.placed) == (1, 100_00)
    assert [each.batch_id for each in lately] == [second.id, first.id]
    assert session.get_one(Batch, second.id).summary["fairness"]["placed"] == 0
