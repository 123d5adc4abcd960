"""What each step of a training recipe is worth, measured on the sentences of chapter 1.

One small LSTM, one change at a time: the rate, the norm at which gradients are clipped, the
forget bias, the batch size, and where something is dropped. The chapter on training reads what
this stores. Run all of it by ``python -m experiments.recipe``, a part by ``--part rate``.
"""

from __future__ import annotations

import argparse
import functools
import json
import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Before NumPy is imported: one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from experiments.record import how, stored
from lstm_lib import numpy_backend as L
from lstm_lib import tasks
from lstm_lib.numpy_backend.step import lstm_step_back
from lstm_lib.training import (
    Readout,
    accuracy,
    adam,
    clip_by_global_norm,
    fit,
    make_readout,
    predict,
    softmax_cross_entropy,
)

Array = np.ndarray

RESULTS = Path(__file__).parent / "results" / "recipe.json"
SEEDS = tuple(range(5))
UNITS, WORDS, HELD_OUT, POOL = 16, len(tasks.VOCABULARY), 200, 4000
SPOKEN_GAP, LONG_GAP = 6, 20  # of the sentences spoken whole; of those asked for the last word
RATES = (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SIZES, SENTENCES, SIZE_RATES = (2, 8, 32, 128), 3200, (0.003, 0.01, 0.03, 0.1, 0.3)
BIASES, NORMS, UPDATES = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0), (0.01, 0.1, 1.0, 10.0), 400
FEW, KEPT, DROP_UPDATES = 100, 0.75, 400
SETTING = {
    "units": UNITS,
    "gaps": [SPOKEN_GAP, LONG_GAP],
    "seeds": list(SEEDS),
    "rates": list(RATES),
    "sizes": list(SIZES),
    "sentences": SENTENCES,
    "size_rates": list(SIZE_RATES),
    "biases": list(BIASES),
    "norms": list(NORMS),
    "updates": UPDATES,
    "few": FEW,
    "kept": KEPT,
    "drop_updates": DROP_UPDATES,
}


def spoken(seed: int) -> tuple[tasks.Batch, tasks.Batch]:
    """Whole sentences to train on, and others to try."""
    rng = np.random.default_rng(seed)
    drawn = {tuple(tasks.long_sentence(SPOKEN_GAP, rng)): None for _ in range(POOL + HELD_OUT)}
    batch = tasks.encode([list(each) for each in drawn]).astype("float32")
    return tasks.Batch(*(x[HELD_OUT:] for x in batch)), tasks.Batch(*(x[:HELD_OUT] for x in batch))


def model(forget_bias: float, seed: int, dtype: str = "float32") -> tuple[L.BasicLSTMCell, Readout]:
    """A cell and its readout."""
    cell = L.BasicLSTMCell(UNITS, forget_bias, dtype=dtype, seed=seed)
    cell.build(WORDS)
    return cell, make_readout(cell, WORDS, seed=1000 + seed)


def speaks(rate: float, seed: int, *, size: int = 32, updates: int = 150) -> float:
    """Train a language model; the loss on sentences that were held out."""
    data, test = spoken(seed)
    cell, readout = model(3.0, seed)
    fit(
        cell,
        readout,
        data,
        steps=updates,
        batch_size=size,
        learning_rate=rate,
        seed=seed,
        progress=False,
    )
    return round(softmax_cross_entropy(predict(cell, readout, test.inputs), test.targets)[0], 4)


def remembers(forget_bias: float, max_norm: float, seed: int) -> list:
    """Ask for the last word, at a gap of 20: solved at which update, the share right."""
    make, test = tasks.held_out(
        functools.partial(tasks.long_sentences, LONG_GAP),
        HELD_OUT,
        np.random.default_rng(10_000 + seed),
    )
    test = test.astype("float32")
    cell, readout = model(forget_bias, seed)
    history = fit(
        cell,
        readout,
        lambda batch_size, rng: make(batch_size, rng).astype("float32"),
        steps=UPDATES,
        learning_rate=0.01,
        max_norm=max_norm,
        validation=test,
        evaluate_every=20,
        seed=seed,
        progress=False,
    )
    return [history.solved_at, round(accuracy(cell, readout, test), 4)]


def no_mask(shape: tuple[int, ...], rng: np.random.Generator) -> float:
    """Nothing is dropped."""
    return 1.0


