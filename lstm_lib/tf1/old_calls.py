"""Functions whose arguments TensorFlow 1.0 put into another order: told apart, not guessed.

Where the old order would be taken for the new one, the loss would be another one in silence;
TensorFlow 1 refused it, today's TensorFlow does not.
"""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable
from typing import Any

from lstm_lib.tf1.graph import in_graph, v1

ORDER = (
    "tf.{name}: expected ({expected}), given the order of TensorFlow 0.x, {given}; write {instead}"
)
BY_NAME = (
    "tf.nn.{name}: expected labels=… and logits=… by their names, given them by their places, "
    "whose order TensorFlow 1.0 turned round; write tf.nn.{name}(labels=…, logits=…)"
)


@in_graph
@functools.wraps(v1.split)
def split(value: Any = None, num_or_size_splits: Any = None, axis: Any = 0, **others: Any) -> Any:
    """TF1's ``tf.split``, which refuses the order of TensorFlow 0.x."""
    if isinstance(value, numbers.Integral) or "split_dim" in others or "num_split" in others:
        dim = others.get("split_dim", value)
        count = others.get("num_split", num_or_size_splits)
        raise TypeError(
            ORDER.format(
                name="split",
                expected="value, num_or_size_splits, axis",
                given="(split_dim, num_split, value)",
                instead=f"tf.split(value, {count}, {dim})",
            )
        )
    return v1.split(value, num_or_size_splits, axis, **others)


@in_graph
@functools.wraps(v1.concat)
def concat(values: Any = None, axis: Any = None, **others: Any) -> Any:
    """TF1's ``tf.concat``, which refuses the order of TensorFlow 0.x."""
    if isinstance(values, numbers.Integral) or "concat_dim" in others:
        raise TypeError(
            ORDER.format(
                name="concat",
                expected="values, axis",
                given="(concat_dim, values)",
                instead=f"tf.concat(values, {others.get('concat_dim', values)})",
            )
        )
    return v1.concat(values, axis, **others)


def _by_name(name: str) -> Callable:
    function = getattr(v1.nn, name)

    @in_graph
    @functools.wraps(function)
    def cross_entropy(*by_place: Any, **by_name: Any) -> Any:
        if by_place:
            raise ValueError(BY_NAME.format(name=name))
        return function(**by_name)

    return cross_entropy


CROSS_ENTROPIES = {
    name: _by_name(name)
    for name in (
        "softmax_cross_entropy_with_logits",
        "sparse_softmax_cross_entropy_with_logits",
        "sigmoid_cross_entropy_with_logits",
    )
}
