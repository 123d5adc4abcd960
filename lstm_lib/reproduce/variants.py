"""Two tasks of the paper as they are run here, where `of_1997` alone does not say it."""

from __future__ import annotations

import numpy as np

from lstm_lib.tasks import Example, of_1997


def last_of_random_middle(lag: int, rng: np.random.Generator) -> Example:
    """Experiment 2b, asked for the last symbol only: those in the middle are chance."""
    inputs, targets = of_1997.random_middle(lag, rng)
    targets[:-1] = np.nan
    return Example(inputs, targets)


def expected_two_sequences(
    length: int, informative: int, kind: str, rng: np.random.Generator
) -> Example:
    """Experiment 3c as it is judged: by the expected targets, .2 and .8, not by the noisy ones.

    Raises
    ------
    ValueError
        If ``kind`` is not 3c.
    """
    if kind != "3c":
        raise ValueError(f"kind: expected 3c, given {kind}")
    inputs, targets = of_1997.two_sequences(length, informative, rng, kind="3a")
    return Example(inputs, 0.2 + 0.6 * targets)
