"""Every call that the API knows, and every deed that a clock can bring about."""

import re

from simulator.call import Deed, Route
from simulator.errors import Refusal
from simulator.resources import (
    accounts,
    balance,
    charging,
    checkout,
    customers,
    disputes,
    external_accounts,
    mandates,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    setup_intents,
    transfers,
    webhook_endpoints,
)

ROUTES: tuple[Route, ...] = (
    *accounts.ROUTES,
    *balance.ROUTES,
    *charging.ROUTES,
    *checkout.ROUTES,
    *customers.ROUTES,
    *disputes.ROUTES,
    *external_accounts.ROUTES,
    *mandates.ROUTES,
    *payment_intents.ROUTES,
    *payment_methods.ROUTES,
    *payouts.ROUTES,
    *refunds.ROUTES,
    *setup_intents.ROUTES,
    *transfers.ROUTES,
    *webhook_endpoints.ROUTES,
)
DEEDS: dict[str, Deed] = {
    **charging.DEEDS,
    **checkout.DEEDS,
    **disputes.DEEDS,
    **payouts.DEEDS,
    **refunds.DEEDS,
}
PATTERNS = [
    (route, re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path) + "$"))
    for route in ROUTES
]


def find_route(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return what answers a call, and the parts of its path.

    Raises:
        Refusal: nothing does.
    """
    for route, pattern in PATTERNS:
        found = pattern.match(path)
        if found is not None and route.method == method:
            return route, found.groupdict()
    raise Refusal(
        f"Unrecognized request URL ({method}: {path}). The demo bank does not know this call.",
        status=404,
    )
