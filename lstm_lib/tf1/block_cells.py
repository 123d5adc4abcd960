"""The cells of ``tf.contrib.rnn`` that TensorFlow 2 left behind.

Each step is written out in operations that today's TensorFlow has, so the gradients are
TensorFlow's own. Names of variables, defaults and numbers are those of TensorFlow 1.15.
Source: TensorFlow 1.15, ``contrib/rnn/python/ops`` (``lstm_ops.py``, ``gru_ops.py``,
``rnn_cell.py``).
"""

from __future__ import annotations

from typing import Any

from lstm_lib.tf1.cells import (
    Layer,
    LSTMStateTuple,
    RNNCell,
    genuine,
    legacy,
)
from lstm_lib.tf1.graph import tf, v1

# Not exported, and the base of every cell that makes its variables in `build`.
_LayerRNNCell: Any = legacy.BasicLSTMCell.__bases__[0]


def input_size_of(shape: Any) -> int:
    """The size of the last axis, which must be known."""
    size = tf.TensorShape(shape)[-1]
    size = getattr(size, "value", size)
    if size is None:
        raise ValueError(f"inputs: expected a known size of the last axis, given shape {shape}")
    return size


class _LSTMWeights:
    """Kernel, bias and, if asked for, peepholes, as all LSTM block cells store them."""

    add_weight: Any  # of the layer it is mixed with

    def _keep(
        self, num_units: int, forget_bias: float, cell_clip: float | None, use_peephole: bool
    ) -> None:
        self._num_units, self._forget_bias = num_units, forget_bias
        self._cell_clip, self._use_peephole = cell_clip, use_peephole

    def build(self, input_shape: Any) -> None:
        """Make the variables."""
        units = self._num_units
        self._kernel = self.add_weight("kernel", [input_size_of(input_shape) + units, 4 * units])
        self._bias = self.add_weight("bias", [4 * units], initializer=v1.zeros_initializer())
        if self._use_peephole:
            self._w_i, self._w_f, self._w_o = (
                self.add_weight(name, [units]) for name in ("w_i_diag", "w_f_diag", "w_o_diag")
            )
        self.built = True

    def _step(self, inputs: Any, c_prev: Any, h_prev: Any) -> tuple[Any, Any]:
        """One step: BasicLSTMCell's, with peepholes and the clipping of c where asked for."""
        i, j, f, o = tf.split(
            tf.matmul(tf.concat([inputs, h_prev], 1), self._kernel) + self._bias, 4, 1
        )
        f = f + self._forget_bias
        if self._use_peephole:
            i, f = i + self._w_i * c_prev, f + self._w_f * c_prev
        c = tf.sigmoid(f) * c_prev + tf.sigmoid(i) * tf.tanh(j)
        if self._cell_clip is not None and self._cell_clip > 0:
            c = tf.clip_by_value(c, -self._cell_clip, self._cell_clip)
        if self._use_peephole:
            o = o + self._w_o * c
        return c, tf.sigmoid(o) * tf.tanh(c)


