"""What there is to say of an answer in which no mistake is found: what differs, and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.messages import Listed, say
from lstm_lib.exercises.engine.question import Question

Array = np.ndarray


class Seen(NamedTuple):
    """What one call of an answer did.

    Attributes
    ----------
    reading : Reading or None
        What it returned; None if it raised.
    error : BaseException or None
    changed : str or None
        The name of an argument that it changed.
    blank : bool
        Whether it returned the `...` of an unfilled blank.
    """

    reading: Any
    error: BaseException | None = None
    changed: str | None = None
    blank: bool = False


def is_close(question: Question, given: Array, expected: Array, slack: float = 0.0) -> bool:
    """Whether two arrays are the same, within the question's tolerances."""
    if given.shape != expected.shape:
        return False
    rtol, atol = question.rtol + slack, question.atol + slack
    with np.errstate(all="ignore"):
        difference = np.abs(given - expected)
        near = (difference <= atol + rtol * np.abs(expected)) & np.isfinite(difference)
    if near.all():
        return True
    same = (given == expected) | (np.isnan(given) & np.isnan(expected))
    return bool((near | same).all())


# Traits of cases in which a mistake can hide: nothing is concluded from being right there.
HIDING = frozenset({"zero_state", "one_row", "one_unit"})


def trait_of(
    question: Question,
    right: Sequence[bool],
    explains: Callable[[str], bool],
    stays: Callable[[int], bool],
) -> str | None:
    """Say what the cases have in common in which an answer is right.

    Parameters
    ----------
    question : Question
    right : sequence of bool
        Case by case.
    explains : function
        Whether a trait explains why it is right there, and hides no mistake.
    stays : function
        Whether it is right in the case of this number with other numbers, too.
    """
    if not any(right):
        return None
    cases = question.cases

    def split_by(trait: str) -> tuple[set[bool], set[bool]]:
        pairs = list(zip(cases, right, strict=True))
        with_it = {is_right for case, is_right in pairs if trait in case.traits}
        without_it = {is_right for case, is_right in pairs if trait not in case.traits}
        return with_it, without_it

    for trait, message in m.RIGHT_ONLY.items():
        if split_by(trait) == ({True}, {False}) and explains(trait):
            return say(message)
    for trait, message in m.WRONG_ONLY.items():
        if split_by(trait) == ({False}, {True}):
            return say(message)
    voting = [n for n, case in enumerate(cases) if HIDING.isdisjoint(case.traits)]
    good = next((n for n in voting if right[n] and stays(n)), None)
    bad = next((n for n in voting if not right[n]), None)
    if good is None or bad is None:
        return None
    return say(m.RIGHT_SOMETIMES, right=where_of(question, good), wrong=where_of(question, bad))


def where_of(question: Question, number: int) -> str:
    """Return the arguments of a case in a few words."""
    if question.cases[number].label:
        return say(question.cases[number].label)
    inputs = question.cases[number].inputs
    named = dict(zip(question.arguments, inputs, strict=True))
    values = [
        f"{name} = {value}" for name, value in named.items() if not isinstance(value, np.ndarray)
    ]
    shapes = [
        f"{name} {value.shape}" for name, value in named.items() if isinstance(value, np.ndarray)
    ]
    if not shapes:
        return say(m.WHERE_VALUES, values=Listed(values))
    return say(m.WHERE_SHAPES, shapes=Listed(shapes[:3]))


def first_shape(question: Question, expected: list[list[Array]], seen: list[Seen]) -> str | None:
    """Say which value has another shape, if one has."""
    for number, each in enumerate(seen):
        values = zip(question.results, each.reading.arrays, expected[number], strict=True)
        for name, given, right in values:
            if given.shape == right.shape:
                continue
            about = {"name": name, "expected": right.shape, "given": given.shape}
            if given.shape == right.T.shape:
                return say(m.TRANSPOSED_SHAPE, **about)
            if given.size == 1 < right.size:
                return say(m.ONE_NUMBER, **about)
            if np.squeeze(given).shape == np.squeeze(right).shape and given.ndim > right.ndim:
                return say(m.EXTRA_AXIS, **about)
            if given.size == right.size:
                return say(m.FLAT, **about)
            return say(m.SHAPE, where=where_of(question, number), **about)
    return None


