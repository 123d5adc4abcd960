"""Sequences of different lengths on NumPy: behind its end, a sequence stands still.

Its inputs are 0 there, and one more input is 1, which real steps do not have. The weights of that
input open the forget gate and shut the others so far that the step carries c over as it is,
and lets no gradient through: f = 1, i = 0, o = 0 to the last bit. So the loops need not know of
lengths. When half of the sequences have ended, the others go on alone, if that is worth it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_lib.state import State, map_state

Array = np.ndarray
Index = Array | slice  # of the rows; a slice of all of them copies nothing

ROWS = 8  # a batch is as wide as a multiple of it: a vector register of float32
A_PIECE = 4_000_000  # multiply-adds that take as long as to go on with fewer rows
SHUT = 1e9  # what is added to z behind the end: sigmoid and tanh are 0 or 1 there


def pieces(lengths: Array, work: int) -> list[tuple[Index, slice]]:
    """Return (rows, steps) of what runs together, in turn.

    `work` is that of one step of one sequence, in multiply-adds.
    """
    order = np.argsort(-lengths, kind="stable")
    longest_first = lengths[order].tolist()
    found: list[tuple[Index, slice]] = []
    start, stop, width = 0, longest_first[0], len(lengths)
    while start < stop:
        rows = order[:width] if width < len(lengths) else slice(None)
        half = -(-width // 2 // ROWS) * ROWS  # so many go on alone
        end = longest_first[half] if half < width else stop
        if end <= start or (stop - end) * (width - half) * work < A_PIECE:
            half, end = width, stop
        found.append((rows, slice(start, end)))
        start, width = end, half
    return found


def ended(lengths: Array, time: int) -> Array:
    """Return an array (batch, time) that is true behind the end of each sequence."""
    return np.arange(time) >= lengths[:, None]


def marked(inputs: Array, ended: Array) -> Array:
    """Return a copy of (batch, time, n) with the input that says where a sequence has ended."""
    result = np.empty((*inputs.shape[:2], inputs.shape[2] + 1), inputs.dtype)
    result[..., :-1] = inputs
    result[ended] = 0
    result[..., -1] = ended
    return result


def with_mark(kernel: Array, num_units: int, ending: tuple[int, ...]) -> Array:
    """Return the kernel with the weights of that input; `ending` has their sign in each block."""
    weights = np.repeat(np.array([ending], kernel.dtype) * kernel.dtype.type(SHUT), num_units, 1)
    return np.concatenate([kernel[:-num_units], weights, kernel[-num_units:]])


def without_mark(kernel: Array, num_units: int) -> Array:
    """Return the kernel, or its gradient, without them."""
    return np.concatenate([kernel[: -num_units - 1], kernel[-num_units:]])


def reverse(sequence: Array, lengths: list[int] | None) -> Array:
    """Return (batch, time, n) with the real steps of each sequence from last to first."""
    sequence = np.asarray(sequence)
    if lengths is None:
        return sequence[:, ::-1].copy()
    result = sequence.copy()
    for row, length in enumerate(lengths):
        result[row, :length] = sequence[row, :length][::-1]
    return result


def at(state: State, rows: Index) -> State:
    """The state of these rows."""
    return map_state(lambda part: np.asarray(part)[rows], state)


def replace(state: State, rows: Index, new: State) -> None:
    """Put the state of these rows into another, in place."""

    def put(part: Array, part_new: Any) -> None:
        part[rows] = part_new

    map_state(put, state, new)
