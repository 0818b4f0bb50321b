"""What matching refuses."""

from kernel import Conflict, Invalid, Refused, Unavailable


class OwnListing(Refused):
    """This is your own listing; borrowers cannot lend to themselves."""


class ListingFull(Refused):
    """Listing L-{number} has room for {room} only; others were first."""


class ListingClosed(Refused):
    """Listing L-{number} takes no orders: it is {status}."""


class ListingAlive(Refused):
    """Listing L-{number} is {status}; its money is released when it has expired or is withdrawn."""


class OrderTooSmall(Invalid):
    """An order must be at least {minimum}, or exactly what is left: {room}."""


class OrderOffStep(Invalid):
    """An order must be a multiple of {step}, or exactly what is left: {room}."""


class OrderKeyTaken(Conflict):
    """The key {key} was used before for another order; nothing was placed."""


class OrderFixed(Refused):
    """This order is {order} and its listing {listing}; it can no longer be cancelled."""


class UnusableMandate(Invalid):
    """The mandate does not hold together: {why}."""


class BatchOvertaken(Unavailable):
    """Lenders kept taking cash out while a batch was applied; nothing was changed, run it again."""
