"""The cells on NumPy: `cell` says what they are, `step` what one step of them computes."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from lstm_lib import cell as shared
from lstm_lib.cell import Cell, LSTMCell, RNNCell
from lstm_lib.numpy_backend.step import lstm_step, lstm_step_back, rnn_step, rnn_step_back
from lstm_lib.numpy_backend.variants import (
    coupled_step,
    coupled_step_back,
    gru_step,
    gru_step_back,
    peephole_step,
    peephole_step_back,
)
from lstm_lib.state import GRUStepTrace, RNNStepTrace, StepTrace

Array = np.ndarray


class _OnNumPy(Cell):
    _package = __package__

    def _zeros(self, shape: tuple[int, ...]) -> Array:
        return np.zeros(shape, self.dtype)

    def _stored(self, current: Array | None, value: Array, name: str) -> Array:
        return np.array(np.asarray(value), self.dtype)


class BasicLSTMCell(_OnNumPy, LSTMCell):  # noqa: D101 - it is that of the shared class
    __doc__ = LSTMCell.__doc__

    def _step(self, x: Array, c_prev: Array, h_prev: Array) -> StepTrace:
        x, c_prev, h_prev = np.asarray(x), np.asarray(c_prev), np.asarray(h_prev)
        return lstm_step(x, c_prev, h_prev, self.kernel, self.bias, self.forget_bias)


class BasicRNNCell(_OnNumPy, RNNCell):  # noqa: D101 - it is that of the shared class
    __doc__ = RNNCell.__doc__

    def _step(self, x: Array, h_prev: Array) -> RNNStepTrace:
        return rnn_step(np.asarray(x), np.asarray(h_prev), self.kernel, self.bias)


class GRUCell(_OnNumPy, shared.GRUCell):  # noqa: D101 - it is that of the shared class
    __doc__ = shared.GRUCell.__doc__

    def _step(self, x: Array, h_prev: Array) -> GRUStepTrace:
        x, h_prev = np.asarray(x), np.asarray(h_prev)
        return gru_step(x, h_prev, self.kernel, self.bias, self.reset_after)


class PeepholeLSTMCell(_OnNumPy, shared.PeepholeLSTMCell):  # noqa: D101 - as above
    __doc__ = shared.PeepholeLSTMCell.__doc__

    def _step(self, x: Array, c_prev: Array, h_prev: Array) -> StepTrace:
        x, c_prev, h_prev = np.asarray(x), np.asarray(c_prev), np.asarray(h_prev)
        return peephole_step(x, c_prev, h_prev, self.kernel, self.bias, self.forget_bias)


class CoupledLSTMCell(_OnNumPy, shared.CoupledLSTMCell):  # noqa: D101 - as above
    __doc__ = shared.CoupledLSTMCell.__doc__

    def _step(self, x: Array, c_prev: Array, h_prev: Array) -> StepTrace:
        x, c_prev, h_prev = np.asarray(x), np.asarray(c_prev), np.asarray(h_prev)
        return coupled_step(x, c_prev, h_prev, self.kernel, self.bias, self.forget_bias)


def steps_of(cell: Cell, kernel: Array) -> tuple[Callable, Callable]:
    """One step forward and one back, with this kernel and all else of the cell.

    Forward it takes x and the parts of the state; back the gradients of these parts, x, the
    parts before, and what forward gave.
    """
    weights = {"kernel": kernel, "bias": cell.bias}
    if isinstance(cell, GRUCell):
        weights["reset_after"] = cell.reset_after
        return functools.partial(gru_step, **weights), functools.partial(gru_step_back, **weights)
    if not isinstance(cell, LSTMCell):
        return (
            functools.partial(rnn_step, **weights),
            functools.partial(rnn_step_back, kernel=kernel),
        )
    step: Callable = lstm_step
    step_back: Callable = functools.partial(lstm_step_back, kernel=kernel)
    if isinstance(cell, PeepholeLSTMCell):
        step, step_back = peephole_step, functools.partial(peephole_step_back, **weights)
    elif isinstance(cell, CoupledLSTMCell):
        step, step_back = coupled_step, functools.partial(coupled_step_back, kernel=kernel)
    return functools.partial(step, forget_bias=cell.forget_bias, **weights), step_back
