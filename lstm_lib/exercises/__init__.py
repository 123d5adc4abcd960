"""Exercises that name the mistake.

::

    from lstm_lib.exercises import check, hint, solution, progress

    check("forget_gate", forget_gate)   # right, or which mistake it is
    hint("forget_gate")                 # a nudge; hint("forget_gate", 2) says more
    solution("forget_gate")             # the source of the right answer
    progress()                          # what is done, what is open

The same from a terminal: ``python -m lstm_lib.exercises``. The modules, each
importing only those above it:

``messages``, ``feedback``
    The sentences, and how they are shown.
``question``
    What a question is made of.
``running``, ``errors``, ``reading``
    Calling an answer safely; saying what it raised; reading what it returned.
``judging``, ``watched``
    Two ways to judge: by the values returned, or by what is done meanwhile.
``squash``, ``affine``, ``cells``, ``backward``
    Mistakes that several questions share.
``chapter1`` to ``chapter5``
    The questions.
``checking``, ``files``, ``__main__``
    What a learner calls, in Python and from a terminal.

Checks, hints and drawings are Chinese after ``speak("zh_CN")``, or where the
environment has ``LSTM_BOOK_LANG=zh_CN``.

Importing it needs NumPy alone; TensorFlow is imported by the first question of
chapter 4, or if an answer of yours uses it.
"""

from lstm_lib.exercises.chapter5 import planted
from lstm_lib.exercises.checking import (
    check,
    example,
    forget_progress,
    hint,
    names,
    progress,
    solution,
)
from lstm_lib.exercises.feedback import Feedback
from lstm_lib.language import speak

__all__ = [
    "Feedback",
    "check",
    "example",
    "forget_progress",
    "hint",
    "names",
    "planted",
    "progress",
    "solution",
    "speak",
]
