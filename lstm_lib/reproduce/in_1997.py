"""One trial of a table as in 1997: online training until the paper's criterion is met.

What the paper leaves open is chosen here, and the book's chapter repeats it:

- weights change at each step that asks for an answer, with the error of that step;
- 2b asks for the last symbol only: those in the middle are chance, and nothing tells a network
  without a clock which step is the last;
- in 2a and 2b, the memory joins when the mean squared error of 100 strings is above .95 of that of
  the 100 before;
- in 3b and 3c with one telling number, noise turns its sign in 1.3% of sequences, so that a test
  set of 256 can hardly be all right;
- the outputs of the adding and the multiplication problem are linear: squashed into [0, 1], two of
  two trials at T=100 had not met the criterion after 740,000 sequences;
- the mean training error is the mean absolute error over the last 2,000 sequences;
- tests on sets are made every `Row.check_every` sequences, so counts are multiples of it;
- a trial that needs more than `Row.limit` sequences has failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from lstm_lib.reproduce import continual, guessing
from lstm_lib.reproduce.judging import (
    FRESH,
    RECENT,
    TEST_SET,
    Draw,
    example_of,
    grammar,
    judged,
    measure,
    most_active,
    newly_met,
)
from lstm_lib.reproduce.network_1997 import as_sparse, run_sequence
from lstm_lib.reproduce.tables import Row, trial_rng
from lstm_lib.reproduce.wiring import Network, make_network, take_shortcuts, without_memory
from lstm_lib.tasks import Example, reber

Array = np.ndarray
Look = Callable[[Network, int, Array], "tuple[int, float] | None"]

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
    if row.judge == "guess":
        return guessing.run_trial(row, rng, limit)
    if row.judge == "streams":
        return continual.run_trial(row, rng, limit)
    return _train(row, rng, limit)


def _train(row: Row, rng: np.random.Generator, limit: int) -> dict:
    for_weights, for_training, for_judge, for_test = rng.spawn(4)
    network = make_network(row.wiring, row.spread, row.gate_biases, for_weights)
    if row.judge == "all strings":
        draw, look = _strings(row, for_judge)
    else:
        draw = example_of(row)
        look = {"recent": _recent, "test set": _test_set, "fresh": _fresh}[row.judge](
            row, for_judge
        )

    def errors_of(examples: list[Example]) -> list[Array]:
        return [_judged_errors(network, example) for example in examples]

    reached: dict[str, dict] = {}
    pupil = without_memory(network) if row.late_memory else network
    squares: list[float] = []
    for count in range(1, limit + 1):
        example = draw(for_training)
        outputs = run_sequence(pupil, as_sparse(example.inputs), example.targets, row.rate)
        errors = _errors(outputs, example.targets)
        if pupil is not network:
            squares.append(float(np.mean(errors**2)))
            if _stopped_decreasing(squares):
                take_shortcuts(network, pupil)
                pupil = network
            continue
        seen = look(network, count, errors)
        if seen is None:
            continue
        for name in newly_met(row, *seen, reached):
            reached[name] = {"sequences": count, **measure(row, errors_of, for_test)}
        if row.criteria[-1].name in reached:
            return {"solved": True, "sequences": count, "reached": reached}
    return {"solved": False, "sequences": limit, "reached": reached}


def _stopped_decreasing(squares: list[float]) -> bool:
    """Whether the mean of the last window is above .95 of that of the window before."""
    if len(squares) < 2 * WINDOW or len(squares) % WINDOW:
        return False
    return sum(squares[-WINDOW:]) > 0.95 * sum(squares[-2 * WINDOW : -WINDOW])


def _errors(outputs: Array, targets: Array) -> Array:
    """Absolute errors of the steps that ask for an answer."""
    asked = ~np.isnan(targets[:, 0])
    return np.abs(outputs[asked] - targets[asked])


def _judged_errors(network: Network, example: Example) -> Array:
    return _errors(
        run_sequence(network, as_sparse(example.inputs), example.targets), example.targets
    )


def _recent(row: Row, _: np.random.Generator) -> Look:
    worst, mean = np.full(RECENT, np.inf), np.full(RECENT, np.inf)

    def look(network: Network, count: int, errors: Array) -> tuple[int, float] | None:
        worst[count % RECENT], mean[count % RECENT] = errors.max(), errors.mean()
        if count < RECENT:
            return None
        return int((worst > row.tolerance).sum()), float(mean.mean())

    return look


def _until_wrong(row: Row, network: Network, examples: Iterable[Example]) -> tuple[int, float]:
    """Return (0, mean error) if all are right; stop at the first that is not."""
    total = count = 0
    for example in examples:
        errors = _judged_errors(network, example)
        if errors.max() > row.tolerance:
            return 1, np.inf
        total += errors.mean()
        count += 1
    return 0, float(total / count)


def _test_set(row: Row, rng: np.random.Generator) -> Look:
    draw = judged(row)
    examples = [draw(rng) for _ in range(TEST_SET)]

    def look(network: Network, count: int, _: Array) -> tuple[int, float] | None:
        return None if count % row.check_every else _until_wrong(row, network, examples)

    return look


def _fresh(row: Row, rng: np.random.Generator) -> Look:
    draw = judged(row)

    def examples() -> Iterator[Example]:
        return (draw(rng) for _ in range(FRESH))

    def look(network: Network, count: int, _: Array) -> tuple[int, float] | None:
        return None if count % row.check_every else _until_wrong(row, network, examples())

    return look


def _strings(row: Row, rng: np.random.Generator) -> tuple[Draw, Look]:
    """Table 1: training draws from 256 strings; judged are these and 256 others."""
    draw, examples = grammar(rng)
    possible = [(example, reber.possible_next(example.inputs)) for example in examples]

    def right(network: Network, example: Example, may_come: Array) -> bool:
        outputs = run_sequence(network, as_sparse(example.inputs), example.targets)
        return bool(np.all(most_active(outputs, may_come)))

    def look(network: Network, count: int, _: Array) -> tuple[int, float] | None:
        if count % row.check_every:
            return None
        return int(not all(right(network, *pair) for pair in possible)), 0.0

    return draw, look
