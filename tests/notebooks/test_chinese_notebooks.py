"""The Chinese notebooks: every message has its place, the program is the English one's.

nbval runs those that ``make book`` makes, or ``python -m tools.translation notebooks``.
"""

import ast
import json
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lstm_lib.exercises.checking import CHAPTERS
from lstm_lib.exercises.files import blank_file
from lstm_lib.language import speaking
from tests.exercises.test_notebooks import never_said
from tools import notebook_lint, refresh, runtime
from tools.notebook_files import ROOT, find_notebooks, name_of, read_notebook
from tools.notebook_format import normalise, to_text
from tools.translation import __main__ as command
from tools.translation import markdown, notebooks, outputs
from tools.translation.english import left as english_left
from tools.translation.markdown import Translations
from tools.translation.notebooks import BUILT, TranslationError, translated

NOTEBOOKS = find_notebooks()
BY_NAME = {name_of(path): path for path in NOTEBOOKS}

WORDS = {
    "The gates": "门",
    "A gate opens, see [chapter 2](a.ipynb).": "门会打开，见[第 2 章](a.ipynb)。",
    "first item": "第一项",
    "second item": "第二项",
    "shape": "形状",
    "open | shut": "开 | 关",
    "**Remember.** A gate.": "**记住。** 门。",
    "Look out": "当心",
    "Mind the *gap*.": "注意间隔。",
}
FIGURES = {"forget": "遗忘", "keep all": "全部保留"}

# Markdown, and what becomes of it.
MARKDOWN = {
    "a heading": ("## The gates", "## 门"),
    "a heading with a target": ("(p9)=\n### The gates\n", "(p9)=\n### 门\n"),
    "a heading underlined": ("The gates\n=========\n", "门\n=========\n"),
    "a paragraph of several lines": (
        "A gate\nopens,  see\n[chapter 2](a.ipynb).\n\nThe gates",
        "门会打开，见[第 2 章](a.ipynb)。\n\n门",
    ),
    "a list": ("- first item\n- second\n  item\n", "- 第一项\n- 第二项\n"),
    "a numbered list in another": (
        "1. first item\n\n   * second item\n2. The gates",
        "1. 第一项\n\n   * 第二项\n2. 门",
    ),
    "a list in a quote": (
        "> The\n> gates\n>\n> - first item\n> - second\n>   item\n",
        "> 门\n>\n> - 第一项\n> - 第二项\n",
    ),
    "a table": (
        "| shape | `x` |\n|---|:-:|\n| open \\| shut | (2,) |\n",
        "| 形状 | `x` |\n|---|:-:|\n| 开 \\| 关 | (2,) |\n",
    ),
    "a definition": ("The gates\n: first item\n", "门\n: 第一项\n"),
    "an admonition": (
        ":::{admonition} Look out\n:class: tip\n\nMind the\n*gap*.\n:::\n",
        ":::{admonition} 当心\n:class: tip\n\n注意间隔。\n:::\n",
    ),
    "an exercise in a fence, with an admonition in it": (
        "````{exercise} The gates\n---\nlabel: shape\n---\n"
        "```{note}\nfirst item\n```\nsecond item\n````",
        "````{exercise} 门\n---\nlabel: shape\n---\n```{note}\n第一项\n```\n第二项\n````",
    ),
    "code with the same words": (
        "```python\nThe gates\n```\n\nThe gates\n\n    The gates\n\n`The gates`",
        "```python\nThe gates\n```\n\n门\n\n    The gates\n\n`The gates`",
    ),
    "a code block with the same words": (
        "```{code-block} text\nThe gates\n```\nThe gates",
        "```{code-block} text\nThe gates\n```\n门",
    ),
    "an equation": (
        "The gates\n\n$$\nf = 1 \\text{ keep all}, \\text{forget} \\text{ }\n$$\n",
        "门\n\n$$\nf = 1 \\text{ 全部保留}, \\text{遗忘} \\text{ }\n$$\n",
    ),
    "bold before a full-width mark": ("**Remember.** A gate.", "**记住**。门。"),
    "words within words": ("- shape\n\nThe gates\n\n- shape", "- 形状\n\n门\n\n- 形状"),
    "nothing to translate": ("$$x$$\n\n`x` = 2\n\n---\n", "$$x$$\n\n`x` = 2\n\n---\n"),
}


