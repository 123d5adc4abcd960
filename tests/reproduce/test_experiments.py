"""Stored results of the long runs: complete, and a quick slice of each made again."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from experiments import broken, lanes, parallel, real_data, recall, recipe, variants
from lstm_lib import numpy_backend as L
from lstm_lib import plotting, tasks, training
from lstm_lib._tensorflow import tf
from lstm_lib.reproduce import changes, results, summary, tables

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
def test_results_are_of_todays_setting_and_both_sides_were_tuned_alike(task):
    stored = record(task)
    assert stored["setting"] == sweep.SETTING
    assert stored["held_out"] == sweep.TASKS[task].held_out
    assert stored["tuned_at"] == sweep.TASKS[task].tuned_at
    assert tuple(stored["seeds"]) == sweep.SEEDS
    assert not set(sweep.TUNING_SEEDS) & set(sweep.SEEDS)
    assert len(sweep.RNN_STARTS) == len(sweep.LSTM_STARTS)
    assert tuple(stored["tuning"]) == tuple(stored["runs"]) == sweep.MODELS
    for by_rate in stored["tuning"].values():
        assert list(by_rate) == [str(rate) for rate in sweep.RATES]
        assert all(len(runs) == len(sweep.TUNING_SEEDS) for runs in by_rate.values())


@pytest.mark.parametrize("task", sweep.TASKS)
def test_each_model_is_run_until_it_fails_at_the_rate_that_was_best(task):
    stored = record(task)
    wanted = [str(distance) for distance in sweep.TASKS[task].distances]
    for model, by_distance in stored["runs"].items():
        tuning = stored["tuning"][model]
        merits = {rate: sweep.merit(tuning[str(rate)]) for rate in sweep.RATES}
        assert merits[stored["rate"][model]] == max(merits.values())
        distances = list(by_distance)
        assert distances == wanted[: len(distances)]
        assert all(len(runs) == len(sweep.SEEDS) for runs in by_distance.values())
        failures = [sweep.failed(runs) for runs in by_distance.values()]
        assert not any(failures[:-1])
        assert failures[-1] or distances == wanted


@pytest.mark.parametrize("task", sweep.TASKS)
def test_what_was_solved_is_right_on_all_that_was_held_out(task):
    stored = record(task)
    for group in ("tuning", "runs"):
        for by_setting in stored[group].values():
            for runs in by_setting.values():
                assert all((at is not None) == (share == 1.0) for at, share in runs)


@pytest.mark.parametrize("task", sweep.TASKS)
def test_results_say_how_they_were_made(task):
    how = record(task)["how"]
    assert how["command"].startswith(f"python experiments/sweep.py --task {task}")
    assert how.keys() >= {"python", "numpy", "date", "seconds", "machine"}


@pytest.mark.parametrize("task", sweep.TASKS)
@pytest.mark.parametrize("model", sweep.MODELS)
def test_a_slice_is_made_again(task, model):
    distance, seed = sweep.TASKS[task].distances[0], 1
    stored = record(task)
    solved_at, share = stored["runs"][model][str(distance)][seed]
    again = sweep.run(task, model, distance, stored["rate"][model], seed)
    if solved_at is not None and solved_at <= 200:  # longer runs part with the last digits
        assert again == (solved_at, share)
    else:
        assert again[1] > 0.2


@pytest.mark.parametrize("model", sweep.MODELS)
def test_each_model_starts_as_its_name_says(model):
    cell = sweep.make_cell(model, 7, seed=3)
    other = sweep.make_cell(model, 7, seed=4)
    assert (cell.kernel[:7] != other.kernel[:7]).all()
    if model in sweep.LSTM_STARTS:
        assert cell.forget_bias == sweep.LSTM_STARTS[model]
        return
    recurrent = cell.kernel[7:].astype("float64")
    lengths = np.linalg.svd(recurrent, compute_uv=False)
    if model == "RNN, Glorot":
        assert lengths.min() < 0.5
    else:
        np.testing.assert_allclose(lengths, 1.0, atol=1e-5)
    assert (model == "RNN, identity") == np.array_equal(recurrent, np.eye(32))


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


def found_in(row, column="1997"):
    file = results.path_of(EXPERIMENTS / "results" / "1997", column, row)
    return summary.summarise(results.read(file), row.criteria[-1])


def solved_of(column, names=None, table=None):
    """Solved and run trials of some rows of the experiments of 1997, row by row."""
    rows = [row for row in tables.rows_of([table] if table else None, names) if row.wiring]
    found = [found_in(row, column) for row in rows]
    return [(each.solved, each.trials) for each in found if each.trials]


def paper_of(name):
    row = tables.rows_of(names=[name])[0]
    return row.paper[row.criteria[-1].name]["sequences"]


def mean_of(name):
    return found_in(tables.rows_of(names=[name])[0]).mean


def of_change(name, change):
    return found_in(changes.changed(tables.rows_of(names=[name])[0], change))


def test_what_chapter_6_says_of_the_results_holds():
    held = [pair for table in "456789" for pair in solved_of("1997", table=table)]
    assert sum(run - solved for solved, run in held) == 1
    assert all(solved < 0.9 * run for solved, run in solved_of("1997", table="1"))
    assert len(solved_of("1997", table="1")) == 5
    assert solved_of("1997", ["2a", "2b"]) == [(1, 3), (0, 3)]
    assert round(mean_of("T500"), -4) == 1_000_000
    for name in ("3c-T100-N3", "3c-T100-N1"):
        assert mean_of(name) < paper_of(name) / 3
    assert all(solved == run for solved, run in solved_of("today", table="5"))
    assert 3 < mean_of("q50-p50") / paper_of("q50-p50") < 4


ALL_THREE = "shortcuts+each-step+near"


def test_what_chapter_6_says_of_table_1_holds():
    """Together three changes bring the paper's numbers, and alone none of them does."""
    rows = [row.name for row in tables.rows_of(["1"])]
    together = [of_change(name, ALL_THREE) for name in rows]
    assert sum(each.solved for each in together) == 137
    assert sum(each.trials for each in together) == 150
    ratios = [each.mean / paper_of(name) for name, each in zip(rows, together, strict=True)]
    assert min(ratios) > 0.7
    assert max(ratios) < 1.1
    alone = {change for name, change in changes.TRIED if name in rows and "+" not in change}
    for change in alone:
        found = [of_change(name, change) for name in rows]
        assert sum(each.solved for each in found) < 0.8 * sum(each.trials for each in found), change


