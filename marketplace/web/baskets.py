"""Orders in several loans at once: filled in, checked, placed, and answered line by line."""

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import escrow
import matching
import origination
from escrow import AccountKind, AccountRef
from kernel import Currency, Money
from marketplace import clock
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas import baskets as schemas
from marketplace.schemas.listings import BrowseListings
from marketplace.web import baskets_page as pages
from marketplace.web.listings_page import filters
from marketplace.web.pages import render, see_other
from matching import Basket, BasketLine
from origination import ListingCard, ListingSort

blueprint = Blueprint("baskets", __name__, url_prefix="/baskets")

ROWS = 24
CHECKED = frozenset({"csrf_token", "confirmed"})


@blueprint.get("/new")
@requires("lender")
def new() -> tuple[str, int]:
    """Show open loans, those that close first before the others, with a place for an amount."""
    with reader() as session:
        cards = _offered(session)
        form = Form(schemas.basket(_currencies(cards)), initial={"take_less": "1"})
        return _fill_in(session, form, cards)


@blueprint.post("/")
@requires("lender")
def create() -> Response | tuple[str, int]:
    """Show the amounts once more; confirmed, place what can be placed."""
    with reader() as session:
        sent = _numbered(session, schemas.numbers(request.form))
        form = Form(schemas.basket(_currencies(sent)))
        if form.load(request.form):
            chosen = schemas.amounts(form.values)
            if not chosen:
                form.add_error(_("Enter an amount beside at least one loan."))
            elif "confirmed" not in request.args:
                return _check(session, form, sent, chosen)
        if form.messages:
            return _fill_in(session, form, sent or _offered(session))
    with form.catching():
        return _placed(form, sent)
    with reader() as session:
        return _fill_in(session, form, sent)


@blueprint.get("/<uuid:basket_id>")
@requires("lender")
def show(basket_id: UUID) -> tuple[str, int]:
    """Say what became of every line."""
    with reader() as session:
        found = matching.basket_of(session, basket_id=basket_id, lender_id=me().id)
    return render("baskets/show.html", page=pages.answer(found))


def _offered(session: Session) -> list[ListingCard]:
    """Return the open loans that the query asks for, like the list of loans does."""
    form = Form(BrowseListings())
    asked = form.values if form.load(request.args) else {}
    found = origination.open_listings(
        session, filters=filters(asked), sort=ListingSort.CLOSING, after=None, limit=ROWS
    )
    return list(found.items)


def _numbered(session: Session, numbers: Iterable[int]) -> list[ListingCard]:
    """Return listings by number, as they are now.

    Raises:
        NotFound: there is none with such a number.
    """
    ids = [origination.listing_numbered(session, number=number) for number in numbers]
    return [origination.listing_detail(session, listing_id=ident).card for ident in ids]


def _currencies(cards: Iterable[ListingCard]) -> dict[int, Currency]:
    return {card.number: card.amount.currency for card in cards}


def _fill_in(session: Session, form: Form, cards: list[ListingCard]) -> tuple[str, int]:
    page = pages.BasketPage(
        cards=tuple(cards),
        cash=_cash(session, {card.amount.currency for card in cards}),
        asks_consent=matching.rules_of(session, lender_id=me().id).asks_consent,
    )
    return render("baskets/new.html", form=form, page=page)


def _cash(session: Session, currencies: Iterable[Currency]) -> tuple[Money, ...]:
    accounts = [AccountRef(AccountKind.LENDER, me().id, each) for each in sorted(currencies)]
    return tuple(escrow.balance(session, account=account) for account in accounts)


def _check(
    session: Session, form: Form, cards: list[ListingCard], chosen: dict[int, Money]
) -> tuple[str, int]:
    """Show what would be ordered, with the sums."""
    lines = [
        pages.CheckedLine(card, chosen[card.number]) for card in cards if card.number in chosen
    ]
    sums = pages.totals(line.amount for line in lines)
    kept = {name: text for name, text in request.form.items() if name not in CHECKED | {"key"}}
    page = pages.CheckPage(
        lines=tuple(lines),
        totals=sums,
        cash=_cash(session, {each.currency for each in sums}),
        fields=kept,
    )
    return render("baskets/check.html", form=form, page=page)


def _placed(form: Form, cards: list[ListingCard]) -> Response:
    """Place the basket; the same form sent again leads to the same answer."""
    chosen = schemas.amounts(form.values)

    def work(session: Session) -> Basket:
        return matching.place_basket(
            session,
            lender_id=me().id,
            lines=[
                BasketLine(card.id, chosen[card.number]) for card in cards if card.number in chosen
            ],
            key=form.values["key"],
            at=clock.now(),
            take_less=form.values["take_less"],
            consents=form.values["consents"],
        )

    return see_other("baskets.show", basket_id=in_transaction(work).id)
