"""What a network must beat: simple forecasts of a series, and counts of letters.

A forecast is made at an origin t, an index into the series: it sees the values up to t, and says
what comes `horizon` steps later. All models of a comparison answer at the same origins, those
of `origins`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from lstm_lib.checks import positive_int

Array = np.ndarray


def hold(series: Array) -> Array:
    """Return a series whose NaNs are the last value before them: nothing is taken from later.

    Raises
    ------
    ValueError
        If the first value is NaN.
    """
    if np.isnan(series[0]):
        raise ValueError("series: expected a number as its first value, given NaN")
    last = np.maximum.accumulate(np.where(np.isnan(series), 0, np.arange(len(series))))
    return series[last]


def origins(start: int, stop: int, *, context: int, block: int, horizon: int) -> Array:
    """Return the origins of a part of a series, start to stop, in windows.

    Window k begins at ``start + k * block``. A model reads its first `context` values, and answers
    at the last of these and at the ``block - 1`` after it. Nothing that is read, and nothing that
    is asked for, lies outside of the part.

    Returns
    -------
    array of int of shape (windows, block)

    Raises
    ------
    TypeError, ValueError
        If a size is not a positive integer, or the part is too short for a window.
    """
    sizes = [
        positive_int(*each)
        for each in (("context", context), ("block", block), ("horizon", horizon))
    ]
    context, block, horizon = sizes
    first = np.arange(start + context - 1, stop - horizon - block + 1, block)
    if not first.size:
        raise ValueError(
            f"stop: expected at least {sum(sizes) - 1} values from start on, given {stop - start}"
        )
    return first[:, None] + np.arange(block)


def lagged(series: Array, at: Array, lags: int) -> Array:
    """Return the last `lags` values at each origin, the newest first, (origins, lags)."""
    return series[np.ravel(at)[:, None] - np.arange(lags)]


def ridge(features: Array, targets: Array, penalty: float) -> Array:
    r"""Return the weights of a linear regression with a penalty, the last row the bias.

    .. math:: W = (X^\top X + \lambda I)^{-1} X^\top Y

    with a column of ones at the end of X, whose weight has no penalty.

    Parameters
    ----------
    features : array of shape (examples, n)
    targets : array of shape (examples, m)
    penalty : float
        :math:`\lambda`.

    Returns
    -------
    array of shape (n + 1, m)
    """
    X = with_ones(features)
    penalties = np.append(np.full(features.shape[1], penalty), 0.0)
    return np.linalg.solve(X.T @ X + np.diag(penalties), X.T @ targets)


def with_ones(features: Array) -> Array:
    """Return the features with a column of ones behind them."""
    return np.column_stack([features, np.ones(len(features))])


def nearest(known: Array, targets: Array, asked: Array, neighbors: int) -> Array:
    """Return the mean target of the nearest known examples, by the distance of their features.

    Parameters
    ----------
    known : array of shape (examples, n)
    targets : array of shape (examples, m)
    asked : array of shape (queries, n)
    neighbors : int
        As many are averaged.

    Returns
    -------
    array of shape (queries, m)
    """
    squares = (known**2).sum(axis=1)
    found = np.empty((len(asked), targets.shape[1]))
    for k in range(0, len(asked), 256):  # not all distances at once
        distance = squares - 2 * asked[k : k + 256] @ known.T
        close = np.argpartition(distance, neighbors - 1, axis=1)[:, :neighbors]
        found[k : k + 256] = targets[close].mean(axis=1)
    return found


class LetterCounts:
    r"""A model of words that counts which letter follows which.

    .. math::

        p_k(x \mid u) = \frac{n(u x) + m\, p_{k-1}(x \mid u')}{n(u) + m}

    with u the last k letters, u' the last k - 1 of them, and a :math:`p` below the first that is
    the same for all letters. Source: MacKay and Peto (1995).

    Parameters
    ----------
    words : iterable of str
        What is counted.
    order : int
        Letters that are looked back at, 0 or more.
    strength : float
        m: as many observations the shorter context counts for.
    end : str
        Stands before and behind each word.
    """

    def __init__(self, words: Iterable[str], order: int, strength: float, end: str = ".") -> None:
        self.order, self.strength, self.end = order, strength, end
        words = list(words)
        self.letters = sorted({end, *"".join(words)})
        self._pairs: Counter[str] = Counter()
        self._contexts: Counter[str] = Counter()
        for word in words:
            for context, letter in self._steps(word):
                for k in range(order + 1):
                    past = context[len(context) - k :]
                    self._pairs[past + letter] += 1
                    self._contexts[past] += 1

    def _steps(self, word: str) -> list[tuple[str, str]]:
        """What stands before each letter of a word, and the letter."""
        padded = self.end * self.order + word + self.end
        return [(padded[k - self.order : k], padded[k]) for k in range(self.order, len(padded))]

    def probability(self, context: str, letter: str) -> float:
        """Return the probability of a letter after `order` letters."""
        p = 1 / len(self.letters)
        for k in range(self.order + 1):
            past = context[len(context) - k :]
            p = (self._pairs[past + letter] + self.strength * p) / (
                self._contexts[past] + self.strength
            )
        return p

    def perplexity(self, words: Sequence[str]) -> float:
        """Return 2 to the mean number of bits for a letter, ends of words included."""
        logs = [
            math.log(self.probability(context, letter))
            for word in words
            for context, letter in self._steps(word)
        ]
        return math.exp(-math.fsum(logs) / len(logs))

    def sample(self, rng: np.random.Generator, temperature: float = 1.0) -> str:
        """Return a word that is drawn letter by letter."""
        word = ""
        while True:
            context = (self.end * self.order + word)[len(word) :]
            p = np.array([self.probability(context, letter) for letter in self.letters])
            p = p ** (1 / temperature)
            letter = self.letters[int(np.searchsorted(np.cumsum(p / p.sum()), rng.random()))]
            if letter == self.end:
                return word
            word += letter
