"""Broken trainings and their curves: what each fault looks like from outside.

Three tasks with a known best loss, one right training of each, ten faults (the rate is wrong in
two ways), and five more that the guide of the chapter on training was not written for. Each is
trained with ten seeds, and leaves curves; the chapter computes fingerprints from them and
names the fault. Bounds were chosen by looking at the tuning seeds alone.

Run all of it by ``python -m experiments.broken``, a part by ``--fault "state leaked"``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

# Before NumPy is imported: one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from experiments.record import how, stored
from lstm_lib import numpy_backend as L
from lstm_lib import tasks
from lstm_lib.training import adam, make_readout, softmax_cross_entropy, squared_error
from lstm_lib.training.optimisers import clipped_and_norm

Array = np.ndarray

RESULTS = Path(__file__).parent / "results" / "broken.json"
TUNING_SEEDS, SEEDS = (100, 101, 102), tuple(range(10))
UNITS, BATCH, STEPS, THINNED = 16, 32, 300, 5
FORGET_BIAS, MAX_NORM = 3.0, 1.0
WORDS = len(tasks.VOCABULARY)
GAPS = (5, 6, 7, 8, 9)
POOL, VALIDATED = 2000, 200  # sentences to train on, and others
CHUNK, PIECES = 20, 10
# The series swings: a second-order recurrence, x_t = a x_{t-1} - r^2 x_{t-2} + noise.
R, A = 0.95, 2 * 0.95 * math.cos(2 * math.pi / 8)
SHIFT = 1.0  # by how many standard deviations the level is higher in the test


class Plan(NamedTuple):
    """A training; each default is how it is done right."""

    task: str = "words"
    rate: float | None = None  # None: that of the task
    max_norm: float | None = MAX_NORM  # None: nothing is clipped
    kernel: float = 1.0  # the whole kernel at the start, times this
    recurrent: float = 1.0  # what leads from h to the candidates at the start, times this
    leaks: bool = False  # each batch goes on from the last state of the one before
    cut: bool = True  # no gradient goes back before the chunk
    reads_padding: bool = False  # the last output is taken from the end of the array
    shift: int = 1  # the target is the word so many places later
    averages: bool = False  # gradients of the steps averaged, not summed
    scaled_on_all: bool = False
    shuffles: bool = False  # the steps of each sequence in a random order
    frozen: bool = False  # the cell's weights are never changed
    softmax_twice: bool = False
    wrong_labels: float = 0.0
    sorts: bool = False  # the sentences come ordered by country
    drops_in_validation: bool = False


RIGHT = {
    "right: words": Plan(),
    "right: language": Plan("language"),
    "right: series": Plan("series"),
}
FAULTS = {
    "state leaked": Plan(leaks=True),
    "missing cut": Plan("series", cut=False),
    "output from padding": Plan("language", reads_padding=True),
    "targets off by one": Plan(shift=0),
    "mean for sum": Plan(averages=True),
    "rate too high": Plan(rate=3.0),
    "rate too low": Plan(rate=1e-4),
    "saturated gates": Plan(kernel=30.0),
    "exploding gradient": Plan("series", recurrent=40.0, max_norm=None),
    "scaled on test data": Plan("series", scaled_on_all=True),
    "shuffled time": Plan("series", shuffles=True),
}
# The guide was not written for these.
FURTHER = {
    "cell never updated": Plan(frozen=True),
    "softmax twice": Plan(softmax_twice=True),
    "a quarter of the labels wrong": Plan(wrong_labels=0.25),
    "data sorted by class": Plan("language", sorts=True),
    "dropout in validation": Plan(drops_in_validation=True),
}
KINDS = {"right": RIGHT, "faults": FAULTS, "further": FURTHER}
PLANS = RIGHT | FAULTS | FURTHER
TRIALS = ("reordered", "padded", "shuffled")
RATES = {"words": 0.01, "language": 0.005, "series": 0.01}

SETTING = {
    "plans": {name: plan._asdict() for name, plan in PLANS.items()},
    "units": UNITS,
    "forget_bias": FORGET_BIAS,
    "rates": RATES,
    "batch_size": BATCH,
    "steps": STEPS,
    "pieces": PIECES,
    "pool": POOL,
    "tuning_seeds": list(TUNING_SEEDS),
    "seeds": list(SEEDS),
}


class Data(NamedTuple):
    """Sequences of one length with padding behind their ends."""

    inputs: Array
    targets: Array
    lengths: Array


class Task(NamedTuple):
    """What a training is given: batches for each update, and others to try."""

    updates: list[list[Data]]  # rounds; a round's batches follow each other in time
    validation: list[Data]
    best: float  # the least loss there can be
    expected: float  # of a model that knows nothing
    outputs: int


def sentences(count: int, rng: np.random.Generator) -> list[list[str]]:
    """Sentences with gaps of several lengths."""
    return [tasks.long_sentence(int(rng.choice(GAPS)), rng) for _ in range(count)]


def as_words(spoken: list[list[str]], plan: Plan, rng: np.random.Generator) -> Data:
    """One-hot words and what should be answered, padded."""
    pieces = []
    for sentence in spoken:
        batch = tasks.encode([sentence])
        if plan.shift == 0:
            batch = batch._replace(targets=batch.inputs.argmax(axis=2))
        pieces.append(tasks.last_word(batch) if plan.task == "language" else batch)
    data = Data(*tasks.padded(pieces))
    asked = data.targets != tasks.IGNORE
    wrong = asked & (rng.random(asked.shape) < plan.wrong_labels)
    others = rng.integers(WORDS, size=asked.shape)
    return data._replace(targets=np.where(wrong, others, data.targets))


def rows_of(data: Data, rows: Array) -> Data:
    """Some of the sequences, padded to the longest of them."""
    inputs, targets, lengths = (each[rows] for each in data)
    return Data(inputs[:, : lengths.max()], targets[:, : lengths.max()], lengths)


def words_task(plan: Plan, seed: int) -> Task:
    """The sentences of chapter 1: every next word, or the last one."""
    rng = np.random.default_rng(seed)
    drawn = list(dict.fromkeys(map(tuple, sentences(POOL + VALIDATED, rng))))
    spoken = sorted(drawn[VALIDATED:], key=lambda each: each[4])  # by country
    pool = as_words(spoken, plan, rng)
    rows = np.resize(rng.permutation(len(spoken)), STEPS * BATCH)
    if plan.sorts:
        rows.sort()
    updates = [rows_of(pool, each) for each in np.split(rows, STEPS)]
    kept = as_words(drawn[:VALIDATED], plan._replace(wrong_labels=0.0), rng)
    order = np.arange(VALIDATED // BATCH * BATCH).reshape(-1, BATCH)
    validation = [rows_of(kept, each) for each in order]
    gap = float(np.mean(GAPS))
    # One of 4 countries, of 8 verbs for each word between, and where the verbs end.
    total = math.log(4) + (gap - 2) * math.log(8) + math.log(len(GAPS))
    best = total / (gap + 5) if plan.task == "words" else 0.0
    return Task([[each] for each in updates], validation, best, math.log(WORDS), WORDS)


def series_task(plan: Plan, seed: int) -> Task:
    """A swinging series: the next number, in chunks that follow each other."""
    rng = np.random.default_rng(seed)
    train, time = PIECES * CHUNK, PIECES * CHUNK + 2 * VALIDATED
    x = np.zeros((BATCH, 100 + time + 1))
    for t in range(2, x.shape[1]):
        x[:, t] = A * x[:, t - 1] - R**2 * x[:, t - 2] + rng.normal(size=BATCH)
    x = x[:, 100:]
    x[:, train + VALIDATED :] += SHIFT * x.std()
    known = x if plan.scaled_on_all else x[:, :train]
    x = (x - known.mean()) / known.std()
    inputs, targets = x[:, :-1, None], x[:, 1:, None]

    def part(first: int, last: int) -> tuple[Array, Array]:
        order = np.arange(first, last)
        if plan.shuffles:
            rng.shuffle(order)
        return inputs[:, order], targets[:, order]

    def data(inputs: Array, targets: Array) -> Data:
        return Data(inputs, targets, np.full(BATCH, inputs.shape[1]))

    pieces = [np.split(each, PIECES, axis=1) for each in part(0, train)]
    once = [data(*pair) for pair in zip(*pieces, strict=True)]
    ratio = A / (1 + R**2)
    best = (1 - ratio**2) * (1 - R**4)  # the noise, as a share of the variance
    validation = [data(*part(train, train + VALIDATED))]
    return Task([once] * (STEPS // PIECES), validation, best, 1.0, 1)


def train(plan: Plan, seed: int) -> dict[str, Any]:
    """Train once, and return the curves."""
    task = (series_task if plan.task == "series" else words_task)(plan, seed)
    first = task.updates[0][0].inputs
    cell = L.BasicLSTMCell(UNITS, FORGET_BIAS, dtype="float64", seed=seed)
    cell.build(first.shape[2])
    kernel = cell.kernel * plan.kernel
    kernel[first.shape[2] :, UNITS : 2 * UNITS] *= plan.recurrent
    cell.kernel = kernel
    readout = make_readout(cell, task.outputs, seed=1000 + seed)
    rate = RATES[plan.task] if plan.rate is None else plan.rate
    updates = adam(rate)
    measure = squared_error if plan.task == "series" else softmax_cross_entropy

    def loss_of(h: Array, data: Data) -> tuple[float, Array]:
        if plan.reads_padding:
            targets = np.full_like(data.targets, tasks.IGNORE)
            targets[:, -1] = data.targets.max(axis=1)  # the one that is asked for
            data = data._replace(targets=targets)
        y = h @ readout.kernel + readout.bias
        if not plan.softmax_twice:
            return measure(y, data.targets)
        p = np.exp(y - y.max(axis=2, keepdims=True))
        p /= p.sum(axis=2, keepdims=True)
        value, d_p = measure(p, data.targets)
        return value, p * (d_p - np.sum(d_p * p, axis=2, keepdims=True))

    def lengths(data: Data) -> Array | None:
        return None if plan.reads_padding else data.lengths

    def tried(batches: list[Data], state: Any, drops: np.random.Generator) -> float:
        total = 0.0
        for data in batches:
            inputs = data.inputs
            if plan.drops_in_validation:
                inputs = inputs * (drops.random(inputs.shape[::2])[:, None] < 0.8) / 0.8
            h, final = L.dynamic_rnn(cell, inputs, state, lengths(data))
            total += loss_of(h, data)[0]
            state = final if plan.leaks else None
        return total / len(batches)

    curves: dict[str, Any] = {
        name: []
        for name in ("loss", "norm", "fall", "back", "tried", "reordered", "padded", "shuffled")
    }
    drops = np.random.default_rng(seed)
    shuffling = np.random.default_rng(30_000 + seed)
    state, step = None, 0
    for following in task.updates:
        past: list[Data] = []
        if not plan.leaks:
            state = None
        for data in following:
            whole = data
            if not plan.cut:
                past.append(data)
                whole, state = joined(past), None
            h, final, back = L.forward(cell, whole.inputs, state, lengths(whole))
            new = h[:, -data.inputs.shape[1] :]
            value, d_y = loss_of(new, data)
            d_h = np.zeros_like(h)
            d_h[:, -new.shape[1] :] = d_y @ readout.kernel.T
            through = back(d_h)
            gradients = {
                "kernel": through.kernel,
                "bias": through.bias,
                "readout_kernel": np.tensordot(new, d_y, axes=([0, 1], [0, 1])),
                "readout_bias": d_y.sum(axis=(0, 1)),
            }
            if plan.averages:
                gradients = {name: g / new.shape[1] for name, g in gradients.items()}
            if step == 0:
                curves["stuck"] = stuck(cell, data)
            clipped, norm = clipped_and_norm(gradients, plan.max_norm or math.inf)
            changes = updates(clipped)
            predicted = sum(float(np.vdot(gradients[n], changes[n])) for n in gradients)
            if not plan.frozen:
                cell.kernel = cell.kernel - changes["kernel"]
                cell.bias = cell.bias - changes["bias"]
            readout.kernel[...] -= changes["readout_kernel"]
            readout.bias[...] -= changes["readout_bias"]
            if step % THINNED == 0:
                after, _ = L.dynamic_rnn(cell, whole.inputs, state, lengths(whole))
                fall = value - loss_of(after[:, -new.shape[1] :], data)[0]
                curves["fall"].append(fall / predicted)
            curves["loss"].append(value)
            curves["norm"].append(norm)
            curves["back"].append(whole.inputs.shape[1])
            state, step = final, step + 1
            if step % (STEPS // 6) == 0:
                start = state if plan.leaks else None
                trials = {
                    "tried": task.validation,
                    "reordered": [upside_down(each) for each in reversed(task.validation)],
                    "padded": [longer(each) for each in task.validation],
                    "shuffled": [in_disorder(each, shuffling) for each in task.validation],
                }
                for name, batches in trials.items():
                    curves[name].append(tried(batches, start, drops))
    seen = np.concatenate([each.inputs.ravel() for each in task.updates[0]])
    scaled = [seen.mean(), seen.std()] if plan.task == "series" else None
    first = curves["loss"][0]
    return {
        "best": digits(task.best),
        "expected": digits(task.expected),
        "first": digits(first),
        "loss": digits(thinned(curves["loss"], np.mean)),
        "norm": digits(thinned(curves["norm"], np.max)),
        "fall": digits(curves["fall"]),
        "back": [curves["back"][0], curves["back"][-1]],
        "tried": digits(curves["tried"]),
        **{name: differences(curves[name], curves["tried"]) for name in TRIALS},
        "stuck": digits(curves["stuck"]),
        "inputs": digits(scaled),
    }


def thinned(values: list[float], way: Callable[[Array], Array]) -> list[float]:
    """One number for so many updates."""
    return way(np.reshape(values, (-1, THINNED)), axis=1).tolist()


def differences(values: list[float], from_these: list[float]) -> list[float]:
    """What a changed trial differs by; below 1e-9 it is rounding, and counts as nothing."""
    found = np.subtract(values, from_these)
    return digits(np.where(np.abs(found) < 1e-9, 0.0, found).tolist())


def joined(past: list[Data]) -> Data:
    """Chunks that follow each other as one."""
    inputs = np.concatenate([each.inputs for each in past], axis=1)
    targets = np.concatenate([each.targets for each in past], axis=1)
    return Data(inputs, targets, sum(each.lengths for each in past))


def stuck(cell: L.BasicLSTMCell, data: Data) -> float:
    """The share of gate values below .01 or above .99, on one batch."""
    state, found = cell.zero_state(len(data.inputs)), []
    for t in range(data.lengths.min()):
        trace = cell.trace(data.inputs[:, t], state)
        state = L.LSTMStateTuple(trace.c, trace.h)
        found += [trace.i, trace.f, trace.o]
    gates = np.array(found)
    return float(np.mean((gates < 0.01) | (gates > 0.99)))


def upside_down(data: Data) -> Data:
    """The same sequences, the last one first."""
    return Data(*(each[::-1] for each in data))


def longer(data: Data) -> Data:
    """The same sequences with more padding."""
    asks_nothing = np.nan if data.targets.dtype.kind == "f" else tasks.IGNORE
    width = ((0, 0), (0, 10), *((0, 0),) * (data.targets.ndim - 2))
    return Data(
        np.pad(data.inputs, ((0, 0), (0, 10), (0, 0))),
        np.pad(data.targets, width, constant_values=asks_nothing),
        data.lengths,
    )


def in_disorder(data: Data, rng: np.random.Generator) -> Data:
    """The same steps of each sequence, each with its target, in a random order."""
    inputs, targets = data.inputs.copy(), data.targets.copy()
    for row, length in enumerate(data.lengths):
        order = rng.permutation(length)
        inputs[row, :length] = inputs[row, order]
        targets[row, :length] = targets[row, order]
    return Data(inputs, targets, data.lengths)


def digits(values: Any) -> Any:
    """Three significant digits, which is what a curve shows."""
    if values is None or isinstance(values, list):
        return values and [digits(each) for each in values]
    return float(f"{values:.3g}") if abs(values) > 1e-9 else 0.0


FRAME = {
    "what": "curves of one training a seed; loss, norm and fall: a number for five updates",
    "tuning": {},
    "runs": {kind: {} for kind in KINDS},
}


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fault", choices=PLANS, action="append", help="default: all")
    arguments = parser.parse_args()
    record = stored(RESULTS, SETTING, FRAME)
    for kind, name in ((kind, name) for kind, plans in KINDS.items() for name in plans):
        if arguments.fault and name not in arguments.fault:
            continue
        begun = time.time()
        if kind != "further":
            fill(record["tuning"], name, TUNING_SEEDS)
        fill(record["runs"][kind], name, SEEDS)
        seconds = record["how"]["seconds"] + time.time() - begun
        record["how"] = how("python -m experiments.broken", seconds)
        RESULTS.write_text(as_text(record))
        print(name, round(time.time() - begun), "s", flush=True)


def fill(found: dict[str, Any], name: str, seeds: tuple[int, ...]) -> None:
    """Train what is not stored yet."""
    if name not in found:
        found[name] = [train(PLANS[name], seed) for seed in seeds]


def as_text(record: dict[str, Any]) -> str:
    """As JSON, a curve to a line."""
    text = json.dumps(record, indent=1)
    return re.sub(r"\[[-\d.,e\s+]*\]", lambda found: " ".join(found[0].split()), text) + "\n"


if __name__ == "__main__":
    sys.exit(main())
