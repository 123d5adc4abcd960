"""Many things to remember at once, each under a name of its own."""

from __future__ import annotations

import numpy as np

from lstm_lib.checks import positive_int
from lstm_lib.tasks.batch import IGNORE, Batch, one_hot

KEYS, VALUES = 32, 8


def key_values(pairs: int, batch_size: int, rng: np.random.Generator) -> Batch:
    """Return pairs of a key and a value, then each key once more; the answer is its value.

    The keys of a sequence are different from each other; a value may come more than once.

    Parameters
    ----------
    pairs : int
        At most `KEYS`.
    batch_size : int
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        Inputs (batch_size, 2 * pairs, KEYS + VALUES), one-hot: first key and value together,
        then the keys alone, in another order. Targets: none for the first half, then the value.

    Raises
    ------
    ValueError
        If there are more pairs than keys.
    """
    if positive_int("pairs", pairs) > KEYS:
        raise ValueError(f"pairs: expected at most {KEYS}, given {pairs}")
    size = positive_int("batch_size", batch_size)
    keys = rng.permuted(np.tile(np.arange(KEYS), (size, 1)), axis=1)[:, :pairs]
    values = rng.integers(VALUES, size=(size, pairs))
    order = rng.permuted(np.tile(np.arange(pairs), (size, 1)), axis=1)
    asked, answers = (np.take_along_axis(each, order, axis=1) for each in (keys, values))
    told = np.concatenate([one_hot(keys, KEYS), one_hot(values, VALUES)], axis=2)
    ask = np.concatenate([one_hot(asked, KEYS), np.zeros((size, pairs, VALUES))], axis=2)
    return Batch(
        np.concatenate([told, ask], axis=1),
        np.concatenate([np.full((size, pairs), IGNORE), answers], axis=1),
    )
