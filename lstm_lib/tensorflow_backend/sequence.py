"""A cell over a whole sequence on TensorFlow: what is checked, and how its loop is called."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from lstm_lib import dropout, stack
from lstm_lib._tensorflow import tf
from lstm_lib.cell import Cell, has_own_step, start, state_or_zeros
from lstm_lib.checks import check_array, check_lengths, check_sequence
from lstm_lib.state import Gradients, LSTMStateTuple, State, map_state, parts_of, state_of
from lstm_lib.tensorflow_backend import loop, plain, ragged
from lstm_lib.tensorflow_backend.cells import (
    BasicLSTMCell,
    BasicRNNCell,
    CoupledLSTMCell,
    GRUCell,
    PeepholeLSTMCell,
)
from lstm_lib.tensorflow_backend.step import (
    coupled_from_z,
    lstm_from_z,
    peephole_from_z,
    rnn_from_z,
)

Array: TypeAlias = tf.Tensor


def dynamic_rnn(
    cell: Cell,
    inputs: Array,
    initial_state: State | None = None,
    lengths: Sequence[int] | None = None,
) -> tuple[Array, State]:
    """Run a cell over a sequence.

    Parameters
    ----------
    cell : any cell of this package, MultiRNNCell or DropoutWrapper
        Built on its first use; nothing is dropped. A subclass of yours with a step of its own, in
        ``__call__`` or ``trace``, is called step by step.
    inputs : tensor of shape (batch_size, time, input_size)
    initial_state : LSTMStateTuple, or a tensor for the plain cell
        Zeros if None.
    lengths : list or array of batch_size integers, each from 0 to time
        How many steps of each sequence are real; all, if None. What stands
        behind them is padding and is never read.

    Returns
    -------
    outputs : tensor of shape (batch_size, time, num_units)
        h of every step, 0 behind the end of a sequence.
    final_state : as `initial_state`
        The state after the last real step; of a sequence of length 0, its
        initial state.

    Raises
    ------
    TypeError, ValueError
        If a tensor has another shape or dtype, or an LSTM state no names.
    """
    cell = dropout.without(cell)
    state = start(cell, inputs, initial_state)
    real = _lengths(lengths, inputs)
    if isinstance(cell, stack.MultiRNNCell):
        return stack.dynamic_rnn(dynamic_rnn, cell, inputs, state, real)
    return _run(cell, tf.convert_to_tensor(inputs), state, real)


def gradients(
    cell: Cell,
    inputs: Array,
    d_outputs: Array,
    initial_state: State | None = None,
    d_final_state: State | None = None,
    lengths: Sequence[int] | None = None,
) -> Gradients:
    """Backpropagation through time, by the tape.

    For a loss that depends on the outputs of `dynamic_rnn` and on its final
    state, turns its gradients with respect to those into its gradients with
    respect to the weights, the inputs and the initial state.

    Parameters
    ----------
    cell, inputs, initial_state, lengths
        As in `dynamic_rnn`.
    d_outputs : tensor of shape (batch_size, time, num_units)
        Gradient of the loss with respect to the outputs; not read behind the
        end of a sequence.
    d_final_state : as `initial_state`
        The same for the final state; zeros if None.

    Returns
    -------
    Gradients
        That of the inputs is 0 behind the end of a sequence.

    Raises
    ------
    TypeError, ValueError
        If a tensor has another shape or dtype, or an LSTM state no names.
    """
    dropout.check_none(cell)
    state = start(cell, inputs, initial_state)
    real = _lengths(lengths, inputs)
    check_array("d_outputs", d_outputs, (*inputs.shape[:2], cell.output_size), cell.dtype)
    d_final = state_or_zeros(cell, d_final_state, inputs, "d_final_state")
    if isinstance(cell, stack.MultiRNNCell) or _by_steps(cell) or inputs.shape[1] == 0:
        return forward(cell, inputs, state, real)[2](d_outputs, d_final)
    given = _given(cell, inputs, state)
    d_results = tf.convert_to_tensor(d_outputs), _with_peepholes(cell, d_final)
    if real is None:
        results = loop.gradients(_next_of(cell), *given, *d_results)
    else:
        results = ragged.gradients(_next_of(cell), cell._ending, *given, real, *d_results)
    return _gradients_of(cell, *results)


def forward(
    cell: Cell,
    inputs: Array,
    initial_state: State | None = None,
    lengths: Sequence[int] | None = None,
) -> tuple[Array, State, Callable[..., Gradients]]:
    """Run a cell over a sequence, and keep what the way back needs.

    A loss and its gradients then cost one pass forward and one back::

        outputs, final_state, back = forward(cell, inputs)
        gradients = back(2 * (outputs - targets))

    Parameters
    ----------
    cell, inputs, initial_state, lengths
        As in `dynamic_rnn`, but a DropoutWrapper draws its masks, and drops.

    Returns
    -------
    outputs, final_state
        As of `dynamic_rnn`.
    back : function of (d_outputs, d_final_state=None)
        Returns what `gradients` returns, of these. The cell and the inputs
        must be as they were. Call it as often as you like.

    Raises
    ------
    TypeError, ValueError
        As `gradients` does; `back` if what it is given does not fit.
    """
    state = start(dropout.without(cell), inputs, initial_state)
    real = _lengths(lengths, inputs)
    if isinstance(cell, stack.MultiRNNCell):
        outputs, final, back = stack.forward(forward, cell, inputs, state, real)
    elif isinstance(cell, dropout.DropoutWrapper):
        if not tf.executing_eagerly():
            raise TypeError(
                "cell: expected one without dropout in a tf.function, given a DropoutWrapper, "
                "whose masks would be drawn only once"
            )
        given = cell, tf.convert_to_tensor(inputs), state, real
        outputs, final, back = dropout.forward(_forward, *given)
    else:
        outputs, final, back = _forward(cell, inputs, state, real)

    def checked_back(d_outputs: Array, d_final_state: State | None = None) -> Gradients:
        check_array("d_outputs", d_outputs, outputs.shape, cell.dtype)
        d_final = state_or_zeros(cell, d_final_state, inputs, "d_final_state")
        return back(tf.convert_to_tensor(d_outputs), d_final)

    return outputs, final, checked_back


def bidirectional_dynamic_rnn(
    cell_fw: Cell,
    cell_bw: Cell,
    inputs: Array,
    initial_state_fw: State | None = None,
    initial_state_bw: State | None = None,
    lengths: Sequence[int] | None = None,
) -> tuple[tuple[Array, Array], tuple[State, State]]:
    """Run one cell from the first step to the last and another from the last to the first.

    With `lengths`, the way back begins at the last real step of each sequence.
    Source: Schuster and Paliwal (1997); the name is TF1's.

    Parameters
    ----------
    cell_fw, cell_bw : cells as of `dynamic_rnn`, not one cell twice
    inputs, lengths
        As in `dynamic_rnn`.
    initial_state_fw, initial_state_bw
        Of each cell; zeros if None.

    Returns
    -------
    (outputs_fw, outputs_bw) : pair of tensors (batch_size, time, num_units)
        Both in the order of the inputs: at step t, one cell has read the steps
        up to t and the other those from t on.
    (final_state_fw, final_state_bw)
        After the last step that each cell reads: that of `cell_bw` is step 0.

    Raises
    ------
    TypeError, ValueError
        As `dynamic_rnn` does, or if both cells are one.
    """
    stack.check_two(cell_fw, cell_bw)
    lengths = _checked_lengths(lengths, inputs, cell_fw)
    outputs_fw, final_fw = dynamic_rnn(cell_fw, inputs, initial_state_fw, lengths)
    turned = ragged.reverse(inputs, lengths)
    outputs_bw, final_bw = dynamic_rnn(cell_bw, turned, initial_state_bw, lengths)
    return (outputs_fw, ragged.reverse(outputs_bw, lengths)), (final_fw, final_bw)


def bidirectional_gradients(
    cell_fw: Cell,
    cell_bw: Cell,
    inputs: Array,
    d_outputs: tuple[Array, Array],
    initial_state_fw: State | None = None,
    initial_state_bw: State | None = None,
    d_final_states: tuple[State, State] | None = None,
    lengths: Sequence[int] | None = None,
) -> Gradients:
    """Backpropagation through time, of `bidirectional_dynamic_rnn`.

    Parameters
    ----------
    cell_fw, cell_bw, inputs, initial_state_fw, initial_state_bw, lengths
        As in `bidirectional_dynamic_rnn`.
    d_outputs : pair of tensors of shape (batch_size, time, num_units)
        Gradients of the loss with respect to both outputs.
    d_final_states : pair of states
        The same for both final states; zeros if None.

    Returns
    -------
    Gradients
        Kernel, bias and initial state are pairs, those of `cell_fw` first; the
        gradient of the inputs is the sum of both ways.

    Raises
    ------
    TypeError, ValueError
        As `gradients` does, or if what should be a pair is none.
    """
    stack.check_two(cell_fw, cell_bw)
    d_fw, d_bw = stack.pair("d_outputs", d_outputs)
    d_final = (None, None) if d_final_states is None else d_final_states
    d_final_fw, d_final_bw = stack.pair("d_final_states", d_final)
    lengths = _checked_lengths(lengths, inputs, cell_fw)
    turned, d_turned = ragged.reverse(inputs, lengths), ragged.reverse(d_bw, lengths)
    fw = gradients(cell_fw, inputs, d_fw, initial_state_fw, d_final_fw, lengths)
    bw = gradients(cell_bw, turned, d_turned, initial_state_bw, d_final_bw, lengths)
    return Gradients(
        (fw.kernel, bw.kernel),
        (fw.bias, bw.bias),
        fw.inputs + ragged.reverse(bw.inputs, lengths),
        (fw.initial_state, bw.initial_state),
    )


def _checked_lengths(lengths: Sequence[int] | None, inputs: Array, cell: Cell) -> Array | None:
    """As `_lengths`, of inputs that are not checked yet."""
    check_sequence(inputs, cell.input_size, cell.dtype)
    return _lengths(lengths, inputs)


def _lengths(lengths: Any, inputs: Array) -> Array | None:
    """The lengths as a tensor, or None if all sequences are full."""
    if lengths is None:
        return None
    batch_size, time, _ = inputs.shape
    if not tf.is_tensor(lengths) or tf.executing_eagerly():
        if None not in (batch_size, time):
            lengths = check_lengths(lengths, batch_size, time)
            if all(length == time for length in lengths):
                return None
        return tf.constant(lengths, "int32")
    # While a graph is traced, the values are not known yet.
    if not lengths.dtype.is_integer or lengths.shape.rank != 1:
        raise TypeError(
            "lengths: expected a tensor of integers of shape (batch_size,), given one of "
            f"{lengths.dtype.name} of shape {lengths.shape}"
        )
    lengths = tf.cast(lengths, "int32")
    right = tf.reduce_all((lengths >= 0) & (lengths <= tf.shape(inputs)[1]))
    expected = "lengths: expected whole numbers from 0 to the number of steps, given"
    with tf.control_dependencies([tf.debugging.Assert(right, [expected, lengths])]):
        return tf.identity(lengths)


def _by_steps(cell: Cell) -> bool:
    """Whether the loop for sequences does not have this cell's step."""
    return isinstance(cell, GRUCell) or has_own_step(cell)


