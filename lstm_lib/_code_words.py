"""The words in a piece of Python: found, and replaced by those of another language.

Words are comments, docstrings and the texts that a program shows: what it prints, headers of
tables, labels of charts. Names, keys of files and arguments that choose something are none.
What is replaced are these words alone, so the program stays the same.

Whether a string is a text depends on where it stands. An entry of a list, a key or a value of a
mapping, what is assigned or returned is one; an argument is one if it holds a space or is shown
by what it is given to. A string between square brackets or beside ``==`` is a text only where it
looks up a key that is one.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Collection, Iterator
from itertools import accumulate
from typing import NamedTuple

from lstm_lib.printing import padded, width

# Marks of an exercise, which its reader's file must keep.
MARK = re.compile(r"\*{5,} (Begin|End) \*{5,}$")
# Functions and arguments that show a word by itself.
SHOWS = {"print", "table", "set_title", "set_xlabel", "set_ylabel"}
LABELS = {"label", "title", "xlabel", "ylabel"}
LOOKS_UP = {"get", "index", "pop"}

_NAME = re.compile(r"\w+(?:[./_]\w+)+")
_LITERAL = re.compile(r"(?s)([A-Za-z]*)(\"\"\"|'''|\"|')(.*)\2$")


class Words(NamedTuple):
    """Words in a source, and where they stand.

    Attributes
    ----------
    kind : {"comment", "docstring", "text", "key"}
        A key is a text that looks up another one.
    message : str
        The words; of a text whose value is put together, with the parts in braces as written.
    begin, end : int
        Of the comment or the whole literal, in characters.
    is_key : bool
        Whether it is the key of a mapping.
    """

    kind: str
    message: str
    begin: int
    end: int
    is_key: bool = False


def find(source: str) -> list[Words]:
    """Return the words in a source, in their order; none if it is no Python.

    Parameters
    ----------
    source : str
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    place = _Places(source)
    found = [*_comments(source, place), *_strings(source, tree, place)]
    return sorted(found, key=lambda words: words.begin)


def keys(sources: Collection[str]) -> set[str]:
    """Return the texts that are keys of mappings in some sources, which belong together."""
    return {words.message for source in sources for words in find(source) if words.is_key}


def replaced(source: str, of: Callable[[str], str], known_keys: Collection[str] = ()) -> str:
    """Return the source with its words in another language.

    Parameters
    ----------
    source : str
    of : function
        Takes a message and returns its translation, or the message itself.
    known_keys : collection of str
        Keys of mappings in the sources that belong to this one; see `keys`.

    Raises
    ------
    ValueError
        If a translation has other parts in braces than its message.
    """
    found = [
        words
        for words in find(source)
        if words.kind != "key" or words.message in {*known_keys, *keys([source])}
    ]
    columns = _columns(source, found, of)
    made, done = [], 0
    for words in found:
        new = of(words.message)
        if new != words.message:
            old = source[words.begin : words.end]
            made += [source[done : words.begin], _written(words, old, new, columns)]
            done = words.end
    return "".join([*made, source[done:]])


def has_words(text: str) -> bool:
    """Whether there is a word of two Latin letters or more beside names and parts in braces."""
    plain = "".join(part for part in parts(text) if not part.startswith("{"))
    return bool(re.search(r"[A-Za-z]{2}", _NAME.sub("", plain)))


