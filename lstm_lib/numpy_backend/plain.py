"""A sequence on NumPy as its single steps: for the cells whose steps ``fast`` does not have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.numpy_backend import memory
from lstm_lib.state import Gradients, LSTMStateTuple, parts_of

Array = np.ndarray
State = tuple[Array, ...]  # (c, h), or (h,), each (batch, units)
Step = Callable[..., Any]  # of x and the parts of the state: a trace, whose last fields are a state
StepBack = Callable[..., Gradients]  # of the gradients of a state, x, the state before, the trace


class Tape(NamedTuple):
    """What a sequence leaves behind; only outputs and the last state, if nothing was kept."""

    inputs: Array
    outputs: Array
    states: list[State]  # before each step, and after the last
    traces: list[Any]


def forward(step: Step, inputs: Array, state: State, keep: bool) -> Tape:
    """Run over inputs (batch, time, n)."""
    outputs = np.empty((*inputs.shape[:2], state[-1].shape[1]), state[-1].dtype)
    states, traces = [state], []
    for t, x in enumerate(inputs.swapaxes(0, 1)):
        trace = step(x, *states[-1])
        after = tuple(trace)[-len(state) :]
        outputs[:, t] = after[-1]
        if keep:
            traces.append(trace)
            states.append(after)
        else:
            states = [after]
    return Tape(inputs, outputs, states, traces)


def backward(
    step_back: StepBack, tape: Tape, d_outputs: Array, d_state: State, kernel: Array, bias: Array
) -> tuple[Array, Array, Array, State]:
    """Gradients of kernel, bias, inputs and first state."""
    d_kernel, d_bias = np.zeros_like(kernel), np.zeros_like(bias)
    d_inputs = np.empty_like(tape.inputs)
    steps = [array.swapaxes(0, 1) for array in (d_outputs, tape.inputs, d_inputs)]
    for d_output, x, d_x, state, trace in memory.last_to_first(
        *steps, tape.states[:-1], tape.traces
    ):
        *d_carried, d_h = d_state
        d = step_back(*d_carried, d_h + d_output, x, *state, trace)
        d_kernel += d.kernel
        d_bias += d.bias
        d_x[...] = d.inputs
        d_state = parts_of(d.initial_state)
    return d_kernel, d_bias, d_inputs, d_state


def masked(step: Step, step_back: StepBack, mask: Array) -> tuple[Step, StepBack]:
    """Both ways of a step that sees h times a mask (batch, units)."""

    def masked_step(x: Array, *state: Array) -> Any:
        *carried, h = state
        return step(x, *carried, h * mask)

    def masked_step_back(*given: Any) -> Gradients:
        *others, h, trace = given
        d = step_back(*others, h * mask, trace)
        if isinstance(d.initial_state, LSTMStateTuple):
            d_c, d_h = d.initial_state
            return d._replace(initial_state=LSTMStateTuple(c=d_c, h=d_h * mask))
        return d._replace(initial_state=d.initial_state * mask)

    return masked_step, masked_step_back
