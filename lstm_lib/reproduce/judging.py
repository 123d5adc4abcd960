"""What both columns are judged by: the paper's criteria, what they look at, and the test after.

A judge is made anew for each trial. It draws the training sequences, says when it wants to look,
sets an exam, and marks the answers; whoever trains a network asks it and answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from lstm_lib.tasks import Example, reber

Array = np.ndarray
Draw = Callable[..., Example]

RECENT = 2000
FRESH = 10_000
TEST_SET = 256
TESTED = 2560  # sequences of the test that follows training, in experiments 3 to 6


class Mark(NamedTuple):
    """What an answered sequence is worth: whether all is right, and the mean absolute error."""

    right: bool
    error: float


class Verdict(NamedTuple):
    """How many sequences are wrong among those looked at, and their mean absolute error."""

    wrong: int
    error: float


class Criterion(NamedTuple):
    """When training counts as done.

    Attributes
    ----------
    name : str
        The name under which results are stored.
    max_wrong : int
        So many sequences may be wrong, among those that the row's judge looks at.
    max_error : float
        And the mean absolute error must be below this.
    """

    name: str
    max_wrong: int = 0
    max_error: float = math.inf

    def is_met(self, verdict: Verdict) -> bool:
        """Tell whether a verdict is good enough."""
        return verdict.wrong <= self.max_wrong and verdict.error < self.max_error


def asked(example: Example) -> Array:
    """Return which steps ask for an answer, as an array of bool of shape (time,)."""
    return ~np.isnan(example.targets[:, 0])


def errors(example: Example, answers: Array) -> Array:
    """Return the absolute errors of the answers to the asked steps, (number of them, outputs)."""
    return np.abs(answers - example.targets[asked(example)].astype(answers.dtype))


def most_active(outputs: Array, may_come: Array) -> Array:
    """Return whether, at each step, every symbol that may come is more active than all others."""
    least = np.where(may_come, outputs, np.inf).min(axis=1)
    return least > np.where(may_come, -np.inf, outputs).max(axis=1)


class Judge:
    """What all judges do: mark by the tolerance, and look at an exam every so many sequences.

    Parameters
    ----------
    draw, expected : function of rng that returns one sequence
        To train on, and to be judged by.
    tolerance : float
        An answer is right if every output is this close to its target.
    every : int
        Training sequences between two looks.
    rng : numpy.random.Generator
        For what the judge draws itself.

    Attributes
    ----------
    is_long : bool
        Whether an exam takes so long that a network that errs in training need not sit it.
    tests_after : bool
        Whether the paper tests on `TESTED` fresh sequences once a criterion is met.
    """

    is_long = False
    tests_after = False

    def __init__(
        self,
        draw: Draw,
        expected: Draw,
        tolerance: float,
        every: int,
        rng: np.random.Generator,
    ) -> None:
        self.draw, self.expected = draw, expected
        self.tolerance, self.every, self.rng = tolerance, every, rng
        self._prepare()

    def _prepare(self) -> None:
        """Make ready what is looked at."""

    def watch(self, example: Example, answers: Array) -> None:
        """See the answers to a training sequence, those from before it was learnt from."""

    def is_due(self, count: int, new: int = 1) -> bool:
        """Tell whether to look, after ``count`` sequences of which ``new`` have just come."""
        return count // self.every > (count - new) // self.every

    def exam(self) -> Iterator[Example]:
        """Return the sequences to be answered now; one that is asked for is drawn."""
        return iter(())

    def mark(self, example: Example, answers: Array) -> Mark:
        """Return what the answers to the asked steps of a sequence are worth."""
        off = errors(example, answers)
        return Mark(bool(off.max() <= self.tolerance), off.mean())

    def verdict(self, marks: Sequence[Mark]) -> Verdict:
        """Return what the exam comes to; after a wrong answer the rest may be missing."""
        wrong = sum(not mark.right for mark in marks)
        return Verdict(wrong, float(np.mean([mark.error for mark in marks])))

    def test(self, rng: np.random.Generator) -> list[Example]:
        """Return the sequences of the test after training; none where the paper has no test."""
        return [self.expected(rng=rng) for _ in range(TESTED)] if self.tests_after else []

    def measure(self, examples: Sequence[Example], answers: Sequence[Array]) -> dict:
        """Return ``wrong`` of ``tested`` and their ``mse``; nothing where nothing was tested."""
        if not examples:
            return {}
        off = [errors(*pair) for pair in zip(examples, answers, strict=True)]
        return {
            "wrong": sum(bool(e.max() > self.tolerance) for e in off),
            "tested": len(examples),
            "mse": float(np.mean([np.mean(e**2) for e in off])),
        }


class Recent(Judge):
    """Looks at the last 2,000 training sequences; before there are so many, none is right."""

    tests_after = True

    def _prepare(self) -> None:
        """Begin with errors beyond all bounds."""
        self.largest, self.mean = np.full(RECENT, np.inf), np.full(RECENT, np.inf)
        self.seen = 0

    def watch(self, example: Example, answers: Array) -> None:
        """Keep the errors in place of the oldest ones."""
        off = errors(example, answers)
        self.seen += 1
        place = self.seen % RECENT
        self.largest[place], self.mean[place] = off.max(), off.mean()

    def verdict(self, marks: Sequence[Mark]) -> Verdict:
        """Return what the last 2,000 come to; there is no exam."""
        return Verdict(int((self.largest > self.tolerance).sum()), float(self.mean.mean()))


class FixedSet(Judge):
    """Looks at a test set of 256, the same every time."""

    tests_after = True

    def _prepare(self) -> None:
        """Draw the test set."""
        self.examples = [self.expected(rng=self.rng) for _ in range(TEST_SET)]

    def exam(self) -> Iterator[Example]:
        """Return the test set."""
        return iter(self.examples)


class DrawnAnew(Judge):
    """Looks at a test set of 256, drawn anew every time."""

    tests_after = True

    def exam(self) -> Iterator[Example]:
        """Draw the test set, no more of it than is asked for."""
        return (self.expected(rng=self.rng) for _ in range(TEST_SET))


class Fresh(Judge):
    """Looks at 10,000 new sequences."""

    is_long = True

    def exam(self) -> Iterator[Example]:
        """Draw new sequences, no more than are asked for."""
        return (self.expected(rng=self.rng) for _ in range(FRESH))


class AllStrings(Judge):
    """Table 1: training draws from 256 strings; looks at these and 256 that are none of them.

    A string is right where every symbol that may come is more active than all others.
    """

    def _prepare(self) -> None:
        """Draw the strings, and find out what may come in each at each step."""
        training = [self.expected(rng=self.rng) for _ in range(TEST_SET)]
        known = {string.inputs.tobytes() for string in training}
        others = iter(lambda: self.expected(rng=self.rng), None)
        unknown = (string for string in others if string.inputs.tobytes() not in known)
        strings = [*training, *islice(unknown, TEST_SET)]
        self.examples = [
            Example(string.inputs, reber.possible_next(string.inputs).astype(float))
            for string in strings
        ]
        self.draw = lambda rng: training[rng.integers(TEST_SET)]

    def exam(self) -> Iterator[Example]:
        """Return all strings, their targets being all symbols that may come."""
        return iter(self.examples)

    def mark(self, example: Example, answers: Array) -> Mark:
        """Return whether the string is right; there is no error that would count."""
        return Mark(bool(most_active(answers, example.targets == 1).all()), 0.0)
