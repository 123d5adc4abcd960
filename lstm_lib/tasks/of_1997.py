"""The tasks of Hochreiter and Schmidhuber (1997), one sequence at a time.

Positions are counted from 0. Where the paper leaves a choice, the docstring says what
was chosen. Source: "Long Short-Term Memory", Neural Computation 9(8).
"""

from __future__ import annotations

import numpy as np

from lstm_lib.checks import positive_int
from lstm_lib.tasks.batch import Batch, Example, one_hot
from lstm_lib.tasks.reber import embedded_reber

__all__ = [
    "ORDER_SYMBOLS",
    "adding",
    "adding_1997",
    "distractors",
    "embedded_reber",
    "multiplication",
    "noise_free",
    "random_middle",
    "temporal_order",
    "temporal_order_3",
    "two_sequences",
]

Array = np.ndarray

# The letters of experiment 6: noise, what is to be remembered, first and last.
ORDER_SYMBOLS = "abcdXYEB"


def noise_free(lag: int, rng: np.random.Generator) -> Example:
    """Experiment 2a: x or y, then always the same symbols, then x or y once more.

    Parameters
    ----------
    lag : int
        Steps from the first symbol to its return, at least 2.
    rng : numpy.random.Generator

    Returns
    -------
    Example
        Inputs (lag,) of ``lag + 1`` symbols: 0 to lag - 2 in the middle, then x and y;
        targets (lag, lag + 1): the next symbol, one-hot.

    Raises
    ------
    ValueError
        If `lag` is below 2.
    """
    return _there_and_back(np.arange(_checked_lag(lag) - 1), lag, rng)


def random_middle(lag: int, rng: np.random.Generator) -> Example:
    """Experiment 2b: as `noise_free`, but each symbol of the middle is drawn at random."""
    return _there_and_back(rng.integers(_checked_lag(lag) - 1, size=lag - 1), lag, rng)


def _checked_lag(lag: int) -> int:
    if positive_int("lag", lag) < 2:
        raise ValueError(f"lag: expected at least 2, given {lag}")
    return lag


def _there_and_back(middle: Array, lag: int, rng: np.random.Generator) -> Example:
    cue = lag - 1 + rng.integers(2)  # x or y
    symbols = np.concatenate([[cue], middle, [cue]])
    return Example(symbols[:-1], one_hot(symbols[1:], lag + 1))


def distractors(q: int, p: int, rng: np.random.Generator) -> Example:
    """Experiment 2c: x or y is asked for after q random symbols, and then some.

    The sequence is b, then x or y, then `q` distractors, then distractors until, with
    probability 1/10 each time, e comes instead of another. At e the first symbol is asked for.

    Parameters
    ----------
    q : int
        The smallest number of distractors.
    p : int
        How many kinds of them there are.
    rng : numpy.random.Generator

    Returns
    -------
    Example
        Inputs (time,) of ``p + 4`` symbols: 0 to p - 1 distract, then b, e, x, y;
        targets (time, 2): x or y, at the end.
    """
    more = rng.geometric(0.1) - 1
    b, e, x = positive_int("p", p), p + 1, p + 2
    which = rng.integers(2)
    middle = rng.integers(p, size=positive_int("q", q) + more)
    inputs = np.concatenate([[b, x + which], middle, [e]])
    return Example(inputs, _asked_at_the_end(len(inputs), np.eye(2)[which]))


def two_sequences(
    length: int, informative: int, rng: np.random.Generator, kind: str = "3a"
) -> Example:
    """Experiment 3: the first few numbers tell the class, the many others are noise.

    The first `informative` numbers are all 1 or all -1; those behind are normal, with mean
    0 and variance 0.2. The right answer at the end is 1 or 0.

    Parameters
    ----------
    length : int
        Sequences have `length` to 1.1 `length` numbers.
    informative : int
        How many numbers tell the class; fewer than `length`.
    rng : numpy.random.Generator
    kind : {"3a", "3b", "3c"}
        In 3b, noise of the same kind is added to the telling numbers, too. In 3c these are as
        in 3a, and the targets are noisy: 0.8 and 0.2, with a variance of 0.1.

    Returns
    -------
    Example
        Inputs (time, 1); targets (time, 1), at the end.

    Raises
    ------
    ValueError
        If `informative` is not below `length`, or the kind is unknown.
    """
    if positive_int("informative", informative) >= positive_int("length", length):
        raise ValueError(f"informative: expected less than length = {length}, given {informative}")
    if kind not in ("3a", "3b", "3c"):
        raise ValueError(f"kind: expected 3a, 3b or 3c, given {kind}")
    first = rng.integers(2)
    inputs = rng.normal(0, np.sqrt(0.2), (_drawn_length(length, rng), 1))
    sign = 2 * first - 1
    inputs[:informative] = sign if kind != "3b" else inputs[:informative] + sign
    target = float(first)
    if kind == "3c":
        target = 0.2 + 0.6 * first + rng.normal(0, np.sqrt(0.1))
    return Example(inputs, _asked_at_the_end(len(inputs), [target]))


