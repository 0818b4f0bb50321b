"""What servicing refuses."""

from kernel import Conflict, Refused


class LoanNotPayable(Refused):
    """Loan {number} is {status}; this kind of payment cannot be applied to it."""


class NothingPaid(Refused):
    """A payment needs an amount above zero."""


class PaymentKeyUsed(Conflict):
    """The key {key} stands for another payment on loan {number}; nothing was booked."""


class PaymentReturned(Conflict):
    """This payment on loan {number} was returned before."""


class NotReturnable(Refused):
    """A return of a payment cannot itself be returned; enter a new payment."""


class NothingToBridge(Refused):
    """The return on loan {number} waits: lenders have spent the money, and {missing} is missing.

    Pay that much of the platform's own money in, then enter the return again.
    """


class ListingNotCovered(Refused):
    """The orders of listing {number} add up to {orders}, but {reserved} is reserved for it."""


class CollectionFeeTooLarge(Refused):
    """A collection fee of {fee} is more than the {amount} that was recovered."""


class TermsNotServiced(Refused):
    """Listing {number} cannot become a loan: billing does not follow its {conventions} yet."""


class SameHands(Refused):
    """Whoever proposes a {kind} does not confirm it; ask somebody else."""


class AlreadyProposed(Conflict):
    """A {kind} of loan {number} is proposed already and waits for somebody to confirm it."""


class UnknownCategory(Refused):
    """There is no category {category}; there are {names}."""


class TakesTwo(Refused):
    """Loan {number} is written off by two people: one proposes it, another confirms."""


class NotLess(Refused):
    """{amount} settles nothing: loan {number} owes {owed}, and a settlement is for less."""


class PriceTooHigh(Refused):
    """A price of {price} is more than the {owed} that loan {number} owes."""


class ClaimEnded(Refused):
    """Nothing is owed on loan {number} any more: it was {ended}."""


class DayPassed(Refused):
    """A settlement is payable until {until}; that day has passed."""


class DayToCome(Refused):
    """{day} lies ahead; a payment is entered once it was made."""


class BorrowerHasToAgree(Refused):
    """This change costs the borrower of loan {number} more; it waits for their signature."""


class ChangeNotInForce(Refused):
    """This change is not in force on loan {number}; there is nothing to withdraw."""


class NothingToAccept(Refused):
    """There is no change of loan {number} that waits for a signature."""


class DueDateTooFar(Refused):
    """A due date moves by at most {days} days; {day} is too far from {due_on}."""


class DueDateMoved(Refused):
    """The due date of loan {number} was moved before; ask us to move it again."""
