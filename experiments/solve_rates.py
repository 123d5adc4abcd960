"""How many runs learn a long-range dependency, by model and by gap.

Chapter 1 draws what this stores. Run it with ``make experiments``.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# Before NumPy is imported: one thread a process, and one process a core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lstm_lib import numpy_backend as L
from lstm_lib import tasks
from lstm_lib.training import fit, make_readout

RESULTS = Path(__file__).parent / "results" / "solve_rates.json"

MODELS = {
    "RNN": None,
    "LSTM, forget bias 0": 0.0,
    "LSTM, forget bias 1": 1.0,
    "LSTM, forget bias 3": 3.0,
}
GAPS = (2, 5, 10, 20, 40)
SEEDS = tuple(range(10))
SETTING = {"num_units": 32, "batch_size": 32, "learning_rate": 0.02, "steps": 600}


def make_cell(model: str, seed: int) -> L.Cell:
    """Return the untrained cell of one of `MODELS`, built for the vocabulary."""
    forget_bias = MODELS[model]
    if forget_bias is None:
        cell = L.BasicRNNCell(SETTING["num_units"], dtype="float64", seed=seed)
    else:
        cell = L.BasicLSTMCell(SETTING["num_units"], forget_bias, dtype="float64", seed=seed)
    cell.build(len(tasks.VOCABULARY))
    return cell


def run(model: str, gap: int, seed: int) -> int | None:
    """Train one model on one gap; return the step at which it was solved, or None."""
    cell = make_cell(model, seed)
    readout = make_readout(SETTING["num_units"], len(tasks.VOCABULARY), seed=1000 + seed)
    history = fit(
        cell,
        readout,
        functools.partial(tasks.long_sentences, gap),
        steps=SETTING["steps"],
        batch_size=SETTING["batch_size"],
        learning_rate=SETTING["learning_rate"],
        seed=seed,
        progress=False,
    )
    return history.solved_at


def main() -> None:
    """Run everything and store it with how it was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    jobs = parser.parse_args().jobs
    start = time.time()
    # The longest first, so that no core waits for the other at the end.
    cases = [(m, g, s) for g in reversed(GAPS) for m in MODELS for s in SEEDS]
    with ProcessPoolExecutor(jobs) as pool:
        results = []
        for case, solved_at in zip(cases, pool.map(run, *zip(*cases, strict=True)), strict=True):
            results.append((case, solved_at))
            print(f"{len(results)} of {len(cases)}:", *case, "solved at", solved_at, flush=True)
    solved_at = {
        model: {
            str(gap): [at for (m, g, _), at in results if (m, g) == (model, gap)] for gap in GAPS
        }
        for model in MODELS
    }
    how = {
        "command": "make experiments",
        "seconds": round(time.time() - start),
        "jobs": jobs,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "date": time.strftime("%Y-%m-%d"),
    }
    record = {
        "what": "step at which 256 fresh sentences were all right, or null; one entry a seed",
        "how": how,
        "setting": SETTING,
        "seeds": SEEDS,
        "solved_at": solved_at,
    }
    RESULTS.write_text(json.dumps(record, indent=1) + "\n")
    print(f"stored in {RESULTS.name} after {how['seconds']} s")


if __name__ == "__main__":
    sys.exit(main())
