"""What after-loan care refuses."""

from kernel import Conflict, Invalid, Refused


class NobodyToOwn(Refused):
    """There is no operator who could own the loan."""


class TaskEnded(Refused):
    """This task is {status} already."""


class ChecklistIncomplete(Invalid):
    """Answer every line of the checklist; these are open: {missing}."""


class UnusableDocument(Invalid):
    """This file cannot be kept: it has to be a PDF, JPEG or PNG."""


class DocumentTooLarge(Invalid):
    """This file has {size} bytes; at most {most} are kept."""


class FileArchived(Refused):
    """The file of this loan is archived."""


class StillOpen(Refused):
    """The loan is not over, or a case on it is open."""


class CaseNotOver(Refused):
    """Something is still to do on this case: end its recovery plan first."""


class CaseClosed(Refused):
    """This case is closed."""


class PlanExists(Conflict):
    """There is a recovery plan for this case already."""


class PlanNotOpen(Refused):
    """A plan that is {status} cannot be changed like this."""


class PlanEmpty(Refused):
    """A plan needs at least one step before it is proposed."""


class SameHands(Refused):
    """Whoever proposed the plan does not approve it; somebody else has to."""


class StepEnded(Refused):
    """This step is {status} already."""


class NotApproved(Refused):
    """A debt is handed to an agency only under an approved recovery plan."""


class AlreadyHandedOver(Conflict):
    """This debt is in the hands of {agency} already."""


class PromiseTooLate(Invalid):
    """A promise is for today or a later day."""


class UnknownRule(Invalid):
    """There is no alert rule {rule}."""


class UnknownZone(Invalid):
    """There is no time zone {zone}."""


class UnknownFact(Invalid):
    """There is no fact {fact} to score by."""


class UnusablePlace(Invalid):
    """“{text}” does not mark a place in this list; start from its beginning."""
