"""What follows from the present state of an object at Stripe."""

from typing import Any

from escrow.gateway import Event, Message
from escrow.stripe_wire import about as _about
from escrow.stripe_wire import asking
from escrow.stripe_wire import ident as _id

METHODS = {"card": "card", "us_bank_account": "bank_debit"}
INQUIRIES = {"warning_needs_response", "warning_under_review", "warning_closed", "prevented"}
# How a payment's news is called, by whose payment it is.
SUCCESS = {"deposit": "succeeded", "collection": "received"}
DISPUTED = {"deposit": "disputed", "collection": "returned"}


class StripeNews:
    """The part of the gateway that looks things up and says what they mean."""

    _client: Any

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
        expanded = {"expand": ["setup_intent.payment_method"]}
        session = self._client.checkout.sessions.retrieve(ident, expanded)
        about = _about(session)
        if session.mode == "setup":
            saved = session.setup_intent
            if session.status != "complete" or saved is None or "method_id" not in about:
                return []
            method = saved.payment_method
            told = {"reference": _id(method), "label": _label(method)}
            return [Event(f"{ident}:saved", "method.saved", about["method_id"], told)]
        if session.payment_intent:
            return self._intent(_id(session.payment_intent), account)
        noun, subject = _subject(about)
        if session.status == "expired" and noun:
            why = {"reason": "the page was left"}
            return [Event(f"{ident}:expired", f"{noun}.failed", subject, why)]
        return []

    def _intent(self, ident: str, account: str) -> list[Event]:
        del account
        intent = self._client.payment_intents.retrieve(ident, {"expand": ["latest_charge"]})
        noun, subject = _subject(_about(intent))
        if not noun:
            return []
        charge: Any = intent.latest_charge
        if intent.status == "succeeded":
            paid_by = charge.payment_method_details.type
            told = {
                "method": METHODS.get(paid_by, paid_by),
                "amount_minor": intent.amount_received,
            }
            return [Event(f"{ident}:succeeded", f"{noun}.{SUCCESS[noun]}", subject, told)]
        if intent.status == "processing":
            return [Event(f"{ident}:processing", f"{noun}.processing", subject)]
        failed = intent.last_payment_error
        if failed is None and intent.status != "canceled":
            return []
        why = {"reason": str(failed.message or failed.code) if failed else "canceled"}
        if failed:
            why["code"] = str(
                failed.decline_code or (charge and charge.failure_code) or failed.code
            )
        attempt = charge.id if charge else "canceled"
        return [Event(f"{ident}:failed:{attempt}", f"{noun}.failed", subject, why)]

    def _dispute(self, ident: str, account: str) -> list[Event]:
        """Say how a payment came about before it was disputed, so that the order is right."""
        dispute = self._client.disputes.retrieve(ident)
        if dispute.status in INQUIRIES or dispute.payment_intent is None:
            return []
        events = self._intent(_id(dispute.payment_intent), account)
        if not events:
            return []
        noun, subject = events[0].kind.partition(".")[0], events[0].subject
        told = {"reference": ident, "amount_minor": dispute.amount, "reason": dispute.reason}
        if dispute.status != "lost":
            events.append(Event(f"{ident}:disputed", f"{noun}.{DISPUTED[noun]}", subject, told))
        outcome = {"lost": "returned", "won": "reinstated"}.get(dispute.status)
        if outcome:
            events.append(Event(f"{ident}:{dispute.status}", f"{noun}.{outcome}", subject, told))
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


def _subject(about: dict[str, str]) -> tuple[str, str]:
    """Return whose payment it is: a deposit's, a collection's, or nobody's of ours."""
    for noun in SUCCESS:
        if f"{noun}_id" in about:
            return noun, about[f"{noun}_id"]
    return "", ""


def _label(method: Any) -> str:
    """Return what a way to pay is called: whose it is, and its last digits."""
    kept = method[method.type].to_dict()
    name = str(kept.get("brand") or kept.get("bank_name") or method.type)
    return f"{name[:1].upper()}{name[1:]} •••• {kept.get('last4', '')}"
