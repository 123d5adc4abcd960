"""Every experiment of the paper of 1997, and one of 2000: networks, rates, criteria, and results.

One `Row` for each row of Tables 1 to 9 (Hochreiter and Schmidhuber, Long Short-Term Memory,
Neural Computation 9(8), 1997) and of the comparison in Gers, Schmidhuber and Cummins, Learning to
Forget, Neural Computation 12(10), 2000. What the papers report stands under ``paper``; nothing
here was computed by this library.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from lstm_lib.reproduce.wiring import Wiring

TESTED = 2560  # sequences of the test that follows training, in experiments 3 to 6


class Criterion(NamedTuple):
    """When training counts as done.

    Attributes
    ----------
    name : str
        The name under which results are stored.
    max_wrong : int
        So many sequences may be wrong, among those that the row's judge looks at.
    max_error : float
        And the mean absolute error must be below this.
    """

    name: str
    max_wrong: int = 0
    max_error: float = math.inf


class Row(NamedTuple):
    """One row of a table.

    Attributes
    ----------
    table, name : str
        Together they name the row, and its file of results.
    task, options
        A generator of `lstm_lib.tasks.of_1997` by its name, and its arguments.
    wiring : Wiring or None
        The network; None where weights are guessed or not used in this column.
    weights : int
        The number of weights the paper gives.
    rate : float
        The learning rate.
    spread : float
        Initial weights are drawn from ±spread.
    gate_biases : dict
        Biases of gates that are set, one a block; the others are drawn.
    tolerance : float
        An answer is right if every output is this close to its target.
    judge : str
        What the criteria look at. ``recent``: the last 2,000 training sequences; ``test set``: a
        fixed one of 256; ``fresh``: 10,000 new sequences; ``all strings``: those of the training
        and the test set; ``guess`` and ``streams`` are explained in modules of their own.
    criteria : tuple of Criterion
        In the order in which they are reached; the last one ends training.
    check_every : int
        Training sequences between two looks of the judge.
    limit : int
        A trial that needs more training sequences has failed.
    trials : int
        Trials in the paper.
    paper : dict
        What the paper reports, by criterion: ``sequences``, and where given ``success`` (share of
        trials), ``wrong`` (of `TESTED`, or a share below 1), ``mse``, ``range``.
    late_memory : bool
        Whether memory cells join only when the error has stopped decreasing without them.
    """

    table: str
    name: str
    task: str
    options: dict
    wiring: Wiring | None
    weights: int
    rate: float
    spread: float
    gate_biases: dict[str, tuple[float, ...]]
    tolerance: float
    judge: str
    criteria: tuple[Criterion, ...]
    check_every: int
    limit: int
    trials: int
    paper: dict[str, dict]
    late_memory: bool = False


def _biases(start: float, step: float, blocks: int) -> tuple[float, ...]:
    return tuple(start + step * n for n in range(blocks))


def _reber(blocks: int, cells: int, rate: float, paper: dict) -> Row:
    """Table 1: the first block's output gate starts nearly open, each next one more closed."""
    wiring = Wiring(7, 7, blocks, cells, biased=("gates",))
    return Row(
        "1",
        f"{blocks}x{cells}-rate{rate}",
        "embedded_reber",
        {},
        wiring,
        264 if cells == 1 else 276,
        rate,
        0.2,
        {"output": _biases(-1, -1, blocks)},
        0.0,
        "all strings",
        (Criterion("all strings"),),
        100,
        200_000,
        30,
        {"all strings": paper},
    )


def _lag_100(name: str, task: str, sequences: int) -> Row:
    """Table 2: one cell with an input gate beside direct connections, all of them unbiased."""
    wiring = Wiring(
        101, 101, 1, 1, output_gates=False, recurrent="none", shortcuts=True, open_cells=True
    )
    return Row(
        "2",
        name,
        task,
        {"lag": 100},
        wiring,
        10_504,
        1.0,
        0.2,
        {},
        0.25,
        "fresh",
        (Criterion("10,000 right"),),
        20,
        100_000,
        18,
        {"10,000 right": {"sequences": sequences, "success": 1.0}},
        late_memory=True,
    )


def _distractors(q: int, p: int, sequences: int) -> Row:
    """Table 3: two blocks of one cell, nothing biased."""
    wiring = Wiring(p + 4, 2, 2, 1)
    return Row(
        "3",
        f"q{q}-p{p}",
        "distractors",
        {"q": q, "p": p},
        wiring,
        6 * p + 64,
        0.01,
        0.2,
        {},
        0.2,
        "fresh",
        (Criterion("10,000 right"),),
        1000,
        20 * sequences,
        20,
        {"10,000 right": {"sequences": sequences, "success": 1.0}},
    )


