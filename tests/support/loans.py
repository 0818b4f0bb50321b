"""Loans in a few lines: alice borrows, bob, carol and dan lend.

`a_listing` is open and funded by whom you name, `a_loan` is paid out on 15 January 2026. Its terms
come from `tests.support.plans.terms`; an installment of 1,200.00 at 12 % over 12 months is 106.62.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

import numpy as np
from sqlalchemy import Table
from sqlalchemy.orm import Session

from escrow import AccountKind, AccountRef, Gather, Movement, Spread, balance, open_account, post
from kernel import Currency, Money, Rate, bulk_insert, new_id, new_ids, next_number
from matching import Order, OrderStatus
from origination import (
    Application,
    ApplicationStatus,
    Listing,
    ListingStatus,
    Product,
    ProductStatus,
    Terms,
)
from servicing import Loan, Repayment, RepaymentKind, open_loan, receive_repayment
from tests.support.plans import STARTED, terms, usd

ALICE, BOB, CAROL, DAN = (UUID(int=number) for number in (0xA11CE, 0xB0B, 0xCA401, 0xDA4))
OSCAR = "operator:oscar"
USD = Currency.USD
THREE = ((BOB, "600.00"), (CAROL, "400.00"), (DAN, "200.00"))


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def a_loan(
    session: Session,
    *,
    lenders: Sequence[tuple[UUID, str]] = THREE,
    rate: str = "12",
    installments: int = 12,
    agreed: Terms | None = None,
    on: date = STARTED,
) -> Loan:
    listing = a_listing(
        session, lenders=lenders, rate=rate, installments=installments, agreed=agreed, on=on
    )
    return open_loan(session, listing_id=listing.id, at=noon(on), on=on, by=OSCAR)


def a_listing(
    session: Session,
    *,
    lenders: Sequence[tuple[UUID, str]] = THREE,
    rate: str = "12",
    installments: int = 12,
    agreed: Terms | None = None,
    on: date = STARTED,
) -> Listing:
    amount = sum((usd(share) for _, share in lenders), usd("0"))
    listing = _bare_listing(
        session, amount, agreed or terms(), rate=rate, installments=installments, at=noon(on)
    )
    _fund(session, listing, lenders, on)
    return listing


def pays(
    session: Session,
    loan: Loan,
    amount: str | Money,
    on: date,
    *,
    kind: RepaymentKind = RepaymentKind.INSTALLMENT,
    key: str | None = None,
) -> Repayment:
    """Let alice pay; the key is the day unless it is given."""
    return receive_repayment(
        session,
        loan_id=loan.id,
        amount=usd(amount) if isinstance(amount, str) else amount,
        kind=kind,
        key=key or f"{kind} {on}",
        on=on,
        at=noon(on),
    )


def cash(session: Session, lender: UUID) -> Money:
    return balance(session, account=AccountRef(AccountKind.LENDER, lender, USD))


def deposit(session: Session, lenders: Sequence[UUID], amounts: Sequence[Money], on: date) -> None:
    """Bring in the lenders' money."""
    accounts = [
        open_account(session, kind=AccountKind.LENDER, owner_id=lender, currency=USD)
        for lender in lenders
    ]
    post(
        session,
        key=f"deposit:{new_id()}",
        postings=[
            Spread(
                Movement.DEPOSIT,
                AccountRef(AccountKind.STRIPE, None, USD),
                np.array(accounts),
                np.array([amount.minor for amount in amounts]),
                USD,
            )
        ],
        at=noon(on),
        memo="deposit",
    )


def _bare_listing(
    session: Session,
    amount: Money,
    agreed: Terms,
    *,
    rate: str,
    installments: int,
    at: datetime,
) -> Listing:
    application = _application(session, amount, agreed, installments=installments, at=at)
    listing = Listing(
        id=new_id(),
        number=next_number(session),
        application_id=application.id,
        borrower_id=ALICE,
        product_id=application.product_id,
        amount=amount,
        reserved=amount,
        minimum=amount,
        rate=Rate.percent(rate),
        grade="B",
        score=700,
        installments=installments,
        purpose="home",
        region="CA",
        facts={},
        terms=agreed.to_json(),
        status=ListingStatus.FUNDED,
        opened_at=at,
        closes_at=at,
    )
    session.add(listing)
    session.flush()
    listing.account_id = open_account(
        session, kind=AccountKind.LISTING, owner_id=listing.id, currency=USD
    )
    return listing


def _application(
    session: Session, amount: Money, agreed: Terms, *, installments: int, at: datetime
) -> Application:
    product = Product(
        id=new_id(),
        code=f"p{next_number(session)}",
        version=1,
        name={"en": "Personal loan"},
        status=ProductStatus.LIVE,
        currency=USD.value,
        limits={},
        pricing={},
        terms=agreed.to_json(),
        created_at=at,
    )
    application = Application(
        id=new_id(),
        number=next_number(session),
        borrower_id=ALICE,
        product_id=product.id,
        amount=amount,
        installments=installments,
        purpose="home",
        facts={},
        status=ApplicationStatus.LISTED,
        created_at=at,
    )
    for row in (product, application):
        session.add(row)
        session.flush()
    return application


def _fund(
    session: Session, listing: Listing, lenders: Sequence[tuple[UUID, str]], on: date
) -> None:
    """Reserve every lender's order; one who stands there twice has two orders."""
    names = sorted({lender for lender, _ in lenders})
    accounts = {
        lender: open_account(session, kind=AccountKind.LENDER, owner_id=lender, currency=USD)
        for lender in names
    }
    amounts = [usd(share) for _, share in lenders]
    deposit(session, [lender for lender, _ in lenders], amounts, on)
    sources = np.array([accounts[lender] for lender, _ in lenders])
    minors = np.array([amount.minor for amount in amounts])
    assert listing.account_id is not None
    post(
        session,
        key=f"reserve:{listing.id}",
        postings=[Gather(Movement.RESERVE, sources, listing.account_id, minors, USD)],
        at=noon(on),
        memo="reserved",
    )
    orders = Order.__table__
    assert isinstance(orders, Table)
    count = len(lenders)
    columns = {
        "id": new_ids(count),
        "listing_id": listing.id,
        "lender_id": [lender for lender, _ in lenders],
        "account_id": sources,
        "amount_minor": minors,
        "requested_minor": minors,
        "currency": USD.value,
        "status": OrderStatus.RESERVED.value,
        "key": [f"{listing.id}:{place}" for place in range(count)],
        "placed_at": noon(on),
    }
    bulk_insert(session, orders, columns, count=count)
    session.flush()
