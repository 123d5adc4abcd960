"""Weights and modules to and from PyTorch; PyTorch itself is not needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_lib.cell import GRUCell
from lstm_lib.checks import check_array
from lstm_lib.interop import gru
from lstm_lib.interop.layout import (
    BACKWARD,
    FORWARD,
    PYTORCH_ORDER,
    Array,
    Cells,
    added,
    as_array,
    by_place,
    folded,
    named_arrays,
    one_or_all,
    refuse,
    unfolded,
    units_of,
)

_NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
_NAME = re.compile(r"(weight|bias)_(ih|hh)(?:_l(\d+)(_reverse)?)?$")


def to_pytorch(cell: Any) -> dict[str, Array]:
    """Return the ``state_dict`` of a ``torch.nn.LSTM`` or ``torch.nn.GRU``.

    Of an LSTM the whole bias is in ``bias_ih_l0``; ``bias_hh_l0`` is zero.

    Parameters
    ----------
    cell : BasicLSTMCell, GRUCell with `reset_after`, MultiRNNCell of these, or dict
        A stack gives ``_l0``, ``_l1`` and so on: PyTorch wants one number of units for all
        layers. A dict of cells is as `from_pytorch` returns it.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or not built, or a GRU has its reset gate before the product.
    """
    weights: dict[str, Array] = {}
    for (layer, direction), each in by_place(cell).items():
        suffix = f"_l{layer}{'_reverse' if direction == BACKWARD else ''}"
        if isinstance(each, GRUCell):
            weights |= gru.to_pytorch(each, suffix)
            continue
        kernel, bias = folded(each, PYTORCH_ORDER)
        D = each.input_size
        arrays = (kernel[:D].T, kernel[D:].T, bias, np.zeros_like(bias))
        for name, array in zip(_NAMES, arrays, strict=True):
            weights[name.removesuffix("_l0") + suffix] = np.array(array, order="C")
    return weights


def from_pytorch(module: Any, forget_bias: float = 0.0) -> Cells:
    """Return a cell with the weights of a ``torch.nn.LSTM`` or ``GRU``, or of one cell of them.

    Parameters
    ----------
    module : module or mapping
        The module: ``num_layers``, ``bidirectional`` and ``bias=False`` are honoured,
        ``proj_size`` is refused. ``batch_first`` says how the module's inputs lie; those of
        `dynamic_rnn` are (batch, time, input_size) always. ``dropout``, which only
        training uses, is not part of a cell.

        Or its ``state_dict()``, of tensors or arrays: weight_ih_l0 (4H, D),
        weight_hh_l0 (4H, H), bias_ih_l0 (4H,) and bias_hh_l0 (4H,), and the same with
        ``_l1`` and ``_reverse``; without biases they are zeros. The names show all options.
    forget_bias : float
        Run-time forget bias of the cell, subtracted from the stored one.

    Returns
    -------
    BasicLSTMCell, GRUCell, or dict
        Of several layers or two directions the cells by (layer, "forward" or "backward").
        Layer n reads the outputs of layer n - 1, of both directions one beside the other.

    Raises
    ------
    TypeError, ValueError
        If the arrays are not these, or the module is another one.
    """
    if hasattr(module, "state_dict"):
        _check_module(module)
        module = module.state_dict()
    if not isinstance(module, Mapping):
        named_arrays(module, _NAMES)  # says what is expected
        module = dict(zip(_NAMES, module, strict=True))
    return one_or_all(
        {
            where: _one(arrays, suffix, forget_bias)
            for where, (suffix, arrays) in sorted(_by_place(module).items(), key=_first_forward)
        }
    )


def _first_forward(item: tuple) -> tuple[int, bool]:
    (layer, direction), _ = item
    return layer, direction == BACKWARD


def _check_module(module: Any) -> None:
    mode = getattr(module, "mode", None) or type(module).__name__.removesuffix("Cell")
    if mode not in ("LSTM", "GRU"):
        raise TypeError(f"module: expected an LSTM or GRU, given {type(module).__name__}")
    if getattr(module, "proj_size", 0):
        raise _projected(module.proj_size)


def _projected(size: Any) -> ValueError:
    return refuse("proj_size", "0", size, "a BasicLSTMCell does not project its output")


def _by_place(weights: Mapping[str, Array]) -> dict[tuple[int, str], tuple[str, dict]]:
    """The arrays, under their names without the suffix, by layer and direction."""
    places: dict[tuple[int, str], tuple[str, dict]] = {}
    for name, array in weights.items():
        if str(name).startswith("weight_hr"):
            raise _projected(f"{name} {tuple(array.shape)}")
        match: Any = _NAME.match(str(name))
        if not match:
            named_arrays(weights, _NAMES)  # says what is expected, and what is given
        kind, source, layer, reverse = match.groups()
        where = int(layer or 0), BACKWARD if reverse else FORWARD
        suffix = f"_l{layer}{reverse or ''}" if layer else ""
        places.setdefault(where, (suffix, {}))[1][f"{kind}_{source}{suffix}"] = array
    directions = {direction for _, direction in places}
    layers = range(max((layer for layer, _ in places), default=0) + 1)
    missing = {(n, d) for n in layers for d in {FORWARD, *directions}} - set(places)
    if missing:
        named_arrays(weights, _NAMES)
        raise ValueError(f"weights: expected all layers and directions, given none of {missing}")
    return places


def _one(weights: dict[str, Array], suffix: str, forget_bias: float) -> Any:
    w_hh = weights.get(f"weight_hh{suffix}")
    if w_hh is not None and len(w_hh.shape) == 2 and w_hh.shape[0] == 3 * w_hh.shape[1]:
        return gru.from_pytorch(weights, suffix)
    names = [name.removesuffix("_l0") + suffix for name in _NAMES]
    if set(weights) == set(names[:2]):  # bias=False
        w_hh = as_array(weights[names[1]])
        zeros = np.zeros(w_hh.shape[:1], w_hh.dtype)
        weights = {**weights, names[2]: zeros, names[3]: zeros}
    w_ih, w_hh, b_ih, b_hh = named_arrays(weights, tuple(names))
    num_units = units_of(names[2], b_ih, 4)
    dtype = b_ih.dtype.name
    check_array(names[0], w_ih, (4 * num_units, "input_size"), dtype)
    check_array(names[1], w_hh, (4 * num_units, num_units), dtype)
    check_array(names[3], b_hh, (4 * num_units,), dtype)
    kernel = np.concatenate([w_ih.T, w_hh.T])
    return unfolded(kernel, added(b_ih, b_hh), PYTORCH_ORDER, forget_bias)