def pattern(question: Question, expected: list[list[Array]], seen: list[Seen]) -> str | None:
    """Say in which simple way the values differ from the right ones, if they do.

    The first cause is looked at alone: what follows from it has no pattern of its own.
    """
    for part, name in by_cause(question):
        given = [each.reading.arrays[part] for each in seen]
        right = [values[part] for values in expected]
        message = _pattern_of(question, given, right, any(s.reading.integers for s in seen))
        if message:
            return say(message[0], name=name, **message[1])
        for number, array in enumerate(given):
            if np.isnan(array).any():
                return say(m.NAN, name=name, where=where_of(question, number))
            if np.isinf(array).any():
                return say(m.INFINITE, name=name, where=where_of(question, number))
        if not all(is_close(question, *pair) for pair in zip(given, right, strict=True)):
            return None
    return None


def by_cause(question: Question) -> list[tuple[int, str]]:
    """Return the results, number and name, those first of which others are made."""
    names = question.causes or question.results
    return [(question.results.index(name), name) for name in names]


def _pattern_of(
    question: Question, given: list[Array], right: list[Array], integers: bool
) -> tuple[str, dict[str, float]] | None:
    def always(relation: Callable[[Array, Array], bool]) -> bool:
        return all(relation(a, b) for a, b in zip(given, right, strict=True))

    def close(a: Array, b: Array) -> bool:
        return is_close(question, a, b)

    def rounded(digits: int) -> bool:
        return always(lambda a, b: close(a, b.round(digits)))

    if always(close):
        return None
    all_given, all_right = (
        np.concatenate([a.ravel() for a in arrays]) for arrays in (given, right)
    )
    if not np.isfinite(all_given).all():
        return None
    if not all_given.any():
        return m.ZERO, {}
    if len({array.tobytes() for array in given}) == 1:
        return m.FIXED, {}
    if integers and always(lambda a, b: bool(np.all(abs(a - b) < 1))):
        return m.INTEGERS, {}
    if any(map(rounded, range(7))):
        return m.ROUNDED, {}
    if always(lambda a, b: close(a, -b)):
        return m.NEGATED, {}
    if always(lambda a, b: close(a, 1 - b)):
        return m.COMPLEMENT, {}
    if always(lambda a, b: a.ndim == 2 and a.shape[0] == a.shape[1] and close(a, b.T)):
        return m.TRANSPOSED, {}
    difference = float(np.median(all_given - all_right))
    if always(lambda a, b: close(a, b + difference)):
        return m.CONSTANT_OFF, {"difference": difference}
    nonzero = abs(all_right) > 1e-12
    factor = float(np.median(all_given[nonzero] / all_right[nonzero])) if nonzero.any() else 1.0
    if always(lambda a, b: close(a, b * factor)):
        return m.FACTOR_OFF, {"factor": factor}
    if always(lambda a, b: close(np.sort(a, axis=None), np.sort(b, axis=None))):
        return m.SHUFFLED, {}
    return None


def difference(
    question: Question, expected: list[list[Array]], seen: list[Seen], right: Sequence[bool]
) -> str:
    """Show one number that differs, and what it should be."""
    wrong_ones = [n for n, is_right in enumerate(right) if not is_right]
    telling = [n for n in wrong_ones if HIDING.isdisjoint(question.cases[n].traits)]
    number = (telling or wrong_ones)[0]
    reading = seen[number].reading
    parts = [
        (name, reading.arrays[part], expected[number][part]) for part, name in by_cause(question)
    ]
    wrong = [part for part in parts if not is_close(question, part[1], part[2], reading.slack)]
    fine = [name for name, *_ in parts if name not in [name for name, *_ in wrong]]
    name, given, expect = wrong[0]
    where = where_of(question, number)
    if not given.ndim:
        return say(
            m.DIFFERENT_NUMBER,
            name=name,
            where=where,
            expected=digits(expect),
            given=digits(given),
        )
    about = {"where": where, **entry_of(question, given, expect)}
    blocks = question.blocks.get(name, ())
    if blocks:
        pairs = zip(
            blocks, *(np.split(each, len(blocks), axis=-1) for each in (given, expect)), strict=True
        )
        off = [block for block, a, b in pairs if not is_close(question, a, b, reading.slack)]
        if len(off) < len(blocks):
            return say(m.BLOCKS_WRONG, name=name, blocks=Listed(off), **about)
    if fine:
        return say(m.PART_WRONG, right=fine[0], wrong=name, **about)
    return say(m.DIFFERENT, name=name, **about)


def entry_of(question: Question, given: Array, expect: Array) -> dict[str, Any]:
    """Return the first entry that differs, and the two numbers."""
    off = ~np.isclose(given, expect, rtol=question.rtol, atol=question.atol)
    entry = tuple(int(axis) for axis in np.argwhere(off)[0])
    return {
        "entry": list(entry),
        "expected": digits(expect[entry]),
        "given": digits(given[entry]),
    }


def digits(number: Any) -> str:
    """Return a number with four digits."""
    return f"{float(number) + 0.0:.4g}"
