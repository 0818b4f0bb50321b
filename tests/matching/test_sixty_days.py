"""Sixty days of lenders who join, change their minds, withdraw and are repaid, and a batch a day.

The same seed tells the same story; after every step nothing is over a cap, a room, a total or the
cash, and every batch can be made again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import escrow
import servicing
from escrow import AccountKind
from kernel import Currency, DomainError
from matching import (
    Criteria,
    Mandate,
    MandateStatus,
    Order,
    OrderStatus,
    Wishes,
    end_mandate,
    end_overdue_mandates,
    expire_listing,
    mandates_of,
    pause_mandate,
    reorder_mandate,
    replay_batch,
    resume_mandate,
    run_batch,
    update_mandate,
    why_idle,
)
from origination import Listing, ListingStatus
from reporting import at_work
from servicing import Loan, LoanStatus, Repayment, RepaymentKind
from tests.matching.stories import NOON, a_listing, cash_account, deposit, dollars, mandate

DAYS = 60
OSCAR = "operator:oscar"
BANK = escrow.SandboxGateway("sixty days")
CAPS = ("50.00", "125.00", "400.00")
WISHES = (Criteria(), Criteria(installments_max=36), Criteria(installments_min=60))


class Story:
    """A marketplace whose people act by a seed."""

    def __init__(self, session: Session, seed: int) -> None:
        """Begin with nobody."""
        self.session, self.dice = session, Random(seed)
        self.lenders: list[UUID] = []
        self.at: datetime = NOON
        self.done = 0

    def step(self, act: Callable[[], object]) -> None:
        """Let somebody do something, refused or not; then everything still holds."""
        try:
            with self.session.begin_nested():
                act()
            self.done += 1
        except DomainError:
            self.session.expire_all()
        self.session.flush()
        assert_within_bounds(self.session)

    def join(self) -> None:
        lender = UUID(int=0xF00 + len(self.lenders))
        self.lenders.append(lender)
        deposit(self.session, lender, f"{self.dice.randint(100, 3_000)}.00")
        for number in range(self.dice.randint(1, 2)):
            ends_on = (self.at + timedelta(days=self.dice.randint(5, 90))).date()
            mandate(
                self.session,
                lender,
                name=str(number),
                cap=dollars(self.dice.choice(CAPS)),
                keep=dollars(self.dice.choice(("0.00", "75.00"))),
                total=self.dice.choice((None, dollars("600.00"))),
                criteria=self.dice.choice(WISHES),
                wishes=Wishes(
                    ends_on=self.dice.choice((None, ends_on)),
                    borrower_cap=self.dice.choice((None, dollars("500.00"))),
                    reinvests_interest=self.dice.random() < 0.5,
                ),
                at=self.at,
            )

    def change(self) -> None:
        lender = self.dice.choice(self.lenders)
        line = self.dice.choice(mandates_of(self.session, lender_id=lender))
        mine: dict[str, Any] = {"mandate_id": line.id, "lender_id": lender}
        act = self.dice.randint(0, 4)
        if act == 0:
            pause_mandate(self.session, at=self.at, **mine)
        elif act == 1:
            resume_mandate(self.session, at=self.at, **mine)
        elif act == 2:
            reorder_mandate(self.session, earlier=self.dice.random() < 0.5, **mine)
        elif act == 3 and self.dice.random() < 0.2:
            end_mandate(self.session, at=self.at, **mine)
        else:
            update_mandate(
                self.session,
                name=line.name,
                cap=dollars(self.dice.choice(CAPS)),
                keep=line.keep,
                total=line.total,
                criteria=self.dice.choice(WISHES),
                **mine,
            )

    def withdraw(self) -> None:
        lender = self.dice.choice(self.lenders)
        escrow.begin_payout(
            self.session,
            kind=AccountKind.LENDER,
            owner_id=lender,
            amount=dollars(f"{self.dice.randint(10, 400)}.00"),
            destination="bank account on file",
            key=f"out {self.at} {lender}",
            gateway=BANK,
            at=self.at,
        )

    def pay_out(self) -> None:
        ready = select(Listing).where(Listing.status == ListingStatus.FUNDED).order_by(Listing.id)
        for listing in self.session.scalars(ready).all():
            servicing.open_loan(
                self.session,
                listing_id=listing.id,
                at=self.at,
                on=self.at.date(),
                by="operator:oscar",
            )

    def repay(self) -> None:
        loans = select(Loan).where(Loan.status == LoanStatus.ACTIVE).order_by(Loan.id)
        for loan in self.session.scalars(loans).all():
            wanted = servicing.standing(loan, on=self.at.date()).next
            if wanted is not None and self.dice.random() < 0.1:
                servicing.receive_repayment(
                    self.session,
                    loan_id=loan.id,
                    amount=wanted.amount,
                    kind=RepaymentKind.INSTALLMENT,
                    key=f"installment {self.at}",
                    on=self.at.date(),
                    at=self.at,
                )

    def expire(self) -> None:
        over = select(Listing.id).where(
            Listing.status == ListingStatus.OPEN, Listing.closes_at <= self.at
        )
        for ident in self.session.scalars(over).all():
            expire_listing(self.session, listing_id=ident, at=self.at)

    def list(self) -> None:
        amount, installments = self.dice.choice(("500.00", "1500.00")), self.dice.choice((36, 60))
        listing = a_listing(self.session, amount, installments=installments)
        listing.opened_at, listing.closes_at = self.at, self.at + timedelta(days=14)

    def batch(self) -> None:
        end_overdue_mandates(self.session, at=self.at)
        told = at_work(self.session, currency=Currency.USD, at=self.at)
        run = run_batch(self.session, at=self.at, seed=str(self.at), key=str(self.at), at_work=told)
        again = replay_batch(self.session, batch_id=run.id)
        assert (again.is_same_input, again.is_same_plan) == (True, True)
        assert run.dropped == 0


def assert_within_bounds(session: Session) -> None:
    """Nothing is over a room or a total; what mandates say they placed, they placed."""
    reserved = (
        select(func.coalesce(func.sum(Order.amount_minor), 0))
        .where(Order.listing_id == Listing.id, Order.status == OrderStatus.RESERVED)
        .scalar_subquery()
    )
    waiting = Listing.status.in_((ListingStatus.OPEN, ListingStatus.FUNDED, ListingStatus.PARTIAL))
    wrong = select(Listing.number).where(waiting, Listing.reserved_minor != reserved)
    assert session.scalars(wrong).all() == []
    working = Order.status.in_((OrderStatus.RESERVED, OrderStatus.FILLED))
    placed = (
        select(func.coalesce(func.sum(Order.amount_minor), 0))
        .where(Order.mandate_id == Mandate.id, working)
        .scalar_subquery()
    )
    wrong_mandates = select(Mandate.name).where(Mandate.invested_minor != placed)
    assert session.scalars(wrong_mandates).all() == []
    over = select(Mandate.name).where(Mandate.invested_minor > Mandate.total_minor)
    assert session.scalars(over).all() == []


@pytest.mark.parametrize("seed", [1])
def test_sixty_days_of_changing_minds_keep_every_promise(session: Session, seed: int) -> None:
    story = Story(session, seed)
    for day in range(DAYS):
        story.at = NOON + timedelta(days=day)
        if day % 6 == 0:
            story.step(story.join)
        if day % 4 == 0:
            story.step(story.list)
        if story.dice.random() < 0.5:
            story.step(story.change)
        if story.dice.random() < 0.2:
            story.step(story.withdraw)
        for act in (story.expire, story.batch, story.pay_out, story.repay):
            story.step(act)

    assert escrow.verify(session).findings == ()
    assert servicing.audit(session).findings == ()
    assert story.done > 4 * DAYS
    for model in (Loan, Repayment):
        assert len(session.scalars(select(model.id)).all()) > 3
    for lender in story.lenders:
        assert escrow.balance(session, account=cash_account(lender)).minor >= 0
        assert all(idle.matching >= 0 for idle in why_idle(session, lender_id=lender, at=story.at))
    statuses = set(session.scalars(select(Mandate.status)))
    assert {MandateStatus.ACTIVE, MandateStatus.ENDED} <= statuses
