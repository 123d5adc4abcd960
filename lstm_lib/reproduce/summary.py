"""What the trials of a row come to, beside what the paper reports."""

from __future__ import annotations

import statistics
from typing import NamedTuple

from lstm_lib.reproduce.judging import Criterion
from lstm_lib.reproduce.tables import Row


class Summary(NamedTuple):
    """The trials of one row in one column, for one criterion.

    Attributes
    ----------
    trials, solved : int
        How many there were, and how many met the criterion.
    mean, spread, least, most : float
        Training sequences until then: mean, standard deviation over the trials that met it (NaN
        below two), the least and the most; NaN if none did.
    wrong : float
        Sequences wrong in the test that followed, on average; NaN if there was none.
    mse : float
        And their mean squared error.
    """

    trials: int
    solved: int
    mean: float
    spread: float
    least: float
    most: float
    wrong: float
    mse: float


NAN = float("nan")


def summarise(records: list[dict], criterion: Criterion) -> Summary:
    """Return what the trials come to."""
    reached = [r["reached"][criterion.name] for r in records if criterion.name in r["reached"]]
    counts = [outcome["sequences"] for outcome in reached]

    def mean(key: str) -> float:
        values = [outcome[key] for outcome in reached if key in outcome]
        return statistics.fmean(values) if values else NAN

    return Summary(
        len(records),
        len(reached),
        mean("sequences"),
        statistics.stdev(counts) if len(counts) > 1 else NAN,
        min(counts, default=NAN),
        max(counts, default=NAN),
        mean("wrong"),
        mean("mse"),
    )


def _number(value: float, digits: int = 0) -> str:
    return "–" if value != value else f"{value:,.{digits}f}"


def lines(row: Row, column: str, records: list[dict]) -> list[str]:
    """Return a line of text for each criterion of a row; the paper's numbers come first."""
    text = []
    for criterion in row.criteria:
        s = summarise(records, criterion)
        paper = row.paper.get(criterion.name, {}).get("sequences", NAN)
        text.append(
            f"{row.table:>4}  {row.name:<26} {criterion.name:<17} {column:<6}"
            f" {_number(paper):>9} {s.solved:>3}/{s.trials:<3} {_number(s.mean):>9}"
            f" ± {_number(s.spread):<9} {_number(s.least):>9} to {_number(s.most):<9}"
            f" {_number(s.wrong, 1):>6} {_number(s.mse, 4):>7}"
        )
    return text


HEADER = (
    f"{'':>4}  {'row':<26} {'criterion':<17} {'column':<6} {'paper':>9} {'solved':>7}"
    f" {'mean':>9} ± {'spread':<9} {'least':>9} to {'most':<9} {'wrong':>6} {'mse':>7}"
)
