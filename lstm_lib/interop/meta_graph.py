"""The forget biases of a TF1 graph, which no checkpoint stores.

In the graph, the kernel's product is split into four gates, and a constant is added to
the third: that is the forget bias. Block cells have it as an attribute.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

_VARIABLES = {"Variable", "VariableV2", "VarHandleOp"}
# What lies between a kernel and the split into gates.
_ON_THE_WAY = {
    *("Identity", "ReadVariableOp", "Enter", "Switch", "MatMul", "BiasAdd", "Add", "AddV2", "Cast"),
}
_BLOCKS = {"LSTMBlockCell", "BlockLSTM"}


def forget_biases(path: str) -> dict[str, float]:
    """Forget biases by the names of the kernels, from a ``.meta`` file."""
    from lstm_lib._tensorflow import tf

    graph = tf.compat.v1.MetaGraphDef()
    with open(path, "rb") as file:
        graph.ParseFromString(file.read())
    nodes = {node.name: node for node in graph.graph_def.node}
    readers = defaultdict(list)
    for node in nodes.values():
        for name in node.input:
            readers[name.lstrip("^").partition(":")[0]].append(node)
    kernels = (n for n in nodes.values() if n.op in _VARIABLES)
    biases = {kernel.name: _of_kernel(kernel, nodes, readers) for kernel in kernels}
    return {name: bias for name, bias in biases.items() if bias is not None}


def _of_kernel(kernel: Any, nodes: dict, readers: dict) -> float | None:
    """Follow what reads the kernel up to its gates; None if it has none."""
    seen, todo = {kernel.name}, [kernel]
    while todo:
        for node in readers[todo.pop().name]:
            if node.op in _BLOCKS:
                return float(node.attr["forget_bias"].f)
            if node.op == "Split":
                return _added_to_forget_gate(node, nodes, readers)
            if node.op in _ON_THE_WAY and node.name not in seen:
                seen.add(node.name)
                todo.append(node)
    return None


def _added_to_forget_gate(split: Any, nodes: dict, readers: dict) -> float | None:
    gate = f"{split.name}:2"
    for node in readers[split.name]:
        if node.op in ("Add", "AddV2") and gate in node.input:
            others = (nodes[name] for name in node.input if name in nodes and name != gate)
            for other in others:
                if other.op == "Const":
                    return float(np.asarray(_constant(other)))
    return None


def _constant(node: Any) -> Any:
    from lstm_lib._tensorflow import tf

    return tf.make_ndarray(node.attr["value"].tensor)
