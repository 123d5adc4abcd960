"""The line of an answer in which a value first shows, found by running it line by line."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.exercises.engine.running import Clock, call

Array = np.ndarray
_LONGEST = 88


class Line(NamedTuple):
    """A statement of an answer, and the arrays that it makes.

    Attributes
    ----------
    number : int
        Counted from the ``def``, as its author sees it.
    source : str
    made : list of arrays
    """

    number: int
    source: str
    made: list[Array]


def lines_of(answer: Callable, arguments: tuple, clock: Clock) -> list[Line]:
    """Run an answer statement by statement; return what each makes.

    Empty if there is no source, or one that cannot be run so. A statement that
    returns in the middle, in a branch for example, is the last.
    """
    try:
        source = textwrap.dedent(inspect.getsource(answer))
        tree = ast.parse(source)
        function = tree.body[0]
        if not isinstance(function, ast.FunctionDef):
            return []
        code = answer.__code__
        names = dict(answer.__globals__)
        for name, cell in zip(code.co_freevars, answer.__closure__ or (), strict=True):
            names[name] = cell.cell_contents
        names.update(inspect.signature(answer).bind(*arguments).arguments)
    except Exception:
        return []
    lines: list[Line] = []
    rows = source.splitlines()
    for node in function.body:
        line, go_on = _run(node, names, rows, clock)
        if line is not None:
            lines.append(line)
        if not go_on:
            break
    return lines


def _run(
    node: ast.stmt, names: dict[str, Any], rows: list[str], clock: Clock
) -> tuple[Line | None, bool]:
    whole = rows[node.lineno - 1 : node.end_lineno]
    first = " ".join(row.strip() for row in whole)
    if isinstance(node, ast.Return):
        if node.value is None:
            return None, False
        value_node = node.value
        parts = value_node.elts if isinstance(value_node, ast.Tuple | ast.List) else [value_node]
        made = []
        for part in parts:
            value, error = call(eval, (_compiled(part), names), clock)
            if error is None:
                made.append(value)
        return Line(node.lineno, first, _arrays(made)), False
    before = dict(names)
    try:
        code = compile(ast.Module([node], []), "<line>", "exec")
    except SyntaxError:  # a `return` inside of it
        return None, False
    _, error = call(exec, (code, names), clock)
    if error is not None:
        return None, False
    new = [value for name, value in names.items() if before.get(name) is not value]
    return Line(node.lineno, first, _arrays(new)), True


def _compiled(part: ast.expr) -> Any:
    return compile(ast.Expression(part), "<value>", "eval")


def _arrays(values: list[Any]) -> list[Array]:
    arrays = []
    for value in values:
        try:
            array = np.asarray(value)
        except Exception:
            continue
        if array.dtype.kind == "f":
            arrays.append(np.array(array, float))
    return arrays


def is_short(source: str) -> bool:
    """Whether a line can be shown in a sentence."""
    return 0 < len(source) <= _LONGEST and "`" not in source
