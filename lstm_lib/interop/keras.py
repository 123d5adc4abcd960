"""Weights and layers to and from Keras: today's, and those of Keras 1 and 2."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from lstm_lib.cell import GRUCell
from lstm_lib.checks import check_array
from lstm_lib.interop import gru
from lstm_lib.interop.layout import (
    BACKWARD,
    FORWARD,
    KERAS_ORDER,
    Array,
    Cells,
    added,
    as_array,
    folded,
    named_arrays,
    of_one_layer,
    refuse,
    unfolded,
    units_of,
)

_NAMES = ("kernel", "recurrent_kernel", "bias")
_FUNCTIONS = {"activation": "tanh", "recurrent_activation": "sigmoid"}


def to_keras(cell: Any) -> list[Array]:
    """Return what ``set_weights`` of a Keras layer takes.

    Parameters
    ----------
    cell : BasicLSTMCell, GRUCell, or dict
        An LSTM gives [kernel, recurrent_kernel, bias] of a ``keras.layers.LSTM``; a GRU those
        of a ``keras.layers.GRU`` with its `reset_after`. A dict of the cells (0, "forward") and
        (0, "backward") gives the six arrays of a ``Bidirectional``. Of a stack, give each
        cell by itself: Keras has a layer for each.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or not built.
    """
    return [array for each in of_one_layer(cell, "a Keras layer") for array in _to_arrays(each)]


def _to_arrays(cell: Any) -> list[Array]:
    if isinstance(cell, GRUCell):
        return gru.to_keras(cell)
    kernel, bias = folded(cell, KERAS_ORDER)
    return [kernel[: cell.input_size].copy(), kernel[cell.input_size :].copy(), bias]


def from_keras(layer: Any, forget_bias: float = 0.0) -> Cells:
    """Return a cell with the weights of a Keras LSTM.

    Parameters
    ----------
    layer : layer or arrays
        ``LSTM``, ``LSTMCell``, ``GRU``, ``GRUCell``, ``CuDNNLSTM``, ``RNN`` around a cell,
        or ``Bidirectional`` around one of these; built, of any Keras. Its options are
        seen: ``use_bias=False`` is honoured, another activation is refused, and so
        is ``go_backwards``. What only training uses (dropout, regularisers) is not
        part of a cell, nor is what a layer takes and gives (``return_sequences``,
        ``return_state``, ``time_major``, masks). Of ``stateful``, and of a ``merge_mode``
        that does not concatenate, a warning reminds you.

        Or the arrays of ``get_weights()``: [kernel (D, 4H), recurrent_kernel (H, 4H),
        bias (4H,)], without the bias, with the bias (8H,) of a ``CuDNNLSTM``, or the
        twelve arrays of Keras 1. Arrays do not show options: check that the layer has
        ``activation="tanh"``, ``recurrent_activation="sigmoid"`` (the default was
        ``"hard_sigmoid"`` before Keras 2.3, and in ``tf.keras`` of TensorFlow 1), and
        not ``go_backwards``.
    forget_bias : float
        Run-time forget bias of the cell, subtracted from the stored one.

    Returns
    -------
    BasicLSTMCell, GRUCell, or dict
        Of a ``Bidirectional`` the cells (0, "forward") and (0, "backward").

    Raises
    ------
    TypeError, ValueError
        If the arrays are not these, or an option has no counterpart.
    """
    if not hasattr(layer, "get_config"):
        return _from_arrays(layer, forget_bias)
    if hasattr(layer, "layers"):
        kinds = ", ".join(type(each).__name__ for each in layer.layers)
        raise TypeError(
            f"layer: expected one layer, given a {type(layer).__name__} of {kinds}; "
            "give its LSTM layers one by one, from_keras(model.layers[n])"
        )
    if hasattr(layer, "forward_layer"):
        if layer.merge_mode not in ("concat", None):
            how = "join the outputs of the two cells by it yourself"
            warnings.warn(f"merge_mode={layer.merge_mode!r}: {how}", stacklevel=2)
        _check_layer(layer.backward_layer, go_backwards=True)
        _check_layer(layer.forward_layer, go_backwards=False)
        return {
            (0, FORWARD): _from_arrays(_weights_of(layer.forward_layer), forget_bias),
            (0, BACKWARD): _from_arrays(_weights_of(layer.backward_layer), forget_bias),
        }
    _check_layer(layer, go_backwards=False)
    return _from_arrays(_weights_of(layer), forget_bias)


def _check_layer(layer: Any, go_backwards: bool) -> None:
    """Refuse, by its name, each option that a BasicLSTMCell does not have."""
    config = layer.get_config()
    cell: Any = getattr(layer, "cell", None)
    if type(layer).__name__ == "RNN":
        config = {**config, **cell.get_config()}
    kind = type(cell if type(layer).__name__ == "RNN" else layer).__name__
    if kind not in ("LSTM", "LSTMCell", "CuDNNLSTM", "GRU", "GRUCell"):
        raise TypeError(
            "layer: expected an LSTM, GRU, LSTMCell, CuDNNLSTM, RNN or Bidirectional layer, "
            f"given {kind}"
        )
    for option, expected in _FUNCTIONS.items():
        given = config.get(option, expected)
        given = given if isinstance(given, str) else getattr(given, "__name__", repr(given))
        if given != expected:
            raise refuse(option, repr(expected), given, "a BasicLSTMCell has no other")
    if bool(config.get("go_backwards")) != go_backwards:
        cure = "reverse the inputs in time yourself, and convert a layer without the option"
        raise refuse("go_backwards", str(go_backwards), config.get("go_backwards"), cure)
    if config.get("stateful"):
        cure = "give each batch's final state to the next, in initial_state= of dynamic_rnn"
        warnings.warn(f"stateful: the cell keeps no state; {cure}", stacklevel=3)
    if not layer.get_weights():
        raise ValueError(
            "layer: expected a built layer, given one without weights; call it once, or its build"
        )
    computes, stores = (getattr(layer, f"{what}_dtype", None) for what in ("compute", "variable"))
    if computes != stores:
        cure = f"it stores {stores}: convert a layer without mixed precision"
        raise refuse("dtype", "one dtype for weights and numbers", computes, cure)


def _weights_of(layer: Any) -> list[Array]:
    """The arrays of a layer; of a GRU without biases with zeros, which show its `reset_after`."""
    kernel, *others = layer.get_weights()
    config = getattr(layer, "cell", layer).get_config()
    if len(others) == 1 and others[0].shape[1] == 3 * len(others[0]):
        shape = (2,) * bool(config.get("reset_after")) + others[0].shape[1:]
        others.append(np.zeros(shape, kernel.dtype))
    return [kernel, *others]


def _from_arrays(weights: Sequence[Array], forget_bias: float) -> Any:
    if isinstance(weights, list | tuple):
        weights = [as_array(array) for array in weights]
        weights = _KINDS.get(len(weights), list)(weights)
    kernel, recurrent, bias = named_arrays(weights, _NAMES)
    if recurrent.ndim == 2 and recurrent.shape[1] == 3 * len(recurrent):
        return gru.from_keras([kernel, recurrent, bias])
    if bias.ndim == 1 and recurrent.ndim == 2 and len(bias) == 8 * len(recurrent):
        kernel, recurrent, bias = _from_cudnn(kernel, recurrent, bias)
    num_units = units_of("bias", bias, 4)
    check_array("kernel", kernel, ("input_size", 4 * num_units), bias.dtype.name)
    check_array("recurrent_kernel", recurrent, (num_units, 4 * num_units), bias.dtype.name)
    return unfolded(np.concatenate([kernel, recurrent]), bias, KERAS_ORDER, forget_bias)


def _without_bias(weights: list[Array]) -> list[Array]:
    """``use_bias=False``: a bias of zeros."""
    kernel, recurrent = weights
    if recurrent.ndim == 2 and recurrent.shape[1] == 3 * len(recurrent):
        raise ValueError(
            "weights: expected the bias of a GRU, given kernel and recurrent_kernel, which do not "
            "show where its reset gate is; give the layer"
        )
    return [kernel, recurrent, np.zeros(recurrent.shape[-1:], recurrent.dtype)]


def _of_keras_1(weights: list[Array]) -> list[Array]:
    """Keras 1: W, U and b of i, c, f and o, one after the other, twelve in all."""
    gates = {gate: weights[3 * n : 3 * n + 3] for n, gate in enumerate("ijfo")}
    return [np.concatenate(parts, -1) for parts in zip(*map(gates.get, KERAS_ORDER), strict=True)]


_KINDS = {2: _without_bias, 12: _of_keras_1}


def _from_cudnn(kernel: Array, recurrent: Array, bias: Array) -> tuple[Array, Array, Array]:
    """CuDNNLSTM: each gate's kernel lies transposed in memory, and there are two biases."""
    gates = (gate.T.reshape(gate.shape, order="F") for gate in np.split(kernel, 4, axis=-1))
    kernel = np.concatenate(list(gates), -1)
    recurrent = np.concatenate([gate.T for gate in np.split(recurrent, 4, axis=-1)], -1)
    return kernel, recurrent, added(*np.split(bias, 2))
