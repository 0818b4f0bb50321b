"""Small words for views: render a page, answer a form, say that something is done."""

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
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


def here(**changes: Any) -> str:
    """Return this page's URL with some of its query changed; None leaves a part away."""
    query = request.args.to_dict(flat=False)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = [str(value)]
    pairs = [(name, value) for name, values in query.items() for value in values]
    return request.path + ("?" + urlencode(pairs) if pairs else "")
