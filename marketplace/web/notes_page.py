"""What the pages of a lender's notes show, and how they read as a file."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from flask_babel import gettext as _

from marketplace.forms import Form
from marketplace.schemas.notes import STANDINGS
from marketplace.web.loans_page import ChangeLine
from marketplace.web.pages import here
from marketplace.web.spreadsheets import BOM, safe
from origination import Page
from reporting import CashFlow, NoteLine, Receipt, Standing
from servicing import OpenShortfall, ScheduleLine

COLUMNS = (
    "note",
    "loan",
    "listing",
    "grade",
    "purpose",
    "rate_percent",
    "installments",
    "started_on",
    "standing",
    "days_past_due",
    "next_due_on",
    "currency",
    "principal",
    "outstanding",
    "received_principal",
    "received_interest",
    "received_late_fees",
    "received_recoveries",
    "fees_paid",
)


@dataclass(frozen=True)
class Tab:
    """One standing to narrow the list to."""

    url: str
    text: Any
    count: int | None
    is_chosen: bool


@dataclass(frozen=True)
class NotesPage:
    """A page of the notes; `download` leads to the file with all that is filtered."""

    rows: tuple[NoteLine, ...]
    after: str | None
    tabs: tuple[Tab, ...]
    chips: list[tuple[str, str]]
    download: str
    is_narrowed: bool
    shortfalls: tuple[OpenShortfall, ...]


@dataclass(frozen=True)
class NotePage:
    """One note: what came of it, what is to come, and the installments of its whole loan."""

    note: NoteLine
    receipts: tuple[Receipt, ...]
    flow: CashFlow
    timetable: tuple[ScheduleLine, ...]
    changes: tuple[ChangeLine, ...]

    @property
    def has_late_fees(self) -> bool:
        """Whether any payment brought a late fee."""
        return any(not receipt.late_fee.is_zero for receipt in self.receipts)

    @property
    def has_recoveries(self) -> bool:
        """Whether collectors recovered anything."""
        return any(not receipt.recovery.is_zero for receipt in self.receipts)


def notes_page(
    form: Form,
    found: Page[NoteLine],
    standings: Iterable[Standing],
    *,
    download: str,
    shortfalls: Iterable[OpenShortfall],
) -> NotesPage:
    """Return the list with a tab for every standing that there is."""
    chips = _chips(form)
    chosen = form.values.get("standing")
    return NotesPage(
        rows=found.items,
        after=found.after,
        tabs=tuple(_tabs(standings, chosen)),
        chips=chips,
        download=download,
        is_narrowed=bool(chips or chosen),
        shortfalls=tuple(shortfalls),
    )


def _tabs(standings: Iterable[Standing], chosen: str | None) -> Iterator[Tab]:
    counts: dict[str, int] = {}
    for each in standings:
        counts[each.name] = counts.get(each.name, 0) + each.notes
    yield Tab(here(standing=None, after=None), _("All"), sum(counts.values()), chosen is None)
    for name, text in STANDINGS.items():
        if name in counts or name == chosen:
            url = here(standing=name, after=None)
            yield Tab(url, text, counts.get(name, 0), name == chosen)


def _chips(form: Form) -> list[tuple[str, str]]:
    grades, currency = form.values.get("grade"), form.values.get("currency")
    found = []
    if grades:
        label = _("Grade %(grade)s", grade=", ".join(grades))
        found.append((label, here(grade=None, after=None)))
    if currency:
        found.append((currency, here(currency=None, after=None)))
    return found


def as_csv(lines: Iterable[NoteLine]) -> str:
    """Write notes as a file that spreadsheets open: plain numbers, ISO dates, UTF-8 with a BOM."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in _cells(line)] for line in lines)
    return BOM + file.getvalue()


def _cells(line: NoteLine) -> tuple[object, ...]:
    amounts = (
        line.principal,
        line.outstanding,
        line.received_principal,
        line.received_interest,
        line.received_late_fees,
        line.received_recoveries,
        line.fees_paid,
    )
    return (
        line.id,
        f"L-{line.loan_number}",
        f"L-{line.listing_number}",
        line.grade,
        line.purpose,
        str(line.rate).removesuffix("%"),
        line.installments,
        line.started_on,
        line.standing,
        line.days_past_due,
        line.next_due_on,
        line.principal.currency,
        *(amount.decimal for amount in amounts),
    )
