"""What Stripe posts to us: checked, stored by its id, and answered at once."""

from flask import Blueprint, request

from escrow import ForgedMessage
from marketplace import clock, flows, hearing
from marketplace.db import in_transaction
from marketplace.people import public

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@blueprint.post("/stripe")
@public
def stripe() -> tuple[str, int]:
    """Store a message once; a job asks Stripe what is the case with its object."""
    header, at = request.headers.get("Stripe-Signature", ""), clock.now()
    try:
        message = flows.stripe().read(request.get_data(), header, at=at)
    except (ForgedMessage, flows.NoStripe):
        return "", 400
    in_transaction(lambda session: hearing.hear(session, message=message, at=at))
    return "", 200