@genuine
class LSTMBlockCell(_LSTMWeights, _LayerRNNCell):
    """``tf.contrib.rnn.LSTMBlockCell``: BasicLSTMCell's step and layout, in a scope `lstm_cell`."""

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        dtype: Any = None,
        reuse: bool | None = None,
        name: str = "lstm_cell",
    ) -> None:
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._keep(num_units, forget_bias, cell_clip, use_peephole)

    @property
    def state_size(self) -> LSTMStateTuple:
        """Sizes of c and h."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """Size of the output."""
        return self._num_units

    def call(self, inputs: Any, state: Any) -> tuple[Any, LSTMStateTuple]:
        """One step."""
        c, h = self._step(inputs, *state)
        return h, LSTMStateTuple(c, h)


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """``tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell``: its forget bias is 0.0, not 1.0."""

    def __init__(self, num_units: int, reuse: bool | None = None) -> None:
        super().__init__(num_units, 0.0, reuse=reuse, name="cudnn_compatible_lstm_cell")


@genuine
class LSTMBlockFusedCell(_LSTMWeights, Layer):
    """``tf.contrib.rnn.LSTMBlockFusedCell``: LSTMBlockCell over (time, batch, inputs)."""

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        reuse: bool | None = None,
        dtype: Any = None,
        name: str = "lstm_fused_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._keep(num_units, forget_bias, cell_clip, use_peephole)

    @property
    def num_units(self) -> int:
        """Number of units."""
        return self._num_units

    def call(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
    ) -> tuple[Any, LSTMStateTuple]:
        """All steps; outputs after `sequence_length` are zeros, and the state stops there."""
        is_list = isinstance(inputs, list)
        inputs = tf.stack(inputs) if is_list else inputs
        time, batch = v1.shape(inputs)[0], v1.shape(inputs)[1]
        if initial_state is None:
            if dtype is None:
                raise ValueError("expected initial_state or dtype, given neither")
            zeros = tf.zeros(tf.stack([batch, self._num_units]), dtype)
            initial_state = zeros, zeros
        lengths = (
            tf.fill([batch], time)
            if sequence_length is None
            else tf.cast(sequence_length, tf.int32)
        )

        def step(t: Any, c: Any, h: Any, outputs: Any) -> tuple:
            new_c, new_h = self._step(inputs[t], c, h)
            on = tf.expand_dims(t < lengths, 1)
            outputs = outputs.write(t, tf.where(on, new_h, tf.zeros_like(new_h)))
            return t + 1, tf.where(on, new_c, c), tf.where(on, new_h, h), outputs

        outputs = tf.TensorArray(inputs.dtype, size=time)
        _, c, h, outputs = v1.while_loop(
            lambda t, *_: t < time, step, (tf.constant(0), *initial_state, outputs)
        )
        outputs = outputs.stack()
        outputs.set_shape([inputs.shape[0], inputs.shape[1], self._num_units])
        return tf.unstack(outputs) if is_list else outputs, LSTMStateTuple(c, h)


@genuine
class GRUBlockCell(_LayerRNNCell):
    """``tf.contrib.rnn.GRUBlockCell``: TF1's GRU step, with variables of other names."""

    _names = "w_ru", "b_ru", "w_c", "b_c"

    def __init__(
        self,
        num_units: int | None = None,
        cell_size: int | None = None,
        reuse: bool | None = None,
        name: str = "gru_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name)
        if (cell_size is None) == (num_units is None):
            raise ValueError("expected num_units, or its old name cell_size, given both or neither")
        self._num_units: Any = cell_size if num_units is None else num_units

    @property
    def state_size(self) -> int:
        """Size of h."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """Size of the output."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Make the variables."""
        units, rows = self._num_units, input_size_of(input_shape) + self._num_units
        w_ru, b_ru, w_c, b_c = self._names
        self._w_ru = self.add_weight(w_ru, [rows, 2 * units])
        self._b_ru = self.add_weight(b_ru, [2 * units], initializer=v1.ones_initializer())
        self._w_c = self.add_weight(w_c, [rows, units])
        self._b_c = self.add_weight(b_c, [units], initializer=v1.zeros_initializer())
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        gates = tf.sigmoid(tf.matmul(tf.concat([inputs, state], 1), self._w_ru) + self._b_ru)
        r, u = tf.split(gates, 2, 1)
        c = tf.tanh(tf.matmul(tf.concat([inputs, r * state], 1), self._w_c) + self._b_c)
        h = (1 - u) * c + u * state
        return h, h


class GRUBlockCellV2(GRUBlockCell):
    """``tf.contrib.rnn.GRUBlockCellV2``: GRUBlockCell with the names of GRUCell's variables."""

    _names = "gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias"


class LayerNormBasicLSTMCell(RNNCell):
    """``tf.contrib.rnn.LayerNormBasicLSTMCell``: BasicLSTMCell with layer normalisation.

    Each gate's pre-activation and the new c are normalised over the units, then scaled and
    shifted (Ba, Kiros, Hinton 2016); the candidate is dropped out (Semeniuta et al. 2016).
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        input_size: Any = None,
        activation: Any = tf.tanh,
        layer_norm: bool = True,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units, self._forget_bias, self._activation = num_units, forget_bias, activation
        self._layer_norm, self._gain, self._shift = layer_norm, norm_gain, norm_shift
        self._keep_prob, self._seed = dropout_keep_prob, dropout_prob_seed

    @property
    def state_size(self) -> LSTMStateTuple:
        """Sizes of c and h."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """Size of the output."""
        return self._num_units

    def _norm(self, x: Any, scope: str) -> Any:
        with v1.variable_scope(scope):
            shape, dtype = x.shape[-1:], x.dtype
            gamma = v1.get_variable("gamma", shape, dtype, v1.constant_initializer(self._gain))
            beta = v1.get_variable("beta", shape, dtype, v1.constant_initializer(self._shift))
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-12)

    def call(self, inputs: Any, state: Any) -> tuple[Any, LSTMStateTuple]:
        """One step."""
        c, h = state
        args, width = tf.concat([inputs, h], 1), 4 * self._num_units
        kernel = v1.get_variable("kernel", [input_size_of(args.shape), width], args.dtype)
        gates = tf.matmul(args, kernel)
        if not self._layer_norm:
            gates += v1.get_variable("bias", [width], args.dtype)
        i, j, f, o = tf.split(gates, 4, 1)
        if self._layer_norm:
            names = "input", "transform", "forget", "output"
            i, j, f, o = map(self._norm, (i, j, f, o), names)
        candidate = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            candidate = v1.nn.dropout(candidate, self._keep_prob, seed=self._seed)
        c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * candidate
        if self._layer_norm:
            c = self._norm(c, "state")
        h = self._activation(c) * tf.sigmoid(o)
        return h, LSTMStateTuple(c, h)


@genuine
class NASCell(_LayerRNNCell):
    """``tf.contrib.rnn.NASCell``: the cell that a search found (Zoph and Le 2017)."""

    def __init__(
        self,
        num_units: int,
        num_proj: int | None = None,
        use_bias: bool = False,
        reuse: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, **kwargs)
        self._num_units, self._num_proj, self._use_bias = num_units, num_proj, use_bias

    @property
    def state_size(self) -> LSTMStateTuple:
        """Sizes of c and h."""
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self) -> int:
        """Size of the output."""
        return self._num_proj or self._num_units

    def build(self, input_shape: Any) -> None:
        """Make the variables."""
        width = 8 * self._num_units
        self._recurrent = self.add_weight("recurrent_kernel", [self.output_size, width])
        self._kernel = self.add_weight("kernel", [input_size_of(input_shape), width])
        if self._use_bias:
            self._bias = self.add_weight("bias", [width], initializer=v1.zeros_initializer())
        if self._num_proj:
            self._projection = self.add_weight(
                "projection_weights", [self._num_units, self._num_proj]
            )
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, LSTMStateTuple]:
        """One step."""
        c, h = state
        recurrent = tf.matmul(h, self._recurrent)
        if self._use_bias:
            recurrent += self._bias
        x, r = tf.split(tf.matmul(inputs, self._kernel), 8, 1), tf.split(recurrent, 8, 1)
        left = tf.tanh(tf.tanh(tf.sigmoid(x[0] + r[0]) * tf.nn.relu(x[1] + r[1])) + c)
        new_c = left * tf.tanh(tf.sigmoid(x[2] + r[2]) + tf.nn.relu(x[3] * r[3]))
        right = tf.tanh(tf.tanh(x[4] + r[4]) * tf.sigmoid(x[5] + r[5]))
        right = tf.tanh(right + tf.sigmoid(tf.tanh(x[6] + r[6]) + tf.sigmoid(x[7] + r[7])))
        new_h = tf.tanh(new_c * right)
        if self._num_proj:
            new_h = tf.matmul(new_h, self._projection)
        return new_h, LSTMStateTuple(new_c, new_h)
