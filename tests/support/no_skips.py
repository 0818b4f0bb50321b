"""Nothing is skipped silently: what a test cannot have, it must say, and fail."""

from collections.abc import Generator

import pytest

MEND = "This was skipped, and nothing here is: provide what it lacks, or let it fail and say so."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one; an expected failure stays what it is."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into a broken one."""
    report = yield
    _fail(report)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{MEND}\n{report.longrepr}"
