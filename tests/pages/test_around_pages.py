"""What stands around the text of a page: how to run it, where to write, how it is shared, 404.

A small book is built with the real extension, theme and templates, once as it is configured here
and once with an address to publish at and one to write to.
"""

import os
import re
import subprocess
import sys
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from tests.pages import test_site
from tools.notebook_files import ROOT
from tools.notebook_format import normalise, to_text
from tools.translation import drawings, notebooks

CONFIG = """
extensions = ["myst_nb", "sphinx_book_theme", "around"]
nb_execution_mode = "off"
html_theme = "sphinx_book_theme"
html_title = "A book"
templates_path = [{templates!r}]
html_theme_options = {{
    "footer_content_items": ["feedback.html"], "navbar_start": [], "navbar_center": [],
    "navbar_end": [], "navbar_persistent": [], "logo": {{"text": "A book"}},
}}
exclude_patterns = ["html*"]
"""
EXTENSION = """
from lstm_book import body, lost, pages, sharing

def setup(app):
    for part in (body, lost, pages, sharing):
        part.setup(app)
"""
DESCRIPTION = "A page that serves to test what stands around its text, & no more."
NOTEBOOKS = ("chapters/01_one", "chapters/exercises/01_one", "reference/proofs")
CONFIGURED = {
    "html_baseurl": "https://example.org/lstm/",
    "book_feedback": "https://example.org/new?title={title}&page={page}",
    "book_repository": "https://github.com/someone/lstm",
}


