"""Small words for views: render a page, answer a form, say that something is done."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from marketplace.forms import Form


def render(template: str, *, form: Form | None = None, **page: Any) -> tuple[str, int]:
    """Render a page; with a form that was refused its status is 422."""
    body = render_template(template, form=form, **page)
    return body, 200 if form is None else form.status


def see_other(endpoint: str, *, said: str = "", **values: Any) -> Response:
    """Lead to another page after a form was taken, and say there what was done."""
    if said:
        flash(said, "positive")
    return redirect(url_for(endpoint, **values), 303)
