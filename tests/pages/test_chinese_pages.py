"""The Chinese pages lead to Chinese things: notebooks, commands, comments in blocks of code."""

import copy
import re

import pytest

from lstm_lib.exercises import check
from lstm_lib.language import speaking
from tests.pages import test_site as site
from tools.editions import CHINESE
from tools.notebook_files import find_notebooks, name_of
from tools.translation import code

NOTEBOOKS = [name_of(path).removesuffix(".ipynb") for path in find_notebooks()]


PAGES = sorted(CHINESE.rglob("*.html"))


def read(name):
    page = CHINESE / f"{name}.html"
    if not page.is_file():
        pytest.fail(f"{name} is missing in Chinese: run make book", pytrace=False)
    return site.read(page).html


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_run_in_chinese(name):
    page = read(name)
    (box,) = page.select("details.run-page")
    assert [each.get_text() for each in box.select("code")][:2] == ["make lab-zh", f"{name}.ipynb"]
    download = (CHINESE / name).parent / box.select_one("a[download]")["href"]
    assert 'speak(\\"zh_CN\\")' in download.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_set_the_language(page):
    text = site.read(page).html.main
    for each in text.select("code, pre") if text else ():
        shown = each.get_text()
        assert code.command(shown) == shown


def test_the_first_page_speaks_chinese_in_its_code():
    page = read("index")
    blocks = "".join(block.get_text() for block in page.select("pre"))
    assert "# 你的答案" in blocks
    assert "# 原来是：import tensorflow as tf" in blocks
    assert "$ make lab-zh" in blocks
    comments = [each.get_text() for each in page.select(".c1")]
    assert [each for each in comments if re.search("[a-z]{2}", each.split("：")[0])] == []


def test_the_first_page_shows_what_the_check_says():
    shown = read("index").select_one(".incorrect").get_text().strip()
    with speaking("zh_CN"):
        answer = str(check("update_cell", lambda f, c, i, candidate: (1 - f) * c + i * candidate))
    assert shown.replace(" ", "") == answer.replace("`", "").replace(" ", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_quotation_mark_is_turned_round(page):
    article = site.read(page).html.select_one("article")
    for each in article.select("p, li, td, dt") if article else ():
        marks = re.sub("[^“”]", "", each.get_text())
        assert marks == "“”" * (len(marks) // 2), each.get_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_space_follows_a_full_width_mark(page):
    # A copy: it is changed.
    article = copy.copy(site.read(page).html.select_one("article"))
    for each in article.select("pre, script, style, svg, .katex") if article else ():
        each.replace_with("x")
    for each in article.select("p, td, dt, h1, h2, h3, .run-page li") if article else ():
        assert re.findall(r"[。，、；：？！）]\s+(?=\S)", each.get_text()) == [], each.get_text()