def _two_sequences(table: str, kind: str, length: int, informative: int, paper: dict) -> Row:
    """Tables 4 to 6: three blocks of one cell, the hidden layer biased."""
    noisy = kind == "3c"
    wiring = Wiring(1, 1, 3, 1, biased=("cells", "gates"))
    criteria = (
        (Criterion("ST2", 0, 0.015),)
        if noisy
        else (
            Criterion("ST1"),
            Criterion("ST2", 0, 0.01),
        )
    )
    return Row(
        table,
        f"{kind}-T{length}-N{informative}",
        "two_sequences",
        {"length": length, "informative": informative, "kind": kind},
        wiring,
        102,
        0.1 if noisy else 1.0,
        0.1,
        {"input": _biases(-1, -2, 3), "output": _biases(-2, -2, 3)},
        0.1 if noisy else 0.2,
        "test set",
        criteria,
        500,
        10 * paper["ST2"]["sequences"],
        10,
        paper,
    )


def _guessing(length: int, informative: int) -> Row:
    """The paper's warning: 3a is solved faster by drawing weights until they happen to be right."""
    return Row(
        "4",
        f"3a-T{length}-N{informative}-guessing",
        "two_sequences",
        {"length": length, "informative": informative, "kind": "3a"},
        None,
        0,
        0.0,
        100.0,
        {},
        0.2,
        "guess",
        (Criterion("ST1"),),
        1,
        1_000_000,
        10,
        {},
    )


def _two_numbers(
    table: str,
    task: str,
    length: int,
    rate: float,
    criteria: tuple[Criterion, ...],
    paper: dict,
) -> Row:
    """Tables 7 and 8: two blocks of two cells, everything biased; the output is a number."""
    wiring = Wiring(2, 1, 2, 2, biased=("cells", "gates", "outputs"), linear_outputs=True)
    return Row(
        table,
        f"T{length}",
        task,
        {"length": length},
        wiring,
        93,
        rate,
        0.1,
        {"input": _biases(-3, -3, 2)},
        0.04,
        "recent",
        criteria,
        1,
        10 * max(result["sequences"] for result in paper.values()),
        10,
        paper,
    )


def _order(name: str, task: str, blocks: int, rate: float, trials: int, paper: dict) -> Row:
    """Table 9: blocks of two cells, everything biased."""
    classes = 4 if name == "6a" else 8
    wiring = Wiring(8, classes, blocks, 2, biased=("cells", "gates", "outputs"))
    return Row(
        "9",
        name,
        task,
        {},
        wiring,
        156 if name == "6a" else 308,
        rate,
        0.1,
        {"input": _biases(-2, -2, blocks)},
        0.3,
        "recent",
        (Criterion("last 2,000 right", 0, 0.1),),
        1,
        10 * paper["sequences"],
        trials,
        {"last 2,000 right": paper},
    )


def _continual(name: str, forget: bool, reset: bool, decay: bool, paper: dict) -> Row:
    """Gers 2000: four blocks of two cells; only cells are heard one step later."""
    blocks = 4
    wiring = Wiring(
        7,
        7,
        blocks,
        2,
        forget_gates=forget,
        recurrent="cells",
        shortcuts=True,
        biased=("gates", "outputs"),
    )
    biases = {"input": _biases(-0.5, -0.5, blocks), "output": _biases(-0.5, -0.5, blocks)}
    if forget:
        biases["forget"] = _biases(0.5, 0.5, blocks)
    return Row(
        "2000",
        name,
        "continual_reber",
        {"reset": reset, "decay": decay},
        wiring,
        424 if forget else 360,
        0.5,
        0.2,
        biases,
        0.0,
        "streams",
        (Criterion("perfect"),),
        1,
        30_000,
        100,
        {"perfect": paper},
    )


def _added(sequences: int, wrong: int) -> dict:
    return {"last 2,000 right": {"sequences": sequences, "wrong": wrong}}


_ADDED = (Criterion("last 2,000 right", 0, 0.01),)
_MULTIPLIED = (Criterion("139 wrong", 139), Criterion("12 wrong", 12))

