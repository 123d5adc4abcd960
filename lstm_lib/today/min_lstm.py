r"""The minLSTM: an LSTM whose gates see the input alone, so that all steps run at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_lib.numpy_backend.scan import linear_scan, linear_scan_back
from lstm_lib.numpy_backend.step import sigmoid
from lstm_lib.today.layers import check_layer, num_units

Array = np.ndarray


class MinLSTMTrace(NamedTuple):
    """All that a layer computes, for every step: arrays of shape (batch_size, time, num_units).

    Attributes
    ----------
    f, i
        The gates before they are scaled so that they sum to 1.
    kept
        The share of the old state that is kept, f / (f + i).
    candidate
        What may be written.
    c
        The state, which is the output, too.
    """

    f: Array
    i: Array
    kept: Array
    candidate: Array
    c: Array


def min_lstm(inputs: Array, kernel: Array, bias: Array, start: Array | None = None) -> MinLSTMTrace:
    r"""A minLSTM layer over whole sequences.

    .. math::

        [z_f, z_i, \tilde c] &= x_t W + b \qquad f_t, i_t = \sigma(z_f), \sigma(z_i) \\
        f'_t &= f_t / (f_t + i_t) \\
        c_t &= f'_t \odot c_{t-1} + (1 - f'_t) \odot \tilde c_t

    Nothing on the right but :math:`c_{t-1}` comes from the step before: a `linear_scan`.
    Source: Feng et al. (2024), "Were RNNs All We Needed?", section 3.2.

    Parameters
    ----------
    inputs : array of shape (batch_size, time, input_size)
    kernel : array of shape (input_size, 3 * num_units)
        Columns f, i, candidate.
    bias : array of shape (3 * num_units,)
    start : array of shape (batch_size, num_units)
        The state before the first step; zeros if None.

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype.
    """
    check_layer(inputs, kernel, bias)
    num_units(kernel, inputs.shape[2], 3)
    z_f, z_i, candidate = np.split(np.asarray(inputs) @ kernel + bias, 3, axis=2)
    f, i = sigmoid(z_f), sigmoid(z_i)
    # f / (f + i), which is 0 / 0 where both gates are shut
    kept = sigmoid(np.logaddexp(0, -z_i) - np.logaddexp(0, -z_f))
    return MinLSTMTrace(f, i, kept, candidate, linear_scan(kept, (1 - kept) * candidate, start))


def min_lstm_back(
    d_c: Array, inputs: Array, kernel: Array, trace: MinLSTMTrace, start: Array | None = None
) -> tuple[Array, Array, Array, Array]:
    r"""The way back through `min_lstm`.

    .. math::

        \delta f'_t &= \delta c_t \odot (c_{t-1} - \tilde c_t) \qquad
        \delta \tilde c_t = \delta c_t \odot (1 - f'_t) \\
        \delta z_f &= \delta f'_t \odot f'_t (1 - f'_t) \odot (1 - f_t) \\
        \delta z_i &= -\delta f'_t \odot f'_t (1 - f'_t) \odot (1 - i_t)

    with :math:`\delta c_t` what `linear_scan_back` brings from all later steps.

    Parameters
    ----------
    d_c : array of shape (batch_size, time, num_units)
        Gradients of the loss with respect to the outputs.
    inputs, kernel, start
        As they were given to `min_lstm`.
    trace : MinLSTMTrace
        What it returned.

    Returns
    -------
    d_kernel, d_bias, d_inputs, d_start
        Of the shapes of what they are gradients of.
    """
    f, i, kept, candidate, c = trace
    d_kept, d_added, d_start = linear_scan_back(d_c, kept, c, start)
    d_kept = d_kept - d_added * candidate
    slope = d_kept * kept * (1 - kept)
    d_z = np.concatenate([slope * (1 - f), -slope * (1 - i), d_added * (1 - kept)], axis=2)
    d_kernel = np.tensordot(np.asarray(inputs), d_z, axes=([0, 1], [0, 1]))
    return d_kernel, d_z.sum(axis=(0, 1)), d_z @ kernel.T, d_start
