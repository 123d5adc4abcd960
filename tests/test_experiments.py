"""Stored results of the long runs: complete, and a quick slice of each made again."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from lstm_lib import tasks, training

EXPERIMENTS = Path(__file__).parent.parent / "experiments"


def load(path):
    """Import a script that is no part of the library."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sweep = load(EXPERIMENTS / "sweep.py")
trained_cells = load(EXPERIMENTS / "trained_cells.py")


def record(task):
    return json.loads((sweep.RESULTS / f"{task}.json").read_text())


@pytest.mark.parametrize("task", sweep.TASKS)
def test_results_are_complete_and_of_todays_setting(task):
    stored = record(task)
    assert stored["setting"] == sweep.SETTING
    assert tuple(stored["seeds"]) == sweep.SEEDS
    assert stored["solved_at"].keys() == sweep.MODELS.keys()
    for by_distance in stored["solved_at"].values():
        assert list(by_distance) == [str(d) for d in sweep.TASKS[task].distances]
        assert all(len(seeds) == len(sweep.SEEDS) for seeds in by_distance.values())


@pytest.mark.parametrize("task", sweep.TASKS)
def test_results_say_how_they_were_made(task):
    how = record(task)["how"]
    assert how["command"].startswith(f"python experiments/sweep.py --task {task}")
    assert how.keys() >= {"python", "numpy", "date", "seconds", "machine"}


@pytest.mark.parametrize("task", sweep.TASKS)
@pytest.mark.parametrize("model", sweep.MODELS)
def test_a_slice_is_made_again(task, model):
    distance, seed = sweep.TASKS[task].distances[0], 0
    stored = record(task)["solved_at"][model][str(distance)][seed]
    assert sweep.run(task, model, distance, seed) == stored


@pytest.mark.parametrize("seed", trained_cells.SEEDS)
def test_stored_cells_answer_what_they_were_trained_for(seed):
    cell, readout = trained_cells.load()[seed]
    fresh = tasks.long_sentences(trained_cells.GAP, 200, np.random.default_rng(100 + seed))
    assert training.accuracy(cell, readout, fresh) == 1.0
    assert training.accuracy(trained_cells.untrained(seed), readout, fresh) < 0.6


def test_a_cell_can_be_trained_again():
    cell, readout = trained_cells.train(0)
    fresh = tasks.long_sentences(trained_cells.GAP, 200, np.random.default_rng(99))
    assert training.accuracy(cell, readout, fresh) == 1.0
