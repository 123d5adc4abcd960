"""The loops: over batches until solved, and once through a long stream."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lstm_lib.checks import check_seed, positive_int
from lstm_lib.tasks import Batch, PaddedBatch
from lstm_lib.training.finite import NotFiniteError, check_finite
from lstm_lib.training.history import History
from lstm_lib.training.losses import Loss, are_numbers, asked_of, softmax_cross_entropy
from lstm_lib.training.measures import positive_tolerance, share_right
from lstm_lib.training.model import (
    Readout,
    assign,
    backend_of,
    check_model,
    parameters,
    predict,
)
from lstm_lib.training.optimisers import Rate, adam, rate_at
from lstm_lib.training.steps import check_batch, lengths_of, step_and_norm

Array = np.ndarray
Data = Batch | PaddedBatch
MakeBatch = Callable[[int, np.random.Generator], Data]

FRESH = 256  # sequences that are tried, if they are made


def fit(
    cell: Any,
    readout: Readout,
    data: MakeBatch | Data,
    *,
    steps: int,
    batch_size: int = 32,
    learning_rate: Rate = 1e-2,
    max_norm: float = 1.0,
    loss: Loss = softmax_cross_entropy,
    validation: Data | None = None,
    evaluate_every: int = 50,
    patience: int | None = None,
    tolerance: float | None = None,
    seed: int = 0,
    progress: bool = True,
) -> History:
    """Train a cell and its readout, in place, until solved or out of steps.

    Every `evaluate_every` steps other sequences are tried; training stops when all their
    answers are right, or, with `patience`, when their loss gets no better.

    Parameters
    ----------
    cell : any cell of either backend, also MultiRNNCell or DropoutWrapper
        What a DropoutWrapper drops is drawn for each step, and nothing when others are tried.
    readout : Readout
    data : Batch or PaddedBatch, or function of (batch_size, rng) that returns one
        A Batch holds all sequences there are: they are trained on in a random order, and in
        another one when all have been. A function makes new ones at each call. Either way
        the first axis is the sequence and the second one is time.
    steps : int
        The most updates that are made.
    batch_size : int
        Sequences in an update; fewer in the last one of a round through a Batch.
    learning_rate : float, or function of int
        Of Adam; a function is a schedule: it returns the rate of step 1, 2 and so on.
    max_norm : float
        Gradients of a larger joint norm are scaled down to it.
    loss : function of (y, targets) that returns (loss, d_y)
    validation : Batch or None
        What is tried. None: 256 new sequences each time, if `data` makes them; a Batch has
        none to spare, so that nothing is tried. Give it too if your function draws from
        a finite set: the model is otherwise tried on what it was trained on.
    evaluate_every : int
    patience : int or None
        Stop early when so many tries in a row had no smaller loss than the best before, and
        unless all was right end with the weights of the best try. None: the last ones.
    tolerance : float or None
        A number is right if it is within `tolerance` of its target. None: no number is
        called right, and a regression is judged by its loss; see also `r_squared`.
    seed : int
        Of the data, or of their order.
    progress : bool
        Show a bar, if tqdm is installed.

    Returns
    -------
    History

    Raises
    ------
    NotFiniteError
        If a number becomes infinite or NaN; it says which array was so first and at which
        step, and has the history. The weights are those before that step.
    TypeError, ValueError
        If an argument is of another kind, or an array has another shape or dtype.
    """
    check_model(cell, readout)
    _check_loss(loss)
    steps, batch_size = positive_int("steps", steps), positive_int("batch_size", batch_size)
    evaluate_every = positive_int("evaluate_every", evaluate_every)
    _check_rates(learning_rate, steps)
    if tolerance is not None:
        tolerance = positive_tolerance(tolerance)
    rng = np.random.default_rng(check_seed(seed))
    batches = _batches(data, batch_size, rng)
    tries = validation is not None or callable(data)
    if patience is not None:
        patience = positive_int("patience", patience)
        if not tries:
            raise ValueError("patience: expected a validation Batch to watch, given none")
    if validation is not None:
        check_batch(validation, "validation")
        _try(cell, readout, validation, loss, tolerance)  # refused now, not when it is needed

    history = History([], [], [], [], None)
    updates = adam(learning_rate)
    best = None
    with _one_thread():
        for step, batch in zip(_bar(range(1, steps + 1), progress), batches, strict=False):
            with _saying(f"step {step}", "before", history):
                value, norm, _ = step_and_norm(
                    cell, readout, batch, updates, max_norm=max_norm, loss=loss, initial_state=None
                )
            history.loss.append(value)
            history.gradient_norm.append(norm)
            if step % evaluate_every and step != steps:
                continue
            if validation is not None:
                tried = validation
            elif callable(data):
                tried = data(FRESH, rng)
            else:
                continue
            check_batch(tried, "validation")
            with _saying(f"try after step {step}", "of", history):
                value, share = _try(cell, readout, tried, loss, tolerance)
            history.validation_loss.append((step, value))
            if share is not None:
                history.accuracy.append((step, share))
            if share == 1.0:
                return history._replace(solved_at=step)
            if patience is None:
                continue
            values = [value for _, value in history.validation_loss]
            if value < min(values[:-1], default=math.inf):
                best = {name: p.copy() for name, p in parameters(cell, readout).items()}
            if _stuck(values, patience):
                break
    if best is not None:
        assign(cell, readout, best)
    return history


def fit_stream(
    cell: Any,
    readout: Readout,
    stream: Batch,
    *,
    chunk: int,
    learning_rate: Rate = 1e-2,
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
    cell : any cell of either backend, also MultiRNNCell or DropoutWrapper
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
        Of each chunk that asks for an answer; nothing else is tried.

    Raises
    ------
    NotFiniteError
        As in `fit`.
    TypeError, ValueError
        If `chunk` is not a positive integer, or another argument is wrong, as in `fit`.
    """
    check_model(cell, readout)
    _check_loss(loss)
    check_batch(stream, "stream")
    if isinstance(stream, PaddedBatch):
        raise TypeError("stream: expected a Batch, whose sequences all go on, given a PaddedBatch")
    time = stream.inputs.shape[1]
    starts = range(0, time, positive_int("chunk", chunk))
    _check_rates(learning_rate, len(starts))
    history = History([], [], [], [], None)
    updates = adam(learning_rate)
    state = None
    with _one_thread():
        for first in _bar(starts, progress):
            piece = Batch(*(each[:, first : first + chunk] for each in stream))
            with _saying(f"chunk from step {first} on", "before", history):
                if not asked_of(piece.targets).any():
                    check_finite({"inputs": piece.inputs})
                    _, state = backend_of(cell).dynamic_rnn(cell, piece.inputs, state)
                    continue
                value, norm, state = step_and_norm(
                    cell, readout, piece, updates, max_norm=max_norm, loss=loss, initial_state=state
                )
            history.loss.append(value)
            history.gradient_norm.append(norm)
    return history


