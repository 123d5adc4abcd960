"""A cell over a whole sequence on TensorFlow: what is checked, and how its loop is called."""

from __future__ import annotations

from lstm_lib._tensorflow import tf
from lstm_lib.cell import Cell, has_own_step, start, state_or_zeros
from lstm_lib.checks import check_array
from lstm_lib.state import Gradients, State, parts_of, state_of
from lstm_lib.tensorflow_backend import loop
from lstm_lib.tensorflow_backend.cells import BasicLSTMCell
from lstm_lib.tensorflow_backend.step import lstm_from_z, rnn_from_z

Array = tf.Tensor


def dynamic_rnn(
    cell: Cell, inputs: Array, initial_state: State | None = None
) -> tuple[Array, State]:
    """Run a cell over a sequence.

    Parameters
    ----------
    cell : BasicLSTMCell or BasicRNNCell
        Built on its first use. A subclass of yours with a step of its own, in
        ``__call__`` or ``trace``, is called step by step.
    inputs : tensor of shape (batch_size, time, input_size)
    initial_state : LSTMStateTuple, or a tensor for the plain cell
        Zeros if None.

    Returns
    -------
    outputs : tensor of shape (batch_size, time, num_units)
        h of every step.
    final_state : as `initial_state`
        The state after the last step.

    Raises
    ------
    TypeError, ValueError
        If a tensor has another shape or dtype, or an LSTM state no names.
    """
    state = start(cell, inputs, initial_state)
    if has_own_step(cell):
        return _step_by_step(cell, tf.convert_to_tensor(inputs), state)
    parts = _parts(state)
    if inputs.shape[1] == 0:
        outputs = tf.zeros((tf.shape(inputs)[0], 0, cell.num_units), cell.dtype)
        return outputs, state_of(parts, cell.state_size)
    outputs, final = loop.sequence(
        _next_of(cell), *_tensors(cell, inputs), parts, _forget_bias(cell)
    )
    return outputs, state_of(final, cell.state_size)


def gradients(
    cell: Cell,
    inputs: Array,
    d_outputs: Array,
    initial_state: State | None = None,
    d_final_state: State | None = None,
) -> Gradients:
    """Backpropagation through time, by the tape.

    For a loss that depends on the outputs of `dynamic_rnn` and on its final
    state, turns its gradients with respect to those into its gradients with
    respect to the weights, the inputs and the initial state.

    Parameters
    ----------
    cell, inputs, initial_state
        As in `dynamic_rnn`.
    d_outputs : tensor of shape (batch_size, time, num_units)
        Gradient of the loss with respect to the outputs.
    d_final_state : as `initial_state`
        The same for the final state; zeros if None.

    Returns
    -------
    Gradients

    Raises
    ------
    TypeError, ValueError
        If a tensor has another shape or dtype, or an LSTM state no names.
    """
    state = start(cell, inputs, initial_state)
    check_array("d_outputs", d_outputs, (*inputs.shape[:2], cell.num_units), cell.dtype)
    d_final = state_or_zeros(cell, d_final_state, inputs, "d_final_state")
    d_outputs = tf.convert_to_tensor(d_outputs)
    inputs, kernel, bias = _tensors(cell, inputs)
    if has_own_step(cell):
        return _gradients_step_by_step(cell, inputs, d_outputs, state, d_final)
    d_state = _parts(d_final)
    if inputs.shape[1] == 0:
        zeros = map(tf.zeros_like, (kernel, bias, inputs))
        return Gradients(*zeros, state_of(d_state, cell.state_size))
    given = inputs, kernel, bias, _parts(state), _forget_bias(cell)
    d_inputs, d_kernel, d_bias, d_state = loop.gradients(_next_of(cell), *given, d_outputs, d_state)
    return Gradients(d_kernel, d_bias, d_inputs, state_of(d_state, cell.state_size))


def _tensors(cell: Cell, inputs: Array) -> list[Array]:
    """The inputs and the weights as the loop wants them; a tape sees them read."""
    return [tf.convert_to_tensor(each) for each in (inputs, cell.kernel, cell.bias)]


def _parts(state: State) -> tuple[Array, ...]:
    """The parts of a state, as tensors that no argument shares."""
    return tuple(map(tf.identity, parts_of(state)))


def _forget_bias(cell: Cell) -> float:
    """Of an LSTM; the plain cell has no gate to add it to."""
    return cell.forget_bias if isinstance(cell, BasicLSTMCell) else 0.0


def _next_of(cell: Cell) -> loop.Step:
    return _next_of_lstm if isinstance(cell, BasicLSTMCell) else _next_of_rnn


def _next_of_lstm(z: Array, state: loop.State, forget_bias: Array) -> loop.State:
    step = lstm_from_z(z, state[0], forget_bias)
    return step.c, step.h


def _next_of_rnn(z: Array, state: loop.State, forget_bias: Array) -> loop.State:
    return (rnn_from_z(z).h,)


def _step_by_step(cell: Cell, inputs: Array, state: State) -> tuple[Array, State]:
    outputs = []
    for x in tf.unstack(inputs, axis=1):
        output, state = cell(x, state)
        outputs.append(output)
    if not outputs:
        return tf.zeros((tf.shape(inputs)[0], 0, cell.num_units), cell.dtype), state
    return tf.stack(outputs, axis=1), state


def _gradients_step_by_step(
    cell: Cell, inputs: Array, d_outputs: Array, state: State, d_final: State
) -> Gradients:
    parts = _parts(state)
    sources = [cell.kernel, cell.bias, inputs, *parts]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        outputs, final = _step_by_step(cell, inputs, state_of(parts, cell.state_size))
    d_kernel, d_bias, d_inputs, *d_state = tape.gradient(
        [outputs, *parts_of(final)],
        sources,
        output_gradients=[d_outputs, *parts_of(d_final)],
        unconnected_gradients="zero",
    )
    return Gradients(d_kernel, d_bias, d_inputs, state_of(d_state, cell.state_size))