def mask(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Zero for what is dropped, one over the probability for what is kept."""
    return (rng.random(shape) < KEPT) / KEPT


DROPPED = {
    "nothing": {},
    "inputs": {"x": "sequence"},
    "outputs": {"y": "sequence"},
    "h, one mask": {"h": "sequence"},
    "h, a mask a step": {"h": "step"},
    "c, a mask a step": {"c": "step"},
}


def drops(where: dict[str, str], seed: int) -> list[float]:
    """Train on few sentences with dropout; the least loss on others, and the loss at the end."""
    data, test = spoken(seed)
    data = tasks.Batch(*(x[:FEW].astype(x.dtype) for x in data)).astype("float64")
    test = test.astype("float64")
    cell, readout = model(3.0, seed, "float64")
    updates, rng, losses = adam(0.01), np.random.default_rng(seed), []
    for update in range(1, DROP_UPDATES + 1):
        rows = rng.choice(FEW, 32, replace=False)
        _, gradients = gradients_with_dropout(
            cell, readout, data.inputs[rows], data.targets[rows], where, rng
        )
        changes = updates(clip_by_global_norm(gradients, 1.0))
        cell.kernel, cell.bias = cell.kernel - changes["kernel"], cell.bias - changes["bias"]
        readout.kernel[...] -= changes["readout_kernel"]
        readout.bias[...] -= changes["readout_bias"]
        if update % 20 == 0:
            y = predict(cell, readout, test.inputs)
            losses.append(round(softmax_cross_entropy(y, test.targets)[0], 4))
    return losses


def gradients_with_dropout(
    cell: L.BasicLSTMCell,
    readout: Readout,
    inputs: Array,
    targets: Array,
    where: dict[str, str],
    rng: np.random.Generator,
) -> tuple[float, dict[str, Array]]:
    """Loss and gradients, step by step, with a mask on x, on h, on c or on the output."""
    batch, time, _ = inputs.shape
    sizes = {"x": inputs.shape[2], "h": UNITS, "c": UNITS, "y": UNITS}

    def draw(name: str) -> list:
        if where.get(name) == "step":
            return [mask((batch, sizes[name]), rng) for _ in range(time)]
        once = mask if name in where else no_mask
        return [once((batch, sizes[name]), rng)] * time

    masks = {name: draw(name) for name in sizes}
    c, h = np.zeros((2, batch, UNITS))
    given, traces, outputs = [], [], []
    for t in range(time):
        given.append((inputs[:, t] * masks["x"][t], c * masks["c"][t], h * masks["h"][t]))
        x, c_in, h_in = given[-1]
        traces.append(cell.trace(x, L.LSTMStateTuple(c_in, h_in)))
        c, h = traces[-1].c, traces[-1].h
        outputs.append(h * masks["y"][t])
    read = np.stack(outputs, axis=1)
    loss, d_y = softmax_cross_entropy(read @ readout.kernel + readout.bias, targets)
    d_read = d_y @ readout.kernel.T
    d_c, d_h = np.zeros((2, batch, UNITS))
    d_kernel, d_bias = np.zeros_like(cell.kernel), np.zeros_like(cell.bias)
    for t in reversed(range(time)):
        d_h = d_h + d_read[:, t] * masks["y"][t]
        x, c_in, h_in = given[t]
        back = lstm_step_back(d_c, d_h, x, c_in, h_in, traces[t], cell.kernel)
        d_kernel += back.kernel
        d_bias += back.bias
        d_c = back.initial_state.c * masks["c"][t]
        d_h = back.initial_state.h * masks["h"][t]
    return loss, {
        "kernel": d_kernel,
        "bias": d_bias,
        "readout_kernel": np.tensordot(read, d_y, axes=([0, 1], [0, 1])),
        "readout_bias": d_y.sum(axis=(0, 1)),
    }


def sizes() -> dict:
    """The loss by batch size and rate, after as many sentences."""
    return {
        str(size): {
            str(rate): [speaks(rate, s, size=size, updates=SENTENCES // size) for s in SEEDS[:3]]
            for rate in SIZE_RATES
        }
        for size in SIZES
    }


PARTS: dict[str, Callable[[], dict]] = {
    "rate": lambda: {str(rate): [speaks(rate, s) for s in SEEDS] for rate in RATES},
    "bias": lambda: {
        str(b): [remembers(b, 1.0, s) for s in (*SEEDS, *(5 + k for k in SEEDS))] for b in BIASES
    },
    "norm": lambda: {str(n): [remembers(4.0, n, s) for s in SEEDS] for n in (*NORMS, math.inf)},
    "drop": lambda: {name: [drops(where, s) for s in SEEDS] for name, where in DROPPED.items()},
    "size": sizes,
}


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=PARTS, action="append", help="default: all")
    arguments = parser.parse_args()
    record = stored(RESULTS, SETTING, {"runs": {}})
    for part in arguments.part or PARTS:
        if part in record["runs"]:
            continue
        begun = time.time()
        record["runs"][part] = PARTS[part]()
        seconds = record["how"]["seconds"] + time.time() - begun
        record["how"] = how("python -m experiments.recipe", seconds)
        RESULTS.write_text(json.dumps(record, indent=1) + "\n")
        print(part, round(time.time() - begun), record["runs"][part], flush=True)


if __name__ == "__main__":
    sys.exit(main())
