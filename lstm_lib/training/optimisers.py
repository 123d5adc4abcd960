"""Gradient clipping, and Adam."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_lib.checks import finite_float
from lstm_lib.training.finite import check_finite

Array = np.ndarray
Updates = Callable[[dict[str, Array]], dict[str, Array]]
Rate = float | Callable[[int], float]


def clip_by_global_norm(gradients: dict[str, Array], max_norm: float) -> dict[str, Array]:
    """Scale all gradients by one factor, so that their joint norm is at most `max_norm`.

    Source: Pascanu, Mikolov and Bengio (2013).

    Parameters
    ----------
    gradients : dict of arrays
        They are not changed.
    max_norm : float
        Positive; ``math.inf`` leaves them as they are.

    Raises
    ------
    NotFiniteError
        If a gradient is infinite or NaN.
    TypeError, ValueError
        If `max_norm` is not a positive number.
    """
    return clipped_and_norm(gradients, max_norm)[0]


def clipped_and_norm(
    gradients: dict[str, Array], max_norm: float
) -> tuple[dict[str, Array], float]:
    """The clipped gradients, and the joint norm that they had."""
    longest = max_norm if max_norm == math.inf else finite_float("max_norm", max_norm)
    if longest <= 0:
        raise ValueError(f"max_norm: expected a positive number, given {longest}")
    # NumPy's max, because Python's passes over a NaN.
    largest = float(np.max([np.abs(g).max(initial=0) for g in gradients.values()], initial=0))
    if not math.isfinite(largest):
        check_finite({f"gradient of {name}": g for name, g in gradients.items()})
    # Of numbers around 1, no square overflows; and a power of two rounds none of them.
    unit = 2.0 ** (math.frexp(largest)[1] - 1)
    in_units = {name: g / unit for name, g in gradients.items()}
    norm = np.sqrt(sum(np.sum(g**2) for g in in_units.values()))
    total = float(norm) * unit
    if total <= longest:
        return {name: g.copy() for name, g in gradients.items()}, total
    return {name: g * (longest / norm) for name, g in in_units.items()}, total


def adam(
    learning_rate: Rate, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8
) -> Updates:
    """Return a function that turns each step's gradients into updates to subtract.

    Source: Kingma and Ba (2015), algorithm 1.

    Parameters
    ----------
    learning_rate : float, or function of int
        Or a schedule: a function of the step, 1, 2 and so on, that returns its rate.
    beta1, beta2 : float
        How much of the running means of the gradient and of its square is kept each step.
    epsilon : float
        Keeps the division finite.

    Raises
    ------
    TypeError, ValueError
        If a rate is not a number of at least 0; a schedule's when its step has come.
    """
    if not callable(learning_rate):
        rate_at(learning_rate, 1)
    mean: dict[str, Array] = {}
    square: dict[str, Array] = {}
    step = 0

    def updates(gradients: dict[str, Array]) -> dict[str, Array]:
        nonlocal step
        step += 1
        rate = rate_at(learning_rate, step)
        result = {}
        for name, g in gradients.items():
            mean[name] = beta1 * mean.get(name, 0.0) + (1 - beta1) * g
            square[name] = beta2 * square.get(name, 0.0) + (1 - beta2) * g**2
            m = mean[name] / (1 - beta1**step)
            v = square[name] / (1 - beta2**step)
            result[name] = rate * m / (np.sqrt(v) + epsilon)
        return result

    return updates


def rate_at(learning_rate: Any, step: int) -> float:
    """Return the learning rate of a step.

    Raises
    ------
    TypeError, ValueError
        If it is not a number of at least 0.
    """
    name = "learning_rate"
    if callable(learning_rate):
        learning_rate, name = learning_rate(step), f"learning_rate({step})"
    rate = finite_float(name, learning_rate)
    if rate < 0:
        raise ValueError(f"{name}: expected a number of at least 0, given {rate}")
    return rate
