"""Every experiment of the paper of 1997, and one of 2000: networks, rates, criteria, and results.

One `Row` for each row of Tables 1 to 9 (Hochreiter and Schmidhuber, Long Short-Term Memory,
Neural Computation 9(8), 1997) and of the comparison in Gers, Schmidhuber and Cummins, Learning to
Forget, Neural Computation 12(10), 2000. What the papers report stands under ``paper``; nothing
here was computed by this library.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import numpy as np

from lstm_lib.reproduce.judging import (
    AllStrings,
    Criterion,
    DrawnAnew,
    FixedSet,
    Fresh,
    Judge,
    Recent,
)
from lstm_lib.reproduce.variants import expected_two_sequences, last_of_random_middle
from lstm_lib.reproduce.wiring import Wiring
from lstm_lib.tasks import of_1997, reber

COLUMNS = ("1997", "today")


class Row(NamedTuple):
    """One row of a table.

    Attributes
    ----------
    table, name : str
        Together they name the row, and its file of results.
    task, options
        A generator of sequences, of `lstm_lib.tasks` or of `variants`, and its arguments but rng.
    tolerance : float
        An answer is right if every output is this close to its target.
    criteria : tuple of Criterion
        In the order in which they are reached; the last one ends training.
    limit : int
        A trial that needs more training sequences has failed.
    trials : int
        Trials in the paper.
    paper : dict
        What the paper reports, by criterion: ``sequences``, and where given ``success`` (share of
        trials), ``wrong`` (of the 2,560 tested, or a share below 1), ``mse``, ``range``.
    spread : float
        Initial weights are drawn from ±spread.
    judge : class of judges, or None
        What the criteria look at; None for `continual`, whose streams end at the first mistake.
    check_every : int
        Training sequences between two looks of the judge.
    wiring : Wiring or None
        The network; None where weights are guessed.
    weights : int
        The number of weights the paper gives.
    rate : float
        The learning rate.
    gate_biases : dict
        Biases of gates that are set, one a block; the others are drawn.
    expected_task : generator of sequences, optional
        Of what answers are judged by, where it differs from what is trained on.
    late_memory : bool
        Whether memory cells join only when the error has stopped decreasing without them.
    each_step : bool
        Whether weights change at each step that asks for an answer, not at the sequence's end.
    rest : float
        The activation of hidden units before the first step.
    near, slope : float
        Answers this close are left alone, and what is added to the slope of output units: 0 in
        the paper's rows; see `network_1997.Rule`.
    columns : tuple of str
        The columns in which it is run.
    """

    table: str
    name: str
    task: Callable
    options: dict
    tolerance: float
    criteria: tuple[Criterion, ...]
    limit: int
    trials: int
    paper: dict[str, dict]
    spread: float
    judge: type[Judge] | None
    check_every: int = 1
    wiring: Wiring | None = None
    weights: int = 0
    rate: float = 0.0
    gate_biases: dict[str, tuple[float, ...]] = {}  # noqa: RUF012
    expected_task: Callable | None = None
    late_memory: bool = False
    each_step: bool = False
    rest: float = 0.0
    near: float = 0.0
    slope: float = 0.0
    columns: tuple[str, ...] = COLUMNS

    def make_judge(self, rng: np.random.Generator) -> Judge:
        """Return the judge of one trial; what it draws itself comes from ``rng``.

        Raises
        ------
        ValueError
            If the row has none.
        """
        draw = partial(self.task, **self.options)
        expected = partial(self.expected_task or self.task, **self.options)
        if self.judge is None:
            raise ValueError(f"row: expected one with a judge, given {self.name}")
        return self.judge(draw, expected, self.tolerance, self.check_every, rng)


def _biases(start: float, step: float, blocks: int) -> tuple[float, ...]:
    return tuple(start + step * n for n in range(blocks))


def _reber(blocks: int, cells: int, rate: float, paper: dict) -> Row:
    """Table 1: the first block's output gate starts nearly open, each next one more closed."""
    return Row(
        table="1",
        name=f"{blocks}x{cells}-rate{rate}",
        task=reber.embedded_reber,
        options={},
        tolerance=0.0,
        judge=AllStrings,
        criteria=(Criterion("all strings"),),
        check_every=100,
        limit=100_000,
        trials=30,
        paper={"all strings": paper},
        wiring=Wiring(7, 7, blocks, cells, biased=("gates",)),
        weights=264 if cells == 1 else 276,
        rate=rate,
        spread=0.2,
        gate_biases={"output": _biases(-1, -1, blocks)},
    )


