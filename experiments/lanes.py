"""Many runs of one small network side by side: seeds and learning rates, in one graph.

Each run is a lane of its own: its weights, its batches, its rate. Arrays have the lane as their
first axis, so one product serves all. A layer is a pair of functions: ``init(inputs, units, rng)``
returns the weights of one lane, by their names, and ``forward(weights, x)`` the outputs of all
lanes, (lanes, batch_size, time, units), of inputs (lanes, batch_size, time, inputs).
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

# Before NumPy and TensorFlow are imported: one thread, and kernels that are the same everywhere.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np

from experiments.record import how, stored
from experiments.sweep import HELD_OUT_SEED, SEEDS, TUNING_SEEDS, merit
from lstm_lib import tasks
from lstm_lib._tensorflow import tf
from lstm_lib.cell import glorot_uniform

RESULTS = Path(__file__).parent / "results"
Weights = dict[str, np.ndarray]
BATCH, TESTED, MAX_NORM = 32, 256, 1.0
LOOKS = 25  # updates between two looks at the test
RATES = (0.03, 0.01, 0.003)


class Layer(NamedTuple):
    """What is trained."""

    init: Callable[[int, int, np.random.Generator], Weights]
    forward: Callable[[dict, tf.Tensor], tf.Tensor]


class Task(NamedTuple):
    """What is asked: batches of one length, and whether an answer is right."""

    make_batch: Callable[[int, np.random.Generator], tasks.Batch]
    inputs: int
    outputs: int
    tolerance: float | None = None  # of a number; None: the answer is a class


def glorot(rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """Weights as the book's cells draw them."""
    return glorot_uniform((rows, columns), "float32", int(rng.integers(2**31)))


def batches(task: Task, seed: int, steps: int) -> tuple[tasks.Batch, tasks.Batch]:
    """All that one run trains on, (steps, batch_size, …), and its test, which shares nothing."""
    make, test = tasks.held_out(
        task.make_batch, TESTED, np.random.default_rng(HELD_OUT_SEED + seed)
    )
    rng = np.random.default_rng(seed)
    drawn = make(steps * BATCH, rng)
    split = (each.reshape(steps, BATCH, *each.shape[1:]) for each in drawn)
    return tasks.Batch(*split).astype("float32"), test.astype("float32")


