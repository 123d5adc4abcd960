"""Judging answers that come step by step: say at which step the first one is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.feedback import INCORRECT, Feedback
from lstm_lib.exercises.engine.judging import judge
from lstm_lib.exercises.engine.messages import say
from lstm_lib.exercises.engine.question import Question
from lstm_lib.exercises.engine.reading import Reading, read
from lstm_lib.exercises.engine.running import Clock, call, run


def judge_by_step(question: Question, answer: Any) -> Feedback:
    """Return what there is to say; where no mistake has a name, the step that fails first."""
    feedback = judge(question, answer)
    named = {question.says(wrong) for wrong in question.wrong}
    if feedback.outcome != INCORRECT or feedback.message in named:
        return feedback
    failing = run(lambda clock: _first_step(question, answer, clock))
    return Feedback(INCORRECT, failing) if failing else feedback


def _first_step(question: Question, answer: Callable, clock: Clock) -> str | None:
    for case, expected in zip(question.cases, question.expected, strict=True):
        arguments = tuple(each.copy() for each in case.inputs)

        def returned(arguments: tuple = arguments, expected: list = expected) -> Reading:
            return read(answer(*arguments), question.results, expected)

        reading, error = call(returned, (), clock)
        if error or reading.problem or reading.arrays is None:
            return None
        (given,), (right,) = reading.arrays, expected
        if given.shape != right.shape:
            return None
        wrong = np.flatnonzero(np.abs(given - right) > question.atol)
        if wrong.size:
            step = int(wrong[0])
            return say(
                m.FAILS_AT_STEP,
                where=say(case.label or m.IN_THE_EXAMPLE),
                step=step + 1,
                steps=len(right),
                given=f"{given[step]:g}",
                expected=f"{right[step]:g}",
            )
    return None
