"""One step of the LSTM's variants and of the GRU on NumPy, forward and backward, as in ``step``."""

from __future__ import annotations

import numpy as np

from lstm_lib.numpy_backend.step import blocks, lstm_step_back, sigmoid
from lstm_lib.state import Gradients, GRUStepTrace, LSTMStateTuple, StepTrace

Array = np.ndarray


def peephole_step(
    x: Array, c_prev: Array, h_prev: Array, kernel: Array, bias: Array, forget_bias: float
) -> StepTrace:
    r"""One step of an LSTM cell whose gates see c.

    .. math::

        i &= \sigma(z_i + w_i \odot c_{t-1}) \qquad
        f = \sigma(z_f + b_f + w_f \odot c_{t-1}) \\
        o &= \sigma(z_o + w_o \odot c_t)

    and all else as in `lstm_step`. Source: Gers, Schraudolph and Schmidhuber (2002).
    Parameters and result as of `lstm_step`, but `bias` is (7 * num_units,): behind the biases
    stand :math:`w_i, w_f, w_o`.
    """
    b, (w_i, w_f, w_o) = _with_peepholes(bias)
    z_i, z_j, z_f, z_o = blocks(np.concatenate([x, h_prev], axis=1) @ kernel + b, 4)
    i = sigmoid(z_i + w_i * c_prev)
    candidate = np.tanh(z_j)
    f = sigmoid(z_f + forget_bias + w_f * c_prev)
    c = f * c_prev + i * candidate
    o = sigmoid(z_o + w_o * c)
    return StepTrace(f, i, candidate, o, c, o * np.tanh(c))


def peephole_step_back(
    d_c: Array,
    d_h: Array,
    x: Array,
    c_prev: Array,
    h_prev: Array,
    step: StepTrace,
    kernel: Array,
    bias: Array,
) -> Gradients:
    r"""The way back through one step of an LSTM cell whose gates see c.

    As `lstm_step_back`, and

    .. math::

        \delta c_t &\leftarrow \delta c_t + \delta z_o \odot w_o \qquad
        \delta c_{t-1} \leftarrow \delta c_{t-1}
            + \delta z_i \odot w_i + \delta z_f \odot w_f \\
        \delta w_i &= \textstyle\sum_{\text{batch}} \delta z_i \odot c_{t-1} \qquad
        \delta w_f = \sum_{\text{batch}} \delta z_f \odot c_{t-1} \qquad
        \delta w_o = \sum_{\text{batch}} \delta z_o \odot c_t
    """
    _, (w_i, w_f, w_o) = _with_peepholes(bias)
    d_z_o = d_h * np.tanh(step.c) * step.o * (1 - step.o)
    d = lstm_step_back(d_c + d_z_o * w_o, d_h, x, c_prev, h_prev, step, kernel)
    d_c = d_c + d_z_o * w_o + d_h * step.o * (1 - np.tanh(step.c) ** 2)
    d_z_i = d_c * step.candidate * step.i * (1 - step.i)
    d_z_f = d_c * c_prev * step.f * (1 - step.f)
    d_w = [(d_z_i * c_prev).sum(0), (d_z_f * c_prev).sum(0), (d_z_o * step.c).sum(0)]
    d_c_prev = d.initial_state.c + d_z_i * w_i + d_z_f * w_f
    return d._replace(
        bias=np.concatenate([d.bias, *d_w]),
        initial_state=LSTMStateTuple(c=d_c_prev, h=d.initial_state.h),
    )


def coupled_step(
    x: Array, c_prev: Array, h_prev: Array, kernel: Array, bias: Array, forget_bias: float
) -> StepTrace:
    r"""One step of an LSTM cell that writes what it forgets, :math:`i = 1 - f`.

    All else is as in `lstm_step`, but the blocks of kernel and bias are j, f, o.
    Source: Greff et al. (2017).
    """
    z_j, z_f, z_o = blocks(np.concatenate([x, h_prev], axis=1) @ kernel + bias, 3)
    candidate = np.tanh(z_j)
    f = sigmoid(z_f + forget_bias)
    o = sigmoid(z_o)
    c = f * c_prev + (1 - f) * candidate
    return StepTrace(f, 1 - f, candidate, o, c, o * np.tanh(c))


def coupled_step_back(
    d_c: Array, d_h: Array, x: Array, c_prev: Array, h_prev: Array, step: StepTrace, kernel: Array
) -> Gradients:
    r"""The way back through one step of an LSTM cell that writes what it forgets.

    As `lstm_step_back`, and
    :math:`\delta z_f = \delta c_t \odot (c_{t-1} - \tilde c) \odot f \odot (1 - f)`.
    """
    f, i, candidate, o, c, _ = step
    tanh_c = np.tanh(c)
    d_c = d_c + d_h * o * (1 - tanh_c**2)
    d_z_j = d_c * i * (1 - candidate**2)
    d_z_f = d_c * (c_prev - candidate) * f * (1 - f)
    d_z_o = d_h * tanh_c * o * (1 - o)
    d_z = np.concatenate([d_z_j, d_z_f, d_z_o], axis=1)
    d_kernel = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return Gradients(d_kernel, d_z.sum(axis=0), d_x, LSTMStateTuple(c=d_c * f, h=d_h_prev))


