"""What the layers of this package check before they compute."""

from __future__ import annotations

import numpy as np

from lstm_lib.checks import check_array, float_dtype

Array = np.ndarray


def check_layer(inputs: Array, kernel: Array, bias: Array) -> str:
    """Check the inputs of a layer, a bias for each column of its kernel, and one dtype for all.

    Returns
    -------
    str
        The dtype.

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype.
    """
    dtype = float_dtype(getattr(inputs, "dtype", type(inputs)), "inputs")
    check_array("inputs", inputs, ("batch_size", "time", "input_size"), dtype)
    check_array("kernel", kernel, ("rows", "columns"), dtype)
    check_array("bias", bias, (kernel.shape[1],), dtype)
    return dtype


def num_units(kernel: Array, rows: int, blocks: int, and_gates: int = 0) -> int:
    """Return how many units a kernel has columns for, in each of its blocks.

    Raises
    ------
    ValueError
        If it has another number of rows, or columns left over.
    """
    check_array("kernel", kernel, (rows, "columns"), str(kernel.dtype))
    units, left = divmod(kernel.shape[1] - and_gates, blocks)
    if left or units < 1:
        more = f" + {and_gates}" if and_gates else ""
        raise ValueError(
            f"kernel: expected {blocks} * num_units{more} columns, given {kernel.shape[1]}"
        )
    return units
