"""Judging creatLSTMCell by what it does: which cell it makes, how it calls it, what it prints.

While an answer runs, the cells of `lstm_lib.tf1`, of `lstm_lib.tensorflow_backend` and
of `lstm_lib.numpy_backend` report how they are made and called. A cell that computes
at once gives, in place of its own state, one that was computed from random numbers:
what is printed can then be told apart even where an answer feeds zeros. In a graph
the tensors' names tell them apart.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from lstm_lib import numpy_backend
from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.errors import explain, is_not_attempted, text_of
from lstm_lib.exercises.engine.feedback import CORRECT, INCORRECT, NOT_ATTEMPTED, Feedback
from lstm_lib.exercises.engine.judging import not_attempted, refuse
from lstm_lib.exercises.engine.messages import say
from lstm_lib.exercises.engine.question import Question
from lstm_lib.exercises.engine.reading import is_unfinished
from lstm_lib.exercises.engine.running import (
    SECONDS,
    Clock,
    TimeUp,
    call,
    forget_printed,
    import_quietly,
    printed,
    run,
)
from lstm_lib.state import LSTMStateTuple

# Cells that are not asked for, and which mistake it is to make one.
OTHER_CELLS = {"MultiRNNCell": "stack", "BasicRNNCell": "rnn_cell", "LSTMCell": "other_cell"}
# Printed numbers may have been rounded to three decimals.
PRINTED_TOLERANCE = 6e-4
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")


class CellCall(NamedTuple):
    """One call of a cell, and the state that it gave back (None if it raised)."""

    kind: str
    shape: tuple | None
    dtype: str | None
    batch_size: int | None
    state: Any


@dataclass
class Record:
    """What an answer did.

    Attributes
    ----------
    made : list of (kind, num_units)
    calls : list of CellCall
    fetched : list of (name, array)
        What a session computed.
    """

    made: list[tuple[str, Any]] = field(default_factory=list)
    calls: list[CellCall] = field(default_factory=list)
    fetched: list[tuple[str, np.ndarray]] = field(default_factory=list)
    value: Any = None
    error: BaseException | None = None
    text: str = ""


def judge_watched(question: Question, answer: Any) -> Feedback:
    """Return what there is to say about an answer to creatLSTMCell."""
    refused = refuse(question, answer)
    if refused:
        return refused
    # Before the answer's time starts: an import that is stopped halfway never works again.
    _load(question)
    for case in question.cases:
        record = watch(answer, *case.inputs)
        if record is None:
            return Feedback(INCORRECT, say(m.TOO_LONG, seconds=SECONDS))
        if _is_blank(record, answer):
            return not_attempted(question)
        if _lacks_tensorflow(record.error):
            return Feedback(NOT_ATTEMPTED, say(m.NEEDS_TENSORFLOW))
        if is_unfinished(record.value):
            return Feedback(INCORRECT, say(m.GENERATOR))
        mistake = find_mistake(record, *case.inputs)
        if mistake:
            wrong = next(each for each in question.wrong if each.id == mistake)
            return Feedback(INCORRECT, question.says(wrong))
        if record.error:
            return Feedback(INCORRECT, explain(record.error, answer))
    about = {"count": len(question.cases), "praise": say(question.praise)}
    return Feedback(CORRECT, say(m.CORRECT_WATCHED, name=question.name, **about))


def watch(answer: Callable, a: int, b: int, c: int) -> Record | None:
    """Return what the answer does; None if it could not be stopped."""
    record = Record()

    def work(clock: Clock) -> Record:
        with in_fresh_graph(), _observed(record):
            forget_printed()
            record.value, record.error = call(answer, (a, b, c), clock)
            record.text = printed()
        return record

    return run(work)


def find_mistake(record: Record, a: int, b: int, c: int) -> str | None:
    """Return the id of the mistake in what an answer did, if it is one with a name."""
    if isinstance(record.error, TimeUp | SystemExit | KeyboardInterrupt):
        return None
    return (
        _mistake_in_making(record, a, b, c)
        or _mistake_in_calling(record, b, c)
        or _mistake_in_error(record)
        or (None if record.error else _mistake_in_printing(record))
    )


def _mistake_in_making(record: Record, a: int, b: int, c: int) -> str | None:
    kinds = [kind for kind, _ in record.made]
    for kind, mistake in OTHER_CELLS.items():
        if kind in kinds:
            return mistake
    if not record.error and not record.made:
        return "prints_without_cell" if record.text.strip() else "no_cell"
    if len(kinds) > 1:
        return "several_cells"
    for _, num_units in record.made:
        if num_units != a:
            return {b: "units_batch", c: "units_inputs"}.get(num_units, "units_other")
    return None


def _mistake_in_calling(record: Record, b: int, c: int) -> str | None:
    if not record.error and record.made and not record.calls:
        return "not_called"
    for each in record.calls:
        if each.shape is not None and each.shape != (b, c):
            if each.shape == (c, b):
                return "shape_swapped"
            if len(each.shape) == 3:
                return "time_axis"
            return "batch_unknown" if each.shape == (None, c) else "shape_other"
        if each.dtype not in (None, "float32"):
            return "dtype"
        if each.batch_size is not None and each.batch_size != b:
            return "zero_state"
    return "several_calls" if len(record.calls) > 1 else None


# What errors say, with their types, and whose they are.
ERRORS = {
    r"module 'tensorflow\S*' has no attribute|not available with Keras 3": "tensorflow_2",
    r"to unpack": "unpacking",
    r"uninitialized|^\w*FailedPrecondition": "uninitialised",
    r"already exists": "exists_already",
}


def _mistake_in_error(record: Record) -> str | None:
    if not record.error:
        return None
    said = f"{type(record.error).__name__}: {text_of(record.error)}"
    return next((mistake for text, mistake in ERRORS.items() if re.search(text, said)), None)


def _mistake_in_printing(record: Record) -> str | None:
    text, state = record.text, record.calls[0].state
    if "LSTMStateTuple(" in text:
        return "whole_state"
    h, c = (_signs(record, part) for part in (state.h, state.c))
    after_h, after_c = _end(text, h), _end(text, c)
    if after_h is not None and after_c is not None:
        return "c_first" if after_c < after_h else None
    if after_h is not None:
        return "h_alone"
    if after_c is not None:
        return "c_alone"
    if not text.strip():
        return "prints_nothing"
    return "old_state" if "ZeroState" in text else "prints_other"


def _signs(record: Record, tensor: Any) -> list[str | np.ndarray]:
    """By what a tensor is known in a text: its name, or its numbers."""
    name = _name(tensor)
    if name is None:
        return [np.asarray(tensor)]
    return [name, *(array for fetched, array in record.fetched if fetched == name)]


def _name(tensor: Any) -> str | None:
    """The name of a graph tensor; others have none, or none that can be asked for."""
    return getattr(tensor, "name", None)


def _end(text: str, signs: list[str | np.ndarray]) -> int | None:
    """Where a tensor's first appearance in the text ends, if there is one."""
    ends = (
        _end_of_name(text, sign) if isinstance(sign, str) else _end_of_numbers(text, sign)
        for sign in signs
    )
    return min((end for end in ends if end is not None), default=None)


