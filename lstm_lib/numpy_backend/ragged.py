"""Sequences of different lengths on NumPy: sorted, so that those that have ended can be left out.

Among the sequences that run together, a few may have ended already. They run on with inputs of
zero, which costs less than a new batch at each end, and what they compute is looked at by
nobody: outputs are set to 0, the state is that at their end, and nothing flows back from behind
it. As soon as half have ended, the others go on alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from lstm_lib.state import State, map_state

Array = np.ndarray

ROWS = 8  # a batch is as wide as a multiple of it: a vector register of float32


Order = Array | slice  # of the rows; a slice of all of them copies nothing


def cut(lengths: Array) -> tuple[Order, list[tuple[slice, slice]]]:
    """Return an order of the rows, and (rows, steps) of what then runs together, in turn."""
    order = np.argsort(-lengths, kind="stable")
    pieces, start, width = [], 0, len(lengths)
    longest_first = lengths[order]
    while start < longest_first[0]:
        half = longest_first[width // 2] if width > ROWS else 0
        stop = int(half if half > start else longest_first[0])
        pieces.append((slice(width), slice(start, stop)))
        running = int(np.sum(lengths > stop))
        start, width = stop, min(width, -(-running // ROWS) * ROWS)
    return (order if len(pieces) > 1 else slice(None)), pieces


def padding(lengths: Array, time: int) -> Array:
    """Return an array (batch, time) that is true behind the end of each sequence."""
    return np.arange(time) >= lengths[:, None]


def sort(state: State, order: Order) -> State:
    """Return the rows of an array or a state in this order."""
    return map_state(lambda part: np.asarray(part)[order], state)


def unsort(state: State, order: Order) -> State:
    """Return the rows where they were before `sort`."""
    return state if isinstance(order, slice) else sort(state, np.argsort(order))


def reverse(sequence: Array, lengths: list[int] | None) -> Array:
    """Return (batch, time, n) with the real steps of each sequence from last to first."""
    sequence = np.asarray(sequence)
    if lengths is None:
        return sequence[:, ::-1].copy()
    steps, ends = np.arange(sequence.shape[1]), np.array(lengths)[:, None]
    mirrored = np.where(steps < ends, ends - 1 - steps, steps)
    return np.take_along_axis(sequence, mirrored[:, :, None], axis=1)


def first(state: State, rows: slice) -> State:
    """The state of these rows, a view."""
    return map_state(lambda part: part[rows], state)


def replace(state: State, rows: slice | Array, new: State) -> None:
    """Put the rows of `new` into the state, in place."""
    map_state(lambda part, part_new: part.__setitem__(rows, part_new), state, new)


def at_ends(
    steps: Iterable[Any], numbers: Iterable[int], ends: Array, act: Callable[[int, Array], None]
) -> Iterator[Any]:
    """Yield steps; after that with the number n, act(n, columns) on those whose end is n."""
    columns = {int(end): np.flatnonzero(ends == end) for end in np.unique(ends)}
    for number, step in zip(numbers, steps, strict=True):
        yield step
        if number in columns:
            act(number, columns[number])
