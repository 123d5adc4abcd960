"""The stored data: whole, with their terms, and read as they say; what a network must beat."""

import hashlib
import itertools

import numpy as np
import pytest

from lstm_lib import baselines, data
from lstm_lib.exercises import judge_forecaster
from tests.library.cells import ROOT

FOLDER = ROOT / "lstm_lib" / "data"


def test_each_file_has_its_checksum_and_its_terms():
    terms = (FOLDER / "TERMS.txt").read_text()
    assert {path.name for path in FOLDER.glob("*.txt")} == {*data.FILES, "TERMS.txt"}
    for name, digest in data.FILES.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest
        assert name in terms
    for part in ("Source:", "Terms:", "Changed:"):
        assert terms.count(part) == 5
    # As a reader of the repository downloads them.
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 800_000


def test_the_data_are_what_their_sources_say():
    sea, heart, sun = data.sea_temperature(), data.heartbeat(), data.sunspots()
    assert (sea.shape, heart.shape, sun.shape) == ((9625,), (18000,), (309,))
    assert np.flatnonzero(np.isnan(sea)).tolist() == list(range(3458, 3470))
    assert (sea[0], sea[-1]) == (4.929, 4.316)
    assert sun[[0, 1957 - 1700, -1]].tolist() == [5.0, 190.2, 2.9]
    assert abs(heart.mean() + 0.16510875) < 1e-4
    names = data.first_names()
    assert names == sorted(set(names))
    assert len(names) == 5163
    assert {"mary", "james"} < set(names)
    for part, size, most in zip(data.vowels(), (270, 370), (26, 29), strict=True):
        lengths = [len(frames) for frames in part.frames]
        assert (len(lengths), min(lengths), max(lengths)) == (size, 7, most)
        assert {frames.shape[1] for frames in part.frames} == {12}
        assert set(part.speakers.tolist()) == set(range(9))
    assert np.bincount(data.vowels()[0].speakers).tolist() == [30] * 9


@pytest.mark.parametrize("content", [None, b"1\n2\n"])
def test_what_is_missing_or_changed_is_said_in_a_sentence(content, tmp_path, monkeypatch):
    if content is not None:
        (tmp_path / "sunspots.txt").write_bytes(content)
    monkeypatch.setattr(data.importlib.resources, "files", lambda _: tmp_path)
    kind = FileNotFoundError if content is None else ValueError
    with pytest.raises(kind, match=r"^lstm_lib/data/sunspots\.txt: expected .*, given .*again$"):
        data.sunspots()


def test_gaps_are_filled_from_before():
    nan = np.nan
    assert baselines.hold(np.array([1.0, nan, nan, 2.0, nan])).tolist() == [1, 1, 1, 2, 2]
    with pytest.raises(ValueError, match="first value, given NaN"):
        baselines.hold(np.array([nan, 1.0]))


@pytest.mark.parametrize(("start", "stop"), [(0, 40), (13, 60), (5, 17)])
def test_origins_stay_inside_of_their_part(start, stop):
    context, block, horizon = 4, 3, 5
    at = baselines.origins(start, stop, context=context, block=block, horizon=horizon)
    assert at.min() - context + 1 == start
    assert stop - block < at.max() + horizon + 1 <= stop
    assert np.array_equal(np.diff(at.ravel()), np.ones(at.size - 1))
    with pytest.raises(ValueError, match="expected at least 11 values from start on, given 10"):
        baselines.origins(0, 10, context=context, block=block, horizon=horizon)


def test_lags_are_the_newest_first():
    series = np.arange(10.0) ** 2
    assert baselines.lagged(series, np.array([[3, 5]]), 3).tolist() == [[9, 4, 1], [25, 16, 9]]


def test_ridge_is_least_squares_with_a_penalty_that_spares_the_bias():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 4)), rng.normal(size=(30, 2)) + 7
    plain = np.linalg.lstsq(baselines.with_ones(x), y, rcond=None)[0]
    np.testing.assert_allclose(baselines.ridge(x, y, 0.0), plain, atol=1e-10)
    shrunk = baselines.ridge(x, y, 1e9)
    assert np.abs(shrunk[:-1]).max() < 1e-6
    np.testing.assert_allclose(shrunk[-1], y.mean(axis=0), atol=1e-6)


