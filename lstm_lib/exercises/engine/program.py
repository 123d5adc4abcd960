"""A reference as a chain of statements, and its mistakes as slips in some of them.

Mistakes that are edits of different statements can stand together: `Program.compose`
makes both, and a `Bench` says what comes out, one value at a time. Values that two
compositions share are computed once, so that thousands can be tried.
"""

from __future__ import annotations

import ast
import functools
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.exercises.engine.edits import Edited, source_of
from lstm_lib.exercises.engine.messages import say
from lstm_lib.exercises.engine.question import BEGIN, Part, Question, Wrong
from lstm_lib.numpy_backend import sigmoid

Array = np.ndarray
# Statement by statement; the first is the mark `BEGIN`, where a mistake may put its own.
Texts = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Slip:
    """One way to make a mistake, as edits of single statements.

    Attributes
    ----------
    wrong : Wrong
    edits : tuple of (int, str, str)
        Number of the statement, the piece of its text, and what stands there instead.
    part : Part or None
        The part of the step that it is in, if it is no mistake of the question's own.
    """

    wrong: Wrong
    edits: tuple[tuple[int, str, str], ...]
    part: Part | None = None

    @property
    def first(self) -> int:
        """Number of the first statement that it changes."""
        return min(number for number, *_ in self.edits)


class _Statement(NamedTuple):
    text: str
    code: CodeType | None
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    elements: tuple[str, ...]  # of a `return`


class Program:
    """The statements of a question's reference, and all slips that are known in them."""

    def __init__(self, question: Question) -> None:
        function = question.parts or question.reference
        text = source_of(function)
        self.texts = _statements(text)
        self.names = {"np": np, "sigmoid": sigmoid, **function.__globals__}
        self.names["__builtins__"] = __builtins__
        self.question = question
        self.slips = [*self._own(question), *self._of_parts(question)]

    def _own(self, question: Question) -> list[Slip]:
        slips = []
        for wrong in question.apart or question.wrong:
            for way in wrong.ways:
                edits = self._placed(way.edits) if isinstance(way, Edited) else None
                if edits:
                    slips.append(Slip(wrong, edits))
        return slips

    def _of_parts(self, question: Question) -> list[Slip]:
        slips = []
        for part in question.slips:
            number = next(n for n, text in enumerate(self.texts) if text.startswith(part.line))
            for wrong in part.wrong:
                for edits in ways_of(wrong):
                    if all(self.texts[number].count(old) == 1 for old, _ in edits):
                        placed = tuple((number, old, new) for old, new in edits)
                        slips.append(Slip(wrong, placed, part))
        return slips

    def _placed(self, edits: Sequence[tuple[str, ...]]) -> tuple[tuple[int, str, str], ...] | None:
        """The edits with the statement that each is in, or None if one is in no single one."""
        placed = []
        for old, new in edits:
            places = [n for n, text in enumerate(self.texts) if text.count(old) == 1]
            if len(places) != 1 or sum(text.count(old) for text in self.texts) != 1:
                return None
            if old == BEGIN:
                new = f"{new}\n{BEGIN}"
            placed.append((places[0], old, new))
        return tuple(placed)

    def compose(self, slips: Sequence[Slip]) -> Texts | None:
        """Return the statements with all these slips, or None if two do not fit together."""
        for order in (slips, slips[::-1]):
            texts = self._edited(order)
            if texts:
                return texts
        return None

    def _edited(self, slips: Sequence[Slip]) -> Texts | None:
        texts = list(self.texts)
        for slip in slips:
            for number, old, new in slip.edits:
                if texts[number].count(old) != 1:
                    return None
                texts[number] = texts[number].replace(old, new)
        return tuple(texts)

    def says(self, slip: Slip) -> str:
        """Return the sentence of a slip."""
        return says(self.question, slip.wrong, slip.part)


def says(question: Question, wrong: Wrong, part: Part | None = None) -> str:
    """Return the sentence of a mistake, and of which part it is."""
    if part is None:
        return question.says(wrong)
    words = {name: say(words) for name, words in part.words.items()}
    sentence = say(wrong.says, **words, **wrong.words)
    return say(part.says, sentence=sentence) if part.says else sentence


