"""A linear recurrence over time, all steps at once, on TensorFlow."""

from __future__ import annotations

from typing import TypeAlias

from lstm_lib._tensorflow import tf
from lstm_lib.checks import check_array, float_dtype

Array: TypeAlias = tf.Tensor


def linear_scan(f: Array, b: Array, start: Array | None = None) -> Array:
    r"""All states of a linear recurrence.

    .. math:: c_t = f_t \odot c_{t-1} + b_t

    As ``numpy_backend.linear_scan``: the same rounds, arguments and errors. A tape follows it.

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype, or the number of steps is open.
    """
    dtype = float_dtype(getattr(f, "dtype", type(f)), "f")
    check_array("f", f, ("batch_size", "time", "num_units"), dtype)
    check_array("b", b, tuple(f.shape), dtype)
    if start is None:
        start = tf.zeros((tf.shape(f)[0], f.shape[2]), dtype)
    check_array("start", start, (f.shape[0], f.shape[2]), dtype)
    if f.shape[1] is None:
        raise ValueError("f: expected a known number of steps, given an open one (None)")
    kept, added = tf.convert_to_tensor(f), tf.convert_to_tensor(b)
    added = tf.concat([kept[:, :1] * start[:, None] + added[:, :1], added[:, 1:]], axis=1)
    stride = 1
    while stride < f.shape[1]:
        joined = kept[:, stride:] * added[:, :-stride] + added[:, stride:]
        added = tf.concat([added[:, :stride], joined], axis=1)
        kept = tf.concat([kept[:, :stride], kept[:, stride:] * kept[:, :-stride]], axis=1)
        stride *= 2
    return added
