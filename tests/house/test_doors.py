import ast
from pathlib import Path

import pytest

from tests.house.tree import (
    PACKAGES,
    ROOT,
    imports,
    layers,
    nodes,
    place,
    python_files,
    report,
    settings,
)

# From the top: what changes things, what reads them, what they are.
ORDER = ["operations", "queries", "models"]


def test_packages_meet_at_their_front_doors() -> None:
    faults = [
        f"{place(path, line)} imports {name}"
        for path in python_files(*PACKAGES)
        for line, name in imports(path)
        if goes_round_the_door(path, name)
    ]

    assert not faults, report(
        faults, "Import from the package itself, and add the word to its __init__ if it is missing:"
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_of_a_package_has_its_layer(package: str) -> None:
    strict = [
        contract
        for contract in settings()["tool"]["importlinter"]["contracts"]
        if contract.get("containers") == [package] and contract.get("exhaustive") is True
    ]

    assert len(strict) == 1, (
        f"Give {package} one `layers` contract of its own in pyproject.toml: containers = "
        f'["{package}"], exhaustive = true.'
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_operations_stand_above_queries_above_models(package: str) -> None:
    known = [layer for layer in layers(package) if layer in ORDER]

    assert known == [name for name in ORDER if name in known], (
        f"In the contract of {package} put operations above queries above models."
    )


def test_a_package_says_what_it_offers() -> None:
    faults = [
        f"{package}/__init__.py:1 has no __all__"
        for package in PACKAGES
        if package != "marketplace" and not face(package)
    ]

    assert not faults, report(faults, "List the words of the package's face in __all__:")


def goes_round_the_door(path: Path, name: str) -> bool:
    """Tell whether a name is reached through a room of a package in which the file is not."""
    package, _, rest = name.partition(".")
    room = rest.partition(".")[0]
    at_home = path.relative_to(ROOT).parts[0] == package
    if package not in PACKAGES or at_home or rest in face(package):
        return False
    inside = ROOT / package / room
    return bool(room) and (inside.is_dir() or inside.with_suffix(".py").exists())


def face(package: str) -> list[str]:
    """Return the words that a package offers."""
    for node in nodes(ROOT / package / "__init__.py"):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []
