"""Run the experiments of 1997 again: ``python -m lstm_lib.reproduce --table 7 --trials 10``."""

from __future__ import annotations

import argparse
import importlib.util
import shlex
import sys
from pathlib import Path

from lstm_lib.reproduce import changes, results, summary, tables

NEEDED = ("numba", "joblib", "dask", "distributed", "tqdm")


def _positive(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return value


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lstm_lib.reproduce",
        description="Run the experiments of 1997 again. Results are written as they come; the same "
        "command goes on where it was stopped.",
    )
    add = parser.add_argument
    add("--table", nargs="+", metavar="N", help=f"of {', '.join(tables.TABLES)}; default: all")
    add("--row", nargs="+", metavar="NAME", help="rows by name, as --show lists them")
    add(
        "--change",
        nargs="+",
        metavar="NAME",
        help=f"with changes, joined by + to go together, of {', '.join(changes.CHANGES)}",
    )
    add("--column", choices=tables.COLUMNS, help="default: all")
    add("--trials", type=_positive, metavar="N", help="of each row; default: as in the paper")
    add("--jobs", type=_positive, default=1, metavar="N", help="processes (default: 1)")
    add("--limit", type=_positive, metavar="N", help="fail after so many training sequences")
    add("--dask", metavar="ADDRESS", help="run on the Dask cluster of this scheduler")
    add(
        "--out",
        type=Path,
        default=Path("experiments/results/1997"),
        metavar="DIR",
        help="folder of the results (default: %(default)s)",
    )
    add("--show", action="store_true", help="run nothing, only show the results there are")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code: 0, 1 for an error, 130 if it was interrupted."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    columns = (options.column,) if options.column else tables.COLUMNS
    try:
        rows = tables.rows_of(options.table, options.row)
        if options.change:
            rows = [changes.changed(row, change) for row in rows for change in options.change]
            columns = ("1997",)
    except ValueError as error:
        parser.error(str(error))
    if not options.show:
        missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
        if missing:
            print(
                f"error: {', '.join(missing)} missing: "
                'install what is needed by pip install "inside-the-lstm[reproduce]"',
                file=sys.stderr,
            )
            return 1
        from lstm_lib.reproduce import runner

        given = sys.argv[1:] if arguments is None else arguments
        try:
            runner.run(
                rows,
                columns,
                options.out,
                trials=options.trials,
                jobs=options.jobs,
                limit=options.limit,
                dask=options.dask,
                command=shlex.join(["python", "-m", "lstm_lib.reproduce", *given]),
            )
        except (ValueError, OSError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("stopped: the same command goes on from here", file=sys.stderr)
            return 130
    print(summary.HEADER)
    for row in rows:
        for column in columns:
            records = results.read(results.path_of(options.out, column, row))
            if records:
                print("\n".join(summary.lines(row, column, records)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