def _end_of_name(text: str, name: str) -> int | None:
    match = re.compile(rf"(?<![\w/]){re.escape(name)}(?!\d)").search(text)
    return match and match.end()


def _end_of_numbers(text: str, array: np.ndarray) -> int | None:
    """The numbers must come in their order; labels, shapes and dtypes may stand between them."""
    values = iter(array.ravel())
    wanted = next(values)
    for match in _NUMBER.finditer(text):
        if abs(float(match[0]) - wanted) <= PRINTED_TOLERANCE:
            following = next(values, None)
            if following is None:
                return match.end()
            wanted = following
    return None


def _is_blank(record: Record, answer: Callable) -> bool:
    if record.made or record.text:
        return False
    error = record.error
    return record.value is ... or (error is not None and is_not_attempted(error, answer))


# Watching.

# Modules of lstm_lib that need TensorFlow, once they are needed; None if they cannot be imported.
_loaded: dict[str, Any] = {}


@contextlib.contextmanager
def in_fresh_graph() -> Iterator[None]:
    """What is built on `lstm_lib.tf1` meanwhile leaves nothing in its graph."""
    tf1 = _loaded.get("tf1")
    if tf1 is None:
        yield
        return
    from lstm_lib.tf1.graph import fresh_graph

    with fresh_graph():
        yield


@contextlib.contextmanager
def _observed(record: Record) -> Iterator[None]:
    depth = [0]
    with contextlib.ExitStack() as stack:
        for cell in _cell_classes():
            for name, watched in (("__init__", _made), ("__call__", _called)):
                wrap: Callable = functools.partial(watched, cell=cell, record=record, depth=depth)
                stack.enter_context(_replaced(cell, name, wrap))
        for owner, name, wrap in _tensorflow_functions(record):
            stack.enter_context(_replaced(owner, name, wrap))
        yield


@contextlib.contextmanager
def _replaced(owner: Any, name: str, wrap: Callable) -> Iterator[None]:
    own = vars(owner).get(name)
    setattr(owner, name, wrap(getattr(owner, name)))
    try:
        yield
    finally:
        if own is None:
            delattr(owner, name)
        else:
            setattr(owner, name, own)