def test_what_chapter_6_says_of_table_2_holds():
    for name, change, sequences in (
        ("2a", "each-step+flat-spot+near", 7_200),
        ("2b", "flat-spot+near", 10_500),
    ):
        found = of_change(name, change)
        assert (found.solved, found.trials) == (18, 18)
        assert round(found.mean, -2) == sequences
    assert of_change("2a", "flat-spot").solved == 0


def test_what_chapter_6_says_of_the_lags_holds():
    for name in ("q50-p50", "q100-p100"):
        found = of_change(name, "none-heard")
        assert found.solved == found.trials
        assert found.mean == pytest.approx(paper_of(name), rel=0.15)
    assert of_change("q200-p200", "none-heard").mean == 43_000


def test_no_trial_is_stored_twice():
    for file in (EXPERIMENTS / "results" / "1997").glob("*.jsonl"):
        trials = [record["trial"] for record in results.read(file)]
        assert sorted(set(trials)) == sorted(trials), file.name


def test_todays_cell_solves_nine_trials_of_ten_where_the_book_says_so():
    for table in ("1", "2", "3", "9"):
        found = solved_of("today", table=table)
        assert len(found) == sum(1 for row in tables.rows_of([table]) if row.wiring)
        assert all(solved >= 9 and run == 10 for solved, run in found), table
    assert all(solved == 10 for solved, _ in solved_of("today", ["T500"]))


# Chapter 7.


