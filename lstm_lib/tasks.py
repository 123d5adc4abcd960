"""Seeded data with long dependencies, whose right answers are known.

Every generator takes a NumPy random generator and returns a `Batch`: float64
inputs, and for each step a target or the mark that none is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lstm_lib.state import positive_int

Array = np.ndarray

IGNORE = -1  # a step at which no answer is asked for


class Batch(NamedTuple):
    """Sequences and what should be answered at each of their steps.

    Attributes
    ----------
    inputs : array of shape (batch_size, time, input_size), float64
    targets : array
        Classes: (batch_size, time), int64, the right class or `IGNORE`. Numbers:
        (batch_size, time, outputs), float64, the right number or NaN.
    """

    inputs: Array
    targets: Array


# A small grammar. In both sentences one early word decides the last one.
PLACES = {"clouds": "sky", "fish": "sea", "cows": "field", "books": "shelf"}
LANGUAGES = {"France": "French", "Germany": "German", "Spain": "Spanish", "Italy": "Italian"}
VERBS = ("walks", "reads", "sings", "cooks", "swims", "paints", "works", "rests")

VOCABULARY: tuple[str, ...] = (
    *("the", "are", "in", "she", "grew", "up", "and", "speaks"),
    *VERBS,
    *(word for pair in (PLACES | LANGUAGES).items() for word in pair),
)
SHORTEST_GAP = 2


def short_sentence(rng: np.random.Generator) -> list[str]:
    """Return, say, *the clouds are in the sky*: three words between cue and answer."""
    cue = rng.choice(list(PLACES))
    return ["the", str(cue), "are", "in", "the", PLACES[cue]]


def long_sentence(gap: int, rng: np.random.Generator) -> list[str]:
    """Return, say, *she grew up in France walks reads and speaks French*.

    Parameters
    ----------
    gap : int
        Words between the country and the language: random verbs, then
        "and speaks"; at least 2.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If `gap` is below 2.
    """
    if positive_int("gap", gap) < SHORTEST_GAP:
        raise ValueError(f"gap: expected at least {SHORTEST_GAP}, given {gap}")
    country = rng.choice(list(LANGUAGES))
    verbs = rng.choice(VERBS, gap - SHORTEST_GAP)
    start = ["she", "grew", "up", "in", str(country)]
    return [*start, *map(str, verbs), "and", "speaks", LANGUAGES[country]]


# A video: an object flies from left to right and passes behind a wall.
FRAME_ROWS, FRAME_COLUMNS, WALL_COLUMN = 5, 5, 3


def flight(row: int, speed: int, hidden: int) -> list[tuple[int, int]]:
    """Return where the object is in each frame, as (row, column).

    It moves one column and `speed` rows a frame, bounces off the top and bottom
    edges, and stays in the wall's column for `hidden` frames.

    Parameters
    ----------
    row : int
        Where it starts, from 0 to 4.
    speed : {-1, 0, 1}
        Rows a frame.
    hidden : int
        Frames behind the wall.
    """
    columns = [0, 1, 2] + [WALL_COLUMN] * hidden + [FRAME_COLUMNS - 1]
    period = 2 * (FRAME_ROWS - 1)
    places = []
    for frame, column in enumerate(columns):
        phase = (row + speed * frame) % period  # up and down again is one period
        places.append((min(phase, period - phase), column))
    return places


def frames(places: Sequence[tuple[int, int]]) -> Array:
    """Return the pictures (time, 5, 5): 1 where the object is seen, -1 on the wall."""
    pictures = np.zeros((len(places), FRAME_ROWS, FRAME_COLUMNS))
    for picture, (row, column) in zip(pictures, places, strict=True):
        picture[row, column] = 1.0
        picture[:, WALL_COLUMN] = -1.0  # the wall hides what is behind it
    return pictures


def flights(hidden: int, batch_size: int, rng: np.random.Generator) -> Batch:
    """Return a batch of flights, asked in the last hidden frame for the row of the exit.

    Parameters
    ----------
    hidden : int
        Frames behind the wall, at least 1.
    batch_size : int
    rng : numpy.random.Generator
    """
    positive_int("hidden", hidden)
    inputs, targets = [], []
    for _ in range(positive_int("batch_size", batch_size)):
        places = flight(int(rng.integers(FRAME_ROWS)), int(rng.integers(-1, 2)), hidden)
        inputs.append(frames(places)[:-1].reshape(len(places) - 1, -1))
        targets.append([IGNORE] * (len(places) - 2) + [places[-1][0]])
    return Batch(np.array(inputs), np.array(targets))


def latch(time: int, batch_size: int, rng: np.random.Generator, rate: float = 0.15) -> Batch:
    """Return an endless stream in miniature: hold a bit until another one is to be stored.

    At each step come a random bit (as -1 or 1) and a flag. Where the flag is 1, and
    always at the first step, the bit is to be stored in place of the old one; where it
    is 0, the bit is to be ignored. The answer, at every step, is the bit now stored:
    the right forget gate is 0 where the flag is 1, and 1 elsewhere.

    Parameters
    ----------
    time : int
    batch_size : int
    rng : numpy.random.Generator
    rate : float
        How often the flag is 1.

    Returns
    -------
    Batch
        Inputs (batch_size, time, 2), bit and flag; targets: class 0 or 1.
    """
    shape = (positive_int("batch_size", batch_size), positive_int("time", time))
    bits = rng.integers(0, 2, shape)
    flags = rng.random(shape) < rate
    flags[:, 0] = True
    stored_at = np.maximum.accumulate(np.where(flags, np.arange(time), 0), axis=1)
    targets = np.take_along_axis(bits, stored_at, axis=1)
    return Batch(np.stack([2.0 * bits - 1.0, flags.astype(float)], axis=2), targets)


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
    if positive_int("length", length) < 6:
        raise ValueError(f"length: expected at least 6, given {length}")
    size = positive_int("batch_size", batch_size)
    time = int(rng.integers(length, length + length // 10 + 1))
    inputs = np.zeros((size, time, 2))
    targets = np.full((size, time, 1), np.nan)
    inputs[:, :, 0] = rng.uniform(-1, 1, (size, time))
    last = length // 2 - 1
    for sequence, target in zip(inputs, targets, strict=True):
        first = int(rng.integers(min(10, last)))
        second = int(rng.choice([k for k in range(last) if k != first]))
        sequence[[first, second], 1] = 1.0
        total = sum(sequence[k, 0] for k in (first, second) if k != 0)
        sequence[[0, -1], 1] = -1.0
        target[-1] = 0.5 + total / 4
    return Batch(inputs, targets)


def one_hot(ids: Array, size: int) -> Array:
    """Return float64 vectors with a single 1: the shape of `ids`, and `size` behind it."""
    return np.eye(size)[ids]


def encode(sentences: Sequence[Sequence[str]]) -> Batch:
    """Turn sentences of one length into inputs and next words.

    Parameters
    ----------
    sentences : sequence of sequences of str
        All of one length, of words of `VOCABULARY`.

    Returns
    -------
    Batch
        Inputs (batch_size, words - 1, 32), one-hot; targets: the next word.

    Raises
    ------
    ValueError
        If the lengths differ or a word is not in the vocabulary.
    """
    lengths = {len(sentence) for sentence in sentences}
    if len(lengths) != 1:
        raise ValueError(f"sentences: expected one length, given {sorted(lengths)}")
    unknown = {word for sentence in sentences for word in sentence} - set(VOCABULARY)
    if unknown:
        raise ValueError(f"sentences: expected words of VOCABULARY, given {sorted(unknown)}")
    ids = np.array([[VOCABULARY.index(word) for word in sentence] for sentence in sentences])
    return Batch(one_hot(ids[:, :-1], len(VOCABULARY)), ids[:, 1:])


def last_word(batch: Batch) -> Batch:
    """Ask for the last word only: the words before it are read, not predicted."""
    targets = np.full_like(batch.targets, IGNORE)
    targets[:, -1] = batch.targets[:, -1]
    return Batch(batch.inputs, targets)


def short_sentences(batch_size: int, rng: np.random.Generator) -> Batch:
    """Return a batch of `short_sentence`, asked for the last word."""
    size = positive_int("batch_size", batch_size)
    return last_word(encode([short_sentence(rng) for _ in range(size)]))


def long_sentences(gap: int, batch_size: int, rng: np.random.Generator) -> Batch:
    """Return a batch of `long_sentence`, all with this gap, asked for the last word."""
    size = positive_int("batch_size", batch_size)
    return last_word(encode([long_sentence(gap, rng) for _ in range(size)]))
