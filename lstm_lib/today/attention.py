r"""The smallest causal attention layer: no state, each step looks at all steps up to its own."""

from __future__ import annotations

import numpy as np

from lstm_lib.today.layers import check_layer, num_units

Array = np.ndarray


def causal_attention(q: Array, k: Array, v: Array) -> Array:
    r"""For each step a mean of the values so far, weighted by how well their keys fit its query.

    .. math::

        a_{ts} = \frac{e^{q_t^\top k_s / \sqrt d}}{\sum_{r \le t} e^{q_t^\top k_r / \sqrt d}}
        \qquad h_t = \sum_{s \le t} a_{ts} v_s

    Source: Vaswani et al. (2017), "Attention Is All You Need", one head.

    Parameters
    ----------
    q, k, v : arrays of shape (batch_size, time, num_units)
        Query, key and value of each step.

    Returns
    -------
    array of shape (batch_size, time, num_units)
    """
    scores = q @ np.swapaxes(k, 1, 2) / np.sqrt(q.shape[2]).astype(q.dtype)
    later = np.triu(np.ones(scores.shape[1:], bool), 1)
    scores[:, later] = -np.inf
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))  # the largest one is 1
    return weights @ v / weights.sum(axis=2, keepdims=True)


def attention(inputs: Array, kernel: Array, bias: Array) -> Array:
    r"""Outputs of a layer of `causal_attention`, :math:`[q, k, v] = x_t W + b`.

    Parameters
    ----------
    inputs : array of shape (batch_size, time, input_size)
    kernel : array of shape (input_size, 3 * num_units)
        Columns query, key, value.
    bias : array of shape (3 * num_units,)

    Returns
    -------
    array of shape (batch_size, time, num_units)

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype.
    """
    check_layer(inputs, kernel, bias)
    num_units(kernel, inputs.shape[2], 3)
    return causal_attention(*np.split(inputs @ kernel + bias, 3, axis=2))
