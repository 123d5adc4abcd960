"""The notebooks in Chinese: made from the English ones, the catalogues and the Chinese outputs.

``python -m tools.translation notebooks`` writes them all. Their code is that of the English ones
with Chinese words, after a first cell that lets the library speak Chinese.
"""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.notebook_files import (
    ROOT,
    find_notebooks,
    name_of,
    read_notebook,
    write_if_changed,
)
from tools.notebook_format import normalise, to_text
from tools.translation import catalogues, code, markdown, outputs
from tools.translation.catalogues import LANGUAGE, PAGES
from tools.translation.markdown import Translations

BUILT = ROOT / "_build" / LANGUAGE / "notebooks"

# What notebooks read, by paths relative to their own folder.
RESULTS = ("benchmarks/results", "experiments/results")

LANGUAGE_CELL = "language"
SPEAK_CHINESE = f"""\
from lstm_lib.language import speak

speak("{LANGUAGE}")"""


class TranslationError(ValueError):
    """A page and its catalogue, or its Chinese outputs, do not fit together."""


def chinese_source(path: Path) -> str:
    """Return the text of an English notebook with Chinese code and outputs; all else is English.

    The website is made from it: Sphinx itself puts the translations into the words.

    Raises
    ------
    TranslationError
        If outputs are stored for a cell that the notebook does not have.
    """
    notebook = _with_outputs(path)
    code.translate_cells(notebook.cells, code.translations())
    return to_text(notebook)


def chinese_notebook(path: Path) -> NotebookNode:
    """Return the Chinese edition of an English notebook.

    Raises
    ------
    TranslationError
        If something is not translated, or a translation has no place in the notebook.
    """
    page = PAGES / path.resolve().relative_to(ROOT).with_suffix(".po")
    translations = map(catalogues.translations, (page, PAGES / "figures.po", code.CATALOGUE))
    notebook = _with_outputs(path)
    try:
        return translated(notebook, *translations)
    except ValueError as error:
        raise TranslationError(f"{name_of(path)}: {error}") from error


def translated(
    notebook: NotebookNode, page: dict[str, str], figures: dict[str, str], words: dict[str, str]
) -> NotebookNode:
    """Return a notebook in Chinese, by the catalogues of its page, of figures and of code."""
    notebook = copy.deepcopy(notebook)
    page, figures = Translations(page), Translations(figures)
    head = notebook.metadata.get("myst", {}).get("html_meta", {})
    head.update({name: page.of(text) for name, text in head.items()})
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = markdown.translate(cell.source, page, figures)
        image = cell.metadata.get("mystnb", {}).get("image", {})
        if "alt" in image:
            image["alt"] = figures.of(image["alt"])
    missing = code.translate_cells(notebook.cells, words)
    wrong = [f"not translated: {each}" for each in page.missing + figures.missing + missing]
    wrong += [f"translated, but not on the page: {each}" for each in page.unused()]
    if wrong:
        raise TranslationError("\n  ".join(wrong))
    _add_language(notebook.cells)
    return normalise(notebook)


def write_notebooks(folder: Path) -> list[Path]:
    """Write all Chinese notebooks below `folder`, each at its own path; return where they are.

    The stored results that they read, by relative paths, are copied beside them.

    Raises
    ------
    TranslationError
        If some are not complete: it names what is wrong with each. The others are written.
    """
    written, wrong = [], []
    for path in find_notebooks():
        target = folder / path.relative_to(ROOT)
        try:
            text = to_text(chinese_notebook(path))
        except TranslationError as error:
            wrong.append(str(error))
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_if_changed(target, text)
            written.append(target)
    copy_results(folder)
    if wrong:
        raise TranslationError("\n".join(wrong))
    return written


def copy_results(folder: Path) -> None:
    """Copy the stored results that notebooks read to their places below `folder`."""
    for name in RESULTS:
        shutil.rmtree(folder / name, ignore_errors=True)  # with what is gone since the last time
        shutil.copytree(ROOT / name, folder / name)


def _with_outputs(path: Path) -> NotebookNode:
    try:
        return outputs.merged(read_notebook(path), outputs.read(path))
    except ValueError as error:
        raise TranslationError(f"{name_of(path)}: {error}") from error


def _add_language(cells: list[NotebookNode]) -> None:
    """Put the cell that sets the language before the first one with code."""
    first = next((n for n, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    cell = nbformat.v4.new_code_cell(
        SPEAK_CHINESE, id=LANGUAGE_CELL, execution_count=1, metadata={"tags": ["remove-cell"]}
    )
    cells.insert(first, cell)
