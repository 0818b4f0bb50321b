"""Stripe: the only module that imports its package.

Stripe offers no escrow: here it carries money in and out, and holds what is on its way.
"""

from collections.abc import Iterator
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
from escrow.stripe_collecting import StripeCollecting
from escrow.stripe_news import StripeNews
from escrow.stripe_wire import asking
from escrow.stripe_wire import since as _since
from escrow.webhooks import message_of, read_message

# The version that this module was written and tried against; the package's own types are of it.
API_VERSION = "2026-10-28.endive"
MOST_LISTED = 100
PATIENCE = timedelta(seconds=20)


class StripeGateway(StripeBalance, StripeCollecting, StripeNews):
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
        """Return the session that a lost call opened."""
        for name in ("deposit_id", "method_id", "collection_id"):
            found = self._found(
                lambda: self._client.checkout.sessions.list(_since(since)), name, subject
            )
            if found is not None:
                return found
        return None

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
        return str(account.id)

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
        return str(link.url)

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
        return str(made.id)

    def find_transfer(self, subject: UUID) -> str | None:
        """Return the transfer that a lost call made."""
        with asking():
            made = self._client.transfers.list({"transfer_group": str(subject)}).data
        return str(made[0].id) if made else None

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
        return str(made.id)

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
        return str(made.id)

    def find_take_back(self, transfer: str) -> str | None:
        """Return the reversal that a lost call made."""
        with asking():
            made = self._client.transfers.reversals.list(transfer).data
        return str(made[0].id) if made else None

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
