"""Weights and models to and from ONNX; the package onnx is needed for models alone."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_lib.cell import GRUCell
from lstm_lib.checks import check_array, finite_float
from lstm_lib.interop import gru
from lstm_lib.interop.layout import (
    BACKWARD,
    FORWARD,
    ONNX_ORDER,
    Array,
    Cells,
    added,
    as_array,
    folded,
    named_arrays,
    of_one_layer,
    one_or_all,
    refuse,
    unfolded,
    units_of,
)

_NAMES = ("W", "R", "B")
_BLOCKS = {"LSTM": 4, "GRU": 3}
_CELLS = {"LSTM": "BasicLSTMCell", "GRU": "GRUCell"}
_ACTIVATIONS = {"LSTM": ["sigmoid", "tanh", "tanh"], "GRU": ["sigmoid", "tanh"]}
# The inputs of the operator, by their places.
_INPUTS = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")
_AT_RUN_TIME = {
    "sequence_lens": "run each sequence to its own length",
    "initial_h": "give it to dynamic_rnn in initial_state=",
    "initial_c": "give it to dynamic_rnn in initial_state=",
}


def to_onnx(cell: Any) -> dict[str, Array]:
    """Return the inputs W, R and B of the ONNX operator ``LSTM`` or ``GRU``.

    Of an LSTM the whole bias is in the first half of B; the second half is zero.

    Parameters
    ----------
    cell : BasicLSTMCell, GRUCell, or dict
        A GRU is one with ``linear_before_reset`` = its `reset_after`. A dict of the cells
        (0, "forward") and (0, "backward") gives a bidirectional operator's.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or not built.
    """
    each = [_to_arrays(one) for one in of_one_layer(cell, "the operator")]
    return {name: np.concatenate([arrays[name] for arrays in each]) for name in _NAMES}


def _to_arrays(cell: Any) -> dict[str, Array]:
    if isinstance(cell, GRUCell):
        return gru.to_onnx(cell)
    kernel, bias = folded(cell, ONNX_ORDER)
    weights = (
        kernel[: cell.input_size].T[None],
        kernel[cell.input_size :].T[None],
        np.concatenate([bias, np.zeros_like(bias)])[None],
    )
    return {name: np.array(array, order="C") for name, array in zip(_NAMES, weights, strict=True)}


def from_onnx(
    weights: Any,
    forget_bias: float = 0.0,
    node: Any = None,
    reset_after: bool | None = None,
) -> Cells:
    """Return a cell with the weights of the ONNX operator ``LSTM`` or ``GRU``.

    Parameters
    ----------
    weights : model or mapping
        A model (``onnx.load(path)``), whose LSTM or GRU node is found with its options:
        ``direction="bidirectional"``, ``linear_before_reset`` and a missing B are honoured;
        ``"reverse"``, ``P`` (peepholes), ``input_forget``, ``clip`` and other
        ``activations`` are refused.
        ``layout`` says how inputs and states lie; those of `dynamic_rnn` are
        (batch, time, input_size) always. Of ``sequence_lens`` and initial states, which
        are no part of a cell, a warning reminds you.

        Or the arrays W (1, 4H, D), R (1, 4H, H) and B (1, 8H), which may be missing, of a
        GRU with 3H and 6H; two directions have a 2 in place of the 1. Arrays do not show
        options: give the node, too, or check its attributes.
    forget_bias : float
        Run-time forget bias of the cell, subtracted from the stored one; 0 of a GRU.
    node : node or str
        The node of the arrays; of a model with several, the name of one.
    reset_after : bool
        Of the arrays of a GRU without their node: its ``linear_before_reset``.

    Returns
    -------
    BasicLSTMCell, GRUCell, or dict
        Of two directions the cells (0, "forward") and (0, "backward").

    Raises
    ------
    TypeError, ValueError
        If the arrays are not these, or an option has no counterpart.
    """
    if hasattr(weights, "op_type"):
        raise TypeError(
            "weights: expected a model, or arrays, given a node, which only names its weights; "
            "call from_onnx(model, node=node.name)"
        )
    if hasattr(weights, "graph"):
        node = _node_of(weights, node)
        weights = _weights_of(weights, node)
    weights, kind = _with_biases(weights)
    if node is not None:
        options = _options_of(node, kind)
        if kind == "GRU":
            reset_after = bool(options.get("linear_before_reset", 0))
    if kind == "GRU":
        if finite_float("forget_bias", forget_bias):
            raise refuse("forget_bias", "0 for a GRU", forget_bias, "it has no forget gate")
        if not isinstance(reset_after, bool):
            raise TypeError(
                "reset_after: expected True or False with the arrays of a GRU, which do not show "
                f"its linear_before_reset, given {reset_after!r}; or give the node, too"
            )
    return _from_arrays(weights, kind, forget_bias, reset_after)


def _node_of(model: Any, name: Any) -> Any:
    """The one LSTM or GRU node of the model, or the one of this name."""
    nodes = [each for each in model.graph.node if each.op_type in _BLOCKS]
    name = getattr(name, "name", name)
    chosen = nodes if name is None else [each for each in nodes if each.name == name]
    if len(chosen) == 1:
        return chosen[0]
    found = ", ".join(repr(each.name) for each in nodes) or "no such node"
    given = "no name" if name is None else repr(name)
    same = len({each.name for each in nodes}) < len(nodes)
    cure = "; name the nodes first, node.name = …" if same else ""
    raise ValueError(
        f"node: expected the name of an LSTM or GRU node ({found}), given {given}{cure}"
    )


def _weights_of(model: Any, node: Any) -> dict[str, Array]:
    """W, R and, if there, B and P of the node, from the model's constants."""
    from onnx import numpy_helper

    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    for each in model.graph.node:
        if each.op_type == "Constant":
            constants[each.output[0]] = each.attribute[0].t
    found = {}
    for place, name in zip(_INPUTS, node.input, strict=False):
        if name and place in (*_NAMES, "P"):
            if name not in constants:
                raise ValueError(
                    f"{place}: expected a constant of the model, given {name!r}, which the graph "
                    "computes; run the graph for it, and convert the arrays"
                )
            found[place] = numpy_helper.to_array(constants[name])
    return found


