from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import escrow
from escrow import (
    AccountKind,
    AccountRef,
    AlreadyReversed,
    Entry,
    Gather,
    InsufficientFunds,
    KeyConflict,
    Movement,
    MovementNotAllowed,
    NoSuchEntry,
    NothingToPost,
    Pairs,
    Posting,
    Spread,
)
from escrow.ledger import Lines
from escrow.models import Account, Balance, PostingLine
from escrow.operations.shortfall import insufficient_funds
from kernel import Currency, Money, bulk_insert, new_ids
from tests.escrow.stories import (
    ACCOUNTS,
    ALICE,
    AT,
    BOB,
    CAROL,
    DAN,
    FEES,
    LISTING,
    LOAN,
    STRIPE,
    USD,
    book,
    cash_of,
    deposit,
    dollars,
    held,
    opened,
    reserve,
)


def postings_in(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PostingLine)) or 0


def many_lenders(session: Session, count: int) -> np.ndarray:
    """Open an account for each of so many lenders."""
    bulk_insert(
        session,
        ACCOUNTS,
        {
            "kind": "LENDER",
            "owner_id": new_ids(count),
            "currency": "USD",
            "shard": 0,
            "hot": False,
        },
        count=count,
    )
    found = session.scalars(
        select(Account.id).where(Account.kind == "LENDER").order_by(Account.id.desc()).limit(count)
    )
    return np.array(found.all(), dtype=np.int64)[::-1]


def test_a_deposit_is_held_by_the_lender_and_owed_by_the_outside(session: Session) -> None:
    entry = deposit(session, BOB, "100.00")

    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert held(session, STRIPE) == dollars("-100.00")
    assert (entry.at, entry.actor, entry.lines) == (AT, "system", 1)
    assert entry.recorded_at > AT.replace(year=2000)


def test_a_balance_tells_by_its_version_that_it_has_changed(session: Session) -> None:
    version = select(Balance.version).where(Balance.account_id == opened(session, cash_of(BOB)))
    opening = session.scalars(version).one()
    deposit(session, BOB, "1.00")
    after = session.scalars(version).one()
    reserve(session, BOB, "1.00")

    assert opening < after < session.scalars(version).one()


def test_an_entry_moves_several_amounts_together(session: Session) -> None:
    deposit(session, BOB, "100.00")
    reserve(session, BOB, "100.00")

    book(
        session,
        Posting(Movement.ORIGINATE, LISTING, FEES, dollars("3.00")),
        Posting(
            Movement.DISBURSE,
            LISTING,
            AccountRef(AccountKind.BORROWER, ALICE, USD),
            dollars("97.00"),
        ),
    )

    assert held(session, LISTING).is_zero
    assert held(session, FEES) == dollars("3.00")
    assert held(session, AccountRef(AccountKind.BORROWER, ALICE, USD)) == dollars("97.00")


def test_money_may_pass_through_an_account_in_one_entry(session: Session) -> None:
    bob = opened(session, cash_of(BOB))

    # What counts is what everybody holds at the end, not the order of the postings.
    book(
        session,
        Posting(Movement.DISTRIBUTE, LOAN, bob, dollars("50.00")),
        Posting(Movement.COLLECT, STRIPE, LOAN, dollars("50.00")),
    )

    assert held(session, LOAN).is_zero
    assert held(session, cash_of(BOB)) == dollars("50.00")


def test_the_same_key_and_content_is_written_once(session: Session) -> None:
    first = deposit(session, BOB, "100.00", key="deposit 1")

    again = deposit(session, BOB, "100.00", key="deposit 1")

    assert again is first
    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert postings_in(session) == 1


def test_an_account_named_by_kind_or_by_id_is_the_same_content(session: Session) -> None:
    first = deposit(session, BOB, "100.00", key="deposit 1")

    bob = opened(session, cash_of(BOB))
    posting = Posting(Movement.DEPOSIT, STRIPE, bob, dollars("100.00"))

    assert book(session, posting, key="deposit 1") is first


def test_the_instant_is_no_part_of_the_content(session: Session) -> None:
    posting = Posting(Movement.DEPOSIT, STRIPE, cash_of(BOB), dollars("1.00"))
    first = escrow.post(session, key="k", postings=[posting], at=AT, memo="m")

    later = AT + timedelta(days=1)
    again = escrow.post(session, key="k", postings=[posting], at=later, memo="m")

    assert again is first
    assert again.at == AT


