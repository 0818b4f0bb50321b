"""The agreement as a document: what is shown, signed and kept is one text."""

from typing import Any

from flask import current_app


def document(page: Any) -> str:
    """Return the agreement on an offer as HTML, in the language of whoever reads it.

    Args:
        page: the offer as its page shows it (`marketplace.web.offers_page.OfferPage`).
    """
    return current_app.jinja_env.get_template("offers/_document.html").render(page=page)