def _cell_classes() -> list[type]:
    """Every cell that can be watched; a class is there once, whatever its names are."""
    tf1, eager = _loaded.get("tf1"), _loaded.get("tensorflow_backend")
    modules = [numpy_backend, eager]
    if tf1 is not None:
        from lstm_lib.tf1 import cells

        modules += [cells, cells.legacy]
    names = ["BasicLSTMCell", *OTHER_CELLS]
    found = [getattr(module, name, None) for module in modules if module for name in names]
    return list(dict.fromkeys(cell for cell in found if cell is not None))


def _made(real: Callable, cell: type, record: Record, depth: list[int]) -> Callable:
    def init(self: Any, *arguments: Any, **named: Any) -> None:
        if not depth[0]:
            num_units = named.get("num_units", arguments[0] if arguments else None)
            record.made.append((cell.__name__, num_units))
        with _deeper(depth):
            real(self, *arguments, **named)

    return init


def _called(real: Callable, cell: type, record: Record, depth: list[int]) -> Callable:
    def call(self: Any, *arguments: Any, **named: Any) -> Any:
        if depth[0]:
            return real(self, *arguments, **named)
        inputs = named.get("inputs", arguments[0] if arguments else None)
        state = named.get("state", arguments[1] if len(arguments) > 1 else None)
        seen = CellCall(cell.__name__, _shape(inputs), _dtype(inputs), _batch_size(state), None)
        record.calls.append(seen)
        with _deeper(depth):
            result = real(self, *arguments, **named)
            if _is_lstm_result(result) and _name(result[1].h) is None:
                result = real(self, *_random_arguments(seen, result[1].h))
        if _is_lstm_result(result):
            record.calls[-1] = seen._replace(state=result[1])
        return result

    return call


@contextlib.contextmanager
def _deeper(depth: list[int]) -> Iterator[None]:
    depth[0] += 1
    try:
        yield
    finally:
        depth[0] -= 1


def _is_lstm_result(result: Any) -> bool:
    return isinstance(result, tuple) and len(result) == 2 and hasattr(result[1], "h")


def _random_arguments(seen: CellCall, h: Any) -> tuple:
    rng, dtype = np.random.default_rng(0), _dtype(h)
    c, h = rng.normal(0, 1, (2, *h.shape)).astype(dtype)
    return rng.normal(0, 1, seen.shape).astype(dtype), LSTMStateTuple(c, h)


def _shape(array: Any) -> tuple | None:
    shape = getattr(array, "shape", None)
    if shape is None:
        return None
    try:
        # In TF1's graph a size is a number with a `value`, or says that it is None by it.
        sizes = (getattr(size, "value", size) for size in shape)
        return tuple(None if size is None else int(size) for size in sizes)
    except (TypeError, ValueError):
        return (None,)


def _dtype(array: Any) -> str | None:
    dtype = getattr(array, "dtype", None)
    return None if dtype is None else getattr(dtype, "name", str(dtype))


def _batch_size(state: Any) -> int | None:
    shape = _shape(state[0] if isinstance(state, tuple) and state else state)
    return shape[0] if shape else None


def _tensorflow_functions(record: Record) -> list[tuple[Any, str, Callable]]:
    """What else is watched: the results of a session, and TensorFlow's own print."""
    if _loaded.get("_tensorflow") is None:
        return []
    import tensorflow
    from tensorflow.python.client import session

    def fetching(real: Callable) -> Callable:
        def run(self: Any, fetches: Any, *arguments: Any, **named: Any) -> Any:
            result = real(self, fetches, *arguments, **named)
            with contextlib.suppress(Exception):
                flat = tensorflow.nest.flatten
                for fetch, value in zip(flat(fetches), flat(result), strict=True):
                    if isinstance(value, np.ndarray):
                        record.fetched.append((getattr(fetch, "name", fetch), value))
            return result

        return run

    def printing(real: Callable) -> Callable:
        def show(*inputs: Any, **options: Any) -> Any:
            return print(*inputs) if tensorflow.executing_eagerly() else real(*inputs, **options)

        return show

    return [
        (session.BaseSession, "run", fetching),
        (tensorflow, "print", printing),
        (tensorflow.compat.v1, "print", printing),
    ]


def _lacks_tensorflow(error: BaseException | None) -> bool:
    """Whether an answer stopped because TensorFlow, which it imports, is not installed."""
    return (
        isinstance(error, ModuleNotFoundError)
        and error.name == "tensorflow"
        and _loaded["_tensorflow"] is None
    )


def _load(question: Question) -> None:
    """Import TensorFlow and what is built on it, if it is installed."""
    if not _loaded:
        for name in ("_tensorflow", "tensorflow_backend", "tf1"):
            _loaded[name] = import_quietly(name)
        if _loaded["tf1"]:
            # Once, unwatched: the first cell of a process takes much longer than the others.
            watch(question.reference, *question.cases[0].inputs)
