"""States to follow where what a step does depends on the state itself."""

from __future__ import annotations

import numpy as np

from lstm_lib.checks import positive_int
from lstm_lib.tasks.batch import IGNORE, Batch

FLOORS = 5


def parity(time: int, batch_size: int, rng: np.random.Generator) -> Batch:
    """Return random bits; the answer, at every step, is whether the ones so far are odd.

    A one turns the answer over, whatever it was: the content is kept with a factor of -1.

    Parameters
    ----------
    time, batch_size : int
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        Inputs (batch_size, time, 1), -1 or 1; targets: class 0 or 1.
    """
    shape = (positive_int("batch_size", batch_size), positive_int("time", time))
    bits = rng.integers(0, 2, shape)
    return Batch(2.0 * bits[..., None] - 1.0, np.cumsum(bits, axis=1) % 2)


def first_bit(time: int, batch_size: int, rng: np.random.Generator, rate: float = 0.15) -> Batch:
    """Return bits and flags as `latch` does; the answer is the first bit that had a flag.

    Whether a flag counts depends on what is stored already. No answer is asked for
    before the first flag. Arguments and result as of `latch`.
    """
    shape = (positive_int("batch_size", batch_size), positive_int("time", time))
    bits = rng.integers(0, 2, shape)
    flags = rng.random(shape) < rate
    flags[np.arange(shape[0]), rng.integers(0, (time + 1) // 2, shape[0])] = True
    first = np.argmax(flags, axis=1)[:, None]
    targets = np.where(np.arange(time) < first, IGNORE, np.take_along_axis(bits, first, axis=1))
    return Batch(np.stack([2.0 * bits - 1.0, flags.astype(float)], axis=2), targets)


def lift(time: int, batch_size: int, rng: np.random.Generator) -> Batch:
    """Return steps up and down of a lift of 5 floors; the answer is the floor it is on.

    It starts on the lowest one. A step beyond the lowest or the highest floor does nothing.

    Parameters
    ----------
    time, batch_size : int
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        Inputs (batch_size, time, 1), -1 or 1; targets: class 0 to 4.
    """
    shape = (positive_int("batch_size", batch_size), positive_int("time", time))
    moves = rng.choice([-1, 1], shape)
    floors = np.zeros(shape, int)
    floor = np.zeros(shape[0], int)
    for t in range(time):
        floor = np.clip(floor + moves[:, t], 0, FLOORS - 1)
        floors[:, t] = floor
    return Batch(moves[..., None].astype(float), floors)
