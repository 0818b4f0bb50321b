"""An application whose money the demo bank carries, as if it were Stripe."""

import hmac
import random
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import requests
from flask import Flask

from marketplace import clock, jobs
from simulator import KEY, SECRET, Simulator


def carried_by(bank: Simulator) -> dict[str, Any]:
    """Return the settings of an application that takes this bank, and its clock, for real."""
    return {
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_ADDRESS": bank.url,
        "CLOCK": lambda: datetime.fromtimestamp(bank.now, UTC),
    }


def fill_in(bank: Simulator, session: str, number: str) -> int:
    """Pay, or save a way to pay, on the bank's page: a card, or an account where it is shorter."""
    card = {"method": "card", "number": number, "expires": "12/40", "cvc": "123"}
    debit = {"method": "us_bank_account", "account_number": number, "agreed": "on"}
    filled = card if len(number) == 16 else debit | {"routing_number": "110000000"}
    page = f"{bank.url}/pay/{session}"
    return requests.post(page, data=filled, allow_redirects=False, timeout=5).status_code


def hear(app: Flask, bank: Simulator, *, times: int = 1, seed: int = 0) -> None:
    """Let everything that was posted arrive, and the worker do its work."""
    posted = [delivery for delivery in bank.take() for _again in range(times)]
    random.Random(seed).shuffle(posted)
    client = app.test_client()
    for delivery in posted:
        header = {"Stripe-Signature": signed(delivery.body, bank.now)}
        answer = client.post("/webhooks/stripe", data=delivery.body, headers=header)
        assert answer.status_code == 200
    work(app)


def work(app: Flask) -> None:
    """Do what is due."""
    with app.app_context():
        jobs.run_due(clock.now())


def signed(body: bytes, at: int, secret: str = SECRET) -> str:
    """Return the header with which Stripe signs what it posts."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at},v1={mac}"
