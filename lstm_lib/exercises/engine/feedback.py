"""What a check, a hint or a list of progress looks like, in a terminal and in a notebook.

Everything shown is words: colour only repeats what the first word says. The HTML
carries its own styles, because a notebook is also opened far from the book, and
takes its text colour from the page, so that it suits a light and a dark one.
"""

from __future__ import annotations

import html
import re
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.messages import Listed, again, say
from lstm_lib.language import gap, html_attribute, mark
from lstm_lib.printing import DECIMALS, fixed

CORRECT = "correct"
INCORRECT = "incorrect"
NOT_ATTEMPTED = "not attempted"

# Each at least 3 : 1 against white and against near-black.
COLOURS = {CORRECT: "#2e8b57", INCORRECT: "#c8553d", NOT_ATTEMPTED: "#808080"}


class Feedback(NamedTuple):
    """What a check found.

    Attributes
    ----------
    outcome : {"correct", "incorrect", "not attempted"}
    message : str
        What is right, or which mistake it is.
    """

    outcome: str
    message: str

    def __str__(self) -> str:
        first = say(m.FIRST_WORDS[self.outcome])
        return f"{first}{gap(first)}{again(self.message)}"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        first = say(m.FIRST_WORDS[self.outcome])
        message = marked(again(self.message))
        return boxed(f"<strong>{first}</strong>{gap(first)}{message}", self.outcome)


class Hint(NamedTuple):
    """One hint: open in a terminal, folded in a notebook until you click it."""

    label: str
    text: str

    def __str__(self) -> str:
        return f"{again(self.label)}{mark(': ')}{again(self.text)}"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        label, text = marked(again(self.label)), marked(again(self.text))
        return f"<details{html_attribute()}><summary>{label}</summary><p>{text}</p></details>"


class Source(str):
    """Source text that a terminal and a notebook show as it is."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre><code>{html.escape(self)}</code></pre>"


class Example(NamedTuple):
    """A small worked example of a question.

    Attributes
    ----------
    names : tuple of str
        Of the arguments.
    inputs : tuple
        The arguments: ``answer(*example.inputs)``.
    results : dict
        The right results, by name.
    """

    names: tuple[str, ...]
    inputs: tuple
    results: dict[str, Any]

    def __str__(self) -> str:
        given = dict(zip(self.names, self.inputs, strict=True))
        results = _table(self.results, DECIMALS)
        return "\n".join([say(m.GIVEN), *_table(given), say(m.EXPECTED), *results])

    def __repr__(self) -> str:
        return str(self)


class Progress(NamedTuple):
    """Which questions are done and which are open, chapter by chapter."""

    chapters: dict[int, dict[str, bool]]
    untouched: tuple[int, ...]

    def __str__(self) -> str:
        lines = []
        for chapter, done in self.chapters.items():
            lines.append(self._title(chapter))
            lines += [f"  {_word(is_done)}  {name}" for name, is_done in done.items()]
        return "\n".join([*lines, *self._rest()])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        parts = []
        for chapter, done in self.chapters.items():
            items = (
                f"<li>{_word(is_done)}{mark(': ')}<code>{name}</code></li>"
                for name, is_done in done.items()
            )
            parts.append(f"<strong>{self._title(chapter)}</strong><ul>{''.join(items)}</ul>")
        parts += [f"<p>{line}</p>" for line in self._rest()]
        all_done = self.chapters and all(all(done.values()) for done in self.chapters.values())
        return boxed("".join(parts), CORRECT if all_done else NOT_ATTEMPTED)

    def _title(self, chapter: int) -> str:
        done = self.chapters[chapter].values()
        return say(m.PROGRESS, chapter=chapter, right=sum(done), count=len(done))

    def _rest(self) -> list[str]:
        if not self.untouched or not self.chapters:
            return []
        return [say(m.NOTHING_CHECKED, numbers=Listed(self.untouched))]


def _word(is_done: bool) -> str:
    return say(m.DONE if is_done else m.OPEN)


def boxed(content: str, outcome: str) -> str:
    """Return HTML content with a bar at its side in the colour of an outcome."""
    style = f"border-left: .3em solid {COLOURS[outcome]}; padding: .2em .8em"
    return f'<div{html_attribute()} style="{style}">{content}</div>'


def marked(text: str) -> str:
    """Return a message as HTML, its `backticks` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def aligned(array: Any, decimals: int) -> str:
    """Return an array as text, its columns one below the other."""
    width = max((len(fixed(number, decimals)) for number in np.ravel(array)), default=0)
    return np.array2string(
        np.asarray(array, dtype=float),
        formatter={"float_kind": lambda number: fixed(number, decimals).rjust(width)},
        max_line_width=100,
    )


def _table(values: dict[str, Any], digits: int | None = None) -> list[str]:
    """Name, shape and numbers of each value, one or more lines each.

    With `digits` decimals, or with as many as say all of it.
    """
    lines = []
    for name, value in values.items():
        whole = getattr(value, "dtype", np.dtype(float)).kind in "iu"
        decimals = 0 if whole else digits or _decimals(value)
        if isinstance(value, str):
            title = f"{say(name)}{mark(': ').rstrip()}"
            lines += [f"  {title}", *(f"    {line}" for line in value.splitlines())]
        elif np.ndim(value):
            rows = aligned(value, decimals).splitlines()
            title = say(m.VALUE, name=name, shape=np.shape(value))
            lines += [f"  {title}", *(f"    {row}" for row in rows)]
        else:
            shown = value if isinstance(value, int) or callable(value) else fixed(value, decimals)
            lines.append(f"  {name}{mark(': ')}{shown}")
    return lines


def _decimals(value: Any) -> int:
    """How many decimals a value has, at least 1 and at most `DECIMALS`."""
    if callable(value) or isinstance(value, str):
        return DECIMALS
    enough = (
        decimals
        for decimals in range(1, DECIMALS)
        if np.allclose(value, np.round(value, decimals), rtol=0, atol=1e-9)
    )
    return next(enough, DECIMALS)
