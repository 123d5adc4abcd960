"""Stored results of the long runs: complete, and a quick slice of each made again."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from lstm_lib import tasks, training
from lstm_lib.reproduce import results, summary, tables

EXPERIMENTS = Path(__file__).parents[2] / "experiments"


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


def solved_of(column, names=None, table=None):
    """Solved and run trials of some rows of the experiments of 1997, row by row."""
    rows = [row for row in tables.rows_of([table] if table else None, names) if row.wiring]
    files = [results.path_of(EXPERIMENTS / "results" / "1997", column, row) for row in rows]
    found = [
        summary.summarise(results.read(file), row.criteria[-1])
        for file, row in zip(files, rows, strict=True)
    ]
    return [(each.solved, each.trials) for each in found if each.trials]


def test_what_chapter_6_says_of_the_results_holds():
    for table in ("4", "5", "7", "8", "9"):
        assert all(solved == run for solved, run in solved_of("1997", table=table)), table
    assert all(solved < run for solved, run in solved_of("1997", table="1"))
    assert len(solved_of("1997", table="1")) == 5
    assert [solved for solved, _ in solved_of("1997", ["2b"])] == [0]
    assert solved_of("1997", ["q100-p100"]) == [(0, 1)]
    assert solved_of("today", ["3b-T100-N1"]) == [(0, 10)]


def test_todays_cell_solves_nine_trials_of_ten_where_the_book_says_so():
    for table in ("1", "2", "3", "9"):
        found = solved_of("today", table=table)
        assert len(found) == sum(1 for row in tables.rows_of([table]) if row.wiring)
        assert all(solved >= 9 and run == 10 for solved, run in found), table
    assert all(solved == 10 for solved, _ in solved_of("today", ["T500"]))
