"""The project's own files, as the tests of the house look at them."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MONEY = ("kernel", "amortization", "escrow", "origination", "matching", "servicing", "care")
PACKAGES = (*MONEY, "reporting", "replay", "marketplace")


@cache
def files() -> tuple[Path, ...]:
    """Return what the repository holds or would take in, without what others wrote."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in sorted(set(listed.stdout.splitlines())))
    return tuple(path for path in paths if path.is_file() and not _foreign(path))


def _foreign(path: Path) -> bool:
    return path.is_relative_to(ROOT / "static" / "vendor") or path.name == "LICENSE"


def python_files(*folders: str) -> list[Path]:
    """Return the Python files in these folders, or of the whole tree."""
    pages = [path for path in files() if path.suffix == ".py"]
    if not folders:
        return pages
    return [path for path in pages if path.relative_to(ROOT).parts[0] in folders]


def templates() -> list[Path]:
    """Return what Jinja renders."""
    return [path for path in files() if path.is_relative_to(ROOT / "templates")]


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def nodes(path: Path) -> Iterator[ast.AST]:
    """Walk through the syntax tree of a Python file."""
    return ast.walk(parsed(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the dotted name of everything that a file imports."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def place(path: Path, line: int) -> str:
    """Say where something stands, as editors understand it."""
    return f"{path.relative_to(ROOT)}:{line}"


@cache
def settings() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def layers(package: str) -> list[str]:
    """Return the layers of a package as its contract names them, highest first."""
    for contract in settings()["tool"]["importlinter"]["contracts"]:
        if contract.get("containers") == [package]:
            return [str(layer) for layer in contract["layers"]]
    return []


def report(faults: list[str], mend: str) -> str:
    """Say what is wrong, line by line, and how to mend it."""
    return "\n".join([mend, *faults])
