r"""One step of a cell on NumPy, forward and backward: the equations and nothing else.

No checks, no layout, no speed: whatever is faster (``fast``) is tested against these
functions. In all of them the rows of ``kernel`` are [x; h], as in TF1's cells, and ``d_v``
is :math:`\delta v`, the gradient of the loss with respect to v.
"""

from __future__ import annotations

import numpy as np

from lstm_lib.state import Gradients, LSTMStateTuple, RNNStepTrace, StepTrace

Array = np.ndarray


def sigmoid(z: Array) -> Array:
    r"""Logistic sigmoid, :math:`\sigma(z) = 1 / (1 + e^{-z})`, of any shape.

    Computed as :math:`(1 + \tanh(z/2)) / 2`, which is the same function and
    cannot overflow.
    """
    return 0.5 * np.tanh(0.5 * z) + 0.5


def lstm_step(
    x: Array, c_prev: Array, h_prev: Array, kernel: Array, bias: Array, forget_bias: float
) -> StepTrace:
    r"""One step of an LSTM cell.

    .. math::

        [z_i, z_j, z_f, z_o] &= [x_t, h_{t-1}]\, W + b \\
        i, o, f &= \sigma(z_i),\ \sigma(z_o),\ \sigma(z_f + b_f)
        \qquad \tilde c = \tanh(z_j) \\
        c_t &= f \odot c_{t-1} + i \odot \tilde c \\
        h_t &= o \odot \tanh(c_t)

    Sources: Hochreiter and Schmidhuber (1997); forget gate: Gers, Schmidhuber and
    Cummins (2000); layout of the weights: TensorFlow 1, ``rnn_cell_impl.py``.

    Parameters
    ----------
    x : array of shape (batch_size, input_size)
    c_prev, h_prev : arrays of shape (batch_size, num_units)
    kernel : array of shape (input_size + num_units, 4 * num_units)
        Columns i, j, f, o; j is the candidate.
    bias : array of shape (4 * num_units,)
    forget_bias : float
        :math:`b_f`, not part of `bias`.

    Returns
    -------
    StepTrace of arrays of shape (batch_size, num_units)
    """
    z_i, z_j, z_f, z_o = blocks(np.concatenate([x, h_prev], axis=1) @ kernel + bias, 4)
    i = sigmoid(z_i)
    candidate = np.tanh(z_j)
    f = sigmoid(z_f + forget_bias)
    o = sigmoid(z_o)
    c = f * c_prev + i * candidate
    h = o * np.tanh(c)
    return StepTrace(f, i, candidate, o, c, h)


def lstm_step_back(
    d_c: Array, d_h: Array, x: Array, c_prev: Array, h_prev: Array, step: StepTrace, kernel: Array
) -> Gradients:
    r"""The way back through one step of an LSTM cell.

    .. math::

        \delta c_t &\leftarrow \delta c_t + \delta h_t \odot o \odot (1 - \tanh^2 c_t) \\
        \delta z_i &= \delta c_t \odot \tilde c \odot i \odot (1 - i) \\
        \delta z_j &= \delta c_t \odot i \odot (1 - \tilde c^2) \\
        \delta z_f &= \delta c_t \odot c_{t-1} \odot f \odot (1 - f) \\
        \delta z_o &= \delta h_t \odot \tanh c_t \odot o \odot (1 - o) \\
        \delta W &= [x_t, h_{t-1}]^\top \delta z \qquad
        \delta b = \textstyle\sum_{\text{batch}} \delta z \\
        [\delta x_t, \delta h_{t-1}] &= \delta z\, W^\top \qquad
        \delta c_{t-1} = \delta c_t \odot f

    Source: Graves and Schmidhuber (2005); derived in chapter 5.

    Parameters
    ----------
    d_c, d_h : arrays of shape (batch_size, num_units)
        Gradients of the loss with respect to c and h of this step: what came back from the
        next step and, in `d_h`, from the output.
    x, c_prev, h_prev, kernel
        As they were given to `lstm_step`.
    step : StepTrace
        What it returned.

    Returns
    -------
    Gradients
        Of the kernel, the bias, x (as ``inputs``) and the state before the step.
    """
    f, i, candidate, o, c, _ = step
    tanh_c = np.tanh(c)
    d_c = d_c + d_h * o * (1 - tanh_c**2)
    d_z_i = d_c * candidate * i * (1 - i)
    d_z_j = d_c * i * (1 - candidate**2)
    d_z_f = d_c * c_prev * f * (1 - f)
    d_z_o = d_h * tanh_c * o * (1 - o)
    d_z = np.concatenate([d_z_i, d_z_j, d_z_f, d_z_o], axis=1)
    d_kernel = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return Gradients(d_kernel, d_z.sum(axis=0), d_x, LSTMStateTuple(c=d_c * f, h=d_h_prev))


def rnn_step(x: Array, h_prev: Array, kernel: Array, bias: Array) -> RNNStepTrace:
    r"""One step of the plain cell, :math:`h_t = \tanh([x_t, h_{t-1}]\, W + b)`.

    Source: Elman (1990).

    Parameters
    ----------
    x : array of shape (batch_size, input_size)
    h_prev : array of shape (batch_size, num_units)
    kernel : array of shape (input_size + num_units, num_units)
    bias : array of shape (num_units,)

    Returns
    -------
    RNNStepTrace of arrays of shape (batch_size, num_units)
    """
    z = np.concatenate([x, h_prev], axis=1) @ kernel + bias
    return RNNStepTrace(z, np.tanh(z))


def rnn_step_back(
    d_h: Array, x: Array, h_prev: Array, step: RNNStepTrace, kernel: Array
) -> Gradients:
    r"""The way back through one step of the plain cell.

    .. math::

        \delta z = \delta h_t \odot (1 - h_t^2) \qquad
        \delta W = [x_t, h_{t-1}]^\top \delta z \qquad
        [\delta x_t, \delta h_{t-1}] = \delta z\, W^\top

    Source: Werbos (1990). Parameters and result as of `lstm_step_back`; the state is h alone.
    """
    d_z = d_h * (1 - step.h**2)
    d_kernel = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return Gradients(d_kernel, d_z.sum(axis=0), d_x, d_h_prev)


def blocks(z: Array, count: int) -> Array:
    """The columns of z as so many blocks, which are views; ``np.split`` takes 20 µs for it."""
    return z.reshape(len(z), count, z.shape[1] // count).swapaxes(0, 1)
