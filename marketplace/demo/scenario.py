"""What has happened in the demo before one looks at it, told in the order in which it came."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import matching
import origination
import servicing
from kernel import Currency, Money, add_months, find
from marketplace import accounts, agreements, flows, passwords
from marketplace.db import atomic, reader
from marketplace.demo.cast import (
    ALICE,
    ALICES_FACTS,
    BOB,
    CAROL,
    CAST,
    DAN,
    LIWEI,
    OLGA,
    OSCAR,
    PASSWORD,
    Person,
    crowd,
    facts,
)
from marketplace.web.offers_page import offer_page
from matching import Criteria
from origination import ListingStatus
from servicing import RepaymentKind

MONTHS = 14
LOANS_A_MONTH = 2
PURPOSES = ("debt_consolidation", "credit_card", "home_improvement", "car", "medical", "other")
USD = Currency.USD


@dataclass(slots=True)
class Played:
    """One loan of the past, and how its borrower behaves.

    Attributes:
        pays: months after which no more payment comes; None pays every month.
        settles: months after which the rest is paid at once; None never.
        paid: how many months have been paid.
        ended: whether nothing more will come.
    """

    loan_id: UUID
    started_on: date
    pays: int | None = None
    settles: int | None = None
    paid: int = 0
    ended: bool = False


class Scenario:
    """The demo's past, played month after month up to `today`."""

    def __init__(self, today: date, months: int = MONTHS) -> None:
        """Begin so many months before today; the same day always plays the same."""
        self.today = today
        self.months = months
        self.random = Random("tessera demo")  # noqa: S311 - a story, no secret
        self.people: dict[Person, UUID] = {}
        self.borrowers: list[Person] = []
        self.loans: list[Played] = []
        self.product_id = UUID(int=0)

    def play(self) -> None:
        """Play everything."""
        start = add_months(self.today, -self.months)
        self.register(start)
        for month in range(self.months):
            self.live_a_month(add_months(start, month))
        self.repay_until(self.today)
        self.fill_the_present()

    def register(self, day: date) -> None:
        """Open the accounts, load the products and bring in the lenders' money."""
        hashed = passwords.hash_password(PASSWORD)
        self.borrowers = crowd(self.random, self.months * LOANS_A_MONTH + 12)
        with atomic() as session:
            for person in (*CAST, *self.borrowers):
                user = accounts.register(
                    session,
                    email=person.email,
                    name=person.name,
                    password_hash=hashed,
                    role=person.role,
                    at=noon(day),
                )
                self.people[person] = user.id
            for spec in origination.load_products():
                product = origination.register_product(
                    session, spec=spec, at=noon(day), by=self.by(OSCAR)
                )
                if spec.currency is USD:
                    self.product_id = product.id
        for person, dollars in ((BOB, 40_000), (CAROL, 160_000), (DAN, 60_000)):
            self.deposit(person, dollars, day)
        self.standing_orders(day)

    def standing_orders(self, day: date) -> None:
        """Let carol and dan invest by mandate, and bob partly; bob also orders by hand."""
        wishes = (
            (CAROL, "Everything, in small parts", Criteria(), 2_000, 15_000),
            (DAN, "Safer half", Criteria(grades=("A", "B", "C")), 1_500, 5_000),
            (BOB, "Balanced", Criteria(grades=("A", "B", "C", "D", "E")), 1_500, 1_000),
        )
        with atomic() as session:
            for person, name, criteria, cap, keep in wishes:
                matching.save_mandate(
                    session,
                    lender_id=self.people[person],
                    name=name,
                    criteria=criteria,
                    cap=usd(cap),
                    keep=usd(keep),
                    total=None,
                    at=noon(day),
                )

    def live_a_month(self, day: date) -> None:
        """Make this month's loans, then let every borrower pay what falls due until the next."""
        for number in range(LOANS_A_MONTH):
            on = day + timedelta(days=3 + 9 * number)
            first = not self.loans
            borrower = ALICE if first else self.borrowers.pop()
            listing_id = self.list(borrower, on, amount=12_000 if first else None)
            self.fund(listing_id, on)
            self.loans.append(self.disburse(listing_id, on + timedelta(days=2)))
        self.repay_until(add_months(day, 1))

    def list(self, borrower: Person, on: date, *, amount: int | None = None) -> UUID:
        """Take a borrower from the application to an open listing."""
        application_id = self.apply(borrower, on, amount=amount)
        with atomic() as session:
            self.judge(session, application_id, at=noon(on))
            self.accept(session, borrower, application_id, at=noon(on))
            listing = origination.publish(
                session, application_id=application_id, by=self.by(OSCAR), at=noon(on)
            )
            return listing.id

    def accept(
        self, session: Session, borrower: Person, application_id: UUID, *, at: datetime
    ) -> None:
        """Let a borrower sign the offer and take it."""
        who = self.people[borrower]
        page = offer_page(session, application_id, borrower=borrower.name, at=at)
        origination.sign(
            session,
            application_id=application_id,
            borrower_id=who,
            signer=borrower.name,
            document=agreements.document(page),
            language="en",
            at=at,
        )
        origination.accept(session, application_id=application_id, borrower_id=who, at=at)

    def apply(self, borrower: Person, on: date, *, amount: int | None = None) -> UUID:
        """Hand an application in."""
        dollars = amount or self.random.randrange(3_000, 14_001, 500)
        with atomic() as session:
            application = origination.apply(
                session,
                borrower_id=self.people[borrower],
                product_id=self.product_id,
                amount=usd(dollars),
                installments=self.random.choice((36, 36, 60)),
                purpose=self.random.choice(PURPOSES),
                facts=ALICES_FACTS if borrower is ALICE else facts(self.random),
                at=noon(on),
            )
            origination.submit(session, application_id=application.id, at=noon(on))
            return application.id

    def judge(self, session: Session, application_id: UUID, *, at: datetime) -> None:
        """Let olga review and oscar approve."""
        origination.review(
            session,
            application_id=application_id,
            by=self.by(OLGA),
            recommend="approve",
            note="Income and identity checked against documents.",
            at=at,
        )
        origination.decide(
            session,
            application_id=application_id,
            by=self.by(OSCAR),
            approve=True,
            note="Within policy.",
            at=at,
        )

    def fund(self, listing_id: UUID, on: date) -> None:
        """Let the mandates fund a listing, and the lenders by hand what is left."""
        with atomic() as session:
            matching.run_batch(session, at=noon(on), seed=str(listing_id))
        with atomic() as session:
            for person in (CAROL, BOB, DAN):
                listing = find(session, origination.Listing, listing_id)
                room = listing.amount - listing.reserved
                if room.is_positive:
                    self.order(session, person, listing_id, room, on)

    def order(
        self, session: Session, person: Person, listing_id: UUID, amount: Money, on: date
    ) -> None:
        """Order by hand what there is cash for, in whole steps."""
        lender_id = self.people[person]
        account = escrow.AccountRef(escrow.AccountKind.LENDER, lender_id, USD)
        cash = escrow.balance(session, account=account)
        part = amount if cash >= amount else Money(cash.minor // 2500 * 2500, USD)
        if part.is_positive:
            matching.place_order(
                session,
                listing_id=listing_id,
                lender_id=lender_id,
                amount=part,
                key=f"demo:{listing_id}",
                at=noon(on),
            )

    def disburse(self, listing_id: UUID, on: date) -> Played:
        """Make the loan and choose how its borrower will behave."""
        with atomic() as session:
            loan = flows.disburse(
                session,
                listing_id=listing_id,
                by=self.by(OSCAR),
                at=noon(on),
                on=on,
                bank=flows.gateway(),
            )
            self.send_proceeds(session, loan.id, on)
            played = Played(loan.id, on)
        number = len(self.loans)
        if number % 9 == 4:  # noqa: PLR2004 - every ninth loan fails after some months
            played.pays = self.random.randint(2, 6)
        elif number % 7 == 3:  # noqa: PLR2004 - every seventh is settled early
            played.settles = self.random.randint(2, 7)
        return played

    def send_proceeds(self, session: Session, loan_id: UUID, on: date) -> None:
        """Let the money of a loan arrive on its day: what is under way belongs to the present."""
        named = select(escrow.Payout).where(escrow.Payout.key == f"proceeds:{loan_id}")
        for event in flows.gateway().send(session.scalars(named).one()):
            escrow.receive(session, event=event, at=noon(on))

    def repay_until(self, end: date) -> None:
        """Let every borrower pay what fell due before `end`, then close the day before it."""
        for played in self.loans:
            self.repay(played, end)
        with reader() as session:
            due = list(servicing.due_loans(session, on=end - timedelta(days=1)))
        for loan_id in due:
            with atomic() as session:
                servicing.close_loan(
                    session, loan_id=loan_id, on=end - timedelta(days=1), at=noon(end)
                )

    def repay(self, played: Played, end: date) -> None:
        """Pay every installment of one loan that falls due before `end` and is not paid yet."""
        while not played.ended and (due := add_months(played.started_on, played.paid + 1)) < end:
            if played.paid == played.pays:
                played.ended = True
                return
            played.paid += 1
            with atomic() as session:
                self.pay(session, played, due)

    def pay(self, session: Session, played: Played, on: date) -> None:
        """Pay one installment, or the whole rest."""
        settling = played.settles == played.paid
        loan = find(session, servicing.Loan, played.loan_id)
        amount = (
            servicing.quote_payoff(session, loan_id=loan.id, on=on).total
            if settling
            else Money(servicing.State.from_json(loan.state).installment, USD)
        )
        servicing.receive_repayment(
            session,
            loan_id=loan.id,
            amount=amount,
            kind=RepaymentKind.PAYOFF if settling else RepaymentKind.INSTALLMENT,
            key=f"demo:{played.paid}",
            on=on,
            at=noon(on),
        )
        played.ended = settling

    def fill_the_present(self) -> None:
        """Leave something for everybody to do today."""
        for person, dollars in ((BOB, 2_500), (CAROL, 60_000)):
            self.deposit(person, dollars, self.today - timedelta(days=20))
        self.leave_listings_open()
        self.leave_a_partial_one()
        self.leave_a_queue()

    def leave_listings_open(self) -> None:
        """Leave listings open, each with a part of its money."""
        for days, share in ((1, 15), (2, 40), (3, 65), (4, 85), (5, 30), (6, 55)):
            on = self.today - timedelta(days=days)
            listing_id = self.list(self.borrowers.pop(), on)
            with atomic() as session:
                listing = find(session, origination.Listing, listing_id)
                part = Money(listing.amount.minor * share // 100 // 2500 * 2500, USD)
                self.order(session, CAROL, listing_id, part, on)
                flows.watch(session, listing, at=noon(self.today))

    def leave_a_partial_one(self) -> None:
        """Leave li wei with a smaller amount to accept or decline."""
        on = self.today - timedelta(days=15)
        listing_id = self.list(LIWEI, on, amount=8_000)
        with atomic() as session:
            self.order(session, CAROL, listing_id, usd(6_000), on)
        with atomic() as session:
            flows.expire(session, listing_id=listing_id, at=noon(self.today))
            assert find(session, origination.Listing, listing_id).status == ListingStatus.PARTIAL

    def leave_a_queue(self) -> None:
        """Leave applications for olga to review and for oscar to decide."""
        for days in (0, 0, 1, 2):
            self.apply(self.borrowers.pop(), self.today - timedelta(days=days))
        reviewed = self.apply(self.borrowers.pop(), self.today - timedelta(days=1))
        with atomic() as session:
            origination.review(
                session,
                application_id=reviewed,
                by=self.by(OLGA),
                recommend="approve",
                note="Payslips of three months seen.",
                at=noon(self.today),
            )

    def deposit(self, person: Person, dollars: int, on: date) -> None:
        """Bring money in through the demo bank."""
        with atomic() as session:
            deposit = escrow.begin_deposit(
                session,
                owner_id=self.people[person],
                amount=usd(dollars),
                key=f"demo:{person.email}:{on}",
                gateway=flows.gateway(),
                at=noon(on),
            )
            escrow.receive(session, event=flows.gateway().pay(deposit), at=noon(on))

    def by(self, person: Person) -> str:
        """Return how the record names an operator."""
        return f"operator:{self.people[person]}"


def fill(today: date, *, months: int = MONTHS) -> None:
    """Fill an empty marketplace with a past of so many months."""
    Scenario(today, months).play()


def noon(day: date) -> datetime:
    """Return the instant at which everything of a day happens."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def usd(dollars: int) -> Money:
    """Return whole dollars."""
    return Money(dollars * 100, USD)
