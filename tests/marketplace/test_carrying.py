"""Money carried by Stripe, as the demo bank plays it: every call once, whatever goes wrong."""

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, AccountRef, Deposit, GatewayCall, GatewayEvent, Payout
from kernel import Currency, DomainError, Money, new_id
from marketplace import carrying, clock, flows, hearing
from marketplace.models import Role
from simulator import Simulator
from tests.support.borrowing import person, read, usd, write
from tests.support.stripe import carried_by, fill_in, hear, signed, work
from tests.support.web import Visitor, settle, shell

FAULTS = [
    (kind, moment)
    for kind in ("timeout", "conflict", "rate_limit", "server_error", "reset")
    for moment in ("before", "after")
]


@pytest.fixture
def bank() -> Iterator[Simulator]:
    with Simulator.start() as bank:
        yield bank


@pytest.fixture
def app(database: str, tmp_path: Path, bank: Simulator) -> Iterator[Flask]:
    with shell(database, tmp_path, **carried_by(bank)) as app:
        settle(app, "bob", Role.LENDER)
        yield app


def cash(app: Flask) -> Money:
    bob = AccountRef(AccountKind.LENDER, person(app, "bob"), Currency.USD)
    return read(app, lambda session: escrow.balance(session, account=bob))


def begun(app: Flask, amount: str = "1000.00") -> Deposit:
    def work(session: Session) -> Deposit:
        return escrow.begin_deposit(
            session,
            owner_id=bob,
            amount=usd(amount),
            key=str(new_id()),
            gateway=flows.provider(),
            at=clock.now(),
        )

    bob = person(app, "bob")
    return write(app, work)


def opened(app: Flask, deposit: Deposit) -> str:
    """Return the name of the Checkout session of a deposit."""
    with app.app_context():
        carrying.checkout(deposit, back="http://localhost/wallet/", at=clock.now())
    made = select(GatewayCall.reference).where(GatewayCall.subject_id == deposit.id)
    return str(read(app, lambda session: session.scalars(made.order_by("attempt")).all()[-1]))


def pay(app: Flask, bank: Simulator, deposit: Deposit, number: str = "4000000000000077") -> int:
    """Pay on the bank's page, by card, or by bank debit where the number is an account's."""
    return fill_in(bank, opened(app, deposit), number)


def status_of(app: Flask, row: Any) -> str:
    return read(app, lambda session: str(session.get_one(type(row), row.id).status))


def forwarded(app: Flask, bank: Simulator, *, number: str = "000123456789") -> Payout:
    """Return a withdrawal of 40 dollars that waits to be sent to bob's account at Stripe."""
    bob = person(app, "bob")

    def added(session: Session) -> escrow.Destination:
        return escrow.add_destination(
            session, owner_id=bob, label="Bank", key="b", gateway=flows.provider(), at=clock.now()
        )

    destination = write(app, added)
    with app.app_context():
        page = carrying.onboard(destination, back="http://localhost/", at=clock.now())
    assert page.startswith(bank.url)
    named = GatewayCall.subject_id == destination.id, GatewayCall.reference.is_not(None)
    made = select(GatewayCall.reference).where(*named)
    account = read(app, lambda session: session.scalars(made).one())
    bank.command("account", account=account, bank=number)
    hear(app, bank)

    def withdrawn(session: Session) -> Payout:
        payout = escrow.withdraw(
            session,
            owner_id=bob,
            destination_id=destination.id,
            amount=usd("40.00"),
            key="w",
            gateway=flows.provider(),
            at=clock.now(),
        )
        flows.ask_to_send(session, payout, at=clock.now())
        return payout

    return write(app, withdrawn)


def balanced(app: Flask) -> bool:
    return read(app, lambda session: escrow.verify(session).ok)


def test_a_card_pays_a_deposit_on_stripes_page(app: Flask, bank: Simulator) -> None:
    deposit = begun(app)
    assert pay(app, bank, deposit) == 303

    hear(app, bank)

    assert cash(app) == usd("1000.00")
    with app.app_context():
        assert carrying.checkout(deposit, back="http://localhost/", at=clock.now()) == ""


