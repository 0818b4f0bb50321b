"""The catalogue of translations: what there is to translate, and what is still missing."""

import os
import re
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

import origination
from marketplace import errors
from marketplace.i18n import SOURCE

ROOT = Path(__file__).parents[1]
BUSINESS = (
    "kernel",
    "amortization",
    "escrow",
    "origination",
    "matching",
    "servicing",
    "care",
    "reporting",
    "replay",
)
METHODS = [("marketplace/**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
# Without dates and names, which would change with every run and tell nobody anything.
HEADER = r"""msgid ""
msgstr ""
"Language: {locale}\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
Text = str | tuple[str, ...] | list[str]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+[^{}]*\}")


def extract() -> Catalog:
    """Collect every message: of the code, of the templates, and of every refusal and reason."""
    found = Catalog(project="Tessera", charset="utf-8", fuzzy=False)
    for folder in ("marketplace", "templates"):
        messages = extract_from_dir(
            ROOT,
            method_map=METHODS,
            options_map=OPTIONS,
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            directory_filter=partial(_is_inside, folder),
        )
        for name, line, message, comments, context in messages:
            found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    for name in (*BUSINESS, "marketplace"):
        _import_all(name)
    for error in errors.refusals():
        if error.__module__.partition(".")[0] in (*BUSINESS, "marketplace"):
            found.add(error.template(), None, [("DomainError", 1)])
    for reason in origination.MESSAGES.values():
        found.add(reason, None, [("origination/reasons.py", 1)])
    return found


def update() -> Catalog:
    """Merge what was extracted into every translation and drop what is no longer said."""
    template = extract()
    for po in SOURCE.glob("*/LC_MESSAGES/messages.po"):
        catalogue = read(po)
        catalogue.update(template, no_fuzzy_matching=True)
        write(po, catalogue)
    return template


def missing(po: Path) -> Iterator[str]:
    """List the messages that a translation lacks, or whose placeholders it has changed."""
    catalogue = read(po)
    for message in extract():
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        if known is None or not _all_filled(known.string):
            yield f"not translated: {message.id!r}"
        elif _placeholders(message.id) != _placeholders(known.string or ""):
            yield f"other placeholders: {message.id!r}"


def read(po: Path) -> Catalog:
    """Read one translation."""
    with po.open("rb") as file:
        return read_po(file, locale=po.parts[-3])


def write(po: Path, catalogue: Catalog) -> None:
    """Write one translation in a form that changes little from one day to the next."""
    with po.open("wb") as file:
        file.write(HEADER.format(locale=po.parts[-3]).encode())
        write_po(
            file,
            catalogue,
            sort_output=True,
            include_lineno=False,
            ignore_obsolete=True,
            omit_header=True,
            width=100,
        )


def _is_inside(wanted: str, path: str | os.PathLike[str]) -> bool:
    # Not resolved: an environment that is linked from elsewhere lies inside all the same.
    parts = Path(path).absolute().relative_to(ROOT).parts
    return not parts or parts[0] == wanted


def _import_all(package: str) -> None:
    """Import every module of a package, so that its errors are known."""
    root = import_module(package)
    for module in walk_packages(root.__path__, f"{package}."):
        import_module(module.name)


def _all_filled(text: Text | None) -> bool:
    return all(text) if isinstance(text, (tuple, list)) else bool(text)


def _placeholders(text: Text) -> set[str]:
    whole = text if isinstance(text, str) else " ".join(text)
    return set(PLACEHOLDER.findall(whole))
