"""Make the solution notebooks from the exercises and the references: a part of ``make refresh``.

An exercise has the statements and the blanks, its questions in `lstm_lib.exercises` have the
right answers. The solution is the exercise with the blanks filled and without what is of use only
to somebody who still works on it.
"""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lstm_lib.exercises import names
from lstm_lib.exercises.checking import QUESTIONS
from tools.notebook_files import CHAPTERS, read_notebook, write_if_changed
from tools.notebook_format import normalise, to_text

EXERCISES = CHAPTERS / "exercises"
SOLUTIONS = CHAPTERS / "solutions"

# Ids of cells that a solution leaves out, besides the hints.
LEFT_OUT = {"how-it-works", "where-next"}

INTRODUCTION = """\
# Solutions: {title}

Each blank of [the exercises](../exercises/{stem}.ipynb) filled in one way. Yours may look quite
different: if its check says that it is correct, it is."""
DESCRIPTION = "Solutions of the exercises on {title}: every blank filled in one way, and checked."
OLD_TITLE = "# Exercises: "


def make_solution(exercise: NotebookNode, stem: str) -> NotebookNode:
    """Return the solution of an exercise notebook, not yet run."""
    first, *others = exercise.cells
    title = first.source.splitlines()[0].removeprefix(OLD_TITLE)
    introduction = nbformat.v4.new_markdown_cell(
        INTRODUCTION.format(title=title, stem=stem), id=first.id
    )
    blanks = [cell.id.removesuffix("-blank") for cell in others if cell.id.endswith("-blank")]
    chapter = [name for name in blanks if name in names()]
    kept = [_solved(cell, chapter) for cell in others if not _is_left_out(cell)]
    description = {"html_meta": {"description": DESCRIPTION.format(title=title)}}
    notebook = nbformat.v4.new_notebook(cells=[introduction, *kept], metadata={"myst": description})
    return normalise(notebook)


def write_solutions() -> list[Path]:
    """Write each solution that differs from the stored one; return those, which must be run."""
    return [path for path in map(_written, sorted(EXERCISES.glob("*.ipynb"))) if path]


def stale_solutions() -> list[Path]:
    """Return the solutions whose sources are not what the exercises and references say now."""
    expected = {path.name for path in EXERCISES.glob("*.ipynb")}
    extra = [path for path in SOLUTIONS.glob("*.ipynb") if path.name not in expected]
    stale = [SOLUTIONS / name for name in sorted(expected) if _is_stale(EXERCISES / name)]
    return stale + extra


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook as if it had never been run."""
    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _written(exercise: Path) -> Path | None:
    if not _is_stale(exercise):
        return None
    path = SOLUTIONS / exercise.name
    SOLUTIONS.mkdir(exist_ok=True)
    write_if_changed(path, to_text(make_solution(read_notebook(exercise), exercise.stem)))
    return path


def _is_stale(exercise: Path) -> bool:
    path = SOLUTIONS / exercise.name
    expected = make_solution(read_notebook(exercise), exercise.stem)
    return not path.exists() or without_outputs(read_notebook(path)) != expected


def _is_left_out(cell: NotebookNode) -> bool:
    return cell.id in LEFT_OUT or cell.id.endswith("-hint")


def _solved(cell: NotebookNode, chapter: list[str]) -> NotebookNode:
    """A copy of a cell, never run, with the right answer in place of a blank.

    `chapter` are the names of the notebook's questions.
    """
    if cell.cell_type == "markdown":
        return nbformat.v4.new_markdown_cell(cell.source, id=cell.id)
    name = cell.id.removesuffix("-blank")
    is_blank = cell.id.endswith("-blank") and name in chapter
    source = QUESTIONS[name].source.rstrip("\n") if is_blank else cell.source
    # The hints are left out, so their function is not imported.
    solved = nbformat.v4.new_code_cell(source.replace(", hint", ""), id=cell.id)
    if _needs_tensorflow(cell.id, chapter):
        solved.metadata["tags"] = ["needs-tensorflow"]
    return solved


def _needs_tensorflow(identity: str, chapter: list[str]) -> bool:
    """Whether a cell shows another text where TensorFlow is not there: it runs a reference."""
    needing = [name for name in chapter if QUESTIONS[name].needs_tensorflow]
    ids = {f"{name}-{role}" for name in needing for role in ("example", "check")}
    return identity in ids or (identity == "progress" and bool(needing))
