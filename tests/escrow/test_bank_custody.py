"""Client money in a bank account of the house: references, files for the bank, statements."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy.orm import Session

import escrow
from escrow import (
    AccountKind,
    AccountRef,
    BankGateway,
    CustodyKind,
    CustodyUnchanged,
    NothingToPost,
    Payout,
    SameHands,
)
from escrow.references import reference_for
from kernel import Currency, MoveNotAllowed, NotFound
from tests.escrow.outsides import OLGA, OSCAR, breaks, counts, run, statement
from tests.escrow.stories import AT, BOB, CAROL, USD, cash_of, dollars, held

BANK = AccountRef(AccountKind.BANK, None, USD)


def reference(session: Session, owner: Any = BOB) -> str:
    return escrow.payment_reference(session, owner_id=owner, at=AT)


def leaving(session: Session, amount: str, key: str) -> Payout:
    """Return a withdrawal of bob's that leaves by a file for the bank."""
    bank = BankGateway()
    row = escrow.add_destination(
        session, owner_id=BOB, label="•••• 2051", key=f"to {key}", gateway=bank, at=AT
    )
    row.reference = f"bank:{key}:DE02120300000000202051"
    escrow.receive(session, event=bank.verify(row), at=AT)
    row.usable_from = AT
    return escrow.withdraw(
        session,
        owner_id=BOB,
        destination_id=row.id,
        amount=dollars(amount),
        key=key,
        gateway=bank,
        at=AT,
    )


def rows_of(session: Session, file_id: Any) -> list[dict[str, str]]:
    body = escrow.payment_file_body(session, file_id=file_id)
    return list(csv.DictReader(io.StringIO(body)))


def test_a_line_with_a_lenders_reference_is_their_deposit(session: Session) -> None:
    statement(session, ("100.00", f"Invoice {reference(session)} thanks"))

    report = run(session)

    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert held(session, BANK) == dollars("-100.00")
    assert counts(report) == (1, 0, 0)
    assert counts(run(session)) == (1, 0, 0)


def test_a_reference_stays_its_lenders_own(session: Session) -> None:
    taken = reference_for(CAROL)
    session.add(escrow.PaymentReference(owner_id=BOB, reference=taken, created_at=AT))
    session.flush()

    assert reference(session) == taken
    assert reference(session, CAROL) == reference_for(CAROL, attempt=1)
    assert escrow.shown_reference(taken).replace(" ", "") == taken


@pytest.mark.parametrize("amount", ["0.50", "-20.00"])
def test_too_little_or_money_that_leaves_is_nobodys_deposit(session: Session, amount: str) -> None:
    statement(session, (amount, reference(session)))

    assert counts(run(session)) == (0, 0, 1)


def test_a_line_with_two_references_or_with_nobodys_is_a_break(session: Session) -> None:
    both = f"{reference(session)} {reference(session, CAROL)}"
    statement(session, ("10.00", both), ("11.00", reference_for(OSCAR_ID)))

    assert counts(run(session)) == (0, 0, 2)


OSCAR_ID = BOB.__class__(int=99)


def test_the_same_file_twice_and_the_same_line_in_another_file_bring_nothing_new(
    session: Session,
) -> None:
    head = b"account,booked_on,amount,currency,bank_reference,text\n"
    one = b"DE1,2026-01-05,1.00,USD,B1,x\n"
    two = b"DE1,2026-01-06,2.00,USD,B2,y\n"

    first, again, other = (
        escrow.import_bank_file(session, body=body, name="f", by=OLGA, at=AT)
        for body in (head + one, head + one, head + one + two)
    )

    assert first.id == again.id
    assert (first.fresh, other.lines, other.fresh) == (1, 2, 1)
    assert [each.fresh for each in escrow.statement_files(session)] == [1, 1]


def test_a_payout_leaves_in_a_file_and_is_paid_by_its_line(session: Session) -> None:
    statement(session, ("100.00", reference(session)))
    run(session)
    payout = leaving(session, "40.00", "w")

    file = escrow.make_payment_file(session, currency=USD, by=OLGA, at=AT)
    (row,) = rows_of(session, file.id)
    assert (row["account"], row["amount"]) == ("DE02120300000000202051", "40.00")
    assert payout.status == "sent"
    assert counts(run(session)) == (1, 0, 0)
    statement(session, ("-40.00", f"PAYOUT {row['end_to_end_id']}"))

    assert counts(run(session)) == (2, 0, 0)
    assert payout.status == "paid"
    assert held(session, BANK) == dollars("-60.00")


