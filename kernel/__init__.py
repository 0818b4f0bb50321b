"""Words that every package shares and that hold no business of their own.

Money, rates, dates, ids, states, errors and the database.
"""

from kernel.bulk import bulk_insert, bulk_update
from kernel.database import (
    Base,
    MoneyColumn,
    RateColumn,
    Sequence64,
    UtcDateTime,
    database_url,
    engine_options,
    find,
    lock,
    prepare_engine,
    reading,
    write_turn,
)
from kernel.dates import add_months, is_month_end
from kernel.errors import Conflict, DomainError, Invalid, NotFound, Refused, Unavailable
from kernel.ids import new_id, new_ids
from kernel.money import Currency, CurrencyMismatch, Money, UnusableAmount
from kernel.numbers import Number, next_number
from kernel.rate import Rate, Rounding, UnusableRate
from kernel.states import Machine, MoveNotAllowed, Stateful, StatusEvent

__all__ = [
    "Base",
    "Conflict",
    "Currency",
    "CurrencyMismatch",
    "DomainError",
    "Invalid",
    "Machine",
    "Money",
    "MoneyColumn",
    "MoveNotAllowed",
    "NotFound",
    "Number",
    "Rate",
    "RateColumn",
    "Refused",
    "Rounding",
    "Sequence64",
    "Stateful",
    "StatusEvent",
    "Unavailable",
    "UnusableAmount",
    "UnusableRate",
    "UtcDateTime",
    "add_months",
    "bulk_insert",
    "bulk_update",
    "database_url",
    "engine_options",
    "find",
    "is_month_end",
    "lock",
    "new_id",
    "new_ids",
    "next_number",
    "prepare_engine",
    "reading",
    "write_turn",
]
