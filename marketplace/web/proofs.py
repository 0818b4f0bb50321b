"""Proofs for lenders: that a line of their statement is in the sealed book."""

import json

from flask import Blueprint, Response, current_app

import escrow
from escrow import AccountKind
from kernel import Currency, NotFound
from marketplace.db import reader
from marketplace.people import me, requires

blueprint = Blueprint("proofs", __name__, url_prefix="/wallet/proofs")


@blueprint.get("/<any(USD, EUR, GBP, CNY, JPY):currency>/<int:entry_id>")
@requires("lender")
def show(currency: str, entry_id: int) -> Response:
    """Send the proof of a lender's own lines of an entry, as a file to keep."""
    with reader() as session:
        account = escrow.account_id(
            session, kind=AccountKind.LENDER, owner_id=me().id, currency=Currency(currency)
        )
        if account is None:
            raise NotFound(what="account", id=currency)
        proof = escrow.proof(session, account_id=account, entry_id=entry_id)
    answer = current_app.response_class(
        json.dumps(proof, ensure_ascii=False, indent=1) + "\n", mimetype="application/json"
    )
    answer.headers["Content-Disposition"] = f"attachment; filename=tessera-{entry_id}.json"
    return answer
