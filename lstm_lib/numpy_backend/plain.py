"""The GRU over a sequence on NumPy, one step after the other, laid out as in ``fast``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_lib.numpy_backend import memory
from lstm_lib.numpy_backend.step import gru_step, gru_step_back
from lstm_lib.state import GRUStepTrace

Array = np.ndarray
State = tuple[Array]  # (h,), (units, batch)


class Tape(NamedTuple):
    """What a sequence leaves behind."""

    x: Array  # (time, batch, inputs)
    h: Array  # before the first step and after each, (time + 1, units, batch)
    steps: list[GRUStepTrace]

    @property
    def state(self) -> State:
        """The state after the last step."""
        return (self.h[-1],)

    def state_at(self, ends: Array) -> State:
        """The state of each column after as many steps as `ends` says."""
        return (self.h[ends, :, np.arange(len(ends))].T,)


def gru_forward(inputs: Array, state: State, kernel: Array, bias: Array, reset_after: bool) -> Tape:
    """Run a GRU over inputs (batch, time, n)."""
    x = inputs.swapaxes(0, 1)
    h, steps = np.empty((len(x) + 1, *state[0].shape), kernel.dtype), []
    h[0] = state[0]
    for t, x_t in enumerate(x):
        steps.append(gru_step(x_t, h[t].T, kernel, bias, reset_after))
        h[t + 1] = steps[-1].h.T
    return Tape(x, h, steps)


def gru_backward(
    tape: Tape, d_outputs: Array, d_state: State, kernel: Array, bias: Array, reset_after: bool
) -> tuple[Array, Array, Array, State]:
    """Gradients of kernel, bias, inputs (batch, time, n) and first state."""
    d_kernel, d_bias, d_inputs = np.zeros_like(kernel), np.zeros_like(bias), np.empty_like(tape.x)
    d_h = d_state[0].T
    back = memory.last_to_first(d_outputs, tape.x, tape.h[:-1], tape.steps, d_inputs)
    for d_output, x, h_prev, step, d_x in back:
        d_h = d_h + d_output.T
        d_step = gru_step_back(d_h, x, h_prev.T, step, kernel, bias, reset_after)
        d_kernel += d_step.kernel
        d_bias += d_step.bias
        d_x[...] = d_step.inputs
        d_h = d_step.initial_state
    return d_kernel, d_bias, d_inputs.swapaxes(0, 1).copy(), (d_h.T,)
