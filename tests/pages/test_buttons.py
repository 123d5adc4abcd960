"""Running code in the page: what stands in the built pages for it, seen without a browser."""

import gzip
import json
import re

import pytest

from tests.pages.test_site import SITE, find_pages, read
from tools.notebook_files import ROOT

# Bytes over the wire that a page may weigh more with its buttons.
MOST = 5_000

BUTTONS = [
    re.compile(r'<div class="in-page-bar.*?</div>', re.DOTALL),
    re.compile(r'<div class="in-page-answers.*?</div>', re.DOTALL),
    re.compile(r"<script [^>]*in_page\.js[^>]*></script>"),
    re.compile(r' data-(cell|role|question|tensorflow)(="[^"]*")?'),
]
STYLES = re.compile(r"^[^{}]*\.in-page[^{}]*\{[^}]*\}$", re.MULTILINE)

PAGES = [path for path in find_pages() if "data-cell=" in path.read_text(encoding="utf-8")]


def wire(text):
    return len(gzip.compress(text.encode(), 9))


def added(page):
    """Bytes that the buttons add to a page and to what it loads."""
    html = page.read_text(encoding="utf-8")
    plain = html
    for pattern in BUTTONS:
        plain = pattern.sub("", plain)
    assert plain != html
    styles = (SITE / "_static" / "book.css").read_text(encoding="utf-8")
    script = (SITE / "_static" / "in_page.js").read_text(encoding="utf-8")
    return wire(html) - wire(plain) + wire(styles) - wire(STYLES.sub("", styles)) + wire(script)


def test_there_are_pages_to_run():
    assert len(PAGES) > 30


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(SITE).as_posix())
def test_a_page_weighs_little_more(page):
    assert 0 < added(page) <= MOST


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(SITE).as_posix())
def test_each_cell_has_one_bar_or_is_a_check(page):
    for cell in read(page).html.select("[data-cell]"):
        bars = cell.select(".in-page-bar")
        assert len(bars) == (0 if cell.get("data-role") == "check" else 1), cell["data-cell"]
        buttons = cell.select(".in-page-bar button")
        assert len(buttons) == (0 if cell.has_attr("data-tensorflow") or not bars else 1)


def test_folded_imports_are_named_and_can_be_run():
    folds = [(page, fold) for page in PAGES for fold in read(page).html.select("details.imports")]
    chapters = {path.stem for path in (ROOT / "chapters").glob("*.ipynb")}
    folders = [SITE / "chapters", SITE / "zh" / "chapters"]
    wanted = {folder / f"{name}.html" for folder in folders for name in chapters}
    assert wanted <= dict(folds).keys()
    for _, fold in folds:
        assert fold.summary.get_text() in {"Imports", "导入的模块"}
        assert not fold.has_attr("open")
        assert fold.select_one(".cell_input + .in-page-bar button")
        assert not fold.select_one(".cell_output")


def notebook_of(page):
    path = ROOT / page.relative_to(SITE).with_suffix(".ipynb")
    return path if path.is_file() else None


@pytest.mark.parametrize(
    "page", [page for page in PAGES if notebook_of(page)], ids=lambda path: path.stem
)
def test_the_page_shows_the_notebook_letter_by_letter(page):
    """The browser runs what stands in the page."""
    notebook = json.loads(notebook_of(page).read_text(encoding="utf-8"))
    code = [each for each in notebook["cells"] if each["cell_type"] == "code"]
    wanted = {each["id"]: "".join(each["source"]) for each in code}
    cells = read(page).html.select("[data-cell]")
    shown = {
        each["data-cell"]: each.select_one(".cell_input pre").text.removesuffix("\n")
        for each in cells
    }
    assert shown == wanted


def test_the_words_are_there_in_both_languages():
    english, chinese = (
        json.loads((SITE / folder / "_static/in_page/words.json").read_text(encoding="utf-8"))
        for folder in ("", "zh")
    )
    assert english.keys() == chinese.keys()
    for name, sentence in english.items():
        places = [sorted(re.findall(r"\{\w+\}", text)) for text in (sentence, chinese[name])]
        assert places[0] == places[1]
        assert re.search(r"[\u3400-\u9fff]", chinese[name]), name


def test_the_scripts_say_no_word_that_is_missing():
    words = json.loads((SITE / "_static/in_page/words.json").read_text(encoding="utf-8"))
    said = set()
    for script in (ROOT / "website/static/in_page").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        said |= set(re.findall(r'\bsay\(\s*"(\w+)"', text))
        for choice in re.findall(r"\bsay\([^()]*\? \"(\w+)\" : \"(\w+)\"", text):
            said |= set(choice)
    assert said <= set(words)
    # The names of the buttons are said by the names of what they do.
    assert set(words) - said == {"check", "run", "again", "stop"}
