"""How good the answers of a model are."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_lib.checks import finite_float
from lstm_lib.tasks import Batch, PaddedBatch
from lstm_lib.training.finite import check_finite
from lstm_lib.training.losses import are_numbers, asked_classes, asked_numbers
from lstm_lib.training.model import Readout, predict
from lstm_lib.training.steps import lengths_of

Array = np.ndarray


def accuracy(
    cell: Any, readout: Readout, batch: Batch | PaddedBatch, tolerance: float | None = None
) -> float:
    """Return the share of the asked answers that are right.

    Parameters
    ----------
    cell : any cell of either backend, also MultiRNNCell or DropoutWrapper
    readout : Readout
    batch : Batch, or PaddedBatch
        A class is right if its y is the largest; a number, if it is within `tolerance`
        of its target.
    tolerance : float or None
        Needed for numbers, and for them only.

    Raises
    ------
    NotFiniteError
        If an asked y is no finite number.
    TypeError, ValueError
        If an array has another shape or dtype, no answer is asked for, or `tolerance` is
        not a positive number where it is needed.
    """
    return share_right(
        predict(cell, readout, batch.inputs, lengths_of(batch)), batch.targets, tolerance
    )


def r_squared(cell: Any, readout: Readout, batch: Batch | PaddedBatch) -> float:
    r"""Return the share of the variance of the asked numbers that a model explains.

    .. math:: R^2 = 1 - \frac{\sum (y - \text{target})^2}{\sum (\text{target} - \text{mean})^2}

    with the mean of each output over the batch. It is 1 if all numbers are right, 0 if they
    are no better than that mean, and negative if they are worse.

    Parameters
    ----------
    cell : any cell of either backend, also MultiRNNCell or DropoutWrapper
    readout : Readout
    batch : Batch, or PaddedBatch
        Its targets are numbers.

    Raises
    ------
    NotFiniteError
        If an asked y is no finite number.
    TypeError, ValueError
        If an array has another shape or dtype, or all asked numbers of each output are equal.
    """
    y = predict(cell, readout, batch.inputs, lengths_of(batch))
    asked = asked_numbers(y, batch.targets)
    check_finite({"y": np.where(asked, y, 0)})
    unexplained = total = 0.0
    for k in range(y.shape[2]):
        of_output = asked[..., k]
        targets = batch.targets[..., k][of_output]
        if targets.size:
            unexplained += np.sum((y[..., k][of_output] - targets) ** 2)
            total += np.sum((targets - targets.mean()) ** 2)
    if total == 0:
        raise ValueError("targets: expected numbers that differ, given none that do")
    return float(1 - unexplained / total)


def share_right(y: Array, targets: Array, tolerance: float | None) -> float:
    """Return the share of right answers among y; see `accuracy`."""
    if are_numbers(targets):
        tolerance = positive_tolerance(tolerance)
        asked = asked_numbers(y, targets)
        right = np.abs(y - np.where(asked, targets, 0)) < tolerance
        answers = np.where(asked, y, 0)
    else:
        asked = asked_classes(y, targets)
        right = y.argmax(axis=-1) == targets
        answers = np.where(asked[..., None], y, 0)
    if not asked.any():
        raise ValueError("targets: expected at least one answer to try, given none")
    check_finite({"y": answers})
    return float(np.mean(right[asked]))


def positive_tolerance(tolerance: Any) -> float:
    """Return a tolerance as a float.

    Raises
    ------
    TypeError, ValueError
        If it is not a positive number.
    """
    if tolerance is None:
        raise ValueError(
            "tolerance: expected how far a right number may lie from its target, given None"
        )
    number = finite_float("tolerance", tolerance)
    if number <= 0:
        raise ValueError(f"tolerance: expected a positive number, given {number}")
    return number
