"""Every published case is met, or the page says why not; and the page never goes stale."""

import pytest

from tests.conformance.document import DOCUMENT, SECTIONS, Section, written_cases
from tests.conformance.verdict import Outcome


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.file)
def test_every_published_case_is_met_or_has_its_reason(section: Section) -> None:
    verdicts = section.judge()

    wrong = [verdict for verdict in verdicts if verdict.outcome is Outcome.WRONG]

    assert verdicts
    assert wrong == []


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.file)
def test_the_page_says_what_is_computed_today(section: Section) -> None:
    written = written_cases(DOCUMENT.read_text(encoding="utf-8"))

    lines = {case: line for (title, case), line in written.items() if title == section.title}
    computed = {verdict.case: verdict for verdict in section.judge()}

    # A folder with more cases than the page was written from adds to it and contradicts nothing.
    assert lines
    assert lines == {case: computed[case] for case in lines}
