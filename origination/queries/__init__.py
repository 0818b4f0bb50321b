"""What operations, other packages and the shell ask of the tables of origination."""

from origination.queries.applications import (
    ApplicationCard,
    ApplicationFile,
    DecisionLine,
    Moment,
    application_file,
    application_numbered,
    applications_of,
    count_by_status,
    queue,
)
from origination.queries.decisions import FINAL, REVIEWS, decisions, last_decision
from origination.queries.listings import (
    FundingRecord,
    ListingCard,
    ListingDetail,
    ListingFilters,
    ListingSort,
    card,
    count_open,
    funding_record,
    listing_detail,
    listing_numbered,
    open_listings,
)
from origination.queries.parties import (
    Relation,
    borrower_groups,
    related_parties,
    related_to,
)
from origination.queries.policies import latest_product, live_products, policy, terms
from origination.queries.quotes import OfferMade, estimate, listing_quote, offer_made
from origination.queries.signatures import last_signature

__all__ = [
    "FINAL",
    "REVIEWS",
    "ApplicationCard",
    "ApplicationFile",
    "DecisionLine",
    "FundingRecord",
    "ListingCard",
    "ListingDetail",
    "ListingFilters",
    "ListingSort",
    "Moment",
    "OfferMade",
    "Relation",
    "application_file",
    "application_numbered",
    "applications_of",
    "borrower_groups",
    "card",
    "count_by_status",
    "count_open",
    "decisions",
    "estimate",
    "funding_record",
    "last_decision",
    "last_signature",
    "latest_product",
    "listing_detail",
    "listing_numbered",
    "listing_quote",
    "live_products",
    "offer_made",
    "open_listings",
    "policy",
    "queue",
    "related_parties",
    "related_to",
    "terms",
]
