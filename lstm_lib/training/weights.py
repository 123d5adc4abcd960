"""Weights in a file, with what they are weights of."""

from __future__ import annotations

import json
import os
import platform
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from lstm_lib import __version__
from lstm_lib.checks import check_array
from lstm_lib.dropout import without
from lstm_lib.stack import MultiRNNCell
from lstm_lib.training.model import Readout, assign, check_model, layers_of, parameters

Array = np.ndarray

FORMAT = 1


def save_weights(path: str | os.PathLike, cell: Any, readout: Readout) -> None:
    """Write the weights of a model into one ``.npz`` file.

    Beside them it holds what they are weights of, and the versions of this library, NumPy
    and Python. NumPy reads it too: ``np.load(path)["kernel"]``. An old file of this name is
    replaced only when the new one is complete.

    Parameters
    ----------
    path : str or path
    cell : any cell of either backend, also MultiRNNCell or DropoutWrapper
        Built.
    readout : Readout

    Raises
    ------
    TypeError, ValueError
        If `cell` is no cell or not built yet, or `readout` does not fit it.
    OSError
        If the file cannot be written.
    """
    check_model(cell, readout)
    about = {
        "format": FORMAT,
        "cell": _without_seed(cell),
        "versions": {
            "lstm_lib": __version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
    }
    contents: dict[str, Any] = {"about": json.dumps(about), **parameters(cell, readout)}
    part = Path(f"{os.fspath(path)}.part")
    try:
        with part.open("wb") as file:
            np.savez(file, **contents)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_weights(path: str | os.PathLike, cell: Any, readout: Readout) -> None:
    """Read weights that `save_weights` wrote, into a model of the same sizes.

    The cell may belong to the other backend. All is checked first: if anything does not fit,
    no weight is changed.

    Parameters
    ----------
    path : str or path
    cell : any cell of either backend, also MultiRNNCell or DropoutWrapper
        With the `num_units`, the forget bias and the dtype of the one that was saved;
        built by this call if it is not yet.
    readout : Readout
        Its arrays are overwritten.

    Raises
    ------
    ValueError
        If `save_weights` did not write the file, or it holds the weights of another model.
    TypeError
        If `cell` is no cell, or `readout` no readout.
    OSError
        If there is no such file, or it cannot be read.
    """
    check_model(cell, readout)
    of, arrays = _read(path)
    if of != _without_seed(cell):
        raise ValueError(f"{path}: expected weights of {_without_seed(cell)}, given those of {of}")
    shapes: dict[str, tuple[int | str, ...]] = {
        "readout_kernel": readout.kernel.shape,
        "readout_bias": readout.bias.shape,
    }
    for suffix, layer in layers_of(cell).items():
        rows = "rows" if layer.input_size is None else layer.input_size + layer.num_units
        shapes[f"kernel{suffix}"] = (rows, layer._blocks * layer.num_units)
        shapes[f"bias{suffix}"] = layer._first_bias().shape
    if set(arrays) != set(shapes):
        raise ValueError(
            f"{path}: expected weights that save_weights wrote, in format {FORMAT}, given "
            f"{', '.join(sorted(arrays))} alone"
        )
    for name, shape in shapes.items():
        check_array(f"{path}: {name}", arrays[name], shape, cell.dtype)
    assign(cell, readout, arrays)


def _read(path: str | os.PathLike) -> tuple[str, dict[str, Array]]:
    """What a file holds the weights of, and all of them."""
    given = "another file"
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            about = json.loads(stored["about"].item())
            if about["format"] != FORMAT:
                given = f"format {about['format']} of lstm_lib {about['versions']['lstm_lib']}"
                raise ValueError
            return about["cell"], {name: stored[name] for name in stored.files if name != "about"}
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path}: expected weights that save_weights wrote, in format {FORMAT}, given {given}"
        ) from error


def _without_seed(cell: Any) -> str:
    """What a cell is; two cells of one kind are the same whatever they were drawn from."""
    if isinstance(cell, MultiRNNCell):
        return f"MultiRNNCell([{', '.join(map(_without_seed, cell.cells))}])"
    return re.sub(r", seed=\w+", "", repr(without(cell)))
