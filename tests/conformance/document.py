"""The document that lists every published case and how it stands to ours."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conformance import daycounts, fineract, frappe, rates, servicing
from tests.conformance.verdict import Outcome, Verdict

DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"


@dataclass(frozen=True, slots=True)
class Section:
    """The cases of one published file.

    Attributes:
        file: its name among the vectors.
        title: what it holds, and whose it is.
        judge: computes every case anew.
    """

    file: str
    title: str
    judge: Callable[[], list[Verdict]]


SECTIONS = (
    Section("day_count", "Day counts (OpenGamma Strata, QuantLib, ISDA)", daycounts.day_counts),
    Section("tvm_numpy_financial", "Time value of money (numpy-financial)", rates.annuities),
    Section("xirr", "Irregular cash flows (pyxirr, MathWorks)", rates.irregular),
    Section("apr_regz_appendix_j", "APR of Regulation Z, appendix J", rates.regulation_z),
    Section("apr_ec_aprc", "APRC of the European Commission", rates.european),
    Section("apr_misc", "Other effective rates", rates.other),
    Section("mortgagemath_published", "Amortization tables of textbooks", daycounts.tables),
    Section("fineract_schedules", "Schedules of Apache Fineract", fineract.schedules),
    Section(
        "fineract_servicing", "Opening schedules of Fineract's servicing cases", fineract.openings
    ),
    Section("fineract_servicing", "Servicing, step by step (Fineract)", servicing.servicing),
    Section("fineract_emi_unit", "Fineract's installment calculator", fineract.installments),
    Section("frappe_lending", "Frappe Lending", frappe.figures),
)

HEAD = """# Conformance

Published worked examples and the figures of other engines, case by case. Every line is computed
anew by the suite, which fails where one no longer holds; `python -m tests.conformance` writes it.

- **matches**: to the cent, or to the digits that are stated, under the convention that is named.
- **differs by choice**: the reason stands beside it.
- **not offered**: the reason stands beside it.

Three choices separate engines more than any others. Interest is summed exactly over a period and
rounded once. A later rate holds from the night that begins on its day; "from the end of the day
before" a day is that day less one. Intervals are half-open: the first day counts, the last does
not.
"""


def document() -> str:
    """Return the whole page."""
    judged = [(section, section.judge()) for section in SECTIONS]
    overview = ["| cases of | " + " | ".join(_OUTCOMES) + " |", "|---|" + "---:|" * len(_OUTCOMES)]
    for section, verdicts in judged:
        counts = Counter(verdict.outcome for verdict in verdicts)
        numbers = " | ".join(str(counts[outcome]) for outcome in _OUTCOMES)
        overview.append(f"| {section.title} | {numbers} |")
    tables = [_table(section, verdicts) for section, verdicts in judged]
    return "\n".join([HEAD, *overview, "", *tables])


def written_cases(text: str) -> dict[tuple[str, str], Verdict]:
    """Read the lines of the page back, by title and case."""
    found, title = {}, ""
    for line in text.splitlines():
        title = line.removeprefix("## ") if line.startswith("## ") else title
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) == len(Verdict.__slots__):
            case = cells[0].strip("`")
            found[title, case] = Verdict(case, Outcome(cells[1]), cells[2])
    return found


_OUTCOMES = (Outcome.MATCHES, Outcome.DIFFERS, Outcome.NOT_OFFERED)


def _table(section: Section, verdicts: list[Verdict]) -> str:
    lines = [f"| `{each.case}` | {each.outcome} | {each.how} |" for each in verdicts]
    head = ["| case | outcome | convention or reason |", "|---|---|---|"]
    return "\n".join([f"## {section.title}", "", f"`{section.file}.json`", "", *head, *lines, ""])
