"""The LSTM with a part left out, changed or added: which parts matter, all tuned alike.

Fourteen cells with about as many weights learn three tasks. Each keeps the best of three
learning rates, by three seeds that are not reported; then ten other seeds are trained. A seed
draws the same batches for every cell.

The chapter on the LSTM today reads what this stores. Run all of it by ``python -m
experiments.variants``, a part by ``--task latch``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from experiments import lanes
from experiments.lanes import Layer, Task, Weights, glorot, np
from lstm_lib import tasks
from lstm_lib._tensorflow import tf

Tensor = Any
sigmoid, tanh = tf.sigmoid, tf.tanh

GAP, HELD, ADDED = 10, 30, 30  # words between, steps, pairs


def adding(batch_size: int, rng: np.random.Generator) -> tasks.Batch:
    """The adding problem in one length: zeros stand before what is shorter."""
    drawn = tasks.adding(ADDED, batch_size, rng)
    missing = ADDED + ADDED // 10 - drawn.inputs.shape[1]
    return tasks.Batch(
        np.pad(drawn.inputs, [(0, 0), (missing, 0), (0, 0)]),
        np.pad(drawn.targets, [(0, 0), (missing, 0), (0, 0)], constant_values=np.nan),
    )


words = len(tasks.VOCABULARY)
TASKS = {
    "words": Task(functools.partial(tasks.long_sentences, GAP), words, words),
    "latch": Task(functools.partial(tasks.latch, HELD), 2, 2),
    "adding": Task(adding, 2, 1, tolerance=0.04),
}
LSTM_UNITS, STEPS = 16, 600


# The steps. z holds what the inputs bring to all blocks, kernel and bias; c and h come from the
# step before. Each returns the new state, h last.


def lstm(w: dict, z: Tensor, c: Tensor, h: Tensor, has: str = "ifo", squash: Any = tanh) -> tuple:
    """The book's cell; a gate that it has not is open."""
    j, *others = tf.split(z + h @ w["R"], 1 + len(has), axis=-1)
    gate = dict.fromkeys("ifo", 1.0) | dict(zip(has, map(sigmoid, others), strict=True))
    c = gate["f"] * c + gate["i"] * tanh(j)
    return c, gate["o"] * squash(c)


def coupled(w: dict, z: Tensor, c: Tensor, h: Tensor) -> tuple:
    """What is forgotten is written."""
    j, f, o = tf.split(z + h @ w["R"], 3, axis=-1)
    c = sigmoid(f) * c + sigmoid(-f) * tanh(j)
    return c, sigmoid(o) * tanh(c)


def peepholes(w: dict, z: Tensor, c: Tensor, h: Tensor) -> tuple:
    """The gates see c."""
    j, i, f, o = tf.split(z + h @ w["R"], 4, axis=-1)
    p_i, p_f, p_o = tf.split(w["p"][:, None], 3, axis=-1)
    c = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * tanh(j)
    return c, sigmoid(o + p_o * c) * tanh(c)


