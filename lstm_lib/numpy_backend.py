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

from lstm_lib import _numpy_arrays as arrays
from lstm_lib._numpy_gates import (
    candidate,
    forget_gate,
    input_gate,
    output_gate,
    sigmoid,
    update_cell,
    update_hidden,
)
from lstm_lib._numpy_sequence import Cell, State, Tape, backward, forward, last_state, start
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
        j, i, f, o = (gate[0].T.copy() for gate in arrays.gates(tape.z))
        return StepTrace(f, i, j, o, tape.c[-1].T.copy(), tape.h[-1].T.copy())

    _check_state = staticmethod(check_lstm_state)
    _join = LSTMStateTuple

    @staticmethod
    def _split(state: LSTMStateTuple) -> tuple[Array, Array]:
        return state.c, state.h

    def _run(self, weights: Array, tape: Tape) -> None:
        units = self.num_units
        i, j, f, o = weights.reshape(-1, 4, units).swapaxes(0, 1)
        W = arrays.turned(np.concatenate([j, i, f, o], axis=1))  # the three sigmoids side by side
        W[2 * units : 3 * units, -1] += self.forget_bias
        half = np.array(0.5, self.dtype)  # of a number, NumPy would make an array at each use
        W[units:] *= half  # sigmoid(z) = (1 + tanh(z / 2)) / 2: one tanh serves all four
        W, products = arrays.in_pieces(W, tape.z)
        ij = tanh_c = arrays.empty(tape.c.shape[1:], self.dtype)  # not needed at the same time
        each_z = products, tape.z, tape.z[:, units:], *arrays.gates(tape.z)
        steps = zip(tape.rows, *each_z, tape.c, tape.c[1:], tape.h[1:], strict=False)
        for row, product, z, sigmoids, j, i, f, o, c_prev, c, h in steps:
            np.matmul(W, row, out=product)
            np.tanh(z, out=z)
            sigmoids *= half
            sigmoids += half
            np.multiply(f, c_prev, out=c)
            np.multiply(i, j, out=ij)
            c += ij
            np.tanh(c, out=tanh_c)
            np.multiply(o, tanh_c, out=h)

    def _run_back(
        self, tape: Tape, steps: slice, d_outputs: Array, d_c: Array, d_h: Array, d_rows: Array
    ) -> Array:
        c_prev, c, h = tape.c[steps], tape.c[1:][steps], tape.h[1:][steps]
        j, i, f, o = arrays.gates(tape.z[steps])
        d_z = arrays.empty(tape.z[steps].shape, self.dtype)  # in the order of the kernel
        d_i, d_j, d_f, d_o = arrays.gates(d_z)
        h_by_c = arrays.empty(h.shape, self.dtype)
        # What c and h of a step owe to its z ...
        np.multiply(i, j, out=d_i)
        np.multiply(d_i, j, out=d_j)
        np.subtract(i, d_j, out=d_j)  # i (1 - j²)
        np.multiply(d_i, i, out=h_by_c)
        d_i -= h_by_c  # j i (1 - i)
        np.multiply(f, f, out=d_f)
        np.subtract(f, d_f, out=d_f)
        d_f *= c_prev  # c f (1 - f), c of the step before
        np.multiply(h, o, out=d_o)
        np.subtract(h, d_o, out=d_o)  # tanh c · o (1 - o)
        np.tanh(c, out=h_by_c)
        h_by_c *= h
        np.subtract(o, h_by_c, out=h_by_c)  # o (1 - tanh² c)
        # ... times what the loss owes to that c and h, from the last step to the first.
        kernel, products = arrays.in_pieces(self.kernel, d_rows)
        d_ijf = arrays.gates(d_z)[:3].swapaxes(0, 1)
        d_h_prevs = d_rows[:, -self.num_units :]
        back = arrays.last_to_first(d_outputs, h_by_c, d_ijf, d_o, f, d_z, products, d_h_prevs)
        for d_output, d_tanh_c, d_ijf, d_o, f, d_z_t, product, d_h_prev in back:
            d_h += d_output
            d_tanh_c *= d_h
            d_c += d_tanh_c
            d_ijf *= d_c
            d_o *= d_h
            d_c *= f
            np.matmul(kernel, d_z_t, out=product)
            d_h = d_h_prev
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

    def _run(self, weights: Array, tape: Tape) -> None:
        W, products = arrays.in_pieces(arrays.turned(weights), tape.z)
        for row, product, z, h in zip(tape.rows, products, tape.z, tape.h[1:], strict=False):
            np.matmul(W, row, out=product)
            np.tanh(z, out=h)

    def _run_back(
        self, tape: Tape, steps: slice, d_outputs: Array, d_c: None, d_h: Array, d_rows: Array
    ) -> Array:
        d_z = 1 - tape.h[1:][steps] ** 2
        kernel, products = arrays.in_pieces(self.kernel, d_rows)
        back = arrays.last_to_first(d_outputs, d_z, products, d_rows[:, -self.num_units :])
        for d_output, d_z_t, product, d_h_prev in back:
            d_h += d_output
            d_z_t *= d_h
            np.matmul(kernel, d_z_t, out=product)
            d_h = d_h_prev
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
    return arrays.batch_first(tape.h[1:]), last_state(cell, tape)


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
    d_kernel, d_bias, d_inputs, d_h = backward(cell, tape, arrays.units_first(d_outputs), d_c, d_h)
    return Gradients(
        kernel=d_kernel,
        bias=d_bias,
        inputs=d_inputs,
        initial_state=cell._join(None if d_c is None else d_c.T.copy(), d_h.T.copy()),
    )
