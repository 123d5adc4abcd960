"""NumPy's names of the time of TensorFlow 1 that are gone: another spelling of what is there."""

from __future__ import annotations

import numpy as np

# Python's own types went with NumPy 1.24, the others with 2.0.
_GONE = {
    "float": float,
    "int": int,
    "complex": complex,
    "object": object,
    "str": str,
    "Inf": np.inf,
    "Infinity": np.inf,
    "infty": np.inf,
    "PINF": np.inf,
    "NINF": -np.inf,
    "NaN": np.nan,
    "NAN": np.nan,
    "float_": np.float64,
    "complex_": np.complex128,
    "unicode_": np.str_,
    "string_": np.bytes_,
    "product": np.prod,
    "cumproduct": np.cumprod,
    "alltrue": np.all,
    "sometrue": np.any,
    "row_stack": np.vstack,
}


def serve() -> None:
    """Give NumPy, in this process, those that it lacks."""
    for name, value in _GONE.items():
        if name not in vars(np):
            setattr(np, name, value)
