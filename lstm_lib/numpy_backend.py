"""The plain RNN cell and the LSTM cell on NumPy, forward and backward by hand.

The names and signatures are those of ``tensorflow_backend``. The layout is that
of TF1's ``BasicLSTMCell``: the rows of ``kernel`` are [inputs; h], its columns
are the blocks i, j, f, o (j is the candidate), and ``forget_bias`` is added at
run time and not stored.

A NaN in the inputs is not refused: it spreads through its own row of the batch,
in the outputs and in the state, and leaves the other rows as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_lib._numpy_gates import (
    candidate,
    forget_gate,
    input_gate,
    output_gate,
    sigmoid,
    update_cell,
    update_hidden,
)
from lstm_lib._numpy_sequence import (
    Cell,
    State,
    Tape,
    backward,
    batch_first,
    forward,
    glorot_uniform,  # noqa: F401  (the TensorFlow backend draws with it too)
    last_state,
    start,
    units_first,
)
from lstm_lib.state import (
    Gradients,
    LSTMStateTuple,
    RNNStepTrace,
    StepTrace,
    check_array,
    check_inputs,
    check_lstm_state,
    check_rnn_state,
    check_same_dtype,
    finite_float,
    positive_int,
)

__all__ = [
    "BasicLSTMCell",
    "BasicRNNCell",
    "LSTMStateTuple",
    "candidate",
    "dynamic_rnn",
    "forget_gate",
    "gradients",
    "input_gate",
    "output_gate",
    "sigmoid",
    "update_cell",
    "update_hidden",
]

Array = np.ndarray


class BasicLSTMCell(Cell):
    r"""LSTM cell with a forget gate, as TF1's ``BasicLSTMCell``.

    .. math::

        [i, j, f, o] &= [x_t, h_{t-1}] W + b \\
        c_t &= \sigma(f + b_f) \odot c_{t-1} + \sigma(i) \odot \tanh(j) \\
        h_t &= \sigma(o) \odot \tanh(c_t)

    with :math:`b_f` the `forget_bias`. Sources: Hochreiter and Schmidhuber
    (1997); forget gate: Gers, Schmidhuber and Cummins (2000); layout:
    TensorFlow 1, ``rnn_cell_impl.py``.

    Parameters
    ----------
    num_units : int
        Size of c and of h; not the number of time steps.
    forget_bias : float
        Added to the forget gate's pre-activation at every step, never stored
        in `bias`.
    dtype : {"float32", "float64"}
        Of weights, inputs, states and results. Nothing is converted in silence.
    seed : int or None
        Of the initial kernel; None draws another one each time.

    Raises
    ------
    TypeError, ValueError
        If `num_units` is not a positive integer or `dtype` not a float dtype.
    """

    _blocks = 4

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        dtype: Any = "float32",
        seed: int | None = 0,
    ) -> None:
        super().__init__(num_units, dtype, seed)
        self.forget_bias = finite_float("forget_bias", forget_bias)

    def __repr__(self) -> str:
        return (
            f"BasicLSTMCell(num_units={self.num_units}, forget_bias={self.forget_bias}, "
            f"dtype={self.dtype!r}, seed={self.seed})"
        )

    @property
    def state_size(self) -> LSTMStateTuple:
        """Sizes of c and h."""
        return LSTMStateTuple(self.num_units, self.num_units)

    def zero_state(self, batch_size: int, dtype: Any = None) -> LSTMStateTuple:
        """State of zeros, c and h each of shape (batch_size, num_units).

        `dtype` is there for TF1's sake: if given, it must be the cell's.

        Raises
        ------
        TypeError, ValueError
            If `batch_size` is not a positive integer or `dtype` another one.
        """
        shape = (positive_int("batch_size", batch_size), self.num_units)
        check_same_dtype(dtype, self.dtype)
        return LSTMStateTuple(np.zeros(shape, self.dtype), np.zeros(shape, self.dtype))

    def __call__(self, inputs: Array, state: LSTMStateTuple) -> tuple[Array, LSTMStateTuple]:
        """One step.

        Parameters
        ----------
        inputs : array of shape (batch_size, input_size)
        state : LSTMStateTuple of arrays of shape (batch_size, num_units)

        Returns
        -------
        output : array of shape (batch_size, num_units)
            The same object as ``state.h``.
        state : LSTMStateTuple

        Raises
        ------
        TypeError, ValueError
            If an array has another shape or dtype, or `state` no names.
        """
        step = self.trace(inputs, state)
        return step.h, LSTMStateTuple(step.c, step.h)

    def trace(self, inputs: Array, state: LSTMStateTuple) -> StepTrace:
        """One step with all that it computes; arguments and errors as in a call."""
        check_inputs(inputs, self.input_size, self.dtype)
        check_lstm_state(state, inputs.shape[0], self.num_units, self.dtype)
        tape = forward(self, np.asarray(inputs)[:, None], state)
        j, i, f, o = (gate.T.copy() for gate in np.split(tape.z[0], 4))
        return StepTrace(f, i, j, o, tape.c[-1].T.copy(), tape.h[-1].T.copy())

    _check_state = staticmethod(check_lstm_state)
    _join = LSTMStateTuple

    @staticmethod
    def _split(state: LSTMStateTuple) -> tuple[Array, Array]:
        return state.c, state.h

    def _run(self, tape: Tape) -> None:
        units = self.num_units
        i, j, f, o = np.split(np.concatenate([self.kernel, self.bias[None]]), 4, axis=1)
        W = np.concatenate([j.T, i.T, f.T, o.T])  # the three sigmoids side by side
        W[2 * units : 3 * units, -1] += self.forget_bias
        W[units:] *= 0.5  # sigmoid(z) = (1 + tanh(z / 2)) / 2: one tanh serves all four
        for t, row in enumerate(tape.rows[:-1]):
            z, tanh_c = tape.z[t % len(tape.z)], tape.tanh_c[t % len(tape.z)]
            c_prev, c = tape.c[t % len(tape.c)], tape.c[(t + 1) % len(tape.c)]
            np.matmul(W, row, out=z)
            np.tanh(z, out=z)
            gates = z[units:]
            gates *= 0.5
            gates += 0.5
            j, i, f, o = z[:units], z[units : 2 * units], z[2 * units : 3 * units], z[3 * units :]
            np.multiply(f, c_prev, out=c)
            np.multiply(i, j, out=tanh_c)
            c += tanh_c
            np.tanh(c, out=tanh_c)
            np.multiply(o, tanh_c, out=tape.h[t + 1])

    @staticmethod
    def _run_back(
        W_h: Array, tape: Tape, steps: slice, d_outputs: Array, d_c: Array, d_h: Array
    ) -> Array:
        z, c_prev, tanh_c, h = tape.z[steps], tape.c[steps], tape.tanh_c[steps], tape.h[1:][steps]
        # What c and h of a step owe to its z ...
        j, i, f, o = np.split(z, 4, axis=1)
        ij = i * j
        d_z = np.empty_like(z)  # in the order of the kernel
        d_i, d_j, d_f, d_o = np.split(d_z, 4, axis=1)
        np.subtract(ij, ij * i, out=d_i)  # j i (1 - i)
        np.subtract(i, ij * j, out=d_j)  # i (1 - j²)
        np.multiply(c_prev, f - f * f, out=d_f)
        np.subtract(h, h * o, out=d_o)  # tanh c · o (1 - o)
        h_by_c = o - h * tanh_c  # o (1 - tanh² c)
        # ... times what the loss owes to that c and h, from the last step to the first.
        d_gates = d_z.reshape(len(z), 4, *d_h.shape)
        for t in reversed(range(len(z))):
            d_h += d_outputs[t]
            d_c += d_h * h_by_c[t]
            d_gates[t, :3] *= d_c
            d_gates[t, 3] *= d_h
            d_c *= f[t]
            np.matmul(W_h, d_z[t], out=d_h)
        return d_z


class BasicRNNCell(Cell):
    r"""Plain tanh cell, as TF1's ``BasicRNNCell``; its state is h alone.

    .. math:: h_t = \tanh([x_t, h_{t-1}] W + b)

    Source: Elman (1990), "Finding Structure in Time".

    Parameters
    ----------
    num_units : int
        Size of h.
    dtype, seed
        As in `BasicLSTMCell`.

    Raises
    ------
    TypeError, ValueError
        If `num_units` is not a positive integer or `dtype` not a float dtype.
    """

    _blocks = 1

    def __init__(self, num_units: int, dtype: Any = "float32", seed: int | None = 0) -> None:
        super().__init__(num_units, dtype, seed)

    def __repr__(self) -> str:
        return f"BasicRNNCell(num_units={self.num_units}, dtype={self.dtype!r}, seed={self.seed})"

    @property
    def state_size(self) -> int:
        """Size of h."""
        return self.num_units

    def zero_state(self, batch_size: int, dtype: Any = None) -> Array:
        """State of zeros, (batch_size, num_units); errors as in `BasicLSTMCell`."""
        check_same_dtype(dtype, self.dtype)
        return np.zeros((positive_int("batch_size", batch_size), self.num_units), self.dtype)

    def __call__(self, inputs: Array, state: Array) -> tuple[Array, Array]:
        """One step: (output, state), which are one object.

        Parameters
        ----------
        inputs : array of shape (batch_size, input_size)
        state : array of shape (batch_size, num_units)

        Raises
        ------
        TypeError, ValueError
            If an array has another shape or dtype.
        """
        step = self.trace(inputs, state)
        return step.h, step.h

    def trace(self, inputs: Array, state: Array) -> RNNStepTrace:
        """One step with all that it computes; arguments and errors as in a call."""
        check_inputs(inputs, self.input_size, self.dtype)
        check_rnn_state(state, inputs.shape[0], self.num_units, self.dtype)
        tape = forward(self, np.asarray(inputs)[:, None], state)
        return RNNStepTrace(tape.z[0].T.copy(), tape.h[-1].T.copy())

    _check_state = staticmethod(check_rnn_state)

    @staticmethod
    def _join(c: None, h: Array) -> Array:
        return h

    @staticmethod
    def _split(state: Array) -> tuple[None, Array]:
        return None, state

    def _run(self, tape: Tape) -> None:
        W = np.concatenate([self.kernel, self.bias[None]]).T.copy()
        for t, row in enumerate(tape.rows[:-1]):
            np.tanh(np.matmul(W, row, out=tape.z[t % len(tape.z)]), out=tape.h[t + 1])

    @staticmethod
    def _run_back(
        W_h: Array, tape: Tape, steps: slice, d_outputs: Array, d_c: None, d_h: Array
    ) -> Array:
        d_z = 1 - tape.h[1:][steps] ** 2
        for t in reversed(range(len(d_z))):
            d_h += d_outputs[t]
            d_z[t] *= d_h
            np.matmul(W_h, d_z[t], out=d_h)
        return d_z


def dynamic_rnn(
    cell: Cell, inputs: Array, initial_state: State | None = None
) -> tuple[Array, State]:
    """Run a cell over a sequence.

    Parameters
    ----------
    cell : BasicLSTMCell or BasicRNNCell
        Built on its first use.
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
    tape = forward(cell, inputs, initial_state)
    return batch_first(tape.h[1:]), last_state(cell, tape)


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
        If an array has another shape or dtype, or an LSTM state no names.
    """
    tape = forward(cell, inputs, initial_state, keep=True)
    check_array("d_outputs", d_outputs, (*inputs.shape[:2], cell.num_units), cell.dtype)
    d_c, d_h = start(cell, d_final_state, inputs.shape[0], "d_final_state")
    d_rows, d_inputs = backward(cell, tape, units_first(d_outputs), d_c, d_h)
    return Gradients(
        kernel=d_rows[:-1].copy(),
        bias=d_rows[-1].copy(),
        inputs=d_inputs,
        initial_state=cell._join(None if d_c is None else d_c.T.copy(), d_h.T.copy()),
    )
