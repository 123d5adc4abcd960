"""Saying in one sentence what an answer raised."""

from __future__ import annotations

import dis
import inspect
import linecache
import re
import traceback
from collections.abc import Callable
from typing import Any

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.messages import say
from lstm_lib.exercises.engine.running import SECONDS, TimeUp

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LONGEST_TEXT = 200
_KERAS_PREFACE = "Exception encountered when calling layer"


def is_empty(answer: Any) -> bool:
    """Whether a `def` has nothing in it: `...`, `pass`, a docstring, `return None` or `return ...`.

    Seen from its code, which has neither comments nor docstring left. A lambda is no
    blank: somebody wrote its value.
    """
    code = getattr(answer, "__code__", None)
    if code is None or code.co_name == "<lambda>" or code.co_flags & _UNFINISHED:
        return False
    steps = [step for step in dis.get_instructions(code) if step.opname not in _NO_STEPS]
    return all(
        step.opname in ("RETURN_VALUE", "RETURN_CONST", "LOAD_CONST")
        and (step.argval in (None, ...) or _is_dots(step.argval))
        for step in steps
    )


def _is_dots(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(part is ... for part in value)


_NO_STEPS = {"RESUME", "NOP", "CACHE", "COPY_FREE_VARS", "MAKE_CELL"}
_UNFINISHED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def is_not_attempted(error: BaseException, answer: Callable) -> bool:
    """Whether the answer itself says that it is not implemented (not what it calls)."""
    if not isinstance(error, NotImplementedError):
        return False
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and frames[-1].f_code is getattr(answer, "__code__", None)


def explain(error: BaseException, answer: Callable, seconds: float = SECONDS) -> str:
    """Return the sentence for what was raised."""
    if isinstance(error, TimeUp):
        return say(m.TOO_LONG, seconds=seconds)
    if isinstance(error, SystemExit):
        return say(m.EXITS)
    if isinstance(error, KeyboardInterrupt):
        return say(m.INTERRUPTED)
    if isinstance(error, RecursionError):
        return say(m.RECURSION)
    if isinstance(error, EOFError) and text_of(error) == "input":
        return say(m.ASKS)
    line, source = _line(error, answer)
    if isinstance(error, NameError) and source and getattr(error, "name", None):
        return say(m.MISSING_NAME, missing=error.name)
    kind, text = type(error).__name__, text_of(error) or say(m.NO_MESSAGE)
    if not source:
        return say(m.RAISED, kind=kind, text=text)
    return say(m.RAISED_AT, kind=kind, text=text, line=line, source=source)


def text_of(error: object) -> str:
    """Return the first telling line of an error, without what differs from run to run."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:
        return ""
    # Keras says first where it happened, and then what.
    told = [line for line in lines if line.strip() and not line.startswith(_KERAS_PREFACE)]
    return _ADDRESS.sub("", told[0] if told else "")[:_LONGEST_TEXT]


def _line(error: BaseException, answer: Callable) -> tuple[int, str]:
    """The last line of the answer's own file that the error came through, and its number.

    Lines are counted from the ``def`` of the answer, as its author sees them.
    """
    code = getattr(answer, "__code__", None)
    if code is None:
        return 0, ""
    numbers = [
        number
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == code.co_filename
    ]
    # The frame that calls the answer may be in the same file as the answer.
    inside = [number for number in numbers if number >= code.co_firstlineno]
    if not inside:
        return 0, ""
    return inside[-1] - code.co_firstlineno + 1, linecache.getline(
        code.co_filename, inside[-1]
    ).strip()