def _lag_100(name: str, task: Callable, sequences: int) -> Row:
    """Table 2: one cell with an input gate beside direct connections, all of them unbiased."""
    return Row(
        table="2",
        name=name,
        task=task,
        options={"lag": 100},
        tolerance=0.25,
        judge=Fresh,
        criteria=(Criterion("10,000 right"),),
        check_every=20,
        limit=50_000,
        trials=18,
        paper={"10,000 right": {"sequences": sequences, "success": 1.0}},
        wiring=Wiring(
            101,
            101,
            1,
            1,
            output_gates=False,
            recurrent="none",
            shortcuts=True,
            open_cells=True,
            g=(0.0, 1.0),
        ),
        weights=10_504,
        rate=1.0,
        spread=0.2,
        late_memory=True,
    )


def _distractors(q: int, p: int, sequences: int) -> Row:
    """Table 3: two blocks of one cell, nothing biased."""
    return Row(
        table="3",
        name=f"q{q}-p{p}",
        task=of_1997.distractors,
        options={"q": q, "p": p},
        tolerance=0.2,
        judge=Fresh,
        criteria=(Criterion("10,000 right"),),
        check_every=1000,
        limit=10 * sequences,
        trials=20,
        paper={"10,000 right": {"sequences": sequences, "success": 1.0}},
        wiring=Wiring(p + 4, 2, 2, 1),
        weights=6 * p + 64,
        rate=0.01,
        spread=0.2,
    )


def _two_sequences(table: str, kind: str, length: int, informative: int, paper: dict) -> Row:
    """Tables 4 to 6: three blocks of one cell, the hidden layer biased."""
    criteria = {
        "3a": (Criterion("ST1"), Criterion("ST2", max_error=0.01)),
        "3b": (Criterion("ST1", 5), Criterion("ST2", 5, max_error=0.04)),
        "3c": (Criterion("ST2", max_error=0.015),),
    }[kind]
    noisy = kind == "3c"
    return Row(
        table=table,
        name=f"{kind}-T{length}-N{informative}",
        task=of_1997.two_sequences,
        options={"length": length, "informative": informative, "kind": kind},
        expected_task=expected_two_sequences if noisy else None,
        tolerance=0.1 if noisy else 0.2,
        judge=DrawnAnew if kind == "3b" else FixedSet,
        criteria=criteria,
        check_every=500,
        limit=10 * paper["ST2"]["sequences"],
        trials=10,
        paper=paper,
        wiring=Wiring(1, 1, 3, 1, biased=("cells", "gates")),
        weights=102,
        rate=0.1 if noisy else 1.0,
        spread=0.1,
        gate_biases={"input": _biases(-1, -2, 3), "output": _biases(-2, -2, 3)},
    )


def _guessing(length: int, informative: int) -> Row:
    """The paper's warning: 3a is solved faster by drawing weights until they happen to be right."""
    return Row(
        table="4",
        name=f"3a-T{length}-N{informative}-guessing",
        task=of_1997.two_sequences,
        options={"length": length, "informative": informative, "kind": "3a"},
        tolerance=0.2,
        judge=FixedSet,
        criteria=(Criterion("ST1"),),
        limit=1_000_000,
        trials=10,
        paper={},
        spread=100.0,
        columns=("1997",),
    )


def _two_numbers(
    task: Callable,
    length: int,
    *,
    table: str,
    rate: float,
    criteria: tuple[Criterion, ...],
    paper: dict,
    input_biases: tuple[float, ...] | None = None,
) -> Row:
    """Tables 7 and 8: two blocks of two cells, everything biased; the output is a number."""
    return Row(
        table=table,
        name=f"T{length}",
        task=task,
        options={"length": length},
        tolerance=0.04,
        judge=Recent,
        criteria=criteria,
        limit=10 * max(result["sequences"] for result in paper.values()),
        trials=10,
        paper=paper,
        wiring=Wiring(2, 1, 2, 2, biased=("cells", "gates", "outputs"), linear_outputs=True),
        weights=93,
        rate=rate,
        spread=0.1,
        gate_biases={"input": input_biases} if input_biases else {},
    )


