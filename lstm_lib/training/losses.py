"""Losses, each with its gradient, and the checks on targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_lib.checks import FLOAT_DTYPES, check_array
from lstm_lib.tasks import IGNORE

Array = np.ndarray
Loss = Callable[[Array, Array], tuple[float, Array]]


def softmax_cross_entropy(y: Array, targets: Array) -> tuple[float, Array]:
    r"""Mean of :math:`-\log \mathrm{softmax}(y)_{target}` over the asked steps.

    Parameters
    ----------
    y : array of shape (batch_size, time, num_outputs)
    targets : array of int of shape (batch_size, time)
        Right class, or `IGNORE`.

    Returns
    -------
    loss : float
    d_y : array of the shape of `y`
        Gradient of the loss: softmax minus one-hot, over the number of answers.

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype, a class is none of the outputs, or no step
        is asked for.
    """
    asked = asked_classes(y, targets)
    if not asked.any():
        raise ValueError("targets: expected at least one step with an answer, given none")
    shifted = y - y.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=-1, keepdims=True)
    d_y = np.where(asked[..., None], exponentials / total, 0.0).astype(y.dtype)
    batch, time = np.nonzero(asked)
    right = (batch, time, targets[asked])
    # The logarithm of the sum, not of softmax: that is 0 for a class far below the largest.
    loss = (np.log(total[asked][:, 0]) - shifted[right]).mean()
    d_y[right] -= 1
    return float(loss), d_y / len(batch)


def squared_error(y: Array, targets: Array) -> tuple[float, Array]:
    """Mean squared difference over the asked numbers.

    Parameters
    ----------
    y : array of shape (batch_size, time, num_outputs)
    targets : array of the shape and dtype of `y`
        Right number, or NaN.

    Returns
    -------
    loss : float
    d_y : array of the shape of `y`
        Gradient of the loss.

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype, or no number is asked for.
    """
    asked = asked_numbers(y, targets)
    if not asked.any():
        raise ValueError("targets: expected at least one number, given none")
    difference = np.where(asked, y - np.where(asked, targets, 0.0), 0.0)
    count = int(asked.sum())  # a number of NumPy's would widen float32
    return float((difference**2).sum() / count), 2 * difference / count


def are_numbers(targets: Array) -> bool:
    """Whether targets are numbers, not classes."""
    return np.issubdtype(getattr(targets, "dtype", None), np.floating)


def asked_of(targets: Array) -> Array:
    """Where an answer is asked for."""
    return ~np.isnan(targets) if are_numbers(targets) else targets != IGNORE


def asked_classes(y: Array, targets: Array) -> Array:
    """Where a class is asked for, (batch_size, time).

    Raises
    ------
    TypeError, ValueError
        If `targets` are no classes among the outputs of `y`.
    """
    _check_y(y)
    dtype = getattr(targets, "dtype", None)
    if dtype is None or not np.issubdtype(dtype, np.integer):
        raise TypeError(
            f"targets: expected classes, an array of integers, given {_kind(targets)}; "
            "for numbers, the loss is squared_error"
        )
    if targets.shape != y.shape[:2]:
        raise ValueError(
            f"targets: expected shape {y.shape[:2]}, a class for each step, "
            f"given shape {targets.shape}"
        )
    asked = targets != IGNORE
    wrong = targets[asked & ((targets < 0) | (targets >= y.shape[2]))]
    if wrong.size:
        raise ValueError(
            f"targets: expected classes from 0 to {y.shape[2] - 1}, or IGNORE ({IGNORE}), "
            f"given {wrong[0]}"
        )
    return asked


def asked_numbers(y: Array, targets: Array) -> Array:
    """Where a number is asked for, (batch_size, time, num_outputs).

    Raises
    ------
    TypeError, ValueError
        If `targets` are not of the shape and the dtype of `y`: nothing is broadcast.
    """
    _check_y(y)
    check_array("targets", targets, tuple(y.shape), y.dtype.name)
    return ~np.isnan(targets)


def _check_y(y: Array) -> None:
    dtype = getattr(getattr(y, "dtype", None), "name", None)
    dtype = dtype if dtype in FLOAT_DTYPES else "float32 or float64"
    check_array("y", y, ("batch_size", "time", "num_outputs"), dtype)


def _kind(value: Any) -> str:
    dtype = getattr(value, "dtype", None)
    return type(value).__name__ if dtype is None else f"dtype {dtype}"
