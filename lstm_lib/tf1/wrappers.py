"""Cells of ``tf.contrib.rnn`` around another cell: projections and an embedding.

Source: TensorFlow 1.15, ``contrib/rnn/python/ops/core_rnn_cell.py``.
"""

from __future__ import annotations

from typing import Any

from lstm_lib.tf1.block_cells import input_size_of
from lstm_lib.tf1.cells import RNNCell
from lstm_lib.tf1.graph import in_graph, tf, v1


def linear(x: Any, size: int) -> Any:
    """``x @ kernel + bias`` with the variables ``kernel`` and ``bias`` of the current scope."""
    kernel = v1.get_variable("kernel", [input_size_of(x.shape), size], x.dtype)
    bias = v1.get_variable("bias", [size], x.dtype, v1.zeros_initializer())
    return tf.matmul(x, kernel) + bias


@in_graph
def linear_of_all(
    args: Any,
    output_size: int,
    bias: bool,
    bias_initializer: Any = None,
    kernel_initializer: Any = None,
) -> Any:
    """``_linear`` of TF1's ``rnn_cell_impl``, which cells of one's own import: one or more inputs.

    In TensorFlow 1.0 and 1.1 the number ``bias_start`` stood in place of `bias_initializer`.
    """
    x = tf.concat(args, 1) if isinstance(args, list | tuple) else args
    rows = input_size_of(x.shape)
    kernel = v1.get_variable("kernel", [rows, output_size], x.dtype, kernel_initializer)
    if not bias:
        return tf.matmul(x, kernel)
    if bias_initializer is None or isinstance(bias_initializer, int | float):
        bias_initializer = v1.constant_initializer(bias_initializer or 0.0)
    return tf.matmul(x, kernel) + v1.get_variable("bias", [output_size], x.dtype, bias_initializer)


class _Wrapper(RNNCell):
    """A cell around another one, with the other one's state."""

    def __init__(self, cell: Any, reuse: bool | None = None) -> None:
        super().__init__(_reuse=reuse)
        self._cell = cell

    @property
    def state_size(self) -> Any:
        """The inner cell's."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """The inner cell's."""
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The inner cell's."""
        with v1.name_scope(f"{type(self).__name__}ZeroState"):
            return self._cell.zero_state(batch_size, dtype)


class InputProjectionWrapper(_Wrapper):
    """``tf.contrib.rnn.InputProjectionWrapper``: a linear layer before the cell."""

    def __init__(
        self,
        cell: Any,
        num_proj: int,
        activation: Any = None,
        input_size: Any = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(cell, reuse)
        self._num_proj, self._activation = num_proj, activation

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        projected = linear(inputs, self._num_proj)
        return self._cell(self._activation(projected) if self._activation else projected, state)


class OutputProjectionWrapper(_Wrapper):
    """``tf.contrib.rnn.OutputProjectionWrapper``: a linear layer after the cell."""

    def __init__(
        self, cell: Any, output_size: int, activation: Any = None, reuse: bool | None = None
    ) -> None:
        super().__init__(cell, reuse)
        self._projected_size, self._activation = output_size, activation

    @property
    def output_size(self) -> int:
        """Size of the projected output."""
        return self._projected_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        output, state = self._cell(inputs, state)
        projected = linear(output, self._projected_size)
        return self._activation(projected) if self._activation else projected, state


class EmbeddingWrapper(_Wrapper):
    """``tf.contrib.rnn.EmbeddingWrapper``: an embedding of integers before the cell."""

    def __init__(
        self,
        cell: Any,
        embedding_classes: int,
        embedding_size: int,
        initializer: Any = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(cell, reuse)
        self._classes, self._size, self._initializer = (
            embedding_classes,
            embedding_size,
            initializer,
        )

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        limit = 3**0.5  # a variance of 1
        initializer = (
            self._initializer
            or v1.get_variable_scope().initializer
            or v1.random_uniform_initializer(-limit, limit)
        )
        dtype = tf.nest.flatten(state)[0].dtype
        embedding = v1.get_variable(
            "embedding", [self._classes, self._size], initializer=initializer, dtype=dtype
        )
        return self._cell(tf.nn.embedding_lookup(embedding, tf.reshape(inputs, [-1])), state)
