"""What a task gives out, and what no answer looks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.checks import float_dtype

Array = np.ndarray

IGNORE = -1  # a step at which no answer is asked for


class Batch(NamedTuple):
    """Sequences and what should be answered at each of their steps.

    The first axis is the sequence, the second one time. The tasks give float64.

    Attributes
    ----------
    inputs : array of shape (batch_size, time, input_size)
    targets : array
        Classes: integers of shape (batch_size, time), the right class or `IGNORE`.
        Numbers: (batch_size, time, outputs), in the dtype of `inputs`, the right number
        or NaN.
    """

    inputs: Array
    targets: Array

    def astype(self, dtype: Any) -> Batch:
        """Return the same batch for a cell of another dtype; classes stay integers.

        Raises
        ------
        TypeError
            If `dtype` is neither float32 nor float64.
        """
        dtype, targets = float_dtype(dtype), self.targets
        if np.issubdtype(targets.dtype, np.floating):
            targets = targets.astype(dtype)
        return Batch(self.inputs.astype(dtype), targets)


class PaddedBatch(NamedTuple):
    """Sequences of different lengths, as long as the longest: a `Batch` with lengths.

    Attributes
    ----------
    inputs : array of shape (batch_size, time, input_size)
        What stands behind the end of a sequence is padding and is never read.
    targets : array
        As of `Batch`; behind the end no answer may be asked for.
    lengths : array of int of shape (batch_size,)
        How many steps of each sequence are real.
    """

    inputs: Array
    targets: Array
    lengths: Array

    def astype(self, dtype: Any) -> PaddedBatch:
        """As `Batch.astype`."""
        return PaddedBatch(*Batch(self.inputs, self.targets).astype(dtype), self.lengths)


def padded(batches: Sequence[Batch]) -> PaddedBatch:
    """Put batches of different lengths into one, with zeros behind the end of each sequence.

    Parameters
    ----------
    batches : sequence of Batch
        Each may be one sequence, as (1, time, input_size).

    Raises
    ------
    TypeError, ValueError
        If they are no batches, or differ in more than their lengths.
    """
    if not isinstance(batches, list | tuple) or not all(isinstance(b, Batch) for b in batches):
        raise TypeError(f"batches: expected a list of Batch, given {type(batches).__name__}")
    if not batches:
        raise ValueError("batches: expected at least one Batch, given none")
    kinds = {(b.inputs.shape[2:], b.targets.shape[2:], b.targets.dtype.kind) for b in batches}
    if len(kinds) > 1:
        raise ValueError(
            "batches: expected one input size and one kind of targets, "
            f"given {' and '.join(map(str, sorted(kinds)))}"
        )
    longest = max(b.inputs.shape[1] for b in batches)
    asks_nothing = np.nan if batches[0].targets.dtype.kind == "f" else IGNORE

    def longer(array: Array, value: float) -> Array:
        more = np.full((len(array), longest - array.shape[1], *array.shape[2:]), value, array.dtype)
        return np.concatenate([array, more], axis=1)

    return PaddedBatch(
        np.concatenate([longer(b.inputs, 0) for b in batches]),
        np.concatenate([longer(b.targets, asks_nothing) for b in batches]),
        np.concatenate([np.full(len(b.inputs), b.inputs.shape[1]) for b in batches]),
    )


class Example(NamedTuple):
    """One sequence of a paper's task.

    Attributes
    ----------
    inputs : array
        Symbols, by their numbers: (time,), int64. Numbers: (time, input_size), float64.
    targets : array of shape (time, outputs), float64
        The right outputs, NaN where no answer is asked for.
    """

    inputs: Array
    targets: Array


def one_hot(ids: Array, size: int) -> Array:
    """Return float64 vectors with a single 1: the shape of `ids`, and `size` behind it."""
    return np.eye(size)[ids]