def blind(w: dict, z: Tensor, c: Tensor, h: Tensor) -> tuple:
    """The gates see the input alone; the candidate sees h."""
    j, i, f, o = tf.split(z, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(j + h @ w["R"])
    return c, sigmoid(o) * tanh(c)


def gates_see_gates(w: dict, z: Tensor, c: Tensor, gates: Tensor, h: Tensor) -> tuple:
    """Full gate recurrence: the gates see all gates of the step before."""
    z_j, z_gates = tf.split(z + h @ w["R"], [h.shape[-1], 3 * h.shape[-1]], axis=-1)
    gates = sigmoid(z_gates + gates @ w["G"])
    i, f, o = tf.split(gates, 3, axis=-1)
    c = f * c + i * tanh(z_j)
    return c, gates, o * tanh(c)


def gru(w: dict, z: Tensor, h: Tensor, after: bool = False) -> tuple:
    """The gated recurrent unit; the reset gate stands before or after the product."""
    z_h, z_r, z_u = tf.split(z, 3, axis=-1)
    R_h, R_r, R_u = tf.split(w["R"], 3, axis=-1)
    r, u = sigmoid(z_r + h @ R_r), sigmoid(z_u + h @ R_u)
    seen = r * (h @ R_h + w["p"][:, None]) if after else (r * h) @ R_h
    return (u * h + (1 - u) * tanh(z_h + seen),)


def normalised(x: Tensor, gain: Tensor) -> Tensor:
    """Layer normalisation: mean 0, variance 1 over the units, then a learned gain."""
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return gain[:, None] * (x - mean) / tf.sqrt(variance + 1e-5)


def layer_norm(w: dict, z: Tensor, c: Tensor, h: Tensor) -> tuple:
    """What h brings, and c where it is read, are normalised; so is what the inputs bring."""
    gains = tf.split(w["p"], 9, axis=-1)
    of_x, of_h = tf.concat(gains[:4], -1), tf.concat(gains[4:8], -1)
    b = w["b"][:, None]
    z = normalised(z - b, of_x) + normalised(h @ w["R"], of_h) + b
    j, i, f, o = tf.split(z, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(j)
    return c, sigmoid(o) * tanh(normalised(c, gains[8]))


def layer(
    step: Callable[..., tuple],
    blocks: str = "jifo",
    recurrent: str | None = None,
    state: Sequence[int] = (1, 1),
    forget_bias: float | None = 1.0,
    more: Callable[[int, np.random.Generator], Weights] = lambda units, rng: {},
) -> Layer:
    """A layer of cells that make this step.

    Parameters
    ----------
    step
        Of the weights, what the inputs bring, and the parts of the state.
    blocks, recurrent
        The blocks of the kernel of the inputs, and of that of h.
    state
        The size of each part of the state, in units.
    forget_bias
        Where the biases of block f start; None: by the rule of Tallec and Ollivier.
    more
        Other weights.
    """

    def init(inputs: int, units: int, rng: np.random.Generator) -> Weights:
        bias = {name: np.zeros(units) for name in blocks}
        if forget_bias is None:
            bias["f"] = np.log(rng.uniform(1, HELD - 1, units))
            bias["i"] = -bias["f"]
        elif "f" in bias:
            bias["f"] += forget_bias
        if "u" in bias:
            bias["u"] += 1.0
        of_h = len(blocks if recurrent is None else recurrent)
        return {
            "W": glorot(inputs, len(blocks) * units, rng),
            "R": glorot(units, of_h * units, rng),
            "b": np.concatenate([bias[name] for name in blocks]).astype("float32"),
        } | more(units, rng)

    def forward(w: dict, x: Tensor) -> Tensor:
        units, lanes_and_batch = w["R"].shape[1], x.shape[:2]
        z = tf.transpose(x @ w["W"][:, None] + w["b"][:, None, None], [2, 0, 1, 3])
        start = tuple(tf.zeros((*lanes_and_batch, size * units)) for size in state)
        states = tf.scan(lambda before, z_t: step(w, z_t, *before), z, start)
        return tf.transpose(states[-1], [1, 2, 0, 3])

    return Layer(init, forward)


def vector(number: int) -> Callable[[int, np.random.Generator], Weights]:
    """So many vectors of zeros in one, p: peepholes, or a second bias."""
    return lambda units, rng: {"p": np.zeros(number * units, "float32")}


def gate_kernel(units: int, rng: np.random.Generator) -> Weights:
    """From all gates to all gates."""
    return {"G": glorot(3 * units, 3 * units, rng)}


def gains(units: int, rng: np.random.Generator) -> Weights:
    """Of layer normalisation."""
    return {"p": np.ones(9 * units, "float32")}


VARIANTS = {
    "LSTM": layer(lstm),
    "forget bias 0": layer(lstm, forget_bias=0.0),
    "forget bias by length": layer(lstm, forget_bias=None),
    "no input gate": layer(functools.partial(lstm, has="fo"), "jfo"),
    "no forget gate": layer(functools.partial(lstm, has="io"), "jio"),
    "no output gate": layer(functools.partial(lstm, has="if"), "jif"),
    "no output tanh": layer(functools.partial(lstm, squash=tf.identity)),
    "coupled gates": layer(coupled, "jfo"),
    "peepholes": layer(peepholes, more=vector(3)),
    "gates do not see h": layer(blind, recurrent="j"),
    "gates see gates": layer(gates_see_gates, state=(1, 3, 1), more=gate_kernel),
    "layer normalisation": layer(layer_norm, more=gains),
    "GRU, reset before": layer(gru, "jru", state=(1,)),
    "GRU, reset after": layer(
        functools.partial(gru, after=True), "jru", state=(1,), more=vector(1)
    ),
}
SETTING = {
    "tasks": {"words": {"gap": GAP}, "latch": {"time": HELD}, "adding": {"length": ADDED}},
    "lstm_units": LSTM_UNITS,
} | lanes.setting(STEPS)


def units_of(task: str, variant: str) -> int:
    """As many units as bring the network nearest to the weights of the LSTM's."""
    return lanes.units_like(TASKS[task], VARIANTS[variant], VARIANTS["LSTM"], LSTM_UNITS)


if __name__ == "__main__":
    lanes.main("variants", TASKS, VARIANTS, SETTING, STEPS, units_of)