def test_the_results_of_chapter_7_are_whole_and_all_models_were_tuned_alike():
    stored = json.loads(parallel.RESULTS.read_text())
    assert stored["setting"] == parallel.SETTING
    assert stored["how"].keys() >= {"command", "python", "numpy", "date", "seconds", "machine"}
    assert not set(parallel.TUNING_SEEDS) & set(parallel.SEEDS)
    for task in parallel.TASKS:
        for model in parallel.MODELS:
            tuned = stored["tuning"][task][model]
            assert list(tuned) == [str(start) for start in parallel.STARTS]
            assert all(len(runs) == len(parallel.TUNING_SEEDS) for runs in tuned.values())
            chosen = tuned[str(tuple(stored["start"][task][model]))]
            best = max(sum(at[0] for at in runs) for runs in tuned.values())
            assert sum(at[0] for at in chosen) == best
            assert len(stored["runs"][task][model]) == len(parallel.SEEDS)


@pytest.mark.parametrize("inputs", [1, 2])
def test_all_models_of_chapter_7_have_about_as_many_weights(inputs):
    counts = [
        parallel.num_weights(model, parallel.units_of(model, inputs), inputs)
        for model in parallel.MODELS
    ]
    assert max(counts) < 1.06 * min(counts)


@pytest.mark.slow
@pytest.mark.parametrize("model", parallel.MODELS)
def test_a_slice_of_chapter_7_is_made_again(model):
    """Runs part with the last digits, and where they end is a matter of chance within limits."""
    stored = json.loads(parallel.RESULTS.read_text())
    start = tuple(stored["start"]["last flag"][model])
    again = parallel.run("last flag", model, start, seed=0)
    np.testing.assert_allclose(again, stored["runs"]["last flag"][model][0], atol=0.01)


# Chapter 8.


def test_the_results_of_chapter_8_are_whole():
    for script in (broken, recipe):
        stored = json.loads(script.RESULTS.read_text())
        assert stored["setting"] == script.SETTING
        assert stored["how"].keys() >= {"command", "python", "numpy", "date", "seconds", "machine"}
    assert list(stored["runs"]) == list(recipe.PARTS)
    stored = json.loads(broken.RESULTS.read_text())
    assert not set(broken.TUNING_SEEDS) & set(broken.SEEDS)
    assert list(stored["tuning"]) == [*broken.RIGHT, *broken.FAULTS]
    assert {kind: list(runs) for kind, runs in stored["runs"].items()} == {
        kind: list(plans) for kind, plans in broken.KINDS.items()
    }
    for runs in stored["runs"].values():
        assert all(len(found) == len(broken.SEEDS) for found in runs.values())


@pytest.mark.parametrize("name", ["right: words", "output from padding", "shuffled time"])
def test_a_slice_of_the_broken_trainings_is_made_again(name):
    stored = json.loads(broken.RESULTS.read_text())["runs"]
    wanted = next(runs[name][0] for runs in stored.values() if name in runs)
    again = broken.train(broken.PLANS[name], seed=0)
    assert again.keys() == wanted.keys()
    for curve in ("first", "best", "stuck", "back", "reordered"):
        assert again[curve] == wanted[curve], curve
    assert np.any(again["padded"]) == np.any(wanted["padded"]) == (name == "output from padding")
    np.testing.assert_allclose(again["loss"][:20], wanted["loss"][:20], rtol=0.02)


def how_many_solved(runs):
    return sum(at is not None for at, _ in runs)


def test_what_chapter_8_says_of_the_recipe_holds():
    runs = json.loads(recipe.RESULTS.read_text())["runs"]
    solved = {bias: how_many_solved(found) for bias, found in runs["bias"].items()}
    assert [solved[bias] for bias in ("0.0", "1.0", "3.0", "5.0", "7.0")] == [0, 0, 5, 10, 10]
    assert np.round((1 + np.exp([-3.0, -5.0])) ** -20.0, 2).tolist() == [0.38, 0.87]
    dropped = {name: np.exp(losses) for name, losses in runs["drop"].items()}
    best = {name: each.min(axis=1).mean() for name, each in dropped.items()}
    last = {name: each[:, -1].mean() for name, each in dropped.items()}
    for perplexity in (best, last):
        worse = {name for name, each in perplexity.items() if each > perplexity["nothing"]}
        assert worse == {"c, a mask a step"}
    by_size = {
        size: min(np.exp(np.mean(losses)) for losses in by_rate.values())
        for size, by_rate in runs["size"].items()
    }
    assert max(by_size[size] for size in ("2", "8", "32")) < 2.5 < 2.8 < by_size["128"]


