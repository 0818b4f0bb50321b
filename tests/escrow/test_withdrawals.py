"""Who may withdraw how much, where to, and who must agree."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import escrow
from escrow import (
    AccountKind,
    AccountRef,
    DestinationNotUsable,
    EventKind,
    InsufficientFunds,
    KeyConflict,
    Movement,
    OverDailyLimit,
    Payout,
    PayoutApproval,
    PayoutStatus,
    Posting,
    SameApprover,
)
from kernel import MoveNotAllowed
from tests.escrow.money_on_its_way import BANK, arrived, begun, states_of, told, verified
from tests.escrow.stories import (
    ALICE,
    AT,
    BOB,
    CAROL,
    LISTING,
    USD,
    book,
    cash_of,
    deposit,
    dollars,
    held,
    reserve,
)

OLGA, OSCAR = "operator:olga", "operator:oscar"
LATER = AT + timedelta(days=30)


def withdrawn(session: Session, amount: str = "40.00", **changes: Any) -> Payout:
    wanted: dict[str, Any] = {
        "owner_id": BOB,
        "amount": dollars(amount),
        "key": f"w {amount}",
        "gateway": BANK,
        "at": AT,
    }
    return escrow.withdraw(session, **(wanted | changes))


def test_money_goes_to_a_verified_account_of_ones_own(session: Session) -> None:
    deposit(session, BOB, "100.00")
    bank = verified(session)

    payout = withdrawn(session, destination_id=bank.id)

    assert (payout.destination, payout.destination_id) == ("•••• 3000", bank.id)
    assert payout.status == PayoutStatus.REQUESTED
    assert held(session, cash_of(BOB)) == dollars("60.00")


def test_an_account_that_is_not_verified_is_not_paid_to(session: Session) -> None:
    deposit(session, BOB, "100.00")
    bank = escrow.add_destination(
        session, owner_id=BOB, label="•••• 1", key="bank", gateway=BANK, at=AT
    )

    with pytest.raises(DestinationNotUsable, match="not verified"):
        withdrawn(session, destination_id=bank.id)
    assert told(session, bank, EventKind.DESTINATION_REFUSED, reason="name differs")
    with pytest.raises(DestinationNotUsable, match="not verified"):
        withdrawn(session, destination_id=bank.id)

    assert bank.failure == "name differs"
    assert told(session, bank, EventKind.DESTINATION_VERIFIED)
    assert withdrawn(session, destination_id=bank.id)


def test_nobody_withdraws_to_or_removes_somebody_elses_account(session: Session) -> None:
    deposit(session, CAROL, "100.00")
    bank = verified(session)

    with pytest.raises(DestinationNotUsable, match="not among yours"):
        withdrawn(session, owner_id=CAROL, destination_id=bank.id)
    with pytest.raises(DestinationNotUsable, match="not among yours"):
        escrow.remove_destination(session, destination_id=bank.id, owner_id=CAROL, at=AT)


def test_a_changed_account_waits_and_a_removed_one_is_gone(session: Session) -> None:
    deposit(session, BOB, "100.00")
    first = verified(session)
    second = verified(session, key="new bank", label="•••• 9")

    with pytest.raises(DestinationNotUsable, match="usable from 2026-01-08"):
        withdrawn(session, destination_id=second.id)
    escrow.remove_destination(session, destination_id=first.id, owner_id=BOB, at=AT)
    for _again in range(2):
        with pytest.raises(DestinationNotUsable, match="not among yours"):
            withdrawn(session, destination_id=first.id)
        with pytest.raises(DestinationNotUsable):
            escrow.remove_destination(session, destination_id=first.id, owner_id=BOB, at=AT)

    assert withdrawn(session, destination_id=second.id, at=AT + timedelta(hours=72))
    assert told(session, first, EventKind.DESTINATION_VERIFIED)
    assert first.status == "removed"


def test_an_account_that_was_refused_in_between_does_not_wait_again(session: Session) -> None:
    bank = verified(session)
    told(session, bank, EventKind.DESTINATION_REFUSED)

    told(session, bank, EventKind.DESTINATION_VERIFIED, at=LATER)

    assert bank.usable_from == AT


def test_an_account_is_added_once_for_one_key(session: Session) -> None:
    bank = verified(session)

    assert verified(session) is bank
    with pytest.raises(KeyConflict):
        verified(session, label="•••• 4")


def test_a_day_has_its_limit(session: Session) -> None:
    deposit(session, BOB, "300000.00")
    bank = verified(session)
    for amount in ("50000.00", "49999.99", "49999.98", "49999.97", "49999.96"):
        withdrawn(session, amount, destination_id=bank.id)

    with pytest.raises(OverDailyLimit, match=r"250,?000\.00 USD.*0\.10 USD"):
        withdrawn(session, "1.00", destination_id=bank.id)

    assert withdrawn(session, "50000.00", destination_id=bank.id)
    assert withdrawn(session, "1.00", destination_id=bank.id, at=AT + timedelta(hours=24))


def test_what_came_back_does_not_count(session: Session) -> None:
    deposit(session, BOB, "500000.00")
    bank = verified(session)
    payout = withdrawn(session, "250000.00", destination_id=bank.id)
    escrow.refuse_payout(session, payout_id=payout.id, by=OLGA, why="Ask first", at=AT)

    assert withdrawn(session, "249999.99", destination_id=bank.id)


def test_two_people_let_a_large_withdrawal_go(session: Session) -> None:
    deposit(session, BOB, "60000.00")
    payout = withdrawn(session, "50000.01", destination_id=verified(session).id)
    assert payout.status == PayoutStatus.REVIEW
    assert escrow.verify(session).ok

    escrow.approve_payout(session, payout_id=payout.id, by=OLGA, at=AT)
    with pytest.raises(SameApprover):
        escrow.approve_payout(session, payout_id=payout.id, by=OLGA, at=AT)
    assert payout.status == PayoutStatus.REVIEW
    escrow.approve_payout(session, payout_id=payout.id, by=OSCAR, at=AT)

    assert states_of(session, payout) == ["review", "requested"]
    with pytest.raises(MoveNotAllowed):
        escrow.approve_payout(session, payout_id=payout.id, by=OSCAR, at=AT)


def test_one_person_refuses_a_large_withdrawal_and_the_money_is_back(session: Session) -> None:
    deposit(session, BOB, "60000.00")
    payout = withdrawn(session, "50000.01", destination_id=verified(session).id)

    escrow.refuse_payout(session, payout_id=payout.id, by=OLGA, why="Not him", at=AT)

    assert held(session, cash_of(BOB)) == dollars("60000.00")
    assert (payout.status, payout.failure) == (PayoutStatus.FAILED, "Not him")


@pytest.mark.parametrize("change", [update(PayoutApproval).values(by="me"), delete(PayoutApproval)])
def test_an_approval_stays_as_it_was_given(session: Session, change: Any) -> None:
    deposit(session, BOB, "60000.00")
    payout = withdrawn(session, "50000.01", destination_id=verified(session).id)
    escrow.approve_payout(session, payout_id=payout.id, by=OLGA, at=AT)
    session.flush()

    with pytest.raises(DBAPIError, match="what is written stays"), session.begin_nested():
        session.execute(change)


def test_a_bank_may_send_back_what_it_had_paid(session: Session) -> None:
    deposit(session, BOB, "100.00")
    payout = withdrawn(session, destination_id=verified(session).id)
    told(session, payout, EventKind.PAYOUT_PAID)

    assert told(session, payout, EventKind.PAYOUT_PAID)
    assert told(session, payout, EventKind.PAYOUT_FAILED, late=True, reason="account closed")
    assert not told(session, payout, EventKind.PAYOUT_PAID)

    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert states_of(session, payout) == ["requested", "sent", "paid", "failed"]
    assert escrow.verify(session).ok


def test_more_than_there_is_stays(session: Session) -> None:
    with pytest.raises(InsufficientFunds):
        withdrawn(session, destination_id=verified(session).id)


def test_a_saved_way_to_pay_is_kept_once(session: Session) -> None:
    method = escrow.begin_method(session, owner_id=BOB, gateway=BANK, at=AT)
    escrow.name_customer(session, method_id=method.id, customer="cus_1")

    assert told(session, method, EventKind.METHOD_SAVED, reference="pm_1", label="Visa •••• 4242")
    assert told(session, method, EventKind.METHOD_SAVED, reference="pm_2")

    assert (method.reference, method.customer) == ("pm_1", "cus_1")


def test_news_of_nobodys_account_waits(session: Session) -> None:
    stranger = begun(session)

    assert not told(session, stranger, EventKind.DESTINATION_VERIFIED)
    assert not told(session, stranger, EventKind.METHOD_SAVED, reference="pm_1")


def test_what_waits_for_somebody_is_listed(session: Session) -> None:
    deposit(session, BOB, "60000.00")
    bank = verified(session)
    payout = withdrawn(session, "50000.01", destination_id=bank.id)
    escrow.approve_payout(session, payout_id=payout.id, by=OLGA, at=AT)
    session.flush()

    (waiting,) = escrow.payouts_in_review(session)

    assert (waiting.id, waiting.approved_by) == (payout.id, (OLGA,))
    assert list(escrow.destinations_of(session, owner_id=BOB)) == [bank]
    assert escrow.usable_destination(session, owner_id=BOB, gateway=bank.gateway, at=AT) is bank
    assert escrow.usable_destination(session, owner_id=BOB, gateway="other", at=AT) is None


def test_what_is_owed_is_shown_to_its_lender_and_to_the_house(session: Session) -> None:
    debit = arrived(session)
    reserve(session, BOB, "70.00")
    told(session, debit, EventKind.DEPOSIT_RETURNED, reason="no account")

    (owed,) = escrow.owed(session, owner_id=BOB)

    assert (owed.outside, owed.house, owed.why) == (dollars("70.00"), dollars("0.00"), "no account")
    assert escrow.owed(session) == [owed]
    assert escrow.owed(session, owner_id=CAROL) == []


def test_proceeds_that_came_back_are_listed_until_they_are_sent_again(session: Session) -> None:
    alice = AccountRef(AccountKind.BORROWER, ALICE, USD)
    deposit(session, BOB, "100.00")
    reserve(session, BOB, "100.00")
    book(session, Posting(Movement.DISBURSE, LISTING, alice, dollars("100.00")))
    sent: dict[str, Any] = {
        "kind": AccountKind.BORROWER,
        "owner_id": ALICE,
        "amount": dollars("100.00"),
        "destination": "bank",
        "gateway": BANK,
        "at": AT,
    }
    payout = escrow.begin_payout(session, key="proceeds", **sent)
    told(session, payout, EventKind.PAYOUT_FAILED, reason="closed")

    (back,) = escrow.proceeds_that_came_back(session)
    assert (back.id, back.failure) == (payout.id, "closed")
    escrow.begin_payout(session, key=f"again:{payout.id}", **sent)

    assert escrow.proceeds_that_came_back(session) == []
