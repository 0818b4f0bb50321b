"""Stripe: the only module that imports its package.

Stripe offers no escrow: here it carries money in and out, and holds what is on its way.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import stripe

from escrow.gateway import (
    Carried,
    Event,
    Identified,
    Message,
    Page,
)
from escrow.policy import payment_policy
from escrow.stripe_balance import StripeBalance
from escrow.stripe_wire import about as _about
from escrow.stripe_wire import asking
from escrow.stripe_wire import ident as _id
from escrow.stripe_wire import since as _since
from escrow.webhooks import message_of, read_message

# The version that this module was written and tried against; the package's own types are of it.
API_VERSION = "2026-10-28.endive"
METHODS = {"card": "card", "us_bank_account": "bank_debit"}
INQUIRIES = {"warning_needs_response", "warning_under_review", "warning_closed", "prevented"}
MOST_LISTED = 100
PATIENCE = timedelta(seconds=20)


class StripeGateway(StripeBalance):
    """Deposits by Checkout, payouts by Connect, all of it asked for by keys of our own."""

    name = "stripe"

    def __init__(
        self, key: str, *, webhook_secret: str, base: str = "", patience: timedelta = PATIENCE
    ) -> None:
        """Speak to Stripe with a secret key.

        Args:
            key: the secret key.
            webhook_secret: what Stripe signs its messages with.
            base: another address than Stripe's own, such as the demo bank's.
            patience: how long an answer may take.
        """
        self._secret = webhook_secret
        self._client = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": base, "connect": base, "files": base} if base else None,
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=patience.total_seconds()),
        ).v1
        self._reader = self._client

    # --- deposits ---------------------------------------------------------------------------

    def checkout_url(self, deposit: Identified) -> str:
        """Return our own page for a deposit: Stripe's is opened from there."""
        return f"/wallet/deposits/{deposit.id}/pay"

    def open_checkout(self, deposit: Carried, *, key: str, back: str) -> Page:
        """Open a page of Stripe's on which a deposit is paid by card or by bank debit.

        Args:
            deposit: what is to be paid.
            key: the key of this call.
            back: where the depositor returns to.
        """
        amount, about = deposit.amount, {"deposit_id": str(deposit.id)}
        with asking():
            session = self._client.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": amount.currency.value.lower(),
                                "unit_amount": amount.minor,
                                "product_data": {"name": "Deposit"},
                            },
                        }
                    ],
                    "client_reference_id": str(deposit.id),
                    "metadata": about,
                    "payment_intent_data": {"metadata": about},
                    "success_url": back,
                    "cancel_url": back,
                },
                {"idempotency_key": key},
            )
        return Page(session.id, session.url or back)

    def checkout_page(self, reference: str) -> Page:
        """Return the page of a session that was opened before; without a URL once it is over."""
        with asking():
            session = self._client.checkout.sessions.retrieve(reference)
        return Page(session.id, session.url or "")

    def find_checkout(self, subject: UUID, *, since: datetime) -> str | None:
        """Return the session that a lost call opened for a deposit or a method."""
        return self._found(
            lambda: self._client.checkout.sessions.list(_since(since)), "deposit_id", subject
        ) or self._found(
            lambda: self._client.checkout.sessions.list(_since(since)), "method_id", subject
        )

    # --- a borrower's saved way to pay --------------------------------------------------------

    def open_customer(self, owner_id: UUID, *, key: str) -> str:
        """Give a borrower a name at Stripe."""
        with asking():
            made = self._client.customers.create(
                {"metadata": {"owner_id": str(owner_id)}}, {"idempotency_key": key}
            )
        return made.id

    def open_setup(self, method: Identified, *, customer: str, key: str, back: str) -> Page:
        """Open a page of Stripe's on which a borrower saves a way to pay."""
        about = {"method_id": str(method.id)}
        with asking():
            session = self._client.checkout.sessions.create(
                {
                    "mode": "setup",
                    "currency": "usd",
                    "customer": customer,
                    "metadata": about,
                    "success_url": back,
                    "cancel_url": back,
                },
                {"idempotency_key": key},
            )
        return Page(session.id, session.url or back)

    # --- who is paid out ----------------------------------------------------------------------

    def open_account(self, destination: Identified, *, key: str) -> str:
        """Open a Connect account for somebody who is to be paid, who tells Stripe who they are."""
        with asking():
            account = self._client.accounts.create(
                {
                    "type": "express",
                    "capabilities": {"transfers": {"requested": True}},
                    "settings": {"payouts": {"schedule": {"interval": "manual"}}},
                    "metadata": {"destination_id": str(destination.id)},
                },
                {"idempotency_key": key},
            )
        return account.id

    def find_account(self, subject: UUID, *, since: datetime) -> str | None:
        """Return the account that a lost call opened."""
        return self._found(
            lambda: self._client.accounts.list(_since(since)), "destination_id", subject
        )

    def onboarding(self, account: str, *, back: str) -> str:
        """Return a page of Stripe's on which somebody proves who they are; it opens once."""
        with asking():
            link = self._client.account_links.create(
                {
                    "account": account,
                    "type": "account_onboarding",
                    "return_url": back,
                    "refresh_url": back,
                }
            )
        return link.url

    # --- payouts ------------------------------------------------------------------------------

    def send(self, payout: Identified) -> list[Event]:
        """Refuse: a payout is a transfer and a payout, each with a key of its own."""
        raise NotImplementedError(f"send {payout.id} by transfer and pay_out")

    def transfer(self, payout: Carried, *, account: str, key: str) -> str:
        """Give the payee's account at Stripe the money of a payout."""
        with asking():
            made = self._client.transfers.create(
                {
                    "amount": payout.amount.minor,
                    "currency": payout.amount.currency.value.lower(),
                    "destination": account,
                    "transfer_group": str(payout.id),
                    "metadata": {"payout_id": str(payout.id)},
                },
                {"idempotency_key": key},
            )
        return made.id

    def find_transfer(self, subject: UUID) -> str | None:
        """Return the transfer that a lost call made."""
        with asking():
            made = self._client.transfers.list({"transfer_group": str(subject)}).data
        return made[0].id if made else None

    def pay_out(self, payout: Carried, *, account: str, key: str) -> str:
        """Send the money of a payout from the payee's account at Stripe to their bank."""
        with asking():
            made = self._client.payouts.create(
                {
                    "amount": payout.amount.minor,
                    "currency": payout.amount.currency.value.lower(),
                    "metadata": {"payout_id": str(payout.id)},
                },
                {"idempotency_key": key, "stripe_account": account},
            )
        return made.id

    def find_payout(self, subject: UUID, *, account: str, since: datetime) -> str | None:
        """Return the payout that a lost call made."""
        return self._found(
            lambda: self._client.payouts.list(_since(since), {"stripe_account": account}),
            "payout_id",
            subject,
        )

    def take_back(self, transfer: str, *, key: str) -> str:
        """Take the money of a payout that failed back from the payee's account at Stripe."""
        with asking():
            made = self._client.transfers.reversals.create(transfer, {}, {"idempotency_key": key})
        return made.id

    def find_take_back(self, transfer: str) -> str | None:
        """Return the reversal that a lost call made."""
        with asking():
            made = self._client.transfers.reversals.list(transfer).data
        return made[0].id if made else None

    # --- what Stripe tells --------------------------------------------------------------------

    def read(self, body: bytes, header: str, *, at: datetime) -> Message:
        """Return what a webhook says.

        Raises:
            ForgedMessage: it is not from Stripe, too old or too new, or no event.
        """
        tolerance = payment_policy().tolerance
        return read_message(body, header, secret=self._secret, at=at, tolerance=tolerance)

    def messages_since(self, moment: datetime) -> Iterator[Message]:
        """Return what happened since a moment, for what no webhook has brought."""
        with asking():
            since = {**_since(moment), "limit": MOST_LISTED}
            page = self._client.events.list(cast("Any", since))
            for event in page.auto_paging_iter():
                yield message_of(event.to_dict())

    def look(self, message: Message) -> list[Event]:
        """Ask for the present state of what a message is about, and say what follows from it."""
        for start, answer in (
            ("checkout.session.", self._session),
            ("payment_intent.", self._intent),
            ("charge.dispute.", self._dispute),
            ("payout.", self._payout),
        ):
            if message.kind.startswith(start):
                with asking():
                    return answer(message.object_id, message.account)
        return self._account(message) if message.kind == "account.updated" else []

    def _session(self, ident: str, account: str) -> list[Event]:
        session = self._client.checkout.sessions.retrieve(ident, {"expand": ["setup_intent"]})
        about = _about(session)
        if session.mode == "setup":
            saved = session.setup_intent
            if session.status != "complete" or saved is None or "method_id" not in about:
                return []
            told = {"reference": _id(saved.payment_method)}  # type: ignore[union-attr]
            return [Event(f"{ident}:saved", "method.saved", about["method_id"], told)]
        if session.payment_intent:
            return self._intent(_id(session.payment_intent), account)
        if session.status == "expired" and "deposit_id" in about:
            why = {"reason": "the page was left"}
            return [Event(f"{ident}:expired", "deposit.failed", about["deposit_id"], why)]
        return []

    def _intent(self, ident: str, account: str) -> list[Event]:
        del account
        intent = self._client.payment_intents.retrieve(ident, {"expand": ["latest_charge"]})
        deposit = _about(intent).get("deposit_id")
        if deposit is None:
            return []
        charge: Any = intent.latest_charge
        if intent.status == "succeeded":
            paid_by = charge.payment_method_details.type
            told = {
                "method": METHODS.get(paid_by, paid_by),
                "amount_minor": intent.amount_received,
            }
            return [Event(f"{ident}:succeeded", "deposit.succeeded", deposit, told)]
        if intent.status == "processing":
            return [Event(f"{ident}:processing", "deposit.processing", deposit)]
        failed = intent.last_payment_error
        if failed is None and intent.status != "canceled":
            return []
        why = {"reason": str(failed.message or failed.code) if failed else "canceled"}
        attempt = charge.id if charge else "canceled"
        return [Event(f"{ident}:failed:{attempt}", "deposit.failed", deposit, why)]

    def _dispute(self, ident: str, account: str) -> list[Event]:
        """Say how a payment came about before it was disputed, so that the order is right."""
        dispute = self._client.disputes.retrieve(ident)
        if dispute.status in INQUIRIES or dispute.payment_intent is None:
            return []
        events = self._intent(_id(dispute.payment_intent), account)
        if not events:
            return []
        deposit = events[0].subject
        told = {"reference": ident, "amount_minor": dispute.amount, "reason": dispute.reason}
        if dispute.status != "lost":
            events.append(Event(f"{ident}:disputed", "deposit.disputed", deposit, told))
        outcome = {"lost": "deposit.returned", "won": "deposit.reinstated"}.get(dispute.status)
        if outcome:
            events.append(Event(f"{ident}:{dispute.status}", outcome, deposit, told))
        return events

    def _payout(self, ident: str, account: str) -> list[Event]:
        found = self._client.payouts.retrieve(ident, {}, {"stripe_account": account or ""})
        payout = _about(found).get("payout_id")
        if payout is None:
            return []
        kind = {"paid": "payout.paid", "failed": "payout.failed", "canceled": "payout.failed"}.get(
            found.status, "payout.sent"
        )
        told = {"late": True, "reason": found.failure_message or found.failure_code or found.status}
        return [Event(f"{ident}:{kind}", kind, payout, told if kind == "payout.failed" else {})]

    def _account(self, message: Message) -> list[Event]:
        """Say whether an account may be paid to; it may be restricted and opened again."""
        with asking():
            found = self._client.accounts.retrieve(message.object_id)
        destination = _about(found).get("destination_id")
        if destination is None or not found.details_submitted:
            return []
        if found.payouts_enabled:
            banks = found.external_accounts.data if found.external_accounts else []
            told = {"label": f"•••• {banks[0].last4}"} if banks else {}
            return [Event(f"{message.id}:verified", "destination.verified", destination, told)]
        why = found.requirements.disabled_reason if found.requirements else None
        told = {"reason": why or "payouts are not enabled"}
        return [Event(f"{message.id}:refused", "destination.refused", destination, told)]

    def _found(self, ask: Callable[[], Any], name: str, subject: UUID) -> str | None:
        """Return the object whose metadata names the subject."""
        with asking():
            for each in ask().auto_paging_iter():
                if _about(each).get(name) == str(subject):
                    return str(each.id)
        return None
