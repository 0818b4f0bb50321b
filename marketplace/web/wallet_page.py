"""What the pages of a lender's money show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from escrow import Movement, Owed, Statement, Transfer
from kernel import Currency, Money
from marketplace.custody import BankAccount

# What a movement means to the owner of the cash, by its code in the book.
MOVEMENTS: dict[Movement, Any] = {
    Movement.DEPOSIT: _l("Money added"),
    Movement.RESERVE: _l("Reserved for a loan"),
    Movement.RELEASE: _l("Reservation released"),
    Movement.WITHDRAW: _l("Withdrawal"),
    Movement.BOUNCE: _l("Withdrawal came back"),
    Movement.DISTRIBUTE: _l("Repayment received"),
    Movement.RETURN: _l("Deposit returned"),
    Movement.COVER: _l("Paid by the platform"),
    Movement.TRADE: _l("Note sold or bought"),
    Movement.RECOUP: _l("Paid back to the platform"),
}

SHOWN_DIGITS = 4


@dataclass(frozen=True)
class Purse:
    """What is free in one currency."""

    currency: Currency
    available: Money


@dataclass(frozen=True)
class Line:
    """One line of the statement."""

    entry_id: int
    at: datetime
    text: Any
    memo: str
    amount: Money
    balance: Money


@dataclass(frozen=True)
class TransferPage:
    """Where to transfer money to, and what to write on the transfer."""

    account: BankAccount
    reference: str


@dataclass(frozen=True)
class WalletPage:
    """The whole page; `older` is where the next page of lines begins.

    Of the entries up to `sealed_to` there are proofs.
    """

    purses: tuple[Purse, ...]
    currency: Currency
    lines: tuple[Line, ...]
    older: int | None
    owed: tuple[Owed, ...]
    transfers: tuple[Transfer, ...]
    sealed_to: int


@dataclass(frozen=True)
class WithdrawPage:
    """What may be withdrawn, and where to: ids and names of bank accounts."""

    purses: tuple[Purse, ...]
    destinations: tuple[tuple[str, str], ...]


def statement_lines(found: Statement) -> tuple[Line, ...]:
    """Return the lines of a statement in the reader's words."""
    return tuple(
        Line(
            entry_id=line.entry_id,
            at=line.at,
            text=MOVEMENTS.get(line.movement, line.movement.value),
            memo=line.memo,
            amount=line.amount,
            balance=line.balance,
        )
        for line in found.lines
    )


def masked(account: str) -> str:
    """Hide all but the last digits of an account."""
    kept = "".join(account.split())[-SHOWN_DIGITS:]
    return f"•••• {kept}"
