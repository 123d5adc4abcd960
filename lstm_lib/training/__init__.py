"""Losses, gradient clipping, Adam, and one loop that trains a cell.

A model here is a cell and a `Readout`, one linear layer on its outputs. The
cells of both backends are trained by the same calls: all that is asked of a
cell is its backend's ``dynamic_rnn`` and ``gradients``.

The first axis of all data is the sequence of the batch, the second one is time.
A model computes in its cell's dtype, and its data must have that dtype too.
"""

from lstm_lib.training.finite import NotFiniteError
from lstm_lib.training.history import History
from lstm_lib.training.loops import fit, fit_stream
from lstm_lib.training.losses import Loss, softmax_cross_entropy, squared_error
from lstm_lib.training.measures import accuracy, r_squared
from lstm_lib.training.model import Readout, make_readout, predict
from lstm_lib.training.optimisers import Rate, Updates, adam, clip_by_global_norm
from lstm_lib.training.steps import loss_and_gradients, training_step
from lstm_lib.training.weights import load_weights, save_weights

__all__ = [
    "History",
    "Loss",
    "NotFiniteError",
    "Rate",
    "Readout",
    "Updates",
    "accuracy",
    "adam",
    "clip_by_global_norm",
    "fit",
    "fit_stream",
    "load_weights",
    "loss_and_gradients",
    "make_readout",
    "predict",
    "r_squared",
    "save_weights",
    "softmax_cross_entropy",
    "squared_error",
    "training_step",
]
