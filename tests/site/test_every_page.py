"""Every page, light and dark, on a screen and on a phone, with the network cut off."""

import itertools

import pytest

from tests.site import visits


def sights(path):
    """Every width with every theme; in Chinese, where styles are the same, each of both once."""
    if path.startswith("zh/"):
        return zip(visits.WIDTHS, visits.THEMES, strict=True)
    return itertools.product(visits.WIDTHS, visits.THEMES)


VISITS = [(path, *sight) for path in visits.find_pages() for sight in sights(path)]


@pytest.mark.parametrize(("path", "width", "theme"), VISITS)
def test_page(browser, base, path, width, theme):
    """Nothing from elsewhere or missing, no error, no jump, no sideways scroll, nothing for axe."""
    result = visits.visit(browser, base, path, width, theme)
    visits.keep(result)
    assert visits.complaints(result) == {}


# As a file, without a server -------------------------------------------------------------------

# What a file loads and from where is the same in Chinese.
FILES = [path for path in visits.find_pages() if path.count("/") < 2 or not path.startswith("zh/")]


@pytest.mark.parametrize("path", FILES)
def test_a_page_is_readable_as_a_file(new_page, path):
    page = new_page()
    seen = visits.watch(page, "file://")
    page.goto((visits.SITE / path).as_uri(), wait_until="load")
    assert page.locator("main h1").first.is_visible()
    assert seen["errors"] + seen["failed"] + seen["elsewhere"] == []
    family = page.evaluate("getComputedStyle(document.querySelector('main')).fontFamily")
    assert "system-ui" in family, "the style sheet is not there"
    equations = page.locator(".katex-html")
    if equations.count():
        assert "KaTeX" in equations.first.evaluate("each => getComputedStyle(each).fontFamily")
        fonts = "[...document.fonts].filter(each => each.status === 'loaded').length"
        assert page.evaluate(f"document.fonts.ready.then(() => {fonts})") > 0
