"""Whole sequences on NumPy, for speed: the equations of ``step``, in an order that costs less.

Time is the first axis, units are the rows and the batch is the columns. So each gate of a
step is one block of memory, and one product serves all gates, with the bias as the last
column of its matrix. Why each of these pays is on the page "How fast is it?"; that the
results are those of ``step`` is shown by ``tests/library/test_fast.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.numpy_backend import memory

Array = np.ndarray
State = tuple[Array, ...]  # (c, h), or (h,) of the plain cell, each (units, batch)
Back = tuple[Array, Array, State]  # gradients of z and of [x; h], all steps; and of the state


class Tape(NamedTuple):
    """What a sequence leaves behind.

    Where only the last step is wanted, all entries of `cells` are one memory, which every
    step writes again.
    """

    rows: Array  # [x; h; 1] before each step, and after the last
    h: Array  # the part of `rows` that is h
    cells: Any  # [c; j; f; i; o] of each step, c from before it; and after the last. Or None

    @property
    def state(self) -> State:
        """The state after the last step."""
        h = self.h[-1]
        return (h,) if self.cells is None else (self.cells[-1, : len(h)], h)


def lstm_weights(kernel: Array, bias: Array, forget_bias: float) -> Array:
    """The matrix of a step's product: z of its gates, in the order j, f, i, o, is W [x; h; 1]."""
    units = kernel.shape[1] // 4
    i, j, f, o = np.split(np.concatenate([kernel, bias[None]]), 4, axis=1)
    W = memory.turned(np.concatenate([j, f, i, o], axis=1))  # the three sigmoids side by side
    W[units : 2 * units, -1] += forget_bias
    W[units:] *= np.array(0.5, W.dtype)  # sigmoid(z) = (1 + tanh(z / 2)) / 2: one tanh serves all
    return W


def lstm_forward(inputs: Array, state: State, W: Array, keep: bool) -> Tape:
    """Run an LSTM over inputs (batch, time, n); `keep` all that `lstm_backward` needs."""
    c_first, h_first = state
    units, batch_size = c_first.shape
    rows, h = _rows(inputs, h_first)
    cells = (memory.empty if keep else memory.reused)((len(rows), 5 * units, batch_size), h.dtype)
    cells[0, :units] = c_first

    z = cells[:-1, units:]
    sigmoids = cells[:-1, 2 * units :]
    c_j, f_i, o = cells[:-1, : 2 * units], cells[:-1, 2 * units : 4 * units], cells[:-1, -units:]
    W, products = memory.in_pieces(W, z)
    half = np.array(0.5, h.dtype)  # of a number, NumPy would make an array at each use
    terms = memory.empty((2 * units, batch_size), h.dtype)
    kept, added = terms[:units], terms[units:]
    tanh_c = kept  # not needed at the same time
    each_step = memory.each_step(
        rows[:-1], products, z, sigmoids, c_j, f_i, o, cells[1:, :units], h[1:]
    )
    for row_t, product_t, z_t, sigmoids_t, c_j_t, f_i_t, o_t, c_t, h_t in each_step:
        np.matmul(W, row_t, out=product_t)
        np.tanh(z_t, out=z_t)
        np.multiply(sigmoids_t, half, out=sigmoids_t)
        np.add(sigmoids_t, half, out=sigmoids_t)
        np.multiply(f_i_t, c_j_t, out=terms)
        np.add(kept, added, out=c_t)
        np.tanh(c_t, out=tanh_c)
        np.multiply(o_t, tanh_c, out=h_t)
    return Tape(rows, h, cells)


