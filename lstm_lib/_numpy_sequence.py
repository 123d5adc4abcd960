"""What both cells of ``numpy_backend`` share: weights, and the tape a sequence is written to.

Inside, time is the first axis: a step is then one contiguous block.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lstm_lib import _numpy_arrays as arrays
from lstm_lib.state import (
    LSTMStateTuple,
    check_array,
    check_built,
    check_input_size,
    check_kernel,
    check_sequence,
    float_dtype,
    positive_int,
)

Array = np.ndarray
State = LSTMStateTuple | Array


class Cell:
    """One kernel with the rows [inputs; h], and how it is made and checked.

    A cell adds what its steps do: `_run` forward and `_run_back` backward.
    """

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


class Tape(NamedTuple):
    """What the forward pass writes, one entry a step.

    Units are the rows and the batch is the columns, so that each gate of a step
    is one block of memory. Where only the last entry is wanted, all entries of
    `z` and of `c` are one memory, which every step writes again.
    """

    rows: Array  # [x; h; 1] before each step, and after the last
    h: Array  # the part of `rows` that is h
    z: Array  # pre-activations, overwritten by the gates j, i, f, o
    c: Array | None


def forward(cell: Cell, inputs: Array, initial_state: State | None, keep: bool = False) -> Tape:
    """Run the cell over checked inputs; `keep` all that the backward pass needs."""
    check_sequence(inputs, cell.input_size, cell.dtype)
    batch_size, time, input_size = inputs.shape
    c, h = start(cell, initial_state, batch_size, "initial_state")
    cell.build(input_size)

    rows = arrays.empty((time + 1, input_size + cell.num_units + 1, batch_size), cell.dtype)
    rows[:-1, :input_size] = arrays.units_first(inputs)
    rows[0, input_size:-1] = h
    rows[:, -1] = 1  # the bias is the last row of the weights
    record = arrays.empty if keep else arrays.reused
    tape = Tape(
        rows=rows,
        h=rows[:, input_size:-1],
        z=record((time, cell.kernel.shape[1], batch_size), cell.dtype),
        c=None if c is None else record((time + 1, *c.shape), cell.dtype),
    )
    if c is not None:
        tape.c[0] = c
    cell._run(np.concatenate([cell.kernel, cell.bias[None]]), tape)
    return tape


def backward(
    cell: Cell, tape: Tape, d_outputs: Array, d_c: Array | None, d_h: Array
) -> tuple[Array, Array, Array, Array]:
    """Gradients of the kernel, the bias, the inputs, batch first, and the first h, units first.

    `d_outputs` is units first. `d_c` comes as the gradient of the final c and leaves as that
    of the first.
    """
    time, _, batch_size = d_outputs.shape
    rows = len(cell.kernel)
    d_kernel, d_bias = np.zeros_like(cell.kernel), np.zeros_like(cell.bias)
    d_inputs = np.empty((time, batch_size, cell.input_size), cell.dtype)
    for steps in arrays.blocks_back(tape.z):
        d_rows = arrays.empty((len(tape.z[steps]), rows, batch_size), cell.dtype)  # of [x; h]
        d_z = cell._run_back(tape, steps, d_outputs[steps], d_c, d_h, d_rows)
        d_h = d_rows[0, cell.input_size :]
        d_inputs[steps] = d_rows[:, : cell.input_size].swapaxes(1, 2)
        # Side by side, all steps of a block meet the weights in one product.
        d_weights = arrays.side_by_side(tape.rows[steps]) @ arrays.side_by_side(d_z).T
        d_kernel += d_weights[:-1]
        d_bias += d_weights[-1]
    return d_kernel, d_bias, d_inputs.swapaxes(0, 1).copy(), d_h


def start(cell: Cell, state: State | None, batch_size: int, name: str) -> tuple:
    """Return c and h of a state, units first, sharing no memory with it."""
    if state is None:
        state = cell.zero_state(batch_size)
    else:
        cell._check_state(state, batch_size, cell.num_units, cell.dtype, name)
    return tuple(
        None if part is None else np.array(np.asarray(part).T, cell.dtype, order="C")
        for part in cell._split(state)
    )


def last_state(cell: Cell, tape: Tape) -> State:
    """Return the state after the last step, sharing no memory with the tape."""
    c = None if tape.c is None else tape.c[-1].T.copy()
    return cell._join(c, tape.h[-1].T.copy())


def glorot_uniform(shape: tuple[int, int], dtype: str, seed: int | None) -> Array:
    r"""Uniform in :math:`\pm\sqrt{6 / (\text{rows} + \text{columns})}`.

    Drawn in float64 and then rounded, so that one seed gives one kernel in
    both dtypes. Source: Glorot and Bengio (2010).
    """
    limit = np.sqrt(6.0 / sum(shape))
    return np.random.default_rng(seed).uniform(-limit, limit, shape).astype(dtype)
