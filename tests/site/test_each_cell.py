"""Chapters run in the page, cell after cell: each gives the text that the book has stored."""

import pytest

from tests.site import in_page, visits
from tests.site.in_page import EDITIONS, SLOW, cell

CHAPTERS = [
    ("chapters/02_core_idea.html", "en"),
    ("chapters/03_gates.html", "zh_CN"),
    ("chapters/solutions/03_gates.html", "en"),
]


def outputs(page):
    """The text below each cell that can be run, by the cell's id."""
    return page.evaluate("""() => Object.fromEntries(
      [...document.querySelectorAll("[data-cell]:not([data-tensorflow])")].map((box) => {
        const place = box.querySelector(".cell_output:not([hidden])")?.cloneNode(true);
        place?.querySelectorAll(".copybtn").forEach((each) => each.remove());
        return [box.dataset.cell, place ? place.textContent.replace(/\\s+/g, " ").trim() : ""];
      }))""")


@pytest.mark.parametrize(("path", "language"), CHAPTERS)
def test_every_cell_gives_what_is_stored(new_page, base, path, language):
    edition = EDITIONS[language]
    page = new_page()
    seen = visits.watch(page, base)
    page.goto(base + edition.folder + path)
    # A hidden tab has no text to compare: show what is behind each.
    page.add_style_tag(content=".sd-tab-content {display: block !important}")
    stored = outputs(page)
    assert len(stored) > 5
    for name in stored:
        in_page.run_cell(page, name, edition)
        cell(page, name).locator(".in-page-editor").wait_for(timeout=SLOW)
    assert outputs(page) == stored
    in_page.no_complaints(page, seen)
