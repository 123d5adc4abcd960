r"""A linear recurrence over time, all steps at once, on NumPy.

:math:`c_t = f_t \odot c_{t-1} + b_t` is a chain of maps "times f, plus b". Two such maps in a
row are one map of the same kind, so the chain can be bracketed in any way, and a chain of
T maps takes log2 T rounds.
"""

from __future__ import annotations

import numpy as np

from lstm_lib.checks import check_array, float_dtype

Array = np.ndarray


def linear_scan(f: Array, b: Array, start: Array | None = None) -> Array:
    r"""All states of a linear recurrence.

    .. math:: c_t = f_t \odot c_{t-1} + b_t

    by doubling: after round k each step holds the map of the last :math:`2^k` steps, and

    .. math:: (f', b') \circ (f, b) = (f' \odot f,\ f' \odot b + b')

    joins a step's map with that of the stretch before it. Sources: Hillis and Steele (1986)
    for the rounds, Blelloch (1990) for the recurrence.

    Parameters
    ----------
    f, b : arrays of shape (batch_size, time, num_units)
        What is kept of the state at each step, and what is added to it.
    start : array of shape (batch_size, num_units)
        The state before the first step; zeros if None.

    Returns
    -------
    array of shape (batch_size, time, num_units)
        The state after each step.

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype.
    """
    f, b, start = _checked(f, b, start)
    kept, added = f.copy(), b.copy()
    added[:, :1] += f[:, :1] * start[:, None]
    stride = 1
    while stride < f.shape[1]:
        # The right sides are computed before anything is written: each round reads the last one.
        added[:, stride:] = kept[:, stride:] * added[:, :-stride] + added[:, stride:]
        kept[:, stride:] = kept[:, stride:] * kept[:, :-stride]
        stride *= 2
    return added


def linear_scan_back(
    d_c: Array, f: Array, c: Array, start: Array | None = None
) -> tuple[Array, Array, Array]:
    r"""The way back through `linear_scan`: a linear recurrence too, from the end to the start.

    .. math::

        \delta b_t &= d_{c_t} + f_{t+1} \odot \delta b_{t+1} \\
        \delta f_t &= \delta b_t \odot c_{t-1} \qquad
        \delta c_0 = f_1 \odot \delta b_1

    Parameters
    ----------
    d_c : array of shape (batch_size, time, num_units)
        Gradients of the loss with respect to each state alone.
    f, start
        As they were given to `linear_scan`.
    c : array of shape (batch_size, time, num_units)
        What it returned.

    Returns
    -------
    d_f, d_b : arrays of shape (batch_size, time, num_units)
    d_start : array of shape (batch_size, num_units)

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype.
    """
    f, c, start = _checked(f, c, start, "c")
    check_array("d_c", d_c, f.shape, str(f.dtype))
    f_next = np.concatenate([f, np.zeros_like(start[:, None])], axis=1)[:, 1:]
    d_b = linear_scan(f_next[:, ::-1], np.asarray(d_c)[:, ::-1])[:, ::-1]
    before = np.concatenate([start[:, None], c], axis=1)[:, :-1]
    return d_b * before, d_b, (f[:, :1] * d_b[:, :1]).sum(axis=1)


def _checked(f: Array, b: Array, start: Array | None, name: str = "b") -> tuple[Array, ...]:
    """The arrays as NumPy's, and zeros for no start."""
    dtype = float_dtype(getattr(f, "dtype", type(f)), "f")
    check_array("f", f, ("batch_size", "time", "num_units"), dtype)
    check_array(name, b, tuple(f.shape), dtype)
    if start is None:
        start = np.zeros((f.shape[0], f.shape[2]), dtype)
    check_array("start", start, (f.shape[0], f.shape[2]), dtype)
    return np.asarray(f), np.asarray(b), np.asarray(start)
