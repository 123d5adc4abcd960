"""What it costs if the gates cannot see the state: the LSTM and the minLSTM, tuned alike.

Four tasks at 20 steps, three models with about as many weights. Each model keeps the best of
two forget biases and three learning rates, by three seeds that are not reported; then ten
other seeds are trained, and tested at 20 and at 80 steps.

The chapter on running in parallel reads what this stores. Run all of it by
``python -m experiments.parallel --jobs 2``, a part by ``--task parity``.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# Before NumPy is imported: one thread a process, and one process a core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from experiments.record import how, stored
from lstm_lib import numpy_backend as L
from lstm_lib import tasks
from lstm_lib.cell import glorot_uniform
from lstm_lib.today import min_lstm, min_lstm_back
from lstm_lib.training import adam, clip_by_global_norm, softmax_cross_entropy
from lstm_lib.training.measures import share_right

RESULTS = Path(__file__).parent / "results" / "parallel.json"
TASKS = {
    "last flag": (tasks.latch, 2, 2),
    "first flag": (tasks.first_bit, 2, 2),
    "lift": (tasks.lift, 1, tasks.FLOORS),
    "parity": (tasks.parity, 1, 2),
}  # what makes batches; inputs; classes
LSTM_UNITS = 10
MODELS = {"LSTM": 0, "minLSTM": 1, "minLSTM, two layers": 2}  # minLSTM layers
STARTS = tuple(itertools.product((1.0, 3.0), (0.02, 0.005, 0.002)))  # forget bias, rate
TUNING_SEEDS, SEEDS = (100, 101, 102), tuple(range(10))
TIME, LONGER, STEPS, BATCH, TESTED = 20, 80, 1000, 32, 256
SETTING = {
    "lstm_units": LSTM_UNITS,
    "starts": [list(start) for start in STARTS],
    "tuning_seeds": list(TUNING_SEEDS),
    "seeds": list(SEEDS),
    "time": [TIME, LONGER],
    "steps": STEPS,
    "batch_size": BATCH,
    "tested": TESTED,
    "dtype": "float32",
}


class LSTMLayer:
    """The book's LSTM over a sequence, and back."""

    def __init__(self, input_size: int, units: int, forget_bias: float, seed: int) -> None:
        self.cell = L.BasicLSTMCell(units, forget_bias, seed=seed)
        self.cell.build(input_size)
        self.weights = [self.cell.kernel, self.cell.bias]  # changed in place

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """Outputs of all steps."""
        self.inputs = inputs
        return L.dynamic_rnn(self.cell, inputs)[0]

    def back(self, d_outputs: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Gradients of the weights, and of the inputs."""
        grads = L.gradients(self.cell, self.inputs, d_outputs)
        return [grads.kernel, grads.bias], grads.inputs


class MinLSTMLayer:
    """A minLSTM over a sequence, and back."""

    def __init__(self, input_size: int, units: int, forget_bias: float, seed: int) -> None:
        bias = np.repeat(np.array([forget_bias, 0, 0], "float32"), units)
        self.weights = [glorot_uniform((input_size, 3 * units), "float32", seed), bias]

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """Outputs of all steps."""
        self.inputs, self.trace = inputs, min_lstm(inputs, *self.weights)
        return self.trace.c

    def back(self, d_outputs: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Gradients of the weights, and of the inputs."""
        d_kernel, d_bias, d_inputs, _ = min_lstm_back(
            d_outputs, self.inputs, self.weights[0], self.trace
        )
        return [d_kernel, d_bias], d_inputs


def num_weights(model: str, units: int, inputs: int) -> int:
    """Weights of all layers."""
    if model == "LSTM":
        return (inputs + units + 1) * 4 * units
    return sum((n + 1) * 3 * units for n in (inputs, units)[: MODELS[model]])


def units_of(model: str, inputs: int) -> int:
    """As many units as bring the model nearest to the weights of the LSTM."""
    wanted = num_weights("LSTM", LSTM_UNITS, inputs)
    return min(range(1, 1000), key=lambda units: abs(num_weights(model, units, inputs) - wanted))


def run(task: str, model: str, start: tuple[float, float], seed: int) -> list[float]:
    """Train one model once.

    Returns
    -------
    list of two floats
        The share of right answers at 20 steps and at 80.
    """
    make_batch, inputs, classes = TASKS[task]
    forget_bias, rate = start
    make, test = tasks.held_out(
        functools.partial(make_batch, TIME), TESTED, np.random.default_rng(10_000 + seed)
    )
    longer = make_batch(LONGER, TESTED, np.random.default_rng(20_000 + seed))
    units = units_of(model, inputs)
    sizes = [inputs] + [units] * max(1, MODELS[model])
    kind = LSTMLayer if model == "LSTM" else MinLSTMLayer
    layers = [kind(n, units, forget_bias, 100 * seed + k) for k, n in enumerate(sizes[:-1])]
    readout = [
        glorot_uniform((units, classes), "float32", 1000 + seed),
        np.zeros(classes, "float32"),
    ]
    weights = [*itertools.chain(*(layer.weights for layer in layers)), *readout]
    updates, rng = adam(rate), np.random.default_rng(seed)
    for _ in range(STEPS):
        batch = make(BATCH, rng).astype("float32")
        h = functools.reduce(lambda x, layer: layer.forward(x), layers, batch.inputs)
        _, d_y = softmax_cross_entropy(h @ readout[0] + readout[1], batch.targets)
        gradients = [np.tensordot(h, d_y, axes=([0, 1], [0, 1])), d_y.sum(axis=(0, 1))]
        d_h = d_y @ readout[0].T
        for layer in reversed(layers):
            of_layer, d_h = layer.back(d_h)
            gradients = of_layer + gradients
        named = {str(k): gradient for k, gradient in enumerate(gradients)}
        for k, change in updates(clip_by_global_norm(named, 1.0)).items():
            weights[int(k)] -= change

    def share(batch: tasks.Batch) -> float:
        h = functools.reduce(
            lambda x, layer: layer.forward(x), layers, batch.astype("float32").inputs
        )
        return round(share_right(h @ readout[0] + readout[1], batch.targets, None), 4)

    return [share(test), share(longer)]


FRAME: dict = {
    "what": "one entry a seed: share of right answers at each of the two times",
    "tuning": {task: {model: {} for model in MODELS} for task in TASKS},
    "start": {task: {} for task in TASKS},
    "runs": {task: {} for task in TASKS},
}


def go(record: dict, task: str, runs: Callable[..., list]) -> None:
    """Tune each model on a task, then run it; what is stored is not run again."""
    for model in MODELS:
        found = record["tuning"][task][model]
        for start in STARTS:
            if str(start) not in found:
                found[str(start)] = runs(task, model, start, TUNING_SEEDS)
        best = max(STARTS, key=lambda start: sum(at[0] for at in found[str(start)]))
        record["start"][task][model] = list(best)
        if model not in record["runs"][task]:
            record["runs"][task][model] = runs(task, model, best, SEEDS)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=TASKS, action="append", help="default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    record = stored(RESULTS, SETTING, FRAME)
    with ProcessPoolExecutor(arguments.jobs) as pool:

        def runs(task: str, model: str, start: tuple[float, float], seeds: tuple) -> list:
            begun = time.time()
            found = list(pool.map(functools.partial(run, task, model, start), seeds))
            seconds = record["how"]["seconds"] + time.time() - begun
            record["how"] = how("python -m experiments.parallel", seconds)
            print(task, model, start, found, flush=True)
            return found

        for task in arguments.task or TASKS:
            go(record, task, runs)
            RESULTS.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