@pytest.mark.parametrize(
    ("amount", "owner", "memo"),
    [("100.01", BOB, ""), ("100.00", CAROL, ""), ("100.00", BOB, "other memo")],
)
def test_the_same_key_with_other_content_is_a_conflict(
    session: Session, amount: str, owner: object, memo: str
) -> None:
    deposit(session, BOB, "100.00", key="deposit 1")
    target = cash_of(owner)  # type: ignore[arg-type]

    with pytest.raises(KeyConflict, match="deposit 1"):
        book(
            session,
            Posting(Movement.DEPOSIT, STRIPE, target, dollars(amount)),
            key="deposit 1",
            memo=memo,
        )

    assert held(session, cash_of(BOB)) == dollars("100.00")


def test_a_lender_cannot_spend_more_than_they_hold(session: Session) -> None:
    deposit(session, BOB, "100.00")

    with pytest.raises(InsufficientFunds) as refusal:
        reserve(session, BOB, "100.01")

    assert refusal.value.kind == "LENDER"
    assert refusal.value.owner_id == BOB
    assert refusal.value.available == dollars("100.00")
    assert refusal.value.missing == dollars("0.01")


def test_the_session_is_usable_after_a_refusal(session: Session) -> None:
    deposit(session, BOB, "100.00")
    with pytest.raises(InsufficientFunds):
        reserve(session, BOB, "100.01", key="too much")

    reserve(session, BOB, "60.00", key="less")

    assert held(session, LISTING) == dollars("60.00")
    assert session.scalar(select(Entry).where(Entry.key == "too much")) is None


def test_one_lender_short_of_cash_stops_the_whole_entry(session: Session) -> None:
    lenders = many_lenders(session, 1200)
    amounts = np.full(1200, 500)
    listing = opened(session, LISTING)
    book(session, Spread(Movement.DISTRIBUTE, LOAN, lenders, amounts, USD), *collect("6000.00"))
    amounts[700] = 501

    with pytest.raises(InsufficientFunds) as refusal:
        book(session, Gather(Movement.RESERVE, lenders, listing, amounts, USD))

    assert refusal.value.account_id == lenders[700]
    assert refusal.value.missing == dollars("0.01")
    assert held(session, LISTING).is_zero


def collect(amount: str) -> tuple[Posting]:
    return (Posting(Movement.COLLECT, STRIPE, LOAN, dollars(amount)),)


def test_a_shortage_that_somebody_has_filled_meanwhile_names_no_account(session: Session) -> None:
    deposit(session, BOB, "100.00")
    bob, listing = opened(session, cash_of(BOB)), opened(session, LISTING)
    rows = Lines(["RESERVE"], np.array([bob]), np.array([listing]), np.array([10000]), ["USD"])

    refusal = insufficient_funds(session, rows)

    assert refusal.account_id is None
    assert "too little" in str(refusal)


def test_what_the_chart_does_not_allow_is_refused(session: Session) -> None:
    deposit(session, BOB, "100.00")

    with pytest.raises(MovementNotAllowed, match="the chart does not allow"):
        book(session, Posting(Movement.RESERVE, cash_of(BOB), cash_of(CAROL), dollars("1.00")))


def test_an_account_cannot_pay_itself(session: Session) -> None:
    deposit(session, BOB, "100.00")

    with pytest.raises(MovementNotAllowed, match="source and target are one"):
        book(session, Posting(Movement.TRADE, cash_of(BOB), cash_of(BOB), dollars("1.00")))


def test_an_account_of_another_currency_is_refused(session: Session) -> None:
    deposit(session, BOB, "100.00")
    euros = opened(session, AccountRef(AccountKind.LISTING, ALICE, Currency.EUR))

    with pytest.raises(MovementNotAllowed, match="another currency"):
        book(session, Posting(Movement.RESERVE, cash_of(BOB), euros, dollars("1.00")))


def test_what_is_wrong_with_the_database_itself_is_not_hidden(session: Session) -> None:
    posting = Posting(Movement.DEPOSIT, STRIPE, cash_of(BOB), dollars("1.00"))

    with pytest.raises(IntegrityError, match="actor"):
        escrow.post(
            session,
            key="k",
            postings=[posting],
            at=AT,
            memo="",
            actor=None,  # type: ignore[arg-type]
        )


def test_an_entry_without_an_amount_is_refused(session: Session) -> None:
    with pytest.raises(NothingToPost):
        book(session, Posting(Movement.DEPOSIT, STRIPE, cash_of(BOB), dollars("0.00")))
    with pytest.raises(NothingToPost):
        book(session)


