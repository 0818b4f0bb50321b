"""A deposit that comes back after its money was lent: what is there goes, the rest is owed."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import escrow
from escrow import DepositReturn, DepositStatus, EventKind, InsufficientFunds, Movement
from escrow.operations import returns
from tests.escrow.money_on_its_way import FEES, arrived, begun, earn, states_of, told
from tests.escrow.stories import AT, BOB, CAROL, STRIPE, cash_of, deposit, dollars, held, reserve

RETURNED, DISPUTED = EventKind.DEPOSIT_RETURNED, EventKind.DEPOSIT_DISPUTED
REINSTATED, SUCCEEDED = EventKind.DEPOSIT_REINSTATED, EventKind.DEPOSIT_SUCCEEDED


@pytest.fixture(autouse=True)
def the_book_stays_whole(session: Session) -> Iterator[None]:
    yield
    assert escrow.verify(session).ok


def due(session: Session) -> list[tuple[int, int]]:
    """Return what is owed to the outside and to the platform."""
    session.flush()
    rows = session.scalars(select(DepositReturn).order_by(DepositReturn.created_at))
    return [(row.owed_outside_minor, row.owed_house_minor) for row in rows]


def test_a_bank_debit_is_held_before_it_may_be_used(session: Session) -> None:
    debit = begun(session)
    assert told(session, debit, EventKind.DEPOSIT_PROCESSING)
    assert escrow.holds_end(session, subject=str(debit.id)) == []
    assert told(session, debit, SUCCEEDED, method="bank_debit")
    assert escrow.holds_end(session, subject=str(debit.id)) == [AT + timedelta(days=5)]
    assert escrow.holds_end(session, subject="pi_1") == []
    assert held(session, cash_of(BOB)).is_zero

    assert escrow.release_held(session, at=AT + timedelta(days=4, hours=23)) == []
    assert escrow.release_held(session, at=AT + timedelta(days=5)) == [debit]

    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert states_of(session, debit) == ["initiated", "processing", "held", "available"]


def test_a_way_to_pay_that_nobody_knows_is_held_longest(session: Session) -> None:
    debit = begun(session)

    told(session, debit, SUCCEEDED, method="carrier pigeon")

    assert debit.available_at == AT + timedelta(days=5)


def test_a_payment_that_failed_may_be_tried_again_and_succeed(session: Session) -> None:
    card = begun(session)
    assert told(session, card, EventKind.DEPOSIT_FAILED, reason="declined")
    assert told(session, card, EventKind.DEPOSIT_FAILED, reason="declined again")
    assert card.failure == "declined"

    assert told(session, card, SUCCEEDED, method="card")

    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert card.failure is None


def test_another_amount_than_was_begun_waits_for_a_person(session: Session) -> None:
    card = begun(session)

    assert not told(session, card, SUCCEEDED, amount_minor=9_999)

    assert card.status == DepositStatus.INITIATED


def test_news_of_a_deposit_leads_to_the_same_end_in_any_order(session: Session) -> None:
    news = (EventKind.DEPOSIT_PROCESSING, EventKind.DEPOSIT_FAILED, SUCCEEDED, SUCCEEDED)
    for number, order in enumerate(permutations(news)):
        one = begun(session, "10.00", key=f"d {number}")
        for kind in order:
            told(session, one, kind)
        assert one.status == DepositStatus.AVAILABLE

    assert held(session, cash_of(BOB)) == dollars("240.00")


def test_a_return_takes_back_what_is_still_there(session: Session) -> None:
    debit = arrived(session)

    assert told(session, debit, RETURNED, reason="debit not authorized")

    assert held(session, cash_of(BOB)).is_zero
    assert held(session, STRIPE).is_zero
    assert (debit.status, debit.failure) == (DepositStatus.RETURNED, "debit not authorized")
    assert due(session) == [(0, 0)]


def test_a_return_within_the_hold_leaves_both_movements_in_the_book(session: Session) -> None:
    debit = begun(session)
    told(session, debit, SUCCEEDED, method="bank_debit")

    assert told(session, debit, RETURNED)

    assert held(session, cash_of(BOB)).is_zero
    assert states_of(session, debit) == ["initiated", "held", "available", "returned"]


def test_a_return_told_twice_takes_once(session: Session) -> None:
    deposit(session, BOB, "500.00")
    debit = arrived(session)

    assert all(told(session, debit, RETURNED, reference="du_1") for _again in range(3))

    assert held(session, cash_of(BOB)) == dollars("500.00")


def test_a_return_before_anything_arrived_is_kept_for_later(session: Session) -> None:
    assert not told(session, begun(session), RETURNED)


def test_money_that_was_lent_leaves_a_debt_and_never_a_negative_balance(session: Session) -> None:
    debit = arrived(session)
    reserve(session, BOB, "70.00")

    told(session, debit, RETURNED)

    assert held(session, cash_of(BOB)).is_zero
    assert due(session) == [(70_00, 0)]


def test_the_platforms_fees_pay_the_outside_and_the_debt_is_theirs(session: Session) -> None:
    debit = arrived(session)
    reserve(session, BOB, "70.00")
    earn(session, "50.00")
    before = held(session, STRIPE)

    told(session, debit, RETURNED)

    assert due(session) == [(20_00, 50_00)]
    assert held(session, FEES).is_zero
    assert held(session, STRIPE) == before + dollars("80.00")


def test_fees_that_suffice_pay_only_what_is_due(session: Session) -> None:
    debit = arrived(session)
    reserve(session, BOB, "70.00")
    earn(session, "100.00")

    told(session, debit, RETURNED)

    assert due(session) == [(0, 70_00)]
    assert held(session, FEES) == dollars("30.00")


def test_what_comes_in_later_meets_the_debt_the_outside_first(session: Session) -> None:
    debit = arrived(session)
    reserve(session, BOB, "70.00")
    earn(session, "50.00")
    told(session, debit, RETURNED)

    deposit(session, BOB, "30.00")
    assert escrow.meet_shortfalls(session, at=AT) == 0
    assert due(session) == [(0, 40_00)]
    deposit(session, BOB, "45.00")
    assert escrow.meet_shortfalls(session, at=AT) == 1

    assert due(session) == [(0, 0)]
    assert held(session, cash_of(BOB)) == dollars("5.00")
    assert held(session, FEES) == dollars("50.00")
    assert escrow.meet_shortfalls(session, at=AT) == 0


def test_fees_earned_later_pay_the_outside(session: Session) -> None:
    debit = arrived(session)
    reserve(session, BOB, "70.00")
    told(session, debit, RETURNED)
    earn(session, "70.00")

    escrow.meet_shortfalls(session, at=AT)

    assert due(session) == [(0, 70_00)]


def test_what_a_lender_spends_in_the_same_moment_is_left_for_next_time(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    debit = arrived(session)
    reserve(session, BOB, "70.00")
    told(session, debit, RETURNED)
    deposit(session, BOB, "10.00")
    monkeypatch.setattr(returns, "balance", lambda *_args, **_named: dollars("70.00"))

    assert escrow.meet_shortfalls(session, at=AT) == 0

    assert due(session) == [(70_00, 0)]
    monkeypatch.undo()
    with pytest.raises(InsufficientFunds):
        reserve(session, BOB, "11.00")


def test_a_dispute_takes_the_money_and_one_that_is_won_gives_it_back(session: Session) -> None:
    card = arrived(session)

    assert told(session, card, DISPUTED, reference="du_1", reason="fraudulent")
    assert (card.status, held(session, cash_of(BOB)).is_zero) == (DepositStatus.DISPUTED, True)
    assert told(session, card, REINSTATED, reference="du_1")
    assert told(session, card, REINSTATED, reference="du_1")

    assert card.status == DepositStatus.AVAILABLE
    assert held(session, cash_of(BOB)) == dollars("100.00")


def test_a_won_dispute_meets_first_what_it_had_left_due(session: Session) -> None:
    card = arrived(session)
    reserve(session, BOB, "70.00")
    told(session, card, DISPUTED, reference="du_1")

    told(session, card, REINSTATED, reference="du_1")

    assert due(session) == [(0, 0)]
    assert held(session, cash_of(BOB)) == dollars("30.00")
    assert held(session, STRIPE) == dollars("-100.00")


def test_a_lost_dispute_takes_nothing_more(session: Session) -> None:
    deposit(session, BOB, "500.00")
    card = arrived(session)
    told(session, card, DISPUTED, reference="du_1")

    assert told(session, card, RETURNED, reference="du_1")
    assert told(session, card, DISPUTED, reference="du_1")
    assert not told(session, card, REINSTATED, reference="du_1")

    assert card.status == DepositStatus.RETURNED
    assert held(session, cash_of(BOB)) == dollars("500.00")


def test_a_dispute_of_a_part_takes_that_part(session: Session) -> None:
    card = arrived(session)

    assert told(session, card, DISPUTED, reference="du_1", amount_minor=40_00)

    assert held(session, cash_of(BOB)) == dollars("60.00")


@pytest.mark.parametrize("amount", [0, -1, 100_01])
def test_a_dispute_of_an_impossible_amount_waits_for_a_person(
    session: Session, amount: int
) -> None:
    card = arrived(session)

    assert not told(session, card, DISPUTED, amount_minor=amount)

    assert held(session, cash_of(BOB)) == dollars("100.00")


def test_the_end_of_a_dispute_that_nobody_knows_waits(session: Session) -> None:
    assert not told(session, arrived(session), REINSTATED, reference="du_9")


def test_one_lenders_debt_is_nobody_elses(session: Session) -> None:
    debit = arrived(session)
    reserve(session, BOB, "70.00")
    told(session, debit, RETURNED)
    deposit(session, CAROL, "500.00")

    escrow.meet_shortfalls(session, at=AT)

    assert held(session, cash_of(CAROL)) == dollars("500.00")


def test_the_database_keeps_status_and_debt_together(session: Session) -> None:
    debit = arrived(session)
    told(session, debit, RETURNED)

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(DepositReturn).values(owed_outside_minor=1))


def test_the_movement_of_a_made_good_debt_is_in_the_chart() -> None:
    assert [rule.target.value for rule in escrow.ALLOWED if rule.movement == Movement.RECOUP] == [
        "FEES"
    ]
