"""What borrowers pay through Stripe: saved ways to pay, debits, payments on a page, refunds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from escrow.gateway import Carried, Identified, Page
from escrow.stripe_wire import about, asking
from escrow.stripe_wire import since as from_then
from kernel import Money


class StripeCollecting:
    """The part of the gateway that collects."""

    _client: Any

    def open_customer(self, owner_id: UUID, *, key: str) -> str:
        """Give a borrower a name at Stripe."""
        with asking():
            made = self._client.customers.create(
                {"metadata": {"owner_id": str(owner_id)}}, {"idempotency_key": key}
            )
        return str(made.id)

    def find_customer(self, owner_id: UUID, *, since: datetime) -> str | None:
        """Return the customer that a lost call made."""
        return self._found(
            lambda: self._client.customers.list(from_then(since)), "owner_id", owner_id
        )

    def open_setup(self, method: Identified, *, customer: str, key: str, back: str) -> Page:
        """Open a page of Stripe's on which a borrower saves a way to pay."""
        return self._open(
            {
                "mode": "setup",
                "currency": "usd",
                "customer": customer,
                "metadata": {"method_id": str(method.id)},
                "success_url": back,
                "cancel_url": back,
            },
            key,
            back,
        )

    def open_payment(
        self, collection: Carried, *, words: str, flow: str, key: str, back: str
    ) -> Page:
        """Open a page of Stripe's on which a borrower pays.

        Args:
            collection: what is to be paid.
            words: what it is for.
            flow: the key of the entry by which the book will know it.
            key: the key of this call.
            back: where the borrower returns to.
        """
        amount, named = collection.amount, _named(collection, flow)
        price = {
            "currency": amount.currency.value.lower(),
            "unit_amount": amount.minor,
            "product_data": {"name": words},
        }
        return self._open(
            {
                "mode": "payment",
                "line_items": [{"quantity": 1, "price_data": price}],
                "metadata": named,
                "payment_intent_data": {"metadata": named},
                "success_url": back,
                "cancel_url": back,
            },
            key,
            back,
        )

    def debit(self, collection: Carried, *, customer: str, method: str, flow: str, key: str) -> str:
        """Debit a saved way to pay, while its owner is not there."""
        with asking():
            made = self._client.payment_intents.create(
                {
                    "amount": collection.amount.minor,
                    "currency": collection.amount.currency.value.lower(),
                    "customer": customer,
                    "payment_method": method,
                    "confirm": True,
                    "off_session": True,
                    "metadata": _named(collection, flow),
                },
                {"idempotency_key": key},
            )
        return str(made.id)

    def find_debit(self, subject: UUID, *, since: datetime) -> str | None:
        """Return the debit that a lost or a declined call made."""
        return self._found(
            lambda: self._client.payment_intents.list(from_then(since)), "collection_id", subject
        )

    def refund(
        self, collection: Carried, *, payment: str, amount: Money, flow: str, key: str
    ) -> str:
        """Give a part or all of a payment back."""
        with asking():
            made = self._client.refunds.create(
                {
                    "payment_intent": payment,
                    "amount": amount.minor,
                    "metadata": _named(collection, flow),
                },
                {"idempotency_key": key},
            )
        return str(made.id)

    def find_refund(self, payment: str) -> str | None:
        """Return the refund that a lost call made."""
        with asking():
            made = self._client.refunds.list({"payment_intent": payment}).data
        return str(made[0].id) if made else None

    def _open(self, asked: dict[str, Any], key: str, back: str) -> Page:
        with asking():
            session = self._client.checkout.sessions.create(asked, {"idempotency_key": key})
        return Page(session.id, session.url or back)

    def _found(self, ask: Callable[[], Any], name: str, subject: UUID) -> str | None:
        """Return the object whose metadata names the subject."""
        with asking():
            for each in ask().auto_paging_iter():
                if about(each).get(name) == str(subject):
                    return str(each.id)
        return None


def _named(collection: Identified, flow: str) -> dict[str, str]:
    return {"collection_id": str(collection.id), "flow": flow}
