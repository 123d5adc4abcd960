"""Find and write the notebooks of the book."""

import json
import os
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
REFERENCE = ROOT / "reference"


def find_notebooks(*folders: Path) -> list[Path]:
    """Return all notebooks below `folders`, in order, without Jupyter's checkpoints.

    Without `folders`, those of the book.
    """
    return sorted(
        path
        for folder in folders or (CHAPTERS, REFERENCE)
        for path in folder.rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    )


def name_of(path: Path) -> str:
    """Return the name of a notebook as it is printed: relative to the book if it is part of it."""
    path = path.resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook at `path` as it is stored.

    `nbformat.read` repairs missing and repeated cell ids, at random.
    """
    text = path.read_text(encoding="utf-8")
    if json.loads(text).get("nbformat") == 4:
        return nbformat.v4.reads(text)
    return nbformat.reads(text, as_version=4)


def write_if_changed(path: Path, text: str) -> bool:
    """Write `text` to `path` in one step, unless it is there already; tell whether it changed."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    if path.exists():
        beside.chmod(path.stat().st_mode)
    os.replace(beside, path)
    return True
