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


class BasketKeyTaken(Conflict):
    """The key {key} was used before for another basket; nothing was placed."""


class EmptyBasket(Invalid):
    """A basket needs between one and {most} orders."""


class KnowledgeTestMissing(Refused):
    """Pass the knowledge test first; the rules of your home ask for it."""


class LegalLimitReached(Refused):
    """The rules of your home let you place {left} more for now."""


class ConsentNeeded(Refused):
    """More than {limit} in one loan needs your explicit consent."""


class StillRevocable(Refused):
    """Lenders may still take orders in listing L-{number} back until {until}."""


class OrderFixed(Refused):
    """This order is {order} and its listing {listing}; it can no longer be cancelled."""


class UnusableMandate(Invalid):
    """The mandate does not hold together: {why}."""


class TooFewCriteria(Invalid):
    """Name at least {least} criteria; the rules of your home ask for it."""


class BatchOvertaken(Unavailable):
    """Lenders kept taking cash out while a batch was applied; nothing was changed, run it again."""