def stacked(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """One array with a lane for each; tests of less than `TESTED` sequences repeat some."""
    most = max(map(len, arrays))
    return np.stack([np.resize(each, (most, *each.shape[1:])) for each in arrays])


def loss_and_right(task: Task, y: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean loss of each lane over the steps with an answer, and the share of right ones."""
    if task.tolerance is None:
        asked = targets != tasks.IGNORE
        wanted = tf.where(asked, targets, 0)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, y)
        right = tf.argmax(y, -1, targets.dtype) == targets
    else:
        asked = ~tf.math.is_nan(targets[..., 0])
        miss = tf.where(asked, y[..., 0] - targets[..., 0], 0.0)
        each, right = miss**2, tf.abs(miss) < task.tolerance
    weight = tf.cast(asked, "float32")
    total = tf.reduce_sum(weight, [1, 2])
    shares = (tf.reduce_sum(weight * tf.cast(part, "float32"), [1, 2]) for part in (each, right))
    return tuple(share / total for share in shares)


def initial(task: Task, layer: Layer, units: int, seed: int) -> Weights:
    """Weights of one lane: those of the layer, and what reads it."""
    rng = np.random.default_rng(1000 + seed)
    weights = layer.init(task.inputs, units, rng)
    return weights | {
        "read": glorot(units, task.outputs, rng),
        "read bias": np.zeros(task.outputs, "float32"),
    }


def num_weights(task: Task, layer: Layer, units: int) -> int:
    """Weights of the network in all."""
    return sum(each.size for each in initial(task, layer, units, 0).values())


def units_like(task: Task, layer: Layer, other: Layer, others_units: int) -> int:
    """As many units as bring the network nearest to the weights of another one."""
    wanted = num_weights(task, other, others_units)
    counts = {units: num_weights(task, layer, units) for units in range(2, 100)}
    return min(counts, key=lambda units: abs(counts[units] - wanted))


def train(
    task: Task,
    layer: Layer,
    units: int,
    rates: Sequence[float],
    seeds: Sequence[int],
    data: Sequence[tuple[tasks.Batch, tasks.Batch]],
) -> list[list]:
    """Train every seed at its rate by Adam, gradients clipped to a norm of 1.

    Returns
    -------
    list of [int or None, float]
        For each lane, the update after which all answers of the test were right at each later
        look, and the share of right ones at the end.
    """
    first = [initial(task, layer, units, seed) for seed in seeds]
    weights = {name: tf.Variable(np.stack([lane[name] for lane in first])) for name in first[0]}
    means = {name: tf.Variable(tf.zeros_like(w)) for name, w in weights.items()}
    squares = {name: tf.Variable(tf.zeros_like(w)) for name, w in weights.items()}
    rate = tf.constant(rates, "float32")

    def by_lane(value: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
        return tf.reshape(value, [-1] + [1] * (len(like.shape) - 1))

    def answers(x: tf.Tensor) -> tf.Tensor:
        h = layer.forward(weights, x)
        return tf.einsum("lbth,lhy->lbty", h, weights["read"]) + weights["read bias"][:, None, None]

    @tf.function
    def update(x: tf.Tensor, targets: tf.Tensor, step: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            loss, _ = loss_and_right(task, answers(x), targets)
            total = tf.reduce_sum(loss)
        gradients = dict(zip(weights, tape.gradient(total, list(weights.values())), strict=True))
        norm = tf.sqrt(sum(tf.reduce_sum(g**2, range(1, len(g.shape))) for g in gradients.values()))
        scale = MAX_NORM / tf.maximum(norm, MAX_NORM)
        for name, g in gradients.items():
            g *= by_lane(scale, g)
            means[name].assign(0.9 * means[name] + 0.1 * g)
            squares[name].assign(0.999 * squares[name] + 0.001 * g**2)
            mean = means[name] / (1 - 0.9**step)
            square = squares[name] / (1 - 0.999**step)
            weights[name].assign_sub(by_lane(rate, g) * mean / (tf.sqrt(square) + 1e-8))

    @tf.function
    def share_right(x: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        return loss_and_right(task, answers(x), targets)[1]

    tests = tasks.Batch(*(stacked([test[k] for _, test in data]) for k in (0, 1)))
    steps = len(data[0][0].inputs)
    solved_at: list[int | None] = [None] * len(seeds)
    shares = np.zeros(len(seeds))
    for step in range(1, steps + 1):
        at = [np.stack([training[k][step - 1] for training, _ in data]) for k in (0, 1)]
        update(*map(tf.constant, at), tf.constant(step, "float32"))
        if step % LOOKS == 0:
            shares = share_right(*map(tf.constant, tests)).numpy()
            for lane, share in enumerate(shares):
                solved_at[lane] = (solved_at[lane] or step) if share == 1.0 else None
    return [[at, round(float(share), 4)] for at, share in zip(solved_at, shares, strict=True)]


class Found(NamedTuple):
    """What is stored of a layer on a task."""

    units: int
    tuning: dict[str, list[list]]  # by rate
    rate: float  # the best one
    runs: list[list]


def compare(
    task: Task, layer: Layer, units: int, data: Callable[[int], tuple[tasks.Batch, tasks.Batch]]
) -> Found:
    """Choose the best rate on the tuning seeds, then run the other seeds at it.

    `data` gives the batches of a seed and its test, the same ones for every layer.
    """
    lanes = [(rate, seed) for rate in RATES for seed in TUNING_SEEDS]
    found = train(task, layer, units, *zip(*lanes, strict=True), [data(seed) for _, seed in lanes])
    by_rate = {
        str(rate): [each for each, lane in zip(found, lanes, strict=True) if lane[0] == rate]
        for rate in RATES
    }
    rate = max(RATES, key=lambda rate: merit(by_rate[str(rate)]))
    runs = train(task, layer, units, [rate] * len(SEEDS), SEEDS, [data(seed) for seed in SEEDS])
    return Found(units, by_rate, rate, runs)


def setting(steps: int) -> dict:
    """What all of this is stored for."""
    return {
        "steps": steps,
        "batch_size": BATCH,
        "tested": TESTED,
        "rates": list(RATES),
        "tuning_seeds": list(TUNING_SEEDS),
        "seeds": list(SEEDS),
        "dtype": "float32",
    }


def main(
    name: str,
    all_tasks: dict[str, Task],
    layers: dict[str, Layer],
    wanted: dict,
    steps: int,
    units_of: Callable[[str, str], int],
) -> None:
    """Run what is not stored yet for this setting, all tasks or those of the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m experiments.{name}")
    parser.add_argument("--task", choices=all_tasks, action="append", help="default: all")
    path = RESULTS / f"{name}.json"
    frame: dict = {
        "what": "one entry a seed: [update from which on all answers of the test are right, "
        "or null; share of right ones at the end]"
    }
    frame |= {part: {task: {} for task in all_tasks} for part in Found._fields}
    record = stored(path, wanted, frame)
    for task in parser.parse_args().task or all_tasks:
        data = functools.cache(functools.partial(batches, all_tasks[task], steps=steps))
        for label, layer in layers.items():
            if label in record["runs"][task]:
                continue
            begun = time.process_time()
            found = compare(all_tasks[task], layer, units_of(task, label), data)
            for part, value in found._asdict().items():
                record[part][task][label] = value
            seconds = record["how"]["seconds"] + time.process_time() - begun
            record["how"] = how(f"python -m experiments.{name}", seconds)
            path.write_text(json.dumps(record, indent=1) + "\n")
            print(task, label, *found[:1], *found[2:], flush=True)