def test_nearest_neighbors_are_those_with_the_smallest_distance():
    rng = np.random.default_rng(1)
    known, targets, asked = (rng.normal(size=(n, 3)) for n in (50, 50, 300))
    found = baselines.nearest(known, targets, asked, 4)
    for k in (0, 123, 299):
        order = np.argsort(((known - asked[k]) ** 2).sum(axis=1))[:4]
        np.testing.assert_allclose(found[k], targets[order].mean(axis=0))


def test_counted_letters_are_probabilities_that_follow_the_formula():
    model = baselines.LetterCounts(["aba", "ab"], order=2, strength=3.0)
    assert model.letters == [".", "a", "b"]
    for context in map("".join, itertools.product(".ab", repeat=2)):
        assert sum(model.probability(context, letter) for letter in ".ab") == pytest.approx(1)
    first = (2 + 3 / 3) / (7 + 3)  # p(b): 2 of 7 letters are a b
    second = (2 + 3 * first) / (3 + 3)  # after a: 2 of 3
    third = (2 + 3 * second) / (2 + 3)  # after .a: 2 of 2
    assert model.probability(".a", "b") == pytest.approx(third)
    assert model.perplexity(["ab"]) == pytest.approx(
        (model.probability("..", "a") * third * model.probability("ab", ".")) ** (-1 / 3)
    )
    words = [model.sample(np.random.default_rng(k), 0.05) for k in range(5)]
    assert set(words) == {"ab", "aba"}  # after ab, either is as likely


def constant(value):
    return lambda known, seed: lambda history: value


def by_ridge(known, seed):
    at = np.arange(8, len(known) - 1)
    weights = baselines.ridge(baselines.lagged(known, at, 9), known[at + 1][:, None], 1.0)
    return lambda history: (baselines.with_ones(history[None, :-10:-1]) @ weights).item()


def test_the_project_tells_better_from_undecided_and_worse():
    better = judge_forecaster(by_ridge)
    assert better.honest
    assert str(better).startswith("Persistence is beaten. In 5 of 5 seeds")
    same = judge_forecaster(lambda known, seed: lambda history: history[-1])
    assert same.honest
    assert "It is undecided" in str(same)
    assert "between 0 and 0" in str(same)
    worse = judge_forecaster(lambda known, seed: lambda history: known.mean())
    assert worse.honest
    assert "Persistence is better, and that is an honest result" in worse._repr_html_()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (3, "given int"),
        (lambda known, seed: 3, "given int"),
        (constant(np.nan), "number as the forecast of the year 1960, given nan with seed 0"),
        (constant(None), "given NoneType"),
        (constant([1.0, 2.0]), "given list"),
        (lambda known, seed: lambda history: history[300], "stops with IndexError: index 300"),
        (lambda known, seed: lambda history: data.sunspots()[len(history)], "looked up the future"),
        (
            lambda known, seed: lambda history: history[-1] + np.random.default_rng().normal(),
            "With the same seed",
        ),
    ],
)
def test_the_project_refuses_what_is_not_honest_or_no_forecast(make, sentence):
    verdict = judge_forecaster(make)
    assert not verdict.honest
    assert sentence in str(verdict)
    assert str(verdict).count("\n") == 0


def test_the_project_hands_out_nothing_of_the_future_and_nothing_to_change():
    series, given = data.sunspots(), []

    def make(known, seed):
        assert np.array_equal(known, series[:260])
        known[:] = 0

        def forecast(history):
            given.append(history.copy())
            history[:] = 0
            return 1.0

        return forecast

    assert judge_forecaster(make).honest
    assert [len(each) for each in given[:49]] == list(range(260, 309))
    assert all(np.array_equal(each, series[: len(each)]) for each in given[: 5 * 49])
