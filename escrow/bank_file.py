"""What a bank's file says, whatever its form: lines of accounts, and balances that must add up."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from kernel import Currency, Invalid, Money

MOST_LINES = 100_000


class FileNotReadable(Invalid):
    """This file cannot be imported; nothing of it was: {why}."""


@dataclass(frozen=True, slots=True)
class BankLine:
    """One booked line of an account.

    Attributes:
        account: its number, as the bank writes it.
        amount: above zero money came in.
        booked_on: the day on which the bank booked it.
        value_on: the day from which it counts.
        bank_reference: the bank's own name of it; empty where it gives none.
        reference: what we or the payer called it (end-to-end, file, or a structured reference).
        counterparty: who paid or was paid.
        text: what was written on it.
        is_reversal: whether the bank took an earlier line back by it.
    """

    account: str
    amount: Money
    booked_on: date
    value_on: date
    bank_reference: str = ""
    reference: str = ""
    counterparty: str = ""
    text: str = ""
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """What an account held at the end of a day, as the bank says."""

    account: str
    day: date
    amount: Money


@dataclass(frozen=True, slots=True)
class BankFile:
    """All that one file says."""

    form: str
    lines: tuple[BankLine, ...]
    closings: tuple[Closing, ...] = ()


def identities(lines: tuple[BankLine, ...]) -> list[str]:
    """Name each line by what it says, so that it is known again in another file.

    Of lines that say exactly the same each has its number: a bank may well book two alike.
    """
    seen: Counter[str] = Counter()
    names = []
    for line in lines:
        said = "\0".join(
            (
                line.account,
                str(line.amount.minor),
                line.amount.currency.value,
                line.booked_on.isoformat(),
                line.bank_reference or f"{line.value_on} {line.reference} {line.text}",
                line.counterparty,
                str(line.is_reversal),
            )
        )
        seen[said] += 1
        names.append(sha256(f"{said}\0{seen[said]}".encode()).hexdigest())
    return names


def currency_of(text: str, where: str) -> Currency:
    """Read a currency.

    Raises:
        FileNotReadable: the book does not hold it.
    """
    try:
        return Currency(text.strip().upper())
    except ValueError:
        held = ", ".join(Currency)
        raise refused(f"{where}: “{text}” is not a currency of the book ({held})") from None


def refused(why: str) -> FileNotReadable:
    """Return the refusal of a file."""
    return FileNotReadable(field="file", why=why)
