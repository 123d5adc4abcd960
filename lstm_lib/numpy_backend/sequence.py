"""A cell over a whole sequence on NumPy: what is checked, and which loop runs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from lstm_lib import stack
from lstm_lib.cell import Cell, has_own_step, start, state_or_zeros
from lstm_lib.checks import check_array, check_lengths, check_sequence
from lstm_lib.numpy_backend import fast, memory, plain, ragged
from lstm_lib.numpy_backend.cells import BasicLSTMCell, GRUCell
from lstm_lib.state import Gradients, State, map_state, parts_of, state_of

Array = np.ndarray
Back = Callable[[Array, State], Gradients]  # of d_outputs and d_final_state


def dynamic_rnn(
    cell: Cell,
    inputs: Array,
    initial_state: State | None = None,
    lengths: Sequence[int] | None = None,
) -> tuple[Array, State]:
    """Run a cell over a sequence.

    Parameters
    ----------
    cell : BasicLSTMCell, BasicRNNCell, GRUCell or MultiRNNCell
        Built on its first use. A subclass of yours with a step of its own, in
        ``__call__`` or ``trace``, is called step by step.
    inputs : array of shape (batch_size, time, input_size)
    initial_state : LSTMStateTuple, or an array for the plain cell
        Zeros if None.
    lengths : list or array of batch_size integers, each from 0 to time
        How many steps of each sequence are real; all, if None. What stands
        behind them is padding and is never read.

    Returns
    -------
    outputs : array of shape (batch_size, time, num_units)
        h of every step, 0 behind the end of a sequence.
    final_state : as `initial_state`
        The state after the last real step; of a sequence of length 0, its
        initial state.

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype, or an LSTM state no names.
    """
    state = start(cell, inputs, initial_state)
    lengths = _real_lengths(lengths, inputs)
    if isinstance(cell, stack.MultiRNNCell):
        return stack.dynamic_rnn(dynamic_rnn, cell, inputs, state, lengths)
    if has_own_step(cell):
        return _step_by_step(cell, inputs, state, lengths)
    if lengths is not None:
        return _in_pieces(cell, inputs, state, lengths, keep=False)[0]
    tape = _forward(cell, inputs, state, keep=False)
    return memory.batch_first(tape.h[1:]), _batch_first(cell, tape.state)


def gradients(
    cell: Cell,
    inputs: Array,
    d_outputs: Array,
    initial_state: State | None = None,
    d_final_state: State | None = None,
    lengths: Sequence[int] | None = None,
) -> Gradients:
    r"""Backpropagation through time.

    For a loss that depends on the outputs of `dynamic_rnn` and on its final
    state, turns its gradients with respect to those into its gradients with
    respect to the weights, the inputs and the initial state:

    .. math::

        \delta h_t &= d_{h_t} + W_h\, \delta z_{t+1} \\
        \delta c_t &= f_{t+1} \odot \delta c_{t+1}
                      + \delta h_t \odot o_t \odot (1 - \tanh^2 c_t) \\
        \delta W &= \sum_t [x_t, h_{t-1}]^\top \delta z_t

    Source: Werbos (1990); for the LSTM, Graves and Schmidhuber (2005).

    Parameters
    ----------
    cell, inputs, initial_state, lengths
        As in `dynamic_rnn`.
    d_outputs : array of shape (batch_size, time, num_units)
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
        If an array has another shape or dtype, or an LSTM state no names, or
        if the cell has a step of its own, whose slopes are not known here.
    """
    return _kept(cell, inputs, initial_state, lengths)[1](d_outputs, d_final_state)


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
        As in `dynamic_rnn`.

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
    results, back = _kept(cell, inputs, initial_state, lengths)
    return *results(), back


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
    (outputs_fw, outputs_bw) : pair of arrays (batch_size, time, num_units)
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
    d_outputs : pair of arrays of shape (batch_size, time, num_units)
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


def _kept(
    cell: Cell, inputs: Array, initial_state: State | None, lengths: Sequence[int] | None
) -> tuple[Callable[[], tuple[Array, State]], Callable[..., Gradients]]:
    """Run forward; return how to get outputs and final state, and the way back."""
    if has_own_step(cell):
        raise TypeError(
            f"cell: expected one whose step is the library's, given {type(cell).__name__}, which "
            "has its own, and its slopes are not known here; derive it from "
            "tensorflow_backend's cell, whose tape follows any step"
        )
    state = start(cell, inputs, initial_state)
    lengths = _real_lengths(lengths, inputs)
    if isinstance(cell, stack.MultiRNNCell):
        outputs, final, way_back = stack.forward(forward, cell, inputs, state, lengths)
        results = outputs, final
        return lambda: results, _checked(cell, inputs, way_back)
    if lengths is not None:
        results, way_back = _in_pieces(cell, inputs, state, lengths, keep=True)
        return lambda: results, _checked(cell, inputs, way_back)
    tape = _forward(cell, inputs, state, keep=True)
    return (
        lambda: (memory.batch_first(tape.h[1:]), _batch_first(cell, tape.state)),
        _checked(cell, inputs, lambda *d_results: _backward(cell, tape, *d_results)),
    )


def _checked(cell: Cell, inputs: Array, way_back: Back) -> Callable[..., Gradients]:
    """A way back that checks what it is given."""

    def back(d_outputs: Array, d_final_state: State | None = None) -> Gradients:
        shape = (*inputs.shape[:2], cell.output_size)
        check_array("d_outputs", d_outputs, shape, cell.dtype)
        return way_back(d_outputs, state_or_zeros(cell, d_final_state, inputs, "d_final_state"))

    return back


def _real_lengths(lengths: Sequence[int] | None, inputs: Array) -> list[int] | None:
    """The lengths, or None if all sequences are full."""
    if lengths is None:
        return None
    lengths = check_lengths(lengths, *inputs.shape[:2])
    return None if all(length == inputs.shape[1] for length in lengths) else lengths


def _checked_lengths(lengths: Sequence[int] | None, inputs: Array, cell: Cell) -> list[int] | None:
    """As `_real_lengths`, of inputs that are not checked yet."""
    check_sequence(inputs, cell.input_size, cell.dtype)
    return _real_lengths(lengths, inputs)


def _in_pieces(
    cell: Cell, inputs: Array, state: State, lengths: list[int], keep: bool
) -> tuple[tuple[Array, State], Back]:
    """Outputs and final state of sequences that end at different steps, and the way back."""
    order, pieces = ragged.cut(np.array(lengths))
    lengths = np.array(lengths)[order]
    padding = ragged.padding(lengths, inputs.shape[1])
    inputs = np.array(ragged.sort(inputs, order))
    inputs[padding] = 0
    outputs = np.empty((*inputs.shape[:2], cell.output_size), cell.dtype)
    running = ragged.sort(state, order)
    final = map_state(np.array, running)
    kept = []
    for rows, steps in pieces:
        # Of those that do not end in this piece, it keeps nothing: -1 is no step.
        here = (steps.start < lengths[rows]) & (lengths[rows] <= steps.stop)
        ends = np.where(here, lengths[rows] - steps.start, -1)
        before = ragged.first(running, rows)
        tape = _forward(cell, inputs[rows, steps], before, keep, ends)
        outputs[rows, steps] = memory.batch_first(tape.h[1:])
        running = _batch_first(cell, tape.state)
        at_ends = _batch_first(cell, tape.state_at(ends))
        ragged.replace(final, np.flatnonzero(here), ragged.first(at_ends, here))
        if keep:
            kept.append((rows, steps, ends, tape))
    outputs[padding] = 0

    def back(d_outputs: Array, d_final_state: State) -> Gradients:
        d_kernel, d_bias = np.zeros_like(cell.kernel), np.zeros_like(cell.bias)
        d_outputs = np.array(ragged.sort(d_outputs, order))
        d_outputs[padding] = 0
        d_final = ragged.sort(d_final_state, order)
        some, none = np.flatnonzero(lengths), np.flatnonzero(lengths == 0)
        d_outputs[some, lengths[some] - 1] += parts_of(d_final)[-1][some]
        d_state = map_state(np.zeros_like, d_final)
        d_inputs = np.zeros_like(inputs)
        for rows, steps, ends, tape in reversed(kept):
            d_after = ragged.first(d_state, rows)
            part = _backward(cell, tape, d_outputs[rows, steps], d_after, ends, d_final)
            d_kernel += part.kernel
            d_bias += part.bias
            d_inputs[rows, steps] = part.inputs
            ragged.replace(d_state, rows, part.initial_state)
        ragged.replace(d_state, none, ragged.first(d_final, none))
        return Gradients(
            d_kernel, d_bias, ragged.unsort(d_inputs, order), ragged.unsort(d_state, order)
        )

    return (ragged.unsort(outputs, order), ragged.unsort(final, order)), back


def _backward(
    cell: Cell,
    tape: fast.Tape | plain.Tape,
    d_outputs: Array,
    d_final: State,
    ends: Array | None = None,
    d_ends: State | None = None,
) -> Gradients:
    given = tape, memory.units_first(d_outputs), _units_first(d_final), cell.kernel
    if isinstance(cell, GRUCell):
        results = plain.gru_backward(*given, cell.bias, cell.reset_after)
    elif not isinstance(cell, BasicLSTMCell):
        results = fast.rnn_backward(*given)
    elif ends is None:
        results = fast.lstm_backward(*given)
    else:
        results = fast.lstm_backward(*given, ends, d_ends.c[: len(ends)].T)
    d_kernel, d_bias, d_inputs, d_state = results
    return Gradients(d_kernel, d_bias, d_inputs, _batch_first(cell, d_state))


def _step_by_step(
    cell: Cell, inputs: Array, state: State, lengths: list[int] | None
) -> tuple[Array, State]:
    inputs = np.asarray(inputs)
    outputs = np.zeros((*inputs.shape[:2], cell.num_units), cell.dtype)
    if lengths is not None:
        padding = ragged.padding(np.array(lengths), inputs.shape[1])
        inputs = np.array(inputs)
        inputs[padding] = 0
    for t in range(inputs.shape[1]):
        output, new = cell(inputs[:, t], state)
        if lengths is not None:
            ended = padding[:, t, None]
            output = np.where(ended, output.dtype.type(0), output)
            new = map_state(functools.partial(np.where, ended), state, new)
        outputs[:, t], state = output, new
    return outputs, state


def _forward(
    cell: Cell, inputs: Array, state: State, keep: bool, ends: Array | None = None
) -> fast.Tape | plain.Tape:
    given = np.asarray(inputs), _units_first(state), cell.kernel, cell.bias
    if isinstance(cell, BasicLSTMCell):
        return fast.lstm_forward(*given, cell.forget_bias, keep, ends)
    if isinstance(cell, GRUCell):
        return plain.gru_forward(*given, cell.reset_after)
    return fast.rnn_forward(*given, keep)


def _units_first(state: State) -> fast.State:
    """The parts of a state as the loops want them, sharing no memory with it."""
    return tuple(np.array(np.asarray(part).T, order="C") for part in parts_of(state))


def _batch_first(cell: Cell, state: fast.State) -> State:
    """The state with these parts, sharing no memory with them."""
    return state_of((part.T.copy() for part in state), cell.state_size)
