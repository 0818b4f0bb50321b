import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import (
    MONEY,
    PACKAGES,
    ROOT,
    imports,
    layers,
    nodes,
    place,
    python_files,
    report,
)

# It guesses in floats, and computes again, exactly, whatever lies within their doubt.
PROVED = {ROOT / "amortization" / "bulk.py"}
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "current_timestamp", "localtime", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "time", "func", "dt"}
DATABASE_WORDS = {"Base", "bulk_insert", "bulk_update", "find", "lock", "reading", "write_turn"}
QUESTIONS = {"select", "insert", "update", "delete", "func", "exists", "union_all"}
WORLD = {"sqlalchemy", "flask", "psycopg", "sqlite3", "os", "random", "secrets", "socket"}


@pytest.mark.parametrize("package", MONEY[1:])
def test_arithmetic_knows_no_database_and_no_web(package: str) -> None:
    faults = [
        f"{place(path, line)} imports {name}"
        for path in pure_modules(package)
        for line, name in imports(path)
        if name.partition(".")[0] in WORLD or name in {f"kernel.{word}" for word in DATABASE_WORDS}
    ]

    assert not faults, report(
        faults,
        "A module below `models` takes values and returns values: pass in what it needs, or move "
        "the function to queries or operations:",
    )


def test_only_the_shell_and_the_maker_of_ids_read_the_clock() -> None:
    below = [package for package in PACKAGES if package != "marketplace"]
    faults = [
        f"{place(path, node.lineno)} reads the clock"
        for path in python_files(*below)
        if path != ROOT / "kernel" / "ids.py"
        for node in nodes(path)
        if isinstance(node, ast.Call) and reads_the_clock(node.func) and node not in stamps(path)
    ]

    assert not faults, report(
        faults, "Take the moment as a parameter, `at: datetime` or `on: date`, from the shell:"
    )


def test_no_float_comes_near_money() -> None:
    faults = [
        f"{place(path, line)} {what}"
        for path in python_files(*MONEY)
        if path not in PROVED
        for line, what in floats(path)
    ]

    assert not faults, report(
        faults, "Use integers in minor units; inside rate arithmetic use Decimal or Fraction:"
    )


def test_one_place_commits() -> None:
    faults = [
        place(path, node.lineno)
        for path in python_files(*PACKAGES, "app.py")
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]

    assert len(faults) == 1, report(
        faults, "One commit stands in marketplace/db.py; work in `with atomic()` there:"
    )
    assert faults[0].startswith("marketplace/db.py:")


def test_no_view_asks_the_database_by_itself() -> None:
    views = [*(ROOT / "marketplace" / "web").rglob("*.py"), *(ROOT / "marketplace").glob("api/*")]
    faults = [
        f"{place(path, line)} imports {name}"
        for path in views
        if path.suffix == ".py"
        for line, name in imports(path)
        if name in {f"sqlalchemy.{word}" for word in QUESTIONS}
    ]

    assert not faults, report(
        faults, "Views ask the queries of a package; write one there and call it:"
    )


def pure_modules(package: str) -> list[Path]:
    """Return the files of the layers below `models`."""
    names = layers(package)
    below = names[names.index("models") + 1 :] if "models" in names else names
    modules = [name.strip() for layer in below for name in layer.replace("|", ":").split(":")]
    return [ROOT / package / f"{name}.py" for name in modules]


def reads_the_clock(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and called.attr in CLOCKS
        and isinstance(called.value, ast.Name | ast.Attribute)
        and (called.value.id if isinstance(called.value, ast.Name) else called.value.attr)
        in CLOCK_OWNERS
    )


def stamps(path: Path) -> list[ast.expr]:
    """Return the defaults of columns in which the database itself writes down when it was told."""
    keywords = (node for node in nodes(path) if isinstance(node, ast.keyword))
    return [word.value for word in keywords if word.arg == "server_default"]


def floats(path: Path) -> Iterator[tuple[int, str]]:
    for node in nodes(path):
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "says float"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"holds {node.value}"
        elif isinstance(node, ast.Attribute) and node.attr in {"float64", "float32"}:
            yield node.lineno, f"says {node.attr}"
