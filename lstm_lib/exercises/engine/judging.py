"""Judging an answer by its values: try it, compare it, and say which mistake it is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.errors import explain, is_not_attempted, text_of
from lstm_lib.exercises.engine.feedback import CORRECT, INCORRECT, NOT_ATTEMPTED, Feedback
from lstm_lib.exercises.engine.messages import Listed, again, say
from lstm_lib.exercises.engine.question import Case, Question, Wrong
from lstm_lib.exercises.engine.reading import Reading, read
from lstm_lib.exercises.engine.running import (
    SECONDS,
    Clock,
    TimeUp,
    call,
    import_tensorflow_for,
    run,
)

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


def judge(question: Question, answer: Any) -> Feedback:
    """Return what there is to say about an answer."""
    refused = refuse(question, answer)
    if refused:
        return refused
    import_tensorflow_for(getattr(answer, "__code__", None))
    expected = question.expected
    cases = question.cases
    # Twice, the second time backwards: an answer that remembers earlier calls differs.
    order = [*range(len(cases)), *reversed(range(len(cases)))]
    tries = run(lambda clock: [*_observe(question, answer, expected, order, clock)])
    if tries is None:
        return Feedback(INCORRECT, say(m.TOO_LONG, seconds=SECONDS))
    first = tries[0]
    if first.blank or (first.error and is_not_attempted(first.error, answer)):
        return not_attempted(question)
    if len(tries) < len(order):
        return Feedback(INCORRECT, explain(tries[-1].error, answer))
    seen, again = tries[: len(cases)], tries[: len(cases) - 1 : -1]
    message = _complaint(question, answer, expected, seen, again)
    if message:
        return Feedback(INCORRECT, message)
    praise = say(question.praise)
    return Feedback(CORRECT, say(m.CORRECT, name=question.name, count=len(cases), praise=praise))


def not_attempted(question: Question) -> Feedback:
    """Return the one fixed line for a blank that is still blank."""
    return Feedback(NOT_ATTEMPTED, say(m.NOT_ATTEMPTED, name=question.name))


def refuse(question: Question, answer: Any) -> Feedback | None:
    """Return the feedback for what cannot even be called with the question's arguments."""
    if answer is ...:
        return not_attempted(question)
    if not callable(answer):
        kind = type(answer).__name__
        return Feedback(INCORRECT, say(m.NOT_A_FUNCTION, name=question.name, kind=kind))
    try:
        signature = inspect.signature(answer)
    except Exception:
        return None
    try:
        signature.bind(*question.arguments)
    except TypeError:
        message = say(
            m.WRONG_ARITY,
            expected=len(question.arguments),
            arguments=Listed(question.arguments),
            signature=f"{question.name}{signature}",
        )
        return Feedback(INCORRECT, message)
    return None


def named_mistake(
    question: Question, expected: list[list[Array]], seen: Sequence[Seen]
) -> Wrong | None:
    """Return the named wrong answer that does in every case what was seen, if there is one."""

    def search(clock: Clock) -> Wrong | None:
        for wrong in question.wrong:
            for way in wrong.ways:
                if _does_the_same(question, way, expected, seen, clock):
                    return wrong
        return None

    return run(search)


# What each named wrong answer does, which is the same every time.
_known: dict[tuple[str, Callable], list[Seen]] = {}


def _does_the_same(
    question: Question,
    way: Callable,
    expected: list[list[Array]],
    seen: Sequence[Seen],
    clock: Clock,
) -> bool:
    key = question.name, way
    if key not in _known:
        tries = [*_observe(question, way, expected, range(len(seen)), clock)]
        if clock.expired:
            return False
        _known[key] = [_without_frames(each) for each in tries]
    return all(_same(question, *pair) for pair in zip(_known[key], seen, strict=True))


def _without_frames(seen: Seen) -> Seen:
    """Let go of the frames that an error keeps alive."""
    return seen._replace(error=seen.error and seen.error.with_traceback(None))


def _observe(
    question: Question,
    answer: Callable,
    expected: list[list[Array]],
    order: Sequence[int],
    clock: Clock,
) -> Any:
    """Yield what the answer does in these cases, one after the other."""
    for number in order:
        originals = question.cases[number].inputs
        arguments = _copies(originals)

        def returned(arguments: tuple = arguments, number: int = number) -> Reading | None:
            value = answer(*arguments)
            if _is_blank(value):
                return None
            return read(value, question.results, expected[number])

        reading, error = call(returned, (), clock)
        changed = next(
            (
                name
                for name, now, before in zip(question.arguments, arguments, originals, strict=True)
                if isinstance(before, np.ndarray) and not _unchanged(now, before)
            ),
            None,
        )
        yield Seen(reading, error, changed, blank=reading is None and error is None)
        if isinstance(error, TimeUp):
            return


