"""The marketplace as a machine: any operation at any time, and the books must hold after each.

Whatever is refused is refused whole: every step runs in a savepoint of its own, as every request
runs in a transaction of its own.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import matching
import origination
import servicing
from kernel import Currency, DomainError, Money, new_id
from matching import Order, OrderStatus
from origination import Listing, ListingStatus
from servicing import Loan, LoanStatus, Repayment, RepaymentKind
from tests.origination.stories import ALICE, ALICES_FACTS, OLGA, OSCAR
from tests.support.loans import BOB, CAROL, DAN

T = TypeVar("T")
LENDERS = (BOB, CAROL, DAN)
BANK = escrow.SandboxGateway("machine")

lenders = st.sampled_from(LENDERS)
picks = st.integers(0, 10_000)
notes = st.integers(1, 60)  # of 25.00
parts = st.integers(1, 130)  # hundredths


def dollars(minor: int) -> Money:
    return Money(minor, Currency.USD)


class Marketplace(RuleBasedStateMachine):
    """Alice borrows, bob, carol and dan lend, and days go by."""

    def __init__(self, session: Session) -> None:
        """Begin on an empty database, which forgets everything afterwards."""
        super().__init__()
        self.session = session
        self.day = date(2026, 3, 2)
        self.serial = 0
        self.has_mandates = False

    @property
    def at(self) -> datetime:
        return datetime.combine(self.day, time(12), tzinfo=UTC)

    def key(self, word: str) -> str:
        self.serial += 1
        return f"{word} {self.serial}"

    def attempt(self, operation: Callable[..., T], **arguments: Any) -> T | None:
        """Do something whole or not at all; a refusal is an answer, an error is not."""
        try:
            with self.session.begin_nested():
                done = operation(self.session, **arguments)
                self.session.flush()
        except DomainError as refusal:
            event(f"refused: {operation.__name__} {refusal.code}")
            done = None
        else:
            event(f"done: {operation.__name__}")
        self.session.expire_all()
        return done

    def one_of(self, model: type[T], pick: int, *conditions: Any) -> T | None:
        rows = self.session.scalars(select(model).where(*conditions).order_by("id")).all()
        return rows[pick % len(rows)] if rows else None

    def deposit(self, lender: UUID, amount: Money) -> None:
        deposit = self.attempt(
            escrow.begin_deposit,
            owner_id=lender,
            amount=amount,
            key=self.key("deposit"),
            gateway=BANK,
            at=self.at,
        )
        if deposit is not None:
            self.attempt(escrow.receive, event=BANK.pay(deposit), at=self.at)

    def publish(self, amount: Money, installments: int) -> Listing | None:
        return self.attempt(_published, amount=amount, installments=installments, at=self.at)

    def order(self, listing: Listing, lender: UUID, amount: Money, *, partial: bool = True) -> None:
        self.attempt(
            matching.place_order,
            listing_id=listing.id,
            lender_id=lender,
            amount=amount,
            key=self.key("order"),
            at=self.at,
            allow_partial=partial,
        )

    @initialize(shares=st.lists(notes, min_size=3, max_size=3))
    def a_first_loan(self, shares: list[int]) -> None:
        listing = self.publish(dollars(max(40, sum(shares)) * 2500), 36)
        assert listing is not None
        for lender, share in zip(LENDERS, shares, strict=True):
            self.deposit(lender, dollars(share * 2500 + 50_000))
            self.order(listing, lender, dollars(share * 2500))
        self.deposit(DAN, listing.amount)
        self.order(listing, DAN, listing.amount)
        loan = self.attempt(
            servicing.open_loan, listing_id=listing.id, at=self.at, on=self.day, by=OSCAR
        )
        assert loan is not None

    @rule(lender=lenders, amount=st.integers(50, 500_000))
    def a_lender_deposits(self, lender: UUID, amount: int) -> None:
        self.deposit(lender, dollars(amount))

    @rule(lender=lenders, part=parts, arrives=st.booleans())
    def a_lender_withdraws(self, lender: UUID, part: int, *, arrives: bool) -> None:
        purse = escrow.AccountRef(escrow.AccountKind.LENDER, lender, Currency.USD)
        held = escrow.balance(self.session, account=purse)
        payout = self.attempt(
            escrow.begin_payout,
            kind=escrow.AccountKind.LENDER,
            owner_id=lender,
            amount=dollars(held.minor * part // 100),
            destination="bank",
            key=self.key("payout"),
            gateway=BANK,
            at=self.at,
        )
        if payout is None:
            return
        for told in BANK.send(payout) if arrives else [BANK.bounce(payout)]:
            self.attempt(escrow.receive, event=told, at=self.at)

    @rule(count=st.integers(40, 120), installments=st.sampled_from([36, 60]))
    def alice_lists(self, count: int, installments: int) -> None:
        self.publish(dollars(count * 2500), installments)

    @rule(pick=picks, lender=lenders, count=notes, partial=st.booleans())
    def a_lender_orders(self, pick: int, lender: UUID, count: int, *, partial: bool) -> None:
        listing = self.one_of(Listing, pick, Listing.status == ListingStatus.OPEN)
        if listing is not None:
            self.order(listing, lender, dollars(count * 2500), partial=partial)

    @rule(pick=picks)
    def a_lender_cancels(self, pick: int) -> None:
        order = self.one_of(Order, pick, Order.status == OrderStatus.RESERVED)
        if order is not None:
            self.attempt(
                matching.cancel_order, order_id=order.id, lender_id=order.lender_id, at=self.at
            )

    @rule(lender=lenders, cap=notes, keep=st.integers(0, 100_000))
    def a_lender_gives_a_mandate(self, lender: UUID, cap: int, keep: int) -> None:
        self.attempt(
            matching.save_mandate,
            lender_id=lender,
            name="all",
            cap=dollars(cap * 2500),
            keep=dollars(keep),
            total=None,
            criteria=matching.Criteria(),
            at=self.at,
        )
        self.has_mandates = True

    @precondition(lambda self: self.has_mandates)
    @rule(seed=st.integers(0, 9))
    def a_batch_runs(self, seed: int) -> None:
        self.attempt(matching.run_batch, at=self.at, seed=str(seed))

    @rule(pick=picks, lender=lenders, part=st.integers(60, 110))
    def a_lender_takes_most_of_a_listing(self, pick: int, lender: UUID, part: int) -> None:
        listing = self.one_of(Listing, pick, Listing.status == ListingStatus.OPEN)
        if listing is not None:
            self.take_most(listing, lender, part)

    def take_most(self, listing: Listing, lender: UUID, part: int) -> None:
        wanted = dollars(listing.amount_minor * part // 100 // 2500 * 2500)
        self.deposit(lender, wanted)
        self.order(listing, lender, wanted)

    @rule(pick=picks, part=st.integers(75, 95), answer=st.sampled_from([None, True, False]))
    def a_listing_runs_out_almost_funded(
        self, pick: int, part: int, *, answer: bool | None
    ) -> None:
        listing = self.one_of(Listing, pick, Listing.status == ListingStatus.OPEN)
        if listing is not None:
            self.take_most(listing, BOB, part)
            self.run_out(listing)
            if answer is not None:
                self.answer(listing, accepts=answer)

    @rule(pick=picks)
    def a_listing_runs_out(self, pick: int) -> None:
        open_ones = Listing.status.in_([ListingStatus.OPEN, ListingStatus.PARTIAL])
        listing = self.one_of(Listing, pick, open_ones)
        if listing is not None:
            self.run_out(listing)

    def run_out(self, listing: Listing) -> None:
        """Wait until its time is over, and as long again for the answer if there was a first."""
        assert listing.closes_at is not None
        waited = timedelta(days=15 if listing.status == ListingStatus.PARTIAL else 1)
        self.day = max(self.day, listing.closes_at.date() + waited)
        self.attempt(matching.expire_listing, listing_id=listing.id, at=self.at)

    def answer(self, listing: Listing, *, accepts: bool) -> None:
        answered = origination.accept_partial if accepts else matching.decline_partial
        self.attempt(answered, listing_id=listing.id, borrower_id=ALICE, at=self.at)

    @rule(pick=picks)
    def a_listing_is_withdrawn(self, pick: int) -> None:
        listing = self.one_of(Listing, pick)
        if listing is not None:
            self.attempt(
                matching.withdraw_listing, listing_id=listing.id, by=OSCAR, at=self.at, why="error"
            )

    @rule(pick=picks)
    def a_listing_is_paid_out(self, pick: int) -> None:
        listing = self.one_of(Listing, pick, Listing.status != ListingStatus.DISBURSED)
        if listing is not None:
            self.attempt(
                servicing.open_loan, listing_id=listing.id, at=self.at, on=self.day, by=OSCAR
            )

    @rule(pick=picks, part=parts, kind=st.sampled_from(RepaymentKind))
    def alice_pays(self, pick: int, part: int, kind: RepaymentKind) -> None:
        """Pay a part of the installment, or of the whole debt where the payment means that."""
        loan = self.one_of(Loan, pick)
        assert loan is not None
        base = loan.outstanding_minor
        if kind is RepaymentKind.INSTALLMENT:
            base = servicing.State.from_json(loan.state).installment
        self.pay(loan, dollars(base * part // 100), kind)

    @rule(pick=picks)
    def alice_pays_what_is_asked(self, pick: int) -> None:
        loan = self.one_of(Loan, pick, Loan.status == LoanStatus.ACTIVE)
        if loan is not None:
            wanted = servicing.standing(loan, on=self.day).next
            assert wanted is not None
            self.pay(loan, wanted.amount, RepaymentKind.INSTALLMENT)

    @rule(pick=picks)
    def alice_pays_off(self, pick: int) -> None:
        loan = self.one_of(Loan, pick, Loan.status == LoanStatus.ACTIVE)
        if loan is not None:
            quote = servicing.quote_payoff(self.session, loan_id=loan.id, on=self.day)
            self.pay(loan, quote.total, RepaymentKind.PAYOFF)
            assert loan.status == LoanStatus.SETTLED

    def pay(self, loan: Loan, amount: Money, kind: RepaymentKind) -> None:
        """Pay twice with one key, which pays once."""
        arguments = {
            "loan_id": loan.id,
            "amount": amount,
            "kind": kind,
            "key": self.key("payment"),
            "on": self.day,
            "at": self.at,
        }
        first = self.attempt(servicing.receive_repayment, **arguments)
        again = self.attempt(servicing.receive_repayment, **arguments)
        assert again is first

    @rule(pick=picks, part=parts)
    def something_is_recovered(self, pick: int, part: int) -> None:
        loan = self.one_of(Loan, pick, Loan.status == LoanStatus.CHARGED_OFF)
        if loan is not None:
            self.pay(loan, dollars(loan.outstanding_minor * part // 100), RepaymentKind.RECOVERY)

    @rule(pick=picks)
    def a_payment_comes_back(self, pick: int) -> None:
        paid = self.one_of(Repayment, pick)
        if paid is not None:
            self.attempt(
                servicing.reverse_repayment,
                repayment_id=paid.id,
                key=self.key("return"),
                on=self.day,
                at=self.at,
                why="returned",
            )

    @precondition(lambda self: self.serial > 10)
    @rule(pick=picks)
    def a_loan_is_charged_off(self, pick: int) -> None:
        loan = self.one_of(Loan, pick)
        assert loan is not None
        self.attempt(
            servicing.charge_off, loan_id=loan.id, by=OSCAR, on=self.day, at=self.at, why="lost"
        )

    @rule(days=st.integers(1, 45))
    def days_go_by_and_are_closed(self, days: int) -> None:
        self.day += timedelta(days=days)
        begun = self.attempt(servicing.begin_close, day=self.day, at=self.at)
        assert begun is not None
        claim = {"day": self.day, "holder": new_id(), "since": self.at, "at": self.at}
        while claimed := self.attempt(servicing.claim_loans, **claim):
            for loan_id in claimed:
                assert self.attempt(servicing.close_loan, loan_id=loan_id, on=self.day, at=self.at)
        ended = self.attempt(servicing.finish_close, day=self.day, at=self.at)
        assert ended is not None
        assert ended.findings == []
        assert servicing.due_loans(self.session, on=self.day) == []

    @invariant()
    def the_book_of_money_holds(self) -> None:
        assert escrow.verify(self.session).findings == ()

    @invariant()
    def the_loan_book_holds(self) -> None:
        assert servicing.audit(self.session).findings == ()


def _published(session: Session, *, amount: Money, installments: int, at: datetime) -> Listing:
    """Take alice's application all the way to an open listing."""
    spec = next(spec for spec in origination.load_products() if spec.code == "personal-us")
    product = origination.register_product(session, spec=spec, at=at, by=OLGA)
    application = origination.apply(
        session,
        borrower_id=ALICE,
        product_id=product.id,
        amount=amount,
        installments=installments,
        purpose="debt_consolidation",
        facts=ALICES_FACTS,
        at=at,
    )
    ident = application.id
    origination.submit(session, application_id=ident, at=at)
    origination.review(
        session, application_id=ident, by=OLGA, recommend="approve", note="Papers seen.", at=at
    )
    origination.decide(session, application_id=ident, by=OSCAR, approve=True, at=at)
    origination.accept(session, application_id=ident, borrower_id=ALICE, at=at)
    return origination.publish(session, application_id=ident, by=OLGA, at=at)
