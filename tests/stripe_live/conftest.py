"""Stripe itself is asked only where somebody gives a key of its test mode."""

import os

KEY = os.environ.get("STRIPE_TEST_KEY", "")
collect_ignore_glob = [] if KEY.startswith(("sk_test_", "rk_test_")) else ["test_*.py"]


def pytest_report_header() -> str:
    """Say why nothing runs here."""
    return (
        f"Stripe: {'asked with a test key' if KEY else 'not asked, set STRIPE_TEST_KEY=sk_test_…'}"
    )