class _Places:
    """Where lines and columns of a source are, in characters."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines(keepends=True)
        self._starts = [0, *accumulate(map(len, self._lines))]

    def of(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def of_bytes(self, line: int, column: int) -> int:
        """A column as `ast` counts it."""
        before = self._lines[line - 1].encode()[:column]
        return self._starts[line - 1] + len(before.decode())


def _comments(source: str, place: _Places) -> Iterator[Words]:
    """Comments; those that fill lines one below the other are one."""
    current: list[tuple[int, int, str, int]] = []

    def joined() -> Iterator[Words]:
        if current:
            (line, column, *_), (*_, end) = current[0], current[-1]
            message = " ".join(text for _, _, text, _ in current)
            if has_words(message):
                yield Words("comment", message, place.of(line, column), end)
        current.clear()

    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        text = token.string.lstrip("#").strip()
        (line, column), alone = token.start, not token.line[: token.start[1]].strip()
        follows = current and alone and current[-1][:2] == (line - 1, column)
        if not follows:
            yield from joined()
        if text and not MARK.match(text) and not token.string.startswith("#!"):
            current.append((line, column, text, place.of(*token.end)))
            if not alone:
                yield from joined()
    yield from joined()


def _strings(source: str, tree: ast.Module, place: _Places) -> Iterator[Words]:
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    docstrings = set(map(id, _docstrings(tree)))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        if isinstance(node, ast.Constant) and not isinstance(node.value, str):
            continue
        if any(isinstance(each, ast.JoinedStr) for each in _above(node, parents)):
            continue
        begin = place.of_bytes(node.lineno, node.col_offset)
        end = place.of_bytes(node.end_lineno or 0, node.end_col_offset or 0)
        kind: str | None
        if isinstance(node, ast.Constant) and id(node) in docstrings:
            kind, message = "docstring", " ".join(str(node.value).split())
        else:
            message = _message(node, source[begin:end])
            kind = _kind(node, parents, message)
        if kind and has_words(message):
            parent = parents[node]
            is_key = (isinstance(parent, ast.Dict) and node in parent.keys) or _is_stored(parent)
            yield Words(kind, message, begin, end, is_key)


def _above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node


def _docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def _message(node: ast.Constant | ast.JoinedStr, literal: str) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value).strip()
    matched = _LITERAL.match(literal)
    return matched[3].strip() if matched and '"' not in matched[3] else ""


def _kind(node: ast.AST, parents: dict[ast.AST, ast.AST], message: str) -> str | None:
    parent = parents[node]
    if isinstance(parent, ast.BinOp | ast.IfExp | ast.BoolOp):
        return _kind(parent, parents, message)
    if isinstance(parent, ast.Subscript | ast.Compare):
        return "text" if _is_stored(parent) else "key"
    if isinstance(parent, ast.keyword):
        return "text" if parent.arg in LABELS or " " in message else None
    if isinstance(parent, ast.Call) and node is not parent.func:
        name = getattr(parent.func, "attr", getattr(parent.func, "id", ""))
        if name in LOOKS_UP:
            return "key"
        return "text" if name in SHOWS or " " in message else None
    return "text"


def _is_stored(node: ast.AST) -> bool:
    """Whether something is stored at a key: it becomes one of a mapping."""
    return isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)


def parts(text: str) -> Iterator[str]:
    """Cut a text at its parts in braces, which are given with them."""
    start = at = 0
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}"):
            at += 2
        elif text[at] == "{":
            yield text[start:at]
            start, depth = at, 0
            while at < len(text):
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
                if not depth:
                    break
            yield text[start:at]
            start = at
        else:
            at += 1
    yield text[start:]


def _columns(source: str, found: list[Words], of: Callable[[str], str]) -> dict[str, int]:
    """How wide the texts become that spaces at their end have made as long as each other."""
    lengths: dict[int, list[str]] = {}
    for words in found:
        value = _value(source[words.begin : words.end]) if words.kind == "text" else None
        if value is not None:
            lengths.setdefault(len(value), []).append(value)
    columns: dict[str, int] = {}
    for values in lengths.values():
        if len(values) > 1 and any(value.endswith(" ") for value in values):
            widest = max(width(of(value.strip())) for value in values)
            columns |= dict.fromkeys(values, widest)
    return columns


def _value(literal: str) -> str | None:
    """The value of a literal, if it stands there as a whole."""
    matched = _LITERAL.match(literal)
    if not matched or matched[1]:
        return None
    value = ast.literal_eval(literal)
    return value if isinstance(value, str) else None


def _written(words: Words, old: str, new: str, columns: dict[str, int]) -> str:
    if words.kind == "comment":
        return f"# {new}"
    if words.kind == "docstring":
        return f'"""{new}"""'
    given, expected = (
        sorted(part for part in parts(text) if part.startswith("{"))
        for text in (new, words.message)
    )
    if given != expected:
        raise ValueError(f"expected the parts {expected} in the translation, given {new!r}")
    matched = _LITERAL.match(old)
    if matched and "f" in matched[1].lower():
        inner = matched[3]
        before = inner[: len(inner) - len(inner.lstrip())]
        after = inner[len(inner.rstrip()) :] if inner.strip() else ""
        return f'{matched[1]}"{before}{_escaped(new, raw=True)}{after}"'
    value = ast.literal_eval(old)
    if value in columns:
        text = padded(new, columns[value])
    else:
        # Spaces put its value below others, of another cell.
        text = re.sub("  +$", "", value).replace(value.strip(), new, 1)
    return f'"{_escaped(text)}"'


def _escaped(text: str, raw: bool = False) -> str:
    if raw:
        return text.replace('"', '\\"')
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
