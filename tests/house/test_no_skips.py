import pytest


@pytest.mark.parametrize(
    "body",
    [
        "import pytest; pytest.skip('not today', allow_module_level=True)",
        "import pytest; pytest.importorskip('no_such_module')",
    ],
)
def test_a_skipped_module_is_an_error(pytester: pytest.Pytester, body: str) -> None:
    pytester.makepyfile(body)

    result = pytester.runpytest_inprocess("-p", "tests.support.no_skips")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*nothing here is*"])


@pytest.mark.parametrize("mark", ["skip(reason='not today')", "skipif(True, reason='not today')"])
def test_a_skipped_test_fails(pytester: pytest.Pytester, mark: str) -> None:
    pytester.makepyfile(f"import pytest\n@pytest.mark.{mark}\ndef test_it(): pass")

    result = pytester.runpytest_inprocess("-p", "tests.support.no_skips")

    result.assert_outcomes(errors=1)


def test_what_is_expected_to_fail_may(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.xfail\ndef test_it(): assert 0")

    result = pytester.runpytest_inprocess("-p", "tests.support.no_skips")

    result.assert_outcomes(xfailed=1)