def ways_of(wrong: Wrong) -> list[list[tuple[str, str]]]:
    """Return the ways of a mistake that are no functions yet, each as a list of edits."""
    ways: list[list[tuple[str, str]]] = []
    for way in wrong.ways:
        if isinstance(way, list):
            ways.append([(old, new) for old, new in way])
        elif isinstance(way, tuple):
            old, *news = way
            ways += [[(old, new)] for new in news]
    return ways


def _statements(text: str) -> Texts:
    """The mark `BEGIN`, and then each statement after it."""
    body = textwrap.dedent(text[text.index(BEGIN) + len(BEGIN) :].lstrip("\n"))
    lines = body.splitlines()
    tree = ast.parse(body)
    return BEGIN, *(
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in tree.body
        if node.end_lineno is not None
    )


@functools.lru_cache(maxsize=20_000)
def statement(text: str) -> _Statement:
    """Return what a statement is made of; without code if it is no Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return _Statement(text, None, (), (), ())
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    reads = tuple(sorted({each.id for each in names if isinstance(each.ctx, ast.Load)}))
    writes = tuple(sorted({each.id for each in names if isinstance(each.ctx, ast.Store)}))
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Return):
        value = last.value
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
        elements = tuple(ast.unparse(part) for part in parts if part is not None)
        tree.body.pop()
    else:
        elements = ()
    return _Statement(text, compile(tree, "<statement>", "exec"), reads, writes, elements)


@functools.lru_cache(maxsize=20_000)
def _expression(text: str) -> tuple[CodeType, tuple[str, ...]]:
    tree = ast.parse(text, mode="eval")
    reads = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return compile(tree, "<value>", "eval"), tuple(sorted(reads))


def elements_of(texts: Texts) -> tuple[str, ...]:
    """Return the texts of the values that are returned."""
    return next((found for text in texts[::-1] if (found := statement(text).elements)), ())


def needed(texts: Texts, element: str, forced: frozenset[str] = frozenset()) -> list[int]:
    """Return the numbers of the statements that a value is made of."""
    need = set(_expression(element)[1]) - forced
    chosen = []
    for number in range(len(texts) - 1, -1, -1):
        parts = statement(texts[number])
        if not need.isdisjoint(parts.writes):
            chosen.append(number)
            need.update(parts.reads)
            need -= forced
    return chosen[::-1]


class Bench:
    """The arguments of one case, and what compositions make of them.

    Parameters
    ----------
    program : Program
    inputs : tuple
    forced : dict
        Values of names that are not computed: they are the answer's own.
    """

    def __init__(
        self, program: Program, inputs: tuple, forced: dict[str, Array] | None = None
    ) -> None:
        named = dict(zip(program.question.arguments, inputs, strict=True))
        self._forced = forced or {}
        self._base = {**program.names, **named, **self._forced}
        self._names = frozenset(self._forced)
        self._known: dict[tuple, Any] = {}

    def value(self, texts: Texts, element: str) -> Array | None:
        """Return the value of an expression after these statements; None if they raise."""
        code, reads = _expression(element)
        chosen = [statement(texts[number]) for number in needed(texts, element, self._names)]
        # What a statement makes depends on its text and on what other statements made.
        made: dict[str, Any] = {}
        for parts in chosen:
            key = (parts.text, *[id(made[name]) for name in parts.reads if name in made])
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = self._run(parts, made)
            if found is _RAISED:
                return None
            made.update(found)
        key = (element, *[id(made[name]) for name in reads if name in made])
        if key not in self._known:
            self._known[key] = self._evaluated(code, {**self._base, **made, **self._forced})
        return self._known[key]

    def _run(self, parts: _Statement, made: dict[str, Any]) -> Any:
        if parts.code is None:
            return _RAISED
        inside = {**self._base, **made, **self._forced}
        try:
            exec(parts.code, inside)
        except Exception:
            return _RAISED
        return {name: inside[name] for name in parts.writes if name in inside}

    @staticmethod
    def _evaluated(code: CodeType, values: dict[str, Any]) -> Array | None:
        try:
            value = np.asarray(eval(code, values), float)
        except Exception:
            return None
        return value


_RAISED = object()
