"""The modules are rooms and imports are arrows: all point down, and no trial comes back up."""

import ast
import re
import sys
from itertools import groupby

import pytest

import lstm_lib.reproduce
from lstm_lib.reproduce import judging, runner, tables
from tools.notebook_files import ROOT

FOLDER = ROOT / "lstm_lib" / "reproduce"
ROOMS = re.findall(r"``(\w+)``", lstm_lib.reproduce.__doc__.split("Run it")[0])


def imported_by(room):
    """The rooms that a room imports."""
    tree = ast.parse((FOLDER / f"{room}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "lstm_lib.reproduce":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module.startswith("lstm_lib.reproduce."):
            yield node.module.rpartition(".")[2]


def test_each_room_imports_only_those_above_it():
    there = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("__")}
    assert set(ROOMS) == there
    for place, room in enumerate(ROOMS):
        assert set(imported_by(room)) <= set(ROOMS[:place]), room


def rooms_on_the_stack(frame):
    """The rooms that wait for each other, the innermost first; neighbours of a room once."""
    rooms = []
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith("lstm_lib.reproduce."):
            rooms.append(frame.f_globals["__name__"].rpartition(".")[2])
        frame = frame.f_back
    return [room for room, _ in groupby(rooms)]


# Enough sequences for a look, a test after it, and memory that joins late.
TRIALS = [
    ("1997", "3x2-rate0.5", 120),
    ("1997", "2a", 250),
    ("1997", "3a-T100-N3", 520),
    ("1997", "T100", 30),
    ("1997", "3a-T100-N3-guessing", 300),
    ("1997", "forget-decay", 3),
    ("today", "3x2-rate0.5", 120),
    ("today", "2b", 40),
    ("today", "3c-T100-N3", 520),
    ("today", "6a", 32),
]


@pytest.mark.slow
@pytest.mark.parametrize(("column", "name", "limit"), TRIALS)
def test_a_trial_never_comes_back_to_a_room_that_waits_for_it(column, name, limit, monkeypatch):
    monkeypatch.setattr(judging, "RECENT", 20)
    monkeypatch.setattr(judging, "TESTED", 20)
    row = tables.rows_of(names=[name])[0]
    if row.wiring and row.judge:
        row = row._replace(criteria=(judging.Criterion("at once", max_wrong=100_000),))
    runner.run_one(column, row, 0, 1)  # compiles what is to be compiled
    seen, returns = set(), set()

    def watch(frame, event, argument):
        if event == "call":
            rooms = rooms_on_the_stack(frame)
            seen.update(rooms)
            if len(set(rooms)) < len(rooms):
                returns.add(tuple(reversed(rooms)))

    sys.setprofile(watch)
    try:
        record = runner.run_one(column, row, 0, limit)
    finally:
        sys.setprofile(None)
    assert {"runner", "tables"} < seen
    assert returns == set()
    if "at once" in record["reached"]:
        assert ("wrong" in record["reached"]["at once"]) == row.judge.tests_after
    else:
        assert row.wiring is None or row.judge is None or row.late_memory
