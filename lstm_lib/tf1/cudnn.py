"""``tf.contrib.cudnn_rnn.CudnnLSTM``, computed on the CPU.

Source: TensorFlow 1.15, ``contrib/cudnn_rnn/python``.
"""

from __future__ import annotations

from typing import Any

from lstm_lib.tf1.block_cells import CudnnCompatibleLSTMCell
from lstm_lib.tf1.cells import DropoutWrapper, LSTMStateTuple, MultiRNNCell
from lstm_lib.tf1.graph import in_graph, tf, v1
from lstm_lib.tf1.sequences import stack_bidirectional_dynamic_rnn


class CudnnLSTM:
    """``tf.contrib.cudnn_rnn.CudnnLSTM``, computed on the CPU.

    Its variables are not one opaque kernel: they have the names under which TF1 saves one,
    those of CudnnCompatibleLSTMCell, so that ``Saver.restore`` reads its checkpoints.
    States are (h, c), each (layers * directions, batch, units).
    """

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_mode: str = "linear_input",
        direction: str = "unidirectional",
        dropout: float = 0.0,
        seed: int | None = None,
        dtype: Any = tf.float32,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
    ) -> None:
        if direction not in ("unidirectional", "bidirectional"):
            raise ValueError(
                f"direction: expected unidirectional or bidirectional, given {direction!r}"
            )
        if input_mode not in ("linear_input", "auto_select"):
            raise ValueError(f"input_mode: expected linear_input, given {input_mode!r}")
        if bias_initializer is not None:
            raise ValueError("bias_initializer: expected None (zeros); assign the biases instead")
        self.num_layers, self.num_units, self.direction = num_layers, num_units, direction
        self.num_dirs = 1 if direction == "unidirectional" else 2
        self._dropout, self._seed, self._dtype = dropout, seed, dtype
        self._initializer = kernel_initializer
        self._cells: list[Any] | None = None

    @property
    def trainable_variables(self) -> list:
        """Kernel and bias of each layer and direction."""
        return [v for cell in self._cells or () for v in cell.trainable_variables]

    @in_graph
    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        sequence_lengths: Any = None,
        time_major: bool = True,
        training: bool = True,
    ) -> tuple[Any, tuple[Any, Any]]:
        """All steps of all layers: outputs, and the final (h, c)."""
        if self._cells is not None:
            raise ValueError("CudnnLSTM: expected to be called once; make another one")
        layers, dirs = self.num_layers, self.num_dirs
        count = layers * dirs
        cells = self._cells = [CudnnCompatibleLSTMCell(self.num_units) for _ in range(count)]
        inputs = tf.cast(inputs, self._dtype)
        starts = [None] * count
        axis = 0 if time_major else 1
        if initial_state is not None:
            h, c = (tf.unstack(part, count, axis) for part in initial_state)
            starts = [LSTMStateTuple(*pair) for pair in zip(c, h, strict=True)]
        options = {
            "sequence_length": sequence_lengths,
            "dtype": self._dtype,
            "time_major": time_major,
        }
        with v1.variable_scope(
            v1.get_variable_scope(), initializer=self._initializer, auxiliary_name_scope=False
        ):
            run = self._one_way if self.num_dirs == 1 else self._both_ways
            outputs, finals = run(inputs, cells, starts, training, options)
        h, c = (tf.stack([getattr(s, part) for s in finals], axis) for part in "hc")
        return outputs, (h, c)

    def _dropped(self, cell: Any, layer: int, training: bool) -> Any:
        """The cell, its inputs dropped out if they are outputs of another layer."""
        if not (layer and training and self._dropout):
            return cell
        return DropoutWrapper(cell, input_keep_prob=1 - self._dropout, seed=self._seed)

    def _one_way(
        self, inputs: Any, cells: list, starts: list, training: bool, options: dict
    ) -> tuple:
        stack = MultiRNNCell([self._dropped(c, n, training) for n, c in enumerate(cells)])
        start = None if starts[0] is None else tuple(starts)
        return v1.nn.dynamic_rnn(stack, inputs, initial_state=start, **options)

    def _both_ways(
        self, inputs: Any, cells: list, starts: list, training: bool, options: dict
    ) -> tuple:
        cells = [self._dropped(cell, n // 2, training) for n, cell in enumerate(cells)]
        given = {}
        if starts[0] is not None:
            given = {"initial_states_fw": starts[::2], "initial_states_bw": starts[1::2]}
        outputs, forward, backward = stack_bidirectional_dynamic_rnn(
            cells[::2], cells[1::2], inputs, **given, **options
        )
        return outputs, [state for pair in zip(forward, backward, strict=True) for state in pair]
