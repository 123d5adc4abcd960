"""The book as notebooks in JupyterLite: with the network cut off, a check names a mistake."""

import pytest

from tests.site import in_page, visits
from tools.lite import BUILT

# JupyterLab, its kernel and Matplotlib, on a machine that does other things besides.
SLOW = 240_000

pytestmark = pytest.mark.skipif(
    not (BUILT / "index.html").is_file(), reason="JupyterLite is not built: make lite"
)


@pytest.mark.parametrize("language", in_page.EDITIONS)
def test_a_mistake_is_named_in_jupyterlite(new_page, serve, language):
    base = serve(BUILT)
    page = new_page()
    seen = visits.watch(page, base)
    folder = in_page.EDITIONS[language].folder
    page.goto(f"{base}notebooks/index.html?path={folder}chapters/exercises/03_gates.ipynb")
    blank = page.locator(".jp-CodeCell", has_text="def forget_gate").first
    blank.wait_for(timeout=SLOW)
    # An editor is made when its cell comes into sight.
    blank.scroll_into_view_if_needed()
    blank.locator(".cm-content").click(timeout=SLOW)
    page.keyboard.press("Control+A")
    answer = in_page.wrong_answer("forget_gate")
    page.keyboard.insert_text(answer)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    verdict = in_page.verdict("forget_gate", answer, language)
    page.wait_for_function(
        "(said) => [...document.querySelectorAll('.jp-OutputArea-output')].some("
        "(each) => each.innerText.replaceAll(/\\s+/g, ' ').trim() === said)",
        arg=verdict,
        timeout=SLOW,
    )
    visits.KEPT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=visits.KEPT / f"lite-{language}.png")
    assert seen["elsewhere"] == []