def gru_step(
    x: Array, h_prev: Array, kernel: Array, bias: Array, reset_after: bool
) -> GRUStepTrace:
    r"""One step of a GRU cell.

    .. math::

        [r, u] &= \sigma([x_t, h_{t-1}]\, W_{ru} + b_{ru}) \\
        \tilde h &= \tanh([x_t, r \odot h_{t-1}]\, W_c + b_c) \\
        h_t &= u \odot h_{t-1} + (1 - u) \odot \tilde h

    With `reset_after`,
    :math:`\tilde h = \tanh(x_t W_{cx} + b_c + r \odot (h_{t-1} W_{ch} + b_{ch}))`.
    Source: Cho et al. (2014).

    Parameters
    ----------
    x : array of shape (batch_size, input_size)
    h_prev : array of shape (batch_size, num_units)
    kernel : array of shape (input_size + num_units, 3 * num_units)
        Columns r, u, candidate.
    bias : array of shape (3 * num_units,), or (4 * num_units,) with `reset_after`
    reset_after : bool

    Returns
    -------
    GRUStepTrace of arrays of shape (batch_size, num_units)
    """
    size, units = x.shape[1], h_prev.shape[1]
    W_ru, W_c = np.split(kernel, [2 * units], axis=1)
    b_ru, b_c, b_ch = np.split(bias, [2 * units, 3 * units])
    r, u = blocks(sigmoid(np.concatenate([x, h_prev], axis=1) @ W_ru + b_ru), 2)
    if reset_after:
        candidate = np.tanh(x @ W_c[:size] + b_c + r * (h_prev @ W_c[size:] + b_ch))
    else:
        candidate = np.tanh(np.concatenate([x, r * h_prev], axis=1) @ W_c + b_c)
    return GRUStepTrace(r, u, candidate, u * h_prev + (1 - u) * candidate)


def gru_step_back(
    d_h: Array,
    x: Array,
    h_prev: Array,
    step: GRUStepTrace,
    kernel: Array,
    bias: Array,
    reset_after: bool,
) -> Gradients:
    r"""The way back through one step of a GRU cell.

    .. math::

        \delta z_c &= \delta h_t \odot (1 - u) \odot (1 - \tilde h^2) \\
        \delta z_u &= \delta h_t \odot (h_{t-1} - \tilde h) \odot u \odot (1 - u) \\
        \delta z_r &= (\delta z_c W_{ch}^\top) \odot h_{t-1} \odot r \odot (1 - r) \\
        \delta h_{t-1} &= \delta h_t \odot u + (\delta z_c W_{ch}^\top) \odot r
                          + \delta z_{ru} W_{ru,h}^\top

    With `reset_after`, :math:`q = h_{t-1} W_{ch} + b_{ch}` has
    :math:`\delta q = \delta z_c \odot r`, and
    :math:`\delta z_r = \delta z_c \odot q \odot r \odot (1 - r)`.
    Parameters and result as of `lstm_step_back`; the state is h alone.
    """
    r, u, candidate, _ = step
    size, units = x.shape[1], h_prev.shape[1]
    W_ru, W_c = np.split(kernel, [2 * units], axis=1)
    d_z_c = d_h * (1 - u) * (1 - candidate**2)
    d_z_u = d_h * (h_prev - candidate) * u * (1 - u)
    if reset_after:
        d_q = d_z_c * r
        d_r = d_z_c * (h_prev @ W_c[size:] + bias[3 * units :])
        d_W_c = np.concatenate([x.T @ d_z_c, h_prev.T @ d_q])
        d_x, d_h_prev, d_biases = d_z_c @ W_c[:size].T, d_q @ W_c[size:].T, [d_z_c, d_q]
    else:
        d_x, d_kept = np.split(d_z_c @ W_c.T, [size], axis=1)  # d_kept: of r * h_prev
        d_r, d_h_prev, d_biases = d_kept * h_prev, d_kept * r, [d_z_c]
        d_W_c = np.concatenate([x, r * h_prev], axis=1).T @ d_z_c
    d_z_ru = np.concatenate([d_r * r * (1 - r), d_z_u], axis=1)
    d_W_ru = np.concatenate([x, h_prev], axis=1).T @ d_z_ru
    d_x_ru, d_h_ru = np.split(d_z_ru @ W_ru.T, [size], axis=1)
    d_bias = np.concatenate([d_z_ru, *d_biases], axis=1).sum(axis=0)
    d_kernel = np.concatenate([d_W_ru, d_W_c], axis=1)
    return Gradients(d_kernel, d_bias, d_x + d_x_ru, d_h * u + d_h_prev + d_h_ru)


def _with_peepholes(bias: Array) -> tuple[Array, Array]:
    """The biases, and the three vectors behind them."""
    units = len(bias) // 7
    return bias[: 4 * units], bias[4 * units :].reshape(3, units)