def _run(cell: Cell, inputs: Array, state: State, lengths: Array | None) -> tuple[Array, State]:
    """Outputs and final state, seen by a tape."""
    if _by_steps(cell):
        return _step_by_step(cell, inputs, state, lengths)
    if inputs.shape[1] == 0:
        outputs = tf.zeros((tf.shape(inputs)[0], 0, cell.num_units), cell.dtype)
        return outputs, state_of(_parts(state), cell.state_size)
    given = _given(cell, inputs, state)
    if lengths is None:
        outputs, final = loop.sequence(_next_of(cell), *given)
    else:
        outputs, final = ragged.sequence(_next_of(cell), cell._ending, *given, lengths)
    if not tf.executing_eagerly():
        # The traced loop has open sizes; a layer above must know its number of inputs.
        outputs.set_shape((*inputs.shape[:2], cell.num_units))
    return outputs, _state_of(cell, final)


def _forward(
    cell: Cell,
    inputs: Array,
    state: State,
    lengths: Array | None,
    mask: Array | None = None,
) -> tuple[Array, State, Callable]:
    """As `_run`, with the way back; with a `mask` (batch, units), each step sees h times it."""
    if _by_steps(cell) or mask is not None or inputs.shape[1] == 0 or plain.is_recorded():
        return _forward_with_tape(cell, inputs, state, lengths, mask)
    given = _given(cell, inputs, state)
    if lengths is None:
        outputs, final, way_back = loop.forward(_next_of(cell), *given)
    else:
        outputs, final, way_back = ragged.forward(_next_of(cell), cell._ending, *given, lengths)

    def back(d_outputs: Array, d_final: State) -> Gradients:
        return _gradients_of(cell, *way_back(d_outputs, _with_peepholes(cell, d_final)))

    return outputs, _state_of(cell, final), back


