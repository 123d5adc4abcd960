"""A cell over a whole sequence on NumPy: what is checked, and which loop runs."""

from __future__ import annotations

import numpy as np

from lstm_lib.cell import Cell, has_own_step, start, state_or_zeros
from lstm_lib.checks import check_array
from lstm_lib.numpy_backend import fast, memory
from lstm_lib.numpy_backend.cells import BasicLSTMCell
from lstm_lib.state import Gradients, State, parts_of, state_of

Array = np.ndarray


def dynamic_rnn(
    cell: Cell, inputs: Array, initial_state: State | None = None
) -> tuple[Array, State]:
    """Run a cell over a sequence.

    Parameters
    ----------
    cell : BasicLSTMCell or BasicRNNCell
        Built on its first use. A subclass of yours with a step of its own, in
        ``__call__`` or ``trace``, is called step by step.
    inputs : array of shape (batch_size, time, input_size)
    initial_state : LSTMStateTuple, or an array for the plain cell
        Zeros if None.

    Returns
    -------
    outputs : array of shape (batch_size, time, num_units)
        h of every step.
    final_state : as `initial_state`
        The state after the last step.

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype, or an LSTM state no names.
    """
    state = start(cell, inputs, initial_state)
    if has_own_step(cell):
        return _step_by_step(cell, inputs, state)
    tape = _forward(cell, inputs, state, keep=False)
    return memory.batch_first(tape.h[1:]), _batch_first(cell, tape.state)


def gradients(
    cell: Cell,
    inputs: Array,
    d_outputs: Array,
    initial_state: State | None = None,
    d_final_state: State | None = None,
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
    cell, inputs, initial_state
        As in `dynamic_rnn`.
    d_outputs : array of shape (batch_size, time, num_units)
        Gradient of the loss with respect to the outputs.
    d_final_state : as `initial_state`
        The same for the final state; zeros if None.

    Returns
    -------
    Gradients

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or dtype, or an LSTM state no names, or
        if the cell has a step of its own, whose slopes are not known here.
    """
    if has_own_step(cell):
        raise TypeError(
            f"cell: expected one whose step is the library's, given {type(cell).__name__}, which "
            "has its own, and its slopes are not known here; derive it from "
            "tensorflow_backend's cell, whose tape follows any step"
        )
    state = start(cell, inputs, initial_state)
    check_array("d_outputs", d_outputs, (*inputs.shape[:2], cell.num_units), cell.dtype)
    d_final = state_or_zeros(cell, d_final_state, len(inputs), "d_final_state")
    tape = _forward(cell, inputs, state, keep=True)
    back = fast.lstm_backward if isinstance(cell, BasicLSTMCell) else fast.rnn_backward
    d_kernel, d_bias, d_inputs, d_state = back(
        tape, memory.units_first(d_outputs), _units_first(d_final), cell.kernel
    )
    return Gradients(d_kernel, d_bias, d_inputs, _batch_first(cell, d_state))


def _step_by_step(cell: Cell, inputs: Array, state: State) -> tuple[Array, State]:
    inputs = np.asarray(inputs)
    outputs = np.empty((*inputs.shape[:2], cell.num_units), cell.dtype)
    for t in range(inputs.shape[1]):
        outputs[:, t], state = cell(inputs[:, t], state)
    return outputs, state


def _forward(cell: Cell, inputs: Array, state: State, keep: bool) -> fast.Tape:
    given = np.asarray(inputs), _units_first(state), cell.kernel, cell.bias
    if isinstance(cell, BasicLSTMCell):
        return fast.lstm_forward(*given, cell.forget_bias, keep)
    return fast.rnn_forward(*given, keep)


def _units_first(state: State) -> fast.State:
    """The parts of a state as the loops want them, sharing no memory with it."""
    return tuple(np.array(np.asarray(part).T, order="C") for part in parts_of(state))


def _batch_first(cell: Cell, state: fast.State) -> State:
    """The state with these parts, sharing no memory with them."""
    return state_of((part.T.copy() for part in state), cell.state_size)
