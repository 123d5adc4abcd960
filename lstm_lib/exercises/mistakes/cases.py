"""Cases: random inputs of several sizes.

Weights and states are random: equal weights or a zero state would hide mistakes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_lib.exercises.engine.question import Case, case

Array = np.ndarray

# (batch_size, num_units, input_size): never two alike, so that no mix-up of two sizes fits.
STEPS = [
    ((3, 2, 1), "example"),
    ((4, 5, 3), ""),
    ((3, 2, 6), ""),
    ((2, 6, 4), ""),
    ((5, 1, 2), "one_unit"),
    ((1, 4, 3), "one_row"),
    ((1, 3, 5), "one_row"),
    ((4, 3, 5), "zero_state"),
    ((2, 5, 3), "zero_state"),
]
# (batch_size, num_units)
ARRAYS = [
    ((2, 3), "example"),
    ((4, 5), ""),
    ((6, 3), ""),
    ((3, 1), "one_unit"),
    ((2, 7), ""),
    ((1, 4), "one_row"),
    ((1, 6), "one_row"),
]


def tenths(array: Array) -> Array:
    """Return the array with one decimal, as a worked example has it."""
    return np.round(array, 1) + 0.0


def step_cases(rng: np.random.Generator, states: int = 1, gates: int = 1) -> list[Case]:
    """Return cases for functions of states, x, and pairs of W and b."""
    cases = []
    for (batch_size, num_units, input_size), traits in STEPS:
        state = [rng.normal(0, 0.8, (batch_size, num_units)) for _ in range(states)]
        inputs = [*state, rng.normal(0, 1, (batch_size, input_size))]
        for _ in range(gates):
            inputs.append(rng.normal(0, 0.9, (num_units + input_size, num_units)))
            inputs.append(rng.normal(0, 0.7, num_units))
        if traits == "example":
            inputs = list(map(tenths, inputs))
        if traits == "zero_state":
            inputs[:states] = map(np.zeros_like, state)
        cases.append(case(*inputs, traits=traits))
    return cases


def array_cases(rng: np.random.Generator, kinds: str) -> list[Case]:
    """Return cases of arrays of one shape: g is a gate, c a cell state, j a candidate."""
    draw: dict[str, Callable[[Any], Any]] = {
        "g": lambda size: rng.uniform(0.05, 0.95, size),
        "c": lambda size: rng.normal(0, 1.3, size),
        "j": lambda size: rng.uniform(-0.95, 0.95, size),
    }
    cases = []
    for size, traits in ARRAYS:
        arrays = [draw[kind](size) for kind in kinds]
        if traits == "example":
            arrays = list(map(tenths, arrays))
        cases.append(case(*arrays, traits=traits))
    return cases
