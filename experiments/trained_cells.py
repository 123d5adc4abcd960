"""LSTM cells trained on sentences with a gap of 20 words, kept for chapter 1.

Where training ends depends on the last digits of every step, which differ between
processors. What the chapter says of trained cells it therefore says of these, whose
weights are stored. ``make experiments`` trains them again.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lstm_lib import numpy_backend as L
from lstm_lib import tasks
from lstm_lib.training import Readout, fit, make_readout

RESULTS = Path(__file__).parent / "results" / "trained_cells.npz"
GAP, NUM_UNITS, FORGET_BIAS, SEEDS = 20, 32, 5.0, range(5)


def untrained(seed: int) -> L.BasicLSTMCell:
    """Return the cell that training starts from."""
    cell = L.BasicLSTMCell(NUM_UNITS, FORGET_BIAS, dtype="float64", seed=seed)
    cell.build(len(tasks.VOCABULARY))
    return cell


def train(seed: int) -> tuple[L.BasicLSTMCell, Readout]:
    """Train one cell until it answers 256 fresh sentences.

    Raises
    ------
    RuntimeError
        If it does not within 400 updates.
    """
    cell = untrained(seed)
    readout = make_readout(cell, len(tasks.VOCABULARY), seed=1000 + seed)
    history = fit(
        cell,
        readout,
        functools.partial(tasks.long_sentences, GAP),
        steps=400,
        learning_rate=0.02,
        seed=seed,
        progress=False,
    )
    if history.solved_at is None:
        raise RuntimeError(
            f"seed {seed}: expected all right in 400 updates, given {history.accuracy[-1]}"
        )
    print(f"seed {seed}: solved at {history.solved_at}", flush=True)
    return cell, readout


def load() -> list[tuple[L.BasicLSTMCell, Readout]]:
    """Return the stored cells with their readouts."""
    result = []
    with np.load(RESULTS) as stored:
        for seed in SEEDS:
            cell = untrained(seed)
            cell.kernel, cell.bias, *readout = (
                stored[f"{name}_{seed}"].astype("float64")
                for name in ("kernel", "bias", "readout_kernel", "readout_bias")
            )
            result.append((cell, Readout(*readout)))
    return result


def main() -> None:
    """Train all cells and store their weights, rounded to float32."""
    arrays = {}
    for seed in SEEDS:
        cell, readout = train(seed)
        arrays |= {
            f"kernel_{seed}": cell.kernel,
            f"bias_{seed}": cell.bias,
            f"readout_kernel_{seed}": readout.kernel,
            f"readout_bias_{seed}": readout.bias,
        }
    np.savez_compressed(RESULTS, **{name: a.astype("float32") for name, a in arrays.items()})
    print(f"stored {RESULTS.name}")


if __name__ == "__main__":
    main()
