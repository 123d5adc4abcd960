"""A bit to hold until another one is to be stored."""

from __future__ import annotations

import numpy as np

from lstm_lib.checks import positive_int
from lstm_lib.tasks.batch import Batch


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
