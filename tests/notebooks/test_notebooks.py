"""Every notebook is in its stored form and in the table of contents; the lint finds what is not."""

from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.notebook_files import ROOT, find_notebooks, name_of, read_notebook
from tools.notebook_format import normalise, to_text
from tools.notebook_lint import FOLDED, imports_only, problems

NOTEBOOKS = find_notebooks()
ALT = {"mystnb": {"image": {"alt": "A line that falls from three to one."}}}
PAGE = {"myst": {"html_meta": {"description": "A page that serves to test the lint."}}}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M 0 0 L 1 -0.000"/></svg>'


def every_notebook(test):
    return pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)(test)


def test_the_book_has_notebooks():
    assert NOTEBOOKS


@every_notebook
def test_notebook_has_no_problems(path: Path):
    assert problems(read_notebook(path)) == []


@every_notebook
def test_notebook_is_stored_in_the_one_form(path: Path):
    stored = path.read_text(encoding="utf-8")
    assert to_text(normalise(read_notebook(path))) == stored, "run make refresh"


@every_notebook
def test_notebook_is_a_valid_one(path: Path):
    nbformat.validate(read_notebook(path))


@every_notebook
def test_notebook_is_in_the_table_of_contents(path: Path):
    assert path.relative_to(ROOT).with_suffix("").as_posix() in files_of(
        yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    )


# In an exercise the imports say what an answer may use.
@pytest.mark.parametrize("path", sorted((ROOT / "chapters").glob("*.ipynb")), ids=name_of)
def test_a_chapter_begins_with_its_imports_folded(path: Path):
    first, *others = [cell for cell in read_notebook(path).cells if cell.cell_type == "code"]
    assert FOLDED in first.metadata.get("tags", [])
    assert not [cell.id for cell in others if imports_only(cell.source)]


def files_of(entry):
    if isinstance(entry, list):
        return {name for each in entry for name in files_of(each)}
    if not isinstance(entry, dict):
        return set()
    below = {name for value in entry.values() for name in files_of(value)}
    return below | {entry[key].removesuffix(".ipynb") for key in ("file", "root") if key in entry}


# The lint itself: what it accepts, and one bad notebook for each of its rules.


def notebook(*cells, metadata=PAGE):
    """Return a notebook of these cells in the stored form."""
    return normalise(new_notebook(cells=list(cells), metadata=metadata))


def code(source="x = 1", *outputs, count=1, **metadata):
    return new_code_cell(source, execution_count=count, outputs=list(outputs), metadata=metadata)


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def shown(kind, data):
    return new_output("display_data", data={kind: data})


def error(traceback="ValueError: no"):
    return new_output("error", ename="ValueError", evalue="no", traceback=[traceback])


GOOD = {
    "a plain notebook": notebook(new_markdown_cell("# A"), code(), code()),
    "numbers": notebook(code("print(x)", printed("[[0.1 -0.25]]\n0.0000 -0.0001 -10.0 1e-05\n"))),
    "a figure": notebook(code("plt.show()", shown("image/svg+xml", SVG), **ALT)),
    "a semicolon inside": notebook(code("x = 1; y = 2  # x;")),
    "a magic command": notebook(code("%matplotlib inline")),
    "an expected error": notebook(code("f()", error(), tags=["raises-exception"])),
    "folded imports": notebook(
        code("import a\nfrom a import b\n\nplotting.use_book_style()", tags=["hide-input"])
    ),
    "an inline drawing": notebook(
        code("show()", shown("text/html", f'<svg role="img" aria-label="a">{SVG[5:]}'))
    ),
    "an array of a named type": notebook(code("x", printed("array([1.], dtype=float32)\n"))),
    "shapes and steps": notebook(code("f()", printed("(4, 5) after 100 steps, 3 units, t=7\n"))),
    "web addresses": notebook(code("f()", printed("https://example.org/home/page\n"))),
}


@pytest.mark.parametrize("good", GOOD.values(), ids=GOOD)
def test_lint_accepts(good):
    assert problems(good) == []


def changed(good, **attributes):
    good["cells"][0].update(attributes)
    return good


