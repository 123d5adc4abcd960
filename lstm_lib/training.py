"""Losses, gradient clipping, Adam, and one loop that trains a cell.

A model here is a cell and a `Readout`, one linear layer on its outputs. The
cells of both backends are trained by the same calls: all that is asked of a
cell is its backend's ``dynamic_rnn`` and ``gradients``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.cell import glorot_uniform
from lstm_lib.checks import positive_int
from lstm_lib.tasks import IGNORE, Batch

Array = np.ndarray
Loss = Callable[[Array, Array], tuple[float, Array]]
Updates = Callable[[dict[str, Array]], dict[str, Array]]


class Readout(NamedTuple):
    """A linear layer on the outputs of a cell: y = h W + b.

    Attributes
    ----------
    kernel : array of shape (num_units, num_outputs)
    bias : array of shape (num_outputs,)
    """

    kernel: Array
    bias: Array


class History(NamedTuple):
    """What a training run did.

    Attributes
    ----------
    loss : list of float
        Training loss of every step, before that step's update.
    accuracy : list of (int, float)
        Steps at which fresh sequences were tried, and the share answered right.
    solved_at : int or None
        The step after which all of them were right, or None.
    """

    loss: list[float]
    accuracy: list[tuple[int, float]]
    solved_at: int | None

    def plot(self) -> None:
        """Draw the loss of each step, and the share that was right where it was tried."""
        # Only who draws waits for Matplotlib.
        from lstm_lib import plotting

        plotting.history(self.loss, self.accuracy)


def make_readout(
    num_units: int, num_outputs: int, dtype: str = "float64", seed: int = 0
) -> Readout:
    """Return a readout with a Glorot-uniform kernel and zero biases."""
    kernel = glorot_uniform((num_units, num_outputs), dtype, seed)
    return Readout(kernel, np.zeros(num_outputs, dtype))


def predict(cell: Any, readout: Readout, inputs: Array) -> Array:
    """Return y of every step, (batch_size, time, num_outputs)."""
    outputs, _ = _backend(cell).dynamic_rnn(cell, inputs)
    return np.asarray(outputs) @ readout.kernel + readout.bias


def accuracy(cell: Any, readout: Readout, batch: Batch, tolerance: float = 0.04) -> float:
    """Return the share of the asked answers that are right.

    A class is right if its y is the largest; a number, if it is within
    `tolerance` of its target.
    """
    y = predict(cell, readout, batch.inputs)
    if batch.targets.ndim == y.ndim:
        asked = ~np.isnan(batch.targets)
        return float(np.mean(np.abs(y[asked] - batch.targets[asked]) < tolerance))
    asked = batch.targets != IGNORE
    return float(np.mean(y.argmax(axis=-1)[asked] == batch.targets[asked]))


def softmax_cross_entropy(y: Array, targets: Array) -> tuple[float, Array]:
    r"""Mean of :math:`-\log \mathrm{softmax}(y)_{target}` over the asked steps.

    Parameters
    ----------
    y : array of shape (batch_size, time, num_outputs)
    targets : array of int of shape (batch_size, time)
        Right class, or `IGNORE`.

    Returns
    -------
    loss : float
    d_y : array of the shape of `y`
        Gradient of the loss: softmax minus one-hot, over the number of answers.

    Raises
    ------
    ValueError
        If no step is asked for.
    """
    asked = targets != IGNORE
    if not asked.any():
        raise ValueError("targets: expected at least one step with an answer, given none")
    exponentials = np.exp(y - y.max(axis=-1, keepdims=True))
    softmax = exponentials / exponentials.sum(axis=-1, keepdims=True)
    d_y = np.where(asked[..., None], softmax, 0.0).astype(y.dtype)
    batch, time = np.nonzero(asked)
    right = (batch, time, targets[asked])
    loss = -np.log(softmax[right]).mean()
    d_y[right] -= 1
    return float(loss), d_y / len(batch)


def squared_error(y: Array, targets: Array) -> tuple[float, Array]:
    """Mean squared difference over the asked numbers.

    Parameters
    ----------
    y : array of shape (batch_size, time, num_outputs)
    targets : array of the shape of `y`
        Right number, or NaN.

    Returns
    -------
    loss : float
    d_y : array of the shape of `y`
        Gradient of the loss.

    Raises
    ------
    ValueError
        If no number is asked for.
    """
    asked = ~np.isnan(targets)
    if not asked.any():
        raise ValueError("targets: expected at least one number, given none")
    difference = np.where(asked, y - np.where(asked, targets, 0.0), 0.0)
    count = int(asked.sum())  # a number of NumPy's would widen float32
    return float((difference**2).sum() / count), 2 * difference / count


def loss_and_gradients(
    cell: Any, readout: Readout, batch: Batch, loss: Loss = softmax_cross_entropy
) -> tuple[float, dict[str, Array]]:
    """Forward, loss, backward, from a state of zeros.

    Returns
    -------
    loss : float
    gradients : dict
        Under ``kernel`` and ``bias`` those of the cell, under
        ``readout_kernel`` and ``readout_bias`` those of the readout.
    """
    value, gradients, _ = _there_and_back(cell, readout, batch, loss, None)
    return value, gradients


def _there_and_back(
    cell: Any, readout: Readout, batch: Batch, loss: Loss, state: Any
) -> tuple[float, dict[str, Array], Any]:
    """Loss and gradients from any state, and the state after the last step."""
    backend = _backend(cell)
    outputs, final = backend.dynamic_rnn(cell, batch.inputs, state)
    outputs = np.asarray(outputs)
    value, d_y = loss(outputs @ readout.kernel + readout.bias, batch.targets)
    through = backend.gradients(cell, batch.inputs, d_y @ readout.kernel.T, state)
    gradients = {
        "kernel": np.asarray(through.kernel),
        "bias": np.asarray(through.bias),
        "readout_kernel": np.tensordot(outputs, d_y, axes=([0, 1], [0, 1])),
        "readout_bias": d_y.sum(axis=(0, 1)),
    }
    return value, gradients, final


def clip_by_global_norm(gradients: dict[str, Array], max_norm: float) -> dict[str, Array]:
    """Scale all gradients by one factor, so that their joint norm is at most `max_norm`.

    Source: Pascanu, Mikolov and Bengio (2013).
    """
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    scale = min(1.0, max_norm / max(norm, 1e-12))
    return {name: g * scale for name, g in gradients.items()}


def adam(
    learning_rate: float, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8
) -> Updates:
    """Return a function that turns each step's gradients into updates to subtract.

    Source: Kingma and Ba (2015), algorithm 1.
    """
    mean: dict[str, Array] = {}
    square: dict[str, Array] = {}
    step = 0

    def updates(gradients: dict[str, Array]) -> dict[str, Array]:
        nonlocal step
        step += 1
        result = {}
        for name, g in gradients.items():
            mean[name] = beta1 * mean.get(name, 0.0) + (1 - beta1) * g
            square[name] = beta2 * square.get(name, 0.0) + (1 - beta2) * g**2
            m = mean[name] / (1 - beta1**step)
            v = square[name] / (1 - beta2**step)
            result[name] = learning_rate * m / (np.sqrt(v) + epsilon)
        return result

    return updates


def training_step(
    cell: Any,
    readout: Readout,
    batch: Batch,
    updates: Updates,
    *,
    max_norm: float = 1.0,
    loss: Loss = softmax_cross_entropy,
    initial_state: Any = None,
) -> tuple[float, Any]:
    """One step of training, in place: forward, loss, backward, clip, update.

    Parameters
    ----------
    cell : BasicLSTMCell or BasicRNNCell of either backend
    readout : Readout
    batch : Batch
    updates : function that turns gradients into what is subtracted, as from `adam`
    max_norm : float
        Gradients of a larger joint norm are scaled down to it.
    loss : function of (y, targets) that returns (loss, d_y)
    initial_state : state of the cell
        Zeros if None. No gradient goes further back than to it.

    Returns
    -------
    loss : float
        Before the update.
    final_state : state of the cell
    """
    value, gradients, final = _there_and_back(cell, readout, batch, loss, initial_state)
    _apply(cell, readout, updates(clip_by_global_norm(gradients, max_norm)))
    return value, final


def fit(
    cell: Any,
    readout: Readout,
    make_batch: Callable[[int, np.random.Generator], Batch],
    *,
    steps: int,
    batch_size: int = 32,
    learning_rate: float = 1e-2,
    max_norm: float = 1.0,
    loss: Loss = softmax_cross_entropy,
    evaluate_every: int = 50,
    patience: int | None = None,
    seed: int = 0,
    progress: bool = True,
) -> History:
    """Train a cell and its readout, in place, until solved or out of steps.

    Every `evaluate_every` steps 256 fresh sequences are tried; training stops
    when all their answers are right, or, with `patience`, when it gets no further.

    Parameters
    ----------
    cell : BasicLSTMCell or BasicRNNCell of either backend
    readout : Readout
    make_batch : function of (batch_size, rng) that returns a `Batch`
    steps : int
        The most updates that are made.
    batch_size : int
    learning_rate : float
        Of Adam.
    max_norm : float
        Gradients of a larger joint norm are scaled down to it.
    loss : function of (y, targets) that returns (loss, d_y)
    evaluate_every : int
    patience : int or None
        Stop early when so many tries in a row were no better than the best before.
    seed : int
        Of the data.
    progress : bool
        Show a bar, if tqdm is installed.

    Returns
    -------
    History
    """
    rng = np.random.default_rng(seed)
    updates = adam(learning_rate)
    losses: list[float] = []
    tried: list[tuple[int, float]] = []
    with _one_thread():
        for step in _bar(range(1, steps + 1), progress):
            batch = make_batch(batch_size, rng)
            value, _ = training_step(cell, readout, batch, updates, max_norm=max_norm, loss=loss)
            losses.append(value)
            if step % evaluate_every == 0 or step == steps:
                tried.append((step, accuracy(cell, readout, make_batch(256, rng))))
                if tried[-1][1] == 1.0:
                    return History(losses, tried, step)
                if patience is not None and _stuck([share for _, share in tried], patience):
                    break
    return History(losses, tried, None)


def _stuck(shares: list[float], patience: int) -> bool:
    """Whether none of the last `patience` tries was better than the best before them."""
    before, last = shares[:-patience], shares[-patience:]
    return bool(before) and max(last) <= max(before)


def fit_stream(
    cell: Any,
    readout: Readout,
    stream: Batch,
    *,
    chunk: int,
    learning_rate: float = 1e-2,
    max_norm: float = 1.0,
    loss: Loss = softmax_cross_entropy,
    progress: bool = True,
) -> History:
    """Train once through a long stream: truncated backpropagation with carried state.

    The stream is cut into chunks. Each is one training step that starts from the state
    in which the one before ended, so that the cell remembers across the cut; but the
    gradient stops there. Memory grows with `chunk`, not with the stream. A chunk in
    which no answer is asked for is read, and changes no weight.

    Source: Williams and Peng (1990).

    Parameters
    ----------
    cell : BasicLSTMCell or BasicRNNCell of either backend
    readout : Readout
    stream : Batch
        All its sequences are read side by side.
    chunk : int
        Steps between two updates; the last chunk may be shorter.
    learning_rate, max_norm, loss, progress
        As in `fit`.

    Returns
    -------
    History
        The loss of each chunk that asks for an answer, before its update.

    Raises
    ------
    TypeError, ValueError
        If `chunk` is not a positive integer.
    """
    time = stream.inputs.shape[1]
    starts = range(0, time, positive_int("chunk", chunk))
    updates = adam(learning_rate)
    losses: list[float] = []
    state = None
    with _one_thread():
        for first in _bar(starts, progress):
            piece = Batch(*(each[:, first : first + chunk] for each in stream))
            if not _asks(piece.targets):
                _, state = _backend(cell).dynamic_rnn(cell, piece.inputs, state)
                continue
            value, state = training_step(
                cell,
                readout,
                piece,
                updates,
                max_norm=max_norm,
                loss=loss,
                initial_state=state,
            )
            losses.append(value)
    return History(losses, [], None)


def _asks(targets: Array) -> bool:
    """Whether any answer is asked for."""
    if np.issubdtype(targets.dtype, np.floating):
        return bool(np.any(~np.isnan(targets)))
    return bool(np.any(targets != IGNORE))


def _apply(cell: Any, readout: Readout, updates: dict[str, Array]) -> None:
    cell.kernel = np.asarray(cell.kernel) - updates["kernel"]
    cell.bias = np.asarray(cell.bias) - updates["bias"]
    readout.kernel[...] -= updates["readout_kernel"]
    readout.bias[...] -= updates["readout_bias"]


def _backend(cell: Any) -> Any:
    return cell.backend


def _one_thread() -> contextlib.AbstractContextManager:
    """One BLAS thread, if threadpoolctl is there to ask for it.

    The matrices are so small that a second thread costs more than it gives.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError:
        return contextlib.nullcontext()
    return threadpool_limits(1)


def _bar(steps: range, progress: bool) -> Any:
    """The steps, with a bar on stderr if tqdm is installed.

    The book's own runs set ``TQDM_DISABLE=1``: a bar in a stored output would
    differ from run to run.
    """
    if not progress:
        return steps
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return steps
    return tqdm(steps, leave=False)
