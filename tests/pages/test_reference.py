"""The reference pages: every question answered and proved, every word and symbol explained."""

import re
from functools import cache

import pytest
from bs4 import BeautifulSoup

from tests.notebooks.test_nbval_catches import CHANGES
from tools.notebook_files import REFERENCE, ROOT, find_notebooks, read_notebook

SITE = ROOT / "_build" / "html" / "reference"
PAINS = range(1, 49)

CHINESE = {
    "forget gate": ["忘记门", "遗忘门"],
    "input gate": ["输入门"],
    "update gate": ["更新门"],
    "candidate": ["候选值"],
    "output gate": ["输出门"],
    "cell state": ["细胞状态"],
    "hidden state": ["隐藏状态"],
    "long-term dependency": ["长期依赖"],
    "vanishing gradient": ["梯度消失"],
    "exploding gradient": ["梯度爆炸"],
    "time step": ["时间步"],
    "batch size": ["批大小"],
    "placeholder": ["占位符"],
    "LSTM": ["长短期记忆网络"],
    "recurrent neural network": ["循环神经网络"],
}


@cache
def html_of(name):
    page = SITE / f"{name}.html"
    if not page.is_file():
        pytest.fail(f"{name}.html is missing: run make book", pytrace=False)
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def source_of(name):
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


# Common confusions -----------------------------------------------------------------------------


@cache
def entries():
    """By number: the text of an answer, and whether a code cell follows it."""
    cells = read_notebook(REFERENCE / "common_confusions.ipynb").cells
    found = {}
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        match = re.search(r"^\(p(\d+)\)=\n### P(\d+)\. (.+)\n\n", cell.source, re.MULTILINE)
        if match:
            assert match[1] == match[2]
            proved = following is not None and following.cell_type == "code"
            found[int(match[1])] = (cell.source[match.end() :], proved)
    return found


def sentences(text):
    """Sentences of a text; code, equations and links are words."""
    text = re.sub(r"`[^`]*`|\$[^$]*\$", "x", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.findall(r"[.?!][”)*]*(?=\s|$)", text)


def test_all_questions_are_there_once():
    assert sorted(entries()) == list(PAINS)


@pytest.mark.parametrize("number", PAINS)
def test_the_page_has_the_anchor(number):
    (anchor,) = html_of("common_confusions").find_all(id=f"p{number}")
    heading = anchor.find_next(re.compile("^h[1-6]$"))
    assert heading.get_text().startswith(f"P{number}. ")


@pytest.mark.parametrize("number", PAINS)
def test_an_answer_is_short_and_proved(number):
    text, proved = entries()[number]
    assert 2 <= len(sentences(text)) <= 5, sentences(text)
    assert proved or re.search(r"\]\([^)]+\)|\{ref\}", text), "neither a code cell nor a link"


@pytest.mark.parametrize("number", PAINS)
def test_the_list_at_the_top_leads_to_the_question(number):
    page = html_of("common_confusions")
    (link,) = page.select(f'main section > ul a[href="#p{number}"]')
    question = page.find(id=f"p{number}").find_next("h3").get_text().rstrip("#")
    assert question == f"P{number}. {link.get_text()}"


def test_sentences_are_counted():
    assert (
        len(sentences("No. It is `a.b. c`, as $x. y$ says! (See [it](a.html).) Is 0.5 one?")) == 4
    )


# Glossary, notation, and the page on the tests -------------------------------------------------


def definitions():
    """For each definition of the glossary: its words, and its text."""
    words, found = [], []
    for tag in html_of("glossary").select("dl.glossary > *"):
        if tag.name == "dt":
            words.append(tag.get_text().rstrip("#"))
        else:
            found.append((words, tag.get_text(" ", strip=True)))
            words = []
    return found


def test_every_definition_has_an_english_and_a_chinese_word():
    for words, _ in definitions():
        assert any(re.search("[a-z]", word, re.IGNORECASE) for word in words), words
        assert any(re.search("[\u4e00-\u9fff]", word) for word in words), words


def test_every_definition_has_two_sentences():
    for words, text in definitions():
        assert len(sentences(text)) == 2, (words, sentences(text))


@pytest.mark.parametrize("english", CHINESE)
def test_the_glossary_has_the_chinese_words(english):
    (words,) = [words for words, _ in definitions() if english in words]
    assert set(CHINESE[english]) <= set(words)


def test_chinese_words_are_marked_as_chinese():
    for term in html_of("glossary").select("dl.glossary > dt"):
        chinese = re.match("[\u4e00-\u9fff]", term.get_text()) is not None
        assert (term.get("lang") == "zh-Hans") == chinese, term


def test_every_name_of_the_notation_is_in_use():
    code = "\n".join(
        [
            *(path.read_text(encoding="utf-8") for path in (ROOT / "lstm_lib").rglob("*.py")),
            *(cell.source for path in find_notebooks() for cell in read_notebook(path).cells),
        ]
    )
    rows = [line for line in source_of("notation").splitlines() if line.startswith("| ")]
    names = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    unused = {
        name
        for name in names
        for word in re.findall(r"[A-Za-z_]\w*", name)
        if not re.search(rf"\b{word}" if word.endswith("_") else rf"\b{word}\b", code)
    }
    assert len(names) > 30
    assert unused == set()


def test_the_page_on_the_tests_names_every_test_file():
    # Each table stands below a line that names its folder.
    parts = re.split(r"^[^|\n]+\(`tests/(\w+)`.*:$", source_of("how_tested"), flags=re.MULTILINE)
    named = {
        f"{folder}/{name}"
        for folder, table in zip(parts[1::2], parts[2::2], strict=True)
        for name in re.findall(r"\btest_\w+\.py", table)
    }
    tests = ROOT / "tests"
    there = {path.relative_to(tests).as_posix() for path in tests.rglob("test_*.py")}
    assert named == there, "add a row to reference/how_tested.md, or take one out"


def test_the_page_on_the_tests_names_every_change_that_is_caught():
    rows = re.findall(r"^\| ([^|]+) \|", source_of("how_tested"), re.MULTILINE)
    assert set(CHANGES) <= set(rows)


# The library, name by name ---------------------------------------------------------------------


def test_every_public_module_has_its_reference():
    library = ROOT / "lstm_lib"
    modules = {path.stem for path in library.glob("*.py") if not path.stem.startswith("_")}
    modules |= {path.parent.name for path in library.glob("*/__init__.py")}
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (REFERENCE / "api").glob("*.md"))
    shown = set(re.findall(r"automodule:: lstm_lib\.(\w+)", pages))
    assert shown == modules


@pytest.mark.parametrize("module", ["numpy_backend", "tensorflow_backend"])
def test_the_reference_has_every_public_name_of_a_backend(module):
    from lstm_lib import numpy_backend

    page = html_of(f"api/{module}")
    names = set(numpy_backend.__all__) - {"LSTMStateTuple"}
    missing = {name for name in names if not page.find(id=f"lstm_lib.{module}.{name}")}
    assert missing == set()


def test_docstrings_show_no_leftover_markup():
    for path in (SITE / "api").glob("*.html"):
        page = html_of(f"api/{path.stem}")
        assert not page.select(".problematic, .system-message"), path.name
        prose = [tag.get_text() for tag in page.select("dl.py p")]
        assert not [text for text in prose if "``" in text or "`" in text], path.name
