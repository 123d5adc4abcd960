"""One trial of a table as in 1997: online training until the paper's criterion is met.

What the paper leaves open is chosen here, and the book's chapter repeats it:

- weights change after each sequence, by the sum of what its steps ask for;
- 2b asks for the last symbol only: those in the middle are chance, and nothing tells a network
  without a clock which step is the last;
- in 2a and 2b, the memory joins when the mean squared error of 100 strings is above .95 of that of
  the 100 before;
- in 3b the test set of 256 is drawn anew at each look, in 3a and 3c once for each trial;
- the outputs of the adding and the multiplication problem are linear: squashed into [0, 1], two of
  two trials at T=100 had not met the criterion after 740,000 sequences;
- the mean training error is the mean absolute error over the last 2,000 sequences;
- tests on sets are made every `Row.check_every` sequences, so counts are multiples of it;
- a trial that needs more than `Row.limit` sequences has failed.
"""

from __future__ import annotations

import numpy as np

from lstm_lib.reproduce import continual, guessing
from lstm_lib.reproduce.judging import Judge, Mark, Verdict, asked, errors
from lstm_lib.reproduce.network_1997 import TESTING, Rule, as_sparse, run_sequence
from lstm_lib.reproduce.tables import Row, trial_rng
from lstm_lib.reproduce.wiring import (
    Network,
    Wiring,
    make_network,
    take_shortcuts,
    without_memory,
)
from lstm_lib.tasks import Example

Array = np.ndarray

WINDOW = 100


def run_trial(row: Row, seed: int, limit: int | None = None) -> dict:
    """Train one network until the row's criteria are met.

    Parameters
    ----------
    row : Row
    seed : int
        The number of the trial; with the row it decides every random number.
    limit : int, optional
        Fail after so many training sequences; the row's own limit by default.

    Returns
    -------
    dict
        ``solved``: whether the last criterion was met; ``sequences``: how many sequences were
        trained on; ``reached``: for each criterion met, ``sequences`` until then and, where the
        paper tests afterwards, ``wrong`` of ``tested`` fresh sequences and their ``mse``.
    """
    limit = row.limit if limit is None else limit
    rng = trial_rng("1997", row, seed)
    if row.wiring is None:
        return guessing.run_trial(row, rng, limit)
    if row.judge is None:
        return continual.run_trial(row, row.wiring, rng, limit)
    return _train(row, row.wiring, rng, limit)


def _train(row: Row, wiring: Wiring, rng: np.random.Generator, limit: int) -> dict:
    for_weights, for_training, for_judge, for_test = rng.spawn(4)
    network = make_network(wiring, row.spread, row.gate_biases, for_weights)
    judge = row.make_judge(for_judge)
    reached: dict[str, dict] = {}
    pupil = without_memory(network) if row.late_memory else network
    rule = Rule(row.rate, row.near, row.slope)
    squares: list[float] = []
    for count in range(1, limit + 1):
        example = judge.draw(rng=for_training)
        answers = _answers(row, pupil, example, rule)
        if pupil is not network:
            squares.append(float(np.mean(errors(example, answers) ** 2)))
            if _stopped_decreasing(squares):
                take_shortcuts(network, pupil)
                pupil = network
            continue
        judge.watch(example, answers)
        if not judge.is_due(count):
            continue
        verdict = _sit_exam(row, judge, network)
        for criterion in row.criteria:
            if criterion.name not in reached and criterion.is_met(verdict):
                test = judge.test(for_test)
                measured = judge.measure(test, [_answers(row, network, each) for each in test])
                reached[criterion.name] = {"sequences": count, **measured}
        if row.criteria[-1].name in reached:
            return {"solved": True, "sequences": count, "reached": reached}
    return {"solved": False, "sequences": limit, "reached": reached}


def _answers(row: Row, network: Network, example: Example, rule: Rule = TESTING) -> Array:
    """Return the answers to the asked steps, from before the network learns by ``rule``."""
    inputs = as_sparse(example.inputs)
    outputs = run_sequence(
        network, inputs, example.targets, rule, each_step=row.each_step, rest=row.rest
    )
    return outputs[asked(example)]


def _sit_exam(row: Row, judge: Judge, network: Network) -> Verdict:
    """Answer sequence by sequence, and stop when so many are wrong that no criterion can be met."""
    allowed = max(criterion.max_wrong for criterion in row.criteria)
    marks: list[Mark] = []
    for example in judge.exam():
        marks.append(judge.mark(example, _answers(row, network, example)))
        if sum(not mark.right for mark in marks) > allowed:
            break
    return judge.verdict(marks)


def _stopped_decreasing(squares: list[float]) -> bool:
    """Whether the mean of the last window is above .95 of that of the window before."""
    if len(squares) < 2 * WINDOW or len(squares) % WINDOW:
        return False
    return sum(squares[-WINDOW:]) > 0.95 * sum(squares[-2 * WINDOW : -WINDOW])
