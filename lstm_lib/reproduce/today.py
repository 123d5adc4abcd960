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

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from lstm_lib import numpy_backend as backend
from lstm_lib.reproduce.judging import Judge, Mark, Verdict, asked
from lstm_lib.reproduce.tables import Row, trial_rng
from lstm_lib.reproduce.variants import last_of_random_middle
from lstm_lib.tasks import Example, of_1997, reber
from lstm_lib.training import adam, clip_by_global_norm

Array = np.ndarray

MAX_NORM = 1.0
AT_ONCE = 200  # sequences of a test that run side by side


class Setting(NamedTuple):
    """What is chosen for a task.

    Attributes
    ----------
    outputs : int
    answer : {"softmax", "logistic", "linear"}
    units, batch_size : int
    bridge : int
        Steps to be bridged, for the biases of the gates; 0 for a forget bias of 1.
    symbols : int
        How many symbols there are; 0 where inputs are numbers.
    input_size : int
        How many numbers come in at a step: where inputs are symbols, the size of their vectors.
    rate : float
        The learning rate at the start.
    shortcut : bool
        Let the readout read the input beside h, as the network of 1997 does in Table 2.
    near : float
        Learn only from answers with an error above this.
    """

    outputs: int
    answer: str
    units: int
    batch_size: int
    bridge: int
    symbols: int = 0
    input_size: int = 1
    rate: float = 1e-2
    shortcut: bool = False
    near: float = 0.0


def _grammar() -> Setting:
    return Setting(
        symbols=7, input_size=7, outputs=7, answer="softmax", units=32, batch_size=8, bridge=0
    )


def _noise_free(lag: int) -> Setting:
    return _random_middle(lag)._replace(input_size=64, shortcut=True, near=0.1)


def _random_middle(lag: int) -> Setting:
    return Setting(
        symbols=lag + 1,
        input_size=32,
        outputs=lag + 1,
        answer="softmax",
        units=32,
        batch_size=4,
        bridge=10 * lag,
    )


def _distractors(q: int, p: int) -> Setting:
    return Setting(
        symbols=p + 4, input_size=16, outputs=2, answer="softmax", units=16, batch_size=16, bridge=q
    )


def _two_sequences(length: int, kind: str, **_: int) -> Setting:
    answer = "linear" if kind == "3c" else "logistic"
    return Setting(outputs=1, answer=answer, units=16, batch_size=16, bridge=length)


def _two_numbers(length: int) -> Setting:
    return Setting(input_size=2, outputs=1, answer="linear", units=32, batch_size=16, bridge=length)


def _order(classes: int) -> Setting:
    return Setting(
        symbols=8,
        input_size=8,
        outputs=classes,
        answer="softmax",
        units=32,
        batch_size=16,
        bridge=100,
    )


# How a task is set up, from the options of its row.
SETTINGS: dict[Callable, Callable[..., Setting]] = {
    reber.embedded_reber: _grammar,
    of_1997.noise_free: _noise_free,
    last_of_random_middle: _random_middle,
    of_1997.distractors: _distractors,
    of_1997.two_sequences: _two_sequences,
    of_1997.adding_1997: _two_numbers,
    of_1997.multiplication: _two_numbers,
    of_1997.temporal_order: lambda: _order(4),
    of_1997.temporal_order_3: lambda: _order(8),
}


