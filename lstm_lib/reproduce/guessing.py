"""The paper's own warning: some long lags are solved by drawing weights until they fit by chance.

The network is not an LSTM but as plain as can be: two fully connected logistic units that hear the
input, each other and a bias, the second of which is the answer; 8 weights. Nothing is learnt.
"""

from __future__ import annotations

import math

import numpy as np

from lstm_lib.reproduce.compiled import njit
from lstm_lib.reproduce.tables import Row
from lstm_lib.tasks import Example

Array = np.ndarray


@njit(cache=True)
def _count_right(weights, inputs, starts, targets, tolerance, stop_at_wrong):
    """How many sequences end within ``tolerance``; they stand one after the other in ``inputs``."""
    right = 0
    for n in range(len(targets)):
        a = b = 0.0
        for t in range(starts[n], starts[n + 1]):
            x = inputs[t]
            net_a = weights[0] * x + weights[1] * a + weights[2] * b + weights[3]
            net_b = weights[4] * x + weights[5] * a + weights[6] * b + weights[7]
            a = 1.0 / (1.0 + math.exp(-net_a))
            b = 1.0 / (1.0 + math.exp(-net_b))
        if abs(b - targets[n]) <= tolerance:
            right += 1
        elif stop_at_wrong:
            return right
    return right


def _one_after_the_other(examples: list[Example]) -> tuple[Array, Array, Array]:
    """Return all inputs in one array, where each sequence starts, and the targets at the ends."""
    inputs = [example.inputs[:, 0] for example in examples]
    starts = np.cumsum([0, *map(len, inputs)])
    return np.concatenate(inputs), starts, np.array([e.targets[-1, 0] for e in examples])


def run_trial(row: Row, rng: np.random.Generator, limit: int) -> dict:
    """Guess until all sequences of the judge's test set are right.

    A guess needs at most these 256 sequences, so the guesses are what is counted.

    Returns
    -------
    dict
        As every trial: ``solved``, ``sequences`` and ``reached``, without an ``mse``.
    """
    for_weights, for_judge, for_test = rng.spawn(3)
    judge = row.make_judge(for_judge)
    judged = _one_after_the_other(list(judge.exam()))
    for count in range(1, limit + 1):
        weights = for_weights.uniform(-row.spread, row.spread, 8)
        if _count_right(weights, *judged, row.tolerance, True) < len(judged[2]):
            continue
        test = judge.test(for_test)
        right = _count_right(weights, *_one_after_the_other(test), row.tolerance, False)
        measured = {"sequences": count, "wrong": len(test) - right, "tested": len(test)}
        return {"solved": True, "sequences": count, "reached": {row.criteria[-1].name: measured}}
    return {"solved": False, "sequences": limit, "reached": {}}
