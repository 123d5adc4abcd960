"""A video: an object flies from left to right and passes behind a wall."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np

from lstm_lib.checks import positive_int
from lstm_lib.tasks.batch import IGNORE, Batch

Array = np.ndarray

FRAME_ROWS, FRAME_COLUMNS, WALL_COLUMN = 5, 5, 3
SPEEDS = (-2, -1, 0, 1, 2)
NOISE = 0.3  # how far it moves a pixel up or down, at most


def flight(row: int, speed: int, hidden: int) -> list[tuple[int, int]]:
    """Return where the object is in each frame, as (row, column).

    It moves one column and `speed` rows a frame, bounces off the top and bottom
    edges, and stays in the wall's column for `hidden` frames.

    Parameters
    ----------
    row : int
        Where it starts, from 0 to 4.
    speed : int
        Rows a frame, from -2 to 2 in `flights`.
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


@functools.cache
def _different_flights(hidden: int) -> tuple[Array, Array]:
    """Pictures until the last hidden frame, and the row of the exit, of each different flight."""
    different = {}
    for row, speed in itertools.product(range(FRAME_ROWS), SPEEDS):
        places = flight(row, speed, hidden)
        pictures = frames(places)[:-1]
        different[pictures.tobytes()] = pictures, places[-1][0]
    pictures, exits = zip(*different.values(), strict=True)
    return np.array(pictures), np.array(exits)


def flights(hidden: int, batch_size: int, rng: np.random.Generator) -> Batch:
    """Return a batch of flights, asked in the last hidden frame for the row of the exit.

    For one `hidden` there are 21 different flights, so that a test on them would be one on
    the training data. The camera is noisy, however: each pixel that is not on the wall is
    off by up to `NOISE`, in each frame anew, and no two videos are the same.

    Parameters
    ----------
    hidden : int
        Frames behind the wall, at least 1.
    batch_size : int
    rng : numpy.random.Generator
    """
    pictures, exits = _different_flights(positive_int("hidden", hidden))
    drawn = rng.integers(len(exits), size=positive_int("batch_size", batch_size))
    noise = rng.uniform(-NOISE, NOISE, (batch_size, *pictures.shape[1:]))
    noise[..., WALL_COLUMN] = 0.0
    inputs = (pictures[drawn] + noise).reshape(batch_size, pictures.shape[1], -1)
    targets = np.full(inputs.shape[:2], IGNORE)
    targets[:, -1] = exits[drawn]
    return Batch(inputs, targets)