def test_a_lender_comes_to_stripes_page_by_a_link(app: Flask, bank: Simulator) -> None:
    visitor = Visitor(app)
    visitor.sign_in("bob")

    sent = visitor.post("/wallet/deposits/", currency="USD", amount="50", key=str(new_id()))
    page = visitor.get(str(sent.location))

    assert f'href="{bank.url}/pay/cs_test' in page.text
    settle(app, "carol", Role.LENDER)
    carol = Visitor(app)
    carol.sign_in("carol")
    assert carol.get(str(sent.location)).status_code == 404


def test_a_card_that_is_declined_may_be_followed_by_another(app: Flask, bank: Simulator) -> None:
    deposit = begun(app)
    assert pay(app, bank, deposit, "4000000000000002") == 422
    hear(app, bank)
    assert status_of(app, deposit) == "failed"

    pay(app, bank, deposit)
    hear(app, bank)

    assert cash(app) == usd("1000.00")


def test_a_bank_debit_settles_is_held_and_comes_back_weeks_later(
    app: Flask, bank: Simulator
) -> None:
    deposit = begun(app)
    pay(app, bank, deposit, "000555555559")
    hear(app, bank)
    assert status_of(app, deposit) == "processing"

    bank.advance(days=4)
    hear(app, bank)
    assert (status_of(app, deposit), cash(app).minor) == ("held", 0)
    bank.advance(days=5)
    work(app)
    assert cash(app) == usd("1000.00")
    bank.advance(days=21)
    hear(app, bank)

    assert (status_of(app, deposit), cash(app).minor) == ("returned", 0)
    assert balanced(app)


def test_a_bank_debit_that_fails_brings_nothing(app: Flask, bank: Simulator) -> None:
    deposit = begun(app)
    pay(app, bank, deposit, "000222222227")

    bank.advance(days=5)
    hear(app, bank)

    assert (status_of(app, deposit), cash(app).minor) == ("failed", 0)


@pytest.mark.parametrize(("outcome", "left"), [("won", 1000_00), ("lost", 0)])
def test_a_dispute_takes_the_money_until_it_is_won(
    app: Flask, bank: Simulator, outcome: str, left: int
) -> None:
    deposit = begun(app)
    pay(app, bank, deposit, "4000000000000259")
    bank.advance(days=1)
    hear(app, bank)
    assert (status_of(app, deposit), cash(app).minor) == ("disputed", 0)

    charge = bank.client().v1.charges.list().data[0]
    bank.command("dispute", charge=charge.id, outcome=outcome)
    hear(app, bank, times=2)

    assert cash(app).minor == left
    assert balanced(app)


def test_a_page_that_is_left_ends_the_deposit(app: Flask, bank: Simulator) -> None:
    deposit = begun(app)
    opened(app, deposit)

    bank.advance(days=2)
    hear(app, bank)

    assert status_of(app, deposit) == "failed"


def test_a_withdrawal_goes_through_the_payees_account_to_their_bank(
    app: Flask, bank: Simulator
) -> None:
    pay(app, bank, begun(app))
    hear(app, bank)
    payout = forwarded(app, bank)

    work(app)
    assert status_of(app, payout) == "sent"
    bank.advance(days=3)
    hear(app, bank)

    assert status_of(app, payout) == "paid"
    assert cash(app) == usd("960.00")
    assert balanced(app)


def test_a_withdrawal_that_fails_puts_the_money_back_and_says_why(
    app: Flask, bank: Simulator
) -> None:
    pay(app, bank, begun(app))
    hear(app, bank)
    payout = forwarded(app, bank, number="000111111113")
    work(app)

    bank.advance(days=3)
    hear(app, bank)
    hear(app, bank)

    assert status_of(app, payout) == "failed"
    assert cash(app) == usd("1000.00")
    assert len(bank.client().v1.transfers.list().data[0].reversals.data) == 1


def test_a_gap_between_messages_is_filled(app: Flask, bank: Simulator) -> None:
    deposit = begun(app)
    pay(app, bank, deposit)
    bank.take()

    with app.app_context():
        carrying.tend(at=clock.now())
    work(app)

    assert cash(app) == usd("1000.00")


def test_a_dropped_message_about_a_payout_is_missed_for_an_hour_at_most(
    app: Flask, bank: Simulator
) -> None:
    pay(app, bank, begun(app))
    hear(app, bank)
    payout = forwarded(app, bank)
    work(app)

    bank.advance(days=3)
    bank.take()
    for _again in range(2):
        work(app)

    assert status_of(app, payout) == "paid"


@pytest.mark.parametrize("seed", range(2))
def test_messages_in_any_number_and_order_lead_to_the_same_book(
    app: Flask, bank: Simulator, seed: int
) -> None:
    deposits = [begun(app, f"{10 + number}.00") for number in range(6)]
    for deposit, number in zip(
        deposits, ("4000000000000077", "4000000000000259", "000123456789") * 2, strict=True
    ):
        pay(app, bank, deposit, number)
    bank.advance(days=4)

    hear(app, bank, times=4, seed=seed)
    bank.advance(days=6)
    work(app)

    assert cash(app) == usd("50.00")
    assert balanced(app)


def test_a_bank_that_began_anew_is_asked_for_nothing_twice(app: Flask) -> None:
    stranger = escrow.Message("evt_old", "payment_intent.succeeded", "pi_of_another_bank")

    write(app, lambda session: hearing.hear(session, message=stranger, at=clock.now()))
    work(app)

    assert read(app, escrow.unheard) == []


CALLS = ("/v1/checkout/sessions", "/v1/accounts", "/v1/transfers", "/v1/payouts")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("kind", "moment"), FAULTS)
def test_whatever_goes_wrong_with_a_call_it_has_one_effect(
    app: Flask, bank: Simulator, kind: str, moment: str
) -> None:
    """Every call on the way of a deposit and of a withdrawal fails once, each in this way."""
    for path in CALLS:
        bank.fault(kind, moment=moment, method="POST", path=path, seconds=0.3)
    app.config["STRIPE_PATIENCE"] = 0.2

    deposit = begun(app)
    for _again in range(2):
        with suppress(DomainError):
            opened(app, deposit)
    pay(app, bank, deposit)
    hear(app, bank)
    with suppress(DomainError):
        forwarded(app, bank)
    payout = forwarded(app, bank)
    for _again in range(4):
        work(app)
        bank.advance(seconds=90)
    bank.advance(days=3)
    hear(app, bank)

    client = bank.client().v1
    assert len(client.checkout.sessions.list().data) == 1
    assert len(client.accounts.list().data) == 1
    assert len(client.transfers.list().data) == 1
    assert status_of(app, payout) == "paid"
    assert cash(app) == usd("960.00")
    assert balanced(app)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_hostile_messages_are_refused_and_never_break_anything(app: Flask) -> None:
    client, dice, at = app.test_client(), random.Random(7), int(app.config["CLOCK"]().timestamp())
    event = {"id": "evt_1", "type": "payout.paid", "data": {"object": {"id": "po_1"}}}
    bodies = [b"", b"\xff\xfe", b"[]", b"null", b"7", b'"x"', b"{", b"[" * 9000, b"{}"]
    bodies += [json.dumps(event | {"id": None}).encode(), json.dumps(event | {"data": 3}).encode()]
    bodies += [json.dumps(event | {"id": "e" * 201}).encode()]
    posted = [(body, signed(body, at)) for body in bodies]
    body = json.dumps(event).encode()
    right = signed(body, at)
    posted += [(body, signed(body, at + off)) for off in (-301, 301, 86_400)]
    posted += [(body, header) for header in ("", "t=1", "v1=1", right[:-1], "t=x,v1=y", "é" * 9)]
    posted += [(body, right.replace("v1=", "v0=")), (body, signed(body, at, "whsec_other"))]
    for _again in range(150):
        place = dice.randrange(len(body))
        changed = body[:place] + bytes([body[place] ^ (1 << dice.randrange(7))]) + body[place + 1 :]
        posted.append((changed, right))

    answers = [
        client.post("/webhooks/stripe", data=data, headers={"Stripe-Signature": header})
        for data, header in posted
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert read(app, lambda session: session.scalars(select(GatewayEvent)).all()) == []
    replays = [
        client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": right})
        for _again in range(3)
    ]
    assert {answer.status_code for answer in replays} == {200}
    assert len(read(app, lambda session: session.scalars(select(GatewayEvent)).all())) == 1
