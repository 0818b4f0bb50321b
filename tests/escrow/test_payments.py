from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
from escrow import (
    AccountKind,
    AccountRef,
    Deposit,
    DepositStatus,
    DepositTooSmall,
    Event,
    GatewayEvent,
    InsufficientFunds,
    KeyConflict,
    Movement,
    Payout,
    PayoutStatus,
    Posting,
    SandboxGateway,
)
from kernel import StatusEvent
from tests.escrow.stories import (
    ALICE,
    AT,
    BOB,
    CAROL,
    LISTING,
    STRIPE,
    USD,
    book,
    cash_of,
    deposit,
    dollars,
    held,
    reserve,
)

BANK = SandboxGateway("a secret")
TRANSIT = AccountRef(AccountKind.TRANSIT, BOB, USD)


def begun(session: Session, amount: str = "100.00", **changes: Any) -> Deposit:
    wanted: dict[str, Any] = {
        "owner_id": BOB,
        "amount": dollars(amount),
        "key": "d",
        "gateway": BANK,
        "at": AT,
    }
    return escrow.begin_deposit(session, **(wanted | changes))


def withdrawn(session: Session, amount: str = "40.00", **changes: Any) -> Payout:
    wanted: dict[str, Any] = {
        "kind": AccountKind.LENDER,
        "owner_id": BOB,
        "amount": dollars(amount),
        "destination": "bank account ··42",
        "key": "p",
        "gateway": BANK,
        "at": AT,
    }
    return escrow.begin_payout(session, **(wanted | changes))


def told(session: Session, *events: Event) -> list[bool]:
    """Receive events; return for each whether it has its place."""
    return [escrow.receive(session, event=event, at=AT).applied_at is not None for event in events]


def states_of(session: Session, subject: Deposit | Payout) -> list[str]:
    session.flush()
    return list(
        session.scalars(
            select(StatusEvent.to_state)
            .where(StatusEvent.subject_id == subject.id)
            .order_by(StatusEvent.id)
        )
    )


def test_a_deposit_reaches_the_book_when_it_has_arrived(session: Session) -> None:
    deposit = begun(session)
    assert held(session, cash_of(BOB)).is_zero

    assert told(session, BANK.pay(deposit)) == [True]

    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert deposit.finished_at == AT
    assert states_of(session, deposit) == ["initiated", "available"]


def test_pressing_pay_twice_pays_once(session: Session) -> None:
    deposit = begun(session)

    assert told(session, BANK.pay(deposit), BANK.pay(deposit)) == [True, True]

    assert held(session, cash_of(BOB)) == dollars("100.00")


def test_the_same_news_under_another_id_is_harmless(session: Session) -> None:
    deposit = begun(session)
    again = Event("other id", "deposit.succeeded", str(deposit.id))

    assert told(session, BANK.pay(deposit), again) == [True, True]

    assert held(session, cash_of(BOB)) == dollars("100.00")


def test_a_declined_deposit_books_nothing_and_says_why(session: Session) -> None:
    deposit = begun(session)

    told(session, BANK.decline(deposit, "no money there"))

    assert (deposit.status, deposit.failure) == (DepositStatus.FAILED, "no money there")
    assert held(session, cash_of(BOB)).is_zero


def test_news_that_contradicts_is_kept_for_a_person_to_see(session: Session) -> None:
    deposit = begun(session)

    assert told(session, BANK.pay(deposit), BANK.decline(deposit)) == [True, False]

    assert deposit.status == DepositStatus.AVAILABLE
    open_events = session.scalars(select(GatewayEvent).where(GatewayEvent.applied_at.is_(None)))
    assert [event.kind for event in open_events] == ["deposit.failed"]


def test_a_deposit_is_begun_once_for_one_key(session: Session) -> None:
    first = begun(session)

    assert begun(session) is first
    with pytest.raises(KeyConflict):
        begun(session, "200.00")
    with pytest.raises(KeyConflict):
        begun(session, owner_id=CAROL)


def test_a_deposit_is_at_least_one_unit(session: Session) -> None:
    with pytest.raises(DepositTooSmall, match=r"at least 1\.00 USD"):
        begun(session, "0.99")


def test_a_gateways_reference_names_its_deposit(session: Session) -> None:
    deposit = begun(session)
    deposit.reference = "pi_123"

    assert told(session, Event("e", "deposit.succeeded", "pi_123")) == [True]

    assert deposit.status == DepositStatus.AVAILABLE


def test_news_of_nothing_we_know_is_stored_and_tried_again(session: Session) -> None:
    early = Event("e 1", "deposit.succeeded", "pi_123")
    unknown = Event("e 2", "mandate.updated", "m_1")
    lost = Event("e 3", "payout.paid", "po_1")
    assert told(session, early, unknown, lost) == [False, False, False]

    begun(session).reference = "pi_123"

    assert told(session, early, unknown, lost) == [True, False, False]
    assert held(session, cash_of(BOB)) == dollars("100.00")


