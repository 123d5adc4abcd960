"""Rows of 1997 with something changed, to see what a success or a failure is due to.

Weights, sequences and tests of a trial are those of the same trial without the change, so that the
two differ in it alone. A changed row is named after both, say ``4x1-rate0.1+biased``. Changes are
tried one at a time; those that help are then tried together, joined by ``+``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstm_lib.reproduce.tables import Row, rows_of


def _wired(**parts: Any) -> Callable[[Row], Row]:
    """Return what changes these parts of a row's wiring."""

    def change(row: Row) -> Row:
        if row.wiring is None:
            raise ValueError(f"row: expected one with a network, given {row.name}")
        return row._replace(wiring=row.wiring._replace(**parts))

    return change


def _rate(rate: float) -> Callable[[Row], Row]:
    return lambda row: row._replace(rate=rate)


CHANGES: dict[str, Callable[[Row], Row]] = {
    # Output units and cells have biases too.
    "biased": _wired(biased=("cells", "gates", "outputs")),
    # Output units hear the inputs beside the cells.
    "shortcuts": _wired(shortcuts=True),
    # Weights change at each step that asks for an answer.
    "each-step": lambda row: row._replace(each_step=True),
    # Hidden units start a sequence at .5, as in a simulator of Hochreiter's institute.
    "half-active": lambda row: row._replace(rest=0.5),
    # Of the hidden units, only cells are heard one step later.
    "cells-heard": _wired(recurrent="cells"),
    # No hidden unit is heard one step later.
    "none-heard": _wired(recurrent="none"),
    # g in [-2, 2], as in all experiments but 2a and 2b.
    "g-signed": _wired(g=(-2.0, 2.0)),
    # A smaller learning rate.
    "rate0.1": _rate(0.1),
    "rate0.01": _rate(0.01),
    # Answers within .2 of their targets are left alone.
    "near": lambda row: row._replace(near=0.2),
    # An output unit far out on the wrong side still learns: .1 is added to its slope.
    "flat-spot": lambda row: row._replace(slope=0.1),
    # Output units squashed into [0, 1].
    "squashed": _wired(linear_outputs=False),
}

# What was tried, and where.
TRIED: tuple[tuple[str, str], ...] = (
    *(
        (name, change)
        for name in ("4x1-rate0.1", "3x2-rate0.1", "3x2-rate0.2", "4x1-rate0.5", "3x2-rate0.5")
        for change in (
            "biased",
            "half-active",
            "cells-heard",
            "each-step",
            "near",
            "shortcuts",
            "shortcuts+each-step",
            "shortcuts+near",
            "shortcuts+flat-spot",
            "shortcuts+each-step+near",
        )
    ),
    *(
        ("2a", change)
        for change in ("g-signed", "near", "each-step", "flat-spot", "each-step+flat-spot")
    ),
    ("2a", "each-step+flat-spot+near"),
    *(("2b", change) for change in ("g-signed", "rate0.1", "rate0.01", "near", "flat-spot")),
    ("2b", "flat-spot+near"),
    *((row.name, "none-heard") for row in rows_of(["3"])),
    *((name, "cells-heard") for name in ("q50-p50", "q100-p100")),
    ("T100", "squashed"),
)


def changed(row: Row, change: str) -> Row:
    """Return a row with one change, or several joined by ``+``, and named after them.

    Raises
    ------
    ValueError
        If there is no such change, or no network that it could change.
    """
    new = row
    for each in change.split("+"):
        if each not in CHANGES:
            raise ValueError(f"no change {each}: there are {', '.join(CHANGES)}")
        new = CHANGES[each](new)
    return new._replace(name=f"{row.name}+{change}", columns=("1997",))
