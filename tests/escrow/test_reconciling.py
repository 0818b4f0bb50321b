"""The book held against the provider and the bank, day by day."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

import escrow
from escrow import (
    AccountKind,
    AccountRef,
    EventKind,
    Movement,
    Posting,
    Remedy,
    RemedyNotFitting,
)
from tests.escrow.camts import camt, entry, item
from tests.escrow.money_on_its_way import earn, told, verified
from tests.escrow.outsides import (
    BY_STRIPE,
    DAY,
    OLGA,
    OSCAR,
    breaks,
    counts,
    paid_in,
    provider,
    reasons,
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


def test_without_the_providers_word_its_place_is_not_compared(session: Session) -> None:
    paid_in(session)

    report = run(session)

    assert counts(report) == (0, 0, 0)
    assert escrow.report_of(session, day=DAY).body["standings"] == []


def test_a_deposit_that_both_know_clears_and_its_price_is_paid_from_fees(session: Session) -> None:
    deposit = paid_in(session)
    book(session, Posting(Movement.FUND, BANK, FEES, dollars("10.00")))
    statement(session, ("10.00", "own money"))
    provider(session, said("100.00", fee="3.20", deposit_id=str(deposit.id)))

    report = run(session, held={USD: dollars("96.80")})

    assert counts(report) == (3, 0, 0)
    assert held(session, FEES) == dollars("6.80")


def test_a_price_that_fees_cannot_pay_waits_and_is_paid_later(session: Session) -> None:
    deposit = paid_in(session)
    provider(session, said("100.00", fee="3.20", deposit_id=str(deposit.id)))

    first = run(session)
    assert counts(first) == (1, 1, 0)
    assert reasons(session, first) == [("cost_waits", -320)]
    book(session, Posting(Movement.FUND, BANK, FEES, dollars("5.00")))
    statement(session, ("5.00", "own money"))

    assert counts(run(session)) == (3, 0, 0)
    assert held(session, FEES) == dollars("1.80")


def test_the_same_lines_told_again_are_the_same_and_a_reading_goes_on_where_it_was_left(
    session: Session,
) -> None:
    lines = [said("1.00", deposit_id=str(uuid4())) for _ in range(5)]
    fetch = escrow.begin_fetch(session, gateway="stripe", at=AT)
    page = escrow.BalancePage(tuple(lines[:2]), lines[1].id)
    escrow.take_page(session, fetch_id=fetch.id, page=page, at=AT)

    left = escrow.begin_fetch(session, gateway="stripe", at=AT + timedelta(days=1))
    assert (left.id, left.cursor) == (fetch.id, lines[1].id)
    provider(session, *lines, page=2)
    provider(session, *lines)

    assert counts(run(session)) == (0, 0, 5)


def test_money_that_is_held_or_of_which_news_is_awaited_is_explained(session: Session) -> None:
    waiting = escrow.begin_deposit(
        session, owner_id=BOB, amount=dollars("7.00"), key="w", gateway=BY_STRIPE, at=AT
    )
    holding = escrow.begin_deposit(
        session, owner_id=BOB, amount=dollars("9.00"), key="h", gateway=BY_STRIPE, at=AT
    )
    told(session, holding, EventKind.DEPOSIT_SUCCEEDED, method="bank_debit")
    provider(
        session,
        said("7.00", deposit_id=str(waiting.id)),
        said("9.00", deposit_id=str(holding.id)),
    )

    report = run(session)

    assert sorted(reasons(session, report)) == [("held", 900), ("news_awaited", 700)]
    assert counts(run(session, on=DAY + timedelta(days=4))) == (0, 1, 1)


def test_a_payout_on_its_way_is_explained_and_clears_when_it_has_arrived(session: Session) -> None:
    deposit = paid_in(session)
    to = verified(session, gateway=BY_STRIPE)
    payout = escrow.withdraw(
        session,
        owner_id=BOB,
        destination_id=to.id,
        amount=dollars("40.00"),
        key="out",
        gateway=BY_STRIPE,
        at=AT,
    )
    sent = said("-40.00", "transfer", source="tr_1", payout_id=str(payout.id))
    provider(session, said("100.00", deposit_id=str(deposit.id)), sent)
    assert reasons(session, run(session)) == [("on_its_way", -4000)]

    told(session, payout, EventKind.PAYOUT_PAID)
    assert counts(run(session)) == (2, 0, 0)
    told(session, payout, EventKind.PAYOUT_FAILED, late=True)
    assert reasons(session, run(session)) == [("being_taken_back", -4000)]
    call = escrow.prepare_call(session, purpose="transfer", subject_id=payout.id, at=AT)
    escrow.record_call(session, key=call.key, at=AT, reference="tr_1")
    provider(session, said("40.00", "transfer_refund", source="trr_1", parent="tr_1"))

    assert counts(run(session)) == (2, 0, 0)


def test_what_is_owed_outside_for_a_returned_deposit_is_a_line_of_its_own_and_met_from_later_fees(
    session: Session,
) -> None:
    deposit = paid_in(session)
    book(session, Posting(Movement.TRADE, cash_of(BOB), cash_of(CAROL), dollars("80.00")))
    told(session, deposit, EventKind.DEPOSIT_RETURNED, reference="dp_1", amount_minor=100_00)
    charge = said("100.00", source="ch_x", deposit_id=str(deposit.id))
    provider(session, charge, said("-100.00", "adjustment", source="dp_1", parent="ch_x"))

    report = run(session)
    assert reasons(session, report) == [("owed_outside", -8000)]
    body = escrow.report_of(session, day=DAY).body["standings"][0]
    assert body["lines"] - body["book"] == -8000

    earn(session, "200.00")
    provider(session, said("200.00", flow="x"))
    run(session)

    assert escrow.owed(session)[0].outside.minor == 0
    assert held(session, FEES) == dollars("120.00")


def test_a_dispute_is_known_by_its_charge_before_anything_is_booked(session: Session) -> None:
    deposit = paid_in(session)
    charge = said("100.00", source="ch_y", deposit_id=str(deposit.id))
    provider(session, charge, said("-100.00", "adjustment", source="dp_9", parent="ch_y"))

    run(session)

    (row,) = breaks(session)
    assert (row.flow, row.amount_minor, row.found) == (f"deposit:{deposit.id}", -100_00, "amount")


def test_what_the_provider_pays_to_our_bank_is_settled_when_both_have_said_it(
    session: Session,
) -> None:
    deposit = paid_in(session)
    charge = said("100.00", deposit_id=str(deposit.id))
    out = said("-100.00", "payout", source="po_automatic")
    provider(session, charge, out)
    escrow.take_bundle(session, payout="po_automatic", lines=[charge.id, "txn_unknown"])
    escrow.take_bundle(session, payout="po_automatic", lines=[charge.id])
    assert reasons(session, run(session)) == [("to_our_bank", -10000)]

    statement(session, ("100.00", "transfer of the provider"))

    assert counts(run(session, held={USD: dollars("0.00")})) == (3, 0, 0)
    assert held(session, BANK) == dollars("-100.00")
    assert held(session, STRIPE) == dollars("0.00")
    assert counts(run(session)) == (3, 0, 0)


def test_a_payment_to_our_bank_that_never_comes_is_a_break_after_a_week(session: Session) -> None:
    provider(session, said("-100.00", "payout", source="po_lost"))

    assert counts(run(session, on=DAY + timedelta(days=7))) == (0, 1, 0)
    assert counts(run(session, on=DAY + timedelta(days=8))) == (0, 0, 1)


def test_what_was_there_before_the_providers_account_began_is_one_flow(session: Session) -> None:
    paid_in(session)
    earn(session, "5.00")
    provider(session, said("105.00", "topup", source="", opening=True))

    assert counts(run(session)) == (1, 0, 0)


def test_lines_that_do_not_make_what_the_provider_holds_are_a_break(session: Session) -> None:
    deposit = paid_in(session)
    provider(session, said("100.00", deposit_id=str(deposit.id)))

    run(session, held={USD: dollars("90.00")})

    (row,) = breaks(session)
    assert (row.flow, row.amount_minor, row.found) == ("balance:STRIPE", -1000, "balance")
    with pytest.raises(RemedyNotFitting, match="lines are missing"):
        resolved(session, row, Remedy.COST)
    resolved(session, row, Remedy.ACCEPT)
    escrow.agree_to_break(session, break_id=row.id, by=OSCAR, at=AT)
    assert counts(run(session, held={USD: dollars("90.00")})) == (1, 1, 0)


def test_what_the_book_alone_says_is_explained_until_the_bank_must_have_told(
    session: Session,
) -> None:
    book(session, Posting(Movement.FUND, BANK, FEES, dollars("5.00")))

    assert reasons(session, run(session)) == [("not_told_yet", -500)]
    assert counts(run(session, on=DAY + timedelta(days=8))) == (0, 0, 1)
    assert breaks(session)[0].found == "only_in_book"


def test_a_borrowers_payment_and_its_return_are_one_flow(session: Session) -> None:
    ident = uuid4()
    pay = Posting(Movement.COLLECT, STRIPE, LOAN, dollars("30.00"))
    back = Posting(Movement.RETURN, LOAN, STRIPE, dollars("30.00"))
    book(session, pay, key=f"repayment:x:collection:{ident}")
    provider(session, said("30.00", source="py_1", collection_id=str(ident)))
    assert counts(run(session)) == (1, 0, 0)

    book(session, back, key=f"repayment:x:return:collection:{ident}:1")
    provider(session, said("-30.00", "adjustment", source="dp_2", parent="py_1"))

    assert counts(run(session)) == (1, 0, 0)


def test_what_the_provider_takes_without_a_cause_is_a_price(session: Session) -> None:
    earn(session, "10.00")
    provider(session, said("-1.00", "stripe_fee", source=""), said("10.00", flow="x"))

    run(session)

    assert held(session, FEES) == dollars("9.00")


def test_a_payment_to_our_bank_is_the_sum_of_what_is_in_it(session: Session) -> None:
    deposit = paid_in(session)
    charge = said("100.00", deposit_id=str(deposit.id))
    provider(session, charge, said("-99.00", "payout", source="po_less"))
    escrow.take_bundle(session, payout="po_less", lines=[charge.id])

    run(session)

    (row,) = breaks(session)
    assert (row.flow, row.amount_minor) == ("bundle:po_less", -100)
    resolved(session, row, Remedy.ACCEPT)
    escrow.agree_to_break(session, break_id=row.id, by=OSCAR, at=AT)
    assert counts(run(session))[2] == 0


def test_what_the_bank_says_that_it_holds_is_held_against_its_lines(session: Session) -> None:
    entries = entry("100.00", item("X", text="Settlement po_12345678"))
    body = camt(entries, opening="0", closing="100.00")
    escrow.import_bank_file(session, body=body, name="s.xml", by=OLGA, at=AT)
    on = date(2026, 11, 23)

    report = run(session, on=on)

    told = escrow.report_of(session, day=report.day).body["standings"][0]
    assert (told["lines"], told["told"], told["told_on"]) == (100_00, 100_00, "2026-11-23")
    assert breaks(session)[0].flow == "settle:po_12345678"


def test_a_deposit_of_which_nobody_outside_has_heard_is_no_line(session: Session) -> None:
    escrow.begin_deposit(
        session, owner_id=BOB, amount=dollars("7.00"), key="w", gateway=BY_STRIPE, at=AT
    )
    provider(session)

    assert counts(run(session)) == (0, 0, 0)


def test_of_two_prices_that_wait_each_is_explained(session: Session) -> None:
    first, second = paid_in(session), paid_in(session)
    for deposit in (first, second):
        provider(session, said("100.00", fee="3.20", deposit_id=str(deposit.id)))

    assert reasons(session, run(session)) == [("cost_waits", -320), ("cost_waits", -320)]