def _is_blank(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return bool(value) and all(part is ... for part in value)
    return value is ...


def _copies(inputs: tuple) -> tuple:
    return tuple(each.copy() if isinstance(each, np.ndarray) else each for each in inputs)


def _unchanged(now: Array, before: Array) -> bool:
    return (
        now.shape == before.shape
        and now.dtype == before.dtype
        and now.tobytes() == before.tobytes()
    )


def _close(question: Question, given: Array, expected: Array, slack: float = 0.0) -> bool:
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


def _same(question: Question, one: Seen, other: Seen) -> bool:
    """Whether two calls did the same: the same numbers, or the same error."""
    if one.error or other.error:
        return type(one.error) is type(other.error) and text_of(one.error) == text_of(other.error)
    if one.blank or other.blank:
        return one.blank is other.blank
    a, b = one.reading, other.reading
    if a.arrays is None or b.arrays is None:
        # What a named wrong answer does is remembered, maybe in another language.
        return again(a.problem) == again(b.problem)
    slack = max(a.slack, b.slack)
    return len(a.arrays) == len(b.arrays) and all(
        _close(question, mine, theirs, slack)
        for mine, theirs in zip(a.arrays, b.arrays, strict=True)
    )


def _is_right(question: Question, seen: Seen, expected: list[Array]) -> bool:
    reading = seen.reading
    if reading is None or reading.arrays is None or reading.problem:
        return False
    return all(
        _close(question, given, right, reading.slack)
        for given, right in zip(reading.arrays, expected, strict=True)
    )


def _complaint(
    question: Question,
    answer: Callable,
    expected: list[list[Array]],
    seen: list[Seen],
    again: list[Seen],
) -> str | None:
    """Return the sentence that helps most, or None if nothing is wrong."""
    if not all(_same(question, *pair) for pair in zip(seen, again, strict=True)):
        return say(m.REMEMBERS)
    right = [_is_right(question, *pair) for pair in zip(seen, expected, strict=True)]
    changed = next((each.changed for each in seen if each.changed), None)
    if not all(right):
        wrong = named_mistake(question, expected, seen)
        if wrong:
            return question.says(wrong)
    if changed:
        return say(m.CHANGES_INPUTS, argument=changed)
    if all(right):
        return None
    return (
        _right_only_in_example(question.cases, right)
        or _first_problem(answer, seen)
        or _right_in_some(question, right)
        or _first_shape(question, expected, seen)
        or _pattern(question, expected, seen)
        or _difference(question, expected, seen, right)
    )


def _right_only_in_example(cases: list[Case], right: list[bool]) -> str | None:
    return say(m.RIGHT_ONLY["example"]) if right[0] and not any(right[1:]) else None


def _first_problem(answer: Callable, seen: list[Seen]) -> str | None:
    for each in seen:
        if each.error:
            return explain(each.error, answer)
        if each.blank:
            return say(m.NOTHING, expected=say(m.A_VALUE))
        if each.reading.problem:
            return each.reading.problem
    return None


def _right_in_some(question: Question, right: list[bool]) -> str | None:
    """Say what the cases have in common in which it is right."""
    if not any(right):
        return None
    cases = question.cases

    def split_by(trait: str) -> tuple[set[bool], set[bool]]:
        pairs = list(zip(cases, right, strict=True))
        with_it = {is_right for case, is_right in pairs if trait in case.traits}
        without_it = {is_right for case, is_right in pairs if trait not in case.traits}
        return with_it, without_it

    for trait, message in m.RIGHT_ONLY.items():
        if split_by(trait) == ({True}, {False}):
            return say(message)
    for trait, message in m.WRONG_ONLY.items():
        if split_by(trait) == ({False}, {True}):
            return say(message)
    return say(
        m.RIGHT_SOMETIMES,
        right=_where(question, right.index(True)),
        wrong=_where(question, right.index(False)),
    )


def _where(question: Question, number: int) -> str:
    """The arguments of a case in a few words."""
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


def _first_shape(question: Question, expected: list[list[Array]], seen: list[Seen]) -> str | None:
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
            return say(m.SHAPE, where=_where(question, number), **about)
    return None


def _pattern(question: Question, expected: list[list[Array]], seen: list[Seen]) -> str | None:
    """Say in which simple way the values differ from the right ones, if they do."""
    for part, name in enumerate(question.results):
        given = [each.reading.arrays[part] for each in seen]
        right = [values[part] for values in expected]
        message = _pattern_of(question, given, right, any(s.reading.integers for s in seen))
        if message:
            return say(message[0], name=name, **message[1]) if message else None
        for number, array in enumerate(given):
            if np.isnan(array).any():
                return say(m.NAN, name=name, where=_where(question, number))
            if np.isinf(array).any():
                return say(m.INFINITE, name=name, where=_where(question, number))
    return None


def _pattern_of(
    question: Question, given: list[Array], right: list[Array], integers: bool
) -> tuple[str, dict[str, float]] | None:
    def always(relation: Callable[[Array, Array], bool]) -> bool:
        return all(relation(a, b) for a, b in zip(given, right, strict=True))

    def close(a: Array, b: Array) -> bool:
        return _close(question, a, b)

    def rounded(digits: int) -> bool:
        return always(lambda a, b: close(a, b.round(digits)))

    if always(close):
        return None
    all_given, all_right = (
        np.concatenate([a.ravel() for a in arrays]) for arrays in (given, right)
    )
    if not np.isfinite(all_given).all():
        return None
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


def _difference(
    question: Question, expected: list[list[Array]], seen: list[Seen], right: list[bool]
) -> str:
    """Show one number that differs, and what it should be."""
    number = right.index(False)
    reading = seen[number].reading
    parts = list(zip(question.results, reading.arrays, expected[number], strict=True))
    wrong = [part for part in parts if not _close(question, part[1], part[2], reading.slack)]
    fine = [name for name, *_ in parts if name not in [name for name, *_ in wrong]]
    name, given, expect = wrong[0]
    where = _where(question, number)
    if not given.ndim:
        return say(
            m.DIFFERENT_NUMBER,
            name=name,
            where=where,
            expected=_digits(expect),
            given=_digits(given),
        )
    off = ~np.isclose(given, expect, rtol=question.rtol, atol=question.atol)
    entry = tuple(int(axis) for axis in np.argwhere(off)[0])
    about = {
        "where": where,
        "entry": list(entry),
        "expected": _digits(expect[entry]),
        "given": _digits(given[entry]),
    }
    if fine:
        return say(m.PART_WRONG, right=fine[0], wrong=name, **about)
    return say(m.DIFFERENT, name=name, **about)


def _digits(number: Any) -> str:
    return f"{float(number) + 0.0:.4g}"
