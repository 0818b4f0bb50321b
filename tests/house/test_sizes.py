import ast
from pathlib import Path
from statistics import median

from tests.house.tree import (
    PACKAGES,
    files,
    nodes,
    place,
    python_files,
    report,
    templates,
)

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
LONGEST_TEMPLATE = 120
MEDIAN_FUNCTION = 8
MEDIAN_FILE = 120

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_function_is_longer_than_a_screen() -> None:
    faults = [
        f"{place(path, node.lineno)} {node.name} has {length(node)} lines"
        for path in python_files()
        if "versions" not in path.parts  # a migration lists tables
        for node in nodes(path)
        if isinstance(node, Function) and length(node) > LONGEST_FUNCTION
    ]

    assert not faults, report(
        faults, f"Divide what has more than {LONGEST_FUNCTION} lines into named steps:"
    )


def test_most_functions_are_short() -> None:
    lengths = [
        length(node)
        for path in python_files(*PACKAGES, "app.py")
        for node in nodes(path)
        if isinstance(node, Function)
    ]

    assert median(lengths) <= MEDIAN_FUNCTION, (
        f"The median function has {median(lengths)} lines: name the steps of the long ones."
    )


def test_no_file_is_longer_than_a_room() -> None:
    faults = [
        f"{place(path, lines)} is the last line"
        for path in files()
        if path.suffix in {".py", ".js", ".css"} and (lines := line_count(path)) > LONGEST_FILE
    ]

    assert not faults, report(
        faults, f"Give what has more than {LONGEST_FILE} lines a second file, by what it does:"
    )


def test_most_files_are_short() -> None:
    lengths = [line_count(path) for path in python_files(*PACKAGES, "app.py")]

    assert median(lengths) <= MEDIAN_FILE, (
        f"The median file has {median(lengths)} lines: divide the long ones by what they do."
    )


def test_no_template_is_longer_than_a_page() -> None:
    faults = [
        f"{place(path, lines)} is the last line"
        for path in templates()
        if (lines := line_count(path)) > LONGEST_TEMPLATE
    ]

    assert not faults, report(
        faults, f"Move parts of templates over {LONGEST_TEMPLATE} lines to templates/components:"
    )


def length(node: Function) -> int:
    """Count the lines of a function without its docstring."""
    text = ast.get_docstring(node, clean=False)
    return (node.end_lineno or node.lineno) - node.lineno + 1 - len((text or "").splitlines())


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