def with_ids(good, *ids):
    for cell, identity in zip(good["cells"], ids, strict=True):
        cell["id"] = identity
    return good


BAD = {
    "null count": (notebook(code(count=None)), "never run"),
    "unordered counts": (changed(notebook(code(), code()), execution_count=3), "top to bottom"),
    "empty cell": (notebook(code("")), "empty code cell"),
    "semicolon": (notebook(code("plt.plot(x);")), "semicolon"),
    "semicolon and comment": (notebook(code("f();  # quiet")), "semicolon"),
    "semicolon after a magic": (notebook(code("%time f();")), "semicolon"),
    "stderr": (notebook(code("f()", printed("noise\n", "stderr"))), "stderr"),
    "address": (notebook(code("f()", printed("<object at 0x7f3b2c1d>\n"))), "memory address"),
    "address in an error": (
        notebook(
            code(
                "f()",
                new_output("error", ename="E", evalue="<A at 0x7f3b2c1d>", traceback=["E"]),
                tags=["raises-exception"],
            )
        ),
        "memory address",
    ),
    **{
        f"path below {folder}": (notebook(code("f()", printed(f"/{folder}/ada/a.py\n"))), "path")
        for folder in ("home", "root", "tmp", "work", "Users", "var", "opt", "usr", "mnt")
    },
    "path of Windows": (notebook(code("f()", printed("C:\\Users\\ada\n"))), "path"),
    "path in a table": (notebook(code("f()", shown("text/html", "<td>/home/a/b</td>"))), "path"),
    "path in a source": (notebook(code("open('/home/ada/a.txt')")), "path"),
    "milliseconds": (notebook(code("f()", printed("took 12.3 ms\n"))), "timing"),
    "seconds": (notebook(code("f()", printed("done in 3.1 s\n"))), "timing"),
    "steps a second": (notebook(code("f()", printed("100/100 [00:01, 87.12it/s]\n"))), "timing"),
    "seconds a step": (notebook(code("f()", printed("1/1 - 0s 15ms/step\n"))), "timing"),
    "wall time": (notebook(code("f()", printed("Wall time: unknown\n"))), "timing"),
    "negative zero": (notebook(code("f()", printed("[0.1 -0.000]\n"))), "negative zero"),
    "negative zero of NumPy": (notebook(code("f()", printed("[-0.  1.]\n"))), "negative zero"),
    "tag nbval-skip": (notebook(code(tags=["nbval-skip"])), "unchecked"),
    "tag nbval-ignore-output": (notebook(code(tags=["nbval-ignore-output"])), "unchecked"),
    "comment NBVAL_SKIP": (notebook(code("# NBVAL_SKIP\nf()")), "unchecked"),
    "comment NBVAL_IGNORE_OUTPUT": (notebook(code("# NBVAL_IGNORE_OUTPUT\nf()")), "unchecked"),
    "folded work": (notebook(code("import a\n\nx = 1", tags=["hide-input"])), "more than imports"),
    "folded call": (notebook(code("import a\na.b()", tags=["hide-input"])), "more than imports"),
    "folded magic": (notebook(code("%time f()", tags=["hide-input"])), "more than imports"),
    "raises nothing": (notebook(code(tags=["raises-exception"])), "no error is stored"),
    "raises untold": (notebook(code("f()", error())), "without the tag"),
    "bare scalar": (notebook(code("x", printed("np.float64(0.5)\n"))), "NumPy scalar"),
    "bare scalar in a tuple": (notebook(code("x", printed("(1, np.int64(2))\n"))), "NumPy scalar"),
    "bare truth": (notebook(code("x", shown("text/plain", "np.True_"))), "NumPy scalar"),
    "bitmap": (notebook(code("f()", shown("image/png", "aGk="), **ALT)), "use SVG"),
    "dated figure": (
        notebook(code("f()", shown("image/svg+xml", f"{SVG}<dc:date>2026</dc:date>"), **ALT)),
        "date or creator",
    ),
    "signed figure": (
        notebook(code("f()", shown("image/svg+xml", f"{SVG}<dc:creator/> <dc:creator>"), **ALT)),
        "date or creator",
    ),
    "figure without words": (
        notebook(code("f()", shown("image/svg+xml", SVG))),
        "without alternative text",
    ),
    "figure with few words": (
        notebook(
            code("f()", shown("image/svg+xml", SVG), mystnb={"image": {"alt": "a plot"}}),
        ),
        "too little",
    ),
    "figure with a path for words": (
        notebook(
            code(
                "f()",
                shown("image/svg+xml", SVG),
                mystnb={"image": {"alt": "../_images/0123456789abcdef.svg"}},
            ),
        ),
        "file name",
    ),
    "two figures, one text": (
        notebook(code("f()", *[shown("image/svg+xml", SVG)] * 2, **ALT)),
        "one figure a cell",
    ),
    "unlabelled drawing": (notebook(code("f()", shown("text/html", SVG))), "aria-label"),
    "widget": (
        notebook(code("f()", shown("application/vnd.jupyter.widget-view+json", {}))),
        "widget",
    ),
    "no description": (notebook(code(), metadata={}), "description"),
    "long traceback": (
        changed(
            notebook(code("f()", error(), tags=["raises-exception"])),
            outputs=[error("File a.py\nValueError: no")],
        ),
        "more than one line",
    ),
    "editor's metadata": (changed(notebook(code()), metadata={"collapsed": True}), "make refresh"),
    "split stream": (
        changed(notebook(code("f()")), outputs=[printed("a"), printed("b")]),
        "make refresh",
    ),
    "same id twice": (with_ids(notebook(code(), code()), "twin", "twin"), "make refresh"),
    "impossible id": (with_ids(notebook(code()), "not valid!"), "make refresh"),
}


