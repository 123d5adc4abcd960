"""Run the notebooks again and store their outputs: ``make refresh``, or one with ``NB=path``.

This is the only writer of stored outputs. A notebook that fails is left as it was.

Each notebook of the book is run in English, then in Chinese. The Chinese outputs that differ are
stored in `locale/zh_CN/outputs`. If only translations have changed, ``--chinese`` runs it in
Chinese alone.
"""

import argparse
import copy
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

from lstm_lib.language import VARIABLE as LANGUAGE_VARIABLE
from tools import runtime
from tools.exercise_table import write_table
from tools.notebook_files import find_notebooks, name_of, read_notebook, write_if_changed
from tools.notebook_format import normalise, to_text
from tools.notebook_lint import problems_of
from tools.solutions import write_solutions
from tools.translation import code, outputs
from tools.translation.catalogues import LANGUAGE as CHINESE

CELL_TIMEOUT = 120


def generate_notebooks() -> list[Path]:
    """Write the notebooks that are made from others, before any is run; return what changed."""
    return write_solutions()


def execute(
    notebook: NotebookNode, folder: Path, kernel: dict[str, Any], language: str = "en"
) -> NotebookNode:
    """Run `notebook` from the top in `folder` and return a copy with the new outputs.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook; it may never have been run.
    folder : Path
        The working folder of its kernel.
    kernel : dict
        Options of the kernel manager, from `runtime.kernel_options`.
    language : {"en", "zh_CN"}
        What the library speaks.

    Raises
    ------
    RuntimeError
        If a cell fails: the message names the cell and the error.
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    current = 0

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal current
        current = cell_index

    # The same kernel as in the tests: the interpreter that runs this, whatever is installed.
    manager = AsyncKernelManager(
        kernel_name=CURRENT_ENV_KERNEL_NAME,
        kernel_spec_manager=NbvalKernelspecManager(),
        **kernel,
    )
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=CELL_TIMEOUT,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=remember,
    )
    try:
        # The manager is ours, but nbclient shall shut it down. What native code writes to the
        # terminal is stored as stderr already, where the lint refuses it.
        surroundings = {**os.environ, LANGUAGE_VARIABLE: language}
        client.execute(cleanup_kc=True, stderr=subprocess.DEVNULL, env=surroundings)
    except CellExecutionError as error:
        raise RuntimeError(f"cell {current + 1}: {error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise RuntimeError(f"cell {current + 1}: longer than {CELL_TIMEOUT} s") from error
    except DeadKernelError as error:
        raise RuntimeError(f"cell {current + 1}: the kernel died") from error
    return notebook


def refresh(path: Path, kernels: Iterator[dict[str, Any]], only_chinese: bool = False) -> bool:
    """Run the notebook at `path` in both languages and store it; tell whether a file changed."""
    folder = path.resolve().parent
    english = normalise(read_notebook(path))
    if not only_chinese:
        english = normalise(execute(english, folder, next(kernels)))
    changed = False
    if outputs.has_edition(path):
        translated = copy.deepcopy(english)
        code.translate_cells(translated.cells, code.translations())
        try:
            chinese = normalise(execute(translated, folder, next(kernels), CHINESE))
        except RuntimeError as error:
            raise RuntimeError(f"in Chinese, {error}") from error
        changed = outputs.store(path, english, chinese)
    if not only_chinese:
        changed |= write_if_changed(path, to_text(english))
    for problem in problems_of(path):
        print(f"  make lint will refuse it: {problem}")
    return changed


def refresh_all(
    paths: list[Path], kernels: Iterator[dict[str, Any]], only_chinese: bool = False
) -> list[Path]:
    """Refresh each notebook of `paths`, say how it went, and return those that failed."""
    failed = []
    for path in paths:
        start = time.perf_counter()
        try:
            changed = refresh(path, kernels, only_chinese)
        except RuntimeError as error:
            failed.append(path)
            print(f"{name_of(path)}: FAILED, file left as it was\n  {error}", file=sys.stderr)
        else:
            seconds = time.perf_counter() - start
            word = "updated" if changed else "unchanged"
            print(f"{name_of(path)}: {word} ({seconds:.0f} s)", flush=True)
    return failed


def main(arguments: list[str] | None = None) -> int:
    """Refresh the notebooks that are named, or all, and return an exit code."""
    parser = argparse.ArgumentParser(prog="make refresh", description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="all, if none is named")
    parser.add_argument(
        "--chinese", action="store_true", help="run in Chinese alone: translations have changed"
    )
    options = parser.parse_args(arguments)
    named = options.notebooks
    for path in named:
        if not path.is_file():
            parser.error(f"no such notebook: {path}")
    runtime.set_environment()
    generated = []
    if not options.chinese:
        write_table()
        generated = generate_notebooks()
    kernels = runtime.kernel_options(runtime.make_private_folder())
    chosen = [*named, *(path for path in generated if path not in named)]
    failed = refresh_all(chosen if named else find_notebooks(), kernels, options.chinese)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
