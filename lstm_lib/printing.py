"""Numbers and tables as text that is the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

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


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under a header, in columns as wide as their widest entry.

    Raises
    ------
    ValueError
        If a row has more or fewer entries than the header.
    """
    lines = [list(map(str, header)), *(list(map(str, row)) for row in rows)]
    for line in lines:
        if len(line) != len(header):
            raise ValueError(f"row: expected {len(header)} entries, given {len(line)}: {line}")
    widths = [max(len(line[k]) for line in lines) for k in range(len(header))]
    lines.insert(1, ["-" * width for width in widths])
    for line in lines:
        padded = (entry.ljust(width) for entry, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())