ROWS: tuple[Row, ...] = (
    _reber(4, 1, 0.1, {"sequences": 39_740, "success": 1.0}),
    _reber(3, 2, 0.1, {"sequences": 21_730, "success": 1.0}),
    _reber(3, 2, 0.2, {"sequences": 14_060, "success": 0.97}),
    _reber(4, 1, 0.5, {"sequences": 9_500, "success": 0.97}),
    _reber(3, 2, 0.5, {"sequences": 8_440, "success": 1.0, "range": (3_800, 24_100)}),
    _lag_100("2a", "noise_free", 5_040),
    _lag_100("2b", "random_middle", 5_680),
    _distractors(50, 50, 30_000),
    _distractors(100, 100, 31_000),
    _distractors(200, 200, 33_000),
    _distractors(500, 500, 38_000),
    _distractors(1000, 1000, 49_000),
    _distractors(1000, 500, 49_000),
    _distractors(1000, 200, 75_000),
    _distractors(1000, 100, 135_000),
    _distractors(1000, 50, 203_000),
    _two_sequences("4", "3a", 100, 3, {"ST1": {"sequences": 27_380}, "ST2": {"sequences": 39_850}}),
    _two_sequences("4", "3a", 100, 1, {"ST1": {"sequences": 58_370}, "ST2": {"sequences": 64_330}}),
    _two_sequences(
        "4", "3a", 1000, 3, {"ST1": {"sequences": 446_850}, "ST2": {"sequences": 452_460}}
    ),
    _guessing(100, 3),
    _guessing(100, 1),
    _guessing(1000, 3),
    _two_sequences("5", "3b", 100, 3, {"ST1": {"sequences": 41_740}, "ST2": {"sequences": 43_250}}),
    _two_sequences("5", "3b", 100, 1, {"ST1": {"sequences": 74_950}, "ST2": {"sequences": 78_430}}),
    _two_sequences(
        "5", "3b", 1000, 1, {"ST1": {"sequences": 481_060}, "ST2": {"sequences": 485_080}}
    ),
    _two_sequences("6", "3c", 100, 3, {"ST2": {"sequences": 269_650, "wrong": 0.00558}}),
    _two_sequences("6", "3c", 100, 1, {"ST2": {"sequences": 565_640, "wrong": 0.00441}}),
    _two_numbers(
        "7",
        "adding_1997",
        100,
        0.5,
        _ADDED,
        {"last 2,000 right": {"sequences": 74_000, "wrong": 1}},
    ),
    _two_numbers(
        "7",
        "adding_1997",
        500,
        0.5,
        _ADDED,
        {"last 2,000 right": {"sequences": 209_000, "wrong": 0}},
    ),
    _two_numbers(
        "7",
        "adding_1997",
        1000,
        0.5,
        _ADDED,
        {"last 2,000 right": {"sequences": 853_000, "wrong": 1, "range": (370_000, 2_020_000)}},
    ),
    _two_numbers(
        "8",
        "multiplication",
        100,
        0.1,
        _MULTIPLIED,
        {
            "139 wrong": {"sequences": 482_000, "wrong": 139, "mse": 0.0223},
            "12 wrong": {"sequences": 1_273_000, "wrong": 14, "mse": 0.0139},
        },
    ),
    _order("6a", "temporal_order", 2, 0.5, 20, {"sequences": 31_390, "wrong": 1}),
    _order("6b", "temporal_order_3", 3, 0.1, 10, {"sequences": 571_100, "wrong": 2}),
    _continual("standard-reset", False, True, False, {"sequences": 7_441, "success": 0.74}),
    _continual("standard", False, False, False, {"success": 0.0}),
    _continual("forget", True, False, False, {"sequences": 18_889, "success": 0.18}),
    _continual("forget-decay", True, False, True, {"sequences": 14_087, "success": 0.62}),
)

TABLES = tuple(dict.fromkeys(row.table for row in ROWS))


def rows_of(tables: Iterable[str] | None = None, names: Iterable[str] | None = None) -> list[Row]:
    """Return the rows of some tables, or those of some names; all by default.

    Raises
    ------
    ValueError
        If a table or a name is unknown; the message lists those there are.
    """
    rows = list(ROWS)
    if tables is not None:
        wanted = list(tables)
        if unknown := [table for table in wanted if table not in TABLES]:
            raise ValueError(f"no table {', '.join(unknown)}: there are {', '.join(TABLES)}")
        rows = [row for row in rows if row.table in wanted]
    if names is not None:
        wanted = list(names)
        there = [row.name for row in rows]
        if unknown := [name for name in wanted if name not in there]:
            raise ValueError(f"no row {', '.join(unknown)}: there are {', '.join(there)}")
        rows = [row for row in rows if row.name in wanted]
    return rows


def trial_rng(column: str, row: Row, seed: int) -> np.random.Generator:
    """Return the random numbers of one trial: they depend on column, row and ``seed`` alone."""
    name = zlib.crc32(f"{column}/{row.table}/{row.name}".encode())
    return np.random.default_rng([name, seed])
