"""Files of results: one row of a table and one column each, one trial a line.

A line is written at once and whole, so whatever kills a run costs at most the trials it was at.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from lstm_lib.reproduce.tables import Row

# What may differ between two runs of the same trial.
CIRCUMSTANCES = ("seconds", "time", "versions", "command")


def name_of(column: str, table: str, row: str) -> str:
    """Return the name of the file of a row in a column."""
    return f"{column}-{table}-{row}.jsonl"


def path_of(folder: Path, column: str, row: Row) -> Path:
    """Return the file of a row in a column."""
    return folder / name_of(column, row.table, row.name)


def read(path: Path) -> list[dict]:
    """Return the records of a file in the order of their trials; none if there is no file.

    A last line that was cut off while it was written is left out.

    Raises
    ------
    ValueError
        If any other line is not a record.
    """
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    records = []
    for number, line in enumerate(lines[:-1], start=1):  # after the last newline: cut off or empty
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError:
            raise ValueError(
                f"{path}, line {number}: expected a record in JSON, got {line!r}"
            ) from None
    return sorted(records, key=lambda record: record["trial"])


def append(path: Path, record: dict) -> None:
    """Write one record at the end, and not return before it is on the disk."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
        file.flush()
        os.fsync(file.fileno())


def tidy(path: Path) -> None:
    """Put the lines in the order of their trials; drop a last one that was cut off."""
    records = read(path)
    if not records and not path.exists():
        return
    whole = "".join(json.dumps(record) + "\n" for record in records)
    if whole == path.read_text(encoding="utf-8"):
        return
    beside = path.with_suffix(".tmp")
    beside.write_text(whole, encoding="utf-8")
    os.replace(beside, path)


def numbers(record: dict) -> dict:
    """Return what two runs of the same trial must agree in: all but time, versions and command."""
    return {key: value for key, value in record.items() if key not in CIRCUMSTANCES}
