"""Networks on real data against honest baselines, all tuned alike.

Four tasks: the sea's temperature 1 and 12 hours ahead, a heart's voltage .1 and .2 seconds
ahead, who speaks a vowel, and the letters of first names. Each model has six settings to choose
from, and keeps the one that is best on validation data: the networks by two seeds that are not
reported, what has no seed by a single run. Then ten other seeds are trained, and the test data
are used for the first time.

The chapter on real data reads what this stores. Run all of it by
``python -m experiments.real_data``, a part by ``--task vowels``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

# Before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from experiments.record import how
from lstm_lib import baselines, data, tasks
from lstm_lib import numpy_backend as L
from lstm_lib.training import (
    accuracy,
    fit,
    make_readout,
    predict,
    save_weights,
    softmax_cross_entropy,
    squared_error,
)

Array = np.ndarray

RESULTS = Path(__file__).parent / "results"
STORED = RESULTS / "real_data.json"
DTYPE = "float32"
CELLS = {"RNN": L.BasicRNNCell, "GRU": L.GRUCell, "LSTM": L.BasicLSTMCell}
TUNING_SEEDS, SEEDS = (100, 101), tuple(range(10))
NET_SETTINGS = tuple(itertools.product((0.01, 0.003, 0.001), (16, 32)))  # rate, units
NAME_SETTINGS = tuple(itertools.product((0.01, 0.003, 0.001), (32, 64)))
BATCH, MAX_NORM, PATIENCE = 32, 1.0, 6
NO_LENGTHS = ", padding read"


class Forecast(NamedTuple):
    """A series, where it is cut, and what is asked for."""

    load: Callable[[], Array]
    unit: str
    horizons: tuple[int, ...]
    context: int  # values that every model has read before it answers
    block: int  # answers in a window
    windows_together: int  # make one block of the intervals
    seasons: tuple[int, ...]
    ridge_lags: tuple[int, ...]
    nearest_lags: tuple[int, ...]


FORECASTS = {
    "sea": Forecast(
        data.sea_temperature,
        "°C",
        (1, 12),
        48,
        48,
        4,
        (24, 25, 36, 37, 47, 48),
        (6, 24, 48),
        (6, 24, 48),
    ),
    "heart": Forecast(
        data.heartbeat,
        "mV",
        (6, 12),
        60,
        60,
        5,
        (30, 36, 42, 48, 54, 60),
        (15, 30, 60),
        (8, 15, 30),
    ),
}
SHARES = (0.6, 0.8)  # of a series: training before the first, test behind the second
TASKS = (*FORECASTS, "vowels", "names")
WHAT = (
    "by task and model: the settings with their merit on validation data, the one that was kept, "
    "and a run a seed, of the test"
)
TEMPERATURES, SAMPLES = (0.5, 1.0, 1.5), 1000


# Forecasts.


class Series:
    """A series in three parts, with what is measured on the first of them alone."""

    def __init__(self, task: str) -> None:
        self.task = FORECASTS[task]
        self.values = baselines.hold(self.task.load())
        cuts = [0, *(round(share * len(self.values)) for share in SHARES), len(self.values)]
        self.parts = dict(
            zip(("train", "validation", "test"), itertools.pairwise(cuts), strict=True)
        )
        known = self.values[: cuts[1]]
        self.mean, self.std = known.mean(), known.std()
        self.step = np.diff(known).std()
        self.scales = np.array([np.std(known[h:] - known[:-h]) for h in self.task.horizons])

    def origins(self, part: str, block: int | None = None) -> Array:
        """Origins of all windows of a part; the same for all models."""
        return baselines.origins(
            *self.parts[part],
            context=self.task.context,
            block=block or self.task.block,
            horizon=max(self.task.horizons),
        )

    def changes(self, at: Array) -> Array:
        """What is asked for: the change until each horizon, in units of its own."""
        at = np.ravel(at)
        ahead = [self.values[at + h] - self.values[at] for h in self.task.horizons]
        return np.stack(ahead, axis=1) / self.scales

    def batch(self, at: Array) -> tasks.Batch:
        """Windows for a network, one for each row of origins."""
        context = self.task.context
        steps = at[:, :1] - context + 1 + np.arange(context - 1 + at.shape[1])
        values = self.values[steps]
        moves = np.diff(values, axis=1, prepend=values[:, :1])
        inputs = np.stack([(values - self.mean) / self.std, moves / self.step], axis=2)
        targets = np.full((*steps.shape, len(self.task.horizons)), np.nan)
        targets[:, context - 1 :] = self.changes(at).reshape(*at.shape, -1)
        return tasks.Batch(inputs, targets).astype(DTYPE)

    def draw(self, size: int, rng: np.random.Generator) -> tasks.Batch:
        """Windows of the training part that begin anywhere in it."""
        first = self.origins("train", block=1)[: -self.task.block + 1, 0]
        return self.batch(rng.choice(first, (size, 1)) + np.arange(self.task.block))

    def errors(self, found: Array, part: str) -> Array:
        """Squared errors of changes that were forecast, (origins, horizons), in real units."""
        return ((found - self.changes(self.origins(part))) * self.scales) ** 2

    def report(self, found: Array, seconds: float) -> dict:
        """What is stored of a run: the error on the test, block by block of time."""
        errors = self.errors(found, "test")
        together = self.task.block * self.task.windows_together
        blocks = [errors[k : k + together].mean(axis=0) for k in range(0, len(errors), together)]
        return {
            "rmse": [round(float(x), 5) for x in np.sqrt(errors.mean(axis=0))],
            "blocks": [[float(f"{x:.4g}") for x in block] for block in blocks],
            "seconds": round(seconds, 2),
        }


def merit(series: Series, found: Array) -> float:
    """Mean squared error on validation data, each horizon in units of its own changes."""
    return float(np.mean((found - series.changes(series.origins("validation"))) ** 2))


def naive(series: Series, _: None, part: str) -> Array:
    """Nothing changes."""
    return np.zeros((series.origins(part).size, len(series.scales)))


def seasonal(series: Series, season: int, part: str) -> Array:
    """It will be as it was a season before that."""
    at = np.ravel(series.origins(part))
    found = [series.values[at + h - season] - series.values[at] for h in series.task.horizons]
    return np.stack(found, axis=1) / series.scales


def by_ridge(series: Series, setting: tuple[int, float], part: str) -> Array:
    """A linear regression on the last values."""
    lags, penalty = setting
    known = series.origins("train", block=1)

    def features(at: Array) -> Array:
        return (baselines.lagged(series.values, at, lags) - series.mean) / series.std

    weights = baselines.ridge(features(known), series.changes(known), penalty)
    return baselines.with_ones(features(series.origins(part))) @ weights


def by_nearest(series: Series, setting: tuple[int, int], part: str) -> Array:
    """What came next when it looked like this before."""
    lags, neighbors = setting
    known = series.origins("train", block=1)

    def shape(at: Array) -> Array:
        values = baselines.lagged(series.values, at, lags)
        return values[:, 1:] - values[:, :1]

    return baselines.nearest(
        shape(known), series.changes(known), shape(series.origins(part)), neighbors
    )


def baselines_of(task: Forecast) -> dict[str, tuple[Callable, list]]:
    """The models without a seed, and their settings."""
    return {
        "persistence": (naive, [None]),
        "seasonal naive": (seasonal, list(task.seasons)),
        "ridge on lags": (by_ridge, list(itertools.product(task.ridge_lags, (0.1, 10.0)))),
        "nearest neighbors": (by_nearest, list(itertools.product(task.nearest_lags, (8, 32)))),
    }


def train(
    model: str,
    setting: tuple[float, int],
    seed: int,
    inputs: int,
    outputs: int,
    batches: Any,
    validation: Any,
    **options: Any,
) -> tuple[Any, Any, float]:
    """Train a network; return cell, readout and the least loss on validation data."""
    rate, units = setting
    cell = CELLS[model](units, dtype=DTYPE, seed=seed)
    cell.build(inputs)
    readout = make_readout(cell, outputs, seed=1000 + seed)
    history = fit(
        cell,
        readout,
        batches,
        learning_rate=rate,
        validation=validation,
        patience=PATIENCE,
        max_norm=MAX_NORM,
        seed=seed,
        progress=False,
        **options,
    )
    return cell, readout, min(value for _, value in history.validation_loss)


def forecast(series: Series, model: str, setting: tuple[float, int], seed: int) -> tuple:
    """Train a network on a series; return cell, readout and the least validation loss."""
    return train(
        model,
        setting,
        seed,
        2,
        len(series.scales),
        series.draw,
        series.batch(series.origins("validation")),
        batch_size=BATCH,
        steps=1200,
        loss=squared_error,
    )


def answers(series: Series, cell: Any, readout: Any, part: str) -> Array:
    """What a trained network forecasts at the origins of a part."""
    at = series.origins(part)
    y = predict(cell, readout, series.batch(at).inputs)
    return y[:, series.task.context - 1 :].reshape(at.size, -1).astype("float64")


# Vowels.


class Vowels(NamedTuple):
    """Utterances, scaled by the frames of the training part."""

    frames: dict[str, list[Array]]
    speakers: dict[str, Array]
    longest: int


def vowels() -> Vowels:
    """Return three parts: of each speaker 21 utterances to train on, 9 to choose by, the test."""
    known, test = data.vowels()
    chosen = np.arange(len(known.frames)) % 30 < 21  # thirty of each speaker in turn
    every = np.concatenate(
        [x for x, of_train in zip(known.frames, chosen, strict=True) if of_train]
    )
    mean, std = every.mean(axis=0), every.std(axis=0)
    parts = {
        "train": [k for k in range(len(chosen)) if chosen[k]],
        "validation": [k for k in range(len(chosen)) if not chosen[k]],
    }
    frames = {part: [(known.frames[k] - mean) / std for k in at] for part, at in parts.items()}
    speakers = {part: known.speakers[at] for part, at in parts.items()}
    frames["test"] = [(x - mean) / std for x in test.frames]
    speakers["test"] = test.speakers
    return Vowels(frames, speakers, max(len(x) for part in frames.values() for x in part))


def utterances(vowels: Vowels, part: str, lengths: bool) -> tasks.Batch | tasks.PaddedBatch:
    """A part for a network: asked at the last frame, or at the last step of the padding."""
    one_by_one = []
    for frames, speaker in zip(vowels.frames[part], vowels.speakers[part], strict=True):
        time = len(frames) if lengths else vowels.longest
        inputs = np.zeros((1, time, frames.shape[1]))
        inputs[0, : len(frames)] = frames
        targets = np.full((1, time), tasks.IGNORE)
        targets[0, -1] = speaker
        one_by_one.append(tasks.Batch(inputs, targets))
    batch = tasks.padded(one_by_one)
    return (batch if lengths else tasks.Batch(batch.inputs, batch.targets)).astype(DTYPE)


def averaged(vowels: Vowels, part: str) -> Array:
    """The mean frame of each utterance."""
    return np.stack([frames.mean(axis=0) for frames in vowels.frames[part]])


def laid_out(vowels: Vowels, part: str) -> Array:
    """All frames of each utterance in a row, with zeros behind."""
    row = np.zeros((len(vowels.frames[part]), vowels.longest, 12))
    for k, frames in enumerate(vowels.frames[part]):
        row[k, : len(frames)] = frames
    return row.reshape(len(row), -1)


VOWEL_BASELINES = {"ridge on the mean frame": averaged, "ridge on padded frames": laid_out}
PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)


def by_regression(vowels: Vowels, features: Callable, penalty: float, part: str) -> float:
    """The share right of a linear regression on one-hot speakers."""
    one_hot = tasks.one_hot(vowels.speakers["train"], 9)
    weights = baselines.ridge(features(vowels, "train"), one_hot, penalty)
    y = baselines.with_ones(features(vowels, part)) @ weights
    return float(np.mean(y.argmax(axis=1) == vowels.speakers[part]))


def speaker(vowels: Vowels, model: str, setting: tuple[float, int], seed: int) -> tuple:
    """Train a network on the vowels; return cell, readout and the least validation loss."""
    lengths = not model.endswith(NO_LENGTHS)
    return train(
        model.removesuffix(NO_LENGTHS),
        setting,
        seed,
        12,
        9,
        utterances(vowels, "train", lengths),
        utterances(vowels, "validation", lengths),
        batch_size=BATCH,
        steps=600,
    )


# Names.


def names() -> dict[str, list[str]]:
    """Return the first names in three parts, none of them in two."""
    every = data.first_names()
    order = np.random.default_rng(0).permutation(len(every))
    cuts = [0, round(0.8 * len(every)), round(0.9 * len(every)), len(every)]
    parts = zip(("train", "validation", "test"), itertools.pairwise(cuts), strict=True)
    return {part: [every[k] for k in order[first:last]] for part, (first, last) in parts}


LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the first one is before and behind each name


def spelled(words: list[str]) -> tasks.PaddedBatch:
    """Names for a network: at each letter the next one is asked for."""
    one_by_one = []
    for word in words:
        ids = np.array([LETTERS.index(letter) for letter in f".{word}."])
        one_by_one.append(tasks.Batch(tasks.one_hot(ids[None, :-1], 27), ids[None, 1:]))
    return tasks.padded(one_by_one).astype(DTYPE)


def perplexity(cell: Any, readout: Any, words: list[str], carried: bool = True) -> float:
    """Perplexity on names; not `carried`: every letter is read from a state of zeros."""
    batch = spelled(words)
    if carried:
        y = predict(cell, readout, batch.inputs, batch.lengths)
    else:
        y = predict(cell, readout, batch.inputs.reshape(-1, 1, 27))
        y = y.reshape(*batch.targets.shape, 27)
    return float(np.exp(softmax_cross_entropy(y, batch.targets)[0]))


def speller(parts: dict, model: str, setting: tuple[float, int], seed: int) -> tuple:
    """Train a network on the names; return cell, readout and the least validation loss."""
    return train(
        model,
        setting,
        seed,
        27,
        27,
        spelled(parts["train"]),
        spelled(parts["validation"]),
        batch_size=64,
        steps=1500,
        evaluate_every=65,  # once through all names
    )


def invented(
    cell: Any, readout: Any, count: int, temperature: float, rng: np.random.Generator
) -> list[str]:
    """Names that a network writes, letter by letter, each fed back with the state it left."""
    state, words = cell.zero_state(count), [""] * count
    letters, going = np.zeros(count, int), np.ones(count, bool)
    while going.any():
        h, state = cell(tasks.one_hot(letters, 27).astype(cell.dtype), state)
        scores = (h @ readout.kernel + readout.bias).astype("float64") / temperature
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        reached = np.cumsum(p, axis=1) / p.sum(axis=1, keepdims=True)
        letters = (reached < rng.random((count, 1))).sum(axis=1)
        going &= (letters != 0) & np.array([len(word) < 20 for word in words])
        for k in np.flatnonzero(going):
            words[k] += LETTERS[letters[k]]
    return words


def looked_up(words: list[str], parts: dict[str, list[str]]) -> dict[str, float]:
    """Shares of invented names that differ, are copies, and are real without having been seen."""
    known, unseen = set(parts["train"]), {*parts["validation"], *parts["test"]}
    return {
        "different": round(len(set(words)) / len(words), 4),
        "copies": round(float(np.mean([word in known for word in words])), 4),
        "real, unseen": round(float(np.mean([word in unseen for word in words])), 4),
    }


ORDERS, STRENGTHS = (1, 2, 3, 4, 5), (2.0, 5.0, 10.0, 15.0, 20.0, 30.0)


def by_counts(parts: dict, setting: tuple[int, float]) -> baselines.LetterCounts:
    """Count the letters of the training names."""
    return baselines.LetterCounts(parts["train"], *setting)


# All of it.


class Experiment:
    """The results so far, stored after each model."""

    def __init__(self) -> None:
        self.record = (
            json.loads(STORED.read_text()) if STORED.exists() else {"what": WHAT, "runs": {}}
        )

    def go(self, task: str, model: str, settings: list, judge: Callable, run: Callable) -> None:
        """Choose a setting by its merit on validation data, less is better; then run it.

        A model that has results is not run again.
        """
        found = self.record["runs"].setdefault(task, {}).setdefault(model, {})
        if "runs" in found:
            return
        begun = time.time()
        found["tuning"] = [[setting, judge(setting)] for setting in settings]
        found["setting"] = min(found["tuning"], key=lambda each: float(np.mean(each[1])))[0]
        found["runs"] = run(found["setting"])
        found["how"] = how(f"python -m experiments.real_data --task {task}", time.time() - begun)
        STORED.write_text(json.dumps(self.record, indent=1, ensure_ascii=False) + "\n")
        print(task, model, found["setting"], found["runs"][0], flush=True)


def seeds(of: Callable, report: Callable) -> tuple[Callable, Callable]:
    """How a network is judged and run: by two seeds, and by ten others."""

    def judge(setting: tuple) -> list[float]:
        return [round(of(setting, seed)[2], 5) for seed in TUNING_SEEDS]

    def run(setting: tuple) -> list[dict]:
        runs = []
        for seed in SEEDS:
            begun = time.process_time()
            cell, readout, _ = of(setting, seed)
            runs.append(report(cell, readout, seed, time.process_time() - begun))
        return runs

    return judge, run


def forecasts(experiment: Experiment, task: str) -> None:
    """All models of a forecast."""
    series = Series(task)
    for model, (function, settings) in baselines_of(series.task).items():

        def judge(setting: Any, function: Callable = function) -> float:
            return round(merit(series, function(series, setting, "validation")), 5)

        def run(setting: Any, function: Callable = function) -> list[dict]:
            begun = time.process_time()
            found = function(series, setting, "test")
            return [series.report(found, time.process_time() - begun)]

        experiment.go(task, model, settings, judge, run)
    for model in CELLS:

        def report(cell: Any, readout: Any, seed: int, seconds: float, model: str = model) -> dict:
            if (task, model, seed) == ("heart", "LSTM", 0):
                save_weights(RESULTS / "heart_lstm.npz", cell, readout)
            return series.report(answers(series, cell, readout, "test"), seconds)

        def of(setting: tuple, seed: int, model: str = model) -> tuple:
            return forecast(series, model, setting, seed)

        experiment.go(task, model, list(NET_SETTINGS), *seeds(of, report))


def speakers(experiment: Experiment) -> None:
    """All models of the vowels."""
    parts = vowels()
    for model, features in VOWEL_BASELINES.items():

        def judge(penalty: float, features: Callable = features) -> float:
            return round(1 - by_regression(parts, features, penalty, "validation"), 5)

        def run(penalty: float, features: Callable = features) -> list[dict]:
            begun = time.process_time()
            share = by_regression(parts, features, penalty, "test")
            return [{"right": round(share, 4), "seconds": round(time.process_time() - begun, 2)}]

        experiment.go("vowels", model, list(PENALTIES), judge, run)
    for model in (*CELLS, *(name + NO_LENGTHS for name in CELLS)):

        def report(cell: Any, readout: Any, _: int, seconds: float, model: str = model) -> dict:
            test = utterances(parts, "test", not model.endswith(NO_LENGTHS))
            share = accuracy(cell, readout, test)
            return {"right": round(share, 4), "seconds": round(seconds, 2)}

        def of(setting: tuple, seed: int, model: str = model) -> tuple:
            return speaker(parts, model, setting, seed)

        experiment.go("vowels", model, list(NET_SETTINGS), *seeds(of, report))


def spellers(experiment: Experiment) -> None:
    """All models of the names."""
    parts = names()

    def judge(setting: tuple) -> float:
        return round(float(np.log(by_counts(parts, setting).perplexity(parts["validation"]))), 5)

    def run(setting: tuple) -> list[dict]:
        begun = time.process_time()
        counts = by_counts(parts, setting)
        seconds, rng = time.process_time() - begun, np.random.default_rng(0)
        found = {
            part: round(counts.perplexity(parts[part]), 4)
            for part in ("train", "validation", "test")
        }
        words = [counts.sample(rng) for _ in range(SAMPLES)]
        return [found | {"seconds": round(seconds, 2), "samples": {"1.0": looked_up(words, parts)}}]

    for order in ORDERS:
        settings = [(order, strength) for strength in STRENGTHS]
        experiment.go("names", f"counts of {order + 1} letters", settings, judge, run)
    for model in CELLS:

        def report(cell: Any, readout: Any, seed: int, seconds: float, model: str = model) -> dict:
            if (model, seed) == ("LSTM", 0):
                save_weights(RESULTS / "names_lstm.npz", cell, readout)
            found: dict[str, Any] = {
                part: round(perplexity(cell, readout, parts[part]), 4)
                for part in ("train", "validation", "test")
            }
            found["not carried"] = round(perplexity(cell, readout, parts["test"], False), 4)
            found["seconds"], found["samples"] = round(seconds, 2), {}
            for temperature in TEMPERATURES:
                rng = np.random.default_rng(seed)
                words = invented(cell, readout, SAMPLES, temperature, rng)
                found["samples"][str(temperature)] = looked_up(words, parts)
            return found

        def of(setting: tuple, seed: int, model: str = model) -> tuple:
            return speller(parts, model, setting, seed)

        experiment.go("names", model, list(NAME_SETTINGS), *seeds(of, report))


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=TASKS, action="append", help="default: all")
    arguments = parser.parse_args()
    experiment = Experiment()
    for task in arguments.task or TASKS:
        if task in FORECASTS:
            forecasts(experiment, task)
        else:
            {"vowels": speakers, "names": spellers}[task](experiment)


if __name__ == "__main__":
    sys.exit(main())
