"""How many runs learn a long-range dependency, by model and by distance, tuned alike.

Two sides, the plain RNN and the LSTM, are tuned with the same budget: three ways to start
(the recurrent kernel; the forget bias) times three learning rates, each on three seeds and
at one distance. Nothing of that is reported but the choice: each start keeps its best rate.
Then ten other seeds are run, at distances that go on until a model fails in all of them.

Chapter 1 draws what this stores. ``make experiments`` runs all of it; one task is run by
``python experiments/sweep.py --task flights --jobs 2``, and gone on with by ``--resume``.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

# Before NumPy is imported: one thread a process, and one process a core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lstm_lib import numpy_backend as L
from lstm_lib import tasks
from lstm_lib.training import accuracy, fit, make_readout

RESULTS = Path(__file__).parent / "results"


def orthogonal(units: int, seed: int) -> np.ndarray:
    """Return an orthogonal matrix, each as likely as any other.

    Source: Mezzadri (2007), "How to generate random matrices from the classical compact groups".
    """
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(units, units)))
    return q * np.sign(np.diag(r))


# How the recurrent kernel of the plain RNN starts, None: as the rest of the kernel, Glorot.
# How the forget gates of the LSTM start: its kernel is Glorot in all.
RNN_STARTS = {
    "RNN, Glorot": None,
    "RNN, orthogonal": orthogonal,
    "RNN, identity": lambda units, seed: np.eye(units),
}
LSTM_STARTS = {
    "LSTM, forget bias 1": 1.0,
    "LSTM, forget bias 3": 3.0,
    "LSTM, forget bias 5": 5.0,
}
MODELS = (*RNN_STARTS, *LSTM_STARTS)
RATES = (0.02, 0.005, 0.002)
TUNING_SEEDS = (100, 101, 102)
SEEDS = tuple(range(10))
SETTING = {
    "num_units": 32,
    "dtype": "float32",
    "batch_size": 32,
    "steps": 600,
    "max_norm": 1.0,
    "learning_rates": list(RATES),
    "tuning_seeds": list(TUNING_SEEDS),
}
HELD_OUT_SEED = 10_000  # of the test; it is added to the seed of the run


class Task(NamedTuple):
    """What is swept: batches at each distance between clue and answer."""

    make_batch: Callable[[int, int, np.random.Generator], tasks.Batch]
    held_out: int  # sequences drawn for the test
    distances: tuple[int, ...]
    tuned_at: int
    input_size: int
    num_outputs: int


TASKS = {
    "sentences": Task(
        tasks.long_sentences,
        256,
        (5, 10, 20, 40, 60, 100, 200, 400),
        20,
        len(tasks.VOCABULARY),
        len(tasks.VOCABULARY),
    ),
    "flights": Task(
        tasks.flights,
        64,
        (3, 10, 20, 40, 60),
        10,
        tasks.FRAME_ROWS * tasks.FRAME_COLUMNS,
        tasks.FRAME_ROWS,
    ),
}


def make_cell(model: str, input_size: int, seed: int) -> L.BasicLSTMCell | L.BasicRNNCell:
    """Return the cell that training starts from."""
    units, dtype = SETTING["num_units"], SETTING["dtype"]
    if model in LSTM_STARTS:
        cell = L.BasicLSTMCell(units, LSTM_STARTS[model], dtype=dtype, seed=seed)
        cell.build(input_size)
        return cell
    cell = L.BasicRNNCell(units, dtype=dtype, seed=seed)
    cell.build(input_size)
    if RNN_STARTS[model] is not None:
        recurrent = RNN_STARTS[model](units, 2000 + seed).astype(dtype)
        cell.kernel = np.concatenate([cell.kernel[:input_size], recurrent])
    return cell


def run(
    task_name: str, model: str, distance: int, rate: float, seed: int
) -> tuple[int | None, float]:
    """Train one model once.

    Returns
    -------
    solved_at : int or None
        The update after which all sequences that were held out were answered right.
    share : float
        Of them that are right at the end.
    """
    task = TASKS[task_name]
    make_batch, test = tasks.held_out(
        functools.partial(task.make_batch, distance),
        task.held_out,
        np.random.default_rng(HELD_OUT_SEED + seed),
    )
    test = test.astype(SETTING["dtype"])
    cell = make_cell(model, task.input_size, seed)
    readout = make_readout(cell, task.num_outputs, seed=1000 + seed)
    history = fit(
        cell,
        readout,
        lambda batch_size, rng: make_batch(batch_size, rng).astype(SETTING["dtype"]),
        steps=SETTING["steps"],
        batch_size=SETTING["batch_size"],
        learning_rate=rate,
        max_norm=SETTING["max_norm"],
        validation=test,
        seed=seed,
        progress=False,
    )
    return history.solved_at, round(accuracy(cell, readout, test), 4)


def merit(results: Sequence[Sequence]) -> tuple[int, int, float]:
    """Order settings: by how many runs solved, how soon, and what share was right."""
    solved = [at for at, _ in results if at is not None]
    return len(solved), -sum(solved), sum(share for _, share in results)


class Sweep:
    """The results of one task so far, stored after each group of runs."""

    def __init__(self, task_name: str, jobs: int, resume: bool) -> None:
        self.name, self.jobs, self.path = task_name, jobs, RESULTS / f"{task_name}.json"
        self.record = self._stored() if resume else None
        self.record = self.record or {
            "what": "one entry a seed: [update after which all held-out sequences were right, "
            "or null; share of them that is right at the end]",
            "how": {"seconds": 0},
            "setting": SETTING,
            "held_out": TASKS[task_name].held_out,
            "tuned_at": TASKS[task_name].tuned_at,
            "seeds": list(SEEDS),
            "tuning": {model: {} for model in MODELS},
            "rate": {},
            "runs": {model: {} for model in MODELS},
        }

    def _stored(self) -> dict | None:
        record = json.loads(self.path.read_text()) if self.path.exists() else {}
        return record if record.get("setting") == SETTING else None

    def go(self, pool: ProcessPoolExecutor) -> None:
        """Tune, then run each model at longer and longer distances until it fails."""
        task, record = TASKS[self.name], self.record
        for model in MODELS:
            for rate in RATES:
                found = record["tuning"][model]
                if str(rate) not in found:
                    found[str(rate)] = self._runs(pool, model, task.tuned_at, rate, TUNING_SEEDS)
                    self._store()
            record["rate"][model] = max(RATES, key=lambda r, of=found: merit(of[str(r)]))
        for nearer, distance in zip((None, *task.distances), task.distances, strict=False):
            for model in MODELS:
                found = record["runs"][model]
                if nearer is not None and failed(found.get(str(nearer))):
                    continue
                if str(distance) not in found:
                    rate = record["rate"][model]
                    found[str(distance)] = self._runs(pool, model, distance, rate, SEEDS)
                    self._store()

    def _runs(
        self, pool: ProcessPoolExecutor, model: str, distance: int, rate: float, seeds: tuple
    ) -> list[list]:
        start = time.time()
        one = functools.partial(run, self.name, model, distance, rate)
        found = [list(each) for each in pool.map(one, seeds)]
        self.record["how"]["seconds"] += round(time.time() - start)
        solved = sum(at is not None for at, _ in found)
        print(self.name, model, distance, rate, f"{solved} of {len(seeds)}", found, flush=True)
        return found

    def _store(self) -> None:
        self.record["how"] |= {
            "command": f"python experiments/sweep.py --task {self.name} --jobs {self.jobs}",
            "python": platform.python_version(),
            "numpy": np.__version__,
            "machine": platform.machine(),
            "date": time.strftime("%Y-%m-%d"),
        }
        RESULTS.mkdir(exist_ok=True)
        self.path.write_text(json.dumps(self.record, indent=1) + "\n")


def failed(results: list | None) -> bool:
    """Whether no run solved it, or none was made because a shorter distance had failed."""
    return results is None or all(at is None for at, _ in results)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=TASKS, action="append", help="default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--resume", action="store_true", help="keep the runs that are stored")
    arguments = parser.parse_args()
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for task_name in arguments.task or TASKS:
            Sweep(task_name, arguments.jobs, arguments.resume).go(pool)


if __name__ == "__main__":
    sys.exit(main())
