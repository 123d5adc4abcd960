"""Run a whole script of TensorFlow 1: ``python -m lstm_lib.tf1 old_script.py its arguments``."""

from __future__ import annotations

import argparse
import ast
import runpy
import sys
from pathlib import Path

from lstm_lib.tf1 import disable_v2_behavior, old_numpy
from lstm_lib.tf1.graph import be_quiet
from lstm_lib.tf1.imports import install

PYTHON_2 = (
    "{path} does not compile in Python 3 (line {line}: {message}); "
    "if it was written for Python 2, turn it into Python 3 first, as with `2to3 -w {path}`"
)


def main() -> None:
    """Run the script that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m lstm_lib.tf1",
        description="Run a script of TensorFlow 1, unchanged, on today's TensorFlow.",
    )
    parser.add_argument("script", help="the script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its own arguments")
    given = parser.parse_args()
    path = Path(given.script)
    if not path.is_file():
        parser.error(f"script: expected a file, given {given.script}")
    try:
        ast.parse(path.read_bytes())
    except SyntaxError as error:
        parser.error(PYTHON_2.format(path=path, line=error.lineno, message=error.msg))
    sys.argv = [given.script, *given.arguments]
    sys.path[0] = str(path.resolve().parent)
    disable_v2_behavior()
    be_quiet()
    old_numpy.serve()
    install()
    runpy.run_path(given.script, run_name="__main__")


if __name__ == "__main__":
    main()
