"""Trials in parallel, on this machine or on a Dask cluster; an interrupted run goes on."""

from __future__ import annotations

import contextlib
import datetime
import importlib.metadata
import platform
import time
from collections.abc import Iterator
from pathlib import Path

from lstm_lib._extras import missing
from lstm_lib.reproduce import in_1997, results, today
from lstm_lib.reproduce.tables import Row

try:
    import joblib
    from tqdm import tqdm
except ModuleNotFoundError as error:
    raise missing(error.name or "joblib", "reproduce") from None

TRIALS = {"1997": in_1997.run_trial, "today": today.run_trial}
PACKAGES = ("inside-the-lstm", "numpy", "numba", "joblib")
CONNECT_SECONDS = 10


def run_one(column: str, row: Row, trial: int, limit: int | None) -> dict:
    """Run one trial and return its record, wherever a worker may be."""
    started = time.perf_counter()
    outcome = TRIALS[column](row, trial, limit)
    return {
        "column": column,
        "table": row.table,
        "row": row.name,
        "trial": trial,
        "limit": limit,
        **outcome,
        "seconds": round(time.perf_counter() - started, 2),
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in PACKAGES},
        },
    }


def run(
    rows: list[Row],
    columns: tuple[str, ...],
    folder: Path,
    trials: int | None = None,
    jobs: int = 1,
    limit: int | None = None,
    dask: str | None = None,
    command: str = "",
) -> None:
    """Run the trials that have no result yet, and write each result as it comes.

    Parameters
    ----------
    rows : list of Row
    columns : tuple of str
    folder : Path
        Made if need be.
    trials : int, optional
        Trials of each row, numbered from 0; as many as in the paper by default.
    jobs : int
        Processes on this machine.
    limit : int, optional
        Fail after so many training sequences; the limit of the row by default.
    dask : str, optional
        The address of a Dask scheduler, to run there instead.
    command : str
        Stored with each result.

    Raises
    ------
    ValueError
        If there are results that were made with another ``limit``.
    ConnectionError
        If no Dask scheduler answers at ``dask``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    todo = []
    for column in columns:
        for row in rows:
            if column in row.columns:
                wanted = range(row.trials if trials is None else trials)
                done = _done(results.path_of(folder, column, row), limit)
                todo += [(column, row, trial) for trial in wanted if trial not in done]

    # One trial at a time, so that a result is written as soon as it is known.
    calls = (joblib.delayed(run_one)(column, row, trial, limit) for column, row, trial in todo)
    with _backend(dask):
        parallel = joblib.Parallel(
            n_jobs=-1 if dask else jobs, batch_size=1, return_as="generator_unordered"
        )
        with tqdm(total=len(todo), unit="trial", smoothing=0) as bar:
            for record in parallel(calls):
                place = record["column"], record["table"], record["row"]
                results.append(folder / results.name_of(*place), {**record, "command": command})
                bar.set_postfix_str("{}, table {}, {}".format(*place), refresh=False)
                bar.update()
    for column in columns:
        for row in rows:
            results.tidy(results.path_of(folder, column, row))


def _done(path: Path, limit: int | None) -> set[int]:
    """Return the trials that have a result, all of them made with the same limit."""
    results.tidy(path)
    done = results.read(path)
    if other := {record["limit"] for record in done} - {limit}:
        raise ValueError(
            f"{path} was made with limit {other.pop()}, not {limit}: choose another folder"
        )
    return {record["trial"] for record in done}


@contextlib.contextmanager
def _backend(dask: str | None) -> Iterator[None]:
    """Send joblib's work to the Dask scheduler at an address, or leave it on this machine."""
    if dask is None:
        yield
        return
    import distributed

    try:
        client = distributed.Client(dask, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConnectionError(f"no Dask scheduler answers at {dask}: {error}") from error
    with client, joblib.parallel_config(backend="dask", client=client):
        yield
