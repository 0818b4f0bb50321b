import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files, place, report, templates

# What `default-src 'none'; script-src 'self'; style-src 'self'` would refuse, or run unseen.
REFUSED = {
    r"\sstyle\s*=": "has a style attribute: use a class, or <progress> for a bar",
    r"<style\b": "has a style element: write the rule into static/css",
    r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type\s*=\s*[\"']application/json[\"'])": (
        "has an inline script: move it to static/js and pass data as application/json"
    ),
    r"\son[a-z]+\s*=\s*[\"']": "has an on... handler: listen in static/js",
    r"\bhx-on\b": "has an hx-on handler: listen in static/js",
    r"javascript:": "has a javascript: address: use a button",
    r"<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)\s*=\s*[\"'](?:https?:)?//": (
        "loads something from elsewhere: vendor it under static/vendor"
    ),
    r"\|\s*safe\b": "switches escaping off: return Markup from where it is made safe",
}


@pytest.mark.parametrize("pattern", REFUSED)
def test_every_page_holds_under_the_strict_content_policy(pattern: str) -> None:
    faults = [
        f"{place(path, line)} {REFUSED[pattern]}"
        for path in [*templates(), *pages_written_in_python()]
        for line in lines_with(pattern, path)
    ]

    assert not faults, report(faults, "The content-security policy would refuse this:")


def test_no_behaviour_makes_code_out_of_text() -> None:
    faults = [
        f"{place(path, line)} makes code or markup out of text"
        for path in files()
        if path.suffix == ".js"
        for line in lines_with(r"\beval\(|new Function\b|\.innerHTML\s*=|document\.write", path)
    ]

    assert not faults, report(faults, "Build elements, or let the server render them:")


def pages_written_in_python() -> list[Path]:
    shell = ROOT / "marketplace"
    return [path for path in files() if path.is_relative_to(shell) and path.suffix == ".py"]


def lines_with(pattern: str, path: Path) -> list[int]:
    """Return the numbers of the lines on which something begins; a tag may run over several."""
    text = path.read_text(encoding="utf-8")
    found = re.finditer(pattern, text, re.IGNORECASE)
    return [text.count("\n", 0, each.start()) + 1 for each in found]
