r"""The sLSTM: an LSTM whose input gate is an exponential, so that a later value can outweigh all.

Source of all in this module: Beck et al. (2024), "xLSTM: Extended Long Short-Term Memory".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_lib.checks import check_array
from lstm_lib.numpy_backend.step import sigmoid
from lstm_lib.today.layers import check_layer

Array = np.ndarray


class SLSTMState(NamedTuple):
    """What an sLSTM carries: arrays of shape (batch_size, num_units).

    Attributes
    ----------
    c
        The sum of what was written, by its weight.
    n
        The sum of the weights.
    m
        The logarithm that both are scaled down by.
    h
        The output of the step before.
    """

    c: Array
    n: Array
    m: Array
    h: Array


def s_lstm_step(z: Array, state: SLSTMState) -> SLSTMState:
    r"""One step, from the pre-activations of its four blocks.

    .. math::

        c_t &= \sigma(z_f) \odot c_{t-1} + e^{z_i} \odot \tanh(z_j) \\
        n_t &= \sigma(z_f) \odot n_{t-1} + e^{z_i} \\
        h_t &= \sigma(z_o) \odot c_t / n_t

    The exponential may be too large for a float. So c and n are kept times :math:`e^{-m_t}`,
    which leaves their quotient as it is:

    .. math::

        m_t &= \max(\log \sigma(z_f) + m_{t-1},\ z_i) \\
        f' &= e^{\log \sigma(z_f) + m_{t-1} - m_t} \qquad i' = e^{z_i - m_t}

    Parameters
    ----------
    z : array of shape (batch_size, 4 * num_units)
        Blocks i, j, f, o, as those of `BasicLSTMCell`.
    state : SLSTMState
        All zeros before the first step.
    """
    z_i, z_j, z_f, z_o = np.split(z, 4, axis=-1)
    kept = state.m - np.logaddexp(0, -z_f)  # log sigmoid(z_f), and what was scaled before
    m = np.maximum(kept, z_i)
    f, i = np.exp(kept - m), np.exp(z_i - m)
    c = f * state.c + i * np.tanh(z_j)
    n = f * state.n + i
    return SLSTMState(c, n, m, sigmoid(z_o) * c / n)


def s_lstm(inputs: Array, kernel: Array, bias: Array) -> Array:
    r"""Outputs of an sLSTM layer, :math:`z_t = [x_t, h_{t-1}] W + b`, from a state of zeros.

    Parameters
    ----------
    inputs : array of shape (batch_size, time, input_size)
    kernel : array of shape (input_size + num_units, 4 * num_units)
        Rows [inputs; h], columns i, j, f, o.
    bias : array of shape (4 * num_units,)

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
    units = kernel.shape[0] - input_size
    check_array("kernel", kernel, ("input_size + num_units", 4 * units), dtype)
    state = SLSTMState(*np.zeros((4, batch_size, units), dtype))
    outputs = np.empty((batch_size, time, units), dtype)
    of_inputs = inputs @ kernel[:input_size] + bias
    for t in range(time):
        state = s_lstm_step(of_inputs[:, t] + state.h @ kernel[input_size:], state)
        outputs[:, t] = state.h
    return outputs
