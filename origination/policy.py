"""Reading policy files: every error names the place, what is wrong there and how to mend it."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from kernel import Currency, Invalid, Money, Rate, UnusableAmount, UnusableRate


class UnusablePolicy(Invalid):
    """In {where}: {why}. {mend}."""


Word = TypeVar("Word", bound=StrEnum)


class Table:
    """One table of a policy file, read name by name."""

    def __init__(self, values: Any, where: str) -> None:
        """Read `values`, which stand at `where`."""
        self.where = where
        if not isinstance(values, Mapping):
            raise UnusablePolicy(where=where, why="this is no table", mend="Write it as a table")
        self.values = values
        self.read: set[str] = set()

    def refuse(self, name: str, why: str, mend: str) -> UnusablePolicy:
        """Return the error for what stands under `name`."""
        return UnusablePolicy(where=f"{self.where}.{name}", why=why, mend=mend)

    def get(self, name: str, kind: type, example: str) -> Any:
        """Return what stands under `name`.

        Raises:
            UnusablePolicy: nothing does, or something of another kind.
        """
        self.read.add(name)
        if name not in self.values:
            raise self.refuse(name, "it is missing", f"Add `{name} = {example}`")
        value = self.values[name]
        if not isinstance(value, kind) or (kind is int and type(value) is not int):
            raise self.refuse(
                name, f"{value!r} does not fit", f"Write it like `{name} = {example}`"
            )
        return value

    def has(self, name: str) -> bool:
        """Say whether anything stands under `name`."""
        return name in self.values

    def text(self, name: str) -> str:
        """Return words."""
        return str(self.get(name, str, '"words"'))

    def whole(self, name: str, *, least: int = 0) -> int:
        """Return a whole number that is not below `least`."""
        value: int = self.get(name, int, str(max(least, 1)))
        if value < least:
            raise self.refuse(name, f"{value} is too small", f"Write at least {least}")
        return value

    def word(self, name: str, words: type[Word]) -> Word:
        """Return one of `words`."""
        choices = ", ".join(words)
        value = self.get(name, str, f'"{next(iter(words))}"')
        if value not in list(words):
            raise self.refuse(name, f"{value!r} is not known", f"Choose one of: {choices}")
        return words(value)

    def share(self, name: str) -> Rate:
        """Return a percentage, written as text."""
        text = self.get(name, str, '"12.5"')
        try:
            rate = Rate.percent(text)
        except UnusableRate as error:
            raise self.refuse(name, f"{text!r} is no rate", str(error).rstrip(".")) from None
        if rate.value < 0:
            raise self.refuse(name, f"{text} is below zero", "Write zero or more")
        return rate

    def money(self, name: str, currency: Currency) -> Money:
        """Return an amount in major units, written as text."""
        text = self.get(name, str, '"25.00"')
        try:
            amount = Money.parse(text, currency)
        except UnusableAmount as error:
            raise self.refuse(name, f"{text!r} is no amount", str(error).rstrip(".")) from None
        if amount.minor < 0:
            raise self.refuse(name, f"{text} is below zero", "Write zero or more")
        return amount

    def list_of(self, name: str, kind: type, example: str) -> tuple[Any, ...]:
        """Return a list whose items are all of one kind, and of which none stands twice."""
        items = self.get(name, list, example)
        if not all(type(item) is kind for item in items):
            raise self.refuse(name, "an item does not fit", f"Write it like `{example}`")
        if len(set(items)) < len(items):
            raise self.refuse(name, "an item stands twice", "Name each item once")
        return tuple(items)

    def table(self, name: str) -> "Table":
        """Return the table under `name`."""
        return Table(self.get(name, Mapping, "{ ... }"), f"{self.where}.{name}")

    def tables(self, name: str) -> Iterator["Table"]:
        """Yield the tables of the list under `name`."""
        for place, values in enumerate(self.get(name, list, "[{ ... }]"), start=1):
            yield Table(values, f"{self.where}.{name}[{place}]")

    def finish(self) -> None:
        """Refuse names that nobody asked for: most are misspelt."""
        unknown = sorted(set(self.values) - self.read)
        if unknown:
            known = ", ".join(sorted(self.read))
            raise self.refuse(unknown[0], "nobody reads this name", f"Names here are: {known}")
