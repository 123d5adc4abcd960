"""Turning what an answer returned into arrays of floats, or into the sentence why it is none."""

from __future__ import annotations

import contextlib
import inspect
import numbers
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.messages import Listed, say

Array = np.ndarray


class Reading(NamedTuple):
    """What an answer returned.

    Attributes
    ----------
    arrays : list of arrays, or None
        float64; None if it cannot be read as numbers.
    problem : str or None
        The sentence that says what is wrong with it, if that can be seen already.
    slack : float
        The coarsest rounding of its dtypes, for the tolerance.
    integers : bool
        Whether it held integers.
    returned : int
        How many values it returned.
    """

    arrays: list[Array] | None
    problem: str | None = None
    slack: float = 0.0
    integers: bool = False
    returned: int = 1


class _Unreadable(Exception):  # noqa: N818 - not an error of ours
    """Carries the sentence."""


def read(value: Any, names: tuple[str, ...], expected: list[Array]) -> Reading:
    """Read one or several values.

    Any real dtype will do, and any container from which NumPy makes an array. Where
    several values are asked for, a tuple, a list or one array of them; a named tuple
    or a mapping with these names is read by name, in whatever order.

    Parameters
    ----------
    value : object
    names : tuple of str
        The values asked for.
    expected : list of arrays
        The right ones: their ranks tell a list of values from a value that is a list.
    """
    wanted = in_words(names, expected)
    if value is None:
        return Reading(None, say(m.NOTHING, expected=wanted))
    parts = _parts(value, names, expected)
    if any(part is ... for part in parts):
        return Reading(None, say(m.ELLIPSIS, expected=wanted))
    count = len(parts)
    try:
        arrays = [_array(part, wanted) for part in parts[: len(names)]]
    except _Unreadable as unreadable:
        return Reading(None, unreadable.args[0], returned=count)
    # More than is asked for may be anything, such as a cache.
    with contextlib.suppress(_Unreadable):
        arrays += [_array(part, wanted) for part in parts[len(names) :]]
    slack = max((_slack(array) for array in arrays), default=0.0)
    integers = any(array.dtype.kind in "iu" for array in arrays)
    floats = [np.array(array, dtype=np.float64) for array in arrays]
    if count != len(names):
        problem = say(m.COUNT, count=len(names), names=Listed(names), given=count)
        return Reading(floats, problem, slack, integers, count)
    alone = len(names) == 1 and isinstance(value, tuple) and len(value) == 1
    return Reading(floats, say(m.COMMA) if alone else None, slack, integers, count)


def in_words(names: tuple[str, ...], expected: list[Array]) -> str:
    """Return what is asked for, in words: ``h of shape (4, 5)``."""
    each = [
        say(m.OF_SHAPE, name=name, shape=array.shape) if array.ndim else say(m.ONE_VALUE, name=name)
        for name, array in zip(names, expected, strict=True)
    ]
    *first, last = each
    return say(m.BOTH, first=Listed(first), last=last) if first else last


def _parts(value: Any, names: tuple[str, ...], expected: list[Array]) -> list[Any]:
    if len(names) == 1:
        return [value]
    if isinstance(value, Mapping) and set(value) == set(names):
        return [value[name] for name in names]
    if isinstance(value, tuple) and set(getattr(value, "_fields", ())) == set(names):
        return [getattr(value, name) for name in names]
    if isinstance(value, tuple | list):
        return list(value)
    if getattr(value, "ndim", None) == expected[0].ndim + 1:
        return list(value)
    return [value]


def _array(value: Any, wanted: str) -> Array:
    if isinstance(value, str | bytes):
        raise _Unreadable(say(m.TEXT))
    if is_unfinished(value):
        raise _Unreadable(say(m.GENERATOR))
    if inspect.isroutine(value):
        raise _Unreadable(say(m.UNCALLED))
    unfit = say(m.NOT_NUMBERS, expected=wanted, kind=type(value).__name__)
    if value is None or isinstance(value, Mapping | set | frozenset):
        raise _Unreadable(unfit)
    if _is_symbolic(value):
        raise _Unreadable(say(m.SYMBOLIC))
    if hasattr(value, "detach"):
        value = value.detach()
    try:
        array = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
    except ValueError:
        raise _Unreadable(say(m.RAGGED, expected=wanted)) from None
    except Exception:
        raise _Unreadable(unfit) from None
    return _real(array, unfit)


def is_unfinished(value: Any) -> bool:
    """Whether it is a generator or a coroutine, which is closed."""
    if inspect.isgenerator(value) or inspect.iscoroutine(value):
        value.close()
        return True
    return inspect.isasyncgen(value)


def _is_symbolic(value: Any) -> bool:
    """Whether it is a tensor of a graph, or a list of them."""
    if isinstance(value, list | tuple):
        return any(map(_is_symbolic, value))
    return hasattr(value, "graph") and hasattr(value, "op") and not hasattr(value, "numpy")


def _real(array: Array, unfit: str) -> Array:
    kind = array.dtype.kind
    if kind in "fiu":
        return array
    if kind == "c":
        raise _Unreadable(say(m.COMPLEX))
    if kind == "b":
        raise _Unreadable(say(m.BOOLEANS))
    if kind in "US":
        raise _Unreadable(say(m.TEXT))
    if kind == "O":
        return _real_objects(array, unfit)
    try:
        # bfloat16 and its like, which NumPy knows by their conversion only.
        return array.astype(np.float32).astype(_Coarse)
    except (TypeError, ValueError):
        raise _Unreadable(unfit) from None


def _real_objects(array: Array, unfit: str) -> Array:
    """Single numbers in an array of objects; nothing that had to be guessed from text."""
    items = list(array.flat)
    if any(isinstance(item, str | bytes) for item in items):
        raise _Unreadable(say(m.TEXT))
    if any(
        isinstance(item, numbers.Complex) and not isinstance(item, numbers.Real) for item in items
    ):
        raise _Unreadable(say(m.COMPLEX))
    if not all(isinstance(item, numbers.Real) and not isinstance(item, bool) for item in items):
        raise _Unreadable(unfit)
    return array.astype(np.float64)


# bfloat16 keeps 8 bits; among NumPy's own dtypes float16 comes nearest.
_Coarse = np.float16


def _slack(array: Array) -> float:
    """Tolerance on top of the question's own, for dtypes coarser than float32."""
    return 1e-2 if array.dtype == np.float16 else 0.0
