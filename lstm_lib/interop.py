"""Weights to and from the layouts of TF1, Keras, PyTorch and ONNX.

The same LSTM is stored in four ways. D is the input size, H the number of units:

=======  ================================  ==========  ===================
layout   arrays                            gate order  forget bias
=======  ================================  ==========  ===================
TF1      kernel (D+H, 4H), bias (4H,)      i, j, f, o  added at run time
Keras    kernel (D, 4H),                   i, f, c, o  in the bias
         recurrent_kernel (H, 4H),
         bias (4H,)
PyTorch  weight_ih_l0 (4H, D),             i, f, g, o  in the biases, of
         weight_hh_l0 (4H, H),                         which there are two
         bias_ih_l0 (4H,),
         bias_hh_l0 (4H,)
ONNX     W (1, 4H, D), R (1, 4H, H),       i, o, f, c  in the biases,
         B (1, 8H)                                     [input; recurrent]
=======  ================================  ==========  ===================

j, c and g are three names of the candidate. All arrays are NumPy's, copies, of
the cell's dtype. PyTorch and ONNX have two biases, which are only ever added:
``to_...`` writes the whole bias into the first and zeros into the second,
``from_...`` adds the two.

``to_...`` takes a ``BasicLSTMCell`` of either backend and folds its forget bias
into the bias. ``from_...`` returns a cell of the NumPy backend whose run-time
forget bias is the one you ask for, subtracted from the stored bias. With 0.0, the
default, the numbers are moved and not changed: ``to_...(from_...(w))`` is w bit for
bit, for a w that ``to_...`` gave. (Two biases that are both not zero, as PyTorch
trains them, come back as their sum and zeros: the same function, other arrays.)

Sources: TensorFlow 1, ``rnn_cell_impl.py``; Keras, ``LSTMCell``; PyTorch,
``torch.nn.LSTM``; ONNX, operator ``LSTM``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_lib.checks import check_array, finite_float, float_dtype
from lstm_lib.numpy_backend import BasicLSTMCell

# Blocks of the kernel's columns, as each layout orders them.
TF1_ORDER = "ijfo"
KERAS_ORDER = "ifjo"
PYTORCH_ORDER = "ifjo"
ONNX_ORDER = "iofj"

Array = np.ndarray

_PYTORCH_NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
_ONNX_NAMES = ("W", "R", "B")


def to_tf1(cell: BasicLSTMCell) -> list[Array]:
    """Return [kernel, bias] as TF1's ``BasicLSTMCell`` stores them.

    The one layout without the forget bias: TF1 adds it at run time.

    Raises
    ------
    TypeError, ValueError
        If `cell` is no ``BasicLSTMCell``, or not built.
    """
    if not hasattr(cell, "forget_bias"):
        raise TypeError(f"cell: expected a BasicLSTMCell, given {type(cell).__name__}")
    return [np.asarray(cell.kernel).copy(), np.asarray(cell.bias).copy()]


def from_tf1(weights: Sequence[Array], forget_bias: float = 1.0) -> BasicLSTMCell:
    """Return a cell with TF1's [kernel, bias].

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
    kernel, bias = _arrays(weights, ("kernel", "bias"))
    num_units = _num_units("bias", bias, 4)
    check_array("kernel", kernel, ("input_size + num_units", 4 * num_units), bias.dtype.name)
    return _cell(kernel, bias, num_units, forget_bias)


def to_keras(cell: BasicLSTMCell) -> list[Array]:
    """Return [kernel, recurrent_kernel, bias] for ``keras.layers.LSTM.set_weights``.

    Raises
    ------
    TypeError, ValueError
        If `cell` is no ``BasicLSTMCell``, or not built.
    """
    kernel, bias = _folded(cell, KERAS_ORDER)
    return [kernel[: cell.input_size].copy(), kernel[cell.input_size :].copy(), bias]


def from_keras(weights: Sequence[Array], forget_bias: float = 0.0) -> BasicLSTMCell:
    """Return a cell with the weights of ``keras.layers.LSTM.get_weights()``.

    Old Keras used a hard sigmoid in the gates; such a layer gives other numbers
    with any layout of its weights.

    Parameters
    ----------
    weights : [kernel (D, 4H), recurrent_kernel (H, 4H), bias (4H,)]
    forget_bias : float
        Run-time forget bias of the cell, subtracted from the stored one.

    Raises
    ------
    TypeError, ValueError
        If the arrays are not these.
    """
    kernel, recurrent, bias = _arrays(weights, ("kernel", "recurrent_kernel", "bias"))
    num_units = _num_units("bias", bias, 4)
    check_array("kernel", kernel, ("input_size", 4 * num_units), bias.dtype.name)
    check_array("recurrent_kernel", recurrent, (num_units, 4 * num_units), bias.dtype.name)
    return _unfolded(np.concatenate([kernel, recurrent]), bias, KERAS_ORDER, forget_bias)


def to_pytorch(cell: BasicLSTMCell) -> dict[str, Array]:
    """Return the arrays of a one-layer ``torch.nn.LSTM``'s ``state_dict``.

    The whole bias is in ``bias_ih_l0``; ``bias_hh_l0`` is zero.

    Raises
    ------
    TypeError, ValueError
        If `cell` is no ``BasicLSTMCell``, or not built.
    """
    kernel, bias = _folded(cell, PYTORCH_ORDER)
    weights = (kernel[: cell.input_size].T, kernel[cell.input_size :].T, bias, np.zeros_like(bias))
    return {
        name: np.array(array, order="C")
        for name, array in zip(_PYTORCH_NAMES, weights, strict=True)
    }