def _batches(data: MakeBatch | Data, batch_size: int, rng: np.random.Generator) -> Iterator[Data]:
    """Batches without end, from a function or from all the sequences there are."""
    if callable(data):
        return (data(batch_size, rng) for _ in itertools.repeat(None))
    if not isinstance(data, Batch | PaddedBatch):
        raise TypeError(
            "data: expected a Batch(inputs, targets), or a function of (batch_size, rng) that "
            f"returns one, given {type(data).__name__}"
        )
    check_batch(data, "data")
    if not len(data.inputs):
        raise ValueError("data: expected at least one sequence, given none")
    return _shuffled(data, batch_size, rng)


def _shuffled(data: Data, batch_size: int, rng: np.random.Generator) -> Iterator[Data]:
    """All sequences in a random order, batch after batch, round after round."""
    while True:
        order = rng.permutation(len(data.inputs))
        for first in range(0, len(order), batch_size):
            yield type(data)(*(each[order[first : first + batch_size]] for each in data))


def _try(
    cell: Any, readout: Readout, batch: Data, loss: Loss, tolerance: float | None
) -> tuple[float, float | None]:
    """The loss on a batch, and the share of right answers, if that can be said."""
    with np.errstate(over="ignore", invalid="ignore"):
        y = predict(cell, readout, batch.inputs, lengths_of(batch))
        value, _ = loss(y, batch.targets)
    if not math.isfinite(value):
        check_finite({"validation.inputs": batch.inputs, "y": y, "validation loss": value})
    counted = tolerance is not None or not are_numbers(batch.targets)
    share = share_right(y, batch.targets, tolerance) if counted else None
    return value, share


def _stuck(losses: list[float], patience: int) -> bool:
    """Whether none of the last `patience` losses is smaller than the best before them."""
    before, last = losses[:-patience], losses[-patience:]
    return min(last) >= min(before, default=math.inf)


def _check_rates(learning_rate: Rate, steps: int) -> None:
    """Check the rates of all steps, before the first one is made."""
    for step in range(1, steps + 1 if callable(learning_rate) else 2):
        rate_at(learning_rate, step)


def _check_loss(loss: Any) -> None:
    if not callable(loss):
        raise TypeError(f"loss: expected a function of (y, targets), given {type(loss).__name__}")


@contextlib.contextmanager
def _saying(place: str, weights: str, history: History) -> Iterator[None]:
    """Say where a number became infinite or NaN, and hand over what was done before."""
    try:
        yield
    except NotFiniteError as error:
        message = f"{place}: {error}; the weights are those {weights} that step"
        raise NotFiniteError(message, history) from None


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
