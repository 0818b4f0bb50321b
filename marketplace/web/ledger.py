"""The book for operators: totals, proof, entries."""

from flask import Blueprint, request

import escrow
import servicing
from marketplace import sealing
from marketplace.db import reader
from marketplace.people import requires
from marketplace.web.ledger_page import EntryPage, LedgerPage, ProofPage
from marketplace.web.pages import render
from marketplace.who import spoken_names

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")

LINES = 25


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show what every kind of account holds, and the newest entries."""
    with reader() as session:
        lines = escrow.entries(session, before=request.args.get("before", type=int), limit=LINES)
        page = LedgerPage(
            totals=escrow.totals_by_kind(session),
            entries=lines,
            who=spoken_names(session, (line.actor for line in lines)),
            older=lines[-1].id if len(lines) == LINES else None,
        )
    return render("ledger/index.html", page=page)


@blueprint.get("/entries/<int:entry_id>")
@requires("operator")
def show(entry_id: int) -> tuple[str, int]:
    """Show one entry with its postings."""
    with reader() as session:
        file = escrow.entry_file(session, entry_id=entry_id)
        page = EntryPage(file, spoken_names(session, [file.line.actor])[file.line.actor])
    return render("ledger/show.html", page=page)


@blueprint.get("/proof")
@requires("operator")
def proof() -> tuple[str, int]:
    """Prove the whole book now."""
    with reader() as session:
        book = escrow.verify(session, trusted=sealing.trusted())
        page = ProofPage((book, servicing.audit(session)))
    return render("ledger/proof.html", page=page)
