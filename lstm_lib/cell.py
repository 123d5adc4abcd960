"""What the cells of both backends share: sizes, weights, states, and what they tell of themselves.

A backend's cell adds what it computes with: `_step`, the equations, and how it holds an array
(`_zeros`, `_stored`).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from lstm_lib.checks import (
    check_array,
    check_built,
    check_input_size,
    check_inputs,
    check_kernel,
    check_same_dtype,
    check_seed,
    check_sequence,
    check_state,
    finite_float,
    float_dtype,
    positive_int,
)
from lstm_lib.state import GRUStepTrace, LSTMStateTuple, State, StepTrace

# An array of NumPy's, or a tensor or variable of TensorFlow's.
Array = Any


def glorot_uniform(shape: tuple[int, int], dtype: str, seed: int | None) -> np.ndarray:
    r"""Uniform in :math:`\pm\sqrt{6 / (\text{rows} + \text{columns})}`.

    Drawn in float64 and then rounded, so that one seed gives one kernel in
    both dtypes. Source: Glorot and Bengio (2010).
    """
    limit = np.sqrt(6.0 / sum(shape))
    return np.random.default_rng(seed).uniform(-limit, limit, shape).astype(dtype)


class Cell:
    """One kernel with the rows [inputs; h], and how it is made and checked."""

    _package: str  # the backend's
    _blocks: int  # the kernel has this many blocks of num_units columns
    # What to add to each block's z, times a large number, so that a step leaves its state as it is
    # and lets no gradient through; the plain cell has no gate for the first.
    _ending: tuple[int, ...]
    __call__: Callable[..., tuple[Array, Any]]  # one step: (output, state)

    def __init__(self, num_units: int, dtype: Any, seed: int | None) -> None:
        self.num_units = positive_int("num_units", num_units)
        self.dtype = float_dtype(dtype)
        self.seed = check_seed(seed)
        self._kernel: Array = None
        self._bias: Array = None

    @property
    def backend(self) -> ModuleType:
        """The package of this cell, whose ``dynamic_rnn`` and ``gradients`` run it."""
        return importlib.import_module(self._package)

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
        self._kernel = self._stored(self._kernel, value, "kernel")
        if self._bias is None:
            self._bias = self._stored(None, self._first_bias(), "bias")

    @property
    def bias(self) -> Array:
        """Biases, (blocks * num_units,)."""
        return check_built("bias", self._bias)

    @bias.setter
    def bias(self, value: Array) -> None:
        check_array("bias", value, self._first_bias().shape, self.dtype)
        self._bias = self._stored(self._bias, value, "bias")

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

    def _ready(self, inputs: Array, state: State) -> None:
        """Check what a step is given, and build the cell for it."""
        check_inputs(inputs, self.input_size, self.dtype)
        check_state(state, self.state_size, inputs.shape[0], self.dtype)
        if self._kernel is None:
            self.build(inputs.shape[1])

    @property
    def state_size(self) -> Any:
        """Sizes of the parts of the state, in the state's own form."""
        raise NotImplementedError

    def zero_state(self, batch_size: int, dtype: Any = None) -> State:
        """State of zeros."""
        raise NotImplementedError

    def _first_bias(self) -> np.ndarray:
        """The bias of a cell that is just built."""
        return np.zeros(self._blocks * self.num_units, self.dtype)

    def _zero_state_for(self, inputs: Array) -> State:
        """`zero_state` for the batch of these inputs."""
        return self.zero_state(inputs.shape[0])

    def _zeros(self, shape: tuple[int, ...]) -> Array:
        """An array of zeros, in the cell's dtype."""
        raise NotImplementedError

    def _stored(self, current: Array, value: Array, name: str) -> Array:
        """What holds `value` from now on, sharing no memory with it; `current` held it so far."""
        raise NotImplementedError


def has_own_step(cell: Cell) -> bool:
    """Tell whether this is a cell of a subclass that computes its steps in a way of its own."""
    steps = (getattr(type(cell), name, None) for name in ("__call__", "trace", "_step"))
    return any(step and step.__module__.partition(".")[0] != "lstm_lib" for step in steps)


def start(cell: Any, inputs: Array, initial_state: State | None) -> State:
    """Return the state from which a cell reads a sequence; it is built for these inputs.

    Raises
    ------
    TypeError, ValueError
        If `inputs` or the state do not fit the cell.
    """
    check_sequence(inputs, cell.input_size, cell.dtype)
    state = state_or_zeros(cell, initial_state, inputs, "initial_state")
    cell.build(inputs.shape[2])
    return state


def state_or_zeros(cell: Any, state: State | None, inputs: Array, name: str) -> State:
    """Return a state that fits cell and inputs, zeros if it is None; errors as of `check_state`."""
    if state is None:
        return cell._zero_state_for(inputs)
    batch_size = "batch_size" if inputs.shape[0] is None else inputs.shape[0]
    check_state(state, cell.state_size, batch_size, cell.dtype, name)
    return state


class LSTMCell(Cell):
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
    _ending: tuple[int, ...] = (-1, 0, 1, -1)  # i = 0, f = 1, o = 0

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
            f"{type(self).__name__}(num_units={self.num_units}, forget_bias={self.forget_bias}, "
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
        return LSTMStateTuple(self._zeros(shape), self._zeros(shape))

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
        self._ready(inputs, state)
        return self._step(inputs, *state)

    def _step(self, x: Array, c_prev: Array, h_prev: Array) -> StepTrace:
        """The equations, of arguments that fit."""
        raise NotImplementedError


