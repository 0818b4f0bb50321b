"""Bank lines in CSV: one heading row with the names below, in any order, then a row for each line.

| column | must | what |
|---|---|---|
| account | yes | the account's number |
| booked_on | yes | the day of booking, YYYY-MM-DD |
| amount | yes | with a point and at most the currency's decimals; below zero money went out |
| currency | yes | three letters |
| value_on | no | the day from which it counts; the day of booking if empty |
| bank_reference, reference, counterparty, text | no | as the bank writes them |
| balance | no | what the account holds after the line; then every row has one, and they add up |
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import TypeVar

from escrow.bank_file import (
    MOST_LINES,
    BankFile,
    BankLine,
    Closing,
    FileNotReadable,
    currency_of,
    refused,
)
from kernel import Money, UnusableAmount

T = TypeVar("T")

MUST = ("account", "booked_on", "amount", "currency")
MAY = ("value_on", "bank_reference", "reference", "counterparty", "text", "balance")


def read_csv(body: bytes) -> BankFile:
    """Read bank lines.

    Raises:
        FileNotReadable: by line and column, what is wrong first.
    """
    rows = list(_rows(body))
    lines = tuple(_line(number, row) for number, row in rows)
    return BankFile("csv", lines, tuple(_closings(rows, lines)))


def _rows(body: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(f"byte {error.start + 1} is not UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = _names(next(reader, []))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                raise refused(
                    f"line {reader.line_num}: {len(cells)} columns where {len(names)} are named"
                )
            if reader.line_num > MOST_LINES:
                raise refused(f"more than {MOST_LINES} lines")
            yield reader.line_num, dict(zip(names, map(str.strip, cells), strict=True))
    except csv.Error as error:
        raise refused(f"line {reader.line_num}: {error}") from None


def _names(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    missing = [name for name in MUST if name not in names]
    if missing:
        raise refused(f"line 1: the columns {', '.join(missing)} are missing")
    unknown = [name for name in names if name not in MUST + MAY]
    if unknown or len(set(names)) < len(names):
        twice = {name for name in names if names.count(name) > 1}
        wrong = ", ".join(sorted({*unknown, *twice}))
        raise refused(f"line 1: unknown or twice: {wrong}")
    return names


def _line(number: int, row: dict[str, str]) -> BankLine:
    currency = _cell(number, row, "currency", partial(currency_of, where=_at(number, "currency")))
    booked = _cell(number, row, "booked_on", date.fromisoformat)
    amount = _cell(number, row, "amount", partial(Money.parse, currency=currency))
    if not amount.minor:
        raise refused(f"{_at(number, 'amount')}: it is zero")
    return BankLine(
        account=_cell(number, row, "account", str)[:64],
        amount=amount,
        booked_on=booked,
        value_on=_cell(number, row, "value_on", date.fromisoformat)
        if row.get("value_on")
        else booked,
        bank_reference=row.get("bank_reference", "")[:200],
        reference=row.get("reference", "")[:200],
        counterparty=row.get("counterparty", "")[:200],
        text=row.get("text", "")[:500],
    )


def _closings(
    rows: list[tuple[int, dict[str, str]]], lines: tuple[BankLine, ...]
) -> Iterator[Closing]:
    """Check the running balances, and return the last one of each account and day."""
    if not rows or "balance" not in rows[0][1]:
        return
    held: dict[tuple[str, str], Money] = {}
    last: dict[tuple[str, str, date], Money] = {}
    for (number, row), line in zip(rows, lines, strict=True):
        currency = line.amount.currency
        now = _cell(number, row, "balance", partial(Money.parse, currency=currency))
        before = held.get((line.account, currency.value))
        if before is not None and before + line.amount != now:
            due = before + line.amount
            raise refused(f"{_at(number, 'balance')}: it says {now}, the lines make it {due}")
        held[line.account, currency.value] = now
        last[line.account, currency.value, line.booked_on] = now
    for (account, _currency, day), amount in last.items():
        yield Closing(account, day, amount)


def _cell(number: int, row: dict[str, str], name: str, read: Callable[[str], T]) -> T:
    text = row[name]
    if not text:
        raise refused(f"{_at(number, name)}: it is empty")
    try:
        return read(text)
    except FileNotReadable:
        raise
    except UnusableAmount as error:
        raise refused(f"{_at(number, name)}: {error}") from None
    except ValueError:
        raise refused(f"{_at(number, name)}: “{text}” is not a day (YYYY-MM-DD)") from None


def _at(number: int, name: str) -> str:
    return f"line {number}, column {name}"