def _options_of(node: Any, kind: str) -> dict[str, Any]:
    """The node's options; each that a cell of this kind does not have is refused by its name."""
    if node.op_type != kind:
        article = "an LSTM" if kind == "LSTM" else "a GRU"
        raise TypeError(f"node: expected {article} node, given {node.op_type}")
    cell = _CELLS[kind]
    options = {a.name: _value(a) for a in node.attribute}
    direction = options.pop("direction", "forward")
    if direction == "reverse":
        cure = "reverse the inputs in time yourself, and convert a node without the option"
        raise refuse("direction", "'forward' or 'bidirectional'", direction, cure)
    directions = 2 if direction == "bidirectional" else 1
    activations = [name.lower() for name in options.pop("activations", [])]
    if activations not in ([], _ACTIVATIONS[kind] * directions):
        expected = ", ".join(_ACTIVATIONS[kind]).title()
        raise refuse("activations", expected, activations, f"a {cell} has no others")
    if options.pop("input_forget", 0):
        raise refuse("input_forget", "0", 1, f"a {cell} does not couple its gates")
    for option in ("clip", "activation_alpha", "activation_beta"):
        if options.get(option, []) != []:
            raise refuse(option, "none", options[option], f"a {cell} has no such")
    given = dict(zip(_INPUTS, node.input, strict=False))
    if given.get("P"):
        raise _peepholes(given["P"])
    for name, cure in _AT_RUN_TIME.items():
        if given.get(name):
            warnings.warn(f"{name}: the cell does not hold it; {cure}", stacklevel=3)
    return options


def _value(attribute: Any) -> Any:
    """The value of an attribute of a node: what onnx.helper says, without importing onnx."""
    fields = {1: "f", 2: "i", 3: "s", 6: "floats", 7: "ints", 8: "strings"}
    value = getattr(attribute, fields[attribute.type])
    if attribute.type == 8:
        return [text.decode() for text in value]
    return value.decode() if attribute.type == 3 else list(value) if attribute.type > 5 else value


def _peepholes(given: Any) -> ValueError:
    return refuse("P", "no peepholes", given, "a BasicLSTMCell's gates do not see c")


def _with_biases(weights: Any) -> tuple[list[Array], str]:
    """W, R and B, zeros if it is missing, and which operator has such."""
    if isinstance(weights, Mapping):
        if "P" in weights:
            raise _peepholes(np.shape(weights["P"]))
        if set(weights) == {"W", "R"}:
            R = as_array(weights["R"])
            if R.ndim != 3 or R.shape[1] not in (3 * R.shape[2], 4 * R.shape[2]):
                raise ValueError(
                    "R: expected shape (1, 4 * num_units, num_units), 3 in place of 4 of a GRU, "
                    f"given {R.shape}"
                )
            weights = {**weights, "B": np.zeros((len(R), 2 * R.shape[1]), R.dtype)}
    arrays = named_arrays(weights, _NAMES)
    R = arrays[1]
    return arrays, "GRU" if R.ndim == 3 and R.shape[1] == 3 * R.shape[2] else "LSTM"


def _from_arrays(
    weights: list[Array], kind: str, forget_bias: float, reset_after: bool | None
) -> Cells:
    W, R, B = weights
    blocks = _BLOCKS[kind]
    if B.ndim != 2 or len(B) not in (1, 2) or B.shape[1] % (2 * blocks):
        raise ValueError(f"B: expected shape (1, {2 * blocks} * num_units), given {B.shape}")
    num_units = units_of("B", B[0], 2 * blocks)
    dtype, directions = B.dtype.name, len(B)
    check_array("W", W, (directions, blocks * num_units, "input_size"), dtype)
    check_array("R", R, (directions, blocks * num_units, num_units), dtype)

    def cell_of(n: int) -> Any:
        kernel, (b_x, b_h) = np.concatenate([W[n].T, R[n].T]), np.split(B[n], 2)
        if kind == "GRU":
            return gru.from_onnx(kernel, b_x, b_h, bool(reset_after))
        return unfolded(kernel, added(b_x, b_h), ONNX_ORDER, forget_bias)

    return one_or_all(
        {(0, way): cell_of(n) for n, way in enumerate((FORWARD, BACKWARD)[:directions])}
    )
