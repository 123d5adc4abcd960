"""Dropout as it is right in time: one mask for a whole sequence. No backend.

A new mask at each step would wipe out a memory sooner or later; that of a sequence leaves out the
same inputs, and the same way of h back into the cell, from the first step to the last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_lib.cell import Cell, GRUCell
from lstm_lib.checks import check_seed, finite_float
from lstm_lib.state import Gradients, State

Array = Any


class DropoutWrapper:
    r"""A cell that leaves out some of its inputs while it is trained.

    It drops in ``forward``, which goes forth and back; ``dynamic_rnn``, and so `predict`, drops
    nothing. Each call of ``forward`` draws, for each sequence, which inputs and which numbers of
    h are 0 at all of its steps; what is left is divided by the probability:

    .. math:: z_t = [x_t \odot m_x,\ h_{t-1} \odot m_h]\, W + b

    Names are those of TF1's ``DropoutWrapper(variational_recurrent=True)``. Source: Gal and
    Ghahramani (2016), "A Theoretically Grounded Application of Dropout in Recurrent Neural
    Networks".

    Parameters
    ----------
    cell : one cell of either backend
    input_keep_prob : float
        Above 0, at most 1: the probability that an input is kept.
    state_keep_prob : float
        The same for each number of h on its way into the next step; c and the output are left
        alone. Then a sequence runs step by step, which takes longer. 1 for a ``GRUCell``, whose h
        is its memory too.
    seed : int or None
        Of the masks of all calls, which are the same on both backends.

    Raises
    ------
    TypeError, ValueError
        If `cell` is no cell or has a step of its own, or a probability or the seed is none.
    """

    def __init__(
        self,
        cell: Cell,
        input_keep_prob: float = 1.0,
        state_keep_prob: float = 1.0,
        seed: int | None = 0,
    ) -> None:
        if not isinstance(cell, Cell):
            raise TypeError(f"cell: expected one cell, given {type(cell).__name__}")
        self.cell = cell
        self.input_keep_prob = _probability("input_keep_prob", input_keep_prob)
        self.state_keep_prob = _probability("state_keep_prob", state_keep_prob)
        if isinstance(cell, GRUCell) and self.state_keep_prob < 1:
            raise ValueError(
                "state_keep_prob: expected 1 for a GRUCell, whose h is its memory too, "
                f"given {self.state_keep_prob}"
            )
        self.seed = check_seed(seed)
        self._rng = np.random.default_rng(seed)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.cell!r}, input_keep_prob={self.input_keep_prob}, "
            f"state_keep_prob={self.state_keep_prob}, seed={self.seed})"
        )

    def __getattr__(self, name: str) -> Any:
        """All else is the cell's: sizes, weights, states."""
        if name == "cell":  # not there yet, while a copy is made
            raise AttributeError(name)
        return getattr(self.cell, name)

    def __call__(self, inputs: Array, state: State) -> tuple[Array, State]:
        """One step of the cell, in which nothing is dropped."""
        return self.cell(inputs, state)

    def draw(self, batch_size: int, input_size: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Draw the masks of a batch.

        Returns
        -------
        input_mask : array of shape (batch_size, input_size)
            0 for what is dropped, one over the probability for what is kept.
        state_mask : array of shape (batch_size, num_units), or None
            None if all is kept.
        """

        def mask(keep: float, size: int) -> np.ndarray:
            kept = self._rng.random((batch_size, size)) < keep
            return (kept / keep).astype(self.cell.dtype)

        input_mask = mask(self.input_keep_prob, input_size)
        if self.state_keep_prob == 1:
            return input_mask, None
        return input_mask, mask(self.state_keep_prob, self.cell.num_units)


def without(cell: Any) -> Any:
    """The cell itself, without the wrapper it may have."""
    return cell.cell if isinstance(cell, DropoutWrapper) else cell


def forward(
    run: Callable, cell: DropoutWrapper, inputs: Array, state: State, lengths: Any
) -> tuple[Array, State, Callable]:
    """Outputs, final state and the way back; `run` takes a mask of h behind the lengths."""
    input_mask, state_mask = cell.draw(*inputs.shape[::2])
    input_mask = input_mask[:, None]
    outputs, final, back = run(cell.cell, inputs * input_mask, state, lengths, state_mask)

    def back_through_mask(d_outputs: Array, d_final: State) -> Gradients:
        gradients = back(d_outputs, d_final)
        return gradients._replace(inputs=gradients.inputs * input_mask)

    return outputs, final, back_through_mask


def check_none(cell: Any) -> None:
    """Refuse a wrapper where its masks could not be those of the outputs.

    Raises
    ------
    TypeError
        If `cell` is one.
    """
    if isinstance(cell, DropoutWrapper):
        raise TypeError(
            "cell: expected one without dropout, given a DropoutWrapper, whose masks `forward` "
            "draws: take the way back that it returns"
        )


def _probability(name: str, value: Any) -> float:
    number = finite_float(name, value)
    if not 0 < number <= 1:
        raise ValueError(f"{name}: expected a number above 0, at most 1, given {number}")
    return number
