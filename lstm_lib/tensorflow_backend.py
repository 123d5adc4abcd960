"""The plain RNN cell and the LSTM cell on TensorFlow, gradients by the tape.

The names and signatures are those of ``numpy_backend``, and so are the weights'
layout, the checks and, from one seed, the initial kernel. Arguments may be
tensors or NumPy arrays; results are tensors, and a cell's ``kernel`` and
``bias`` are variables, so that a ``tf.GradientTape`` of yours sees them.

A single step runs at once, line by line. A sequence, `dynamic_rnn` or `gradients`,
runs as a graph, traced once for each kind of cell and dtype, and then good for
every size. From 8 steps on, unless the network is so large that its matrix
products take nearly all of the time, XLA compiles it: once for each batch
size, number of inputs and of units, and power of two that the length is rounded
up to. The first such call takes up to a second longer, the next ones a half
to a quarter of the time of the graph. Where XLA is missing, a warning says so
once, and the graph does it all.

A NaN in the inputs is not refused: it spreads through its own row of the batch,
in the outputs and in the state, and leaves the other rows as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_lib import _tensorflow_loop as loop
from lstm_lib._numpy_sequence import glorot_uniform
from lstm_lib._tensorflow import tf
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

Array = tf.Tensor


def sigmoid(z: Array) -> Array:
    r"""Logistic sigmoid, :math:`\sigma(z) = 1 / (1 + e^{-z})`, of any shape."""
    return tf.sigmoid(z)


# The gates one by one, as the text writes them: rows of W are [h, x].


def forget_gate(h_prev: Array, x: Array, W_f: Array, b_f: Array) -> Array:
    r"""Forget gate :math:`f_t = \sigma([h_{t-1}, x_t] W_f + b_f)`.

    1 keeps a number of the cell state, 0 forgets it. Source: Gers, Schmidhuber
    and Cummins (2000), "Learning to Forget".

    Parameters
    ----------
    h_prev : tensor of shape (batch_size, num_units)
    x : tensor of shape (batch_size, input_size)
    W_f : tensor of shape (num_units + input_size, num_units)
    b_f : tensor of shape (num_units,)

    Returns
    -------
    tensor of shape (batch_size, num_units), in (0, 1)

    Raises
    ------
    TypeError, ValueError
        If a tensor has another dtype than `h_prev`, or a shape that does not fit.
    """
    return tf.sigmoid(_affine(h_prev, x, W_f, b_f, "f"))


def input_gate(h_prev: Array, x: Array, W_i: Array, b_i: Array) -> Array:
    r"""Input gate :math:`i_t = \sigma([h_{t-1}, x_t] W_i + b_i)`.

    How much of each candidate is written. Shapes and errors as in `forget_gate`.
    """
    return tf.sigmoid(_affine(h_prev, x, W_i, b_i, "i"))


def candidate(h_prev: Array, x: Array, W_c: Array, b_c: Array) -> Array:
    r"""Candidate :math:`\tilde c_t = \tanh([h_{t-1}, x_t] W_c + b_c)`, in (-1, 1).

    What could be written to the cell state. Shapes and errors as in `forget_gate`.
    """
    return tf.tanh(_affine(h_prev, x, W_c, b_c, "c"))


def output_gate(h_prev: Array, x: Array, W_o: Array, b_o: Array) -> Array:
    r"""Output gate :math:`o_t = \sigma([h_{t-1}, x_t] W_o + b_o)`.

    How much of the cell state is shown. Shapes and errors as in `forget_gate`.
    """
    return tf.sigmoid(_affine(h_prev, x, W_o, b_o, "o"))


def update_cell(f: Array, c_prev: Array, i: Array, candidate: Array) -> Array:
    r"""Cell state :math:`c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t`.

    All four have one shape, usually (batch_size, num_units), and one dtype.

    Raises
    ------
    TypeError, ValueError
        If they do not: nothing is broadcast.
    """
    check_same({"f": f, "c_prev": c_prev, "i": i, "candidate": candidate})
    return tf.multiply(f, c_prev) + tf.multiply(i, candidate)


def update_hidden(o: Array, c: Array) -> Array:
    r"""Hidden state :math:`h_t = o_t \odot \tanh(c_t)`.

    Both have one shape, usually (batch_size, num_units), and one dtype.

    Raises
    ------
    TypeError, ValueError
        If they do not: nothing is broadcast.
    """
    check_same({"o": o, "c": c})
    return tf.multiply(o, tf.tanh(c))


def _affine(h_prev: Array, x: Array, W: Array, b: Array, gate: str) -> Array:
    check_gate(h_prev, x, W, b, gate)
    return tf.concat([h_prev, x], axis=1) @ W + b


# The cells. Both have one kernel with the rows [inputs; h], so they share how it
# is made and checked; each says what one step does.


class _Cell:
    _blocks: int  # the kernel has this many blocks of num_units columns

    def __init__(self, num_units: int, dtype: Any, seed: int | None) -> None:
        self.num_units = positive_int("num_units", num_units)
        self.dtype = float_dtype(dtype)
        self.seed = seed
        self._kernel: tf.Variable | None = None
        self._bias: tf.Variable | None = None

    @property
    def input_size(self) -> int | None:
        """Number of inputs, or None before the cell is built."""
        return None if self._kernel is None else self._kernel.shape[0] - self.num_units

    @property
    def output_size(self) -> int:
        """Size of the output, `num_units`."""
        return self.num_units

    @property
    def kernel(self) -> tf.Variable:
        """Weights, (input_size + num_units, blocks * num_units), rows [inputs; h]."""
        return check_built("kernel", self._kernel)

    @kernel.setter
    def kernel(self, value: Array) -> None:
        check_kernel(value, self.input_size, self.num_units, self._blocks, self.dtype)
        self._kernel = _assigned(self._kernel, value, "kernel")
        if self._bias is None:
            zeros = tf.zeros(self._blocks * self.num_units, self.dtype)
            self._bias = _assigned(None, zeros, "bias")

    @property
    def bias(self) -> tf.Variable:
        """Biases, (blocks * num_units,)."""
        return check_built("bias", self._bias)

    @bias.setter
    def bias(self, value: Array) -> None:
        check_array("bias", value, (self._blocks * self.num_units,), self.dtype)
        self._bias = _assigned(self._bias, value, "bias")

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
        zeros = _zeros(shape, self.dtype)
        return LSTMStateTuple(zeros, zeros)

    def __call__(self, inputs: Array, state: LSTMStateTuple) -> tuple[Array, LSTMStateTuple]:
        """One step.

        Parameters
        ----------
        inputs : tensor of shape (batch_size, input_size)
        state : LSTMStateTuple of tensors of shape (batch_size, num_units)

        Returns
        -------
        output : tensor of shape (batch_size, num_units)
            The same object as ``state.h``.
        state : LSTMStateTuple

        Raises
        ------
        TypeError, ValueError
            If a tensor has another shape or dtype, or `state` no names.
        """
        step = self.trace(inputs, state)
        return step.h, LSTMStateTuple(step.c, step.h)

    def trace(self, inputs: Array, state: LSTMStateTuple) -> StepTrace:
        """One step with all that it computes; arguments and errors as in a call."""
        check_inputs(inputs, self.input_size, self.dtype)
        check_lstm_state(state, inputs.shape[0], self.num_units, self.dtype)
        self.build(inputs.shape[1])
        z = tf.concat([inputs, state.h], axis=1) @ self.kernel + self.bias
        return self._step(z, state.c, self.forget_bias)

    @staticmethod
    def _step(z: Array, c_prev: Array, forget_bias: float | Array) -> StepTrace:
        i, j, f, o = tf.split(z, 4, axis=1)
        i, j, f, o = tf.sigmoid(i), tf.tanh(j), tf.sigmoid(f + forget_bias), tf.sigmoid(o)
        c = f * c_prev + i * j
        return StepTrace(f, i, j, o, c, o * tf.tanh(c))

    # The state as the loop carries it: its parts, h last.

    _check_state = staticmethod(check_lstm_state)
    _join = LSTMStateTuple

    @staticmethod
    def _split(state: LSTMStateTuple) -> tuple[Array, Array]:
        return state.c, state.h

    @staticmethod
    def _next(z: Array, state: tuple[Array, Array], forget_bias: Array) -> tuple[Array, Array]:
        step = BasicLSTMCell._step(z, state[0], forget_bias)
        return step.c, step.h


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
        return _zeros((positive_int("batch_size", batch_size), self.num_units), self.dtype)

    def __call__(self, inputs: Array, state: Array) -> tuple[Array, Array]:
        """One step: (output, state), which are one object.

        Parameters
        ----------
        inputs : tensor of shape (batch_size, input_size)
        state : tensor of shape (batch_size, num_units)

        Raises
        ------
        TypeError, ValueError
            If a tensor has another shape or dtype.
        """
        step = self.trace(inputs, state)
        return step.h, step.h

    def trace(self, inputs: Array, state: Array) -> RNNStepTrace:
        """One step with all that it computes; arguments and errors as in a call."""
        check_inputs(inputs, self.input_size, self.dtype)
        check_rnn_state(state, inputs.shape[0], self.num_units, self.dtype)
        self.build(inputs.shape[1])
        return self._step(tf.concat([inputs, state], axis=1) @ self.kernel + self.bias)

    @staticmethod
    def _step(z: Array) -> RNNStepTrace:
        return RNNStepTrace(z, tf.tanh(z))

    # The state as the loop carries it.

    _check_state = staticmethod(check_rnn_state)

    @staticmethod
    def _join(h: Array) -> Array:
        return h

    @staticmethod
    def _split(state: Array) -> tuple[Array]:
        return (state,)

    @staticmethod
    def _next(z: Array, state: tuple[Array], forget_bias: Array) -> tuple[Array]:
        return (BasicRNNCell._step(z).h,)


def _zeros(shape: tuple[int, int], dtype: str) -> Array:
    """As ``tf.zeros``, in a quarter of its time, which a short sequence would feel."""
    return tf.constant(np.zeros(shape, dtype))


def _assigned(variable: tf.Variable | None, value: Array, name: str) -> tf.Variable:
    if variable is None:
        return tf.Variable(value, name=name)
    variable.assign(value)
    return variable


Cell = BasicLSTMCell | BasicRNNCell
State = LSTMStateTuple | Array


def dynamic_rnn(
    cell: Cell, inputs: Array, initial_state: State | None = None
) -> tuple[Array, State]:
    """Run a cell over a sequence.

    Parameters
    ----------
    cell : BasicLSTMCell or BasicRNNCell
        Built on its first use.
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
    check_sequence(inputs, cell.input_size, cell.dtype)
    batch_size, time, input_size = inputs.shape
    state = _start(cell, initial_state, batch_size, "initial_state")
    cell.build(input_size)

    if time == 0:
        return tf.zeros((batch_size, 0, cell.num_units), cell.dtype), cell._join(*state)
    given = *_tensors(cell, inputs), state, _forget_bias(cell)
    outputs, state = loop.sequence(cell._next, *given)
    return outputs, cell._join(*state)


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
    check_sequence(inputs, cell.input_size, cell.dtype)
    batch_size, time, input_size = inputs.shape
    check_array("d_outputs", d_outputs, (batch_size, time, cell.num_units), cell.dtype)
    state = _start(cell, initial_state, batch_size, "initial_state")
    d_final = _start(cell, d_final_state, batch_size, "d_final_state")
    cell.build(input_size)

    inputs, kernel, bias = _tensors(cell, inputs)
    if time == 0:
        zeros = map(tf.zeros_like, (kernel, bias, inputs))
        return Gradients(*zeros, cell._join(*d_final))
    d_outputs = tf.convert_to_tensor(d_outputs)
    d_inputs, d_kernel, d_bias, d_state = loop.gradients(
        cell._next, inputs, kernel, bias, state, _forget_bias(cell), d_outputs, d_final
    )
    return Gradients(d_kernel, d_bias, d_inputs, cell._join(*d_state))


def _tensors(cell: Cell, inputs: Array) -> list[Array]:
    """The inputs and the weights as the loop wants them; a tape sees them read."""
    return [tf.convert_to_tensor(each) for each in (inputs, cell.kernel, cell.bias)]


def _forget_bias(cell: Cell) -> float:
    """Of an LSTM; the plain cell has no gate to add it to."""
    return getattr(cell, "forget_bias", 0.0)


def _start(cell: Cell, state: State | None, batch_size: int, name: str) -> tuple[Array, ...]:
    """The parts of a state, as tensors that no argument shares."""
    if state is None:
        return cell._split(cell.zero_state(batch_size))
    cell._check_state(state, batch_size, cell.num_units, cell.dtype, name)
    return tuple(map(tf.identity, cell._split(state)))
