"""A call to the gateway: its key is written before it is made, and follows from the intent."""

from datetime import timedelta

from sqlalchemy.orm import Session

import escrow
from escrow import GatewayEvent, Message, payment_policy
from tests.escrow.stories import AT, BOB

HOUR = timedelta(hours=1)


def test_the_same_intent_is_the_same_call(session: Session) -> None:
    first = escrow.prepare_call(session, purpose="payout", subject_id=BOB, at=AT)

    again = escrow.prepare_call(session, purpose="payout", subject_id=BOB, at=AT + HOUR)
    other = escrow.prepare_call(session, purpose="transfer", subject_id=BOB, at=AT)

    assert again is first
    assert first.key == f"payout:{BOB}:1"
    assert other.key == f"transfer:{BOB}:1"


def test_what_a_call_made_is_kept_whatever_is_recorded_after_it(session: Session) -> None:
    call = escrow.prepare_call(session, purpose="payout", subject_id=BOB, at=AT)

    escrow.record_call(session, key=call.key, at=AT, reference="po_1")
    escrow.record_call(session, key=call.key, at=AT, error="too late")

    assert (call.reference, call.error, call.finished_at) == ("po_1", None, AT)


def test_a_call_is_looked_up_once_it_is_doubtful_or_old(session: Session) -> None:
    call = escrow.prepare_call(session, purpose="payout", subject_id=BOB, at=AT)
    within = payment_policy().retry_within
    assert not escrow.must_look(call, at=AT + within)
    assert escrow.must_look(call, at=AT + within + HOUR)

    escrow.record_call(session, key=call.key, at=AT, error="500", doubtful=True)

    assert escrow.must_look(call, at=AT)
    assert call.finished_at is None


def test_a_call_that_did_not_act_is_made_again_under_its_next_key(session: Session) -> None:
    call = escrow.prepare_call(session, purpose="payout", subject_id=BOB, at=AT)

    second = escrow.repeat_call(session, key=call.key, at=AT + HOUR)

    assert escrow.repeat_call(session, key=call.key, at=AT + HOUR) is second
    assert second.key == f"payout:{BOB}:2"
    assert call.error == "it did not act"
    found = escrow.prepare_call(session, purpose="payout", subject_id=BOB, at=AT + HOUR)
    assert found is second


def test_a_message_is_stored_once_and_finished_once(session: Session) -> None:
    message = Message("evt_1", "payout.paid", "po_1", "acct_1")
    for _again in range(2):
        escrow.take_message(session, message=message, at=AT)

    for hours in (1, 2):
        escrow.finish_message(session, message_id="evt_1", at=AT + hours * HOUR)

    row = session.get_one(GatewayEvent, "evt_1")
    assert row.payload == {"object": "po_1", "account": "acct_1"}
    assert row.applied_at == AT + HOUR
