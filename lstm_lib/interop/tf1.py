"""Weights to and from TF1's cells."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_lib.checks import check_array
from lstm_lib.interop.layout import Array, cell_of, named_arrays, units_of, weights_of
from lstm_lib.numpy_backend import BasicLSTMCell


def to_tf1(cell: BasicLSTMCell) -> list[Array]:
    """Return [kernel, bias] as TF1's ``BasicLSTMCell`` stores them.

    The one layout without the forget bias: TF1 adds it at run time.

    Raises
    ------
    TypeError, ValueError
        If `cell` is no ``BasicLSTMCell``, or not built.
    """
    return weights_of(cell)


def from_tf1(weights: Sequence[Array], forget_bias: float = 1.0) -> BasicLSTMCell:
    """Return a cell with TF1's [kernel, bias].

    ``BasicLSTMCell``, ``LSTMCell`` (without peepholes or projection), ``LSTMBlockCell``
    and ``LSTMBlockFusedCell`` all store these two, in this layout.
    ``CudnnCompatibleLSTMCell`` does too, but adds no forget bias: give it
    ``forget_bias=0.0``. The arrays do not show which cell they are from.

    Parameters
    ----------
    weights : [kernel (D+H, 4H), bias (4H,)]
    forget_bias : float
        The one that the TF1 cell was made with; 1.0 is TF1's default.

    Raises
    ------
    TypeError, ValueError
        If the arrays are not these.
    """
    kernel, bias = named_arrays(weights, ("kernel", "bias"))
    num_units = units_of("bias", bias, 4)
    check_array("kernel", kernel, ("input_size + num_units", 4 * num_units), bias.dtype.name)
    return cell_of(kernel, bias, num_units, forget_bias)