def build(folder, out, settings):
    path = os.pathsep.join([str(folder), str(ROOT / "website")])
    command = [sys.executable, "-m", "sphinx", "-q", str(folder), str(folder / out)]
    options = [part for name, value in settings.items() for part in ("-D", f"{name}={value}")]
    return subprocess.run(
        command + options,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    config = CONFIG.format(templates=str(ROOT / "website" / "templates"))
    (folder / "conf.py").write_text(config, encoding="utf-8")
    (folder / "around.py").write_text(EXTENSION, encoding="utf-8")
    index = f"---\nmyst: {{html_meta: {{description: '{DESCRIPTION}'}}}}\n---\n# A *first* page\n\n"
    index += "```{toctree}\n" + "\n".join(NOTEBOOKS) + "\n```\n"
    (folder / "index.md").write_text(index, encoding="utf-8")
    for name in NOTEBOOKS:
        cells = [new_markdown_cell("# A title with `code`"), new_code_cell("1 + 1")]
        path = folder / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_text(normalise(new_notebook(cells=cells))), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plain(source):
    run = build(source, "html-plain", {})
    assert run.returncode == 0, run.stderr
    return source / "html-plain"


@pytest.fixture(scope="module")
def configured(source):
    run = build(source, "html-configured", CONFIGURED)
    assert run.returncode == 0, run.stderr
    return source / "html-configured"


def read(site, name):
    return test_site.read(site / f"{name}.html").html


def shared(site, name):
    tags = read(site, name).find_all("meta", property=True)
    return {tag["property"]: tag["content"] for tag in tags}


# How to run a page -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_says_how_to_run_it(plain, name):
    html = read(plain, name)
    (box,) = html.select("details.run-page")
    assert box.find_previous_sibling().name == "h1"
    assert not box.has_attr("open")
    address = box.find("a", download=True)["href"]
    assert ((plain / name).parent / address).resolve().is_file()
    assert ("make lab" in box.get_text()) == name.startswith("chapters")
    assert name.removeprefix("chapters/") + ".ipynb" in box.get_text()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_machines_of_others_are_offered_where_there_is_a_repository(plain, configured, name):
    assert not read(plain, name).select(".run-page__binder, .run-page__colab, details pre")
    box = read(configured, name).select_one("details.run-page")
    notebook, folder = f"{name}.ipynb", os.path.dirname(name)
    assert box.select_one(".run-page__colab")["href"] == (
        f"https://colab.research.google.com/github/someone/lstm/blob/main/{notebook}"
    )
    assert box.select_one(".run-page__binder")["href"] == (
        f"https://mybinder.org/v2/gh/someone/lstm/main?labpath={notebook.replace('/', '%2F')}"
    )
    clone, enter, install = box.select_one("pre").get_text().splitlines()
    assert clone == "!git clone --depth 1 https://github.com/someone/lstm book"
    assert enter == f"%cd book/{folder}"
    up = re.search(r'"([./]+)\[', install)[1]
    assert os.path.normpath(os.path.join(folder, up)) == "."


def test_in_chinese_binder_opens_what_it_makes_itself(lstm_book):
    links = lstm_book.running.elsewhere(
        "chapters/01_one", "https://github.com/a/b.git", "main", "zh_CN"
    )
    made = notebooks.BUILT / "chapters" / "01_one.ipynb"
    assert links["binder"].endswith(quote(str(made.relative_to(ROOT)), ""))
    assert "tools.translation notebooks" in (ROOT / ".binder" / "postBuild").read_text("utf-8")


def test_no_place_but_github_is_offered(lstm_book):
    for address in ("", "https://example.org/a/b", "https://github.com/a"):
        assert lstm_book.running.elsewhere("index", address, "main", "en") == {}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_can_be_downloaded_from_the_top_of_the_page(plain, name):
    link = read(plain, name).select_one("a.download-notebook")
    assert ((plain / name).parent / link["href"]).resolve().is_file()


def test_a_page_of_text_has_nothing_to_run(plain):
    assert not read(plain, "index").select("details.run-page, a.download-notebook")


def test_every_notebook_of_the_book_has_both():
    site = ROOT / "_build" / "html"
    notebooks = sorted((site / "_sources").rglob("*.ipynb"))
    assert len(notebooks) >= 12
    for path in notebooks:
        html = read(site, path.relative_to(site / "_sources").with_suffix("").as_posix())
        assert html.select_one("details.run-page a[download]"), path.name
        assert html.select_one("a.download-notebook"), path.name


# Where to write --------------------------------------------------------------------------------


def test_no_address_no_link(plain):
    assert not read(plain, "index").select(".feedback")


def test_the_link_names_the_page(configured):
    link = read(configured, "chapters/01_one").select_one(".feedback a")
    title, page = "A%20title%20with%20code", "chapters/01_one.html"
    assert link["href"] == f"https://example.org/new?title={title}&page={page}"


def test_an_address_of_another_kind_stops_the_build(source):
    run = build(source, "html-wrong", {"book_feedback": "tracker.example.org"})
    assert run.returncode != 0
    assert "expected an address of https:// or mailto:, given 'tracker.example.org'" in run.stderr


# How a page is shared --------------------------------------------------------------------------


def test_title_and_description_are_shared(plain):
    tags = shared(plain, "index")
    assert tags["og:title"] == "A first page"
    assert tags["og:description"] == DESCRIPTION
    assert tags["og:type"] == "article"
    assert tags["og:site_name"] == "A book"


def test_without_a_base_address_no_address_is_shared(plain):
    assert not {"og:url", "og:image"} & set(shared(plain, "index"))


def test_with_a_base_address_all_are_whole(configured):
    tags = shared(configured, "chapters/01_one")
    assert tags["og:url"] == "https://example.org/lstm/chapters/01_one.html"
    assert tags["og:image"] == "https://example.org/lstm/_static/social-card.png"
    canonical = read(configured, "chapters/01_one").find("link", rel="canonical")
    assert canonical["href"] == tags["og:url"]


def test_the_card_has_the_size_that_is_told(configured):
    tags = shared(configured, "index")
    path = ROOT / "website" / "static" / "social-card.png"
    with Image.open(path) as card:
        assert card.size == (int(tags["og:image:width"]), int(tags["og:image:height"]))
    assert path.stat().st_size < 100_000
    assert len(tags["og:image:alt"]) > 20


# The page for an address that does not exist ---------------------------------------------------


def test_lost_page_brings_all_along(plain):
    """A server shows it at any depth, where no relative address is right."""
    html = read(plain, "404")
    assert not html.find_all("img") + html.find_all("script", src=True)
    assert all(tag["href"].startswith("data:") for tag in html.find_all("link"))
    assert html.find("meta", attrs={"name": "robots"})["content"] == "noindex"


def test_lost_page_leads_to_chapters_and_search(plain):
    html = read(plain, "404")
    links = {tag["data-page"] for tag in html.find_all(attrs={"data-page": True})}
    assert links == {"index.html", "search.html", "chapters/01_one.html"}
    assert "(chapters|reference)" in html.find_all("script")[-1].string
    assert "A title with code" in html.get_text()


# When a page was changed -----------------------------------------------------------------------


def test_the_publishing_workflow_fetches_the_history():
    """A page shows the day of its last commit; from a shallow clone it shows none."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["test"]["steps"]
    (checkout,) = [step for step in steps if "actions/checkout" in step.get("uses", "")]
    assert checkout["with"]["fetch-depth"] == 0


def test_whats_new_is_the_changelog():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    text = read(ROOT / "_build" / "html" / "reference", "whats_new").get_text()
    for heading in re.findall(r"^## \[(.+?)\]", changes, re.MULTILINE):
        assert heading in text


def test_the_words_of_a_drawing_are_found_and_nothing_else():
    svg = (
        '<svg xmlns:xlink="x" viewBox="0 0 9 9"><!-- a --><text style="a: b">forget</text>'
        '<text> a &lt; b </text><text>1</text><a xlink:href="#">forget</a><title>b</title></svg>'
    )
    assert list(drawings.words(svg)) == ["forget", "a < b", "1", "b"]


def test_the_way_from_a_page_to_its_other_edition(lstm_book):
    editions = lstm_book.editions
    both = ["en", "zh_CN"]
    way = {each["tag"]: each["href"] for each in editions.addresses("a/b", "en", both)}
    assert way == {"en": "b.html", "zh-CN": "../zh/a/b.html"}
    way = {each["tag"]: each["href"] for each in editions.addresses("a/b", "zh_CN", both)}
    assert way == {"en": "../../a/b.html", "zh-CN": "b.html"}
    assert len(editions.addresses("index", "en", ["en"])) == 1


def test_search_engines_are_told_whole_addresses_or_none(lstm_book):
    def links(**config):
        config = {"language": "en", "book_editions": ["en", "zh_CN"], "book_site": "", **config}
        context = {}
        app = SimpleNamespace(config=SimpleNamespace(**config))
        lstm_book.editions.add_editions(app, "a/b", "page.html", context, None)
        return re.findall('hreflang="(.*?)" href="(.*?)"', context["metatags"])

    assert links() == []
    assert links(book_site="https://example.org/") == [
        ("en", "https://example.org/a/b.html"),
        ("zh-CN", "https://example.org/zh/a/b.html"),
        ("x-default", "https://example.org/a/b.html"),
    ]


def test_chinese_words_are_found_in_a_text(lstm_book):
    words = lstm_book.search.SearchChinese({}).split("LSTM 的遗忘门让梯度消失得慢。")
    assert {"LSTM", "遗忘门", "梯度", "消失"} <= set(words)
