"""Put translations into the Markdown of a cell: each at the place of its message.

The parser is the book's own, MyST, so a message is here what it is for Sphinx: the words of a
paragraph, a heading, a list item or a table cell. What stands around them stays as it is: marks
of lists and quotes, targets, code, equations but for their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from tools.notebook_files import ROOT
from tools.translation.markup import TEX_WORDS, has_words

DIRECTIVE = re.compile(r"\{([\w:-]+)\}\s*(.*)")
# What these directives hold is no prose.
LITERAL = {"code", "code-block", "code-cell", "figure", "image", "literalinclude", "raw", "toctree"}
OPTIONS = re.compile(r"---\n(?:.*\n)*?---\n|(?::[\w-]+:.*\n)+")

BOLD_END = re.compile(r"([。，、；：？！])\*\* (?=\S)")

# A message's words may stand on several lines, in a quote or a list.
GAP = r"(?:[ \t]+|[ \t]*\n[ \t>]*)"


class Translations:
    """The translations of a page: it keeps in mind which were used and which were missing."""

    def __init__(self, translations: dict[str, str]) -> None:
        self._known = {_one_line(english): chinese for english, chinese in translations.items()}
        self._used: set[str] = set()
        self.missing: list[str] = []

    def of(self, english: str) -> str:
        """Return the translation of a message; without one, the message."""
        message = _one_line(english)
        self._used.add(message)
        if message not in self._known and has_words(message):
            self.missing.append(message)
        return self._known.get(message, english)

    def has(self, english: str) -> bool:
        """Whether there is a translation."""
        return _one_line(english) in self._known

    def unused(self) -> list[str]:
        """Return the messages with words that nobody asked for."""
        return [each for each in self._known if has_words(each) and each not in self._used]


class Piece(NamedTuple):
    """Words to translate, and the lines in which they stand: the first, and the one after them."""

    kind: str
    words: str
    first: int
    after: int


def translate(source: str, page: Translations, figures: Translations) -> str:
    r"""Return Markdown in Chinese.

    Parameters
    ----------
    source : str
        The source of a cell.
    page, figures : Translations
        Those of the page's catalogue, and those for words in equations, ``\text{words}``.
    """
    starts = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
    made, done = [], 0
    for piece in _pieces(source):
        begin, end = max(done, starts[piece.first]), starts[min(piece.after, len(starts) - 1)]
        if piece.kind == "equation":
            new = TEX_WORDS.sub(lambda match: _in_equation(match, figures), source[begin:end])
        elif piece.kind == "argument" and not page.has(piece.words):
            continue
        else:
            found = _pattern(piece.words).search(source, begin, end)
            if not found:
                raise ValueError(f"not where the parser found it: {piece.words!r}")
            begin, end = found.span()
            new = _translated(piece, found[0], page)
        made += [source[done:begin], new]
        done = end
    return "".join([*made, source[done:]])


@cache
def parser() -> MarkdownIt:
    """Return the parser of the book's pages."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    extensions = set(config["parse"]["myst_enable_extensions"])
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


def paragraphs(source: str) -> Iterator[str]:
    """Yield the paragraphs, list items and table cells of Markdown, without headings."""
    for piece in _pieces(source):
        if piece.kind in ("words", "table cell"):
            yield piece.words


def _pieces(source: str, offset: int = 0) -> Iterator[Piece]:
    """Yield what is to be translated, from the top; `offset` is the line where `source` begins."""
    kind = "words"
    for token in parser().parse(source):
        if token.type in ("td_open", "th_open"):
            kind = "table cell"
        elif token.type == "heading_open":
            kind = "heading"
        elif token.type in ("td_close", "th_close", "heading_close"):
            kind = "words"
        elif token.type == "inline" and token.content.strip():
            yield Piece(kind, token.content, *_lines(token, offset))
        elif token.type in ("math_block", "math_block_label", "amsmath"):
            yield Piece("equation", "", *_lines(token, offset))
        elif token.type in ("fence", "colon_fence"):
            yield from _in_directive(token, offset)


def _in_directive(token: Token, offset: int) -> Iterator[Piece]:
    directive = DIRECTIVE.match(token.info.strip())
    if not directive or directive[1] in LITERAL:
        return
    first, after = _lines(token, offset)
    if directive[1] == "math":
        yield Piece("equation", "", first, after)
        return
    if directive[2]:
        yield Piece("argument", directive[2], first, first + 1)
    options = OPTIONS.match(token.content)
    skipped = options[0] if options else ""
    yield from _pieces(token.content[len(skipped) :], first + 1 + skipped.count("\n"))


def _lines(token: Token, offset: int) -> tuple[int, int]:
    first, after = token.map
    # The term of a definition says that it has no line.
    return offset + first, offset + max(after, first + 1)


def _pattern(words: str) -> re.Pattern:
    parts = [re.escape(word).replace(r"\|", r"\\?\|") for word in words.split()]
    return re.compile(GAP.join(parts))


def _translated(piece: Piece, as_written: str, page: Translations) -> str:
    new = page.of(piece.words)
    if new == piece.words:
        return as_written
    # Bold that ends with a full-width mark needs a space to be bold: the mark comes after it.
    new = BOLD_END.sub(r"**\1", new)
    return re.sub(r"(?<!\\)\|", r"\\|", new) if piece.kind == "table cell" else new


def _in_equation(match: re.Match, figures: Translations) -> str:
    words = match[1].strip()
    return rf"\text{{{match[1].replace(words, figures.of(words))}}}" if words else match[0]


def _one_line(words: str) -> str:
    return " ".join(words.split())
