"""What flows between the steps of a recurrent cell. Nothing here knows a backend."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class LSTMStateTuple(NamedTuple):
    """The state of an LSTM cell: cell state first, hidden state second.

    The order is that of TF1's ``BasicLSTMCell``. Keras and PyTorch return
    (h, c): read the fields by name.

    Attributes
    ----------
    c : array of shape (batch_size, num_units)
        Cell state: the memory, which goes to the next step and nowhere else.
    h : array of shape (batch_size, num_units)
        Hidden state, which is also the output of the step.
    """

    c: Any
    h: Any


class StepTrace(NamedTuple):
    """All that one LSTM step computes, each of shape (batch_size, num_units).

    Attributes
    ----------
    f, i, o : array
        Forget, input and output gate, in (0, 1).
    candidate : array
        What could be written to the cell state, in (-1, 1).
    c, h : array
        New cell state and new hidden state.
    """

    f: Any
    i: Any
    candidate: Any
    o: Any
    c: Any
    h: Any


class RNNStepTrace(NamedTuple):
    """All that one step of the plain tanh cell computes.

    Attributes
    ----------
    z : array of shape (batch_size, num_units)
        Pre-activation, before the tanh.
    h : array of shape (batch_size, num_units)
        New hidden state, tanh(z).
    """

    z: Any
    h: Any


class GRUStepTrace(NamedTuple):
    """All that one step of a GRU cell computes, each of shape (batch_size, num_units).

    Attributes
    ----------
    r, u : array
        Reset and update gate, in (0, 1).
    candidate : array
        What could be written, in (-1, 1).
    h : array
        New hidden state.
    """

    r: Any
    u: Any
    candidate: Any
    h: Any


class Gradients(NamedTuple):
    """Gradients of a loss, each of the shape of what it is the gradient of.

    Of several layers or of both directions, kernel, bias and initial state are tuples.

    Attributes
    ----------
    kernel : array of shape (input_size + num_units, blocks * num_units)
    bias : array of shape (blocks * num_units,)
    inputs : array of shape (batch_size, time, input_size)
    initial_state : LSTMStateTuple of arrays, or an array for the plain cell
    """

    kernel: Any
    bias: Any
    inputs: Any
    initial_state: Any


State = LSTMStateTuple | Any  # (c, h) by name, or the plain cell's h, an array


def parts_of(state: State) -> tuple[Any, ...]:
    """Return the arrays of a state, h last: (c, h), or (h,) of the plain cell."""
    return tuple(state) if isinstance(state, tuple) else (state,)


def state_of(parts: Iterable[Any], state_size: Any) -> State:
    """Return the state that has these arrays, in the form of a cell's ``state_size``."""
    if isinstance(state_size, LSTMStateTuple):
        return LSTMStateTuple(*parts)
    (h,) = parts
    return h


def map_state(function: Callable, *states: State) -> State:
    """Return the state whose parts are those of `states`, part by part through `function`."""
    if not isinstance(states[0], tuple):
        return function(*states)
    parts = (map_state(function, *same) for same in zip(*states, strict=True))
    return LSTMStateTuple(*parts) if hasattr(states[0], "_fields") else tuple(parts)
