import pytest

from tools.prepare import reason


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (
            "ERROR: Ignored the following versions\nERROR: No matching distribution found for x==1",
            "No matching distribution found for x==1",
        ),
        (
            "WARNING: Retrying (Retry(total=1)) after connection broken\nERROR: No matching x==1",
            "the package registry did not answer",
        ),
        ("Segmentation fault\n", "Segmentation fault"),
        ("", "no reason given"),
    ],
)
def test_what_pip_said_becomes_one_line(log: str, why: str) -> None:
    assert reason(log) == why
