"""A cell over a whole sequence on NumPy: what is checked, and which loop runs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lstm_lib import dropout, stack
from lstm_lib.cell import Cell, has_own_step, start, state_or_zeros
from lstm_lib.checks import check_array, check_lengths, check_sequence
from lstm_lib.numpy_backend import fast, memory, plain, ragged
from lstm_lib.numpy_backend.cells import BasicLSTMCell, BasicRNNCell, steps_of
from lstm_lib.state import Gradients, State, map_state, parts_of, state_of

Array = np.ndarray


class Run(NamedTuple):
    """A sequence that was run. What is not asked for is not computed."""

    outputs: Callable[[], Array]
    final_state: Callable[[], State]
    back: Callable[[Array, State], Gradients]  # of what `keep` kept: d_outputs, d_final_state


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
    cell = dropout.without(cell)
    state = start(cell, inputs, initial_state)
    real = _real_lengths(lengths, inputs)
    if isinstance(cell, stack.MultiRNNCell):
        return stack.dynamic_rnn(dynamic_rnn, cell, inputs, state, real)
    if has_own_step(cell):
        return _step_by_step(cell, inputs, state, real)
    run = _run(cell, inputs, state, real, keep=False)
    return run.outputs(), run.final_state()


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
    dropout.check_none(cell)
    _check_slopes(cell)
    state = start(cell, inputs, initial_state)
    real = _real_lengths(lengths, inputs)
    if isinstance(cell, stack.MultiRNNCell):
        return forward(cell, inputs, state, real)[2](d_outputs, d_final_state)
    d_final = _checked(cell, inputs, d_outputs, d_final_state)
    return _run(cell, inputs, state, real, keep=True).back(np.asarray(d_outputs), d_final)


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
    _check_slopes(dropout.without(cell))
    state = start(dropout.without(cell), inputs, initial_state)
    real = _real_lengths(lengths, inputs)
    way_back: Callable[[Array, State], Gradients]
    if isinstance(cell, stack.MultiRNNCell):
        outputs, final, way_back = stack.forward(forward, cell, inputs, state, real)
    elif isinstance(cell, dropout.DropoutWrapper):
        given = cell, np.asarray(inputs), state, real
        outputs, final, way_back = dropout.forward(_forward, *given)
    else:
        outputs, final, way_back = _forward(cell, inputs, state, real)

    def back(d_outputs: Array, d_final_state: State | None = None) -> Gradients:
        d_final = _checked(cell, inputs, d_outputs, d_final_state)
        return way_back(np.asarray(d_outputs), d_final)

    return outputs, final, back


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
    cells, states = (cell_fw, cell_bw), (initial_state_fw, initial_state_bw)
    return stack.both_ways(dynamic_rnn, ragged.reverse, cells, inputs, states, lengths)


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
    d_outputs = stack.pair("d_outputs", d_outputs)
    d_finals = (None, None) if d_final_states is None else d_final_states
    d_finals = stack.pair("d_final_states", d_finals)
    lengths = _checked_lengths(lengths, inputs, cell_fw)
    cells, states = (cell_fw, cell_bw), (initial_state_fw, initial_state_bw)
    return stack.back_both_ways(
        gradients, ragged.reverse, cells, inputs, d_outputs, states, d_finals, lengths
    )


def _check_slopes(cell: Cell) -> None:
    """Refuse a cell of which no way back is known."""
    if has_own_step(cell):
        raise TypeError(
            f"cell: expected one whose step is the library's, given {type(cell).__name__}, which "
            "has its own, and its slopes are not known here; derive it from "
            "tensorflow_backend's cell, whose tape follows any step"
        )


def _checked(cell: Cell, inputs: Array, d_outputs: Array, d_final_state: State | None) -> State:
    """Check the gradients that a way back is given, and return that of the final state."""
    check_array("d_outputs", d_outputs, (*inputs.shape[:2], cell.output_size), cell.dtype)
    return state_or_zeros(cell, d_final_state, inputs, "d_final_state")


def _real_lengths(lengths: Sequence[int] | None, inputs: Array) -> list[int] | None:
    """The lengths, or None if all sequences are full."""
    if lengths is None:
        return None
    batch_size, time, _ = inputs.shape
    lengths = check_lengths(lengths, batch_size, time)
    return None if all(length == time for length in lengths) else lengths


def _checked_lengths(lengths: Sequence[int] | None, inputs: Array, cell: Cell) -> list[int] | None:
    """As `_real_lengths`, of inputs that are not checked yet."""
    check_sequence(inputs, cell.input_size, cell.dtype)
    return _real_lengths(lengths, inputs)


def _forward(
    cell: Cell,
    inputs: Array,
    state: State,
    lengths: list[int] | None,
    mask: Array | None = None,
) -> tuple[Array, State, Callable[[Array, State], Gradients]]:
    """Outputs, final state and the way back, of arguments that fit."""
    run = _run(cell, inputs, state, lengths, keep=True, mask=mask)
    return run.outputs(), run.final_state(), run.back


def _run(
    cell: Cell,
    inputs: Array,
    state: State,
    lengths: list[int] | None,
    keep: bool,
    mask: Array | None = None,
) -> Run:
    """Run a cell of the library's over a sequence; `keep` what the way back needs.

    With a `mask` (batch, units), each step sees h times it.
    """
    inputs = np.asarray(inputs)
    if lengths is None:
        return _runner(cell, cell.kernel, keep, mask)(inputs, state)
    return _ragged(cell, inputs, state, np.array(lengths), keep, mask)


def _runner(cell: Cell, kernel: Array, keep: bool, mask: Array | None) -> Callable[..., Run]:
    """What runs over sequences without padding, of all rows of a batch or of these `rows`."""
    backward: Callable
    if isinstance(cell, BasicLSTMCell):
        W = fast.lstm_weights(kernel, cell.bias, cell.forget_bias)
        ahead, backward = fast.lstm_forward, fast.lstm_backward
    elif isinstance(cell, BasicRNNCell):
        W = fast.rnn_weights(kernel, cell.bias)
        ahead, backward = fast.rnn_forward, fast.rnn_backward

    def run(inputs: Array, state: State, rows: ragged.Index = slice(None)) -> Run:
        if mask is not None or not isinstance(cell, BasicLSTMCell | BasicRNNCell):
            return _by_steps(
                cell, kernel, inputs, state, keep, None if mask is None else mask[rows]
            )
        tape = ahead(inputs, _units_first(state), W, keep)

        def back(d_outputs: Array, d_final: State) -> Gradients:
            d_results = memory.units_first(d_outputs), _units_first(d_final)
            d_kernel, d_bias, d_inputs, d_state = backward(tape, *d_results, kernel)
            return Gradients(d_kernel, d_bias, d_inputs, _batch_first(cell, d_state))

        return Run(
            lambda: memory.batch_first(tape.h[1:]), lambda: _batch_first(cell, tape.state), back
        )

    return run


def _by_steps(
    cell: Cell, kernel: Array, inputs: Array, state: State, keep: bool, mask: Array | None
) -> Run:
    """Run over sequences without padding, one step after the other."""
    step, step_back = steps_of(cell, kernel)
    if mask is not None:
        step, step_back = plain.masked(step, step_back, mask)
    parts = _own_parts(state)
    tape = plain.forward(step, inputs, parts, keep)

    def back(d_outputs: Array, d_final: State) -> Gradients:
        d_results = d_outputs, _own_parts(d_final)
        results = plain.backward(step_back, tape, *d_results, kernel, cell.bias)
        return Gradients(*results[:3], state_of(results[3], cell.state_size))

    return Run(
        lambda: tape.outputs,
        lambda: state_of(map(np.array, tape.states[-1]), cell.state_size),
        back,
    )


def _ragged(
    cell: Cell, inputs: Array, state: State, lengths: Array, keep: bool, mask: Array | None
) -> Run:
    """Run over sequences that end at different steps."""
    kernel = ragged.with_mark(cell.kernel, cell.num_units, cell._ending)
    shape = (*inputs.shape[:2], cell.output_size)
    ended = ragged.ended(lengths, inputs.shape[1])
    some = np.flatnonzero(lengths)
    last = some, lengths[some] - 1  # the last real steps
    state = map_state(np.asarray, state)
    running = map_state(np.array, state)
    run_full = _runner(cell, kernel, keep, mask)
    runs = []
    for rows, steps in ragged.pieces(lengths, kernel.size):
        x = ragged.marked(inputs[rows, steps], ended[rows, steps])
        run = run_full(x, ragged.at(running, rows), rows)
        ragged.replace(running, rows, run.final_state())
        runs.append((rows, steps, run))

    @functools.cache
    def outputs() -> Array:
        if len(runs) == 1 and lengths.max() == shape[1]:
            result = runs[0][-1].outputs()
        else:
            result = np.zeros(shape, cell.dtype)
            for rows, steps, run in runs:
                result[rows, steps] = run.outputs()
        result[ended] = 0
        return result

    def final_state() -> State:
        *carried, _ = parts_of(running)
        h = np.array(parts_of(state)[-1])
        h[some] = outputs()[last]
        return state_of((*carried, h), cell.state_size)

    def back(d_outputs: Array, d_final: State) -> Gradients:
        d_outputs = np.array(d_outputs)
        d_outputs[ended] = 0
        *d_carried, d_h = _own_parts(d_final)
        d_outputs[last] += d_h[some]
        d_h[some] = 0  # what is left goes past all steps, to the first h
        d_state = state_of((*d_carried, np.zeros_like(d_h)), cell.state_size)
        d_kernel, d_bias = np.zeros_like(kernel), np.zeros_like(cell.bias)
        d_inputs = np.zeros(inputs.shape, cell.dtype)
        for rows, steps, run in reversed(runs):
            part = run.back(d_outputs[rows, steps], ragged.at(d_state, rows))
            d_kernel += part.kernel
            d_bias += part.bias
            d_inputs[rows, steps] = part.inputs[..., :-1]
            ragged.replace(d_state, rows, part.initial_state)
        d_first = parts_of(d_state)[-1]
        d_first += d_h
        return Gradients(ragged.without_mark(d_kernel, cell.num_units), d_bias, d_inputs, d_state)

    return Run(outputs, final_state, back)


def _step_by_step(
    cell: Cell, inputs: Array, state: State, lengths: list[int] | None
) -> tuple[Array, State]:
    """Run a cell with a step of its own."""
    inputs, time = np.asarray(inputs), inputs.shape[1]
    outputs = np.zeros((*inputs.shape[:2], cell.num_units), cell.dtype)
    ended = ragged.ended(np.array(lengths or [time] * len(inputs)), time)
    inputs = np.where(ended[..., None], inputs.dtype.type(0), inputs)
    for t in range(time):
        stays = ended[:, t, None]
        output, new = cell(inputs[:, t], state)
        outputs[:, t] = np.where(stays, output.dtype.type(0), output)
        state = map_state(functools.partial(np.where, stays), state, new)
    return outputs, state


def _own_parts(state: State) -> tuple[Array, ...]:
    """The parts of a state, sharing no memory with it."""
    return tuple(np.array(np.asarray(part)) for part in parts_of(state))


def _units_first(state: State) -> fast.State:
    """The parts of a state as the loops want them, sharing no memory with it."""
    return tuple(np.array(np.asarray(part).T, order="C") for part in parts_of(state))


def _batch_first(cell: Cell, state: fast.State) -> State:
    """The state with these parts, sharing no memory with them."""
    return state_of((part.T.copy() for part in state), cell.state_size)