def test_a_slice_of_the_recipe_is_made_again():
    stored = json.loads(recipe.RESULTS.read_text())
    again = recipe.speaks(0.03, recipe.SEEDS[0])
    assert again == pytest.approx(stored["runs"]["rate"]["0.03"][0], rel=0.01)


@pytest.mark.parametrize("where", recipe.DROPPED.values(), ids=recipe.DROPPED)
def test_the_way_back_through_dropout_is_that_of_differences(where):
    cell, readout = L.BasicLSTMCell(recipe.UNITS, 3.0, dtype="float64", seed=0), None
    cell.build(4)
    readout = training.make_readout(cell, 3, seed=1)
    inputs = np.random.default_rng(2).normal(size=(2, 3, 4))
    targets = np.array([[0, 1, 2], [2, 2, 0]])

    def there_and_back():
        rng = np.random.default_rng(3)  # the same masks each time
        return recipe.gradients_with_dropout(cell, readout, inputs, targets, where, rng)

    gradients = there_and_back()[1]
    right = cell.kernel.copy()
    for place in [(0, 0), (2, 20), (3, 40), (10, 5), (19, 63)]:
        losses = []
        for nudge in (1e-5, -1e-5):
            kernel = right.copy()
            kernel[place] += nudge
            cell.kernel = kernel
            losses.append(there_and_back()[0])
        cell.kernel = right
        slope = (losses[0] - losses[1]) / 2e-5
        assert gradients["kernel"][place] == pytest.approx(slope, abs=1e-8)


# Chapter 9.

REAL = json.loads(real_data.STORED.read_text())["runs"]


def runs_of(task, model, key):
    return np.array([run[key] for run in REAL[task][model]["runs"]])


def test_the_results_of_chapter_9_are_whole_and_all_models_were_tuned_alike():
    assert tuple(REAL) == real_data.TASKS
    assert not set(real_data.TUNING_SEEDS) & set(real_data.SEEDS)
    for task, models in REAL.items():
        wanted = [*real_data.CELLS]
        if task == "vowels":
            wanted += [name + real_data.NO_LENGTHS for name in real_data.CELLS]
        assert list(models)[-len(wanted) :] == wanted
        for model, found in models.items():
            assert found["how"].keys() >= {"command", "python", "numpy", "date", "seconds"}
            assert len(found["tuning"]) == (1 if model == "persistence" else 6)
            merits = {str(setting): np.mean(merit) for setting, merit in found["tuning"]}
            assert merits[str(found["setting"])] == min(merits.values())
            assert len(found["runs"]) == (10 if model in wanted else 1)
            if model in wanted:
                tried = real_data.NAME_SETTINGS if task == "names" else real_data.NET_SETTINGS
                assert [tuple(setting) for setting, _ in found["tuning"]] == list(tried)


def test_the_parts_of_chapter_9_share_nothing_and_are_scaled_by_the_first():
    for task in real_data.FORECASTS:
        series = real_data.Series(task)
        context, horizon = series.task.context, max(series.task.horizons)
        for part, (start, stop) in series.parts.items():
            at = series.origins(part)
            assert at.min() - context + 1 >= start
            assert at.max() + horizon < stop
        drawn = series.origins("train", block=1)[: -series.task.block + 1].max()
        assert drawn + series.task.block - 1 + horizon < series.parts["validation"][0]
        known = series.values[: series.parts["train"][1]]
        assert (series.mean, series.std) == (known.mean(), known.std())
    frames = real_data.vowels().frames
    every = np.concatenate(frames["train"])
    np.testing.assert_allclose([every.mean(), every.std()], [0, 1], atol=1e-10)
    assert [len(part) for part in frames.values()] == [189, 81, 370]
    parts = real_data.names()
    assert len({name for part in parts.values() for name in part}) == 5163
    assert [len(part) for part in parts.values()] == [4130, 517, 516]


@pytest.mark.parametrize(("task", "function"), [("sea", "by_ridge"), ("heart", "by_nearest")])
def test_a_baseline_of_chapter_9_is_made_again(task, function):
    series = real_data.Series(task)
    model = {"by_ridge": "ridge on lags", "by_nearest": "nearest neighbors"}[function]
    found = getattr(real_data, function)(series, REAL[task][model]["setting"], "test")
    again = series.report(found, 0.0)["rmse"]
    np.testing.assert_allclose(again, runs_of(task, model, "rmse")[0], atol=2e-5)


