"""Numbers and tables as text that is the same on every machine."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from lstm_lib.language import names

DECIMALS = 4


def fixed(values: Any, decimals: int = DECIMALS) -> str:
    """Return an array, tensor or number as text with so many decimals.

    Rounded first, and never ``-0.0``: the digits that differ between
    processors are cut off, and so is the sign of a zero.
    """
    rounded = np.round(np.asarray(values, dtype=float), decimals) + 0.0
    if rounded.ndim == 0:
        return f"{rounded:.{decimals}f}"
    return np.array2string(
        rounded, formatter={"float_kind": lambda value: f"{value:.{decimals}f}"}, threshold=200
    )


def width(text: str) -> int:
    """Return how many columns a text fills: a Chinese character fills two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def padded(text: str, columns: int) -> str:
    """Return a text with spaces at its end so that it fills so many columns."""
    return text + " " * (columns - width(text))


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under a header, in columns as wide as their widest entry.

    Names of networks in stored results are printed in the language that is set.

    Raises
    ------
    ValueError
        If a row has more or fewer entries than the header.
    """
    lines = [[names(str(entry)) for entry in line] for line in (header, *rows)]
    for line in lines:
        if len(line) != len(header):
            raise ValueError(f"row: expected {len(header)} entries, given {len(line)}: {line}")
    widths = [max(width(line[k]) for line in lines) for k in range(len(header))]
    lines.insert(1, ["-" * columns for columns in widths])
    for line in lines:
        entries = (padded(*pair) for pair in zip(line, widths, strict=True))
        print("  ".join(entries).rstrip())
