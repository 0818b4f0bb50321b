"""What a lender asks of the list of its notes."""

from marketplace.fields import Choice, Several, Text
from marketplace.forms import FormSchema
from marketplace.schemas.listings import GRADES
from marketplace.schemas.wallet import CURRENCIES
from marketplace.words import STATES
from reporting import buckets
from servicing import LoanStatus

# The buckets of lateness, then what became of loans that ended.
STANDINGS = {
    name: STATES["loan"][name].text
    for name in (
        *(each.name for each in buckets()),
        LoanStatus.SETTLED.value,
        LoanStatus.CHARGED_OFF.value,
    )
}


class BrowseNotes(FormSchema):
    """Which notes to show."""

    standing = Choice(STANDINGS, required=False)
    grade = Several(GRADES)
    currency = Choice(CURRENCIES, required=False)
    after = Text(longest=80, required=False)
