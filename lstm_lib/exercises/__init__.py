"""Exercises that name the mistake.

::

    from lstm_lib.exercises import check, hint, solution, progress

    check("forget_gate", forget_gate)   # right, or which mistake it is
    hint("forget_gate")                 # a nudge, or what the last check found
    hint("forget_gate", 2)              # says more
    solution("forget_gate")             # the source of the right answer
    progress()                          # what is done, what is open

The same from a terminal: ``python -m lstm_lib.exercises``. The rooms, each
importing only those above it:

``engine``
    ``messages``, ``feedback``: the sentences, and how they are shown.
    ``edits``, ``question``: what a question is made of. ``running``, ``errors``,
    ``reading``: calling an answer safely; saying what it raised; reading what it
    returned. ``program``, ``apart``, ``conventions``: which mistakes together, or
    which conventions of somewhere else, make its numbers. ``differences``,
    ``own_line``, ``telling``, ``hinting``: saying so. ``judging``: saying whether it
    is right, or which mistake it is. README.md tells how a message comes about.
``mistakes``
    What several questions share.
``creat_lstm_cell``
    The question that is judged by what an answer does, not by what it returns.
``questions``
    The others, a file each, and the order of all.
``checking``, ``files``, ``__main__``
    What a learner calls, in Python and from a terminal.
``project``
    The forecast of chapter 9 that a reader makes alone: is it honest, is it better?

Checks, hints and drawings are Chinese after ``speak("zh_CN")``, or where the
environment has ``LSTM_BOOK_LANG=zh_CN``.

Importing it needs NumPy alone; TensorFlow is imported by the first question of
chapter 4, or if an answer of yours uses it.
"""

from lstm_lib.exercises.checking import (
    check,
    example,
    forget_progress,
    hint,
    names,
    progress,
    solution,
)
from lstm_lib.exercises.engine.feedback import Feedback
from lstm_lib.exercises.project import judge_forecaster
from lstm_lib.exercises.questions.find_the_bug import planted
from lstm_lib.language import speak

__all__ = [
    "Feedback",
    "check",
    "example",
    "forget_progress",
    "hint",
    "judge_forecaster",
    "names",
    "planted",
    "progress",
    "solution",
    "speak",
]
