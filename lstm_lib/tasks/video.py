"""A video: an object flies from left to right and passes behind a wall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_lib.checks import positive_int
from lstm_lib.tasks.batch import IGNORE, Batch

Array = np.ndarray

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
