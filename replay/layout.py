"""Reads LendingClub's public loan files: the layouts, and one row as a loan that happened."""

import csv
import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from kernel import Currency, Invalid, Money, Rate
from origination import Facts, HomeOwnership, Verification

Row = Mapping[str, str]


_UNKNOWN = {"", "NA", "n/a"}

# The file itself says of 49 fully paid loans that a few cents more came back than were lent.
ROUNDING_OF_THE_FILE = 100


class UnknownLayout(Invalid):
    """{file} is not a loan file of a known layout: it lacks the columns {columns}."""


class UnreadableFile(Invalid):
    """{file} cannot be read: {why}."""


class MalformedRow(Invalid):
    """Line {line}: {why}."""


class Outcome(StrEnum):
    """How the loan stood when the file was written."""

    CURRENT = "current"
    LATE = "late"
    PAID = "paid"
    CHARGED_OFF = "charged_off"


@dataclass(frozen=True, slots=True)
class FileLoan:
    """One loan as the file tells it.

    Attributes:
        line: where it stands in the file, the header being line 1.
        amount: what was asked for.
        funded: what lenders gave.
        issued: the first day of the month of issue; the files tell no day.
        paid_interest: with the other totals, what was paid until the file was written.
        last_paid: the first day of the month of the last payment, where the file tells it.
        last_amount: the last payment, where the file tells it.
        facts: what was known of the borrower, in the words of the scorecard.
    """

    line: int
    amount: Money
    funded: Money
    installments: int
    rate: Rate
    installment: Money
    grade: str
    purpose: str
    region: str
    issued: date
    outcome: Outcome
    paid_principal: Money
    paid_interest: Money
    paid_late_fee: Money
    recovered: Money
    collection_fee: Money
    last_paid: date | None
    last_amount: Money | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one layout, by what they mean here."""

    name: str
    columns: Mapping[str, str]

    def missing_from(self, header: list[str]) -> list[str]:
        """Return the columns that `header` lacks."""
        return sorted(set(self.columns.values()) - set(header))


# The layout of the files followed to their end (2007 to 2018 as LendingClub published them).
FOLLOWED = Layout(
    "followed to the end",
    {
        "amount": "loan_amnt",
        "funded": "funded_amnt",
        "term": "term",
        "rate": "int_rate",
        "installment": "installment",
        "grade": "grade",
        "purpose": "purpose",
        "region": "addr_state",
        "issued": "issue_d",
        "status": "loan_status",
        "principal": "total_rec_prncp",
        "interest": "total_rec_int",
        "late_fee": "total_rec_late_fee",
        "recovered": "recoveries",
        "collection_fee": "collection_recovery_fee",
        "last_paid": "last_pymnt_d",
        "last_amount": "last_pymnt_amnt",
        "income": "annual_inc",
        "ownership": "home_ownership",
        "employment": "emp_length",
        "verification": "verification_status",
        "dti": "dti",
        "delinquencies": "delinq_2yrs",
        "inquiries_6m": "inq_last_6mths",
        "since": "earliest_cr_line",
        "open_accounts": "open_acc",
        "public_records": "pub_rec",
        "utilisation": "revol_util",
    },
)

# The layout of the snapshot that teaching collections carry (loans issued in early 2018).
SNAPSHOT = Layout(
    "snapshot",
    {
        "amount": "loan_amount",
        "term": "term",
        "rate": "interest_rate",
        "installment": "installment",
        "grade": "grade",
        "purpose": "loan_purpose",
        "region": "state",
        "issued": "issue_month",
        "status": "loan_status",
        "principal": "paid_principal",
        "interest": "paid_interest",
        "late_fee": "paid_late_fees",
        "income": "annual_income",
        "ownership": "homeownership",
        "employment": "emp_length",
        "verification": "verified_income",
        "dti": "debt_to_income",
        "delinquencies": "delinq_2y",
        "inquiries_12m": "inquiries_last_12m",
        "since": "earliest_credit_line",
        "open_accounts": "open_credit_lines",
        "public_records": "public_record_bankrupt",
    },
)

LAYOUTS = (FOLLOWED, SNAPSHOT)


def read_loans(path: Path) -> Iterator[FileLoan | MalformedRow]:
    """Yield every row as a loan, or as the error that says why it is none.

    Raises:
        UnknownLayout: the header is of no known layout.
        UnreadableFile: the file is missing, or is not text.
    """
    try:
        with _open(path) as file:
            reader = csv.DictReader(file)
            layout = layout_of(list(reader.fieldnames or []), path)
            for line, row in enumerate(reader, start=2):
                yield _read(layout, line, row)
    except (OSError, UnicodeDecodeError, EOFError, csv.Error) as error:
        raise UnreadableFile(field="file", file=path.name, why=error) from error


def layout_of(header: list[str], path: Path) -> Layout:
    """Return the layout that a header is of.

    Raises:
        UnknownLayout: it is of none; the columns missing from the nearest one are named.
    """
    nearest = max(LAYOUTS, key=lambda layout: len(set(layout.columns.values()) & set(header)))
    missing = nearest.missing_from(header)
    if missing:
        raise UnknownLayout(field="file", file=path.name, columns=", ".join(missing), why="layout")
    return nearest


def _open(path: Path) -> TextIO:
    opener: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    file: TextIO = opener(path, "rt", encoding="utf-8", newline="")
    return file


def _read(layout: Layout, line: int, row: dict[str, str | None]) -> FileLoan | MalformedRow:
    values = {name: (row.get(column) or "").strip() for name, column in layout.columns.items()}
    try:
        return _loan(line, values)
    except (ValueError, KeyError, InvalidOperation, Invalid) as error:
        return MalformedRow(field="row", line=line, why=str(error))


def _loan(line: int, row: Row) -> FileLoan:
    amount = _money(row, "amount")
    funded = _money(row, "funded") if "funded" in row else amount
    loan = FileLoan(
        line=line,
        amount=amount,
        funded=funded,
        installments=int(row["term"].split()[0]) if row["term"] else 0,
        rate=_rate(row["rate"]),
        installment=_money(row, "installment"),
        grade=row["grade"],
        purpose=row["purpose"],
        region=row["region"],
        issued=_month(row["issued"]),
        outcome=_outcome(row["status"]),
        paid_principal=_money(row, "principal"),
        paid_interest=_money(row, "interest"),
        paid_late_fee=_money(row, "late_fee"),
        recovered=_money_or_nothing(row, "recovered"),
        collection_fee=_money_or_nothing(row, "collection_fee"),
        last_paid=_month(row["last_paid"]) if row.get("last_paid") else None,
        last_amount=_money(row, "last_amount") if row.get("last_amount") else None,
        facts=_facts(row),
    )
    _require_sense(loan)
    return loan


def _require_sense(loan: FileLoan) -> None:
    """Refuse a row that no loan can have had."""
    checks = {
        "the amount is not positive": loan.amount.minor > 0,
        "it was funded with nothing, or with more than was asked": (
            0 < loan.funded.minor <= loan.amount.minor
        ),
        "the term is not positive": loan.installments > 0,
        "the grade is missing": bool(loan.grade),
        "an amount is negative": min(
            loan.paid_principal.minor,
            loan.paid_interest.minor,
            loan.paid_late_fee.minor,
            loan.recovered.minor,
            loan.collection_fee.minor,
        )
        >= 0,
        "more principal was repaid than lent": (
            loan.paid_principal.minor <= loan.funded.minor + ROUNDING_OF_THE_FILE
        ),
        "the installment is not positive": loan.installment.minor > 0,
    }
    for why, holds in checks.items():
        if not holds:
            raise ValueError(why)


def _money(row: Row, name: str) -> Money:
    """Read an amount; the files carry more decimals than a cent has, so it is rounded half up."""
    text = row[name].replace(",", "").removeprefix("$")
    if not text:
        raise ValueError(f"{name} is empty")
    try:
        minor = (Decimal(text) * 100).to_integral_value(rounding=ROUND_HALF_UP)
    except InvalidOperation:
        raise ValueError(f"{name} is not an amount: {row[name]}") from None
    if not minor.is_finite():
        raise ValueError(f"{name} is not an amount: {row[name]}")
    return Money(int(minor), Currency.USD)


def _money_or_nothing(row: Row, name: str) -> Money:
    return _money(row, name) if row.get(name) else Money.zero(Currency.USD)


def _rate(text: str) -> Rate:
    """Read `13.56%`, `13.56` or `0.1356`: no loan was ever made below one percent."""
    value = Decimal(text.rstrip("%").strip())
    percent = value if text.endswith("%") or value >= 1 else value * 100
    return Rate.percent(str(percent))


def _month(text: str) -> date:
    """Read `2018-03-01` or `Mar-2018` as the first day of that month."""
    if text[:4].isdigit():
        return date.fromisoformat(text).replace(day=1)
    return datetime.strptime(text, "%b-%Y").date()  # noqa: DTZ007 - a month has no time zone


_OUTCOMES = {
    "fully paid": Outcome.PAID,
    "charged off": Outcome.CHARGED_OFF,
    "default": Outcome.LATE,
    "current": Outcome.CURRENT,
    "in grace period": Outcome.CURRENT,
    "late (16-30 days)": Outcome.LATE,
    "late (31-120 days)": Outcome.LATE,
}


def _outcome(text: str) -> Outcome:
    """Read the status; early loans below the later credit policy carry it as a prefix."""
    status = text.lower().rpartition("status:")[2].strip()
    if status not in _OUTCOMES:
        raise ValueError(f"the status is unknown: {text}")
    return _OUTCOMES[status]


def _facts(row: Row) -> Facts:
    """Return what the file knows of the borrower; what it does not know stays unknown."""
    return Facts(
        annual_income_minor=_money(row, "income").minor if row["income"] else None,
        debt_to_income=_share(row, "dti"),
        employment_years=_years(row["employment"]),
        home_ownership=_OWNERSHIPS.get(row["ownership"].lower(), HomeOwnership.OTHER),
        verification=_VERIFICATIONS.get(row["verification"].lower()),
        region=row["region"] or None,
        credit_history_years=_history(row),
        delinquencies_2y=_count(row, "delinquencies"),
        inquiries_6m=_count(row, "inquiries_6m"),
        inquiries_12m=_count(row, "inquiries_12m"),
        open_accounts=_count(row, "open_accounts"),
        public_records=_count(row, "public_records"),
        revolving_utilisation=_utilisation(row),
    )


_OWNERSHIPS = {
    "own": HomeOwnership.OWN,
    "mortgage": HomeOwnership.MORTGAGE,
    "rent": HomeOwnership.RENT,
}

_VERIFICATIONS = {
    "verified": Verification.VERIFIED,
    "source verified": Verification.SOURCE_VERIFIED,
    "not verified": Verification.NOT_VERIFIED,
}


def _share(row: Row, name: str) -> Rate | None:
    """Read a percentage; a value below zero is how the files say that it makes no sense."""
    text = row.get(name, "").rstrip("%")
    if text in _UNKNOWN or Decimal(text) < 0:
        return None
    return Rate.percent(text)


def _utilisation(row: Row) -> Rate | None:
    """Read `83.7%`, or a fraction where the file writes no sign."""
    text = row.get("utilisation", "")
    if text in _UNKNOWN or text.endswith("%"):
        return _share(row, "utilisation")
    return Rate(round(Decimal(text), 8))


def _history(row: Row) -> int | None:
    if row["since"] in _UNKNOWN:
        return None
    return max(_month(row["issued"]).year - _year(row["since"]), 0)


def _year(text: str) -> int:
    """Read the year of `1985`, `1985-01-01` or `Jan-1985`."""
    return int(text[:4]) if text[:4].isdigit() else int(text[-4:])


def _count(row: Row, name: str) -> int | None:
    text = row.get(name, "")
    return None if text in _UNKNOWN else int(Decimal(text))


def _years(text: str) -> int | None:
    """Read `10+ years`, `< 1 year`, `3 years` or `3`."""
    digits = "".join(letter for letter in text if letter.isdigit())
    if not digits:
        return None
    return 0 if text.startswith("<") else int(digits)
