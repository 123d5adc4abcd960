"""How arrays lie in memory: a matter of time, never of results.

Inside ``fast``, time is the first axis, units are the rows and the batch is the
columns. What each of these is worth is on the page "How fast is it?".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

Array = np.ndarray

CACHE = 1 << 20  # bytes of the cache that one block of steps may fill
CACHE_LINE = 64  # bytes; as wide as the widest vector register
SMALL = 1_000_000  # multiply-adds of a product that OpenBLAS does without copies
NARROW = 32  # columns, up to which those copies take as long as the product


def empty(shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """Return a new array that starts on a cache line, as NumPy's own need not.

    A vector that lies across two lines is read and written more slowly.
    """
    size = math.prod(shape)
    memory = np.empty(size + CACHE_LINE // np.dtype(dtype).itemsize, dtype)
    start = -memory.ctypes.data % CACHE_LINE // memory.itemsize
    return memory[start : start + size].reshape(shape)


def reused(shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """Return an array whose entries along the first axis are all one and the same memory."""
    one = empty(shape[1:], dtype)
    return np.ndarray(shape, dtype, one, strides=(0, *one.strides))


def each_step(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Yield the entries of all arrays, the first ones first.

    Where all entries of an array are one memory, one view of it serves every step.
    """

    def entries(array: Array) -> Iterable[Array]:
        one_memory = len(array) > 0 and array.strides[0] == 0
        return itertools.repeat(array[0], len(array)) if one_memory else array

    return zip(*map(entries, arrays), strict=True)


def blocks_back(steps: Array) -> Iterator[slice]:
    """Yield slices of whole steps, the last first, each of at most `CACHE` bytes or of one step."""
    size = max(1, CACHE // max(1, steps[:1].nbytes))
    for stop in range(len(steps), 0, -size):
        yield slice(max(0, stop - size), stop)


def last_to_first(*arrays: Sequence[Any] | Array) -> Iterator[tuple[Any, ...]]:
    """Yield the entries of all arrays or lists, the last ones first."""
    return zip(*(array[::-1] for array in arrays), strict=True)


def units_first(sequence: Array) -> Array:
    """Return (batch, time, units) as (time, units, batch), a view."""
    return np.asarray(sequence).transpose(1, 2, 0)


def batch_first(sequence: Array) -> Array:
    """Return (time, units, batch) as a new array (batch, time, units)."""
    each_step = sequence.swapaxes(1, 2).copy()  # in one pass, every number is on another page
    return each_step.swapaxes(0, 1).copy()


def side_by_side(steps: Array) -> Array:
    """Return (time, units, batch) as (units, time * batch)."""
    return steps.swapaxes(0, 1).reshape(steps.shape[1], -1)


def parts(steps: Array, count: int) -> Array:
    """Return (time, count * units, batch) as (count, time, units, batch), a view."""
    time, rows, batch_size = steps.shape
    return steps.reshape(time, count, rows // count, batch_size).swapaxes(0, 1)


def turned(matrix: Array) -> Array:
    """Return the transpose as a new array, a few rows of `matrix` at a time.

    All at once, each number of a row of the result would come from another page of memory.
    """
    result = empty(matrix.T.shape, matrix.dtype)
    for row in range(0, len(matrix), 64):
        result[:, row : row + 64] = matrix[row : row + 64].T
    return result


def in_pieces(W: Array, results: Array) -> tuple[Array, Array]:
    """Return W and the array of all results W @ x, ready for ``matmul(W, x, out=results[t])``.

    OpenBLAS copies both matrices of a product into an order of its own, unless the product
    is small. Where x has few columns, many small products, each with a piece of W, take down
    to 40 % of the time of a large one. Both come back as views.
    """
    rows, columns, batch_size = *W.shape, results.shape[-1]
    fewest = math.ceil(W.size * batch_size / SMALL)
    if fewest > 1 and batch_size <= NARROW:
        for pieces in range(fewest, rows // 8 + 1):
            if rows % pieces == 0:
                shape = pieces, rows // pieces
                return W.reshape(*shape, columns), results.reshape(-1, *shape, batch_size)
    return W, results
