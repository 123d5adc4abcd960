"""The continual embedded Reber grammar of Gers, Schmidhuber and Cummins (2000).

Strings follow each other without a mark, and nobody tells the network where one ends. A training
stream lasts until the first wrong prediction. After each, with the weights held, ten test streams
last until theirs; the trial is solved when all ten reach 100,000 symbols.

What we do otherwise than the paper, or where our sources are silent: the decaying learning rate is
multiplied by .99 after every 100 streams.
"""

from __future__ import annotations

import numpy as np

from lstm_lib.reproduce.compiled import njit
from lstm_lib.reproduce.network_1997 import TESTING, Rule, Sparse, as_sparse, run, zero_state
from lstm_lib.reproduce.tables import Row
from lstm_lib.reproduce.wiring import Network, Wiring, make_network
from lstm_lib.tasks import reber

Array = np.ndarray

LONGEST = 100_000
TEST_STREAMS = 10
DECAY, DECAY_EVERY = 0.99, 100


@njit(cache=True)
def _is_right(outputs, may_come):
    least, most = np.inf, -np.inf
    for k in range(len(outputs)):
        if may_come[k]:
            least = min(least, outputs[k])
        else:
            most = max(most, outputs[k])
    return least > most


@njit(cache=True)
def _run_until_wrong(network, state, sequence, targets, may_come, rule):
    """How many steps are right before the first wrong one, which is still learnt from."""
    outputs = np.empty((1, targets.shape[1]))
    for t in range(len(targets)):
        here = Sparse(sequence.units[t : t + 1], sequence.values[t : t + 1])
        run(
            network,
            (network.hidden, network.output),
            state,
            here,
            targets[t : t + 1],
            rule,
            outputs,
        )
        if not _is_right(outputs[0], may_come[t]):
            return t
    return len(targets)


def _stream(
    network: Network, rule: Rule, reset: bool, longest: int, rng: np.random.Generator
) -> int:
    """Run a stream until the first wrong prediction; return how many were right."""
    state = zero_state(network)
    right = 0
    for letters, targets in reber.continual_reber(rng):
        if reset:
            state = zero_state(network)
        may_come = reber.possible_next(letters)
        now = _run_until_wrong(network, state, as_sparse(letters), targets, may_come, rule)
        right += now
        if now < len(targets) or right >= longest:
            return min(right, longest)
    raise AssertionError("the stream has no end")


def run_trial(
    row: Row, wiring: Wiring, rng: np.random.Generator, limit: int, longest: int = LONGEST
) -> dict:
    """Train until ten test streams are without a mistake.

    Returns
    -------
    dict
        As every trial: ``solved``, ``sequences`` and ``reached``; a sequence is a training stream.
        Besides ``best``, the longest mean length of the ten test streams.
    """
    for_weights, for_training, for_test = rng.spawn(3)
    network = make_network(wiring, row.spread, row.gate_biases, for_weights)
    rule, reset = Rule(row.rate, row.near, row.slope), row.options["reset"]
    best = 0.0
    for count in range(1, limit + 1):
        _stream(network, rule, reset, longest, for_training)
        if row.options["decay"] and count % DECAY_EVERY == 0:
            rule = rule._replace(rate=rule.rate * DECAY)
        lengths = [_stream(network, TESTING, reset, longest, for_test) for _ in range(TEST_STREAMS)]
        best = max(best, float(np.mean(lengths)))
        if min(lengths) == longest:
            reached = {row.criteria[-1].name: {"sequences": count}}
            return {"solved": True, "sequences": count, "reached": reached, "best": best}
    return {"solved": False, "sequences": limit, "reached": {}, "best": best}
