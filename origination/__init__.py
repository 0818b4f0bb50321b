"""From a borrower's wish to a listing that lenders may fund.

Operations take the session first and the rest by keyword; they never commit and never read the
clock. The pure functions (`quote`, `assess`, `make_offer`) are also what the public calculator
shows.
"""

from origination.assessment import Assessment, Policy, assess
from origination.facts import (
    VOCABULARY,
    Facts,
    HomeOwnership,
    Kind,
    UnusableFact,
    Verification,
)
from origination.limits import (
    AmountOffStep,
    AmountOutsideLimits,
    FactsMissing,
    Limits,
    PurposeNotOffered,
    TermNotOffered,
)
from origination.models import (
    APPLICATIONS,
    LISTINGS,
    PRODUCTS,
    Application,
    ApplicationStatus,
    Decision,
    DecisionKind,
    Listing,
    ListingStatus,
    Product,
    ProductStatus,
)
from origination.offer import Offer, Wish, make_offer
from origination.operations import (
    accept,
    accept_partial,
    apply,
    decide,
    decline_partial,
    expire,
    publish,
    register_product,
    review,
    submit,
    update_application,
    withdraw,
)
from origination.operations.applications import NotADraft, NotYours, ProductNotOffered
from origination.operations.decisions import (
    ApprovalNeedsReason,
    OfferExpired,
    SameHands,
    UnknownReason,
)
from origination.operations.listings import StillOpen
from origination.policy import UnusablePolicy
from origination.pricing import GradeNotOffered, Pricing, RateAboveCap
from origination.products import ProductSpec, load_products
from origination.queries import latest_product, live_products, policy, terms
from origination.quote import Quote, quote
from origination.reasons import MESSAGES
from origination.scorecard import Points, Score, Scorecard
from origination.terms import Fees, Funding, LateFee, LateFeeTo, ServicingBase, Terms

__all__ = [
    "APPLICATIONS",
    "LISTINGS",
    "MESSAGES",
    "PRODUCTS",
    "VOCABULARY",
    "AmountOffStep",
    "AmountOutsideLimits",
    "Application",
    "ApplicationStatus",
    "ApprovalNeedsReason",
    "Assessment",
    "Decision",
    "DecisionKind",
    "Facts",
    "FactsMissing",
    "Fees",
    "Funding",
    "GradeNotOffered",
    "HomeOwnership",
    "Kind",
    "LateFee",
    "LateFeeTo",
    "Limits",
    "Listing",
    "ListingStatus",
    "NotADraft",
    "NotYours",
    "Offer",
    "OfferExpired",
    "Points",
    "Policy",
    "Pricing",
    "Product",
    "ProductNotOffered",
    "ProductSpec",
    "ProductStatus",
    "PurposeNotOffered",
    "Quote",
    "RateAboveCap",
    "SameHands",
    "Score",
    "Scorecard",
    "ServicingBase",
    "StillOpen",
    "TermNotOffered",
    "Terms",
    "UnknownReason",
    "UnusableFact",
    "UnusablePolicy",
    "Verification",
    "Wish",
    "accept",
    "accept_partial",
    "apply",
    "assess",
    "decide",
    "decline_partial",
    "expire",
    "latest_product",
    "live_products",
    "load_products",
    "make_offer",
    "policy",
    "publish",
    "quote",
    "register_product",
    "review",
    "submit",
    "terms",
    "update_application",
    "withdraw",
]
