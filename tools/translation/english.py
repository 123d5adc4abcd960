"""The English words that are left in the Chinese notebooks, by kind: what a reader would trip over.

Names and what the book lets stay English are in `locale/zh_CN/english.txt`, each with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

from nbformat import NotebookNode

from lstm_lib import _code_words
from tools.notebook_files import ROOT
from tools.translation import code
from tools.translation.catalogues import LANGUAGE
from tools.translation.checks import kept

STAYS = ROOT / "locale" / LANGUAGE / "english.txt"
KINDS = ("comment", "docstring", "text", "printed", "chart", "feedback")

CHART_TEXT = re.compile(r"<text\b[^>]*>([^<]+)</text>")
# Code in what is said, and what is drawn or run: no words.
NO_WORDS = re.compile(r"(?s)<(script|style|svg|code|pre)\b.*?</\1>|<[^>]*>")
# Names of the code: with an underscore, a dot, a figure or a capital inside; in backticks.
NAME = re.compile(r"`[^`]*`|\w*(?:[._/]\w+|\d\w*|(?<=[a-z])[A-Z]\w*|[A-Z]{2,}\w*)+")
# Before a shape or a value an example prints the name of an argument.
ARGUMENT = re.compile(r"(?m)^ *[a-z_]+(?=，形状|：|, shape|:)")
WORD = re.compile(r"(?<![A-Za-z])[A-Z]?[a-z]+(?![A-Za-z])")


@cache
def stays() -> re.Pattern:
    """Return what matches the texts that stay English."""
    lines = STAYS.read_text(encoding="utf-8").splitlines()
    texts = sorted({line for line in lines if line and not line.startswith("# ")}, key=len)
    patterns = (
        rf"^{re.escape(text[1:])}$"
        if text.startswith("^")
        else rf"(?<!\w){re.escape(text)}(?!\w)"
        if re.match(r"\w", text) and re.search(r"\w$", text)
        else re.escape(text)
        for text in reversed(texts)
    )
    return re.compile("|".join(patterns), re.MULTILINE)


def words(text: str) -> list[str]:
    """Return the English words of two letters or more in a text, but those that stay."""
    plain = NAME.sub(" ", ARGUMENT.sub(" ", stays().sub(" ", text)))
    return [word for word in WORD.findall(plain) if len(word) > 1]


def left(notebook: NotebookNode) -> dict[str, list[str]]:
    """Return the English words in the code and the outputs of a notebook, by their kind."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for kind, text in _texts(cell):
                found[kind] += words(text)
    return found


def _texts(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    for each in _code_words.find(cell.source):
        # What a program needs as it is, `table` and the charts say in Chinese.
        if each.kind != "key" and each.message not in kept(code.KEPT):
            parts = _code_words.parts(each.message)
            yield each.kind, " ".join(part for part in parts if not part.startswith("{"))
    for output in cell.outputs:
        data = output.get("data", {})
        if output.output_type == "stream":
            yield "printed", output.text
        elif "image/svg+xml" in data:
            for match in CHART_TEXT.finditer(data["image/svg+xml"]):
                yield "chart", unescape(match[1])
        elif "text/html" in data:
            yield "feedback", unescape(NO_WORDS.sub(" ", data["text/html"]))
        else:
            yield "printed", data.get("text/plain", "")
