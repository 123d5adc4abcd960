"""One trial of a table as one would do it today, judged by the criteria of 1997.

`BasicLSTMCell` on NumPy, in float32, behind an embedding where inputs are symbols and before a
linear readout: softmax and cross-entropy for classes, a logistic unit and cross-entropy for yes or
no, squared error for numbers. Mini-batches, Adam, gradients clipped to norm 1, full backpropagation
through time. The learning rate falls with the error, so that it is small where answers must be
exact.

The biases of the gates start from the time to be bridged: that of a forget gate is log u, with u
uniform between 1 and that time, that of its input gate minus as much (Tallec and Ollivier, Can
Recurrent Neural Networks Warp Time?, ICLR 2018). In experiments 2a and 2b that time is ten times
the lag; in 2a the readout also reads the input, and answers within .1 are left alone. For the Reber
grammar the forget bias is 1.

2b asks for the last symbol only, as in `in_1997`.

The counts are of training sequences, batch size times updates; each batch is judged by the answers
from before its update. The wiring and the learning rate of a row are those of 1997 and not used.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_lib import numpy_backend as backend
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
from lstm_lib.reproduce.tables import Row, trial_rng
from lstm_lib.tasks import Example, reber
from lstm_lib.training import adam, clip_by_global_norm

Array = np.ndarray

MAX_NORM = 1.0
AT_ONCE = 200  # sequences of a test that run side by side


class Setting(NamedTuple):
    """What is chosen for a task.

    Attributes
    ----------
    symbols, embedding : int
        How many symbols there are, and the size of their vectors; both 0 where inputs are numbers.
    input_size, outputs : int
    answer : {"softmax", "logistic", "linear"}
    units, batch_size : int
    rate : float
        The learning rate at the start.
    bridge : int
        Steps to be bridged, for the biases of the gates; 0 for a forget bias of 1.
    shortcut : bool
        Let the readout read the input beside h, as the network of 1997 does in Table 2.
    near : float
        Learn only from answers with an error above this.
    """

    symbols: int
    embedding: int
    input_size: int
    outputs: int
    answer: str
    units: int
    batch_size: int
    rate: float
    bridge: int
    shortcut: bool = False
    near: float = 0.0


def setting_of(row: Row) -> Setting:
    """Return what is chosen for a row."""
    options = row.options
    if row.task == "embedded_reber":
        return Setting(7, 7, 7, 7, "softmax", 32, 8, 1e-2, 0)
    if row.task == "noise_free":
        lag, symbols = options["lag"], options["lag"] + 1
        return Setting(symbols, 64, 64, symbols, "softmax", 32, 4, 1e-2, 10 * lag, True, 0.1)
    if row.task == "random_middle":
        symbols = options["lag"] + 1
        return Setting(symbols, 32, 32, symbols, "softmax", 32, 4, 1e-2, 10 * options["lag"])
    if row.task == "distractors":
        return Setting(options["p"] + 4, 16, 16, 2, "softmax", 16, 16, 1e-2, options["q"])
    if row.task == "two_sequences":
        answer = "linear" if options["kind"] == "3c" else "logistic"
        return Setting(0, 0, 1, 1, answer, 16, 16, 1e-2, options["length"])
    if row.task in ("adding_1997", "multiplication"):
        return Setting(0, 0, 2, 1, "linear", 32, 16, 1e-2, options["length"])
    if row.task in ("temporal_order", "temporal_order_3"):
        return Setting(8, 8, 8, _orders(row), "softmax", 32, 16, 1e-2, 100)
    raise ValueError(f"row: expected a task of 1997, given {row.task}")


def _orders(row: Row) -> int:
    return 4 if row.task == "temporal_order" else 8


class Learner(NamedTuple):
    """A cell with its embedding (None for numbers) and its readout."""

    cell: backend.BasicLSTMCell
    embedding: Array | None
    kernel: Array
    bias: Array
    answer: str
    shortcut: bool
    near: float


def make_learner(setting: Setting, rng: np.random.Generator) -> Learner:
    """Return an untrained learner; all its numbers come from ``rng``."""
    units = setting.units
    forget_bias = 0.0 if setting.bridge else 1.0
    cell = backend.BasicLSTMCell(units, forget_bias, seed=int(rng.integers(2**31)))
    cell.build(setting.input_size)
    if setting.bridge:
        bias = np.zeros(4 * units, "float32")
        forget = np.log(rng.uniform(1.0, setting.bridge, units))
        bias[2 * units : 3 * units], bias[:units] = forget, -forget
        cell.bias = bias
    embedding = None
    if setting.symbols:
        embedding = rng.normal(0, 0.5, (setting.symbols, setting.embedding)).astype("float32")
    read = units + setting.shortcut * setting.input_size
    limit = np.sqrt(6 / (read + setting.outputs))
    kernel = rng.uniform(-limit, limit, (read, setting.outputs)).astype("float32")
    bias = np.zeros(setting.outputs, "float32")
    return Learner(cell, embedding, kernel, bias, setting.answer, setting.shortcut, setting.near)


def batch_of(examples: list[Example]) -> tuple[Array, Array, Array]:
    """Put sequences of several lengths side by side, filled up at the end.

    Returns
    -------
    inputs : array of shape (batch_size, time) or (batch_size, time, input_size)
        Zeros where a sequence is over: nothing is asked there, so nothing is learnt from them.
    asked : array of bool of shape (batch_size, time)
    targets : array of shape (number of asked steps, outputs), float32
        In the order of ``asked``: sequence by sequence.
    """
    time = max(len(example.inputs) for example in examples)
    first = examples[0].inputs
    numbers = np.issubdtype(first.dtype, np.floating)
    inputs = np.zeros(
        (len(examples), time, *first.shape[1:]), "float32" if numbers else first.dtype
    )
    asked = np.zeros((len(examples), time), bool)
    for n, (sequence, targets) in enumerate(examples):
        inputs[n, : len(sequence)] = sequence
        asked[n, : len(sequence)] = ~np.isnan(targets[:, 0])
    wanted = np.concatenate([t[~np.isnan(t[:, 0])] for _, t in examples]).astype("float32")
    return inputs, asked, wanted


def _answers(learner: Learner, h: Array) -> Array:
    y = h @ learner.kernel + learner.bias
    if learner.answer == "linear":
        return y
    if learner.answer == "logistic":
        return backend.sigmoid(y)
    y = np.exp(y - y.max(axis=1, keepdims=True))
    return y / y.sum(axis=1, keepdims=True)


def _vectors(learner: Learner, inputs: Array) -> Array:
    return inputs if learner.embedding is None else learner.embedding[inputs]


def answers(learner: Learner, inputs: Array, asked: Array) -> Array:
    """Return the answers at the asked steps, (number of them, outputs)."""
    x = _vectors(learner, inputs)
    outputs, _ = backend.dynamic_rnn(learner.cell, x)
    return _answers(learner, _read(learner, outputs[asked], x[asked]))


def _read(learner: Learner, h: Array, x: Array) -> Array:
    return np.concatenate([h, x], axis=1) if learner.shortcut else h


def learn(
    learner: Learner, inputs: Array, asked: Array, targets: Array
) -> tuple[Array, dict[str, Array]]:
    """Return the answers and the clipped gradients of the mean loss.

    For each of the three losses, its slope at the readout is answer minus target.
    """
    cell, x = learner.cell, _vectors(learner, inputs)
    outputs, _ = backend.dynamic_rnn(cell, x)
    h = _read(learner, outputs[asked], x[asked])
    given = _answers(learner, h)
    far = np.abs(given - targets).max(axis=1) > learner.near
    d_y = (given - targets) * far[:, None] / np.float32(max(1, far.sum()))
    d_h, d_x = np.split(d_y @ learner.kernel.T, [cell.num_units], axis=1)
    d_outputs = np.zeros_like(outputs)
    d_outputs[asked] = d_h
    through = backend.gradients(cell, x, d_outputs)
    gradients = {
        "kernel": through.kernel,
        "bias": through.bias,
        "readout_kernel": h.T @ d_y,
        "readout_bias": d_y.sum(axis=0),
    }
    if learner.embedding is not None:
        gradients["embedding"] = np.zeros_like(learner.embedding)
        np.add.at(gradients["embedding"], inputs, through.inputs)
        if learner.shortcut:
            np.add.at(gradients["embedding"], inputs[asked], d_x)
    return given, clip_by_global_norm(gradients, MAX_NORM)


def _apply(learner: Learner, updates: dict[str, Array], share: float) -> None:
    share = np.float32(share)
    updates = {name: (share * update).astype("float32") for name, update in updates.items()}
    learner.cell.kernel = learner.cell.kernel - updates["kernel"]
    learner.cell.bias = learner.cell.bias - updates["bias"]
    learner.kernel[...] -= updates["readout_kernel"]
    learner.bias[...] -= updates["readout_bias"]
    if learner.embedding is not None:
        learner.embedding[...] -= updates["embedding"]


Look = Callable[[Learner, int, list[Array]], "tuple[int, float] | None"]


class _Judge:
    """Says, after each batch, how many sequences are wrong and by how much on average."""

    def __init__(self, row: Row, rng: np.random.Generator) -> None:
        self.row, self.rng, self.looked = row, rng, 0
        self.worst = np.full(RECENT, np.inf)
        self.mean = np.full(RECENT, np.inf)
        self.draw = judged(row)
        if row.judge == "test set":
            self.examples = [self.draw(rng) for _ in range(TEST_SET)]

    def look(self, learner: Learner, count: int, errors: list[Array]) -> tuple[int, float] | None:
        row = self.row
        if row.judge == "recent":
            new = len(errors)
            for kept, measure in ((self.worst, np.max), (self.mean, np.mean)):
                kept[:-new] = kept[new:].copy()
                kept[-new:] = [measure(error) for error in errors]
            return int((self.worst > row.tolerance).sum()), float(self.mean.mean())
        if count // row.check_every == self.looked:
            return None
        self.looked = count // row.check_every
        if row.judge == "test set":
            return _until_wrong(learner, self.examples, row.tolerance)
        if max(error.max() for error in errors) > row.tolerance:
            return None  # wrong where it has just learnt
        total = n = 0
        for _ in range(0, FRESH, AT_ONCE):
            some = [self.draw(self.rng) for _ in range(AT_ONCE)]
            wrong, error = _until_wrong(learner, some, row.tolerance)
            if wrong:
                return wrong, error
            total, n = total + error, n + 1
        return 0, total / n


def _until_wrong(learner: Learner, examples: list[Example], tolerance: float) -> tuple[int, float]:
    errors = test_errors(learner, examples)
    return int(sum(e.max() > tolerance for e in errors)), float(np.mean([e.mean() for e in errors]))


def test_errors(learner: Learner, examples: list[Example]) -> list[Array]:
    """Return the absolute errors of each sequence, at its asked steps."""
    errors: list[Array] = []
    for start in range(0, len(examples), AT_ONCE):
        inputs, asked, targets = batch_of(examples[start : start + AT_ONCE])
        errors += _apart(np.abs(answers(learner, inputs, asked) - targets), asked)
    return errors


def _apart(values: Array, asked: Array) -> list[Array]:
    return np.split(values, np.cumsum(asked.sum(axis=1))[:-1])


def _strings(row: Row, rng: np.random.Generator) -> tuple[Draw, Look]:
    """Table 1: training draws from 256 strings; judged are these and 256 others."""
    draw, examples = grammar(rng)
    inputs, asked, _ = batch_of(examples)
    may_come = np.concatenate([reber.possible_next(example.inputs) for example in examples])
    looked = 0

    def look(learner: Learner, count: int, _: list[Array]) -> tuple[int, float] | None:
        nonlocal looked
        if count // row.check_every == looked:
            return None
        looked = count // row.check_every
        right = most_active(answers(learner, inputs, asked), may_come)
        return int(sum(not r.all() for r in _apart(right, asked))), 0.0

    return draw, look


def run_trial(row: Row, seed: int, limit: int | None = None) -> dict:
    """Train one network until the row's criteria are met.

    Parameters
    ----------
    row : Row
    seed : int
        The number of the trial; with the row it decides every random number.
    limit : int, optional
        Fail after so many training sequences; as many as the paper needed, twice over, by default.

    Returns
    -------
    dict
        As from `in_1997.run_trial`.

    Raises
    ------
    ValueError
        If the row is none of the tables of 1997.
    """
    setting = setting_of(row)
    if limit is None:
        limit = 2 * max(result["sequences"] for result in row.paper.values())
    for_weights, for_training, for_judge, for_test = trial_rng("today", row, seed).spawn(4)
    learner = make_learner(setting, for_weights)
    if row.judge == "all strings":
        draw, look = _strings(row, for_judge)
    else:
        draw, look = example_of(row), _Judge(row, for_judge).look
    errors_of = functools.partial(test_errors, learner)
    optimiser = adam(setting.rate)
    reached: dict[str, dict] = {}
    smooth = start = None
    count = 0
    while count < limit:
        examples = [draw(for_training) for _ in range(setting.batch_size)]
        inputs, asked, targets = batch_of(examples)
        given, gradients = learn(learner, inputs, asked, targets)
        errors = np.abs(given - targets)
        now = float(np.sqrt(np.mean(errors**2)))
        smooth = now if smooth is None else 0.95 * smooth + 0.05 * now
        start = smooth if start is None else max(start, smooth)
        _apply(learner, optimiser(gradients), max(0.05, min(1.0, 2 * smooth / start)))
        count += setting.batch_size
        seen = look(learner, count, _apart(errors, asked))
        for name in newly_met(row, *seen, reached) if seen else ():
            reached[name] = {"sequences": count, **measure(row, errors_of, for_test)}
        if row.criteria[-1].name in reached:
            return {"solved": True, "sequences": count, "reached": reached}
    return {"solved": False, "sequences": count, "reached": reached}