def test_a_slice_of_chapter_9_is_made_again():
    """Runs part with the last digits, and end near each other."""
    series = real_data.Series("sea")
    cell, readout, _ = real_data.forecast(series, "LSTM", REAL["sea"]["LSTM"]["setting"], 1)
    again = series.report(real_data.answers(series, cell, readout, "test"), 0.0)["rmse"]
    np.testing.assert_allclose(again, runs_of("sea", "LSTM", "rmse")[1], rtol=0.02)
    parts = real_data.vowels()
    cell, readout, _ = real_data.speaker(parts, "LSTM", REAL["vowels"]["LSTM"]["setting"], 0)
    share = training.accuracy(cell, readout, real_data.utterances(parts, "test", True))
    assert abs(share - runs_of("vowels", "LSTM", "right")[0]) < 0.02


@pytest.mark.parametrize(("task", "inputs", "outputs"), [("heart", 2, 2), ("names", 27, 27)])
def test_the_stored_networks_of_chapter_9_are_those_of_the_table(task, inputs, outputs):
    cell = real_data.CELLS["LSTM"](REAL[task]["LSTM"]["setting"][1], dtype=real_data.DTYPE)
    cell.build(inputs)
    readout = training.make_readout(cell, outputs)
    training.load_weights(real_data.RESULTS / f"{task}_lstm.npz", cell, readout)
    if task == "names":
        found = real_data.perplexity(cell, readout, real_data.names()["test"])
        assert abs(found - runs_of("names", "LSTM", "test")[0]) < 1e-3
        return
    series = real_data.Series("heart")
    again = series.report(real_data.answers(series, cell, readout, "test"), 0.0)["rmse"]
    np.testing.assert_allclose(again, runs_of("heart", "LSTM", "rmse")[0], atol=1e-4)


def test_what_chapter_9_says_of_the_forecasts_holds():
    naive = runs_of("sea", "persistence", "rmse")[0]
    for model in ("ridge on lags", "nearest neighbors", "RNN", "GRU", "LSTM"):
        near, far = runs_of("sea", model, "rmse").mean(axis=0)
        assert far > 1.04 * naive[1]
        assert near > 0.99 * naive[0]
    blocks = np.mean(runs_of("sea", "LSTM", "blocks"), axis=0)
    assert (blocks > runs_of("sea", "persistence", "blocks")[0]).sum(axis=0)[1] == 9
    lstm, others = runs_of("heart", "LSTM", "rmse"), runs_of("heart", "nearest neighbors", "rmse")
    assert (lstm < others).sum(axis=0).tolist() == [10, 8]
    means = {model: runs_of("heart", model, "rmse").mean(axis=0) for model in REAL["heart"]}
    assert all(means["LSTM"][0] < means[m][0] for m in means if m not in ("LSTM", "GRU"))
    difference = np.mean(runs_of("heart", "LSTM", "blocks"), axis=0) - np.mean(
        runs_of("heart", "GRU", "blocks"), axis=0
    )
    half = 2.201 * difference.std(axis=0, ddof=1) / np.sqrt(12)
    assert (np.abs(difference.mean(axis=0)) < half).all()


def test_what_chapter_9_says_of_the_vowels_holds():
    right = {model: runs_of("vowels", model, "right") for model in REAL["vowels"]}
    assert right["LSTM"].mean() - right["ridge on the mean frame"][0] > 0.08
    assert abs(right["LSTM"].mean() - right["ridge on padded frames"][0]) < 0.01
    assert right["GRU"].mean() - right["LSTM"].mean() > 0.015
    loss = {m: (right[m] - right[m + real_data.NO_LENGTHS]).mean() for m in ("RNN", "LSTM")}
    assert loss["RNN"] > 0.25
    assert 0 < loss["LSTM"] < 0.02
    assert right["RNN" + real_data.NO_LENGTHS].min() < 0.4


