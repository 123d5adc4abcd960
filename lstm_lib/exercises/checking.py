"""What a learner calls: check, hint, solution, example, progress."""

from __future__ import annotations

import contextlib
import difflib
import io
from collections.abc import Callable
from typing import Any

from lstm_lib.exercises.creat_lstm_cell.watching import in_fresh_graph
from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.errors import text_of
from lstm_lib.exercises.engine.feedback import (
    CORRECT,
    INCORRECT,
    Example,
    Feedback,
    Hint,
    Progress,
    Source,
)
from lstm_lib.exercises.engine.hinting import hint_on
from lstm_lib.exercises.engine.judging import judge
from lstm_lib.exercises.engine.messages import Listed, say, say_code
from lstm_lib.exercises.engine.question import Question
from lstm_lib.exercises.questions import QUESTIONS

CHAPTERS = tuple(dict.fromkeys(question.chapter for question in QUESTIONS.values()))

# What the last check of each question found in this session.
_found: dict[str, Feedback] = {}


class _Start(int):
    """The step of who asks for a hint and names none."""


START = _Start(1)


def names(chapter: int | None = None) -> list[str]:
    """Return the names of the questions, of all chapters or of one."""
    return [name for name, question in QUESTIONS.items() if chapter in (None, question.chapter)]


def check(name: str, answer: Callable) -> Feedback:
    """Say whether an answer is right, and if not, which mistake it is.

    Parameters
    ----------
    name : str
        The question, one of `names`.
    answer : function
        Called with the question's arguments by position, some twenty times, on
        random weights and random states of several sizes. It has a few seconds in
        all. It is run apart: what it prints is not shown, and the random
        generators, signal handlers and settings are put back afterwards. This is
        no sandbox, and one call of native code that never returns cannot be
        stopped (see ``lstm_lib.exercises.engine.running``).

    Returns
    -------
    Feedback
        With the outcome "correct", "incorrect" or "not attempted" (the blank as it
        came). No answer makes `check` raise an exception.
    """
    question = QUESTIONS.get(name) if isinstance(name, str) else None
    if question is None:
        return Feedback(INCORRECT, _unknown(name))
    try:
        feedback = (question.judge or judge)(question, answer)
    except Exception as error:
        text = text_of(error)
        message = say(m.CHECKER_FAILED, kind=type(error).__name__, text=text)
        return Feedback(INCORRECT, message)
    _found[name] = feedback
    return feedback


def hint(name: str, step: int = START) -> Hint | Source:
    """Return a hint: step 1 is a nudge, the last is nearly the answer.

    Without a step, and after a check that named a mistake, it starts at that mistake.
    """
    question = QUESTIONS.get(name) if isinstance(name, str) else None
    if question is None:
        return Source(_unknown(name))
    count = len(question.hints)
    if step not in range(1, count + 1):
        return Source(say(m.NO_SUCH_HINT, name=name, count=count))
    last = _found.get(name)
    if isinstance(step, _Start) and last is not None and last.outcome == INCORRECT:
        told = hint_on(question, last.message)
        if told:
            return Hint(say(m.HINT_ON, name=name), told)
    label = say(m.HINT, step=int(step), count=count, name=name)
    return Hint(label, say(question.hints[step - 1]))


def solution(name: str) -> Source:
    """Return the source of the right answer that the check compares with."""
    question = QUESTIONS.get(name) if isinstance(name, str) else None
    return Source(_unknown(name) if question is None else say_code(question.solution))


def example(name: str) -> Example | Source:
    """Return the worked example of a question: inputs, and what is right for them."""
    question = QUESTIONS.get(name) if isinstance(name, str) else None
    if question is None:
        return Source(_unknown(name))
    inputs = question.cases[0].inputs
    if question.results:
        value = question.reference(*inputs)
        values = value if len(question.results) > 1 else [value]
        results = dict(zip(question.results, values, strict=True))
    else:
        results = {m.PRINTED: _printed(question, inputs)}
    return Example(question.arguments, inputs, results)


def progress() -> Progress:
    """Return which questions are done and which are open, as far as this session knows.

    Chapters in which nothing was checked are only named, unless there is no other.
    """
    touched = {QUESTIONS[name].chapter for name in _found} or set(CHAPTERS)
    done = {name for name, feedback in _found.items() if feedback.outcome == CORRECT}
    chapters = {
        chapter: {name: name in done for name in names(chapter)}
        for chapter in CHAPTERS
        if chapter in touched
    }
    return Progress(chapters, tuple(chapter for chapter in CHAPTERS if chapter not in touched))


def forget_progress() -> None:
    """Start again with nothing checked."""
    _found.clear()


def _unknown(name: Any) -> str:
    close = difflib.get_close_matches(str(name), QUESTIONS, n=1)
    if close:
        return say(m.UNKNOWN_CLOSE, name=name, close=close[0])
    return say(m.UNKNOWN, name=name, names=Listed(QUESTIONS))


def _printed(question: Question, inputs: tuple) -> str:
    stream = io.StringIO()
    try:
        with in_fresh_graph(), contextlib.redirect_stdout(stream):
            question.reference(*inputs)
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise
        return say(m.NO_EXAMPLE)
    return stream.getvalue().rstrip("\n")
