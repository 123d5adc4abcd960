"""Judging an answer by its values: try it, compare it, and say which mistake it is."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.apart import plain_case
from lstm_lib.exercises.engine.conventions import tell_convention
from lstm_lib.exercises.engine.differences import (
    Seen,
    by_cause,
    difference,
    entry_of,
    first_shape,
    is_close,
    pattern,
    trait_of,
    where_of,
)
from lstm_lib.exercises.engine.errors import explain, is_empty, is_not_attempted, text_of
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
from lstm_lib.exercises.engine.telling import (
    explained,
    tell_apart,
    tell_more,
    tell_named,
    together,
    too_many,
)

Array = np.ndarray


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
    if is_empty(answer):
        return not_attempted(question)
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


def _same(question: Question, one: Seen, other: Seen) -> bool:
    """Whether two calls did the same: the same numbers, or the same error."""
    if one.error or other.error:
        if isinstance(one.error, RecursionError) and isinstance(other.error, RecursionError):
            return True  # worded by where the stack came to its end
        return type(one.error) is type(other.error) and text_of(one.error) == text_of(other.error)
    if one.blank or other.blank:
        return one.blank is other.blank
    a, b = one.reading, other.reading
    if a.arrays is None or b.arrays is None:
        # What a named wrong answer does is remembered, maybe in another language.
        return again(a.problem) == again(b.problem)
    slack = max(a.slack, b.slack)
    return (
        a.returned == b.returned
        and len(a.arrays) == len(b.arrays)
        and all(
            is_close(question, mine, theirs, slack)
            for mine, theirs in zip(a.arrays, b.arrays, strict=True)
        )
    )


def _is_right(question: Question, seen: Seen, expected: list[Array]) -> bool:
    reading = seen.reading
    if reading is None or reading.arrays is None or reading.problem:
        return False
    return all(
        is_close(question, given, right, reading.slack)
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
    if not all(right):
        return _what_is_wrong(question, answer, expected, seen, right)
    return _changes_inputs(seen)


def _changes_inputs(seen: list[Seen]) -> str | None:
    changed = next((each.changed for each in seen if each.changed), None)
    return say(m.CHANGES_INPUTS, argument=changed) if changed else None


def _what_is_wrong(
    question: Question,
    answer: Callable,
    expected: list[list[Array]],
    seen: list[Seen],
    right: list[bool],
) -> str:
    """Return the sentence that helps most with values of which some are wrong."""
    wrong = named_mistake(question, expected, seen)
    if wrong:
        return _in_columns(question, answer, seen) or tell_named(question, wrong, answer, seen)
    probe = functools.partial(_right_with, question, answer)
    return (
        _changes_inputs(seen)
        or _right_only_in_example(question.cases, right)
        or tell_more(question, seen)
        or _conventions_or_slips(question, answer, seen)
        or _first_problem(answer, seen)
        or trait_of(
            question,
            right,
            lambda trait: _explains(question, trait, right, seen, probe),
            lambda number: probe(_drawn_anew(question, number)),
        )
        or first_shape(question, expected, seen)
        or pattern(question, expected, seen)
        or _part(question, answer, expected, seen)
        or difference(question, expected, seen, right)
    )


def _in_columns(question: Question, answer: Callable, seen: list[Seen]) -> str | None:
    """Say that the answer has the batch in columns, which its error shows only in part."""
    if not all(each.error for each in seen):
        return None
    said = tell_convention(question, answer, [(None, question.expected)])
    return together(said) if said and say(m.COLUMNS) in said else None


def _conventions_or_slips(question: Question, answer: Callable, seen: list[Seen]) -> str | None:
    """Say what makes the answer's numbers: what explains all of them with least comes first.

    That is the conventions of somewhere else alone, then a few slips, then conventions and
    one named mistake, then slips that explain a part.
    """
    after = too_many(question, seen)
    said = tell_convention(question, answer, [(None, question.expected)])
    if said:
        return together([*said, *after])
    found = explained(question, seen)
    if found is not None and not found[0].open:
        return tell_apart(question, answer, seen, *found)
    said = tell_convention(question, answer, _what_mistakes_give(question))
    if said:
        return together([*said, *after])
    return None if found is None else tell_apart(question, answer, seen, *found)


def _what_mistakes_give(question: Question) -> list[tuple[str, list[list[Array]]]]:
    """The sentences of the named mistakes, and what each returns in each case."""
    given = []
    for wrong in question.wrong:
        for way in wrong.ways:
            readings = [each.reading for each in _known.get((question.name, way), [])]
            if readings and all(each is not None and each.arrays is not None for each in readings):
                given.append((question.says(wrong), [each.arrays for each in readings]))
    return given


def _right_with(question: Question, answer: Callable, inputs: tuple) -> bool:
    """Whether an answer is right for these arguments."""
    found = _given_for(question, answer, inputs)
    return found is not None and all(is_close(question, *pair) for pair in zip(*found, strict=True))


def _given_for(
    question: Question, answer: Callable, inputs: tuple
) -> tuple[list[Array], list[Array]] | None:
    """What an answer returns for these arguments, and what is right; None if it cannot be read."""
    expected = question.right_for(inputs)

    def work(clock: Clock) -> Reading | None:
        value, error = call(answer, _copies(inputs), clock)
        return None if error else read(value, question.results, expected)

    reading = run(work)
    if reading is None or reading.arrays is None or len(reading.arrays) != len(expected):
        return None
    if any(a.shape != b.shape for a, b in zip(reading.arrays, expected, strict=True)):
        return None
    return reading.arrays, expected


def _drawn_anew(question: Question, number: int) -> tuple:
    """The arguments of a case with other numbers of the same sizes."""
    return question.draw(np.random.default_rng(number + 1))[number].inputs


def _explains(
    question: Question,
    trait: str,
    right: list[bool],
    seen: list[Seen],
    probe: Callable[[tuple], bool],
) -> bool:
    """Whether a trait says why an answer is right there, and no mistake hides."""
    if trait == "zero_state":
        number = next(n for n, case in enumerate(question.cases) if trait in case.traits)
        # A mistake that zeros hide is hidden as well by numbers that are nearly zero.
        nearly = tuple(
            np.full_like(each, 1e-7) if isinstance(each, np.ndarray) and not each.any() else each
            for each in question.cases[number].inputs
        )
        return not probe(nearly)
    if trait == "one_row" and len(question.results) > 1:
        number = right.index(False)
        arrays = seen[number].reading.arrays
        pairs = zip(arrays, question.expected[number], strict=True)
        return not any(is_close(question, *pair) for pair in pairs)
    return True


def _part(
    question: Question, answer: Callable, expected: list[list[Array]], seen: list[Seen]
) -> str | None:
    """Say in what comes of the old state, or in what is new, the answer is wrong.

    From c_prev = 0 comes i * candidate alone; what is more with c_prev is f * c_prev.
    """
    number = plain_case(question)
    inputs, arrays = question.cases[number].inputs, seen[number].reading.arrays
    part, name = by_cause(question)[0]
    whole, right = arrays[part], expected[number][part]
    if is_close(question, whole, right):
        return None
    for argument in question.states:
        place = question.arguments.index(argument)
        zeroed = (np.zeros_like(each) if n == place else each for n, each in enumerate(inputs))
        found = _given_for(question, answer, tuple(zeroed))
        if found is None:
            continue
        new, right_new = found[0][part], found[1][part]
        kept, right_kept = whole - new, right - right_new
        about = {"argument": argument, "where": where_of(question, number)}
        if name == "c" and argument == "c_prev":
            if is_close(question, kept, right_kept):
                return say(m.WRITTEN_WRONG, **about, **entry_of(question, new, right_new))
            if is_close(question, new, right_new):
                if _grows_with(question, answer, inputs, place, part, new, whole):
                    return say(m.KEPT_WRONG, **about, **entry_of(question, kept, right_kept))
                return say(m.COMES_IN_TWICE, **about, **entry_of(question, whole, right))
        elif is_close(question, new, right_new):
            return say(m.STATE_WRONG, name=name, **about, **entry_of(question, whole, right))
    return None


def _grows_with(
    question: Question,
    answer: Callable,
    inputs: tuple,
    place: int,
    part: int,
    without: Array,
    whole: Array,
) -> bool:
    """Whether twice the argument brings twice as much."""
    doubled = tuple(2 * each if n == place else each for n, each in enumerate(inputs))
    found = _given_for(question, answer, doubled)
    return found is not None and is_close(question, found[0][part] - without, 2 * (whole - without))


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
