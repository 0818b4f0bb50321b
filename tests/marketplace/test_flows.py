"""What an operation causes for later, and what it does when it is asked for twice."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import matching
import origination
from escrow import AccountKind, Payout, PayoutStatus
from kernel import find
from marketplace import clock, flows, jobs
from matching import Criteria
from tests.support.borrowing import (
    OSCAR,
    a_listing,
    funded,
    offer_products,
    person,
    read,
    usd,
    write,
)
from tests.support.web import Watch


@pytest.fixture(autouse=True)
def products(app: Flask) -> None:
    offer_products(app)


def test_cash_that_comes_just_after_another_call_is_invested_too(app: Flask, watch: Watch) -> None:
    _save_mandate(app)
    listing = _listed(app)
    _work(app)
    watch.move(seconds=20)

    _bring_in(app, "500")
    for _minute in range(2):
        watch.move(minutes=2)
        _work(app)

    assert _reserved(app, listing) == usd("100").minor


def test_what_is_kept_for_orders_by_hand_is_released_by_itself(app: Flask, watch: Watch) -> None:
    app.config.update(MANUAL_SHARE_PERCENT=100, MANUAL_HOURS=6)
    _bring_in(app, "500")
    _save_mandate(app)
    listing = _listed(app)
    watch.move(minutes=3)
    _work(app)
    early = _reserved(app, listing)

    watch.move(hours=5)
    _work(app)
    before = _reserved(app, listing)
    watch.move(hours=1)
    _work(app)

    assert early == before == 0
    assert _reserved(app, listing) == usd("100").minor


def test_cash_of_a_listing_that_ended_is_invested_elsewhere(app: Flask, watch: Watch) -> None:
    ended = _listed(app)
    funded(app, ended, "500")
    watch.move(days=13)
    _save_mandate(app)
    other = _listed(app)
    watch.move(minutes=2)
    _work(app)

    watch.move(days=1)
    for _minute in range(2):
        _work(app)
        watch.move(minutes=2)

    assert _reserved(app, other) == usd("100").minor


def test_a_loan_that_two_operators_pay_out_is_paid_out_once(app: Flask) -> None:
    listing = _listed(app)
    funded(app, listing, "12000")

    first, second = _disburse(app, listing), _disburse(app, listing)

    assert first == second
    assert len(_payouts(app)) == 1


def test_money_that_came_back_is_not_sent_with_the_next_loan(app: Flask) -> None:
    for _ in range(2):
        listing = _listed(app)
        funded(app, listing, "12000")
        _disburse(app, listing)
        _bounce(app)

    first, second = _payouts(app)
    assert first.amount == second.amount


def test_a_payout_whose_money_went_back_is_not_sent_again(app: Flask) -> None:
    _bring_in(app, "500")
    bob = person(app, "bob")
    write(
        app,
        lambda session: flows.pay_out(
            session,
            kind=AccountKind.LENDER,
            owner_id=bob,
            amount=usd("500"),
            to=None,
            key="all",
            bank=flows.gateway(),
            at=clock.now(),
        ),
    )
    _bounce(app)

    _work(app)

    told = read(app, lambda session: session.scalars(select(escrow.GatewayEvent.kind)).all())
    assert "payout.paid" not in told
    assert [payout.status for payout in _payouts(app)] == [PayoutStatus.FAILED]


def _listed(app: Flask) -> UUID:
    return a_listing(app)[1]


def _save_mandate(app: Flask) -> None:
    bob = person(app, "bob")
    write(
        app,
        lambda session: matching.save_mandate(
            session,
            lender_id=bob,
            name="all",
            cap=usd("100"),
            keep=usd("0"),
            total=None,
            criteria=Criteria(),
            at=clock.now(),
        ),
    )


def _bring_in(app: Flask, amount: str) -> None:
    bob = person(app, "bob")

    def paid(session: Session) -> None:
        deposit = escrow.begin_deposit(
            session,
            owner_id=bob,
            amount=usd(amount),
            key=f"deposit:{amount}",
            gateway=flows.gateway(),
            at=clock.now(),
        )
        session.flush()
        flows.pay_in(session, event=flows.gateway().pay(deposit), at=clock.now())

    write(app, paid)


def _disburse(app: Flask, listing: UUID) -> UUID:
    return write(
        app,
        lambda session: (
            flows.disburse(
                session, listing_id=listing, by=OSCAR, at=clock.now(), on=clock.today()
            ).id
        ),
    )


def _bounce(app: Flask) -> None:
    """Let the bank send every payout back that is on its way."""

    def back(session: Session) -> None:
        for payout in session.scalars(select(Payout)).all():
            escrow.receive(session, event=flows.gateway().bounce(payout), at=clock.now())

    write(app, back)


def _payouts(app: Flask) -> list[Payout]:
    return read(app, lambda session: list(session.scalars(select(Payout).order_by(Payout.id))))


def _reserved(app: Flask, listing: UUID) -> int:
    return read(app, lambda session: find(session, origination.Listing, listing).reserved_minor)


def _work(app: Flask) -> None:
    with app.app_context():
        jobs.run_due(clock.now())
