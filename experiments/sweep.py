"""How many runs learn a long-range dependency, by model and by distance.

Chapter 1 draws what this stores. ``make experiments`` runs all of it; one task is run by
``python experiments/sweep.py --task flights --jobs 2``.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

# Before NumPy is imported: one thread a process, and one process a core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lstm_lib import numpy_backend as L
from lstm_lib import tasks
from lstm_lib.training import fit, make_readout

RESULTS = Path(__file__).parent / "results"

MODELS = {
    "RNN": None,
    "LSTM, forget bias 0": 0.0,
    "LSTM, forget bias 1": 1.0,
    "LSTM, forget bias 3": 3.0,
}
SEEDS = tuple(range(10))
SETTING = {"num_units": 32, "batch_size": 32, "learning_rate": 0.02, "steps": 600}


class Task(NamedTuple):
    """What is swept: batches at each distance between clue and answer."""

    make_batch: Callable[[int, int, np.random.Generator], tasks.Batch]
    distances: tuple[int, ...]
    input_size: int
    num_outputs: int


TASKS = {
    "sentences": Task(
        tasks.long_sentences, (2, 5, 10, 20, 40), len(tasks.VOCABULARY), len(tasks.VOCABULARY)
    ),
    "flights": Task(
        tasks.flights, (3, 10, 20, 40), tasks.FRAME_ROWS * tasks.FRAME_COLUMNS, tasks.FRAME_ROWS
    ),
}


def run(task_name: str, model: str, distance: int, seed: int) -> int | None:
    """Train one model once; return the update after which it was solved, or None."""
    task, forget_bias, num_units = TASKS[task_name], MODELS[model], SETTING["num_units"]
    if forget_bias is None:
        cell = L.BasicRNNCell(num_units, dtype="float64", seed=seed)
    else:
        cell = L.BasicLSTMCell(num_units, forget_bias, dtype="float64", seed=seed)
    cell.build(task.input_size)
    history = fit(
        cell,
        make_readout(cell, task.num_outputs, seed=1000 + seed),
        functools.partial(task.make_batch, distance),
        steps=SETTING["steps"],
        batch_size=SETTING["batch_size"],
        learning_rate=SETTING["learning_rate"],
        seed=seed,
        progress=False,
    )
    return history.solved_at


def sweep(task_name: str, jobs: int) -> None:
    """Run every model, distance and seed; store the results with how they were made."""
    start = time.time()
    distances = TASKS[task_name].distances
    # The longest first, so that no core waits for the other at the end.
    cases = [(task_name, m, d, s) for d in reversed(distances) for m in MODELS for s in SEEDS]
    results = {}
    with ProcessPoolExecutor(jobs) as pool:
        for case, solved_at in zip(cases, pool.map(run, *zip(*cases, strict=True)), strict=True):
            results[case] = solved_at
            print(f"{len(results)} of {len(cases)}:", *case, "solved at", solved_at, flush=True)
    record = {
        "what": "update after which 256 fresh sequences were all right, or null; one entry a seed",
        "how": {
            "command": f"python experiments/sweep.py --task {task_name} --jobs {jobs}",
            "seconds": round(time.time() - start),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "machine": platform.machine(),
            "date": time.strftime("%Y-%m-%d"),
        },
        "setting": SETTING,
        "seeds": SEEDS,
        "solved_at": {
            model: {
                str(distance): [results[task_name, model, distance, seed] for seed in SEEDS]
                for distance in distances
            }
            for model in MODELS
        },
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{task_name}.json").write_text(json.dumps(record, indent=1) + "\n")
    print(f"stored {task_name}.json after {record['how']['seconds']} s")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=TASKS, action="append", help="default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    for task_name in arguments.task or TASKS:
        sweep(task_name, arguments.jobs)


if __name__ == "__main__":
    sys.exit(main())
