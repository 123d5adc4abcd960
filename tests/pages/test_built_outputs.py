"""The pages of the built book show the outputs that are stored in the notebooks, cell by cell."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.pages import test_site as site
from tools.notebook_files import CHAPTERS, ROOT, find_notebooks, name_of, read_notebook

SITE = ROOT / "_build" / "html"
NOTEBOOKS = find_notebooks()

# What the page shows of an output that is stored in several forms: the first of these.
FORMS = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/latex", "text/plain")
TEXT_BLOCKS = ".output.stream pre, .output.text_plain pre, .output.traceback pre"


def page_of(path: Path) -> Path:
    return SITE / path.relative_to(ROOT).with_suffix(".html")


def read_page(path: Path) -> BeautifulSoup:
    page = page_of(path)
    if not page.is_file():
        pytest.fail(f"{name_of(page)} is missing: run make book", pytrace=False)
    return site.read(page).html


def shown_form(output):
    return next((form for form in FORMS if form in output.get("data", {})), None)


def words(html):
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def stored_in(cell):
    """Return what a code cell stores, in the terms of `found_in`."""
    hidden = "remove-output" in cell.metadata.get("tags", [])
    outputs = [] if hidden else cell.outputs
    texts, tables, figures = [], [], []
    for output in outputs:
        if output.output_type == "stream":
            texts.append(output.text.strip("\n"))
        elif output.output_type == "error":
            texts.append("\n".join(output.traceback).strip("\n"))
        elif shown_form(output) == "text/plain":
            texts.append(output.data["text/plain"].strip("\n"))
        elif shown_form(output) == "text/html":
            tables.append(words(output.data["text/html"]))
        elif shown_form(output) == "image/svg+xml":
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
            figures.append((alt, output.data["image/svg+xml"].strip()))
    return {"texts": texts, "tables": tables, "figures": figures}


def found_in(box, page: Path):
    """Return what the page shows of a code cell."""
    outputs = box.select(".cell_output")
    return {
        "texts": [
            block.get_text().strip("\n") for each in outputs for block in each.select(TEXT_BLOCKS)
        ],
        "tables": [
            words(str(block)) for each in outputs for block in each.select(".output.text_html")
        ],
        "figures": [
            (image.get("alt"), (page.parent / image["src"]).read_text(encoding="utf-8").strip())
            for each in outputs
            for image in each.select("img")
            if not image.find_parent(class_="text_html")
        ],
    }


def source_in(box):
    return "\n".join(each.get_text() for each in box.select(".cell_input pre")).strip("\n")


@pytest.fixture(params=NOTEBOOKS, ids=name_of, scope="module")
def pairs(request):
    """Return the page's path and, for each code cell, the stored cell and its box on the page."""
    boxes = read_page(request.param).select("div.cell")
    cells = [
        cell
        for cell in read_notebook(request.param).cells
        if cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", [])
    ]
    assert len(boxes) == len(cells), "the page has other code cells: run make book"
    return page_of(request.param), list(zip(cells, boxes, strict=True))


def test_the_book_is_built():
    if not (SITE / "index.html").is_file():
        pytest.fail("_build/html/index.html is missing: run make book", pytrace=False)


def test_page_shows_the_stored_outputs(pairs):
    page, both = pairs
    for cell, box in both:
        assert found_in(box, page) == stored_in(cell), f"[{cell.execution_count}]: run make book"


def test_page_shows_the_code_that_was_run(pairs):
    _, both = pairs
    for cell, box in both:
        if "remove-input" not in cell.metadata.get("tags", []):
            assert source_in(box) == cell.source.strip("\n")


def test_page_shows_as_many_figures_as_the_notebook_stores(pairs):
    page, both = pairs
    stored = sum(len(stored_in(cell)["figures"]) for cell, _ in both)
    shown = sum(len(box.select(".cell_output img")) for _, box in both)
    assert shown == stored, page.name


def test_every_page_of_a_notebook_has_its_notebook():
    pages = {path.relative_to(SITE).with_suffix("") for path in (SITE / "chapters").rglob("*.html")}
    sources = {path.relative_to(ROOT).with_suffix("") for path in CHAPTERS.rglob("*.*")}
    assert pages <= sources, "a page is left from a chapter that is gone: make clean book"