def test_ten_thousand_lenders_are_paid_in_one_entry(session: Session) -> None:
    lenders = many_lenders(session, 10_000)
    principal = np.arange(1, 10_001)
    interest = np.arange(10_000) % 7  # every seventh lender gets none
    total = int(principal.sum() + interest.sum())
    fee = Money(1000, USD)

    entry = book(
        session,
        Posting(Movement.COLLECT, STRIPE, LOAN, Money(total + 1000, USD)),
        Spread(Movement.DISTRIBUTE, LOAN, lenders, principal, USD),
        Spread(Movement.DISTRIBUTE, LOAN, lenders, interest, USD),
        Posting(Movement.SERVICE, LOAN, FEES, fee),
    )

    assert entry.lines == 2 + 10_000 + int((interest > 0).sum())
    balances = escrow.balances(session, account_ids=lenders.tolist())
    assert [balances[lender] for lender in lenders.tolist()] == (principal + interest).tolist()
    assert held(session, LOAN).is_zero
    assert held(session, FEES) == fee
    assert escrow.verify(session).ok


def test_many_pay_many_row_by_row(session: Session) -> None:
    lenders = many_lenders(session, 6)
    book(session, *collect("6.00"), spread(lenders, 100))
    sellers, buyers = lenders[:3], lenders[3:]

    book(session, Pairs(Movement.TRADE, buyers, sellers, np.array([10, 0, 30]), USD))

    balances = escrow.balances(session, account_ids=lenders.tolist())
    assert list(balances.values()) == [110, 100, 130, 90, 100, 70]


def spread(lenders: np.ndarray, amount: int) -> Spread:
    return Spread(Movement.DISTRIBUTE, LOAN, lenders, np.full(len(lenders), amount), USD)


def test_a_reversal_takes_an_entry_back_as_it_was_stored(session: Session) -> None:
    lenders = many_lenders(session, 3)
    repayment = book(session, *collect("3.00"), spread(lenders, 100))

    reversal = escrow.reverse(
        session, entry_id=repayment.id, key="returned", at=AT, memo="Returned by the bank"
    )

    assert (reversal.reverses_id, reversal.lines) == (repayment.id, repayment.lines)
    assert set(escrow.balances(session, account_ids=lenders.tolist()).values()) == {0}
    assert held(session, STRIPE).is_zero
    assert escrow.verify(session).ok


def test_a_reversal_asked_for_again_is_the_same_one(session: Session) -> None:
    entry = deposit(session, BOB, "1.00")
    first = escrow.reverse(session, entry_id=entry.id, key="r", at=AT, memo="m")

    assert escrow.reverse(session, entry_id=entry.id, key="r", at=AT, memo="m") is first


def test_an_entry_is_reversed_only_once(session: Session) -> None:
    entry = deposit(session, BOB, "1.00")
    first = escrow.reverse(session, entry_id=entry.id, key="r", at=AT, memo="m")

    with pytest.raises(AlreadyReversed) as refusal:
        escrow.reverse(session, entry_id=entry.id, key="r 2", at=AT, memo="m")

    assert refusal.value.reversal_id == first.id


def test_a_key_used_for_a_posting_cannot_name_a_reversal(session: Session) -> None:
    entry = deposit(session, BOB, "1.00", key="deposit 1")

    with pytest.raises(KeyConflict):
        escrow.reverse(session, entry_id=entry.id, key="deposit 1", at=AT, memo="m")


def test_what_is_not_in_the_book_cannot_be_reversed(session: Session) -> None:
    with pytest.raises(NoSuchEntry):
        escrow.reverse(session, entry_id=-1, key="r", at=AT, memo="m")


def test_money_that_was_spent_cannot_be_taken_back(session: Session) -> None:
    entry = deposit(session, BOB, "100.00")
    reserve(session, BOB, "30.00")

    with pytest.raises(InsufficientFunds) as refusal:
        escrow.reverse(session, entry_id=entry.id, key="r", at=AT, memo="m")

    assert refusal.value.missing == dollars("30.00")
    assert held(session, cash_of(BOB)) == dollars("70.00")


def test_a_reversal_can_itself_be_reversed(session: Session) -> None:
    entry = deposit(session, BOB, "100.00")
    reversal = escrow.reverse(session, entry_id=entry.id, key="r", at=AT, memo="m")

    escrow.reverse(session, entry_id=reversal.id, key="rr", at=AT, memo="m")

    assert held(session, cash_of(BOB)) == dollars("100.00")
    assert escrow.verify(session).ok


def test_the_busiest_accounts_are_spread_over_shards(session: Session) -> None:
    for number in range(40):
        deposit(session, DAN, "1.00", key=f"deposit {number}")

    shards = session.scalars(select(Account.shard).where(Account.kind == "STRIPE")).all()

    assert len(set(shards)) > 4
    assert held(session, STRIPE) == dollars("-40.00")


def test_what_the_session_holds_is_written_first(session: Session) -> None:
    alice = Account(kind="LENDER", owner_id=ALICE, currency="USD", hot=False)
    session.add(alice)

    with pytest.raises(InsufficientFunds):
        reserve(session, ALICE, "1.00")

    assert opened(session, cash_of(ALICE)) == alice.id
