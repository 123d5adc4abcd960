"""What a task gives out, and what no answer looks like."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray

IGNORE = -1  # a step at which no answer is asked for


class Batch(NamedTuple):
    """Sequences and what should be answered at each of their steps.

    Attributes
    ----------
    inputs : array of shape (batch_size, time, input_size), float64
    targets : array
        Classes: (batch_size, time), int64, the right class or `IGNORE`. Numbers:
        (batch_size, time, outputs), float64, the right number or NaN.
    """

    inputs: Array
    targets: Array


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
