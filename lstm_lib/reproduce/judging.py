"""What both columns are judged by: the paper's sequences, its criteria, and its tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_lib.reproduce.tables import TESTED, Row
from lstm_lib.tasks import Example, of_1997, reber

Array = np.ndarray
Draw = Callable[[np.random.Generator], Example]

RECENT = 2000
FRESH = 10_000
TEST_SET = 256


def example_of(row: Row) -> Draw:
    """Return the row's generator of single sequences, its options filled in."""
    generator = getattr(of_1997, row.task)

    def draw(rng: np.random.Generator) -> Example:
        inputs, targets = generator(**row.options, rng=rng)
        if row.task == "random_middle":
            targets = targets.copy()
            targets[:-1] = np.nan
        return Example(inputs, targets)

    return draw


def judged(row: Row) -> Draw:
    """Return what answers are judged by: in 3c the expected target, not the noisy one."""
    if row.options.get("kind") != "3c":
        return example_of(row)
    same_inputs = example_of(row._replace(options={**row.options, "kind": "3b"}))

    def draw(rng: np.random.Generator) -> Example:
        inputs, targets = same_inputs(rng)
        return Example(inputs, 0.2 + 0.6 * targets)

    return draw


def grammar(rng: np.random.Generator) -> tuple[Draw, list[Example]]:
    """Table 1: how to draw from 256 strings, and these and 256 others, which are judged."""
    train, test = ([reber.embedded_reber(rng) for _ in range(TEST_SET)] for _ in range(2))

    def draw(rng: np.random.Generator) -> Example:
        return train[rng.integers(len(train))]

    return draw, [*train, *test]


def most_active(outputs: Array, may_come: Array) -> Array:
    """Return whether, at each step, every symbol that may come is more active than all others."""
    least = np.where(may_come, outputs, np.inf).min(axis=1)
    return least > np.where(may_come, -np.inf, outputs).max(axis=1)


def newly_met(row: Row, wrong: int, error: float, reached: dict[str, dict]) -> list[str]:
    """Return the names of the criteria that are met now and are not in ``reached`` yet."""
    return [
        criterion.name
        for criterion in row.criteria
        if wrong <= criterion.max_wrong
        and error < criterion.max_error
        and criterion.name not in reached
    ]


def measure(
    row: Row, errors_of: Callable[[list[Example]], list[Array]], rng: np.random.Generator
) -> dict:
    """Test on `TESTED` fresh sequences, where the paper does.

    Parameters
    ----------
    row : Row
    errors_of : function of sequences that returns the absolute errors of each
    rng : numpy.random.Generator

    Returns
    -------
    dict
        ``wrong`` of ``tested`` and their ``mse``; empty where the paper has no such test.
    """
    if row.judge not in ("recent", "test set"):
        return {}
    draw = judged(row)
    errors = errors_of([draw(rng) for _ in range(TESTED)])
    return {
        "wrong": sum(bool(e.max() > row.tolerance) for e in errors),
        "tested": TESTED,
        "mse": float(np.mean([np.mean(e**2) for e in errors])),
    }