def test_what_chapter_9_says_of_the_names_holds():
    models = [model for model in REAL["names"] if model.startswith("counts")]
    counts = {model: runs_of("names", model, "validation")[0] for model in models}
    best = min(counts, key=counts.get)
    assert best == "counts of 5 letters"
    of_counts = runs_of("names", best, "test")[0]
    lstm, gru, rnn = (runs_of("names", model, "test") for model in ("LSTM", "GRU", "RNN"))
    half = {id(x): 2.262 * x.std(ddof=1) / np.sqrt(10) for x in (lstm, gru, rnn)}
    assert lstm.mean() + half[id(lstm)] < of_counts < rnn.mean() - half[id(rnn)]
    assert abs(gru.mean() - of_counts) < half[id(gru)]
    assert (runs_of("names", "LSTM", "not carried") > 2 * lstm).all()
    assert (runs_of("names", "LSTM", "not carried") > runs_of("names", models[0], "test")[0]).all()
    assert runs_of("names", "LSTM", "train").mean() > runs_of("names", best, "train")[0] + 0.2
    samples = [run["samples"] for run in REAL["names"]["LSTM"]["runs"]]

    def share(temperature, what):
        return np.mean([each[temperature][what] for each in samples])

    assert share("0.5", "copies") > 0.5
    assert 0.15 < share("1.0", "copies") < 0.2
    assert 0.62 < share("0.5", "different") < 0.72
    assert 0.02 < share("1.0", "real, unseen") < 0.035


# Chapter 10.

TODAY = {"variants": (variants, variants.VARIANTS), "recall": (recall, recall.LAYERS)}


def of_today(name):
    return json.loads((lanes.RESULTS / f"{name}.json").read_text())


@pytest.mark.parametrize("name", TODAY)
def test_the_results_of_chapter_10_are_whole_and_all_were_tuned_alike(name):
    module, layers = TODAY[name]
    stored = of_today(name)
    assert stored["setting"] == module.SETTING
    assert stored["how"].keys() >= {"command", "python", "numpy", "date", "seconds", "machine"}
    assert not set(lanes.TUNING_SEEDS) & set(lanes.SEEDS)
    for task in module.TASKS:
        assert set(stored["runs"][task]) == set(layers)
        for layer, runs in stored["runs"][task].items():
            tuned = stored["tuning"][task][layer]
            assert list(tuned) == [str(rate) for rate in lanes.RATES]
            assert all(len(found) == len(lanes.TUNING_SEEDS) for found in tuned.values())
            merits = {rate: lanes.merit(found) for rate, found in tuned.items()}
            assert merits[str(stored["rate"][task][layer])] == max(merits.values())
            assert len(runs) == len(lanes.SEEDS)
            for group in (runs, *tuned.values()):
                assert all((at is not None) == (share == 1.0) for at, share in group)
            assert stored["units"][task][layer] == module.units_of(task, layer)


def mean_right(runs):
    return np.mean([share for _, share in runs])


def intervals(runs):
    """Of the share of solved runs, and of the mean share of right answers."""
    half = 2.262 * np.std([share for _, share in runs], ddof=1) / np.sqrt(len(runs))
    return (
        plotting.wilson_interval(how_many_solved(runs), len(runs)),
        (mean_right(runs) - half, mean_right(runs) + half),
    )


def test_what_chapter_10_says_of_the_variants_holds():
    runs = of_today("variants")["runs"]
    solved = {
        cell: [how_many_solved(by_cell[cell]) for by_cell in runs.values()]
        for cell in variants.VARIANTS
    }
    assert [cell for cell in solved if solved[cell] == [10, 10, 10]] == ["forget bias by length"]
    # On adding, a bias of 1 for 0 against each part that was left out.
    right = {cell: mean_right(found) for cell, found in runs["adding"].items()}
    parts = [cell for cell in right if cell.startswith("no ")] + ["gates do not see h"]
    assert right["LSTM"] - right["forget bias 0"] > max(
        right["LSTM"] - right[cell] for cell in parts
    )
    words, adding = (
        {cell: intervals(found)[k] for cell, found in runs[task].items()}
        for k, task in enumerate(("words", "adding"))
    )
    # Better, or worse, where the intervals lie apart.
    for cell in ("coupled gates", "GRU, reset before", "GRU, reset after"):
        assert words[cell][0] > words["LSTM"][1]
        assert adding[cell][0] > adding["LSTM"][1]
    for cell in ("no output gate", "gates do not see h"):
        assert adding[cell][1] < adding["LSTM"][0]
    for cell in ("gates see gates", "no output tanh"):
        assert adding[cell][1] > adding["LSTM"][0]
    assert words["gates see gates"][0] < words["LSTM"][1]
    assert solved["gates see gates"][0] > solved["LSTM"][0]
    assert solved["no output tanh"][0] == 10


