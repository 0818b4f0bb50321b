"""Which account of the book stands for the money that a gateway carries."""

from escrow.chart import AccountKind
from escrow.reconciling import Place

BANK_FILE = "bank"


def place_of(gateway: str) -> Place:
    """Return where the money rests that a gateway of this name carries."""
    return Place.BANK if gateway == BANK_FILE else Place.STRIPE


def kind_of(gateway: str) -> AccountKind:
    """Return the kind of account of that place."""
    return AccountKind(place_of(gateway).value)