def lstm_backward(
    tape: Tape, d_outputs: Array, d_state: State, kernel: Array
) -> tuple[Array, Array, Array, State]:
    """Gradients of kernel, bias, inputs (batch, time, n) and first state.

    `d_outputs` (time, units, batch) and `d_state` are those of what `lstm_forward` returned.
    """
    units = tape.h.shape[1]

    def block_back(steps: slice, d_state: State) -> Back:
        cells, h, d_output = tape.cells[steps], tape.h[1:][steps], d_outputs[steps]
        c_prev, j, f, i, o = memory.parts(cells, 5)
        c = tape.cells[1:][steps][:, :units]
        d_z = memory.empty((len(h), 4 * units, h.shape[2]), h.dtype)  # in the kernel's order
        d_i, d_j, d_f, d_o = memory.parts(d_z, 4)
        # What c and h of a step owe to its z ...
        h_by_c = memory.empty(h.shape, h.dtype)
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
        d_c, d_h = (part.copy() for part in d_state)
        d_rows = memory.empty((len(h), len(kernel), h.shape[2]), h.dtype)
        W, products = memory.in_pieces(kernel, d_rows)
        d_ijf = memory.parts(d_z, 4)[:3].swapaxes(0, 1)
        back = memory.last_to_first(
            d_output, h_by_c, d_ijf, d_o, f, d_z, products, d_rows[:, -units:]
        )
        for d_output_t, d_tanh_c, d_ijf_t, d_o_t, f_t, d_z_t, product_t, d_h_prev in back:
            d_h += d_output_t
            d_tanh_c *= d_h
            d_c += d_tanh_c
            d_ijf_t *= d_c
            d_o_t *= d_h
            d_c *= f_t
            np.matmul(W, d_z_t, out=product_t)
            d_h = d_h_prev
        return d_z, d_rows, (d_c, d_h)

    return _backward(block_back, tape, tape.cells[:-1, units:], d_state, kernel)


def rnn_weights(kernel: Array, bias: Array) -> Array:
    """As `lstm_weights`, for the plain cell."""
    return memory.turned(np.concatenate([kernel, bias[None]]))


def rnn_forward(inputs: Array, state: State, W: Array, keep: bool) -> Tape:
    """Run the plain cell over inputs (batch, time, n); there is nothing more to `keep`."""
    rows, h = _rows(inputs, *state)
    z = memory.reused(h[1:].shape, h.dtype)
    W, products = memory.in_pieces(W, z)
    for row_t, product_t, z_t, h_t in memory.each_step(rows[:-1], products, z, h[1:]):
        np.matmul(W, row_t, out=product_t)
        np.tanh(z_t, out=h_t)
    return Tape(rows, h, None)


def rnn_backward(
    tape: Tape, d_outputs: Array, d_state: State, kernel: Array
) -> tuple[Array, Array, Array, State]:
    """As `lstm_backward`, for the plain cell."""

    def block_back(steps: slice, d_state: State) -> Back:
        h = tape.h[1:][steps]
        d_z = 1 - h**2
        d_h = d_state[0].copy()
        d_rows = memory.empty((len(h), len(kernel), h.shape[2]), h.dtype)
        W, products = memory.in_pieces(kernel, d_rows)
        back = memory.last_to_first(d_outputs[steps], d_z, products, d_rows[:, -h.shape[1] :])
        for d_output_t, d_z_t, product_t, d_h_prev in back:
            d_h += d_output_t
            d_z_t *= d_h
            np.matmul(W, d_z_t, out=product_t)
            d_h = d_h_prev
        return d_z, d_rows, (d_h,)

    return _backward(block_back, tape, tape.h[1:], d_state, kernel)


def _rows(inputs: Array, h: Array) -> tuple[Array, Array]:
    """[x; h; 1] of each step and after the last, and its part h, known of the first step only."""
    batch_size, time, input_size = inputs.shape
    rows = memory.empty((time + 1, input_size + len(h) + 1, batch_size), h.dtype)
    rows[:-1, :input_size] = memory.units_first(inputs)
    rows[0, input_size:-1] = h
    rows[:, -1] = 1  # the bias is the last row of the weights
    return rows, rows[:, input_size:-1]


def _backward(
    block_back: Callable[[slice, State], Back],
    tape: Tape,
    steps: Array,
    d_state: State,
    kernel: Array,
) -> tuple[Array, Array, Array, State]:
    """Go back block by block of `steps`, the last first; what each adds stays in the cache."""
    batch_size, input_size = tape.rows.shape[2], len(kernel) - tape.h.shape[1]
    d_kernel, d_bias = np.zeros_like(kernel), np.zeros_like(kernel[0])
    d_inputs = np.empty((len(steps), batch_size, input_size), kernel.dtype)
    for block in memory.blocks_back(steps):
        d_z, d_rows, d_state = block_back(block, d_state)
        d_inputs[block] = d_rows[:, :input_size].swapaxes(1, 2)
        # Side by side, all steps of a block meet the weights in one product.
        d_weights = memory.side_by_side(tape.rows[block]) @ memory.side_by_side(d_z).T
        d_kernel += d_weights[:-1]
        d_bias += d_weights[-1]
    return d_kernel, d_bias, d_inputs.swapaxes(0, 1).copy(), d_state
