"""The plain RNN cell and the LSTM cell on NumPy, forward and backward by hand.

The names and signatures are those of ``tensorflow_backend``. The layout is that
of TF1's ``BasicLSTMCell``: the rows of ``kernel`` are [inputs; h], its columns
are the blocks i, j, f, o (j is the candidate), and ``forget_bias`` is added at
run time and not stored.

A NaN in the inputs is not refused: it spreads through its own row of the batch,
in the outputs and in the state, and leaves the other rows as they are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lstm_lib.state import (
    Gradients,
    LSTMStateTuple,
    RNNStepTrace,
    StepTrace,
    check_array,
    check_built,
    check_gate,
    check_input_size,
    check_inputs,
    check_kernel,
    check_lstm_state,
    check_rnn_state,
    check_same,
    check_same_dtype,
    check_sequence,
    finite_float,
    float_dtype,
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


def sigmoid(z: Array) -> Array:
    r"""Logistic sigmoid, :math:`\sigma(z) = 1 / (1 + e^{-z})`, of any shape.

    Computed as :math:`(1 + \tanh(z/2)) / 2`, which is the same function and
    cannot overflow.
    """
    return 0.5 * np.tanh(0.5 * z) + 0.5


# The gates one by one, as the text writes them: rows of W are [h, x].


def forget_gate(h_prev: Array, x: Array, W_f: Array, b_f: Array) -> Array:
    r"""Forget gate :math:`f_t = \sigma([h_{t-1}, x_t] W_f + b_f)`.

    1 keeps a number of the cell state, 0 forgets it. Source: Gers, Schmidhuber
    and Cummins (2000), "Learning to Forget".

    Parameters
    ----------
    h_prev : array of shape (batch_size, num_units)
    x : array of shape (batch_size, input_size)
    W_f : array of shape (num_units + input_size, num_units)
    b_f : array of shape (num_units,)

    Returns
    -------
    array of shape (batch_size, num_units), in (0, 1)

    Raises
    ------
    TypeError, ValueError
        If an array has another dtype than `h_prev`, or a shape that does not fit.
    """
    return sigmoid(_affine(h_prev, x, W_f, b_f, "f"))


def input_gate(h_prev: Array, x: Array, W_i: Array, b_i: Array) -> Array:
    r"""Input gate :math:`i_t = \sigma([h_{t-1}, x_t] W_i + b_i)`.

    How much of each candidate is written. Shapes and errors as in `forget_gate`.
    """
    return sigmoid(_affine(h_prev, x, W_i, b_i, "i"))


def candidate(h_prev: Array, x: Array, W_c: Array, b_c: Array) -> Array:
    r"""Candidate :math:`\tilde c_t = \tanh([h_{t-1}, x_t] W_c + b_c)`, in (-1, 1).

    What could be written to the cell state. Shapes and errors as in `forget_gate`.
    """
    return np.tanh(_affine(h_prev, x, W_c, b_c, "c"))


def output_gate(h_prev: Array, x: Array, W_o: Array, b_o: Array) -> Array:
    r"""Output gate :math:`o_t = \sigma([h_{t-1}, x_t] W_o + b_o)`.

    How much of the cell state is shown. Shapes and errors as in `forget_gate`.
    """
    return sigmoid(_affine(h_prev, x, W_o, b_o, "o"))


def update_cell(f: Array, c_prev: Array, i: Array, candidate: Array) -> Array:
    r"""Cell state :math:`c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t`.

    All four have one shape, usually (batch_size, num_units), and one dtype.

    Raises
    ------
    TypeError, ValueError
        If they do not: nothing is broadcast.
    """
    check_same({"f": f, "c_prev": c_prev, "i": i, "candidate": candidate})
    return np.asarray(f) * np.asarray(c_prev) + np.asarray(i) * np.asarray(candidate)


def update_hidden(o: Array, c: Array) -> Array:
    r"""Hidden state :math:`h_t = o_t \odot \tanh(c_t)`.

    Both have one shape, usually (batch_size, num_units), and one dtype.

    Raises
    ------
    TypeError, ValueError
        If they do not: nothing is broadcast.
    """
    check_same({"o": o, "c": c})
    return np.asarray(o) * np.tanh(np.asarray(c))


def _affine(h_prev: Array, x: Array, W: Array, b: Array, gate: str) -> Array:
    check_gate(h_prev, x, W, b, gate)
    rows = np.concatenate([np.asarray(h_prev), np.asarray(x)], axis=1)
    return rows @ np.asarray(W) + np.asarray(b)


# The cells. Both have one kernel with the rows [inputs; h], so they share how it
# is made and checked; each says what one step does, forward and backward.


class _Cell:
    _blocks: int  # the kernel has this many blocks of num_units columns

    def __init__(self, num_units: int, dtype: Any, seed: int | None) -> None:
        self.num_units = positive_int("num_units", num_units)
        self.dtype = float_dtype(dtype)
        self.seed = seed
        self._kernel: Array | None = None
        self._bias: Array | None = None

    @property
    def input_size(self) -> int | None:
        """Number of inputs, or None before the cell is built."""
        return None if self._kernel is None else self._kernel.shape[0] - self.num_units

    @property
    def output_size(self) -> int:
        """Size of the output, `num_units`."""
        return self.num_units

    @property
    def kernel(self) -> Array:
        """Weights, (input_size + num_units, blocks * num_units), rows [inputs; h]."""
        return check_built("kernel", self._kernel)

    @kernel.setter
    def kernel(self, value: Array) -> None:
        check_kernel(value, self.input_size, self.num_units, self._blocks, self.dtype)
        self._kernel = np.array(np.asarray(value), self.dtype)
        if self._bias is None:
            self._bias = np.zeros(self._blocks * self.num_units, self.dtype)

    @property
    def bias(self) -> Array:
        """Biases, (blocks * num_units,)."""
        return check_built("bias", self._bias)

    @bias.setter
    def bias(self, value: Array) -> None:
        check_array("bias", value, (self._blocks * self.num_units,), self.dtype)
        self._bias = np.array(np.asarray(value), self.dtype)

    def build(self, input_size: int) -> None:
        """Make the kernel (Glorot uniform, from the seed) and the bias (zeros).

        The first call of the cell does it for you. A second call is harmless.

        Raises
        ------
        TypeError, ValueError
            If `input_size` is not a positive integer, or not the one that the
            cell was built for.
        """
        input_size = positive_int("input_size", input_size)
        check_input_size(input_size, self.input_size)
        if self._kernel is None:
            shape = (input_size + self.num_units, self._blocks * self.num_units)
            self.kernel = glorot_uniform(shape, self.dtype, self.seed)


class BasicLSTMCell(_Cell):
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
        tape = _forward(self, np.asarray(inputs)[:, None], state)
        j, i, f, o = (gate.T.copy() for gate in np.split(tape.z[0], 4))
        return StepTrace(f, i, j, o, tape.c[-1].T.copy(), tape.h[-1].T.copy())

    _check_state = staticmethod(check_lstm_state)
    _join = LSTMStateTuple

    @staticmethod
    def _split(state: LSTMStateTuple) -> tuple[Array, Array]:
        return state.c, state.h

    @staticmethod
    def _swapped(columns: Array) -> Array:
        """Columns i, j, f, o as j, i, f, o or back: the three sigmoids side by side."""
        i, j, f, o = np.split(columns, 4, axis=1)
        return np.concatenate([j, i, f, o], axis=1)

    def _run(self, tape: _Tape) -> None:
        units = self.num_units
        W = self._swapped(np.concatenate([self.kernel, self.bias[None]])).T.copy()
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
    def _run_back(W_h: Array, tape: _Tape, d_outputs: Array, d_c: Array, d_h: Array) -> Array:
        j, i, f, o = np.split(tape.z, 4, axis=1)
        # What the c and h of a step owe to its z, for all steps at once ...
        d_z = np.concatenate(
            [i * (1 - j**2), j * i * (1 - i), tape.c[:-1] * f * (1 - f), tape.tanh_c * o * (1 - o)],
            axis=1,
        )
        h_by_c = o * (1 - tape.tanh_c**2)
        # ... times what the loss owes to that c and h, from the last step to the first.
        units = len(d_h)
        for t in reversed(range(len(d_z))):
            d_h += d_outputs[t]
            d_c += d_h * h_by_c[t]
            d_z[t, : 3 * units].reshape(3, *d_c.shape)[:] *= d_c
            d_z[t, 3 * units :] *= d_h
            d_c *= f[t]
            np.matmul(W_h, d_z[t], out=d_h)
        return d_z


class BasicRNNCell(_Cell):
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
        tape = _forward(self, np.asarray(inputs)[:, None], state)
        return RNNStepTrace(tape.z[0].T.copy(), tape.h[-1].T.copy())

    _check_state = staticmethod(check_rnn_state)

    @staticmethod
    def _join(c: None, h: Array) -> Array:
        return h

    @staticmethod
    def _split(state: Array) -> tuple[None, Array]:
        return None, state

    @staticmethod
    def _swapped(columns: Array) -> Array:
        return columns

    def _run(self, tape: _Tape) -> None:
        W = np.concatenate([self.kernel, self.bias[None]]).T.copy()
        for t, row in enumerate(tape.rows[:-1]):
            z = np.matmul(W, row, out=tape.z[t % len(tape.z)])
            np.tanh(z, out=tape.h[t + 1])

    @staticmethod
    def _run_back(W_h: Array, tape: _Tape, d_outputs: Array, d_c: None, d_h: Array) -> Array:
        d_z = 1 - tape.h[1:] ** 2
        for t in reversed(range(len(d_z))):
            d_h += d_outputs[t]
            d_z[t] *= d_h
            np.matmul(W_h, d_z[t], out=d_h)
        return d_z


Cell = BasicLSTMCell | BasicRNNCell
State = LSTMStateTuple | Array


# Sequences. Inside, time is the first axis: a step is then one contiguous block.


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
    tape = _forward(cell, inputs, initial_state)
    return _batch_first(tape.h[1:]), _last_state(cell, tape)


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
    tape = _forward(cell, inputs, initial_state, keep=True)
    batch_size, time, input_size = inputs.shape
    check_array("d_outputs", d_outputs, (batch_size, time, cell.num_units), cell.dtype)
    d_c, d_h = _start(cell, d_final_state, batch_size, "d_final_state")

    kernel = cell._swapped(cell.kernel)
    d_z = cell._run_back(kernel[input_size:], tape, _units_first(d_outputs), d_c, d_h)
    d_rows = cell._swapped(np.tensordot(tape.rows[:-1], d_z, axes=([0, 2], [0, 2])))
    return Gradients(
        kernel=d_rows[:-1].copy(),
        bias=d_rows[-1].copy(),
        inputs=_batch_first(kernel[:input_size] @ d_z),
        initial_state=cell._join(None if d_c is None else d_c.T.copy(), d_h.T.copy()),
    )


class _Tape(NamedTuple):
    """What the forward pass writes, one entry a step.

    Units are the rows and the batch is the columns, so that each gate of a step
    is one block of memory. Where only the last entry is wanted, `z`, `c` and
    `tanh_c` have one, which every step writes again.
    """

    rows: Array  # [x; h; 1] before each step, and after the last
    h: Array  # the part of `rows` that is h
    z: Array  # pre-activations, overwritten by the gates j, i, f, o
    c: Array | None
    tanh_c: Array | None


def _forward(cell: Cell, inputs: Array, initial_state: State | None, keep: bool = False) -> _Tape:
    """Run the cell over checked inputs; `keep` all that the backward pass needs."""
    check_sequence(inputs, cell.input_size, cell.dtype)
    batch_size, time, input_size = inputs.shape
    c, h = _start(cell, initial_state, batch_size, "initial_state")
    cell.build(input_size)

    rows = np.empty((time + 1, input_size + cell.num_units + 1, batch_size), cell.dtype)
    rows[:-1, :input_size] = _units_first(inputs)
    rows[0, input_size:-1] = h
    rows[:, -1] = 1  # the bias is the last row of the weights
    kept = time if keep else 1
    tape = _Tape(
        rows=rows,
        h=rows[:, input_size:-1],
        z=np.empty((kept, cell.kernel.shape[1], batch_size), cell.dtype),
        c=None if c is None else np.empty((kept + keep, *c.shape), cell.dtype),
        tanh_c=None if c is None else np.empty((kept, *c.shape), cell.dtype),
    )
    if c is not None:
        tape.c[0] = c
    cell._run(tape)
    return tape


def _start(cell: Cell, state: State | None, batch_size: int, name: str) -> tuple:
    """Return c and h of a state, units first, sharing no memory with it."""
    if state is None:
        state = cell.zero_state(batch_size)
    else:
        cell._check_state(state, batch_size, cell.num_units, cell.dtype, name)
    return tuple(
        None if part is None else np.array(np.asarray(part).T, cell.dtype, order="C")
        for part in cell._split(state)
    )


def _last_state(cell: Cell, tape: _Tape) -> State:
    c = None if tape.c is None else tape.c[-1].T.copy()
    return cell._join(c, tape.h[-1].T.copy())


def _units_first(sequence: Array) -> Array:
    """(batch, time, units) as (time, units, batch), a view."""
    return np.asarray(sequence).transpose(1, 2, 0)


def _batch_first(sequence: Array) -> Array:
    """(time, units, batch) as a new array (batch, time, units)."""
    return sequence.transpose(2, 0, 1).copy()


def glorot_uniform(shape: tuple[int, int], dtype: str, seed: int | None) -> Array:
    r"""Uniform in :math:`\pm\sqrt{6 / (\text{rows} + \text{columns})}`.

    Drawn in float64 and then rounded, so that one seed gives one kernel in
    both dtypes. Source: Glorot and Bengio (2010).
    """
    limit = np.sqrt(6.0 / sum(shape))
    return np.random.default_rng(seed).uniform(-limit, limit, shape).astype(dtype)
