"""Run every benchmark and print one table.

`python -m benchmarks [NAME ...] [--json FILE]`. A benchmark is a module `bench_NAME.py` with a
function `run()`. It returns rows: `title`, `figure` and its `unit`, and, where something is
compared with it in the same run, the `ratio` and what it is `against`.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TypedDict


class Row(TypedDict, total=False):
    title: str
    figure: float
    unit: str
    ratio: float | None
    against: str


HEADINGS = ("what", "figure", "unit", "ratio", "against")


def main() -> None:
    """Run what the command line names, or everything."""
    known = sorted(path.stem.removeprefix("bench_") for path in here().glob("bench_*.py"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows here")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(known)
    if unknown:
        parser.error(f"no benchmark called {', '.join(sorted(unknown))}; there are {known}")
    rows = [row for name in wanted.names or known for row in measured(name)]
    print(f"\n{machine()}\n\n{table(rows)}")
    if wanted.json:
        wanted.json.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")


def measured(name: str) -> list[Row]:
    print(f"{name} ...", end="", file=sys.stderr, flush=True)
    begun = time.perf_counter()
    rows: list[Row] = import_module(f"benchmarks.bench_{name}").run()
    print(f" {time.perf_counter() - begun:.1f} s", file=sys.stderr, flush=True)
    return rows


def table(rows: Iterable[Row]) -> str:
    cells = [HEADINGS, *(written(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(aligned(line, widths) for line in [cells[0], rule, *cells[1:]])


def written(row: Row) -> tuple[str, ...]:
    ratio = row.get("ratio")
    return (
        row["title"],
        number(row["figure"]),
        row["unit"],
        "" if ratio is None else f"{ratio:,.2f} x",
        row.get("against") or "",
    )


def aligned(line: tuple[str, ...], widths: list[int]) -> str:
    what, figure, unit, ratio, against = zip(line, widths, strict=True)
    left = [f"{text:<{width}}" for text, width in (what, unit, against)]
    right = [f"{text:>{width}}" for text, width in (figure, ratio)]
    return "  ".join([left[0], right[0], left[1], right[1], left[2]]).rstrip()


def number(figure: float) -> str:
    """Write a figure with about four digits, whatever its size."""
    for least, digits in ((1000, 0), (100, 1), (1, 2), (0.01, 4)):
        if abs(figure) >= least:
            return f"{figure:,.{digits}f}"
    return f"{figure:.3g}"


def machine() -> str:
    """Say what the figures were measured on."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"


def here() -> Path:
    return Path(__file__).parent


if __name__ == "__main__":
    main()
