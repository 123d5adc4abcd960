"""The GRU's weights to and from Keras, PyTorch and ONNX.

The blocks are r, u, candidate in TF1 and PyTorch (there called r, z, n), and u, r, candidate in
Keras and ONNX. Where the reset gate comes after the product, as PyTorch and Keras have it, there
are two biases; both of a gate are only ever added.
"""

from __future__ import annotations

import numpy as np

from lstm_lib.cell import GRUCell as AnyGRUCell
from lstm_lib.checks import check_array
from lstm_lib.interop.layout import added, as_array, refuse, units_of
from lstm_lib.numpy_backend import GRUCell

Array = np.ndarray


def to_keras(cell: AnyGRUCell) -> list[Array]:
    """[kernel, recurrent_kernel, bias] of ``keras.layers.GRU`` with the cell's `reset_after`."""
    kernel, bias, recurrent_bias = _weights_of(cell)
    kernel, bias, recurrent_bias = map(_u_first, (kernel, bias, recurrent_bias))
    D = len(kernel) - cell.num_units
    biases = np.stack([bias, recurrent_bias]) if cell.reset_after else bias
    return [kernel[:D].copy(), kernel[D:].copy(), biases]


def from_keras(weights: list[Array]) -> GRUCell:
    """The cell of [kernel, recurrent_kernel, bias]; two biases are those of `reset_after`."""
    kernel, recurrent, bias = map(as_array, weights)
    reset_after = bias.ndim == 2
    biases = bias if reset_after else np.stack([bias, np.zeros_like(bias)])
    num_units = units_of("bias", biases[0], 3)
    dtype = bias.dtype.name
    check_array("kernel", kernel, ("input_size", 3 * num_units), dtype)
    check_array("recurrent_kernel", recurrent, (num_units, 3 * num_units), dtype)
    kernel = _u_first(np.concatenate([kernel, recurrent]))
    bias, recurrent_bias = map(_u_first, biases)
    return _cell_of(kernel, bias, recurrent_bias, reset_after)


def to_pytorch(cell: AnyGRUCell, suffix: str) -> dict[str, Array]:
    """The four arrays of one layer of a ``torch.nn.GRU``, which has `reset_after` always."""
    _check_after(cell, "PyTorch")
    kernel, bias, recurrent_bias = _weights_of(cell)
    D = len(kernel) - cell.num_units
    return {
        f"weight_ih{suffix}": np.array(kernel[:D].T, order="C"),
        f"weight_hh{suffix}": np.array(kernel[D:].T, order="C"),
        f"bias_ih{suffix}": bias,
        f"bias_hh{suffix}": recurrent_bias,
    }


def from_pytorch(weights: dict[str, Array], suffix: str) -> GRUCell:
    """The cell of the four arrays of one layer; without biases they are zeros."""
    w_ih, w_hh = (as_array(weights[f"weight_{each}{suffix}"]) for each in ("ih", "hh"))
    zeros = np.zeros(w_hh.shape[:1], w_hh.dtype)
    b_ih, b_hh = (as_array(weights.get(f"bias_{each}{suffix}", zeros)) for each in ("ih", "hh"))
    num_units = units_of(f"bias_ih{suffix}", b_ih, 3)
    check_array(f"weight_ih{suffix}", w_ih, (3 * num_units, "input_size"), b_ih.dtype.name)
    check_array(f"weight_hh{suffix}", w_hh, (3 * num_units, num_units), b_ih.dtype.name)
    check_array(f"bias_hh{suffix}", b_hh, (3 * num_units,), b_ih.dtype.name)
    return _cell_of(np.concatenate([w_ih.T, w_hh.T]), b_ih, b_hh, reset_after=True)


def to_onnx(cell: AnyGRUCell) -> dict[str, Array]:
    """W, R and B of the ONNX operator ``GRU`` with ``linear_before_reset`` = `reset_after`."""
    kernel, *biases = map(_u_first, _weights_of(cell))
    D = len(kernel) - cell.num_units
    return {
        "W": np.array(kernel[:D].T[None], order="C"),
        "R": np.array(kernel[D:].T[None], order="C"),
        "B": np.concatenate(biases)[None],
    }


def from_onnx(kernel: Array, bias: Array, recurrent_bias: Array, reset_after: bool) -> GRUCell:
    """The cell of one direction: [W, R], turned, and both halves of B."""
    kernel, bias, recurrent_bias = map(_u_first, (kernel, bias, recurrent_bias))
    return _cell_of(kernel, bias, recurrent_bias, reset_after)


def _check_after(cell: AnyGRUCell, where: str) -> None:
    if not cell.reset_after:
        raise refuse("reset_after", "True", False, f"the GRU of {where} has no other")


def _weights_of(cell: AnyGRUCell) -> tuple[Array, Array, Array]:
    """Copies of the kernel and of both biases, each of three blocks."""
    kernel, bias = (np.asarray(each).copy() for each in (cell.kernel, cell.bias))
    units = cell.num_units
    recurrent_bias = np.zeros(3 * units, bias.dtype)
    recurrent_bias[2 * units :] = bias[3 * units :] if cell.reset_after else 0
    return kernel, bias[: 3 * units].copy(), recurrent_bias


def _cell_of(kernel: Array, bias: Array, recurrent_bias: Array, reset_after: bool) -> GRUCell:
    """The cell with these weights, of the blocks r, u, candidate."""
    units = len(bias) // 3
    cell = GRUCell(units, reset_after=reset_after, dtype=bias.dtype, seed=None)
    one = (2 if reset_after else 3) * units  # of so many numbers, both biases are only ever added
    cell.kernel = np.ascontiguousarray(kernel)
    both = added(bias[:one], recurrent_bias[:one])
    cell.bias = np.concatenate([both, bias[one:], recurrent_bias[one:]])
    return cell


def _u_first(array: Array) -> Array:
    """The array with the first two of its three blocks swapped; it is its own way back."""
    r, u, candidate = np.split(array, 3, axis=-1)
    return np.concatenate([u, r, candidate], axis=-1)
