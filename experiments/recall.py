"""What layers remember: one word over a long gap, and more and more pairs of key and value.

Four layers with about as many weights: the LSTM, the sLSTM, the mLSTM and causal attention. Each
keeps the best of three learning rates, by three seeds that are not reported; then ten other seeds
are trained. A seed draws the same batches for every layer.

The chapter on the LSTM today reads what this stores. Run all of it by ``python -m
experiments.recall``, a part by ``--task "8 pairs"``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from experiments import lanes
from experiments.lanes import Layer, Task, Weights, glorot, np
from experiments.variants import Tensor, layer, lstm, sigmoid, tanh
from lstm_lib import tasks
from lstm_lib._tensorflow import tf

GAP, PAIRS = 40, (2, 4, 8, 16)
WORDS = len(tasks.VOCABULARY)
TASKS = {"gap": Task(functools.partial(tasks.long_sentences, GAP), WORDS, WORDS)} | {
    f"{pairs} pairs": Task(
        functools.partial(tasks.key_values, pairs), tasks.KEYS + tasks.VALUES, tasks.VALUES
    )
    for pairs in PAIRS
}
LSTM_UNITS, STEPS, FORGET_BIAS = 16, 600, 5.0


def s_lstm(w: dict, z: Tensor, c: Tensor, n: Tensor, m: Tensor, h: Tensor) -> tuple:
    """One step, as ``lstm_lib.today.s_lstm_step``."""
    z_i, z_j, z_f, z_o = tf.split(z + h @ w["R"], 4, axis=-1)
    kept = m + tf.math.log_sigmoid(z_f)
    m = tf.maximum(kept, z_i)
    f, i = tf.exp(kept - m), tf.exp(z_i - m)
    c = f * c + i * tanh(z_j)
    n = f * n + i
    return c, n, m, sigmoid(z_o) * c / n


def from_inputs(blocks: int, gates: int, read: Callable[[Tensor], Tensor]) -> Layer:
    """A layer in which all comes from the inputs: `read` makes outputs of what they bring.

    The kernel has so many blocks of units, and columns of gates behind them, the last one of
    which is a forget gate.
    """

    def init(inputs: int, units: int, rng: np.random.Generator) -> Weights:
        bias = np.zeros(blocks * units + gates, "float32")
        bias[-1] = FORGET_BIAS if gates else 0.0
        return {"W": glorot(inputs, len(bias), rng), "b": bias}

    return Layer(init, lambda w, x: read(x @ w["W"][:, None] + w["b"][:, None, None]))


def m_lstm(z: Tensor) -> Tensor:
    """All steps at once, as ``lstm_lib.today.m_lstm`` step by step.

    What step s wrote is still there at step t by the product of the forget gates in between.
    """
    q, k, v, z_o = tf.split(z[..., :-2], 4, axis=-1)
    log_f = tf.cumsum(tf.math.log_sigmoid(z[..., -1]), axis=-1)
    log_weight = log_f[..., :, None] - log_f[..., None, :] + z[..., None, :, -2]
    log_weight = tf.where(so_far(z), log_weight, -np.inf)
    m = tf.reduce_max(log_weight, axis=-1, keepdims=True)
    weight = scores(q, k) * tf.exp(log_weight - m)
    size = tf.abs(tf.reduce_sum(weight, axis=-1, keepdims=True))
    return sigmoid(z_o) * (weight @ v) / tf.maximum(size, tf.exp(-m))


def attention(z: Tensor) -> Tensor:
    """As ``lstm_lib.today.attention``."""
    q, k, v = tf.split(z, 3, axis=-1)
    return tf.nn.softmax(tf.where(so_far(z), scores(q, k), -np.inf)) @ v


def scores(q: Tensor, k: Tensor) -> Tensor:
    """How well each key fits each query."""
    return tf.matmul(q, k, transpose_b=True) / np.sqrt(q.shape[-1])


def so_far(z: Tensor) -> Tensor:
    """Whether step s is not after step t, (t, s)."""
    return np.tri(z.shape[2], dtype=bool)


LAYERS = {
    "LSTM": layer(lstm, forget_bias=FORGET_BIAS),
    "sLSTM": layer(s_lstm, "ijfo", state=(1, 1, 1, 1), forget_bias=FORGET_BIAS),
    "mLSTM": from_inputs(4, 2, m_lstm),
    "attention": from_inputs(3, 0, attention),
}
SETTING = {
    "gap": GAP,
    "pairs": list(PAIRS),
    "lstm_units": LSTM_UNITS,
    "forget_bias": FORGET_BIAS,
} | lanes.setting(STEPS)


def units_of(task: str, name: str) -> int:
    """As many units as bring the network nearest to the weights of the LSTM's."""
    return lanes.units_like(TASKS[task], LAYERS[name], LAYERS["LSTM"], LSTM_UNITS)


if __name__ == "__main__":
    lanes.main("recall", TASKS, LAYERS, SETTING, STEPS, units_of)
