r"""The mLSTM: an LSTM whose cell is a matrix, written by keys and read by queries.

Source of all in this module: Beck et al. (2024), "xLSTM: Extended Long Short-Term Memory".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_lib.numpy_backend.step import sigmoid
from lstm_lib.today.layers import check_layer, num_units

Array = np.ndarray


class MLSTMState(NamedTuple):
    """What an mLSTM carries.

    Attributes
    ----------
    C : array of shape (batch_size, num_units, num_units)
        The sum of what was written, each value times its key.
    n : array of shape (batch_size, num_units)
        The sum of the keys, by the same weights.
    m : array of shape (batch_size,)
        The logarithm that both are scaled down by.
    """

    C: Array
    n: Array
    m: Array


def m_lstm_step(
    q: Array, k: Array, v: Array, z_i: Array, z_f: Array, state: MLSTMState
) -> tuple[Array, MLSTMState]:
    r"""One step: write a value under a key, then read what stands under the query.

    .. math::

        C_t &= \sigma(z_f) C_{t-1} + e^{z_i} v_t k_t^\top / \sqrt d \\
        n_t &= \sigma(z_f) n_{t-1} + e^{z_i} k_t / \sqrt d \\
        r_t &= C_t q_t / \max(|n_t^\top q_t|, 1)

    with :math:`d` units. C and n are kept times :math:`e^{-m_t}`, as in `s_lstm_step`; the 1
    is then :math:`e^{-m_t}`, too.

    Parameters
    ----------
    q, k, v : arrays of shape (batch_size, num_units)
        Query, key and value.
    z_i, z_f : arrays of shape (batch_size,)
        Pre-activations of the two gates, which are numbers: one for the whole matrix.
    state : MLSTMState
        All zeros before the first step.

    Returns
    -------
    read : array of shape (batch_size, num_units)
        What the output gate is still to be applied to.
    state : MLSTMState
    """
    kept = state.m - np.logaddexp(0, -z_f)  # log sigmoid(z_f), and what was scaled before
    m = np.maximum(kept, z_i)
    f, i = np.exp(kept - m)[:, None], np.exp(z_i - m)[:, None]
    k = i * k / np.sqrt(k.shape[1])
    C = f[:, None] * state.C + v[:, :, None] * k[:, None, :]
    n = f * state.n + k
    with np.errstate(over="ignore"):  # so little was ever written that nothing can be read
        least = np.exp(-m)
    size = np.maximum(np.abs(np.sum(n * q, axis=1)), least)
    read = np.sum(C * q[:, None, :], axis=2) / size[:, None]
    return read, MLSTMState(C, n, m)


def m_lstm(inputs: Array, kernel: Array, bias: Array) -> Array:
    r"""Outputs of an mLSTM layer, :math:`h_t = \sigma(z_o) \odot r_t`, from a state of zeros.

    All comes from the inputs alone, :math:`[q, k, v, z_o, z_i, z_f] = x_t W + b`.

    Parameters
    ----------
    inputs : array of shape (batch_size, time, input_size)
    kernel : array of shape (input_size, 4 * num_units + 2)
        Columns query, key, value, output gate; input gate and forget gate, one each.
    bias : array of shape (4 * num_units + 2,)

    Returns
    -------
    array of shape (batch_size, time, num_units)

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype.
    """
    dtype = check_layer(inputs, kernel, bias)
    batch_size, time, input_size = inputs.shape
    units = num_units(kernel, input_size, 4, and_gates=2)
    z = inputs @ kernel + bias
    q, k, v, z_o = np.split(z[..., :-2], 4, axis=2)
    state = MLSTMState(
        np.zeros((batch_size, units, units), dtype),
        np.zeros((batch_size, units), dtype),
        np.zeros(batch_size, dtype),
    )
    outputs = np.empty((batch_size, time, units), dtype)
    for t in range(time):
        read, state = m_lstm_step(q[:, t], k[:, t], v[:, t], z[:, t, -2], z[:, t, -1], state)
        outputs[:, t] = sigmoid(z_o[:, t]) * read
    return outputs
