import pytest

from tests.support.browser import Visit


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("zh-CN", "zh")])
def test_a_stranger_reads_the_front_page_in_their_own_language(
    visit: Visit, locale: str, language: str, width: int, *, dark: bool
) -> None:
    page = visit("/", locale=locale, width=width, dark=dark)

    assert (page.locator("html").get_attribute("lang") or "").startswith(language)
    assert page.get_by_role("heading", level=1).count() == 1
