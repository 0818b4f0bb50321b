"""Languages: which one a reader gets, and the catalogue it is read from."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, current_app, request
from flask_babel import Babel, get_domain, get_locale
from flask_login import current_user

SOURCE = Path(__file__).parent / "translations"
COOKIE = "tessera-locale"

# How each language calls itself, and what a page declares itself to be written in.
LANGUAGES = {"en": "English", "zh": "简体中文"}
HTML_LANG = {"en": "en", "zh": "zh-Hans"}

babel = Babel()


def init_i18n(app: Flask) -> None:
    """Compile the catalogue if it is older than its source and let every request choose."""
    compiled = Path(app.instance_path) / "translations"
    compile_catalogues(SOURCE, compiled)
    babel.init_app(
        app,
        default_locale="en",
        default_timezone=app.config["TIMEZONE"],
        default_translation_directories=str(compiled),
        locale_selector=choose_locale,
    )
    _translate_templates(app)


def _translate_templates(app: Flask) -> None:
    """Let templates look words up in one step; a page asks for hundreds of them."""
    catalogues: dict[str, Translations] = {}

    def catalogue() -> Translations:
        tongue = language()
        if tongue not in catalogues:
            catalogues[tongue] = get_domain().get_translations()
        return catalogues[tongue]

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogue().ugettext(text),
        lambda one, many, count: catalogue().ungettext(one, many, count),
        newstyle=True,
    )


def choose_locale() -> str:
    """Return the reader's own setting, else their cookie, else what their browser asks for."""
    if not request:
        return "en"
    for choice in (current_user.locale, request.cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return str(choice)
    return _asked_by_browser()


def language() -> str:
    """Return the code of the language of this page, `en` or `zh`."""
    locale = get_locale()
    return locale.language if locale else "en"


def compile_catalogues(source: Path, target: Path) -> None:
    """Write a .mo for every .po that is newer; several processes may do so at the same time."""
    for po in source.glob("*/LC_MESSAGES/messages.po"):
        mo = target / po.relative_to(source).with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns:
            _compile(po, mo)


def _compile(po: Path, mo: Path) -> None:
    mo.parent.mkdir(parents=True, exist_ok=True)
    stamp = po.stat()
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parts[-3])
    handle, draft = tempfile.mkstemp(dir=mo.parent)
    with os.fdopen(handle, "wb") as out:
        write_mo(out, catalogue)
    # The file carries its source's time, so that an edit made meanwhile is still newer.
    os.utime(draft, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    Path(draft).replace(mo)


def _asked_by_browser() -> str:
    """Map every kind of Chinese to the one catalogue: `zh-Hans-CN` matches nothing by itself."""
    for tag, _quality in request.accept_languages:
        language = tag.lower().replace("_", "-").partition("-")[0]
        if language in LANGUAGES:
            return language
    return "en"


def is_demo() -> bool:
    """Say whether this installation shows made-up people and money."""
    return bool(current_app.config["DEMO"])