@pytest.mark.parametrize(("source", "expected"), MARKDOWN.values(), ids=MARKDOWN)
def test_markdown(source, expected):
    page, figures = Translations(WORDS | {"`The gates`": "`The gates`"}), Translations(FIGURES)
    assert markdown.translate(source, page, figures) == expected
    assert page.missing == figures.missing == []


def notebook(*cells, description="The gates"):
    page = {"myst": {"html_meta": {"description": description}}}
    return normalise(new_notebook(cells=list(cells), metadata=page))


def code(source, *texts, **metadata):
    shown = [
        new_output("execute_result", {"text/plain": each}, execution_count=1) for each in texts
    ]
    identity = metadata.pop("id", None) or re.sub(r"\W", "", source)
    return new_code_cell(source, id=identity, outputs=shown, execution_count=1, metadata=metadata)


def test_a_notebook():
    alt = {"mystnb": {"image": {"alt": "keep all"}}, "tags": ["tab-NumPy"]}
    english = notebook(new_markdown_cell("# The gates"), code("f(1)", "forget", **alt), code("x"))
    before = to_text(english)
    chinese = translated(english, {"The gates": "门"}, FIGURES, {})
    title, language, first, second = chinese.cells
    assert to_text(english) == before
    assert title.source == "# 门"
    assert language.source == 'from lstm_lib.language import speak\n\nspeak("zh_CN")'
    assert language.metadata.tags == ["remove-cell"]
    assert [first.source, second.source] == ["f(1)", "x"]
    assert first.metadata == {"mystnb": {"image": {"alt": "全部保留"}}, "tags": ["tab-NumPy"]}
    assert first.outputs[0].data == {"text/plain": "forget"}
    assert [cell.execution_count for cell in (language, first, second)] == [1, 2, 3]
    assert chinese.metadata.myst.html_meta.description == "门"
    assert normalise(chinese) == chinese
    nbformat.validate(chinese)


WRONG = {
    "a message that is not on the page": (
        notebook(new_markdown_cell("The gates")),
        {"The gates": "门", "gone": "没了"},
        "translated, but not on the page: gone",
    ),
    "a message in code alone": (
        notebook(new_markdown_cell("The gates\n\n```\nfirst item\n```")),
        {"The gates": "门", "first item": "第一项"},
        "translated, but not on the page: first item",
    ),
    "a paragraph without translation": (
        notebook(new_markdown_cell("The gates\n\nare\nopen")),
        {"The gates": "门"},
        "not translated: are open",
    ),
    "a paragraph that holds a message": (
        notebook(new_markdown_cell("The gates are open")),
        {"The gates": "门"},
        "not translated: The gates are open",
    ),
    "a description without translation": (
        notebook(new_markdown_cell("The gates"), description="Told shortly"),
        {"The gates": "门"},
        "not translated: Told shortly",
    ),
    "words of an equation without translation": (
        notebook(new_markdown_cell("The gates\n\n$$\\text{all else}$$")),
        {"The gates": "门"},
        "not translated: all else",
    ),
    "a word of code without translation": (
        notebook(new_markdown_cell("The gates"), code("print('a unit', 'two units')")),
        {"The gates": "门"},
        "not translated: two units",
    ),
    "an alternative text without translation": (
        notebook(code("f()", mystnb={"image": {"alt": "A line"}})),
        {"The gates": "门"},
        "not translated: A line",
    ),
}


