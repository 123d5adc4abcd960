"""A model: a cell, and a linear layer on its outputs."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.cell import glorot_uniform
from lstm_lib.checks import check_array, check_seed, positive_int
from lstm_lib.dropout import without
from lstm_lib.stack import MultiRNNCell

Array = np.ndarray


class Readout(NamedTuple):
    """A linear layer on the outputs of a cell: y = h W + b.

    Attributes
    ----------
    kernel : array of shape (num_units, num_outputs)
    bias : array of shape (num_outputs,)
    """

    kernel: Array
    bias: Array


def make_readout(cell: Any, num_outputs: int, seed: int | None = 0) -> Readout:
    """Return a readout for a cell: a Glorot-uniform kernel and zero biases, in its dtype.

    Parameters
    ----------
    cell : any cell of either backend, also MultiRNNCell or DropoutWrapper
    num_outputs : int
    seed : int or None
        Of the kernel; None draws another one each time.

    Raises
    ------
    TypeError, ValueError
        If `cell` is no cell, or `num_outputs` is not a positive integer.
    """
    backend_of(cell)
    num_outputs = positive_int("num_outputs", num_outputs)
    kernel = glorot_uniform((cell.output_size, num_outputs), cell.dtype, check_seed(seed))
    return Readout(kernel, np.zeros(num_outputs, cell.dtype))


def predict(
    cell: Any, readout: Readout, inputs: Array, lengths: Sequence[int] | Array | None = None
) -> Array:
    """Return y of every step, (batch_size, time, num_outputs).

    Nothing is dropped. With `lengths`, as of ``dynamic_rnn``, y behind the end of a sequence is
    the readout's bias, which answers nothing.

    Raises
    ------
    TypeError, ValueError
        If `cell` is no cell, or an array has another shape or dtype than the cell needs.
    """
    check_model(cell, readout)
    outputs, _ = backend_of(cell).dynamic_rnn(cell, inputs, lengths=lengths)
    return np.asarray(outputs) @ readout.kernel + readout.bias


def check_model(cell: Any, readout: Readout) -> None:
    """Check that a readout is one for this cell.

    Raises
    ------
    TypeError, ValueError
        If it is not, or `cell` is no cell.
    """
    backend_of(cell)
    if not isinstance(readout, Readout):
        raise TypeError(f"readout: expected a Readout, given {type(readout).__name__}")
    check_array("readout.kernel", readout.kernel, (cell.output_size, "num_outputs"), cell.dtype)
    check_array("readout.bias", readout.bias, (readout.kernel.shape[1],), cell.dtype)


def parameters(cell: Any, readout: Readout) -> dict[str, Array]:
    """All weights of a built model, by the names under which gradients come too.

    Those of the layers of a stack end with the layer's number, the lowest first: ``kernel_0``.
    """
    weights = {}
    for suffix, layer in layers_of(cell).items():
        weights[f"kernel{suffix}"] = np.asarray(layer.kernel)
        weights[f"bias{suffix}"] = np.asarray(layer.bias)
    return {**weights, "readout_kernel": readout.kernel, "readout_bias": readout.bias}


def assign(cell: Any, readout: Readout, values: dict[str, Array]) -> None:
    """Give a model other weights, in place."""
    for suffix, layer in layers_of(cell).items():
        layer.kernel, layer.bias = values[f"kernel{suffix}"], values[f"bias{suffix}"]
    readout.kernel[...] = values["readout_kernel"]
    readout.bias[...] = values["readout_bias"]


def layers_of(cell: Any) -> dict[str, Any]:
    """The cells that have the weights, by how the names of these end; none is a wrapper."""
    if isinstance(cell, MultiRNNCell):
        return {f"_{n}": without(layer) for n, layer in enumerate(cell.cells)}
    return {"": without(cell)}


def backend_of(cell: Any) -> ModuleType:
    """The backend a cell belongs to.

    Raises
    ------
    TypeError
        If it belongs to none.
    """
    backend = getattr(cell, "backend", None)
    if not isinstance(backend, ModuleType) or not hasattr(backend, "dynamic_rnn"):
        raise TypeError(
            "cell: expected one cell of numpy_backend or tensorflow_backend, "
            f"given {type(cell).__name__}"
        )
    return backend