def test_what_chapter_10_says_of_the_pairs_and_the_gap_holds():
    runs = of_today("recall")["runs"]
    for pairs in recall.SETTING["pairs"]:
        right = {layer: mean_right(found) for layer, found in runs[f"{pairs} pairs"].items()}
        assert right["attention"] == 1
        assert right["mLSTM"] > 0.955
    # What a layer holds of sixteen pairs if it guesses the rest among 8 values.
    held = [16 * (right[layer] - 1 / 8) / (1 - 1 / 8) for layer in ("LSTM", "sLSTM")]
    assert all(3.5 < each < 4.5 for each in held)
    solved = {layer: how_many_solved(found) for layer, found in runs["gap"].items()}
    assert solved == {"LSTM": 9, "sLSTM": 10, "mLSTM": 10, "attention": 10}


@pytest.mark.parametrize("name", TODAY)
def test_all_layers_of_chapter_10_have_about_as_many_weights(name):
    module, layers = TODAY[name]
    for task in module.TASKS:
        counts = [
            lanes.num_weights(module.TASKS[task], layer, module.units_of(task, label))
            for label, layer in layers.items()
        ]
        assert max(counts) < 1.2 * min(counts)


@pytest.mark.parametrize(
    ("name", "task", "layer"),
    [("variants", "latch", "LSTM"), ("recall", "8 pairs", "attention")],
)
def test_a_slice_of_chapter_10_is_made_again(name, task, layer):
    """The first updates of the first seed, of what is soon solved."""
    module, layers = TODAY[name]
    stored = of_today(name)
    solved_at, _ = stored["runs"][task][layer][0]
    training, test = lanes.batches(module.TASKS[task], 0, module.STEPS)
    first = tasks.Batch(*(each[: solved_at + 2 * lanes.LOOKS] for each in training))
    rate, units = stored["rate"][task][layer], module.units_of(task, layer)
    ((again, _),) = lanes.train(
        module.TASKS[task], layers[layer], units, [rate], [0], [(first, test)]
    )
    assert again is not None
    assert abs(again - solved_at) <= 2 * lanes.LOOKS


def weights_of(layer, inputs=3, units=4):
    """Weights of one lane that are no zeros, and an input."""
    rng = np.random.default_rng(0)
    first = layer.init(inputs, units, rng)
    weights = {name: rng.normal(0, 0.5, w.shape).astype("float32") for name, w in first.items()}
    return weights, rng.normal(size=(2, 6, inputs)).astype("float32")


def outputs_of(layer, weights, x):
    lane = {name: w[None] for name, w in weights.items()}
    return layer.forward(lane, tf.constant(x[None]))[0].numpy()


def blocks(weights, order):
    """Kernel [x; h] and bias with the blocks in another order; each letter is a block's place."""
    parts = (np.concatenate([weights["W"], weights["R"]]), weights["b"])
    by_block = [np.split(part, len(order), axis=-1) for part in parts]
    return [np.concatenate([each[k] for k in order], axis=-1) for each in by_block]


def test_variants_that_the_library_has_compute_what_its_cells_do():
    """LSTM, coupled gates, peepholes and both GRUs, with blocks in the library's order."""
    for name, cell, order in [
        ("LSTM", L.BasicLSTMCell(4, forget_bias=0.0), (1, 0, 2, 3)),  # j i f o -> i j f o
        ("peepholes", L.PeepholeLSTMCell(4, forget_bias=0.0), (1, 0, 2, 3)),
        ("coupled gates", L.CoupledLSTMCell(4, forget_bias=0.0), (0, 1, 2)),
        ("GRU, reset before", L.GRUCell(4), (1, 2, 0)),  # candidate r u -> r u candidate
        ("GRU, reset after", L.GRUCell(4, reset_after=True), (1, 2, 0)),
    ]:
        weights, x = weights_of(variants.VARIANTS[name])
        cell.kernel, bias = blocks(weights, order)
        cell.bias = np.concatenate([bias, weights["p"]]) if "p" in weights else bias
        wanted, _ = L.dynamic_rnn(cell, x)
        found = outputs_of(variants.VARIANTS[name], weights, x)
        np.testing.assert_allclose(found, wanted, atol=1e-5, err_msg=name)


