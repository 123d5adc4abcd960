"""The project of chapter 9: forecast the sunspots, and say honestly whether persistence is beaten.

The rules are kept by what is handed out: until the forecasts are judged, a forecaster is given
the years before the test alone, and in the test it is given one year after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_lib import data
from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.feedback import CORRECT, INCORRECT, boxed, marked
from lstm_lib.exercises.engine.messages import Sentence, again, say

Array = np.ndarray
Forecaster = Callable[[Array], float]

FIRST_YEAR, FIRST_OF_TEST = 1700, 1960
SEEDS = range(5)
TOO_GOOD = 0.25  # of persistence's error: nobody forecasts the sun so well
NORMAL = 1.96


class Verdict:
    """What came of a project.

    Attributes
    ----------
    honest : bool
    message : str
    """

    def __init__(self, honest: bool, message: Sentence) -> None:
        self.honest, self.message = honest, message

    def __str__(self) -> str:
        return str(again(self.message))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return boxed(marked(str(self)), CORRECT if self.honest else INCORRECT)


class _RefusedError(Exception):
    """A forecaster that cannot be judged, and why."""


def judge_forecaster(make: Callable[[Array, int], Forecaster]) -> Verdict:
    """Say whether a forecaster of the yearly sunspots beats persistence, and whether it is honest.

    Parameters
    ----------
    make : function of (known, seed) that returns a function of (history)
        `known` holds the years 1700 to 1959: train on them, and choose by them. `history` holds
        all years before the one that is asked for, 1960 to 2008; return that year's number.

    Returns
    -------
    Verdict
    """
    series = data.sunspots()
    start = FIRST_OF_TEST - FIRST_YEAR
    # Years that never were: the known ones go on as they began.
    made_up = np.concatenate([series[:start], series[: len(series) - start]])
    try:
        by_seed = np.array([_forecasts(make, series, start, seed) for seed in SEEDS])
        once_more = _forecasts(make, series, start, SEEDS[0])
        elsewhere = _forecasts(make, made_up, start, SEEDS[0])
    except _RefusedError as refusal:
        return Verdict(False, refusal.args[0])
    if not np.allclose(by_seed[0], once_more, rtol=1e-6):
        k = int(np.argmax(np.abs(by_seed[0] - once_more)))
        first, second = by_seed[0, k], once_more[k]
        return Verdict(
            False,
            say(
                m.PROJECT_UNSTABLE,
                first=f"{first:.4g}",
                second=f"{second:.4g}",
                year=FIRST_OF_TEST + k,
            ),
        )
    true, naive = series[start:], np.mean((series[start - 1 : -1] - series[start:]) ** 2)
    errors = (by_seed - true) ** 2
    other = np.mean((elsewhere - made_up[start:]) ** 2)
    naive_there = np.mean((made_up[start - 1 : -1] - made_up[start:]) ** 2)
    if errors.mean() < TOO_GOOD**2 * naive and other > naive_there:
        shown = {"own": errors.mean(), "other": other, "naive": naive_there}
        return Verdict(False, say(m.PROJECT_KNOWS, **_roots(shown)))
    return Verdict(True, _compared(errors, (series[start - 1 : -1] - true) ** 2))


def _compared(errors: Array, naive: Array) -> Sentence:
    """The verdict on squared errors, (seeds, years), beside those of persistence."""
    difference = errors.mean(axis=0) - naive
    half = NORMAL * difference.std(ddof=1) / np.sqrt(len(difference))
    low, high = np.round([difference.mean() - half, difference.mean() + half]) + 0.0
    result = say(
        m.PROJECT_RESULT,
        count=int(np.sum(errors.mean(axis=1) < naive.mean())),
        seeds=len(errors),
        low=f"{low:.0f}",
        high=f"{high:.0f}",
        **_roots({"own": errors.mean(), "naive": naive.mean()}),
    )
    if high < 0:
        return say(m.PROJECT_BEATS, result=result)
    if low > 0:
        return say(m.PROJECT_LOSES, result=result)
    return say(m.PROJECT_UNDECIDED, result=result, years=len(difference))


def _roots(squares: dict[str, float]) -> dict[str, str]:
    return {name: f"{np.sqrt(square):.1f}" for name, square in squares.items()}


def _forecasts(make: Any, series: Array, start: int, seed: int) -> Array:
    """What a forecaster says of each year from `start` on, given those before it."""
    if not callable(make):
        raise _RefusedError(say(m.PROJECT_NO_FORECASTER, given=type(make).__name__))
    forecaster = _called(make, series[:start].copy(), seed)
    if not callable(forecaster):
        raise _RefusedError(say(m.PROJECT_NO_FORECASTER, given=type(forecaster).__name__))
    found = []
    for t in range(start, len(series)):
        value = _called(forecaster, series[:t].copy())
        try:
            number = float(np.asarray(value).item())
        except (TypeError, ValueError):
            number = np.nan
        if not np.isfinite(number):
            given = value if isinstance(value, float) else type(value).__name__
            year = FIRST_YEAR + t
            raise _RefusedError(say(m.PROJECT_NO_NUMBER, year=year, given=given, seed=seed))
        found.append(number)
    return np.array(found)


def _called(function: Callable, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Exception as error:
        kind, text = type(error).__name__, str(error)
        raise _RefusedError(say(m.PROJECT_RAISES, kind=kind, text=text)) from error
