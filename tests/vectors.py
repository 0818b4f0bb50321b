"""Published cases and real loans, which lie beside the project and are not part of it.

They are looked for in `../shared/vectors` and `../shared/data` next to the checkout, or in the
folders that TESSERA_VECTORS and TESSERA_DATA name. A test that needs them fails where they are
absent.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared"


def vectors(name: str, family: str = "cases") -> list[dict[str, Any]]:
    """Return the cases of `NAME.json`, or another family of cases in it."""
    path = _found("TESSERA_VECTORS", "vectors", f"{name}.json")
    cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[family]
    return cases


def data_file(name: str) -> Path:
    """Return where the file of real loans called `name` lies."""
    return _found("TESSERA_DATA", "data", name)


def _found(variable: str, folder: str, name: str) -> Path:
    path = Path(os.environ.get(variable, _BESIDE / folder)) / name
    if not path.is_file():
        pytest.fail(
            f"{path} is not there. Published cases lie beside the checkout, in {_BESIDE / folder};"
            f" set {variable} to the folder that holds {name}.",
            pytrace=False,
        )
    return path
