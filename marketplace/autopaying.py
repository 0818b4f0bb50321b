"""Borrowers' payments by Stripe: ways to pay are saved, debits called for, excesses given back."""

from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
import servicing
from escrow import Collection, CollectionStatus, GatewayRefused, SavedMethod
from kernel import Money, find
from marketplace import collecting, flows
from marketplace.calling import Intent, once
from marketplace.db import in_transaction, reader


def save_method(method_id: UUID, *, back: str, at: datetime) -> str:
    """Return the address of Stripe's page for a way to pay; empty once it was answered there."""
    bank = flows.stripe()
    method, customer = _method(method_id)
    if customer is None:
        called = Intent(
            "customer",
            method.id,
            lambda key: bank.open_customer(method.owner_id, key=key),
            lambda since: bank.find_customer(method.owner_id, since=since),
        )
        customer = once(called, at=at)
    named = customer
    in_transaction(partial(escrow.name_customer, method_id=method.id, customer=named))
    intent = Intent(
        "setup",
        method.id,
        lambda key: bank.open_setup(method, customer=named, key=key, back=back).reference,
        lambda since: bank.find_checkout(method.id, since=since),
    )
    return bank.checkout_page(once(intent, at=at)).url


def checkout(row: Collection, *, words: str, back: str, at: datetime) -> str:
    """Return the address of Stripe's page for a payment; empty once it was answered there."""
    bank, flow = flows.stripe(), collecting.flow_of(row)
    intent = Intent(
        "payment",
        row.id,
        lambda key: bank.open_payment(row, words=words, flow=flow, key=key, back=back).reference,
        lambda since: bank.find_checkout(row.id, since=since),
    )
    return bank.checkout_page(once(intent, at=at)).url


def prepare_all(*, on: date, at: datetime) -> None:
    """Prepare the debits that are due on a day, and call again for those nobody heard of."""
    with reader() as session:
        loans = list(servicing.debited_loans(session))
        waiting = list(escrow.waiting_collections(session, gateway=flows.provider().name))
        session.expunge_all()
    for loan_id in loans:
        in_transaction(partial(collecting.prepare, loan_id=loan_id, on=on, at=at))
    for debit in waiting:
        in_transaction(partial(collecting.ask_to_debit, debit=debit, at=at))


def debit(collection_id: UUID, *, on: date, at: datetime) -> None:
    """Call for a debit that is still wanted, and take what is known of it at once."""
    claimed = in_transaction(lambda session: _claim(session, collection_id, on, at))
    if claimed is None:
        return
    row, method = claimed
    if row.gateway != escrow.StripeGateway.name:
        paid = escrow.Event(f"{row.id}:paid", "collection.received", str(row.id))
        in_transaction(partial(collecting.follow, event=paid, on=on, at=at))
        return
    for event in _called(row, method, at):
        in_transaction(partial(collecting.follow, event=event, on=on, at=at))


def refund(collection_id: UUID, amount_minor: int, *, at: datetime) -> None:
    """Give back what a borrower paid too much, once.

    Raises:
        GatewayMissing: Stripe does not know the payment, so that the money is still owed.
    """
    with reader() as session:
        row = find(session, Collection, collection_id)
        session.expunge(row)
    if row.gateway != escrow.StripeGateway.name:
        return
    bank, flow = flows.stripe(), collecting.flow_of(row)
    payment = bank.find_debit(row.id, since=row.created_at)
    amount = Money(amount_minor, row.amount.currency)
    if payment is None:
        raise escrow.GatewayMissing(why=str(row.id))
    intent = Intent(
        "refund",
        row.id,
        lambda key: bank.refund(row, payment=payment, amount=amount, flow=flow, key=key),
        lambda _since: bank.find_refund(payment),
    )
    once(intent, at=at)


def _called(row: Collection, method: SavedMethod, at: datetime) -> list[escrow.Event]:
    """Call for a debit; one that is declined exists nevertheless, and says why."""
    bank, flow = flows.stripe(), collecting.flow_of(row)
    intent = Intent(
        "debit",
        row.id,
        lambda key: bank.debit(
            row,
            customer=method.customer or "",
            method=method.reference or "",
            flow=flow,
            key=key,
        ),
        lambda since: bank.find_debit(row.id, since=since),
    )
    try:
        reference = once(intent, at=at)
    except GatewayRefused as refusal:
        why = {"reason": str(refusal.why)}
        declined = bank.find_debit(row.id, since=row.created_at)
        if declined is None:
            return [escrow.Event(f"{row.id}:refused", "collection.failed", str(row.id), why)]
        reference = declined
    return bank.look(escrow.Message(f"debit:{row.id}", "payment_intent.called", reference))


def _claim(
    session: Session, collection_id: UUID, on: date, at: datetime
) -> tuple[Collection, SavedMethod] | None:
    row = find(session, Collection, collection_id)
    if row.status != CollectionStatus.PROCESSING:
        claimed = servicing.claim_debit(session, collection_id=collection_id, on=on, at=at)
        if claimed is None:
            return None
    session.flush()
    method = find(session, SavedMethod, row.method_id)
    session.expunge_all()
    return row, method


def _method(method_id: UUID) -> tuple[SavedMethod, str | None]:
    """Return a way to pay, and the name by which Stripe knows its owner already."""
    with reader() as session:
        method = find(session, SavedMethod, method_id)
        known = escrow.methods_of(session, owner_id=method.owner_id, gateway=method.gateway)
        customer = method.customer or next((each.customer for each in known), None)
        session.expunge_all()
    return method, customer
