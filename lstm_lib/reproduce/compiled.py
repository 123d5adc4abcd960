"""Numba's compiler, or a word on how to get it."""

from __future__ import annotations

from lstm_lib._extras import missing

try:
    from numba import njit
except ModuleNotFoundError as error:
    if error.name != "numba":
        raise
    raise missing("Numba", "reproduce", "numba") from None

__all__ = ["njit"]