def _adding(length: int, sequences: int, wrong: int, **more: object) -> Row:
    return _two_numbers(
        of_1997.adding_1997,
        length,
        table="7",
        rate=0.5,
        criteria=(Criterion("last 2,000 right", max_error=0.01),),
        paper={"last 2,000 right": {"sequences": sequences, "wrong": wrong, **more}},
        input_biases=_biases(-3, -3, 2),
    )


def _order(
    name: str,
    task: Callable,
    *,
    classes: int,
    blocks: int,
    weights: int,
    rate: float,
    trials: int,
    paper: dict,
) -> Row:
    """Table 9: blocks of two cells, everything biased."""
    return Row(
        table="9",
        name=name,
        task=task,
        options={},
        tolerance=0.3,
        judge=Recent,
        criteria=(Criterion("last 2,000 right", max_error=0.1),),
        limit=10 * paper["sequences"],
        trials=trials,
        paper={"last 2,000 right": paper},
        wiring=Wiring(8, classes, blocks, 2, biased=("cells", "gates", "outputs")),
        weights=weights,
        rate=rate,
        spread=0.1,
        gate_biases={"input": _biases(-2, -2, blocks)},
    )


def _continual(
    name: str,
    paper: dict,
    *,
    forget: bool = True,
    reset: bool = False,
    decay: bool = False,
) -> Row:
    """Gers 2000: four blocks of two cells; only cells are heard one step later."""
    closed, opened = _biases(-0.5, -0.5, 4), _biases(0.5, 0.5, 4)
    biases = {"input": closed, "output": closed}
    return Row(
        table="2000",
        name=name,
        task=reber.continual_reber,
        options={"reset": reset, "decay": decay},
        tolerance=0.0,
        judge=None,
        criteria=(Criterion("perfect"),),
        limit=30_000,
        trials=100,
        paper={"perfect": paper},
        wiring=Wiring(
            7,
            7,
            4,
            2,
            forget_gates=forget,
            recurrent="cells",
            shortcuts=True,
            biased=("gates", "outputs"),
        ),
        weights=424 if forget else 360,
        rate=0.5,
        spread=0.2,
        gate_biases=biases | {"forget": opened} if forget else biases,
        columns=("1997",),
    )


ROWS: tuple[Row, ...] = (
    _reber(4, 1, 0.1, {"sequences": 39_740, "success": 1.0}),
    _reber(3, 2, 0.1, {"sequences": 21_730, "success": 1.0}),
    _reber(3, 2, 0.2, {"sequences": 14_060, "success": 0.97}),
    _reber(4, 1, 0.5, {"sequences": 9_500, "success": 0.97}),
    _reber(3, 2, 0.5, {"sequences": 8_440, "success": 1.0, "range": (3_800, 24_100)}),
    _lag_100("2a", of_1997.noise_free, 5_040),
    _lag_100("2b", last_of_random_middle, 5_680),
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
    _adding(100, 74_000, wrong=1),
    _adding(500, 209_000, wrong=0),
    _adding(1000, 853_000, wrong=1, range=(370_000, 2_020_000)),
    _two_numbers(
        of_1997.multiplication,
        100,
        table="8",
        rate=0.1,
        criteria=(Criterion("139 wrong", 139), Criterion("12 wrong", 12)),
        paper={
            "139 wrong": {"sequences": 482_000, "wrong": 139, "mse": 0.0223},
            "12 wrong": {"sequences": 1_273_000, "wrong": 14, "mse": 0.0139},
        },
    ),
    _order(
        "6a",
        of_1997.temporal_order,
        classes=4,
        blocks=2,
        weights=156,
        rate=0.5,
        trials=20,
        paper={"sequences": 31_390, "wrong": 1},
    ),
    _order(
        "6b",
        of_1997.temporal_order_3,
        classes=8,
        blocks=3,
        weights=308,
        rate=0.1,
        trials=10,
        paper={"sequences": 571_100, "wrong": 2},
    ),
    _continual("standard-reset", {"sequences": 7_441, "success": 0.74}, forget=False, reset=True),
    _continual("standard", {"success": 0.0}, forget=False),
    _continual("forget", {"sequences": 18_889, "success": 0.18}),
    _continual("forget-decay", {"sequences": 14_087, "success": 0.62}, decay=True),
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
    """Return the random numbers of one trial: they depend on column, row and ``seed`` alone.

    They are the same for a row with a change, whose name is that of the row, a plus, and more.
    """
    name = zlib.crc32(f"{column}/{row.table}/{row.name.partition('+')[0]}".encode())
    return np.random.default_rng([name, seed])
