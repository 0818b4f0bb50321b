"""What a lender asks of the list of listings."""

from flask_babel import lazy_gettext as _l

from marketplace.fields import Choice, MoneyField, RateField, Several, Text
from marketplace.forms import FormSchema
from marketplace.schemas.wallet import CURRENCIES, chosen
from marketplace.words import PURPOSES
from origination import ListingSort

GRADES = {letter: letter for letter in "ABCDEFG"}
# In months; a test holds them to the terms of the products on offer.
TERMS = {term: term for term in ("6", "12", "24", "36", "60")}
SORTS = {
    ListingSort.CLOSING.value: _l("Closing soonest"),
    ListingSort.NEWEST.value: _l("Newest"),
    ListingSort.RATE.value: _l("Highest rate"),
    ListingSort.LEFT.value: _l("Most left to fund"),
}


class BrowseListings(FormSchema):
    """Which listings to show, and in which order."""

    grade = Several(GRADES)
    term = Several(TERMS)
    purpose = Choice(PURPOSES, required=False)
    rate_from = RateField(required=False)
    rate_to = RateField(required=False)
    currency = Choice(CURRENCIES, required=False)
    left = MoneyField(chosen, required=False)
    sort = Choice(SORTS, required=False, load_default=ListingSort.CLOSING.value)
    after = Text(longest=80, required=False)
