"""What stands in the navigation of each role.

An item whose page does not exist yet is left out, so that pages may be added in any order.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.models import Role


@dataclass(frozen=True)
class Item:
    """One entry: an endpoint, its name and its icon.

    `tab` puts it into the bar at the bottom of a phone, which has room for five; the others stand
    in the menu.
    """

    endpoint: str
    text: Any
    icon: str
    tab: bool = True

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        """Whether the page of this request belongs to it: the same endpoint or the same noun."""
        here = request.endpoint or ""
        nouns = self.endpoint.partition(".")[0], here.partition(".")[0]
        return here == self.endpoint or (nouns[0] == nouns[1] and self.endpoint.endswith(".index"))


NAVIGATION: dict[Role, list[Item]] = {
    Role.BORROWER: [
        Item("borrower.dashboard", _l("Overview"), "layout-dashboard"),
        Item("applications.index", _l("Applications"), "file-description"),
        Item("loans.index", _l("My loans"), "report-money"),
        Item("destinations.index", _l("Bank account"), "wallet"),
        Item("account.profile", _l("Account"), "user"),
    ],
    Role.LENDER: [
        Item("lender.dashboard", _l("Overview"), "layout-dashboard"),
        Item("listings.index", _l("Invest"), "search"),
        Item("mandates.index", _l("Auto-invest"), "robot"),
        Item("notes.index", _l("Holdings"), "briefcase"),
        Item("wallet.index", _l("Money"), "wallet"),
        Item("account.profile", _l("Account"), "user", tab=False),
    ],
    Role.OPERATOR: [
        Item("operator.dashboard", _l("Overview"), "layout-dashboard"),
        Item("reviews.index", _l("Review"), "gavel"),
        Item("desk.index", _l("Listings"), "list"),
        Item("servicing.index", _l("Servicing"), "receipt"),
        Item("ledger.index", _l("Ledger"), "scale"),
        Item("categories.index", _l("Categories"), "list", tab=False),
        Item("reconciliation.index", _l("Reconciliation"), "building-bank", tab=False),
        Item("payouts.index", _l("Payouts"), "wallet", tab=False),
        Item("batches.index", _l("Batches"), "robot", tab=False),
        Item("close.index", _l("Day close"), "calendar", tab=False),
        Item("jobs.index", _l("Jobs"), "database", tab=False),
        Item("account.profile", _l("Account"), "user", tab=False),
    ],
}

# Where a role lands after signing in, once the page is there.
HOME = {
    Role.BORROWER: "borrower.dashboard",
    Role.LENDER: "lender.dashboard",
    Role.OPERATOR: "operator.dashboard",
}


def navigation() -> list[Item]:
    """Return the entries of the reader's role whose pages exist."""
    items = NAVIGATION.get(current_user.role, []) if current_user.is_authenticated else []
    return [item for item in items if item.endpoint in current_app.view_functions]


def landing(role: Role) -> str:
    """Return the URL where a person of this role starts."""
    endpoint = HOME[role]
    return url_for(endpoint if endpoint in current_app.view_functions else "account.profile")
