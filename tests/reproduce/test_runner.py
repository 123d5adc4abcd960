"""The runner of the experiments of 1997: nothing is lost, whoever computes gets the same."""

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from lstm_lib.reproduce import __main__ as command
from lstm_lib.reproduce import changes, results, runner, tables

ROOT = Path(__file__).parents[2]
STORED = ROOT / "experiments" / "results" / "1997"
# So many for a run to be killed within; elsewhere the first of them say as much.
TRIALS, FEW = 12, 4
# Long enough for a run to be killed within, too short to be solved: what counts is what is stored.
ROW, LIMIT = "6a", 2500


def row_named(name):
    return tables.rows_of(names=[name])[0]


def arguments(folder, trials=TRIALS, **options):
    given = {"row": ROW, "column": "1997", "limit": LIMIT, "trials": trials, "out": folder}
    return [f"--{name}={value}" for name, value in (given | options).items()]


def path_in(folder):
    return results.path_of(folder, "1997", row_named(ROW))


def numbers_in(folder):
    return [results.numbers(record) for record in results.read(path_in(folder))]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    assert command.main(arguments(folder)) == 0
    return numbers_in(folder)


@pytest.mark.slow
def test_each_trial_has_its_record(unbroken):
    assert [record["trial"] for record in unbroken] == list(range(TRIALS))
    assert {record["sequences"] for record in unbroken} == {LIMIT}


def test_a_record_says_how_it_was_made(tmp_path):
    command.main(arguments(tmp_path, trials=1))
    (record,) = results.read(path_in(tmp_path))
    assert {"numpy", "numba", "python", "inside-the-lstm"} <= set(record["versions"])
    assert record["command"].startswith("python -m lstm_lib.reproduce --row=6a")
    assert record["seconds"] > 0
    assert record["time"].endswith("+00:00")


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_the_same(tmp_path, unbroken):
    line = [sys.executable, "-m", "lstm_lib.reproduce", *arguments(tmp_path, jobs=1)]
    process = subprocess.Popen(line, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
    path, deadline = path_in(tmp_path), time.monotonic() + 60
    while not (path.exists() and path.read_text().count("\n") >= 2):
        assert time.monotonic() < deadline, "nothing was written before the run ended"
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = results.read(path)
    assert 2 <= len(before) < TRIALS

    assert command.main(arguments(tmp_path)) == 0
    assert numbers_in(tmp_path) == unbroken
    after = results.read(path)
    assert [after[record["trial"]] for record in before] == before, "a result was made twice"


@pytest.mark.slow
def test_a_line_that_was_cut_off_is_made_again(tmp_path, unbroken):
    command.main(arguments(tmp_path, trials=3))
    path = path_in(tmp_path)
    text = path.read_text()
    path.write_text(text[: len(text) - 40])
    assert len(results.read(path)) == 2
    assert command.main(arguments(tmp_path, FEW)) == 0
    assert numbers_in(tmp_path) == unbroken[:FEW]
    assert all(json.loads(line) for line in path.read_text().splitlines())


def test_another_line_that_is_no_record_is_an_error(tmp_path, capsys):
    command.main(arguments(tmp_path, trials=2))
    path = path_in(tmp_path)
    path.write_text("{not a record\n" + path.read_text())
    assert command.main(arguments(tmp_path)) == 1
    assert "line 1: expected a record in JSON, got '{not a record'" in capsys.readouterr().err


@pytest.mark.slow
def test_processes_of_joblib_give_the_same_numbers(tmp_path, unbroken):
    assert command.main(arguments(tmp_path, FEW, jobs=2)) == 0
    assert numbers_in(tmp_path) == unbroken[:FEW]


@pytest.mark.slow
def test_a_dask_cluster_of_two_processes_gives_the_same_numbers(tmp_path, unbroken):
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the cluster's own parts, which are not ours
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster:
            assert command.main(arguments(tmp_path, FEW, dask=cluster.scheduler_address)) == 0
    assert numbers_in(tmp_path) == unbroken[:FEW]


def test_a_trial_does_not_depend_on_those_before_it(unbroken):
    alone = runner.run_one("1997", row_named(ROW), 4, LIMIT)
    assert results.numbers(alone) == unbroken[4]


def test_trials_differ(unbroken):
    row, other = row_named(ROW), row_named("6b")
    draws = [
        tables.trial_rng(column, row_, seed).random()
        for column, row_, seed in (
            ("1997", row, 0),
            ("1997", row, 1),
            ("today", row, 0),
            ("1997", other, 0),
        )
    ]
    assert len(set(draws)) == 4


def test_results_of_another_limit_are_not_mixed(tmp_path, capsys):
    command.main(arguments(tmp_path, trials=1))
    assert command.main(arguments(tmp_path, limit=LIMIT + 1)) == 1
    assert f"was made with limit {LIMIT}, not {LIMIT + 1}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["--table", "10"], "no table 10: there are 1, 2, 3"),
        (["--row", "6c"], "no row 6c: there are 4x1-rate0.1"),
        (["--table", "7", "--row", "6a"], "no row 6a: there are T100, T500, T1000"),
        (["--trials", "0"], "expected a whole number from 1, got '0'"),
        (["--jobs", "two"], "expected a whole number from 1, got 'two'"),
        (["--column", "2000"], "invalid choice: '2000'"),
        (["--table", "1", "--change", "louder"], "no change louder: there are biased"),
    ],
)
def test_a_wrong_argument_gets_a_clear_error(given, expected, capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(given)
    assert expected in capsys.readouterr().err


def test_no_scheduler_is_a_clear_error(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(runner, "CONNECT_SECONDS", 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert command.main(arguments(tmp_path, dask="tcp://127.0.0.1:9")) == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err


def test_missing_packages_are_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "NEEDED", ("joblib", "numbaa"))
    assert command.main(arguments(tmp_path)) == 1
    error = capsys.readouterr().err
    assert "numbaa missing" in error
    assert 'pip install "inside-the-lstm[reproduce]"' in error


def test_the_package_and_the_tables_load_no_compiler():
    code = (
        "import sys, lstm_lib, lstm_lib.reproduce.tables, lstm_lib.reproduce.results\n"
        "print(sorted({'numba', 'joblib', 'dask', 'tensorflow'} & set(sys.modules)))"
    )
    output = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert output.stdout.strip() == "[]", output.stderr


def test_the_results_in_the_repository_come_from_this_code():
    row = row_named("3a-T100-N3-guessing")
    stored = results.read(results.path_of(STORED, "1997", row))
    quickest = min(stored, key=lambda record: record["sequences"])
    again = runner.run_one("1997", row, quickest["trial"], quickest["limit"])
    assert results.numbers(again) == results.numbers(quickest)


def test_every_file_of_results_belongs_to_a_row():
    known = {
        results.path_of(STORED, column, row).name for row in tables.ROWS for column in row.columns
    } | {
        results.path_of(STORED, "1997", changes.changed(row, change)).name
        for name, change in changes.TRIED
        for row in tables.rows_of(names=[name])
    }
    assert {path.name for path in STORED.iterdir()} - known == set()