def test_a_payout_that_the_bank_sends_back_is_put_back(session: Session) -> None:
    statement(session, ("100.00", reference(session)))
    run(session)
    payout = leaving(session, "40.00", "w")
    statement(session, ("-40.00", payout.id.hex), ("40.00", f"RETURN {payout.id.hex}"))

    report = run(session)

    assert payout.status == "failed"
    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert counts(report) == (2, 0, 0)


def test_a_file_that_the_bank_books_whole_pays_all_of_it(session: Session) -> None:
    statement(session, ("100.00", reference(session)))
    run(session)
    payouts = [leaving(session, "10.00", "a"), leaving(session, "20.00", "b")]
    file = escrow.make_payment_file(session, currency=USD, by=OLGA, at=AT)

    statement(session, ("-30.00", f"BATCH PF{file.number}"))

    assert counts(run(session)) == (2, 0, 0)
    assert {payout.status for payout in payouts} == {"paid"}
    assert [each.payouts for each in escrow.payment_files(session)] == [2]


@pytest.mark.parametrize("text", ["PF{file}", "PF999999", "{payout}", "{stranger}"])
def test_a_line_of_another_amount_or_name_pays_nothing(session: Session, text: str) -> None:
    statement(session, ("100.00", reference(session)))
    run(session)
    payout = leaving(session, "10.00", "a")
    file = escrow.make_payment_file(session, currency=USD, by=OLGA, at=AT)
    named = text.format(file=file.number, payout=payout.id.hex, stranger=BOB.hex)

    statement(session, ("-9.99", named))
    run(session)

    assert payout.status == "sent"
    assert len(breaks(session)) == 1


def test_a_file_holds_only_what_waits(session: Session) -> None:
    with pytest.raises(NothingToPost):
        escrow.make_payment_file(session, currency=Currency.EUR, by=OLGA, at=AT)
    with pytest.raises(NotFound):
        escrow.payment_file_body(session, file_id=BOB)


def test_proceeds_without_an_account_leave_the_place_empty(session: Session) -> None:
    statement(session, ("100.00", reference(session)))
    run(session)
    escrow.begin_payout(
        session,
        kind=AccountKind.LENDER,
        owner_id=BOB,
        amount=dollars("5.00"),
        destination="on file",
        key="p",
        gateway=BankGateway(),
        at=AT,
    )

    file = escrow.make_payment_file(session, currency=USD, by=OLGA, at=AT)

    assert rows_of(session, file.id)[0]["account"] == ""


def test_the_bank_is_never_called() -> None:
    bank = BankGateway()
    row = escrow.Deposit(id=BOB)

    assert bank.checkout_url(row) == "/wallet/deposits/new"
    assert (bank.send(row), bank.held()) == ([], {})
    assert bank.balance_page(since=AT, until=AT).lines == ()


def test_the_demo_bank_keeps_no_account() -> None:
    bank = escrow.SandboxGateway("a secret")

    assert (bank.held(), bank.balance_page(since=AT, until=AT).after) == ({}, "")


def test_where_money_rests_is_chosen_by_two_people_and_the_history_stays(session: Session) -> None:
    assert escrow.custody(session) is None
    first = escrow.propose_custody(session, kind=CustodyKind.BANK, why="trust", by=OLGA, at=AT)
    with pytest.raises(CustodyUnchanged):
        escrow.propose_custody(session, kind=CustodyKind.STRIPE, why="", by=OLGA, at=AT)
    with pytest.raises(SameHands):
        escrow.decide_custody(session, choice_id=first.id, agreed=True, by=OLGA, at=AT)
    escrow.decide_custody(session, choice_id=first.id, agreed=True, by=OSCAR, at=AT)
    with pytest.raises(CustodyUnchanged):
        escrow.propose_custody(session, kind=CustodyKind.BANK, why="", by=OLGA, at=AT)

    second = escrow.propose_custody(session, kind=CustodyKind.STRIPE, why="", by=OLGA, at=AT)
    escrow.decide_custody(session, choice_id=second.id, agreed=False, by=OSCAR, at=AT)
    third = escrow.propose_custody(session, kind=CustodyKind.STRIPE, why="", by=OSCAR, at=AT)
    escrow.decide_custody(session, choice_id=third.id, agreed=True, by=OLGA, at=AT)

    now = escrow.custody(session)
    assert now is not None
    assert now.kind == "stripe"
    assert sorted(each.status for each in escrow.choices(session)) == [
        "in_force",
        "refused",
        "replaced",
    ]
    with pytest.raises(MoveNotAllowed):
        escrow.decide_custody(session, choice_id=third.id, agreed=True, by=OLGA, at=AT)
