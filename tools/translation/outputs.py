"""The outputs that differ in Chinese: stored beside the catalogues, put in place of the English.

A cell is known by its id. ``make refresh`` is the only writer.
"""

from __future__ import annotations

import copy
import json
from itertools import chain
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tools.notebook_files import CHAPTERS, REFERENCE, ROOT, name_of, write_if_changed
from tools.notebook_format import to_text
from tools.translation.catalogues import LANGUAGE

FOLDER = ROOT / "locale" / LANGUAGE / "outputs"

# Cell ids, and the outputs of each as they stand in the file of a notebook.
Stored = dict[str, list[dict[str, Any]]]


def has_edition(path: Path) -> bool:
    """Whether a notebook belongs to the book, which has a Chinese edition."""
    path = path.resolve()
    return any(path.is_relative_to(folder) for folder in (CHAPTERS, REFERENCE))


def file_of(path: Path) -> Path:
    """Return where the Chinese outputs of a notebook are stored, if there are any."""
    return FOLDER / path.resolve().relative_to(ROOT).with_suffix(".json")


def read(path: Path) -> Stored:
    """Return the stored Chinese outputs of a notebook."""
    file = file_of(path)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def store(path: Path, english: NotebookNode, chinese: NotebookNode) -> bool:
    """Store what differs between two runs of the notebook at `path`; tell whether that changed.

    Both are in the form of `tools.notebook_format`.
    """
    file, found = file_of(path), differing(english, chinese)
    if not found:
        existed = file.exists()
        file.unlink(missing_ok=True)
        return existed
    file.parent.mkdir(parents=True, exist_ok=True)
    # The keys are sorted already, the cells in the order of the notebook.
    return write_if_changed(file, json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def differing(english: NotebookNode, chinese: NotebookNode) -> Stored:
    """Return the outputs of `chinese` that are not those of `english`."""
    # The text of a file has long outputs line by line.
    cells = [json.loads(to_text(each))["cells"] for each in (english, chinese)]
    found = {
        after["id"]: after["outputs"]
        for before, after in zip(*cells, strict=True)
        if before.get("outputs") != after.get("outputs")
    }
    for output in chain(*found.values()):
        # It is the cell's, which may get another one.
        if "execution_count" in output:
            output["execution_count"] = None
    return found


def merged(notebook: NotebookNode, stored: Stored) -> NotebookNode:
    """Return a copy of a notebook with Chinese outputs in place of the English ones.

    Raises
    ------
    ValueError
        If outputs are stored for a cell that the notebook does not have.
    """
    notebook = copy.deepcopy(notebook)
    cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
    if gone := [identity for identity in stored if identity not in cells]:
        raise ValueError(f"Chinese outputs of no code cell: {', '.join(gone)}; run make refresh")
    for identity, outputs in stored.items():
        cell = cells[identity]
        cell.outputs = _joined(outputs)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
    return notebook


def left_over(paths: list[Path]) -> list[str]:
    """Return the files of outputs that belong to none of these notebooks."""
    return [name_of(each) for each in sorted(set(FOLDER.rglob("*.*")) - set(map(file_of, paths)))]


def _joined(outputs: list[dict[str, Any]]) -> list[NotebookNode]:
    """Outputs with their lines joined again, as nbformat has them."""
    cell = nbformat.v4.new_code_cell(outputs=outputs)
    text = json.dumps(nbformat.v4.new_notebook(cells=[cell]))
    return nbformat.v4.reads(text).cells[0].outputs