class PeepholeLSTMCell(LSTMCell):
    r"""LSTM cell whose gates see c, as TF1's ``LSTMCell(use_peepholes=True)``.

    .. math::

        i &= \sigma(z_i + w_i \odot c_{t-1}) \qquad
        f = \sigma(z_f + b_f + w_f \odot c_{t-1}) \\
        c_t &= f \odot c_{t-1} + i \odot \tanh(z_j) \\
        o &= \sigma(z_o + w_o \odot c_t) \qquad h_t = o \odot \tanh(c_t)

    Source: Gers, Schraudolph and Schmidhuber (2002). Parameters, methods and errors are those of
    `BasicLSTMCell`.

    Notes
    -----
    `bias` holds all vectors of the cell, (7 * num_units,): the blocks i, j, f, o of
    `BasicLSTMCell`, and behind them :math:`w_i, w_f, w_o`, which are 0 in a new cell.
    """

    def _first_bias(self) -> np.ndarray:
        return np.zeros(7 * self.num_units, self.dtype)


class CoupledLSTMCell(LSTMCell):
    r"""LSTM cell that writes what it forgets, i = 1 - f.

    .. math::

        c_t = f \odot c_{t-1} + (1 - f) \odot \tanh(z_j)

    It is TF1's ``CoupledInputForgetGateLSTMCell``: the blocks of kernel and bias are j, f, o.
    Source: Greff et al. (2017), "LSTM: A Search Space Odyssey". Parameters, methods and errors
    are those of `BasicLSTMCell`.
    """

    _blocks = 3
    _ending = (0, 1, -1)  # f = 1, so i = 0; o = 0


class RNNCell(Cell):
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
    _ending: tuple[int, ...] = (1,)

    def __init__(self, num_units: int, dtype: Any = "float32", seed: int | None = 0) -> None:
        super().__init__(num_units, dtype, seed)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(num_units={self.num_units}, dtype={self.dtype!r}, "
            f"seed={self.seed})"
        )

    @property
    def state_size(self) -> int:
        """Size of h."""
        return self.num_units

    def zero_state(self, batch_size: int, dtype: Any = None) -> Array:
        """State of zeros, (batch_size, num_units); errors as in `BasicLSTMCell`."""
        check_same_dtype(dtype, self.dtype)
        return self._zeros((positive_int("batch_size", batch_size), self.num_units))

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

    def trace(self, inputs: Array, state: Array) -> Any:
        """One step with all that it computes; arguments and errors as in a call."""
        self._ready(inputs, state)
        return self._step(inputs, state)

    def _step(self, x: Array, h_prev: Array) -> Any:
        """The equation, of arguments that fit."""
        raise NotImplementedError


class GRUCell(RNNCell):
    r"""Gated recurrent unit, as TF1's ``GRUCell``; its state is h alone.

    .. math::

        [r, u] &= \sigma([x_t, h_{t-1}] W_{ru} + b_{ru}) \\
        \tilde h &= \tanh([x_t, r \odot h_{t-1}] W_c + b_c) \\
        h_t &= u \odot h_{t-1} + (1 - u) \odot \tilde h

    With `reset_after`, the gate is applied after the product, as Keras and
    PyTorch do: :math:`\tilde h = \tanh(x_t W_{cx} + b_c + r \odot (h_{t-1} W_{ch} + b_{ch}))`.
    Source: Cho et al. (2014); layout: TensorFlow 1, ``rnn_cell_impl.py``, its
    two kernels side by side.

    Parameters
    ----------
    num_units : int
        Size of h.
    reset_after : bool
        Whether the reset gate comes after the product with the weights.
    dtype, seed
        As in `BasicLSTMCell`.

    Notes
    -----
    The columns of `kernel`, (input_size + num_units, 3 * num_units), are the
    blocks r, u, candidate; `bias` has the same blocks and, with `reset_after`,
    :math:`b_{ch}` as a fourth. A new cell's bias is 1 for both gates, as in
    TF1, and 0 for the candidate.

    Raises
    ------
    TypeError, ValueError
        If `num_units` is not a positive integer, `dtype` not a float dtype or
        `reset_after` not a bool.
    """

    _blocks = 3
    _ending = (0, 1, 0)  # u = 1

    def __init__(
        self,
        num_units: int,
        reset_after: bool = False,
        dtype: Any = "float32",
        seed: int | None = 0,
    ) -> None:
        super().__init__(num_units, dtype, seed)
        if not isinstance(reset_after, bool | np.bool_):
            raise TypeError(
                f"reset_after: expected True or False, given {reset_after!r} "
                f"({type(reset_after).__name__})"
            )
        self.reset_after = bool(reset_after)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(num_units={self.num_units}, reset_after={self.reset_after}, "
            f"dtype={self.dtype!r}, seed={self.seed})"
        )

    def _first_bias(self) -> np.ndarray:
        bias = np.zeros((3 + self.reset_after) * self.num_units, self.dtype)
        bias[: 2 * self.num_units] = 1
        return bias

    def trace(self, inputs: Array, state: Array) -> GRUStepTrace:
        """One step with all that it computes; arguments and errors as in a call."""
        return super().trace(inputs, state)

    def _step(self, x: Array, h_prev: Array) -> GRUStepTrace:
        """The equations, of arguments that fit."""
        raise NotImplementedError
