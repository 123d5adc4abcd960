"""Recognising an answer that is right, but for the conventions of somewhere else.

Blocks in another order, rows [h; x], no forget bias, weights transposed, the batch in
columns: an answer that was written for these is right as soon as it is *given* arrays
in its own convention. So it is called with them. What it does inside does not matter.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.apart import close
from lstm_lib.exercises.engine.messages import say
from lstm_lib.exercises.engine.question import Question
from lstm_lib.exercises.engine.reading import read
from lstm_lib.exercises.engine.running import Clock, call, run

Array = np.ndarray


class Convention(NamedTuple):
    """How something is stored elsewhere.

    Attributes
    ----------
    says : str
        The id of the mistake whose sentence it is, or a message of the engine.
    give : function
        Takes the arguments in the question's convention, returns them in this one.
    take : function
        Takes what an answer returns in this convention, returns it in the question's.
    """

    says: str
    give: Callable[[tuple], tuple]
    take: Callable[[list[Array]], list[Array]]


def tell_convention(
    question: Question,
    answer: Callable,
    wanted: Sequence[tuple[str | None, list[list[Array]]]],
) -> list[str] | None:
    """Return the sentences on the conventions in which an answer does what is wanted.

    Parameters
    ----------
    question : Question
    answer : function
    wanted : sequence of (str or None, list of lists of arrays)
        What shall be returned in each case, and a sentence on it: what is right, or
        what a named mistake gives, which may come on top.
    """
    if not question.conventions or not wanted:
        return None
    return run(lambda clock: _search(question, answer, wanted, clock))


def _search(
    question: Question,
    answer: Callable,
    wanted: Sequence[tuple[str | None, list[list[Array]]]],
    clock: Clock,
) -> list[str] | None:
    number = next((n for n, case in enumerate(question.cases) if not case.traits), 0)
    layouts, *layers = question.conventions
    fitting = [
        layout
        for layout in (None, *layouts)
        if _returns(question, answer, [layout] if layout else [], number, clock) is not None
    ]
    choices = sorted(
        itertools.product(fitting, *((None, *layer) for layer in layers)),
        key=lambda chosen: sum(each is not None for each in chosen),
    )
    for chosen in choices:
        conventions = [each for each in chosen if each is not None]
        given = _returns(question, answer, conventions, number, clock)
        if given is None or clock.expired:
            continue
        for sentence, values in wanted:
            if not _alike(question, given, values[number]):
                continue
            if not conventions:
                return None  # it is no matter of conventions
            if all(
                _alike(question, _returns(question, answer, conventions, n, clock), values[n])
                for n in range(len(question.cases))
            ):
                said = [_said(question, each) for each in conventions]
                return [*said, sentence] if sentence else said
    return None


def _said(question: Question, convention: Convention) -> str:
    for wrong in question.wrong:
        if wrong.id == convention.says:
            return question.says(wrong)
    return say(convention.says)


def _returns(
    question: Question,
    answer: Callable,
    conventions: Sequence[Convention],
    number: int,
    clock: Clock,
) -> list[Array] | None:
    """What an answer returns that is given a case in these conventions, back in ours."""
    inputs = tuple(
        each.copy() if isinstance(each, np.ndarray) else each
        for each in question.cases[number].inputs
    )
    expected = question.expected[number]
    for convention in conventions[::-1]:
        inputs = convention.give(inputs)
    value, error = call(answer, inputs, clock)
    if error is not None:
        return None
    reading = read(value, question.results, expected)
    if reading.arrays is None or len(reading.arrays) < len(expected):
        return None
    arrays = reading.arrays[: len(expected)]
    try:
        for convention in conventions:
            arrays = convention.take(arrays)
    except Exception:  # what it returns has other shapes
        return None
    return arrays if _shapes(arrays) == _shapes(expected) else None


def _shapes(arrays: Sequence[Array]) -> list[tuple[int, ...]]:
    return [array.shape for array in arrays]


def _alike(question: Question, given: list[Array] | None, right: list[Array]) -> bool:
    return (
        given is not None
        and len(given) == len(right)
        and all(close(question, *pair, 0.0) for pair in zip(given, right, strict=True))
    )


# What elsewhere is otherwise -------------------------------------------------------------------


def orders(
    wrong_ids: dict[str, str],
    give: Callable[..., tuple],
    take: Callable[..., list[Array]],
) -> tuple[Convention, ...]:
    """Return the convention of each order of the four blocks i, j, f, o but this one.

    Parameters
    ----------
    wrong_ids : dict
        The mistake of each order, such as "ifjo".
    give, take : function
        Take arguments, or results, and as `order` where each block comes from.
    """
    found = []
    for order, wrong in wrong_ids.items():
        there = ["ijfo".index(block) for block in order]
        back = [order.index(block) for block in "ijfo"]
        found.append(
            Convention(
                wrong,
                functools.partial(give, order=there),
                functools.partial(take, order=back),
            )
        )
    return tuple(found)


def blocks_of(array: Array, order: Sequence[int]) -> Array:
    """Return an array with its four blocks of columns in another order."""
    parts = np.split(array, 4, axis=-1)
    return np.concatenate([parts[number] for number in order], axis=-1)


def rows_swapped(array: Array, first: int) -> Array:
    """Return an array with its first rows last."""
    return np.concatenate([array[first:], array[:first]])


def layouts(
    weights: Sequence[int], biases: Sequence[int], weight_results: Sequence[int] = ()
) -> tuple[Convention, ...]:
    """Return the conventions of weights with a row for each unit, and of a batch in columns.

    Parameters
    ----------
    weights, biases : sequence of int
        Which arguments they are. All other arrays have a row for each member of the batch.
    weight_results : sequence of int
        Which results are of the shape of weights.
    """

    def give(inputs: tuple, batch: bool, turned: bool, upright: bool) -> tuple:
        given = []
        for number, each in enumerate(inputs):
            if not isinstance(each, np.ndarray):
                given.append(each)
            elif number in weights:
                given.append(each.T if turned else each)
            elif number in biases:
                given.append(each[:, None] if upright else each)
            else:
                given.append(each.T if batch else each)
        return tuple(
            np.ascontiguousarray(each) if isinstance(each, np.ndarray) else each for each in given
        )

    def take(arrays: list[Array], batch: bool, turned: bool) -> list[Array]:
        taken = []
        for number, each in enumerate(arrays):
            if number in weight_results:
                taken.append(each.T if turned else each)
            elif each.ndim == 2 and each.shape[1] == 1 and number not in (0, 1, 2):
                taken.append(each[:, 0])
            else:
                taken.append(each.T if batch else each)
        return taken

    def convention(says: str, batch: bool, turned: bool, upright: bool) -> Convention:
        return Convention(
            says,
            lambda inputs: give(inputs, batch, turned, upright),
            lambda arrays: take(arrays, batch, turned),
        )

    return (
        convention(m.WEIGHTS_TRANSPOSED, False, True, False),
        *(
            convention(m.COLUMNS, True, turned, upright)
            for turned in (True, False)
            for upright in (True, False)
        ),
    )
