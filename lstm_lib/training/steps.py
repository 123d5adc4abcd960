"""One step of training: forward, loss, backward, clip, update."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lstm_lib.checks import check_array, check_lengths
from lstm_lib.tasks import Batch, PaddedBatch
from lstm_lib.training.finite import check_finite
from lstm_lib.training.losses import Loss, are_numbers, asked_of, softmax_cross_entropy
from lstm_lib.training.model import Readout, assign, backend_of, check_model, layers_of, parameters
from lstm_lib.training.optimisers import Updates, clipped_and_norm

Array = np.ndarray


def loss_and_gradients(
    cell: Any, readout: Readout, batch: Batch | PaddedBatch, loss: Loss = softmax_cross_entropy
) -> tuple[float, dict[str, Array]]:
    """Forward, loss, backward, from a state of zeros.

    Returns
    -------
    loss : float
    gradients : dict
        Under ``kernel`` and ``bias`` those of the cell (of a stack: ``kernel_0`` and so
        on), under ``readout_kernel`` and ``readout_bias`` those of the readout.

    Raises
    ------
    NotFiniteError
        If the loss or a gradient is infinite or NaN; it names the array that was so first.
    TypeError, ValueError
        If an array has another shape or dtype.
    """
    value, gradients, _ = _there_and_back(cell, readout, batch, loss, None)
    return value, gradients


def training_step(
    cell: Any,
    readout: Readout,
    batch: Batch | PaddedBatch,
    updates: Updates,
    *,
    max_norm: float = 1.0,
    loss: Loss = softmax_cross_entropy,
    initial_state: Any = None,
) -> tuple[float, Any]:
    """One step of training, in place: forward, loss, backward, clip, update.

    Parameters
    ----------
    cell : any cell of either backend, also MultiRNNCell or DropoutWrapper
    readout : Readout
    batch : Batch, or PaddedBatch
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

    Raises
    ------
    NotFiniteError
        If the loss, a gradient or a new weight is infinite or NaN; no weight is changed then.
    TypeError, ValueError
        If an array has another shape or dtype, or `max_norm` is not a positive number.
    """
    value, _, final = step_and_norm(
        cell, readout, batch, updates, max_norm=max_norm, loss=loss, initial_state=initial_state
    )
    return value, final


def step_and_norm(
    cell: Any,
    readout: Readout,
    batch: Batch | PaddedBatch,
    updates: Updates,
    *,
    max_norm: float,
    loss: Loss,
    initial_state: Any,
) -> tuple[float, float, Any]:
    """A `training_step` that returns the norm of the gradients, too, before the final state."""
    value, gradients, final = _there_and_back(cell, readout, batch, loss, initial_state)
    clipped, norm = clipped_and_norm(gradients, max_norm)
    changes = updates(clipped)
    after = {name: old - changes[name] for name, old in parameters(cell, readout).items()}
    check_finite({f"{name} after the update": new for name, new in after.items()})
    assign(cell, readout, after)
    return value, norm, final


def check_batch(batch: Any, name: str = "batch") -> None:
    """Check that a batch is one, and that its arrays have the same sequences and steps.

    Raises
    ------
    TypeError, ValueError
        If not; the message starts with `name`.
    """
    if not isinstance(batch, Batch | PaddedBatch):
        raise TypeError(f"{name}: expected a Batch(inputs, targets), given {type(batch).__name__}")
    for part, array in batch._asdict().items():
        if not hasattr(array, "shape"):
            raise TypeError(f"{name}.{part}: expected an array, given {type(array).__name__}")
    sizes = tuple(batch.inputs.shape[:2])
    if tuple(batch.targets.shape[:2]) != sizes:
        raise ValueError(
            f"{name}.targets: expected {sizes} as the first two axes (batch_size, time), "
            f"as inputs has, given shape {tuple(batch.targets.shape)}"
        )
    if isinstance(batch, PaddedBatch):
        lengths = np.array(check_lengths(batch.lengths, *sizes))
        late = asked_of(batch.targets).reshape(*sizes, -1).any(axis=2)
        late &= np.arange(sizes[1]) >= lengths[:, None]
        if late.any():
            row, step = map(int, np.argwhere(late)[0])
            raise ValueError(
                f"{name}.targets: expected no answer asked for behind the end of a sequence, "
                f"given one at step {step} of sequence {row}, whose length is {lengths[row]}"
            )


def lengths_of(batch: Batch | PaddedBatch) -> Array | None:
    """The lengths of the sequences of a batch, None if all are full."""
    return batch.lengths if isinstance(batch, PaddedBatch) else None


def _there_and_back(
    cell: Any, readout: Readout, batch: Batch | PaddedBatch, loss: Loss, state: Any
) -> tuple[float, dict[str, Array], Any]:
    """Loss and gradients from any state, and the state after the last step."""
    check_model(cell, readout)
    check_batch(batch)
    lengths = lengths_of(batch)
    with np.errstate(over="ignore", invalid="ignore"):  # it is said below, in words
        outputs, final, back = backend_of(cell).forward(cell, batch.inputs, state, lengths)
        outputs = np.asarray(outputs)
        y = outputs @ readout.kernel + readout.bias
        value, d_y = loss(y, batch.targets)
        check_array("d_y", d_y, y.shape, cell.dtype)
        through = back(d_y @ readout.kernel.T)
        gradients = {}
        for name, of_layers in {"kernel": through.kernel, "bias": through.bias}.items():
            each = of_layers if isinstance(of_layers, tuple) else (of_layers,)
            for suffix, gradient in zip(layers_of(cell), each, strict=True):
                gradients[name + suffix] = np.asarray(gradient)
        gradients |= {
            "readout_kernel": np.tensordot(outputs, d_y, axes=([0, 1], [0, 1])),
            "readout_bias": d_y.sum(axis=(0, 1)),
        }
    if not (math.isfinite(value) and all(np.isfinite(g).all() for g in gradients.values())):
        check_finite(
            {
                "inputs": _real(batch.inputs, lengths),
                "targets": _without_nan(batch.targets),
                **_parts("initial_state", state),
                **parameters(cell, readout),
                "outputs": outputs,
                "y": y,
                "loss": value,
                "d_y": d_y,
                **{f"gradient of {name}": g for name, g in gradients.items()},
            }
        )
    return value, gradients, final


def _without_nan(targets: Array) -> Array:
    """The targets, with 0 for the numbers that are not asked for."""
    return np.where(np.isnan(targets), 0, targets) if are_numbers(targets) else targets


def _real(inputs: Array, lengths: Array | None) -> Array:
    """The inputs, with 0 where they are padding, which nobody reads."""
    if lengths is None:
        return inputs
    ended = np.arange(inputs.shape[1]) >= np.asarray(lengths)[:, None]
    return np.where(ended[:, :, None], 0, inputs)


def _parts(name: str, state: Any) -> dict[str, Array]:
    """The arrays of a state, by name."""
    if state is None:
        return {}
    if hasattr(state, "_asdict"):
        return {f"{name}.{field}": part for field, part in state._asdict().items()}
    if isinstance(state, tuple):
        layers = (_parts(f"{name}[{n}]", layer) for n, layer in enumerate(state))
        return {key: part for layer in layers for key, part in layer.items()}
    return {name: state}
