"""Listings as lenders meet them: the list with its filters, and one listing with everything."""

from flask import Blueprint, request
from sqlalchemy.orm import Session

import escrow
import matching
import origination
import reporting
from escrow import AccountKind, AccountRef
from kernel import NotFound
from marketplace import clock
from marketplace.db import reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas import listings as schemas
from marketplace.schemas.orders import NewOrder
from marketplace.web import listings_page as pages
from marketplace.web.pages import render
from origination import ListingSort, ListingStatus

blueprint = Blueprint("listings", __name__, url_prefix="/listings")

ROWS = 24
EXAMPLE = 1_000


@blueprint.get("/")
@requires("lender")
def index() -> tuple[str, int]:
    """List what may be funded, narrowed by the query."""
    form = Form(schemas.BrowseListings())
    form.load(request.args)
    asked = {} if form.messages else form.values
    wanted, at = pages.filters(asked), clock.now()
    with reader() as session:
        found = origination.open_listings(
            session,
            filters=wanted,
            sort=ListingSort(asked.get("sort", ListingSort.CLOSING)),
            after=asked.get("after"),
            limit=ROWS,
        )
        count = origination.count_open(session, filters=wanted)
    chips = pages.chips(form)
    page = pages.BrowsePage(
        rows=tuple(pages.offered(card, at=at) for card in found.items),
        count=count,
        after=found.after,
        chips=chips,
        sorts=pages.sorts(form),
        is_narrowed=bool(chips),
    )
    return render("listings/index.html", form=form, page=page)


@blueprint.get("/<int:number>")
@requires("lender")
def show(number: int) -> tuple[str, int]:
    """Show one listing, with a form to take part."""
    return show_with(number, Form(NewOrder(), initial={"take_less": "1"}))


def show_with(number: int, form: Form) -> tuple[str, int]:
    """Show one listing around an order form, perhaps one that was refused."""
    with reader() as session:
        page = _page(session, number)
    form.typed.setdefault("currency", page.terms.currency.value)
    return render("listings/show.html", form=form, page=page)


def _page(session: Session, number: int) -> pages.ListingPage:
    at, today = clock.now(), clock.today()
    ident = origination.listing_numbered(session, number=number)
    detail = origination.listing_detail(session, listing_id=ident)
    card, terms = detail.card, detail.terms
    if card.status is ListingStatus.DRAFT:
        raise NotFound(what="Listing", id=number)
    account = AccountRef(AccountKind.LENDER, me().id, terms.currency)
    return pages.ListingPage(
        card=card,
        terms=terms,
        facts=pages.facts(detail.facts, terms.currency),
        takes_orders=pages.takes_orders(card, at=at),
        closes_soon=pages.closes_soon(card, at=at),
        cash=escrow.balance(session, account=account),
        mine=tuple(matching.orders_of(session, lender_id=me().id, listing_id=ident)),
        quote=origination.listing_quote(session, listing_id=ident, on=today),
        prospect=reporting.prospect(session, listing_id=ident, lent=EXAMPLE, on=today),
        asks_consent=matching.rules_of(session, lender_id=me().id).asks_consent,
    )
