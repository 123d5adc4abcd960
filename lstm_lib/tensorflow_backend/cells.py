"""The cells on TensorFlow: `cell` says what they are, `step` what one step of them computes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from lstm_lib import cell as shared
from lstm_lib._tensorflow import tf
from lstm_lib.cell import Cell, LSTMCell, RNNCell
from lstm_lib.state import GRUStepTrace, RNNStepTrace, State, StepTrace, parts_of, state_of
from lstm_lib.tensorflow_backend.step import (
    coupled_step,
    gru_step,
    lstm_step,
    peephole_step,
    rnn_step,
)

Array: TypeAlias = tf.Tensor


class _OnTensorFlow(Cell):
    _package = __package__

    def _zeros(self, shape: tuple[int, ...]) -> Array:
        # As ``tf.zeros``, in a quarter of its time, which a short sequence would feel.
        return tf.constant(np.zeros(shape, self.dtype))

    def _zero_state_for(self, inputs: Array) -> State:
        if inputs.shape[0] is not None:
            return self.zero_state(inputs.shape[0])
        # In a graph whose batch is open, only the run knows.
        zeros = tf.zeros((tf.shape(inputs)[0], self.num_units), self.dtype)
        return state_of([zeros] * len(parts_of(self.state_size)), self.state_size)

    def _stored(self, current: tf.Variable | None, value: Array, name: str) -> tf.Variable:
        if current is None:
            return tf.Variable(value, name=name)
        current.assign(value)
        return current


class BasicLSTMCell(_OnTensorFlow, LSTMCell):  # noqa: D101 - it is that of the shared class
    __doc__ = LSTMCell.__doc__

    def _step(self, x: Array, c_prev: Array, h_prev: Array) -> StepTrace:
        return lstm_step(x, c_prev, h_prev, self.kernel, self.bias, self.forget_bias)


class BasicRNNCell(_OnTensorFlow, RNNCell):  # noqa: D101 - it is that of the shared class
    __doc__ = RNNCell.__doc__

    def _step(self, x: Array, h_prev: Array) -> RNNStepTrace:
        return rnn_step(x, h_prev, self.kernel, self.bias)


class GRUCell(_OnTensorFlow, shared.GRUCell):  # noqa: D101 - it is that of the shared class
    __doc__ = shared.GRUCell.__doc__

    def _step(self, x: Array, h_prev: Array) -> GRUStepTrace:
        x, h_prev = tf.convert_to_tensor(x), tf.convert_to_tensor(h_prev)
        kernel, bias = tf.convert_to_tensor(self.kernel), tf.convert_to_tensor(self.bias)
        return gru_step(x, h_prev, kernel, bias, self.reset_after)


class PeepholeLSTMCell(_OnTensorFlow, shared.PeepholeLSTMCell):  # noqa: D101 - as above
    __doc__ = shared.PeepholeLSTMCell.__doc__

    def _step(self, x: Array, c_prev: Array, h_prev: Array) -> StepTrace:
        bias = tf.convert_to_tensor(self.bias)
        return peephole_step(x, c_prev, h_prev, self.kernel, bias, self.forget_bias)


class CoupledLSTMCell(_OnTensorFlow, shared.CoupledLSTMCell):  # noqa: D101 - as above
    __doc__ = shared.CoupledLSTMCell.__doc__

    def _step(self, x: Array, c_prev: Array, h_prev: Array) -> StepTrace:
        return coupled_step(x, c_prev, h_prev, self.kernel, self.bias, self.forget_bias)