def from_pytorch(weights: Mapping[str, Array], forget_bias: float = 0.0) -> BasicLSTMCell:
    """Return a cell with the weights of a one-layer ``torch.nn.LSTM``.

    Parameters
    ----------
    weights : mapping
        weight_ih_l0 (4H, D), weight_hh_l0 (4H, H), bias_ih_l0 (4H,) and
        bias_hh_l0 (4H,), as arrays: ``{k: v.numpy() for k, v in
        lstm.state_dict().items()}``.
    forget_bias : float
        Run-time forget bias of the cell, subtracted from the stored one.

    Raises
    ------
    TypeError, ValueError
        If the arrays are not these: more layers, a second direction or a
        projection have other names, and cannot be one cell.
    """
    w_ih, w_hh, b_ih, b_hh = _arrays(weights, _PYTORCH_NAMES)
    num_units = _num_units("bias_ih_l0", b_ih, 4)
    dtype = b_ih.dtype.name
    check_array("weight_ih_l0", w_ih, (4 * num_units, "input_size"), dtype)
    check_array("weight_hh_l0", w_hh, (4 * num_units, num_units), dtype)
    check_array("bias_hh_l0", b_hh, (4 * num_units,), dtype)
    kernel = np.concatenate([w_ih.T, w_hh.T])
    return _unfolded(kernel, _sum(b_ih, b_hh), PYTORCH_ORDER, forget_bias)


def to_onnx(cell: BasicLSTMCell) -> dict[str, Array]:
    """Return the inputs W, R and B of the ONNX operator ``LSTM``, one direction.

    The whole bias is in the first half of B; the second half is zero.

    Raises
    ------
    TypeError, ValueError
        If `cell` is no ``BasicLSTMCell``, or not built.
    """
    kernel, bias = _folded(cell, ONNX_ORDER)
    weights = (
        kernel[: cell.input_size].T[None],
        kernel[cell.input_size :].T[None],
        np.concatenate([bias, np.zeros_like(bias)])[None],
    )
    return {
        name: np.array(array, order="C") for name, array in zip(_ONNX_NAMES, weights, strict=True)
    }


def from_onnx(weights: Mapping[str, Array], forget_bias: float = 0.0) -> BasicLSTMCell:
    """Return a cell with the inputs W, R and B of the ONNX operator ``LSTM``.

    Parameters
    ----------
    weights : mapping
        W (1, 4H, D), R (1, 4H, H) and B (1, 8H): one direction.
    forget_bias : float
        Run-time forget bias of the cell, subtracted from the stored one.

    Raises
    ------
    TypeError, ValueError
        If the arrays are not these.
    """
    W, R, B = _arrays(weights, _ONNX_NAMES)
    if B.ndim != 2 or len(B) != 1 or B.size % 8:
        raise ValueError(f"B: expected shape (1, 8 * num_units), given {B.shape}")
    num_units = _num_units("B", B[0], 8)
    dtype = B.dtype.name
    check_array("W", W, (1, 4 * num_units, "input_size"), dtype)
    check_array("R", R, (1, 4 * num_units, num_units), dtype)
    kernel = np.concatenate([W[0].T, R[0].T])
    return _unfolded(kernel, _sum(*np.split(B[0], 2)), ONNX_ORDER, forget_bias)


def _sum(bias: Array, recurrent_bias: Array) -> Array:
    """The one bias of two, to the bit if the second is zero: -0.0 + 0.0 is 0.0."""
    return np.where(recurrent_bias == 0, bias, bias + recurrent_bias)


def _reordered(array: Array, old: str, new: str) -> Array:
    """The array with its four blocks of last-axis columns in another order."""
    blocks = dict(zip(old, np.split(array, 4, axis=-1), strict=True))
    return np.concatenate([blocks[gate] for gate in new], axis=-1)


def _folded(cell: BasicLSTMCell, order: str) -> tuple[Array, Array]:
    """Kernel and bias in `order`, the forget bias in the bias."""
    kernel, bias = to_tf1(cell)
    # Not `+= 0.0`, which would turn a stored -0.0 into 0.0.
    if cell.forget_bias:
        bias[2 * cell.num_units : 3 * cell.num_units] += cell.forget_bias
    return _reordered(kernel, TF1_ORDER, order), _reordered(bias, TF1_ORDER, order)


def _unfolded(kernel: Array, bias: Array, order: str, forget_bias: float) -> BasicLSTMCell:
    """The cell of a kernel and a bias in `order`, the forget bias taken out again."""
    num_units, forget_bias = len(bias) // 4, finite_float("forget_bias", forget_bias)
    kernel, bias = _reordered(kernel, order, TF1_ORDER), _reordered(bias, order, TF1_ORDER)
    if forget_bias:
        bias[2 * num_units : 3 * num_units] -= forget_bias
    return _cell(kernel, bias, num_units, forget_bias)


def _cell(kernel: Array, bias: Array, num_units: int, forget_bias: float) -> BasicLSTMCell:
    cell = BasicLSTMCell(num_units, forget_bias=forget_bias, dtype=bias.dtype, seed=None)
    cell.kernel, cell.bias = kernel, bias
    return cell


def _arrays(weights: Any, names: tuple[str, ...]) -> list[Array]:
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
    return [np.asarray(array) for array in weights]


def _num_units(name: str, bias: Array, blocks: int) -> int:
    """How many units a bias of so many blocks has."""
    float_dtype(bias.dtype, f"dtype of {name}")
    if bias.ndim != 1 or len(bias) % blocks or not len(bias):
        raise ValueError(f"{name}: expected shape ({blocks} * num_units,), given {bias.shape}")
    return len(bias) // blocks
