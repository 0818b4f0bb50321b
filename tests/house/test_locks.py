import re
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, settings

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)


def for_the_site() -> list[str]:
    return [str(wanted) for wanted in settings()["project"]["dependencies"]]


def for_the_tests() -> list[str]:
    return [str(wanted) for wanted in settings()["project"]["optional-dependencies"]["dev"]]


@pytest.mark.parametrize("wanted", for_the_site())
def test_the_site_is_installed_from_a_lock_that_fits(wanted: str) -> None:
    assert pin_fits(wanted, "run.lock"), f"run.lock does not satisfy {wanted}: run `make lock`."


@pytest.mark.parametrize("wanted", [*for_the_site(), *for_the_tests()])
def test_the_tests_run_on_a_lock_that_fits(wanted: str) -> None:
    assert pin_fits(wanted, "dev.lock"), f"dev.lock does not satisfy {wanted}: run `make lock`."


def test_the_tests_run_on_what_the_site_runs_on() -> None:
    assert pins("run.lock").items() <= pins("dev.lock").items(), (
        "dev.lock holds other versions than run.lock: run `make lock`."
    )


def pin_fits(wanted: str, lock: str) -> bool:
    requirement = Requirement(wanted)
    version = pins(lock).get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version, prereleases=True)


@cache
def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return {canonicalize_name(name): version for name, version in PINNED.findall(text)}
