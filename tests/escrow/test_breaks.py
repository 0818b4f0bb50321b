"""Differences that nothing explains: who looks after them, and what settles them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

import escrow
from escrow import (
    AccountKind,
    AccountRef,
    BreakNotOpen,
    InsufficientFunds,
    Movement,
    Posting,
    Remedy,
    RemedyNotFitting,
    SameHands,
)
from kernel import NotFound
from tests.escrow.money_on_its_way import earn
from tests.escrow.outsides import (
    DAY,
    OLGA,
    OSCAR,
    breaks,
    counts,
    paid_in,
    provider,
    resolved,
    run,
    said,
    statement,
)
from tests.escrow.stories import (
    AT,
    BOB,
    CAROL,
    FEES,
    LOAN,
    STRIPE,
    USD,
    book,
    cash_of,
    dollars,
    held,
)

BANK = AccountRef(AccountKind.BANK, None, USD)


def test_a_break_goes_by_itself_when_the_line_comes_and_comes_again(session: Session) -> None:
    deposit = paid_in(session)
    provider(session)
    on = DAY + timedelta(days=8)
    run(session, on=on)
    (row,) = breaks(session)
    assert row.status == "open"

    line = said("100.00", deposit_id=str(deposit.id))
    provider(session, line)
    run(session, on=on)
    assert (row.status, row.resolved_by) == ("resolved", "system")
    provider(session, said("-1.00", deposit_id=str(deposit.id)))
    run(session, on=on + timedelta(days=1))

    assert (row.status, row.amount_minor, row.opened_on) == ("open", -100, on + timedelta(days=1))
    assert [event[1] for event in escrow.break_file(session, number=row.number, on=on).events] == [
        "open",
        "resolved",
        "open",
    ]


def test_unknown_money_is_given_to_a_lender_by_two_people(session: Session) -> None:
    statement(session, ("50.00", "no reference"))
    run(session)
    (row,) = breaks(session)
    assert escrow.bank_text(session, flow=row.flow).startswith("no reference")

    resolved(session, row, Remedy.GIVE, CAROL)
    assert held(session, cash_of(CAROL)) == dollars("0.00")
    with pytest.raises(SameHands):
        escrow.agree_to_break(session, break_id=row.id, by=OLGA, at=AT)
    with pytest.raises(BreakNotOpen):
        resolved(session, row, Remedy.GIVE, BOB)
    escrow.agree_to_break(session, break_id=row.id, by=OSCAR, at=AT)

    assert held(session, cash_of(CAROL)) == dollars("50.00")
    assert counts(run(session)) == (1, 0, 0)
    with pytest.raises(BreakNotOpen):
        escrow.agree_to_break(session, break_id=row.id, by=OSCAR, at=AT)


def test_what_was_proposed_is_withdrawn_when_the_difference_changes(session: Session) -> None:
    deposit = paid_in(session)
    provider(session, said("90.00", deposit_id=str(deposit.id)))
    run(session)
    (row,) = breaks(session)
    resolved(session, row, Remedy.TAKE, BOB)
    run(session)
    assert row.status == "proposed"

    provider(session, said("1.00", deposit_id=str(deposit.id)))
    run(session)

    assert (row.status, row.remedy, row.amount_minor) == ("assigned", None, -900)
    with pytest.raises(BreakNotOpen):
        escrow.agree_to_break(session, break_id=row.id, by=OSCAR, at=AT)


def test_money_that_was_given_too_much_is_taken_back(session: Session) -> None:
    deposit = paid_in(session)
    provider(session, said("90.00", deposit_id=str(deposit.id)))
    run(session)
    (row,) = breaks(session)

    resolved(session, row, Remedy.TAKE, BOB)
    escrow.agree_to_break(session, break_id=row.id, by=OSCAR, at=AT)

    assert held(session, cash_of(BOB)) == dollars("90.00")
    assert counts(run(session)) == (1, 0, 0)


def test_what_the_bank_took_is_borne_by_the_platform_as_far_as_it_can(session: Session) -> None:
    statement(session, ("-2.00", "bank charges"))
    run(session)
    (row,) = breaks(session)
    with pytest.raises(InsufficientFunds):
        resolved(session, row, Remedy.COST)
    earn(session, "10.00")

    resolved(session, row, Remedy.COST)

    assert held(session, FEES) == dollars("8.00")
    assert counts(run(session)) == (1, 0, 0)


def test_money_of_the_platforms_own_is_its_own(session: Session) -> None:
    statement(session, ("20.00", "from the platform"))
    run(session)

    resolved(session, breaks(session)[0], Remedy.FUND)

    assert held(session, FEES) == dollars("20.00")
    assert counts(run(session)) == (1, 0, 0)


def test_money_that_came_to_the_bank_though_the_book_has_it_at_the_provider(
    session: Session,
) -> None:
    entry = book(session, Posting(Movement.COLLECT, STRIPE, LOAN, dollars("30.00")))
    provider(session)
    statement(session, ("30.00", "a borrower"))
    later = DAY + timedelta(days=8)
    run(session, on=later)
    by_place = {row.place: row for row in breaks(session)}
    assert by_place["STRIPE"].flow == f"entry:{entry.id}"

    resolved(session, by_place["BANK"], Remedy.SETTLE, by_place["STRIPE"].flow)

    assert counts(run(session, on=later)) == (2, 0, 0)
    assert (held(session, STRIPE), held(session, BANK)) == (dollars("0.00"), dollars("-30.00"))
    assert {row.status for row in breaks(session)} == {"resolved"}


def test_a_line_is_linked_to_the_flow_it_belongs_to(session: Session) -> None:
    deposit = paid_in(session)
    provider(session, said("60.00", deposit_id=str(deposit.id)), said("40.00", ident="txn_rest"))
    run(session)
    rows = {row.flow: row for row in breaks(session)}
    assert set(rows) == {f"deposit:{deposit.id}", "provider:txn_rest"}

    resolved(session, rows["provider:txn_rest"], Remedy.LINK, f"deposit:{deposit.id}")

    assert counts(run(session)) == (1, 0, 0)


def test_an_entry_that_was_wrong_is_reversed_by_two_people(session: Session) -> None:
    entry = book(session, Posting(Movement.COLLECT, STRIPE, LOAN, dollars("30.00")))
    provider(session)
    run(session, on=DAY + timedelta(days=8))
    (row,) = breaks(session)

    resolved(session, row, Remedy.REVERSE, str(entry.id))
    escrow.agree_to_break(session, break_id=row.id, by=OSCAR, at=AT)

    assert counts(run(session)) == (1, 0, 0)
    assert row.entry_id is not None


@pytest.mark.parametrize(
    ("amount", "remedy", "subject", "why"),
    [
        ("5.00", Remedy.COST, "", "the difference lies the other way"),
        ("-5.00", Remedy.GIVE, str(BOB), "the difference lies the other way"),
        ("5.00", Remedy.GIVE, "", "say whose, or which"),
        ("5.00", Remedy.GIVE, "bob", "that is nobody's id"),
        ("5.00", Remedy.REVERSE, "x", "that is no entry"),
    ],
)
def test_what_cannot_settle_a_break_is_refused(
    session: Session, amount: str, remedy: Remedy, subject: str, why: str
) -> None:
    statement(session, (amount, "something"))
    run(session)

    with pytest.raises(RemedyNotFitting, match=why):
        resolved(session, breaks(session)[0], remedy, subject)


def test_some_remedies_are_for_the_bank_or_for_lines_alone(session: Session) -> None:
    deposit = paid_in(session, "5.00")
    provider(session, said("6.00", deposit_id=str(deposit.id)))
    run(session)
    (row,) = breaks(session)

    with pytest.raises(RemedyNotFitting, match="it is not at the bank"):
        resolved(session, row, Remedy.FUND)
    with pytest.raises(RemedyNotFitting, match="it belongs to a flow already"):
        resolved(session, row, Remedy.LINK, "deposit:1")


def test_a_break_has_an_owner_a_note_and_an_age(session: Session) -> None:
    statement(session, ("5.00", "something"))
    run(session)
    (row,) = breaks(session)

    for note in ("asking the bank", ""):
        escrow.assign_break(session, break_id=row.id, owner=OLGA, note=note, by=OSCAR, at=AT)

    (line,) = escrow.breaks(session, on=DAY + timedelta(days=3))
    assert (line.owner, line.note, line.age, line.status) == (
        OLGA,
        "asking the bank",
        3,
        "assigned",
    )
    resolved(session, row, Remedy.FUND)
    assert escrow.breaks(session, on=DAY) == ()
    assert len(escrow.breaks(session, on=DAY, everything=True)) == 1
    with pytest.raises(NotFound):
        escrow.break_file(session, number=0, on=DAY)


def test_a_day_may_be_reconciled_again_and_every_report_stays(session: Session) -> None:
    run(session)
    statement(session, ("5.00", "something"))
    run(session)
    run(session, on=DAY + timedelta(days=1))

    assert [(each.day, each.breaks) for each in escrow.reports(session)] == [
        (DAY + timedelta(days=1), 1),
        (DAY, 1),
    ]
    assert escrow.report_of(session, day=DAY).runs == 2
    with pytest.raises(NotFound):
        escrow.report_of(session, day=DAY - timedelta(days=1))


def test_only_the_banks_lines_have_words_of_the_bank(session: Session) -> None:
    assert escrow.bank_text(session, flow="deposit:1") == ""
    assert escrow.bank_text(session, flow="bank:0") == ""