def setting_of(row: Row) -> Setting:
    """Return what is chosen for a row.

    Raises
    ------
    ValueError
        If the row is none of the tables of 1997.
    """
    if row.task not in SETTINGS:
        raise ValueError(f"row: expected a task of 1997, given {row.task.__name__}")
    return SETTINGS[row.task](**row.options)


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
        embedding = rng.normal(0, 0.5, (setting.symbols, setting.input_size)).astype("float32")
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
    steps : array of bool of shape (batch_size, time)
        Those that ask for an answer.
    targets : array of shape (number of asked steps, outputs), float32
        Sequence by sequence.
    """
    time = max(len(example.inputs) for example in examples)
    first = examples[0].inputs
    numbers = np.issubdtype(first.dtype, np.floating)
    inputs = np.zeros(
        (len(examples), time, *first.shape[1:]), "float32" if numbers else first.dtype
    )
    steps = np.zeros((len(examples), time), bool)
    for n, (sequence, _) in enumerate(examples):
        inputs[n, : len(sequence)] = sequence
        steps[n, : len(sequence)] = asked(examples[n])
    wanted = np.concatenate([each.targets[asked(each)] for each in examples]).astype("float32")
    return inputs, steps, wanted


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


def answers(learner: Learner, inputs: Array, steps: Array) -> Array:
    """Return the answers at the steps that ask for one, (number of them, outputs)."""
    x = _vectors(learner, inputs)
    outputs, _ = backend.dynamic_rnn(learner.cell, x)
    return _answers(learner, _read(learner, outputs[steps], x[steps]))


def _read(learner: Learner, h: Array, x: Array) -> Array:
    return np.concatenate([h, x], axis=1) if learner.shortcut else h


def learn(
    learner: Learner, inputs: Array, steps: Array, targets: Array
) -> tuple[Array, dict[str, Array]]:
    """Return the answers and the clipped gradients of the mean loss.

    For each of the three losses, its slope at the readout is answer minus target.
    """
    cell, x = learner.cell, _vectors(learner, inputs)
    outputs, _ = backend.dynamic_rnn(cell, x)
    h = _read(learner, outputs[steps], x[steps])
    given = _answers(learner, h)
    far = np.abs(given - targets).max(axis=1) > learner.near
    d_y = (given - targets) * far[:, None] / np.float32(max(1, far.sum()))
    d_h, d_x = np.split(d_y @ learner.kernel.T, [cell.num_units], axis=1)
    d_outputs = np.zeros_like(outputs)
    d_outputs[steps] = d_h
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
            np.add.at(gradients["embedding"], inputs[steps], d_x)
    return given, clip_by_global_norm(gradients, MAX_NORM)


def _apply(learner: Learner, updates: dict[str, Array], share: float) -> None:
    part = np.float32(share)
    updates = {name: (part * update).astype("float32") for name, update in updates.items()}
    learner.cell.kernel = learner.cell.kernel - updates["kernel"]
    learner.cell.bias = learner.cell.bias - updates["bias"]
    learner.kernel[...] -= updates["readout_kernel"]
    learner.bias[...] -= updates["readout_bias"]
    if learner.embedding is not None:
        learner.embedding[...] -= updates["embedding"]


def _blocks(examples: Iterable[Example]) -> Iterator[list[Example]]:
    """Yield so many examples as run side by side; those of a block are drawn when it is wanted."""
    rest = iter(examples)
    while block := list(islice(rest, AT_ONCE)):
        yield block


def answers_to(learner: Learner, examples: list[Example]) -> list[Array]:
    """Return the answers to the asked steps of each sequence."""
    given: list[Array] = []
    for block in _blocks(examples):
        inputs, steps, _ = batch_of(block)
        given += _apart(answers(learner, inputs, steps), steps)
    return given


def _apart(values: Array, steps: Array) -> list[Array]:
    return np.split(values, np.cumsum(steps.sum(axis=1))[:-1])


def _sit_exam(row: Row, judge: Judge, learner: Learner) -> Verdict:
    """Answer block by block, and stop when so many are wrong that no criterion can be met."""
    allowed = max(criterion.max_wrong for criterion in row.criteria)
    marks: list[Mark] = []
    for block in _blocks(judge.exam()):
        marks += map(judge.mark, block, answers_to(learner, block))
        if sum(not mark.right for mark in marks) > allowed:
            break
    return judge.verdict(marks)


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
    judge = row.make_judge(for_judge)
    optimiser = adam(setting.rate)
    reached: dict[str, dict] = {}
    smooth = start = None
    count = 0
    while count < limit:
        examples = [judge.draw(rng=for_training) for _ in range(setting.batch_size)]
        inputs, steps, targets = batch_of(examples)
        given, gradients = learn(learner, inputs, steps, targets)
        now = float(np.sqrt(np.mean(np.abs(given - targets) ** 2)))
        smooth = now if smooth is None else 0.95 * smooth + 0.05 * now
        start = smooth if start is None else max(start, smooth)
        _apply(learner, optimiser(gradients), max(0.05, min(1.0, 2 * smooth / start)))
        count += len(examples)
        each = _apart(given, steps)
        for example, its_answers in zip(examples, each, strict=True):
            judge.watch(example, its_answers)
        if not judge.is_due(count, len(examples)):
            continue
        if judge.is_long and not all(mark.right for mark in map(judge.mark, examples, each)):
            continue
        verdict = _sit_exam(row, judge, learner)
        for criterion in row.criteria:
            if criterion.name not in reached and criterion.is_met(verdict):
                test = judge.test(for_test)
                measured = judge.measure(test, answers_to(learner, test))
                reached[criterion.name] = {"sequences": count, **measured}
        if row.criteria[-1].name in reached:
            return {"solved": True, "sequences": count, "reached": reached}
    return {"solved": False, "sequences": count, "reached": reached}
