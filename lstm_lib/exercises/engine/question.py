"""What a question is made of. The questions themselves are in ``exercises.questions``."""

from __future__ import annotations

import functools
import inspect
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lstm_lib.exercises.engine.edits import Way, source_of, wrong_answers
from lstm_lib.exercises.engine.messages import say

BEGIN = "# ********** Begin **********"
END = "# ********** End **********"
BLANK = "return ..."


@dataclass(frozen=True)
class Wrong:
    """A wrong answer with a name.

    Attributes
    ----------
    id : str
    says : str
        What its author reads: whole sentences, with placeholders for the
        question's words in braces.
    ways : tuple
        Ways to make this mistake, as `edits.wrong_answers` takes them; those of a
        question's own wrong answers are functions. An answer that does what one of
        them does, number for number or error for error, has made it too.
    rows : tuple of int
        The rows of the list of what learners get wrong that it belongs to.
    words : dict
        For placeholders of its own.
    """

    id: str
    says: str
    ways: tuple[Any, ...]
    rows: tuple[int, ...] = ()
    words: dict[str, str] = field(default_factory=dict)


class Mistake:
    """A mistake whose sentence follows: ``Mistake("flipped", ("w", "-w")).says("You ...")``.

    Parameters
    ----------
    id : str
    *ways : tuples, lists or functions
        See `edits.wrong_answers`.
    rows : int or tuple of int
    """

    def __init__(self, id: str, *ways: Way, rows: int | tuple[int, ...] = ()) -> None:
        self._id, self._ways = id, ways
        self._rows = (rows,) if isinstance(rows, int) else rows

    def says(self, sentences: str) -> Wrong:
        """Return the wrong answer whose author reads these sentences."""
        return Wrong(self._id, sentences, self._ways, self._rows)


@dataclass(frozen=True)
class Part:
    """A part of a reference that has mistakes of its own, such as one of the gates.

    Attributes
    ----------
    line : str
        How its statement begins.
    says : str
        The sentence around that of a mistake, with the placeholder {sentence}; empty
        if the mistake's own sentence says which part it is in.
    wrong : tuple of Wrong
        Edits of this statement. Those that do not fit it are left out.
    words : dict
        For the placeholders of `wrong`.
    """

    line: str
    says: str
    wrong: tuple[Wrong, ...]
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """Inputs to try an answer with, and what is special about them.

    Attributes
    ----------
    inputs : tuple
        Positional arguments.
    traits : frozenset of str
        Keys of `messages.RIGHT_ONLY`: an answer that is right in the cases with
        a trait and wrong in all others is told so.
    label : str
        Where an answer went wrong, in a few words, if shapes and numbers do not say it.
    """

    inputs: tuple
    traits: frozenset[str] = frozenset()
    label: str = ""


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    chapter : int
    reference : function
        The right answer. Its source is what `solution` shows; the lines between
        its begin and end marks are the blank of the exercise.
    results : tuple of str
        Names of the values to return.
    draw : callable
        Takes a random generator and returns the cases. The first is the worked
        example of the statement, marked by the trait "example".
    wrong : tuple of Wrong
        Edits among their ways become functions: the reference with its text edited.
    hints : tuple of str
        From a nudge to nearly the answer.
    praise : str
        The sentence after "correct": what was built.
    words : dict
        For the placeholders of `wrong`.
    causes : tuple of str
        The results in the order in which they are made, if that is another one.
    states : tuple of str
        The arguments that come from the step before.
    blocks : dict
        For results whose columns are blocks: what the blocks are called.
    rtol, atol : float
        Tolerances. They allow for an answer that computes in float32.
    needs_tensorflow : bool
    parts : function or None
        The reference once more, a part to a line: an answer is taken apart into these.
    apart : tuple of Wrong
        The mistakes as edits of `parts`; empty if they are those of `wrong`.
    slips : tuple of Part
        Mistakes of single parts that are said only where an answer is taken apart.
    conventions : tuple of tuples
        What is otherwise elsewhere, as `engine.conventions` has it: first the layouts of
        arrays, then layers of which each may be otherwise by itself.
    glimpses : callable or None
        Takes the inputs of a batch of 1 and what an answer returned for it, by name.
        Returns, by name, arrays one of which a value of `parts` must be, though it is
        not returned.
    judge : callable or None
        Takes the question and an answer and returns `Feedback`, where comparing
        values is not what is asked for.
    """

    chapter: int
    reference: Callable
    results: tuple[str, ...]
    draw: Callable[[np.random.Generator], list[Case]]
    wrong: tuple[Wrong, ...]
    hints: tuple[str, ...]
    praise: str
    words: dict[str, str] = field(default_factory=dict)
    causes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    blocks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rtol: float = 5e-5
    atol: float = 5e-6
    needs_tensorflow: bool = False
    parts: Callable | None = None
    apart: tuple[Wrong, ...] = ()
    slips: tuple[Part, ...] = ()
    conventions: tuple[tuple[Any, ...], ...] = ()
    glimpses: Callable[[tuple, dict[str, np.ndarray]], dict[str, list[np.ndarray]]] | None = None
    judge: Callable | None = None

    def __post_init__(self) -> None:
        wrong = (
            replace(each, ways=wrong_answers(self.reference, each.ways)) for each in self.wrong
        )
        object.__setattr__(self, "wrong", tuple(wrong))
        apart = (
            replace(each, ways=wrong_answers(self.parts or self.reference, each.ways))
            for each in self.apart
        )
        object.__setattr__(self, "apart", tuple(apart))

    @property
    def name(self) -> str:
        """Name of the question: that of the function to write."""
        return self.reference.__name__

    @functools.cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments."""
        return tuple(inspect.signature(self.reference).parameters)

    @functools.cached_property
    def cases(self) -> list[Case]:
        """The cases, the same every time."""
        return self.draw(np.random.default_rng(zlib.crc32(self.name.encode())))

    @functools.cached_property
    def expected(self) -> list[list[np.ndarray]]:
        """What the reference returns in each case, a list of arrays each."""
        return [self.right_for(case.inputs) for case in self.cases]

    def right_for(self, inputs: tuple) -> list[np.ndarray]:
        """Return what the reference returns for these arguments."""
        value = self.reference(
            *(each.copy() if isinstance(each, np.ndarray) else each for each in inputs)
        )
        parts = value if len(self.results) > 1 else [value]
        return [np.asarray(part, float) for part in parts]

    @functools.cached_property
    def source(self) -> str:
        """Source of the reference, with its marks."""
        return source_of(self.reference)

    @property
    def solution(self) -> str:
        """Source of the reference without the marks."""
        lines = self.source.splitlines(keepends=True)
        return "".join(line for line in lines if line.strip() not in (BEGIN, END))

    @property
    def blank(self) -> str:
        """Source of the reference with the lines between the marks taken out."""
        between = rf"(?s)(?<={re.escape(BEGIN)}\n)( *).*?(?= *{re.escape(END)})"
        return re.sub(between, rf"\g<1>{BLANK}\n", self.source)

    def says(self, wrong: Wrong) -> str:
        """Return the sentence of one of the wrong answers, in the words of this question."""
        words = {name: say(words) for name, words in self.words.items()}
        return say(wrong.says, **words, **wrong.words)


def case(*inputs: Any, traits: str = "") -> Case:
    """Return a case; `traits` are separated by spaces."""
    return Case(inputs, frozenset(traits.split()))
