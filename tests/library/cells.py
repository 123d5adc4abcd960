"""Random cells, states and sequences that several test files use, and LSTM steps written anew.

The two steps at the end share no line with the library: pure Python, one number at a time.
"""

import importlib
import math
from pathlib import Path

import numpy as np

from lstm_lib.state import LSTMStateTuple

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}

# Batch, time, inputs and units all differ, so that no axis can stand in for another.
BATCH, TIME, INPUTS, UNITS = 4, 6, 3, 5


def backend(name):
    return importlib.import_module(f"lstm_lib.{name}_backend")


def normal(rng, shape, dtype):
    return rng.normal(size=shape).astype(dtype)


def random_cell(L, kind, dtype, units=UNITS, inputs=INPUTS, seed=0, **options):
    """A built cell; the bias is random too, which a fresh one is not."""
    cell = getattr(L, kind)(units, dtype=dtype, **options)
    cell.build(inputs)
    rng = np.random.default_rng(seed)
    # Small enough that c stays small too: float32 then has the digits for 1e-6.
    cell.kernel = normal(rng, cell.kernel.shape, dtype) * dtype_of(dtype, 0.5)
    cell.bias = normal(rng, cell.bias.shape, dtype) * dtype_of(dtype, 0.5)
    return cell


def dtype_of(dtype, number):
    return np.dtype(dtype).type(number)


def random_state(kind, dtype, batch=BATCH, units=UNITS, seed=1):
    rng = np.random.default_rng(seed)
    h = normal(rng, (batch, units), dtype)
    return LSTMStateTuple(c=normal(rng, h.shape, dtype), h=h) if "LSTM" in kind else h


def random_sequence(dtype, batch=BATCH, time=TIME, inputs=INPUTS, seed=2):
    return normal(np.random.default_rng(seed), (batch, time, inputs), dtype)


def h_of(state):
    return getattr(state, "h", state)


def arrays(value):
    """All arrays in nested tuples, left to right, as NumPy's."""
    if isinstance(value, tuple):
        return [array for part in value for array in arrays(part)]
    return [np.asarray(value)]


def close(a, b, tolerance):
    """Whether two results have the same arrays up to `tolerance`; sizes are not broadcast."""
    pairs = list(zip(arrays(a), arrays(b), strict=True))
    assert all(x.shape == y.shape for x, y in pairs), [(x.shape, y.shape) for x, y in pairs]
    return all(np.all(np.abs(x - y) <= tolerance) for x, y in pairs)


def lstm_step(x, c, h, kernel, bias, forget_bias):
    """TF1's BasicLSTMCell for one row of a batch: rows [x; h], columns i, j, f, o."""
    row, units = [*x, *h], len(h)

    def pre(block, unit):
        column = block * units + unit
        products = (value * weights[column] for value, weights in zip(row, kernel, strict=True))
        return math.fsum(products) + bias[column]

    def logistic(z):
        return 1 / (1 + math.exp(-z))

    new_c, new_h = [], []
    for unit in range(units):
        written = logistic(pre(0, unit)) * math.tanh(pre(1, unit))
        new_c.append(logistic(pre(2, unit) + forget_bias) * c[unit] + written)
        new_h.append(logistic(pre(3, unit)) * math.tanh(new_c[unit]))
    return new_c, new_h


def rnn_step(x, h, kernel, bias):
    """TF1's BasicRNNCell for one row of a batch: rows [x; h]."""
    row = [*x, *h]
    return [
        math.tanh(math.fsum(v * w[unit] for v, w in zip(row, kernel, strict=True)) + bias[unit])
        for unit in range(len(h))
    ]
