"""What the book refuses."""

from kernel import Conflict, Invalid, NotFound, Refused


class KeyConflict(Conflict):
    """The key {key} was used before for something else; nothing was booked."""


class InsufficientFunds(Refused):
    """The {kind} account holds {available}, which is {missing} less than this takes."""


class MovementNotAllowed(Refused):
    """The book does not allow this: {why}."""


class AlreadyReversed(Conflict):
    """Entry {entry_id} was reversed before, by entry {reversal_id}."""


class NoSuchEntry(NotFound):
    """There is no entry {id} in the book."""


class NothingToPost(Invalid):
    """An entry needs at least one amount above zero."""


class CountsTooEarly(Invalid):
    """An entry cannot count from a day that has not come: {why}."""


class NotSealed(NotFound):
    """Number {id} of the book is not sealed yet; it will be within minutes."""


class DestinationNotUsable(Refused):
    """This bank account cannot be paid to: {why}."""


class OverDailyLimit(Refused):
    """Within 24 hours {limit} may be withdrawn; {left} of it is left."""


class SameApprover(Refused):
    """A large payout needs another person; {by} has approved it before."""


class DepositTooSmall(Invalid):
    """A deposit must be at least {smallest}."""


class BreakNotOpen(Conflict):
    """Break {number} is {status}; this cannot be done with it now."""


class RemedyNotFitting(Refused):
    """This cannot settle the break: {why}."""


class SameHands(Refused):
    """Another person has to agree to what you proposed."""


class CustodyUnchanged(Conflict):
    """Client money rests there already, or another proposal waits for a decision."""
