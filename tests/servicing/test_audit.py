"""Break one thing from the inside, and the audit must name it."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from escrow import AccountKind, AccountRef, Movement, Posting, post
from servicing import Loan, RepaymentKind, audit
from tests.support.loans import BOB, USD, a_listing, a_loan, noon, pays
from tests.support.plans import usd

FIRST_DUE = date(2026, 2, 15)


def a_book(session: Session) -> Loan:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)
    settled = a_loan(session)
    pays(session, settled, "1300.00", FIRST_DUE, kind=RepaymentKind.PAYOFF)
    a_listing(session)
    session.flush()
    session.expire_all()
    return loan


def codes(session: Session) -> set[str]:
    return {finding.code for finding in audit(session).findings}


def test_a_sound_book_has_no_findings_and_says_what_was_looked_at(session: Session) -> None:
    a_book(session)

    found = audit(session)

    assert found.ok
    assert found.checked == {"loans": 2, "notes": 6, "repayments": 2, "listings": 3}


def test_a_loan_may_owe_more_than_a_small_integer_holds(session: Session) -> None:
    a_loan(session, lenders=((BOB, "30000000.00"),))

    assert audit(session).ok


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE loan SET outstanding_minor = outstanding_minor + 1", "notes_differ_from_loan"),
        ("UPDATE note SET principal_minor = principal_minor + 1", "notes_lent_differ"),
        (
            "UPDATE note SET principal_minor = principal_minor + 1 WHERE fee_paid_minor > 1",
            "note_without_its_principal",
        ),
        ("UPDATE note SET received_late_fee_minor = -1 WHERE seq = 1", "note_below_zero"),
        ("UPDATE loan SET paid_interest_minor = paid_interest_minor + 1", "loan_totals_differ"),
        ("UPDATE note SET fee_paid_minor = fee_paid_minor + 1", "note_differs_from_shares"),
        ("UPDATE loan SET outstanding_minor = outstanding_minor + 1", "state_differs_from_loan"),
        ("UPDATE loan SET charged_off_minor = 5", "loss_differs"),
        ("UPDATE loan SET next_event_on = '2030-01-01'", "ended_loan_has_an_event"),
        ("UPDATE loan SET rate = rate + 1000000", "state_differs_from_payments"),
        ("UPDATE loan SET terms = '{}'", "state_differs_from_payments"),
        (
            "UPDATE lender_order SET status = 'reserved' WHERE status = 'filled'",
            "listing_differs_from_orders",
        ),
        (
            "UPDATE listing SET status = 'expired' WHERE status = 'funded'",
            "listing_differs_from_orders",
        ),
        ("UPDATE listing SET status = 'withdrawn', reserved_minor = 0", "listing_account_differs"),
    ],
)
def test_what_was_tampered_with_is_found(session: Session, statement: str, code: str) -> None:
    a_book(session)

    session.execute(text(statement))

    assert code in codes(session)


def test_a_payment_whose_parts_do_not_add_up_is_found(session: Session) -> None:
    loan = a_book(session)
    _insert_repayment(session, loan, amount=100, interest=99)

    found = codes(session)

    assert {"repayment_parts_differ", "shares_differ_from_repayment"} <= found


def test_money_that_rests_on_a_loan_is_found(session: Session) -> None:
    loan = a_book(session)
    _collect(session, loan)

    assert codes(session) == {"money_rests_on_loan"}


def test_an_audit_of_some_loans_leaves_the_others_alone(session: Session) -> None:
    sound, other = a_book(session), a_loan(session)
    other.outstanding_minor -= 1
    session.flush()

    assert audit(session, loan_ids=[sound.id]).ok
    assert not audit(session, loan_ids=[other.id]).ok
    assert audit(session, loan_ids=[sound.id, other.id]).checked == {"loans": 2}
    assert audit(session, loan_ids=[]).ok


def _insert_repayment(session: Session, loan: Loan, *, amount: int, interest: int) -> None:
    columns = {
        "seq": 99,
        "key": "'x'",
        "kind": "'recovery'",
        "paid_on": "paid_on",
        "at": "at",
        "amount_minor": amount,
        "currency": "currency",
        "principal_minor": 0,
        "interest_minor": interest,
        "late_fee_minor": 0,
        "late_fee_kept_minor": 0,
        "recovery_minor": 0,
        "collection_fee_minor": 0,
        "servicing_fee_minor": 0,
        "excess_minor": 0,
        "entry_id": "entry_id",
        "state_before": "state_before",
        "loan_id": "loan_id",
    }
    values = ", ".join(str(value) for value in columns.values())
    another = "'00000000000000000000000000000001'"
    if session.get_bind().dialect.name == "postgresql":
        another += "::uuid"
    session.execute(
        text(
            f"INSERT INTO repayment (id, {', '.join(columns)}) "
            f"SELECT {another}, {values} FROM repayment WHERE kind = 'installment'"
        )
    )
    assert loan.notes == 3


def _collect(session: Session, loan: Loan) -> None:
    outside = AccountRef(AccountKind.STRIPE, None, USD)
    post(
        session,
        key="stray",
        postings=[Posting(Movement.COLLECT, outside, loan.account_id, usd("1.00"))],
        at=noon(FIRST_DUE),
        memo="stray money",
    )