def test_a_payout_waits_in_transit_until_it_has_arrived(session: Session) -> None:
    deposit(session, BOB, "100.00")

    payout = withdrawn(session)

    assert held(session, cash_of(BOB)) == dollars("60.00")
    assert held(session, TRANSIT) == dollars("40.00")
    assert escrow.verify(session).ok

    told(session, *BANK.send(payout))

    assert held(session, TRANSIT).is_zero
    assert held(session, STRIPE) == dollars("-60.00")
    assert states_of(session, payout) == ["requested", "sent", "paid"]
    assert escrow.verify(session).ok


def test_a_payout_to_a_borrower_takes_the_proceeds(session: Session) -> None:
    alice = AccountRef(AccountKind.BORROWER, ALICE, USD)
    deposit(session, BOB, "100.00")
    reserve(session, BOB, "100.00")
    book(session, Posting(Movement.DISBURSE, LISTING, alice, dollars("100.00")))

    payout = withdrawn(session, "100.00", kind=AccountKind.BORROWER, owner_id=ALICE)
    told(session, *BANK.send(payout))

    assert held(session, alice).is_zero
    assert held(session, STRIPE).is_zero


def test_a_payout_that_fails_puts_the_money_back_and_says_why(session: Session) -> None:
    deposit(session, BOB, "100.00")
    payout = withdrawn(session)

    sent, _ = BANK.send(payout)
    told(session, sent, BANK.bounce(payout, "account closed"))

    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert (payout.status, payout.failure) == (PayoutStatus.FAILED, "account closed")
    assert states_of(session, payout) == ["requested", "sent", "failed"]


@pytest.mark.parametrize("last", ["paid", "failed"])
def test_news_of_a_payout_may_come_twice_and_in_any_order(session: Session, last: str) -> None:
    deposit(session, BOB, "300.00")
    for number, order in enumerate(permutations(["sent", last, "sent", last])):
        payout = withdrawn(session, "10.00", key=f"p {number}")
        events = {
            "sent": BANK.send(payout)[0],
            "paid": BANK.send(payout)[1],
            "failed": BANK.bounce(payout),
        }

        assert all(told(session, *(events[kind] for kind in order)))
        assert payout.status == last

    left = "60.00" if last == "paid" else "300.00"
    assert held(session, cash_of(BOB)) == dollars(left)
    assert held(session, TRANSIT).is_zero
    assert escrow.verify(session).ok


def test_a_payout_that_arrived_does_not_come_back_unseen(session: Session) -> None:
    deposit(session, BOB, "100.00")
    payout = withdrawn(session)
    told(session, *BANK.send(payout))

    assert told(session, BANK.bounce(payout)) == [False]

    assert payout.status == PayoutStatus.PAID


def test_nobody_withdraws_more_than_they_hold(session: Session) -> None:
    deposit(session, BOB, "39.99")

    with pytest.raises(InsufficientFunds):
        withdrawn(session)

    assert session.scalar(select(Payout)) is None


def test_a_payout_is_begun_once_for_one_key(session: Session) -> None:
    deposit(session, BOB, "100.00")
    first = withdrawn(session)

    assert withdrawn(session) is first
    with pytest.raises(KeyConflict):
        withdrawn(session, "41.00")
    with pytest.raises(KeyConflict):
        withdrawn(session, destination="bank account ··43")
    with pytest.raises(KeyConflict):
        withdrawn(session, kind=AccountKind.BORROWER)
    assert held(session, cash_of(BOB)) == dollars("60.00")


def test_the_demo_bank_knows_its_own_links(session: Session) -> None:
    deposit = begun(session)
    path, token = BANK.checkout_url(deposit).split("?token=")

    assert path == f"/sandbox/deposits/{deposit.id}"
    assert BANK.accepts(deposit, token)
    assert not BANK.accepts(deposit, token[:-1] + "é")
    assert not SandboxGateway("another secret").accepts(deposit, token)


def test_an_owner_sees_what_is_on_its_way_newest_first(session: Session) -> None:
    arrived = begun(session)
    told(session, BANK.pay(arrived))
    declined = begun(session, "5.00", key="d 2", at=AT + timedelta(hours=1))
    told(session, BANK.decline(declined, "no money there"))
    withdrawn(session, at=AT + timedelta(hours=2))
    session.flush()

    seen = escrow.transfers_of(session, owner_id=BOB)

    assert [(each.amount, each.status, each.destination, each.failure) for each in seen] == [
        (dollars("-40.00"), "requested", "bank account ··42", ""),
        (dollars("5.00"), "failed", "", "no money there"),
        (dollars("100.00"), "available", "", ""),
    ]
    assert escrow.transfers_of(session, owner_id=BOB, limit=1) == seen[:1]