@pytest.mark.parametrize(("bad", "message"), BAD.values(), ids=BAD)
def test_lint_refuses(bad, message):
    found = problems(bad)
    assert len(found) == 1, found
    assert message in found[0]


def test_lint_names_the_cell():
    first, second = code(), code("f()", printed("noise\n", "stderr"))
    assert problems(notebook(new_markdown_cell("# A"), first, second))[0].startswith("cell 3: ")


# The stored form.


def untidy():
    """Return a notebook as an editor may leave it."""
    cells = [
        code("print(1)", printed("1"), printed("\n"), count=7, collapsed=True, tags=[]),
        code("f()", error("\x1b[31mValueError\x1b[0m\n /home/ada/a.py"), tags=["raises-exception"]),
        code("x", new_output("execute_result", data={"text/plain": "1"}, execution_count=9)),
        new_markdown_cell("text"),
    ]
    metadata = {**PAGE, "widgets": {}, "language_info": {"name": "python", "version": "3.9.1"}}
    made = new_notebook(cells=cells, metadata=metadata)
    return with_ids(made, "twin", "twin", "not valid!", "cell-02")


def test_normalise_is_idempotent():
    once = normalise(untidy())
    assert normalise(once) == once
    assert problems(once) == []


def test_normalise_leaves_its_argument_alone():
    before = untidy()
    text = to_text(before)
    normalise(before)
    assert to_text(before) == text


def test_normalise_tidies():
    tidy = normalise(untidy())
    first, second, third, _ = tidy.cells
    assert [output.text for output in first.outputs] == ["1\n"]
    assert [cell.execution_count for cell in (first, second, third)] == [1, 2, 3]
    assert third.outputs[0].execution_count == 3
    assert second.outputs[0].traceback == ["ValueError: no"]
    assert first.metadata == {}
    assert second.metadata == {"tags": ["raises-exception"]}
    assert [cell.id for cell in tidy.cells] == ["twin", "cell-02-b", "cell-03", "cell-02"]
    assert "version" not in tidy.metadata.language_info
    assert "widgets" not in tidy.metadata
    assert tidy.metadata.myst == PAGE["myst"]


def test_text_is_sorted_indented_by_one_and_ends_with_one_newline():
    text = to_text(notebook(code()))
    assert text.startswith('{\n "cells": [\n')
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
