"""What a training run did."""

from __future__ import annotations

from typing import NamedTuple


class History(NamedTuple):
    """What a training run did.

    Attributes
    ----------
    loss : list of float
        Training loss of every step, before that step's update.
    gradient_norm : list of float
        Joint norm of all gradients of every step, before clipping.
    validation_loss : list of (int, float)
        Steps after which other sequences were tried, and the loss on them.
    accuracy : list of (int, float)
        The same steps, and the share of the answers that was right. Empty for numbers,
        unless a tolerance says which are right.
    solved_at : int or None
        The step after which all of them were right, or None.
    """

    loss: list[float]
    gradient_norm: list[float]
    validation_loss: list[tuple[int, float]]
    accuracy: list[tuple[int, float]]
    solved_at: int | None

    def plot(self) -> None:
        """Draw losses and gradient norms, and the share that was right where it was tried."""
        # Only who draws waits for Matplotlib.
        from lstm_lib import plotting

        plotting.history(self.loss, self.gradient_norm, self.validation_loss, self.accuracy)
