"""Break each thing once in a copy of the whole book: the check that should see it sees it.

`test_site.py` shows on small pages that its checks can fail. Here a fault is put into the book
itself, where a page of three hundred kilobytes could hide it.
"""

import re
import shutil

import pytest

from tests.pages import test_site as site
from tests.pages.test_site import SITE

CHAPTER = "chapters/03_gates.html"
NOISE = "".join(str(n**7) for n in range(30_000))  # compresses to less than half


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The whole book, to be broken."""
    site.require_site(SITE / CHAPTER)
    return shutil.copytree(SITE, tmp_path_factory.mktemp("book") / "html")


@pytest.fixture
def broken(copy):
    """A function that changes one file of the copy once; the file is put back afterwards."""
    kept = {}

    def broken(name, pattern, new):
        path = copy / name
        kept[path] = path.read_text(encoding="utf-8")
        text, count = re.subn(pattern, new, kept[path], count=1)
        assert count == 1, f"{name} has no {pattern}"
        path.write_text(text, encoding="utf-8")

    yield broken
    for path, text in kept.items():
        path.write_text(text, encoding="utf-8")


# The file, what is replaced in it by what, and the check that finds it on a page.
FAULTS = {
    "an alternative text removed": (
        CHAPTER,
        r'(<img[^>]*) alt="[^"]{20,}"',
        r"\1",
        "nameless_images",
        CHAPTER,
    ),
    "an external script": (
        CHAPTER,
        "</head>",
        '<script src="https://example.org/a.js"></script></head>',
        "external_loads",
        CHAPTER,
    ),
    "an external font in the style sheet": (
        "_static/book.css",
        r"\A",
        "@import 'https://example.org/font.css';",
        "external_loads",
        "index.html",
    ),
    "a dead anchor": (
        CHAPTER,
        r'href="#(?!main-content)[\w-]+"',
        'href="#no-such-place"',
        "dead_links",
        CHAPTER,
    ),
    "an anchor gone that another page links to": (
        "reference/common_confusions.html",
        ' id="p9"',
        ' id="p-9"',
        "dead_links",
        CHAPTER,
    ),
    "a description removed": (
        CHAPTER,
        '<meta[^>]*name="description"[^>]*>',
        "",
        "anonymous",
        CHAPTER,
    ),
    "a heavy script": ("_static/book.js", r"\A", f"/*{NOISE}*/", "overweight", CHAPTER),
    "a tag left open": (CHAPTER, "</h2>", "", "malformed", CHAPTER),
    "an equation that was not rendered": (
        CHAPTER,
        'class="katex-mathml"',
        'class="lost"',
        "unrendered_equations",
        CHAPTER,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_book_is_caught(copy, broken, fault):
    name, pattern, new, check, page = FAULTS[fault]
    path = copy / page
    assert getattr(site, check)(site.read(path)) == [], "sound before it is broken"
    broken(name, pattern, new)
    assert getattr(site, check)(site.read(path)) != []
