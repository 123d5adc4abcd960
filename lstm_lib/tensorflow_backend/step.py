"""One step of a cell on TensorFlow: the equations and nothing else.

The way back is not written here: a tape differentiates these lines. The rows of ``kernel``
are [x; h], as in TF1's cells; parameters, shapes and sources are those of the same functions
in ``numpy_backend.step``. Each is in two parts, because a sequence computes the inputs' part
of z, the pre-activations, for all steps at once.
"""

from __future__ import annotations

from typing import TypeAlias

from lstm_lib._tensorflow import tf
from lstm_lib.state import GRUStepTrace, RNNStepTrace, StepTrace

Array: TypeAlias = tf.Tensor


def sigmoid(z: Array) -> Array:
    r"""Logistic sigmoid, :math:`\sigma(z) = 1 / (1 + e^{-z})`, of any shape."""
    return tf.sigmoid(z)


def lstm_step(
    x: Array, c_prev: Array, h_prev: Array, kernel: Array, bias: Array, forget_bias: float
) -> StepTrace:
    """One step of an LSTM cell."""
    return lstm_from_z(tf.concat([x, h_prev], axis=1) @ kernel + bias, c_prev, forget_bias)


def lstm_from_z(z: Array, c_prev: Array, forget_bias: float | Array) -> StepTrace:
    r"""One step of an LSTM cell, from its pre-activations.

    .. math::

        i, o, f &= \sigma(z_i),\ \sigma(z_o),\ \sigma(z_f + b_f)
        \qquad \tilde c = \tanh(z_j) \\
        c_t &= f \odot c_{t-1} + i \odot \tilde c \\
        h_t &= o \odot \tanh(c_t)
    """
    z_i, z_j, z_f, z_o = tf.split(z, 4, axis=1)
    i = tf.sigmoid(z_i)
    candidate = tf.tanh(z_j)
    f = tf.sigmoid(z_f + forget_bias)
    o = tf.sigmoid(z_o)
    c = f * c_prev + i * candidate
    h = o * tf.tanh(c)
    return StepTrace(f, i, candidate, o, c, h)


def peephole_step(
    x: Array, c_prev: Array, h_prev: Array, kernel: Array, bias: Array, forget_bias: float
) -> StepTrace:
    """One step of an LSTM cell whose gates see c."""
    units = h_prev.shape[1]
    z = tf.concat([x, h_prev], axis=1) @ kernel + bias[: 4 * units]
    return peephole_from_z(z, c_prev, bias[None, 4 * units :], forget_bias)


def peephole_from_z(z: Array, c_prev: Array, w: Array, forget_bias: float | Array) -> StepTrace:
    r"""One step of an LSTM cell whose gates see c, from its pre-activations.

    .. math::

        i &= \sigma(z_i + w_i \odot c_{t-1}) \qquad
        f = \sigma(z_f + b_f + w_f \odot c_{t-1}) \qquad
        o = \sigma(z_o + w_o \odot c_t)

    with :math:`w_i, w_f, w_o` side by side in `w`.
    """
    z_i, z_j, z_f, z_o = tf.split(z, 4, axis=1)
    w_i, w_f, w_o = tf.split(w, 3, axis=1)
    i = tf.sigmoid(z_i + w_i * c_prev)
    candidate = tf.tanh(z_j)
    f = tf.sigmoid(z_f + forget_bias + w_f * c_prev)
    c = f * c_prev + i * candidate
    o = tf.sigmoid(z_o + w_o * c)
    return StepTrace(f, i, candidate, o, c, o * tf.tanh(c))


def coupled_step(
    x: Array, c_prev: Array, h_prev: Array, kernel: Array, bias: Array, forget_bias: float
) -> StepTrace:
    """One step of an LSTM cell that writes what it forgets."""
    return coupled_from_z(tf.concat([x, h_prev], axis=1) @ kernel + bias, c_prev, forget_bias)


def coupled_from_z(z: Array, c_prev: Array, forget_bias: float | Array) -> StepTrace:
    r"""One step of it from its pre-activations, :math:`i = 1 - f`."""
    z_j, z_f, z_o = tf.split(z, 3, axis=1)
    candidate = tf.tanh(z_j)
    f = tf.sigmoid(z_f + forget_bias)
    o = tf.sigmoid(z_o)
    c = f * c_prev + (1 - f) * candidate
    return StepTrace(f, 1 - f, candidate, o, c, o * tf.tanh(c))


def rnn_step(x: Array, h_prev: Array, kernel: Array, bias: Array) -> RNNStepTrace:
    """One step of the plain cell."""
    return rnn_from_z(tf.concat([x, h_prev], axis=1) @ kernel + bias)


def rnn_from_z(z: Array) -> RNNStepTrace:
    r"""One step of the plain cell from its pre-activations, :math:`h_t = \tanh(z)`."""
    return RNNStepTrace(z, tf.tanh(z))


def gru_step(
    x: Array, h_prev: Array, kernel: Array, bias: Array, reset_after: bool
) -> GRUStepTrace:
    """One step of a GRU cell."""
    size, units = x.shape[1], h_prev.shape[1]
    W_ru, W_c = kernel[:, : 2 * units], kernel[:, 2 * units :]
    b_ru, b_c = bias[: 2 * units], bias[2 * units : 3 * units]
    r, u = tf.split(tf.sigmoid(tf.concat([x, h_prev], axis=1) @ W_ru + b_ru), 2, axis=1)
    if reset_after:
        q = h_prev @ W_c[size:] + bias[3 * units :]
        candidate = tf.tanh(tf.matmul(x, W_c[:size]) + b_c + r * q)
    else:
        candidate = tf.tanh(tf.concat([x, r * h_prev], axis=1) @ W_c + b_c)
    return GRUStepTrace(r, u, candidate, u * h_prev + (1 - u) * candidate)
