"""What a task gives out, and what no answer looks like."""

from __future__ import annotations

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
