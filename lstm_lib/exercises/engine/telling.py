"""From an explanation to what its author reads: a sentence for each slip, with the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.apart import Explanation, close, explain, gives, plain_case
from lstm_lib.exercises.engine.differences import Seen, difference, first_shape
from lstm_lib.exercises.engine.messages import Listed, say
from lstm_lib.exercises.engine.own_line import Line, is_short, lines_of
from lstm_lib.exercises.engine.program import Bench, Program, Slip, Texts, statement
from lstm_lib.exercises.engine.question import Question, Wrong
from lstm_lib.exercises.engine.running import run

Array = np.ndarray
_MOST = 3


def tell_named(question: Question, wrong: Wrong, answer: Callable, seen: Sequence[Seen]) -> str:
    """Return the sentence of a mistake, and the answer's own line if it is found."""
    sentence = question.says(wrong)
    given = _given(question, seen)
    if question.parts is None or given is None:
        return sentence
    program = program_of(question)
    slip = next(
        (
            each
            for each in program.slips
            if each.wrong.id == wrong.id and each.part is None and gives(program, (each,), *given)
        ),
        None,
    )
    return sentence if slip is None else sentences(program, [slip], answer)[0]


def tell_more(question: Question, seen: Sequence[Seen]) -> str | None:
    """Say that more is returned than is asked for, if that is all that is wrong."""
    given = _given(question, seen)
    after = too_many(question, seen)
    if given is None or not after:
        return None
    right = all(
        close(question, *pair, given[1])
        for own, expected in zip(given[0], question.expected, strict=True)
        for pair in zip(own, expected, strict=False)
    )
    return after[0] if right else None


def explained(question: Question, seen: Sequence[Seen]) -> tuple[Explanation, list[str]] | None:
    """Return the slips that make an answer's numbers, and what to say of values too many."""
    given = _given(question, seen)
    if question.parts is None or given is None:
        return None
    arrays, slack = given
    if not any(array.any() for own in arrays for array in own):
        return None  # zeros come of too many mistakes to say which
    program, after = program_of(question), too_many(question, seen)
    if after:
        # Too many may be a named slip, such as the output beside both states.
        found = explain(program, arrays, slack)
        if found is not None and not found.open:
            return found, []
        arrays = [own[: len(question.results)] for own in arrays]
    found = explain(program, arrays, slack)
    return None if found is None else (found, after)


def tell_apart(
    question: Question, answer: Callable, seen: Sequence[Seen], found: Explanation, after: list[str]
) -> str | None:
    """Return what there is to say of an answer that makes several mistakes, or one of a part."""
    before = []
    if found.open:
        count = len(question.results)
        cut = [
            each._replace(reading=each.reading._replace(arrays=each.reading.arrays[:count]))
            for each in seen
        ]
        if first_shape(question, question.expected, cut):
            return None
        before = [difference(question, question.expected, cut, [False] * len(cut))]
    return together([*before, *sentences(program_of(question), found.slips, answer), *after])


def too_many(question: Question, seen: Sequence[Seen]) -> list[str]:
    """Return the sentence on how many values are returned, if they are too many."""
    names, reading = question.results, seen[0].reading
    if reading is None or reading.returned <= len(names) or len(names) == 1:
        return []
    about = {"count": len(names), "names": Listed(names)}
    return [say(m.MORE_VALUES, given=reading.returned, **about)]


def _given(question: Question, seen: Sequence[Seen]) -> tuple[list[list[Array]], float] | None:
    """What an answer returned, case by case, and how coarse it is; None if it raised."""
    readings = [each.reading for each in seen]
    if any(each is None or each.arrays is None for each in readings):
        return None
    if len({len(each.arrays) for each in readings}) > 1:
        return None
    return [each.arrays for each in readings], max(each.slack for each in readings)


_programs: dict[str, Program] = {}


def program_of(question: Question) -> Program:
    """Return the program of a question, made once."""
    if question.name not in _programs:
        _programs[question.name] = Program(question)
    return _programs[question.name]


def together(sentences: Sequence[str]) -> str:
    """Return one message for several mistakes, three at most."""
    unlike = list(dict.fromkeys(sentences))
    if len(unlike) == 1:
        return unlike[0]
    if len(unlike) == 2:
        return say(m.TWO, first=unlike[0], second=unlike[1])
    return say(
        m.THREE if len(unlike) == _MOST else m.MORE,
        first=unlike[0],
        second=unlike[1],
        third=unlike[2],
    )


def sentences(program: Program, slips: Sequence[Slip], answer: Callable) -> list[str]:
    """Return the sentence of each slip, and the answer's own line where it is found."""
    question = program.question
    inputs = question.cases[plain_case(question)].inputs
    copies = tuple(each.copy() if isinstance(each, np.ndarray) else each for each in inputs)
    lines = run(lambda clock: lines_of(answer, copies, clock)) or []
    said = [program.says(slip) for slip in slips]
    if len(lines) < 2:
        return said
    bench = Bench(program, inputs)
    whole = program.compose(slips)
    with_lines = []
    for slip, sentence in zip(slips, said, strict=True):
        others = program.compose([other for other in slips if other is not slip])
        line = _line_of(program, bench, slip, whole, others, lines)
        if line is not None:
            sentence = say(m.AT_LINE, sentence=sentence, line=line.number, source=line.source)
        with_lines.append(sentence)
    return with_lines


def _line_of(
    program: Program,
    bench: Bench,
    slip: Slip,
    whole: Texts | None,
    others: Texts | None,
    lines: Sequence[Line],
) -> Line | None:
    """The first line in which a value shows that would be another one without the slip."""
    if whole is None or others is None:
        return None
    with np.errstate(all="ignore"):
        for number in range(slip.first, len(program.texts)):
            for name in _values_of(whole[number]):
                value, without = bench.value(whole, name), bench.value(others, name)
                if value is None or not value.ndim:
                    continue
                if without is not None and close(program.question, value, without, 0.0):
                    continue
                for line in lines:
                    if any(close(program.question, made, value, 0.0) for made in line.made):
                        return line if is_short(line.source) else None
    return None


def _values_of(text: str) -> tuple[str, ...]:
    parts = statement(text)
    return parts.elements or parts.writes
