"""The gates one by one on TensorFlow, as the text writes them: the rows of W are [h, x]."""

from __future__ import annotations

from typing import TypeAlias

from lstm_lib._tensorflow import tf
from lstm_lib.checks import check_gate, check_same

Array: TypeAlias = tf.Tensor


def forget_gate(h_prev: Array, x: Array, W_f: Array, b_f: Array) -> Array:
    r"""Forget gate :math:`f_t = \sigma([h_{t-1}, x_t] W_f + b_f)`.

    1 keeps a number of the cell state, 0 forgets it. Source: Gers, Schmidhuber
    and Cummins (2000), "Learning to Forget".

    Parameters
    ----------
    h_prev : tensor of shape (batch_size, num_units)
    x : tensor of shape (batch_size, input_size)
    W_f : tensor of shape (num_units + input_size, num_units)
    b_f : tensor of shape (num_units,)

    Returns
    -------
    tensor of shape (batch_size, num_units), in (0, 1)

    Raises
    ------
    TypeError, ValueError
        If a tensor has another dtype than `h_prev`, or a shape that does not fit.
    """
    return tf.sigmoid(_affine(h_prev, x, W_f, b_f, "f"))


def input_gate(h_prev: Array, x: Array, W_i: Array, b_i: Array) -> Array:
    r"""Input gate :math:`i_t = \sigma([h_{t-1}, x_t] W_i + b_i)`.

    How much of each candidate is written. Shapes and errors as in `forget_gate`.
    """
    return tf.sigmoid(_affine(h_prev, x, W_i, b_i, "i"))


def candidate(h_prev: Array, x: Array, W_c: Array, b_c: Array) -> Array:
    r"""Candidate :math:`\tilde c_t = \tanh([h_{t-1}, x_t] W_c + b_c)`, in (-1, 1).

    What could be written to the cell state. Shapes and errors as in `forget_gate`.
    """
    return tf.tanh(_affine(h_prev, x, W_c, b_c, "c"))


def output_gate(h_prev: Array, x: Array, W_o: Array, b_o: Array) -> Array:
    r"""Output gate :math:`o_t = \sigma([h_{t-1}, x_t] W_o + b_o)`.

    How much of the cell state is shown. Shapes and errors as in `forget_gate`.
    """
    return tf.sigmoid(_affine(h_prev, x, W_o, b_o, "o"))


def update_cell(f: Array, c_prev: Array, i: Array, candidate: Array) -> Array:
    r"""Cell state :math:`c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t`.

    All four have one shape, usually (batch_size, num_units), and one dtype.

    Raises
    ------
    TypeError, ValueError
        If they do not: nothing is broadcast.
    """
    check_same({"f": f, "c_prev": c_prev, "i": i, "candidate": candidate})
    return tf.multiply(f, c_prev) + tf.multiply(i, candidate)


def update_hidden(o: Array, c: Array) -> Array:
    r"""Hidden state :math:`h_t = o_t \odot \tanh(c_t)`.

    Both have one shape, usually (batch_size, num_units), and one dtype.

    Raises
    ------
    TypeError, ValueError
        If they do not: nothing is broadcast.
    """
    check_same({"o": o, "c": c})
    return tf.multiply(o, tf.tanh(c))


def _affine(h_prev: Array, x: Array, W: Array, b: Array, gate: str) -> Array:
    check_gate(h_prev, x, W, b, gate)
    return tf.concat([h_prev, x], axis=1) @ W + b
