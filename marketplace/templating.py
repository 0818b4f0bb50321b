"""What every template may use without importing it; `docs/pages.md` shows it at work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request
from flask_login import current_user
from jinja2 import Environment

from kernel import new_id
from marketplace.forms import any_refused
from marketplace.i18n import HTML_LANG, LANGUAGES, is_demo, language
from marketplace.models import Theme
from marketplace.schemas.account import THEMES
from marketplace.web.navigation import navigation
from marketplace.web.pages import here

# htmx without eval, without inline styles, without account data in local storage; a refused form
# (422) is shown, other errors are not.
HTMX = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "attributesToSettle": ["class"],
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}


@dataclass(frozen=True)
class Column:
    """One column of a table: its heading, and the macro that writes a row's cell."""

    label: str
    cell: Callable[[Any], str]
    is_number: bool = False
    is_lead: bool = False
    sort: str | None = None

    @property
    def direction(self) -> str | None:
        """How the reader sorted by this column, in the words of `aria-sort`."""
        chosen = request.args.get("sort", "")
        if not self.sort or chosen.lstrip("-") != self.sort:
            return None
        return "descending" if chosen.startswith("-") else "ascending"

    @property
    def sort_url(self) -> str:
        """Where a click on the heading leads: sorted by it, or the other way round."""
        other = f"-{self.sort}" if self.direction == "ascending" else self.sort
        return here(sort=other, page=None)


class Components:
    """The macros of `components/ui.html`, as `ui` in every template."""

    def __init__(self, environment: Environment) -> None:
        """Look the macros up in this environment."""
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        """Return a macro; where templates may change it is looked up every time."""
        macro = getattr(self._environment.get_template("components/ui.html").module, name)
        if not self._environment.auto_reload:
            setattr(self, name, macro)
        return macro


def init_templating(app: Flask) -> None:
    """Offer macros, helpers and the facts of the request to every template."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "ui": Components(app.jinja_env),
        "column": column,
        "here": here,
        "new_key": lambda: str(new_id()),
        "navigation": navigation,
        "any_refused": any_refused,
        "is_demo": is_demo,
        "language": language,
        "theme": theme,
        "HTMX": HTMX,
        "LANGUAGES": LANGUAGES,
        "HTML_LANG": HTML_LANG,
        "THEMES": THEMES,
    }


def column(
    label: str,
    cell: Callable[[Any], str],
    *,
    number: bool = False,
    lead: bool = False,
    sort: str | None = None,
) -> Column:
    """Describe one column for `ui.data_table`.

    Args:
        label: the heading, and on a phone the label beside the value.
        cell: a macro that takes a row and writes its cell.
        number: right-aligned with tabular figures.
        lead: the name of the row; on a phone the title of its card.
        sort: the value of `?sort=` that sorts by this column.
    """
    return Column(label, cell, is_number=number, is_lead=lead, sort=sort)


def theme() -> str:
    """Return the colours to read by: the reader's setting, else their cookie, else the system's."""
    for choice in (current_user.theme, request.cookies.get("tessera-theme")):
        if choice in set(Theme):
            return str(choice)
    return Theme.SYSTEM.value
