"""The words in the code of the pages: comments, docstrings, what is printed and drawn.

They have one catalogue, `code.po`. Names in files of results are in `code_kept.txt`: a program that
looks them up needs them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from lstm_lib import _code_words
from tools.notebook_files import ROOT
from tools.translation import catalogues
from tools.translation.catalogues import LANGUAGE, PAGES
from tools.translation.markup import has_words

CATALOGUE = PAGES / "code.po"
KEPT = ROOT / "locale" / LANGUAGE / "code_kept.txt"

FENCE = re.compile(r"(?ms)^```(python|console)\n(.*?)^```$")
REMARK = re.compile(r"(?m)(?<=\S )( *)# (.+)$")

SET = f"LSTM_BOOK_LANG={LANGUAGE}"
# What a command becomes for who reads Chinese.
COMMANDS = (
    (re.compile(r"\bmake lab\b(?!-)"), "make lab-zh"),
    (
        re.compile(rf"(?<!{SET} )((?:\.venv/bin/)?python -m lstm_lib\.exercises)"),
        rf"{SET} \1",
    ),
    (re.compile(rf"(?<!{SET} )(lstm-exercises (?:list|start|check|hint|solution))"), rf"{SET} \1"),
)


def translations() -> dict[str, str]:
    """Return the translated words of code."""
    return catalogues.translations(CATALOGUE)


def messages(source: str) -> Iterator[tuple[str, str]]:
    """Yield the words in a cell, each with its kind, without those that only look up others."""
    for words in _code_words.find(source):
        if words.kind != "key":
            yield words.message, words.kind


def translate_cells(cells: Iterable[NotebookNode], known: dict[str, str]) -> list[str]:
    """Put the words in the code of a notebook's cells into Chinese; return what has none."""
    cells = [cell for cell in cells if cell.cell_type == "code"]
    keys = _code_words.keys([cell.source for cell in cells])
    missing: list[str] = []

    def of(message: str) -> str:
        if message not in known and has_words(message):
            missing.append(message)
        return known.get(message, message)

    for cell in cells:
        cell.source = _code_words.replaced(cell.source, of, keys)
    return list(dict.fromkeys(missing))


def command(text: str) -> str:
    """Return a command, or a text with commands, as it is for who reads Chinese."""
    for pattern, new in COMMANDS:
        text = pattern.sub(new, text)
    return text


def block_messages(language: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the words in a block of code on a page."""
    if language == "python":
        yield from messages(text)
    for remark in REMARK.finditer(text) if language == "console" else ():
        yield remark[2], "comment"


def translate_block(language: str, text: str, known: dict[str, str]) -> str:
    """Return a block of code on a page in Chinese; one in a docstring is "default"."""
    if language in ("python", "default"):
        return _code_words.replaced(text, lambda message: known.get(message, message))
    if language == "console":
        text = command(text)
        return REMARK.sub(lambda found: f"{found[1]}# {known.get(found[2], found[2])}", text)
    return text