@pytest.mark.parametrize(("english", "page", "message"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_named(english, page, message):
    with pytest.raises(TranslationError) as caught:
        translated(english, page, FIGURES, {"a unit": "单元"})
    assert str(caught.value) == message


def test_what_has_no_words_needs_no_place():
    page = {"The gates": "门", "$c_t$": "$c_t$", "`lstm_lib.state`": "`lstm_lib.state`"}
    assert translated(notebook(new_markdown_cell("The gates\n\n1.5")), page, {}, {})


# Stored outputs.


def test_outputs_that_differ_are_stored_and_put_back():
    english = notebook(code("a", "one\ntwo"), new_markdown_cell("a"), code("b", "same"), code("c"))
    chinese = notebook(code("a", "一\n二"), new_markdown_cell("a"), code("b", "same"), code("c"))
    stored = outputs.differing(english, chinese)
    assert list(stored) == ["a"]
    assert stored["a"][0]["data"] == {"text/plain": ["一\n", "二"]}
    assert stored["a"][0]["execution_count"] is None
    assert outputs.differing(english, outputs.merged(english, stored)) == stored
    # By the id, not by the place; and the rest is as it was.
    moved = notebook(code("new", "0"), *english.cells)
    after = outputs.merged(moved, stored)
    assert [cell.get("outputs") for cell in after.cells[2:]] == [
        cell.get("outputs") for cell in moved.cells[2:]
    ]
    shown = after.cells[1].outputs[0]
    assert (shown.data["text/plain"], shown.execution_count) == ("一\n二", 2)
    assert moved.cells[1].outputs[0].data["text/plain"] == "one\ntwo"


@pytest.mark.parametrize("identity", ["gone", "words"])
def test_outputs_of_no_code_cell_are_found(identity):
    english = notebook(new_markdown_cell("a", id="words"), code("a", "one"))
    with pytest.raises(ValueError, match=f"no code cell: {identity}"):
        outputs.merged(english, {"a": [], identity: []})


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A book of one notebook, in a folder of its own."""
    english = notebook(
        new_markdown_cell("# A"),
        code("import os"),
        code("os.environ['LSTM_BOOK_LANG']"),
        code("from lstm_lib.exercises import hint"),
        code("hint('carry')"),
        description="A page that serves to test refresh.",
    )
    path = tmp_path / "chapters" / "a.ipynb"
    path.parent.mkdir()
    path.write_text(to_text(english), encoding="utf-8")
    monkeypatch.setattr(outputs, "ROOT", tmp_path)
    monkeypatch.setattr(outputs, "CHAPTERS", path.parent)
    monkeypatch.setattr(outputs, "FOLDER", tmp_path / "outputs")
    return path


def test_refresh_runs_both_languages(book, capsys):
    kernels = runtime.kernel_options(runtime.make_private_folder())
    assert refresh.refresh_all([book], kernels) == []
    english, stored = read_notebook(book), outputs.read(book)
    assert english.cells[2].outputs[0].data["text/plain"] == "'en'"
    assert list(stored) == ["osenvironLSTM_BOOK_LANG", "hintcarry"]
    assert "提示" in "".join(stored["hintcarry"][0]["data"]["text/plain"])
    text = outputs.file_of(book).read_text(encoding="utf-8")
    assert text == json.dumps(stored, ensure_ascii=False, indent=1) + "\n"
    assert notebook_lint.problems_of(book) == []

    assert refresh.refresh_all([book], kernels) == []
    assert refresh.refresh_all([book], kernels, only_chinese=True) == []
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == [
        "updated",
        "unchanged",
        "unchanged",
    ]

    # What fails in Chinese alone leaves both files as they were.
    english.cells[2].source = "if os.environ['LSTM_BOOK_LANG'] != 'en': raise ValueError('no')"
    book.write_text(to_text(english), encoding="utf-8")
    before = book.read_bytes()
    assert refresh.refresh_all([book], kernels) == [book]
    assert "in Chinese, cell 3: ValueError: no" in capsys.readouterr().err
    assert (book.read_bytes(), outputs.read(book)) == (before, stored)


def test_outputs_that_are_the_same_need_no_file(book):
    english = read_notebook(book)
    other = outputs.merged(english, {"hintcarry": [new_output("stream", text="提示")]})
    assert outputs.store(book, english, other)
    assert not outputs.store(book, english, other)
    assert outputs.left_over([book]) == []
    assert outputs.left_over([]) == [str(outputs.file_of(book))]
    assert outputs.store(book, english, english)
    assert not outputs.file_of(book).exists()
    assert not outputs.store(book, english, english)


def test_the_lint_reads_the_chinese_outputs(book):
    file = outputs.file_of(book)
    file.parent.mkdir(parents=True)
    stream = {"output_type": "stream", "name": "stderr", "text": ["噪声\n"]}
    file.write_text(json.dumps({"hintcarry": [stream]}), encoding="utf-8")
    assert "in Chinese, cell 5: wrote to stderr: '噪声'" in notebook_lint.problems_of(book)
    file.write_text(json.dumps({"gone": []}), encoding="utf-8")
    assert "no code cell: gone" in notebook_lint.problems_of(book)[-1]


# The book.


def every_notebook(test):
    return pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)(test)


@pytest.fixture(scope="module")
def chinese():
    made = {}

    def chinese(path):
        if path not in made:
            made[path] = notebooks.chinese_notebook(path)
        return made[path]

    return chinese


class WithoutWords(ast.NodeTransformer):
    """Takes the texts out of a program; the values in them stay, in any order."""

    def visit_Constant(self, node):
        return ast.Constant("…") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node):
        values = [each for each in node.values if isinstance(each, ast.FormattedValue)]
        return ast.Constant(sorted(map(ast.dump, values)))


def program(source):
    return ast.dump(WithoutWords().visit(ast.parse(source)))


def texts(source):
    tree = ast.parse(source)
    return [each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)]


@every_notebook
def test_the_program_is_that_of_the_english_notebook(path, chinese):
    english = [cell for cell in read_notebook(path).cells if cell.cell_type == "code"]
    language, *cells = (cell for cell in chinese(path).cells if cell.cell_type == "code")
    assert language.id == notebooks.LANGUAGE_CELL
    assert [cell.id for cell in cells] == [cell.id for cell in english]
    for cell, before in zip(cells, english, strict=True):
        assert program(cell.source) == program(before.source), cell.id
        # Nothing is new but what is Chinese.
        new = set(map(str, texts(cell.source))) - set(map(str, texts(before.source)))
        assert [text for text in new if not re.search("[\u3400-\u9fff，/]", text)] == []
    assert [cell.metadata.get("tags") for cell in cells] == [
        cell.metadata.get("tags") for cell in english
    ]


def test_another_program_is_noticed():
    assert program('print(f"{a} of {b}", "x")') == program('print(f"{b} / {a}", "y")')
    for other in ('print(f"{a} of {c}", "x")', 'print(f"{a} of {b}", x)', 'print(f"{a}", "x")'):
        assert program(other) != program('print(f"{a} of {b}", "x")')


@every_notebook
def test_no_english_word_stands_beside_chinese(path, chinese):
    found = english_left(chinese(path))
    assert {kind: words for kind, words in found.items() if words} == {}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_files_with_blanks_have_no_english_word(chapter):
    with speaking("zh_CN"):
        text = blank_file(chapter)
    # The marks are those of the task that the book grew from.
    text = re.sub(r"# \*+ (Begin|End) \*+", "", text)
    commands = re.sub(r"(?m)^    LSTM_BOOK_LANG=zh_CN python -m .*$", "", text)
    found = english_left(notebook(new_code_cell(commands, id="stub")))
    assert {kind: words for kind, words in found.items() if words} == {}


def test_english_words_are_counted_by_kind():
    source = (
        '# the old state\nprint("gap", f"lag {lag:.2f} of `state`")\ndef f():\n    """Add it."""'
    )
    chart = new_output("display_data", {"image/svg+xml": "<svg><text x='1'>the gap</text></svg>"})
    html = new_output("execute_result", {"text/html": "<b>Wrong:</b> <code>a b</code> num_units"})
    cell = code(source)
    cell.outputs = [new_output("stream", text="state 1.0\nTensorFlow\n遗忘门 gate"), chart, html]
    assert english_left(notebook(cell)) == {
        "comment": ["the", "old", "state"],
        "docstring": ["Add", "it"],
        "text": ["gap", "lag", "of"],
        "printed": ["state", "gate"],
        "chart": ["the", "gap"],
        "feedback": ["Wrong"],
    }


@every_notebook
def test_the_blocks_are_those_of_the_english_notebook(path, chinese):
    """A translation must not begin a list or break a table."""

    def blocks(notebook):
        return [
            [(token.type, token.tag, token.level) for token in markdown.parser().parse(cell.source)]
            for cell in notebook.cells
            if cell.cell_type == "markdown"
        ]

    assert blocks(chinese(path)) == blocks(read_notebook(path))


@every_notebook
def test_a_chinese_notebook_has_no_problems(path, chinese):
    assert notebook_lint.problems_of(path) == []
    assert notebook_lint.problems(chinese(path)) == []
    nbformat.validate(chinese(path))


@every_notebook
def test_only_outputs_that_differ_are_stored(path):
    english, stored = read_notebook(path), outputs.read(path)
    assert outputs.differing(english, outputs.merged(english, stored)) == stored, "make refresh"


@every_notebook
def test_the_source_of_the_website_differs_in_code_and_outputs_only(path, chinese):
    made = nbformat.reads(notebooks.chinese_source(path), as_version=4)
    before = read_notebook(path)
    assert set(outputs.differing(before, made)) == set(outputs.read(path))
    sources = {cell.id: cell.source for cell in chinese(path).cells if cell.cell_type == "code"}
    for old, new in zip(before.cells, made.cells, strict=True):
        if new.cell_type == "code":
            assert new.source == sources[new.id]
            old.source = new.source
        old.pop("outputs", None), new.pop("outputs", None)
    assert made == before


@every_notebook
def test_the_notebooks_that_are_run_are_current(path, chinese):
    built = BUILT / path.relative_to(ROOT)
    hint = "run python -m tools.translation notebooks"
    assert built.is_file(), hint
    assert built.read_text(encoding="utf-8") == to_text(chinese(path)), hint


def test_no_other_notebooks_are_run():
    expected = {BUILT / path.relative_to(ROOT) for path in NOTEBOOKS}
    assert set(find_notebooks(BUILT)) == expected, "run make clean"


def test_no_outputs_are_left_of_a_notebook_that_is_gone():
    assert outputs.left_over(NOTEBOOKS) == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_a_run_looks_like_is_what_it_looks_like(chapter, chinese):
    """The page quotes what the checks say, in the words in which they say it."""
    path = next(path for path in NOTEBOOKS if path.match(f"exercises/{chapter:02}_*.ipynb"))
    text = next(cell.source for cell in chinese(path).cells if cell.id == "how-it-works")
    quotes = re.findall(r"^> (.*)$", text, re.MULTILINE)
    assert len(quotes) == 2
    with speaking("zh_CN"):
        assert never_said(quotes, chapter) == set()


# The command.


def test_the_command_writes_the_notebooks_and_what_they_read(tmp_path, capsys):
    assert command.main(["notebooks", "--into", str(tmp_path)]) == 0
    assert f"{len(NOTEBOOKS)} Chinese notebooks" in capsys.readouterr().out
    assert {path.relative_to(tmp_path).as_posix() for path in find_notebooks(tmp_path)} == set(
        BY_NAME
    )
    for name in notebooks.RESULTS:
        assert list((tmp_path / name).iterdir())


def test_the_command_names_what_is_not_complete(tmp_path, monkeypatch, capsys):
    first, some = NOTEBOOKS[0], NOTEBOOKS[:3]
    monkeypatch.setattr(notebooks, "find_notebooks", lambda: some)
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / first.name).write_text("old", encoding="utf-8")
    original = notebooks.catalogues.translations

    def without_one(path):
        known = original(path)
        if path.stem == first.stem and path.parent.name == "chapters":
            known.pop(next(message for message in known if " " in message))
        return known

    monkeypatch.setattr(notebooks.catalogues, "translations", without_one)
    assert command.main(["notebooks", "--into", str(tmp_path)]) == 1
    assert f"{name_of(first)}: not translated: " in capsys.readouterr().err
    assert len(find_notebooks(tmp_path)) == len(some) - 1