def _forward_with_tape(
    cell: Cell, inputs: Array, state: State, lengths: Array | None, mask: Array | None
) -> tuple[Array, State, Callable]:
    """As `_forward`, of any step and in any graph."""
    inputs, parts = tf.convert_to_tensor(inputs), _parts(state)
    sources = [cell.kernel, cell.bias, inputs, *parts]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(sources)
        state = state_of(parts, cell.state_size)
        if mask is None:
            outputs, final = _run(cell, inputs, state, lengths)
        else:
            outputs, final = _step_by_step(cell, inputs, state, lengths, mask)

    def back(d_outputs: Array, d_final: State) -> Gradients:
        d_kernel, d_bias, d_inputs, *d_parts = tape.gradient(
            [outputs, *parts_of(final)],
            sources,
            output_gradients=[d_outputs, *parts_of(d_final)],
            unconnected_gradients="zero",
        )
        return Gradients(d_kernel, d_bias, d_inputs, state_of(d_parts, cell.state_size))

    return outputs, final, back


def _given(
    cell: Cell, inputs: Array, state: State
) -> tuple[Array, Array, Array, loop.State, float]:
    """What the loop takes: inputs, kernel, bias, parts of the state and the forget bias.

    A tape sees the weights read. Peepholes are one more part of the state, which no step changes:
    its gradient is the sum over all steps, and the loop need not know what they are.
    """
    inputs, kernel, bias = map(tf.convert_to_tensor, (inputs, cell.kernel, cell.bias))
    parts, forget_bias = _parts(state), getattr(cell, "forget_bias", 0.0)
    if isinstance(cell, PeepholeLSTMCell):
        w = tf.repeat(bias[None, 4 * cell.num_units :], tf.shape(inputs)[0], axis=0)
        bias, parts = bias[: 4 * cell.num_units], (parts[0], w, parts[1])
    return inputs, kernel, bias, parts, forget_bias


