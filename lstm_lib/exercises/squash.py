"""Functions that are mistaken for a sigmoid or for a tanh.

Each takes an array of any shape. They are written as learners write them.
"""

from __future__ import annotations

import numpy as np

from lstm_lib.numpy_backend import sigmoid

Array = np.ndarray


def linear(z: Array) -> Array:
    """Squash nothing."""
    return z


def relu(z: Array) -> Array:
    """Cut off what is negative."""
    return np.maximum(z, 0)


def hard_sigmoid(z: Array) -> Array:
    """The three straight lines of old Keras."""
    return np.clip(0.2 * z + 0.5, 0, 1)


def hard_sigmoid_6(z: Array) -> Array:
    """The three straight lines of PyTorch and of Keras 3."""
    return np.clip(z / 6 + 0.5, 0, 1)


def upside_down(z: Array) -> Array:
    """A sigmoid whose exponential lacks the minus."""
    return sigmoid(-z)


def precedence(z: Array) -> Array:
    """A sigmoid whose denominator lacks its brackets."""
    return 1 / 1 + np.exp(-z)


def minus_exp(z: Array) -> Array:
    """A sigmoid with a minus in its denominator."""
    return 1 / (1 - np.exp(-z))


def exponential(z: Array) -> Array:
    """The exponential alone."""
    return np.exp(-z)


def softmax(z: Array) -> Array:
    """Numbers that share a sum of one."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def step(z: Array) -> Array:
    """All or nothing."""
    return (z > 0).astype(float)


def coth(z: Array) -> Array:
    """One over tanh."""
    return 1 / np.tanh(z)


def half_tanh(z: Array) -> Array:
    """A tanh of half of z: the usual identity with its factor lost."""
    return 2 * sigmoid(z) - 1


def double_sigmoid(z: Array) -> Array:
    """A sigmoid of twice z: the usual identity with its factor lost."""
    return (1 + np.tanh(z)) / 2
