"""Sequences that are kept for the test, and a task that never gives them out in training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_lib.checks import positive_int
from lstm_lib.tasks.batch import Batch

MakeBatch = Callable[[int, np.random.Generator], Batch]
ATTEMPTS = 100  # to draw a sequence that is not held out


def held_out(make_batch: MakeBatch, size: int, rng: np.random.Generator) -> tuple[MakeBatch, Batch]:
    """Split what a task gives out in two: for training, and for the test.

    A task that draws at random may draw a sequence twice: once in training, once in the
    test, which then asks for what was learned by heart.

    Parameters
    ----------
    make_batch : function of (batch_size, rng) that returns a Batch
    size : int
        Sequences that are drawn for the test; of equal ones, the first is kept.
    rng : numpy.random.Generator
        Draws the test.

    Returns
    -------
    make_training_batch : function of (batch_size, rng) that returns a Batch
        As `make_batch`, but a sequence of the test is drawn again.
    test : Batch
        All different from each other.

    Raises
    ------
    ValueError
        By `make_training_batch`, if it finds no other sequences than those of the test.
    """
    drawn = make_batch(positive_int("size", size), rng)
    different = {inputs.tobytes(): index for index, inputs in reversed([*enumerate(drawn.inputs)])}
    kept = sorted(different.values())
    test = Batch(*(each[kept] for each in drawn))

    def make_training_batch(batch_size: int, rng: np.random.Generator) -> Batch:
        batch = make_batch(batch_size, rng)
        for _ in range(ATTEMPTS):
            again = [i for i, inputs in enumerate(batch.inputs) if inputs.tobytes() in different]
            if not again:
                return batch
            other = make_batch(len(again), rng)
            for old, new in zip(batch, other, strict=True):
                old[again] = new
        raise ValueError(
            f"make_batch: expected sequences that are not in the test of {len(kept)}, "
            f"given no others in {ATTEMPTS} attempts"
        )

    return make_training_batch, test
