"""What is not a finite number, and where it came up first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray


class NotFiniteError(FloatingPointError):
    """A NaN or an infinity came up in training, which stops before a weight is changed by it.

    Attributes
    ----------
    history : History or None
        What `fit` or `fit_stream` had done until then; None from a single step.
    """

    def __init__(self, message: str, history: Any = None) -> None:
        super().__init__(message)
        self.history = history


def check_finite(arrays: Mapping[str, Any]) -> None:
    """Check that all numbers are finite.

    Parameters
    ----------
    arrays : mapping from name to array
        In the order in which they are computed: the first bad one is to blame.

    Raises
    ------
    NotFiniteError
        If one is not.
    """
    for name, array in arrays.items():
        finite = np.isfinite(array)
        if not np.all(finite):
            where = tuple(map(int, np.argwhere(~finite)[0]))
            value = float(np.asarray(array)[where])
            given = "NaN" if np.isnan(value) else str(value)
            place = f" at {list(where)}" if where else ""
            raise NotFiniteError(f"{name}: expected finite numbers, given {given}{place}")
