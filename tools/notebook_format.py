"""The one form in which a notebook is stored.

Everything here may be forgotten or rewritten without changing what a reader sees or what nbval
compares: sources, texts and figures stay as they are.
"""

import copy
import re

import nbformat
from nbformat import NotebookNode

# What the book build reads; the rest is left over from editors.
KEPT_NOTEBOOK_METADATA = ("myst", "mystnb", "tags")
KEPT_CELL_METADATA = ("myst", "mystnb", "tags")

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# Without the version: the same notebook runs on several Pythons.
LANGUAGE_INFO = {"name": "python", "pygments_lexer": "ipython3"}

VALID_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")
ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of `notebook` in the form in which it is stored."""
    notebook = copy.deepcopy(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = _kept(notebook.metadata, KEPT_NOTEBOOK_METADATA)
    notebook.metadata.update(kernelspec=dict(KERNELSPEC), language_info=dict(LANGUAGE_INFO))
    _set_ids(notebook.cells)
    for cell in notebook.cells:
        cell.metadata = _kept(cell.metadata, KEPT_CELL_METADATA)
        if cell.cell_type == "code":
            cell.outputs = _merge_streams([_tidy_output(output) for output in cell.outputs])
    _renumber(notebook.cells)
    return notebook


def to_text(notebook: NotebookNode) -> str:
    """Return the text of a notebook's file: sorted keys, indent 1, one newline at the end."""
    return nbformat.v4.writes(notebook).rstrip("\n") + "\n"


def _kept(metadata: NotebookNode, names: tuple[str, ...]) -> NotebookNode:
    return nbformat.from_dict({name: metadata[name] for name in names if metadata.get(name)})


def _set_ids(cells: list[NotebookNode]) -> None:
    """Keep each valid id at its first appearance; name the other cells by their position."""
    seen: set[str] = set()
    nameless = []
    for position, cell in enumerate(cells, start=1):
        identity = cell.get("id")
        if isinstance(identity, str) and VALID_ID.fullmatch(identity) and identity not in seen:
            seen.add(identity)
        else:
            nameless.append((position, cell))
    for position, cell in nameless:
        identity = f"cell-{position:02d}"
        while identity in seen:
            identity += "-b"
        seen.add(identity)
        cell["id"] = identity


def _tidy_output(output: NotebookNode) -> NotebookNode:
    if output.output_type == "error":
        # The frames hold paths of this machine; nbval compares the name and the message only.
        first_line = ANSI_COLOUR.sub("", f"{output.ename}: {output.evalue}").split("\n")[0]
        output.traceback = [first_line]
    output.pop("transient", None)
    return output


def _merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: where the kernel cut them is chance."""
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def _renumber(cells: list[NotebookNode]) -> None:
    """Count the cells that were run from 1; a cell without a number keeps none."""
    number = 0
    for cell in cells:
        if cell.cell_type != "code" or cell.execution_count is None:
            continue
        number += 1
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