def test_a_gate_that_is_left_out_is_open():
    """The LSTM with a bias of 100 for that gate, weights of 0."""
    for name, place in (("no input gate", 1), ("no forget gate", 2), ("no output gate", 3)):
        weights, x = weights_of(variants.VARIANTS[name])
        whole = {
            key: np.concatenate(
                [*parts[:place], np.full_like(parts[0], 100.0 * (key == "b")), *parts[place:]],
                axis=-1,
            )
            for key in ("W", "R", "b")
            for parts in [np.split(weights[key], 3, axis=-1)]
        }
        wanted = outputs_of(variants.VARIANTS["LSTM"], whole, x)
        np.testing.assert_allclose(
            outputs_of(variants.VARIANTS[name], weights, x), wanted, atol=1e-6, err_msg=name
        )


def test_gates_that_see_less_or_more():
    weights, x = weights_of(variants.VARIANTS["gates do not see h"])
    seen = {**weights, "R": np.hstack([weights["R"], np.zeros((4, 12), "float32")])}
    wanted = outputs_of(variants.VARIANTS["LSTM"], seen, x)
    found = outputs_of(variants.VARIANTS["gates do not see h"], weights, x)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    weights, x = weights_of(variants.VARIANTS["gates see gates"])
    unseen = {**weights, "G": np.zeros_like(weights["G"])}
    wanted = outputs_of(variants.VARIANTS["LSTM"], weights, x)
    found = outputs_of(variants.VARIANTS["gates see gates"], unseen, x)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert (
        np.abs(outputs_of(variants.VARIANTS["gates see gates"], weights, x) - wanted).max() > 0.01
    )


def test_layer_normalisation_is_its_equations():
    weights, x = weights_of(variants.VARIANTS["layer normalisation"])
    W, R, b, gains = (weights[name].astype(float) for name in ("W", "R", "b", "p"))

    def normalised(z, gain):
        return gain * (z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-5)

    c = h = np.zeros((2, 4))
    found = outputs_of(variants.VARIANTS["layer normalisation"], weights, x)
    for t in range(6):
        z = normalised(x[:, t] @ W, gains[:16]) + normalised(h @ R, gains[16:32]) + b
        j, i, f, o = np.split(z, 4, axis=1)
        c = L.sigmoid(f) * c + L.sigmoid(i) * np.tanh(j)
        h = L.sigmoid(o) * np.tanh(normalised(c, gains[32:]))
        np.testing.assert_allclose(found[:, t], h, atol=1e-4)


def test_forget_biases_by_length():
    first = variants.VARIANTS["forget bias by length"].init(3, 200, np.random.default_rng(0))
    _, i, f, _ = np.split(first["b"], 4)
    np.testing.assert_array_equal(i, -f)
    spread = np.exp(f)
    assert spread.min() >= 1
    assert spread.max() <= variants.HELD - 1
    assert np.median(spread) == pytest.approx(variants.HELD / 2, abs=3)


def test_the_adding_problem_of_chapter_10_has_one_length():
    for seed in range(5):
        batch = variants.adding(4, np.random.default_rng(seed))
        drawn = tasks.adding(variants.ADDED, 4, np.random.default_rng(seed))
        real = drawn.inputs.shape[1]
        assert batch.inputs.shape[1] == 33
        np.testing.assert_array_equal(batch.inputs[:, 33 - real :], drawn.inputs)
        assert (batch.inputs[:, : 33 - real] == 0).all()
        np.testing.assert_array_equal(batch.targets[:, -1], drawn.targets[:, -1])
        assert np.isnan(batch.targets[:, :-1]).all()
