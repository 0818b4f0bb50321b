"""What a borrower pays in follows what the gateway tells of it."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

import escrow
from escrow import Collection, CollectionStatus, EventKind, KeyConflict
from kernel import new_id
from tests.escrow.money_on_its_way import BANK, states_of, told
from tests.escrow.stories import ALICE, AT, dollars

LOAN_ID = new_id()


def prepared(session: Session, **changes: Any) -> Collection:
    wanted: dict[str, Any] = {
        "owner_id": ALICE,
        "loan_id": LOAN_ID,
        "amount": dollars("100.00"),
        "kind": "installment",
        "key": "autopay:1",
        "gateway": BANK,
        "counts_on": AT.date(),
        "at": AT,
    }
    return escrow.begin_collection(session, **(wanted | changes))


def test_a_payment_is_written_down_once(session: Session) -> None:
    first = prepared(session)

    assert prepared(session) is first
    with pytest.raises(KeyConflict):
        prepared(session, amount=dollars("99.00"))
    assert list(escrow.collections_of(session, loan_id=LOAN_ID)) == [first]
    assert list(escrow.waiting_collections(session, gateway=BANK.name)) == []


def test_a_payment_is_received_returned_and_received_again(session: Session) -> None:
    row = prepared(session)

    assert told(session, row, EventKind.COLLECTION_PROCESSING)
    assert told(session, row, EventKind.COLLECTION_RECEIVED, amount_minor=100_00)
    assert told(session, row, EventKind.COLLECTION_PROCESSING)
    assert not told(session, row, EventKind.COLLECTION_FAILED)
    assert told(session, row, EventKind.COLLECTION_RETURNED, reason="fraudulent", code="x")
    assert told(session, row, EventKind.COLLECTION_RECEIVED)
    assert (row.status, row.failure, row.code) == ("returned", "fraudulent", "x")
    assert told(session, row, EventKind.COLLECTION_REINSTATED)

    assert row.round == 2
    assert states_of(session, row) == ["prepared", "processing", "received", "returned", "received"]


def test_another_amount_than_was_asked_for_waits_for_a_person(session: Session) -> None:
    row = prepared(session)

    assert not told(session, row, EventKind.COLLECTION_RECEIVED, amount_minor=99_00)
    assert row.status == CollectionStatus.PREPARED


def test_what_failed_may_be_paid_all_the_same(session: Session) -> None:
    row = prepared(session)

    assert told(session, row, EventKind.COLLECTION_FAILED, reason="declined")
    assert told(session, row, EventKind.COLLECTION_PROCESSING)
    assert row.status == CollectionStatus.FAILED
    assert told(session, row, EventKind.COLLECTION_RECEIVED)

    assert (row.status, row.failure) == ("received", None)


def test_a_debit_that_is_prepared_is_cancelled_and_no_payment_by_hand(session: Session) -> None:
    method = escrow.begin_method(session, owner_id=ALICE, gateway=BANK, at=AT)
    debit = prepared(session, method_id=method.id)
    by_hand = prepared(session, key="by hand")

    gone = escrow.cancel_prepared(session, loan_id=LOAN_ID, by="alice", why="cancelled", at=AT)

    assert list(gone) == [debit]
    assert (debit.status, by_hand.status) == ("cancelled", "prepared")
    assert not told(session, debit, EventKind.COLLECTION_RECEIVED)