def adding_1997(length: int, rng: np.random.Generator) -> Example:
    """Experiment 4: the sum of two marked numbers is asked for, as in `adding`.

    Parameters
    ----------
    length : int
        Sequences have `length` to 1.1 `length` pairs; at least 6.
    rng : numpy.random.Generator

    Returns
    -------
    Example
        Inputs (time, 2); targets (time, 1): 0.5 + (X1 + X2) / 4, at the end.

    Raises
    ------
    ValueError
        If `length` is below 6: there would be no two pairs to mark.
    """
    inputs, (x1, x2) = _marked_pairs(length, _drawn_length(length, rng), -1.0, 0.0, rng)
    return Example(inputs, _asked_at_the_end(len(inputs), [0.5 + (x1 + x2) / 4]))


def multiplication(length: int, rng: np.random.Generator) -> Example:
    """Experiment 5: as `adding_1997`, but the numbers lie in [0, 1] and their product is asked for.

    A marked first pair counts as 1, which leaves the product as it is.
    """
    inputs, (x1, x2) = _marked_pairs(length, _drawn_length(length, rng), 0.0, 1.0, rng)
    return Example(inputs, _asked_at_the_end(len(inputs), [x1 * x2]))


def adding(length: int, batch_size: int, rng: np.random.Generator) -> Batch:
    """Return sequences of the adding problem: the sum of two marked numbers is asked.

    Each step is a pair. The first entry is a random number between -1 and 1. The
    second is a marker: 1 on one of the first ten pairs and on one other of the first
    `length` / 2 - 1, -1 on the first and on the last pair, 0 elsewhere. If the first
    pair is a chosen one, it counts as 0. All sequences of a batch have one length,
    drawn from `length` to 1.1 `length`. The target is 0.5 + (X1 + X2) / 4, at the end.

    Source: Hochreiter and Schmidhuber (1997), experiment 4.

    Parameters
    ----------
    length : int
        At least 6.
    batch_size : int
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        Inputs (batch_size, time, 2); targets (batch_size, time, 1), NaN but at the end.

    Raises
    ------
    ValueError
        If `length` is below 6: there would be no two pairs to mark.
    """
    size = positive_int("batch_size", batch_size)
    time = _drawn_length(length, rng)
    drawn = [_marked_pairs(length, time, -1.0, 0.0, rng) for _ in range(size)]
    targets = np.full((size, time, 1), np.nan)
    targets[:, -1, 0] = [0.5 + sum(marked) / 4 for _, marked in drawn]
    return Batch(np.stack([inputs for inputs, _ in drawn]), targets)


def temporal_order(rng: np.random.Generator) -> Example:
    """Experiment 6a: tell in which order two X or Y came, among noise.

    A sequence has 100 to 110 symbols of `ORDER_SYMBOLS`: E first, B last, X or Y at a
    place from 10 to 20 and at one from 50 to 60, and a, b, c or d everywhere else.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    Example
        Inputs (time,); targets (time, 4), at the end: XX, XY, YX or YY, one-hot.
    """
    return _order(((10, 20), (50, 60)), rng)


def temporal_order_3(rng: np.random.Generator) -> Example:
    """Experiment 6b: as `temporal_order`, with three X or Y.

    They stand at places from 10 to 20, 33 to 43 and 66 to 76; targets (time, 8), from
    XXX to YYY.
    """
    return _order(((10, 20), (33, 43), (66, 76)), rng)


def _order(places: tuple[tuple[int, int], ...], rng: np.random.Generator) -> Example:
    inputs = rng.integers(4, size=rng.integers(100, 111))
    inputs[0], inputs[-1] = ORDER_SYMBOLS.index("E"), ORDER_SYMBOLS.index("B")
    name = 0
    for first, last in places:
        which = int(rng.integers(2))
        inputs[rng.integers(first, last + 1)] = ORDER_SYMBOLS.index("X") + which
        name = 2 * name + which
    return Example(inputs, _asked_at_the_end(len(inputs), np.eye(2 ** len(places))[name]))


def _drawn_length(length: int, rng: np.random.Generator) -> int:
    """From `length` to 1.1 `length`."""
    return int(rng.integers(positive_int("length", length), length + length // 10 + 1))


def _asked_at_the_end(time: int, answer: Array | list[float]) -> Array:
    targets = np.full((time, len(answer)), np.nan)
    targets[-1] = answer
    return targets


def _marked_pairs(
    length: int, time: int, low: float, first_counts: float, rng: np.random.Generator
) -> tuple[Array, list[float]]:
    """Pairs of a number from `low` to 1 and a marker, and the two marked numbers."""
    last = length // 2 - 1
    if last < 2:
        raise ValueError(f"length: expected at least 6, given {length}")
    inputs = np.zeros((time, 2))
    inputs[:, 0] = rng.uniform(low, 1, time)
    first = int(rng.integers(min(10, last)))
    second = int(rng.integers(last - 1))
    second += second >= first  # any but the first one
    marked = [float(inputs[k, 0]) if k else first_counts for k in (first, second)]
    inputs[[first, second], 1] = 1.0
    inputs[[0, -1], 1] = -1.0
    return inputs, marked
