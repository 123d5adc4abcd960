"""Mistakes as edits of the right answer's own text.

An edit is ``(old, new)``: a piece of that text, which is there exactly once, and what stands
there instead. So a mistake shows what it is: ``("np.tanh(c)", "c")``.
"""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lstm_lib.numpy_backend import sigmoid

Edit = tuple[str, str]
# One edit, with one or more texts instead of the old one; several edits; or a function.
Way = tuple[str, ...] | list[Edit] | list[tuple[str, ...]] | Callable


@functools.cache
def source_of(function: Callable) -> str:
    """Return the source of a function, not indented."""
    return textwrap.dedent(inspect.getsource(function)).rstrip() + "\n"


class Edited:
    """A function with its text edited. It is compiled when it is first called.

    Parameters
    ----------
    function : function
    edits : sequence of (str, str)
        Made one after the other.

    Raises
    ------
    ValueError
        By the first call: if a piece of text is not there exactly once.
    """

    def __init__(self, function: Callable, edits: Sequence[tuple[str, ...]]) -> None:
        self._function, self.edits = function, tuple(edits)

    def __call__(self, *arguments: Any) -> Any:
        """Return what the edited function returns."""
        return self.compiled(*arguments)

    @property
    def text(self) -> str:
        """The edited source."""
        text = source_of(self._function)
        for old, new in self.edits:
            if text.count(old) != 1:
                name, count = self._function.__name__, text.count(old)
                raise ValueError(f"{name}: expected the text {old!r} once, found it {count} times")
            text = text.replace(old, new)
        return text

    @functools.cached_property
    def compiled(self) -> Callable:
        """The edited function. It sees what a learner has at hand, and its module's names."""
        name = self._function.__name__
        names = {"np": np, "sigmoid": sigmoid, **self._function.__globals__}
        exec(compile(self.text, f"<{name}, edited>", "exec"), names)
        return names[name]


def wrong_answers(reference: Callable, ways: Sequence[Way]) -> tuple[Callable, ...]:
    """Return the functions that make a mistake in these ways.

    Parameters
    ----------
    reference : function
        Whose text is edited.
    ways : sequence
        Tuples ``(old, new, ...)``: one edit, and a way for each of the new texts. Lists of edits:
        one way that takes all of them. Or functions as they are.
    """
    functions: list[Callable] = []
    for way in ways:
        if isinstance(way, tuple):
            old, *news = way
            functions += [Edited(reference, [(old, new)]) for new in news]
        else:
            functions.append(Edited(reference, way) if isinstance(way, list) else way)
    return tuple(functions)
