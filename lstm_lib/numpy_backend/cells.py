"""The cells on NumPy: `cell` says what they are, `step` what one step of them computes."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from lstm_lib.cell import Cell, LSTMCell, RNNCell
from lstm_lib.cell import GRUCell as SharedGRUCell
from lstm_lib.numpy_backend.step import gru_step, gru_step_back, lstm_step, rnn_step
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


class GRUCell(_OnNumPy, SharedGRUCell):  # noqa: D101 - it is that of the shared class
    __doc__ = SharedGRUCell.__doc__

    def _step(self, x: Array, h_prev: Array) -> GRUStepTrace:
        x, h_prev = np.asarray(x), np.asarray(h_prev)
        return gru_step(x, h_prev, self.kernel, self.bias, self.reset_after)


def steps_of(cell: Cell, kernel: Array) -> tuple[Callable, Callable]:
    """One step forward and one back, of the cells whose sequences run step by step."""
    assert isinstance(cell, GRUCell)
    given = {"kernel": kernel, "bias": cell.bias, "reset_after": cell.reset_after}
    return functools.partial(gru_step, **given), functools.partial(gru_step_back, **given)
