"""The LSTM cells of a TF1 checkpoint, found by the names of their arrays."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import numpy as np

from lstm_lib.interop.layout import BACKWARD, FORWARD, Array
from lstm_lib.interop.tf1 import from_tf1

# How kernel and bias are called: since TensorFlow 1.2, in 1.0, and before.
NAMINGS = (("kernel", "bias"), ("weights", "biases"), ("Linear/Matrix", "Linear/Bias"))
_LAYER = re.compile(r"(?:^|/)[cC]ell_?(\d+)(?=/|$)")
_DIRECTION = re.compile(r"(?:^|/)(fw|bw)(?=/|$)", re.IGNORECASE)
# Arrays beside kernel and bias, and the option they show.
_OPTIONS = {
    "recurrent_kernel": "a Keras layer: give its arrays to from_keras",
    "w_i_diag": "peepholes, which a BasicLSTMCell does not have",
    "w_f_diag": "peepholes, which a BasicLSTMCell does not have",
    "projection/kernel": "a projection, which a BasicLSTMCell does not have",
    "projection/weights": "a projection, which a BasicLSTMCell does not have",
    "input/gamma": "layer normalisation, which a BasicLSTMCell does not have",
}
DEFAULT, FROM_GRAPH, CUDNN, GIVEN = "TF1's default", "from the graph", "cuDNN has none", "given"


class CheckpointCells(dict):
    """The cells by their scopes; printed, it says what was found.

    Attributes
    ----------
    places : dict of str to tuple
        The number of the layer, from 0, and ``"forward"`` or ``"backward"``, by scope.
    forget_biases : dict of str to str
        Where the forget bias of each cell is from, by scope.
    refused : dict of str to str
        Scopes of LSTM cells with an option that a ``BasicLSTMCell`` does not have.
    others : list of str
        Names of all other arrays.
    """

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, tuple[int, str]] = {}
        self.forget_biases: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.others: list[str] = []

    def __str__(self) -> str:
        lines = []
        for scope, cell in self.items():
            layer, direction = self.places[scope]
            lines.append(
                f"{scope}: layer {layer}, {direction}, {cell.input_size} inputs, "
                f"{cell.num_units} units, forget bias {cell.forget_bias} "
                f"({self.forget_biases[scope]})"
            )
        lines += [f"{scope}: refused, {why}" for scope, why in self.refused.items()]
        if self.others:
            lines.append("other arrays: " + ", ".join(self.others))
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<{len(self)} LSTM cells of a checkpoint>\n{self}"


def from_checkpoint(
    checkpoint: str | os.PathLike | Mapping[str, Array], forget_bias: float | None = None
) -> CheckpointCells:
    """Find the LSTM cells of a TF1 checkpoint.

    A cell is a kernel (D+H, 4H) and a bias (4H,) in one scope whose own name has ``lstm`` in
    it, as TF1 names them (``…/basic_lstm_cell/kernel``), or whose gates the graph shows that
    was saved beside the checkpoint: by its shape alone, a dense layer could be one.
    Kernel and bias are called ``weights`` and ``biases`` in TensorFlow 1.0, and
    ``Linear/Matrix`` and ``Linear/Bias`` before. Layers and directions are read from the
    scopes: ``cell_1`` is layer 1, ``bw`` is backward.

    Parameters
    ----------
    checkpoint : path, or mapping of names to arrays
        The path is what was given to ``Saver.save``, such as ``folder/model.ckpt``, or the
        folder, of which it takes the last one. Reading a path needs TensorFlow; arrays do not.
    forget_bias : float, optional
        The one that the cells were made with: TF1 does not store it. Without it, it is read
        from the graph that was saved beside the checkpoint (``model.ckpt.meta``), if it is
        there; else it is 0.0 for ``CudnnCompatibleLSTMCell``, and TF1's default, 1.0.

    Returns
    -------
    CheckpointCells
        A dict of cells by scope. Print it to see what was found.

    Raises
    ------
    FileNotFoundError
        If there is no checkpoint at the path.
    ValueError
        If no LSTM cell is in it; the message has its names.
    """
    graph: dict = {}
    if isinstance(checkpoint, Mapping):
        arrays = {name.removesuffix(":0"): np.asarray(a) for name, a in checkpoint.items()}
    else:
        arrays, graph = _read(os.fspath(checkpoint))
    pairs = _pairs(arrays, graph)
    found = CheckpointCells()
    for scope in sorted(pairs, key=_order):
        why = next((why for end, why in _OPTIONS.items() if f"{scope}/{end}" in arrays), None)
        if why:
            found.refused[scope] = why
            continue
        names = pairs[scope]
        bias, source = _forget_bias(scope, names[0], forget_bias, graph)
        found[scope] = from_tf1([arrays.pop(name) for name in names], bias)
        found.places[scope], found.forget_biases[scope] = _place(scope), source
    found.others = sorted(arrays)
    if not found:
        what = str(found) or "no arrays"
        raise ValueError(f"checkpoint: expected kernels and biases of LSTM cells, given {what}")
    return found


def _read(path: str) -> tuple[dict[str, Array], dict[str, float]]:
    """All arrays of a checkpoint, and the forget biases of its graph by the kernels' names."""
    from lstm_lib._tensorflow import tf
    from lstm_lib.interop.meta_graph import forget_biases

    if os.path.isdir(path):
        last = tf.train.latest_checkpoint(path)
        if last is None:
            raise FileNotFoundError(f"checkpoint: expected one in the folder, given {path!r}")
        path = last
    path = re.sub(r"\.(index|meta|data-\d+-of-\d+)$", "", path)
    if not (os.path.exists(f"{path}.index") or os.path.isfile(path)):
        raise FileNotFoundError(f"checkpoint: expected the file {path}.index, given no such file")
    reader = tf.train.load_checkpoint(path)
    arrays = {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
    meta = f"{path}.meta"
    return arrays, forget_biases(meta) if os.path.exists(meta) else {}


def _pairs(arrays: Mapping[str, Array], graph: Mapping[str, float]) -> dict[str, tuple[str, str]]:
    """Names of kernel and bias, by scope, of all that are an LSTM by shapes and name."""
    pairs = {}
    for kernel, bias in NAMINGS:
        for name in arrays:
            scope = name.removesuffix(f"/{kernel}")
            other = f"{scope}/{bias}"
            named = "lstm" in scope.rpartition("/")[2].lower() or name in graph
            if scope != name and named and _fit(arrays[name], arrays.get(other)):
                pairs[scope] = name, other
    return pairs


def _fit(kernel: Array, bias: Array | None) -> bool:
    """Whether the shapes are (D+H, 4H) and (4H,)."""
    if bias is None or kernel.ndim != 2 or bias.ndim != 1 or len(bias) % 4:
        return False
    return kernel.shape[1] == len(bias) and len(kernel) > len(bias) // 4


def _order(scope: str) -> tuple:
    layer, direction = _place(scope)
    return layer, direction == BACKWARD, scope


def _place(scope: str) -> tuple[int, str]:
    layer, direction = _LAYER.findall(scope), _DIRECTION.findall(scope)
    backward = bool(direction) and direction[-1].lower() == "bw"
    return int(layer[-1]) if layer else 0, BACKWARD if backward else FORWARD


def _forget_bias(
    scope: str, kernel: str, given: float | None, graph: Mapping[str, float]
) -> tuple[float, str]:
    """The run-time forget bias of a cell, and where it is from."""
    if given is not None:
        return given, GIVEN
    if kernel in graph:
        return graph[kernel], FROM_GRAPH
    return (0.0, CUDNN) if "cudnn_compatible" in scope else (1.0, DEFAULT)


__all__ = ["NAMINGS", "CheckpointCells", "from_checkpoint"]
