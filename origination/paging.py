"""Pages by keyset: the next page starts after the last row seen, however many came before it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, literal, tuple_
from sqlalchemy.types import TypeEngine

from kernel import Invalid, Rate, RateColumn, UtcDateTime

T = TypeVar("T")
Row = TypeVar("Row")
Columns = TypeVarTuple("Columns")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BIGINT = 1 << 63


class UnusableCursor(Invalid):
    """“{text}” does not mark a place in this list; start from its beginning."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and where the next ones start.

    Attributes:
        items: the rows.
        after: what to ask with for the next page; None on the last one.
    """

    items: tuple[T, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order of rows: by one column, and by id where that is equal.

    Attributes:
        column: whole numbers, rates, instants or ids; never NULL.
        ident: the column with the id.
        descending: whether the greatest comes first.
    """

    column: ColumnElement[Any]
    ident: ColumnElement[Any]
    descending: bool = False

    def order(self, query: Select[*Columns], *, after: str | None, limit: int) -> Select[*Columns]:
        """Return the query in this order, from a place on, for one row more than a page.

        Raises:
            UnusableCursor: the place was not given out by `page`.
        """
        if after is not None:
            here, place = tuple_(self.column, self.ident), self._place(after)
            query = query.where(here < place if self.descending else here > place)
        both = (self.column, self.ident)
        order = [column.desc() if self.descending else column.asc() for column in both]
        return query.order_by(*order).limit(limit + 1)

    def _place(self, text: str) -> ColumnElement[Any]:
        number, _, ident = text.partition("~")
        try:
            value, key = _value(self.column.type, int(number)), UUID(ident)
        except (ValueError, OverflowError):
            raise UnusableCursor(text=text) from None
        return tuple_(literal(value, self.column.type), literal(key, self.ident.type))


def page(
    rows: Sequence[Row],
    *,
    limit: int,
    show: Callable[[Row], T],
    key: Callable[[Row], tuple[Any, UUID]],
) -> Page[T]:
    """Cut what a keyset's query found into a page.

    Args:
        rows: the rows found, at most one more than `limit`.
        limit: how many a page holds.
        show: makes what the page shows of a row.
        key: returns the row's values of the keyset's two columns.
    """
    seen = rows[:limit]
    more = len(rows) > limit
    return Page(tuple(map(show, seen)), _cursor(*key(seen[-1])) if more else None)


def _cursor(value: Any, ident: UUID) -> str:
    if isinstance(value, datetime):
        value = (value - EPOCH) // timedelta(microseconds=1)
    if isinstance(value, Rate):
        value = value.e8
    if isinstance(value, UUID):
        value = value.int
    return f"{value}~{ident}"


def _value(kind: TypeEngine[Any], number: int) -> Any:
    if isinstance(kind, UtcDateTime):
        return EPOCH + timedelta(microseconds=number)
    if isinstance(kind, Uuid):
        return UUID(int=number)
    if not -BIGINT <= number < BIGINT:
        raise OverflowError
    return Rate.from_e8(number) if isinstance(kind, RateColumn) else number