def _state_of(cell: Cell, parts: loop.State) -> State:
    """The state among the parts that the loop returned."""
    carried = parts[:1] if isinstance(cell, PeepholeLSTMCell) else parts[:-1]
    return state_of((*carried, parts[-1]), cell.state_size)


def _with_peepholes(cell: Cell, d_final: State) -> loop.State:
    """The gradients of the parts that the loop returned."""
    parts = _parts(d_final)
    if not isinstance(cell, PeepholeLSTMCell):
        return parts
    return parts[0], tf.tile(tf.zeros_like(parts[0]), [1, 3]), parts[1]


def _gradients_of(
    cell: Cell, d_inputs: Array, d_kernel: Array, d_bias: Array, d_parts: loop.State
) -> Gradients:
    """The gradients that the loop returned, by their names."""
    if isinstance(cell, PeepholeLSTMCell):
        d_bias = tf.concat([d_bias, tf.reduce_sum(d_parts[1], axis=0)], axis=0)
    return Gradients(d_kernel, d_bias, d_inputs, _state_of(cell, d_parts))


def _parts(state: State) -> tuple[Array, ...]:
    """The parts of a state, as tensors that no argument shares."""
    return tuple(map(tf.identity, parts_of(state)))


def _next_of(cell: Cell) -> loop.Step:
    return _NEXT[next(kind for kind in _NEXT if isinstance(cell, kind))]


def _next_of_lstm(z: Array, state: loop.State, forget_bias: Array) -> loop.State:
    step = lstm_from_z(z, state[0], forget_bias)
    return step.c, step.h


def _next_of_peephole(z: Array, state: loop.State, forget_bias: Array) -> loop.State:
    c, w, _ = state
    step = peephole_from_z(z, c, w, forget_bias)
    return step.c, w, step.h


def _next_of_coupled(z: Array, state: loop.State, forget_bias: Array) -> loop.State:
    step = coupled_from_z(z, state[0], forget_bias)
    return step.c, step.h


def _next_of_rnn(z: Array, state: loop.State, forget_bias: Array) -> loop.State:
    return (rnn_from_z(z).h,)


_NEXT: dict[type, loop.Step] = {
    BasicLSTMCell: _next_of_lstm,
    PeepholeLSTMCell: _next_of_peephole,
    CoupledLSTMCell: _next_of_coupled,
    BasicRNNCell: _next_of_rnn,
}


def _step_by_step(
    cell: Cell,
    inputs: Array,
    state: State,
    lengths: Array | None,
    mask: Array | None = None,
) -> tuple[Array, State]:
    if lengths is not None:
        inputs = ragged.without_padding(inputs, lengths)
    outputs = []
    for t, x in enumerate(tf.unstack(inputs, axis=1)):
        output, new = cell(x, state if mask is None else _masked(state, mask))
        if lengths is not None:
            runs = (lengths > t)[:, None]
            output = tf.where(runs, output, tf.zeros_like(output))
            new = map_state(functools.partial(tf.where, runs), new, state)
        outputs.append(output)
        state = new
    if not outputs:
        return tf.zeros((tf.shape(inputs)[0], 0, cell.num_units), cell.dtype), state
    return tf.stack(outputs, axis=1), state


def _masked(state: State, mask: Array) -> State:
    """The state with h times a mask."""
    return state._replace(h=state.h * mask) if isinstance(state, LSTMStateTuple) else state * mask
