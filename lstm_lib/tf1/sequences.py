"""Functions of ``tf.contrib.rnn`` that run cells over sequences, beside those of ``tf.nn``.

Source: TensorFlow 1.15, ``contrib/rnn/python/ops/rnn.py``.
"""

from __future__ import annotations

from typing import Any

from lstm_lib.tf1.graph import in_graph, tf, v1


def _check_directions(cells_fw: Any, cells_bw: Any, starts: tuple[Any, Any]) -> None:
    for name, cells in (("cells_fw", cells_fw), ("cells_bw", cells_bw)):
        if not isinstance(cells, list) or not cells:
            raise ValueError(f"{name}: expected a list of cells, one a layer, given {cells!r}")
    if len(cells_fw) != len(cells_bw):
        raise ValueError(
            f"cells_bw: expected {len(cells_fw)} cells, as cells_fw has, given {len(cells_bw)}"
        )
    for name, start in zip(("initial_states_fw", "initial_states_bw"), starts, strict=True):
        if start is not None and (not isinstance(start, list) or len(start) != len(cells_fw)):
            raise ValueError(f"{name}: expected a list of {len(cells_fw)} states, given {start!r}")


@in_graph
def stack_bidirectional_dynamic_rnn(
    cells_fw: list,
    cells_bw: list,
    inputs: Any,
    initial_states_fw: list | None = None,
    initial_states_bw: list | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> tuple[Any, tuple, tuple]:
    """Layers of two directions; each layer reads both directions' outputs of the one below.

    Returns the last layer's outputs, (batch, time, 2 * units), and the final states of the
    forward and of the backward cells.
    """
    _check_directions(cells_fw, cells_bw, (initial_states_fw, initial_states_bw))
    states_fw, states_bw = [], []
    with v1.variable_scope(scope or "stack_bidirectional_rnn"):
        for n, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with v1.variable_scope(f"cell_{n}"):
                outputs, (state_fw, state_bw) = v1.nn.bidirectional_dynamic_rnn(
                    cell_fw,
                    cell_bw,
                    inputs,
                    initial_state_fw=initial_states_fw[n] if initial_states_fw else None,
                    initial_state_bw=initial_states_bw[n] if initial_states_bw else None,
                    sequence_length=sequence_length,
                    parallel_iterations=parallel_iterations,
                    dtype=dtype,
                    swap_memory=swap_memory,
                    time_major=time_major,
                )
                inputs = tf.concat(outputs, 2)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)


@in_graph
def stack_bidirectional_rnn(
    cells_fw: list,
    cells_bw: list,
    inputs: list,
    initial_states_fw: list | None = None,
    initial_states_bw: list | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list, tuple, tuple]:
    """The same for a list of inputs, one a step, each (batch, input_size)."""
    _check_directions(cells_fw, cells_bw, (initial_states_fw, initial_states_bw))
    states_fw, states_bw = [], []
    with v1.variable_scope(scope or "stack_bidirectional_rnn"):
        for n, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with v1.variable_scope(f"cell_{n}") as cell_scope:
                inputs, state_fw, state_bw = v1.nn.static_bidirectional_rnn(
                    cell_fw,
                    cell_bw,
                    inputs,
                    initial_state_fw=initial_states_fw[n] if initial_states_fw else None,
                    initial_state_bw=initial_states_bw[n] if initial_states_bw else None,
                    sequence_length=sequence_length,
                    dtype=dtype,
                    scope=cell_scope,
                )
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)


@in_graph
def transpose_batch_time(x: Any) -> Any:
    """(batch, time, …) as (time, batch, …), or the other way round."""
    return tf.transpose(x, [1, 0, *range(2, len(x.shape))])
