"""How each library lays out the same weights, and the way from one order of gates to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_lib.cell import Cell, CoupledLSTMCell, LSTMCell, PeepholeLSTMCell
from lstm_lib.checks import finite_float, float_dtype
from lstm_lib.dropout import without
from lstm_lib.numpy_backend import BasicLSTMCell
from lstm_lib.stack import MultiRNNCell

# Blocks of the kernel's columns, as each layout orders them.
TF1_ORDER = "ijfo"
KERAS_ORDER = "ifjo"
PYTORCH_ORDER = "ifjo"
ONNX_ORDER = "iofj"

Array = np.ndarray
FORWARD, BACKWARD = "forward", "backward"
# One cell, or several by the number of the layer and the direction.
Cells = Any


def by_place(cells: Any) -> dict[tuple[int, str], Any]:
    """The cells of a stack, of both directions or of one layer, by layer and direction.

    Raises
    ------
    TypeError, ValueError
        If these are no cells, or a layer or a direction is missing.
    """
    if isinstance(cells, MultiRNNCell):
        return {(n, FORWARD): without(cell) for n, cell in enumerate(cells.cells)}
    if not isinstance(cells, Mapping):
        return {(0, FORWARD): without(cells)}
    directions = (FORWARD, BACKWARD) if (0, BACKWARD) in cells else (FORWARD,)
    places = [(n, d) for n in range(len(cells) // len(directions)) for d in directions]
    if not cells or set(places) != set(cells):
        raise ValueError(
            f"cells: expected one for each layer from 0 and each direction, given {list(cells)}"
        )
    return {place: cells[place] for place in places}


def of_one_layer(cells: Any, name: str) -> list[Any]:
    """The cells of one layer, forward first.

    Raises
    ------
    ValueError
        If there are more layers.
    """
    found = by_place(cells)
    if any(layer for layer, _ in found):
        raise refuse("cells", "one layer", f"{len(found)}", f"{name} has one: give each by itself")
    return list(found.values())


def one_or_all(cells: dict[tuple[int, str], BasicLSTMCell]) -> Cells:
    """The cell itself if there is one layer of one direction."""
    return cells[0, FORWARD] if len(cells) == 1 else cells


def as_array(array: Any) -> Array:
    """A NumPy array of an array of any library; PyTorch's tensors may want gradients."""
    if hasattr(array, "detach"):
        array = array.detach().cpu().numpy()
    return np.asarray(array)


def refuse(option: str, expected: str, given: Any, cure: str) -> ValueError:
    """The error for an option that a BasicLSTMCell does not have."""
    return ValueError(f"{option}: expected {expected}, given {given!r}; {cure}")


def added(bias: Array, recurrent_bias: Array) -> Array:
    """The one bias of two, to the bit if the second is zero: -0.0 + 0.0 is 0.0."""
    return np.where(recurrent_bias == 0, bias, bias + recurrent_bias)


def reordered(array: Array, old: str, new: str) -> Array:
    """The array with its four blocks of last-axis columns in another order."""
    blocks = dict(zip(old, np.split(array, 4, axis=-1), strict=True))
    return np.concatenate([blocks[gate] for gate in new], axis=-1)


def folded(cell: BasicLSTMCell, order: str) -> tuple[Array, Array]:
    """Kernel and bias in `order`, the forget bias in the bias."""
    kernel, bias = weights_of(cell)
    # Not `+= 0.0`, which would turn a stored -0.0 into 0.0.
    if cell.forget_bias:
        bias[2 * cell.num_units : 3 * cell.num_units] += cell.forget_bias
    return reordered(kernel, TF1_ORDER, order), reordered(bias, TF1_ORDER, order)


def weights_of(cell: BasicLSTMCell) -> list[Array]:
    """Copies of [kernel, bias]."""
    if not isinstance(cell, LSTMCell) or isinstance(cell, PeepholeLSTMCell | CoupledLSTMCell):
        given, cure = type(cell).__name__, ""
        if not isinstance(cell, Cell):
            given = f"{given} of {type(cell).__module__.partition('.')[0]}"
        if hasattr(cell, "get_weights"):
            cure = "; give the get_weights() of a cell of TF1 to from_tf1"
        raise TypeError(f"cell: expected a BasicLSTMCell of lstm_lib, given {given}{cure}")
    return [np.asarray(cell.kernel).copy(), np.asarray(cell.bias).copy()]


def unfolded(kernel: Array, bias: Array, order: str, forget_bias: float) -> BasicLSTMCell:
    """The cell of a kernel and a bias in `order`, the forget bias taken out again."""
    num_units, forget_bias = len(bias) // 4, finite_float("forget_bias", forget_bias)
    kernel, bias = reordered(kernel, order, TF1_ORDER), reordered(bias, order, TF1_ORDER)
    if forget_bias:
        bias[2 * num_units : 3 * num_units] -= forget_bias
    return cell_of(kernel, bias, num_units, forget_bias)


def cell_of(kernel: Array, bias: Array, num_units: int, forget_bias: float) -> BasicLSTMCell:
    """The cell with this kernel and bias."""
    cell = BasicLSTMCell(num_units, forget_bias=forget_bias, dtype=bias.dtype, seed=None)
    cell.kernel, cell.bias = kernel, bias
    return cell


def named_arrays(weights: Any, names: tuple[str, ...]) -> list[Array]:
    """The arrays under these names (of a mapping) or in this order (of a sequence)."""
    expected = ", ".join(names)
    if isinstance(weights, Mapping):
        if set(weights) != set(names):
            given = ", ".join(map(str, weights)) or "nothing"
            raise ValueError(f"weights: expected {expected}, given {given}")
        weights = [weights[name] for name in names]
    elif not isinstance(weights, list | tuple):
        raise TypeError(f"weights: expected {expected}, given {type(weights).__name__}")
    elif len(weights) != len(names):
        raise ValueError(
            f"weights: expected {len(names)} arrays ({expected}), given {len(weights)}"
        )
    return [as_array(array) for array in weights]


def units_of(name: str, bias: Array, blocks: int) -> int:
    """How many units a bias of so many blocks has."""
    float_dtype(bias.dtype, f"dtype of {name}")
    if bias.ndim != 1 or len(bias) % blocks or not len(bias):
        raise ValueError(f"{name}: expected shape ({blocks} * num_units,), given {bias.shape}")
    return len(bias) // blocks
