"""An LSTM layer and causal attention, whole sequences and one more step: ``make bench``.

Both have 64 units, run forward on NumPy, on one thread, one sequence at a time. What is stored is
how much longer attention takes, and how many numbers each has to keep.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from benchmarks.speed import CONDITIONS, RESULTS, how, in_a_process, interleaved, store
from lstm_lib import numpy_backend as L
from lstm_lib.today import attention

LENGTHS = (10, 30, 100, 300, 1_000, 3_000, 10_000)
UNITS = 64


def next_output(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, keys: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Attention of one more step, (units,), over keys and values that are kept, its own last.

    Its own key and value are written into the last rows.
    """
    q, keys[-1], values[-1] = np.split(x @ kernel + bias, 3)
    scores = keys @ q / np.sqrt(np.float32(len(q)))
    weights = np.exp(scores - scores.max())
    return weights @ values / weights.sum()


def numbers_kept(length: int, units: int) -> dict[str, int]:
    """What the next step needs of so many steps before it: c and h; all keys and values."""
    return {"LSTM": 2 * units, "attention": 2 * length * units}


def calls(length: int, units: int) -> dict:
    """Both layers over a whole sequence, and one step behind it."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(1, length, units)).astype("float32")
    cell = L.BasicLSTMCell(units, seed=0)
    _, state = L.dynamic_rnn(cell, inputs[:, :-1])
    kernel = (rng.normal(size=(units, 3 * units)) / np.sqrt(units)).astype("float32")
    bias = np.zeros(3 * units, "float32")
    _, keys, values = np.split(inputs[0] @ kernel + bias, 3, axis=1)
    keys, values = keys.copy(), values.copy()
    return {
        "LSTM": lambda: L.dynamic_rnn(cell, inputs)[0],
        "attention": lambda: attention(inputs, kernel, bias),
        "LSTM, one step": lambda: cell(inputs[:, -1], state)[0],
        "attention, one step": lambda: next_output(inputs[0, -1], kernel, bias, keys, values),
    }


def point(length: int, seconds: float = 3.0) -> dict:
    """How much longer attention takes, for all steps and for one more; what each keeps."""
    times = interleaved(calls(length, UNITS), seconds)
    # The shortest: whatever else the machine does only adds to a time.
    best = {name: min(found) for name, found in times.items()}
    return {
        "length": length,
        "sequence": float(f"{best['attention'] / best['LSTM']:.3g}"),
        "step": float(f"{best['attention, one step'] / best['LSTM, one step']:.3g}"),
        "kept": numbers_kept(length, UNITS),
    }


def main() -> None:
    """Measure all lengths, print and store them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--point", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=RESULTS / "attention.json")
    options = parser.parse_args()
    if options.point:
        print(json.dumps(point(options.point)))
        return
    found = []
    for length in LENGTHS:
        found.append(in_a_process(CONDITIONS[0], "benchmarks.attention", "--point", length))
        print(json.dumps(found[-1]), flush=True)
    store({"how": how(), "units": UNITS, "points": found}, options.out)


if __name__ == "__main__":
    main()
