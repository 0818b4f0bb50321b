"""Orders of lenders' programs, as JSON: the same queue, the same rules and the same answers.

The shape is that of LendingClub's order interface. A program has no speed before a page: it calls
the operation that a page calls, signed in like its lender, with the token of a page.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy.orm import Session

import matching
import origination
from kernel import Currency, DomainError, Money, NotFound
from marketplace import clock
from marketplace.db import in_transaction, reader
from marketplace.errors import message, status_of
from marketplace.people import me, requires
from marketplace.schemas import api as schemas
from matching import BasketAnswer, BasketLine

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

LONGEST_KEY = 100
BAD, UNUSABLE = 400, 422


@blueprint.post("/orders")
@requires("lender")
def place() -> Response:
    """Place a basket, or answer as before where its key was used for the same one."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(key) <= LONGEST_KEY:
        return _problem(BAD, "key_missing", _("Send an Idempotency-Key of up to 100 characters."))
    try:
        values = schemas.read(request.get_data())
    except ValidationError as error:
        return _problem(UNUSABLE, "invalid", _("That cannot be done"), fields=error.messages)

    def work(session: Session) -> UUID:
        return matching.place_basket(
            session,
            lender_id=me().id,
            lines=[_line(session, **line) for line in values["lines"]],
            key=f"api:{key}",
            at=clock.now(),
            take_less=values["take_less"],
            consents=values["consents"],
        ).id

    ident = in_transaction(work)
    return _answer(ident, [line["loan"] for line in values["lines"]])


@blueprint.get("/orders/<uuid:instruct_id>")
@requires("lender")
def show(instruct_id: UUID) -> Response:
    """Say again what became of every line."""
    return _answer(instruct_id)


@blueprint.errorhandler(DomainError)
def refused(error: DomainError) -> Response:
    """Say in JSON why the whole instruction was refused."""
    return _problem(status_of(error), error.code, message(error))


def _line(session: Session, *, loan: int, amount: str) -> BasketLine:
    """Name the listing by its id; a number that nothing has is answered like a strange listing."""
    try:
        ident = origination.listing_numbered(session, number=loan)
    except NotFound:
        return BasketLine(UUID(int=abs(loan)), Money.parse(amount, Currency.USD))
    card = origination.listing_detail(session, listing_id=ident).card
    return BasketLine(ident, Money.parse(amount, card.amount.currency))


def _answer(ident: UUID, loans: list[int] | None = None) -> Response:
    with reader() as session:
        found = matching.basket_of(session, basket_id=ident, lender_id=me().id)
    numbers = loans or found.numbers
    return jsonify(
        orderInstructId=str(found.id),
        orderConfirmations=[_confirmation(found, place, numbers) for place in range(len(numbers))],
    )


def _confirmation(found: BasketAnswer, place: int, numbers: Any) -> dict[str, Any]:
    told = found.confirmations[place]
    return {
        "loanId": numbers[place],
        "requestedAmount": str(told.requested.decimal),
        "investedAmount": str(told.placed.decimal),
        "currency": told.requested.currency.value,
        "executionStatus": [status.value for status in told.statuses],
        "orderId": str(told.order_id) if told.order_id else None,
    }


def _problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """Return a problem as RFC 9457 writes it."""
    answer = jsonify(type="about:blank", code=code, status=status, detail=str(detail), **more)
    answer.status_code, answer.mimetype = status, "application/problem+json"
    return answer
