"""Refuse notebooks whose stored outputs cannot be compared, read aloud or reproduced.

``make lint`` prints the problems of all notebooks; ``problems`` returns those of one. Each rule is
a small function that yields messages; most of them are put right by ``make refresh``.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup
from nbformat import NotebookNode

from tools.notebook_files import find_notebooks, name_of, read_notebook
from tools.notebook_format import normalise
from tools.translation import outputs

SHORTEST_ALT = 20
SHORTEST_DESCRIPTION = 20

UNCHECKED_TAGS = {
    "nbval-ignore-output",
    "nbval-skip",
    "pytest-validate-ignore-output",
    "skip-execution",
}
UNCHECKED_COMMENT = re.compile(
    r"^\s*#+\s*(NBVAL_SKIP|NBVAL_IGNORE_OUTPUT|PYTEST_VALIDATE_IGNORE_OUTPUT)\s*$", re.MULTILINE
)
# The page folds the code of such a cell, and names the fold "Imports".
FOLDED = "hide-input"
STYLE = "plotting.use_book_style()"
RAISES_TAGS = {"raises-exception", "nbval-raises-exception"}

PATH = re.compile(
    r"(?<![\w.:/])/(?:home|root|tmp|work|Users|private|var|opt|usr|mnt)/\S*|\b[A-Za-z]:\\\S*"
)
# What must not stand in an output, and why.
UNSTABLE_TEXT = {
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{5,}"),
    "a path of this machine": PATH,
    "a timing": re.compile(
        r"\d ?(?:ms|µs|μs|us|ns|s|secs?|seconds?|ms/step|s/step|s/it|it/s)\b"
        r"|\b(?:ms/step|s/step|s/it|it/s)\b|\b(?:Wall time|CPU times)\b"
    ),
    "a negative zero": re.compile(r"(?<![\w.])[-−]0\.0*(?![\d])"),
    "the bare repr of a NumPy scalar": re.compile(
        r"\bnp\.(?:\w*(?:int|float|complex)\d+|bool|True_|False_)\b\(?"
    ),
}
BITMAPS = ("image/png", "image/jpeg", "image/gif")
WIDGET = "application/vnd.jupyter.widget-view+json"
SVG_ORIGIN = re.compile(r"<dc:(?:date|creator)>|<!-- Created with|Matplotlib v\d")
IMAGE_PATH = re.compile(r"\.(?:svg|png|jpe?g|gif|ipynb)\b|^\.{0,2}/|^[A-Za-z]:\\")
# One of these says what a drawing is to those who do not see it.
LABELS = {"aria-label", "aria-labelledby", "aria-hidden"}


def problems(notebook: NotebookNode) -> list[str]:
    """Return what is wrong with a notebook, one sentence a problem; empty if nothing is."""
    found = [*_page(notebook), *_counts(notebook.cells)]
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            checks = (_markers, _folds, _source, _errors, _streams, _texts, _figures)
            found += [f"cell {number}: {each}" for check in checks for each in check(cell)]
    if not found and normalise(notebook) != notebook:
        found.append("not in the stored form: make refresh")
    return found


def _page(notebook: NotebookNode) -> Iterator[str]:
    description = notebook.metadata.get("myst", {}).get("html_meta", {}).get("description", "")
    if len(description.strip()) < SHORTEST_DESCRIPTION:
        yield (
            "the notebook's metadata have no page description: "
            '{"myst": {"html_meta": {"description": "…"}}}'
        )


def _counts(cells: list[NotebookNode]) -> Iterator[str]:
    expected = 0
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type != "code":
            continue
        if not cell.source.strip():
            yield f"cell {number}: an empty code cell"
            continue
        expected += 1
        if cell.execution_count is None:
            yield f"cell {number}: never run, so nothing would be compared: make refresh"
        elif cell.execution_count != expected:
            yield (
                f"cell {number}: run as [{cell.execution_count}], expected [{expected}]: "
                "not run top to bottom; make refresh"
            )


def _folds(cell: NotebookNode) -> Iterator[str]:
    if FOLDED in cell.metadata.get("tags", []) and not imports_only(cell.source):
        yield f"the tag {FOLDED} would fold away more than imports"


def imports_only(source: str) -> bool:
    """Return whether a cell imports, sets the style of figures, and does nothing else."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a magic command
        return False
    return all(
        isinstance(each, ast.Import | ast.ImportFrom) or ast.unparse(each) == STYLE
        for each in statements
    )


def _markers(cell: NotebookNode) -> Iterator[str]:
    for tag in sorted(UNCHECKED_TAGS.intersection(cell.metadata.get("tags", []))):
        yield f"the tag {tag} would leave its output unchecked"
    for match in UNCHECKED_COMMENT.finditer(cell.source):
        yield f"the comment {match[1]} would leave its output unchecked"


def _source(cell: NotebookNode) -> Iterator[str]:
    if _ends_with_semicolon(cell.source):
        yield "the source ends with a semicolon: end with plt.show() or an assignment instead"
    for match in PATH.finditer(cell.source):
        yield f"the source holds a path of this machine: {match[0]}"


def _ends_with_semicolon(source: str) -> bool:
    ignored = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER}
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # a magic command
        return source.rstrip().endswith(";")
    last = [token for token in tokens if token.type not in ignored][-1:]
    return bool(last) and last[0].string == ";"


def _errors(cell: NotebookNode) -> Iterator[str]:
    stored = [output for output in cell.outputs if output.output_type == "error"]
    expected = bool(RAISES_TAGS.intersection(cell.metadata.get("tags", [])))
    if expected and not stored:
        yield "tagged raises-exception, but no error is stored"
    if stored and not expected:
        yield f"stored an error without the tag raises-exception: {stored[0].ename}"
    if any(len(output.traceback) != 1 or "\n" in output.traceback[0] for output in stored):
        yield "stored a traceback of more than one line: make refresh"


def _streams(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            yield f"wrote to stderr: {output.text.strip()[:80]!r}"


def _texts(cell: NotebookNode) -> Iterator[str]:
    for text in _readable_texts(cell):
        for what, pattern in UNSTABLE_TEXT.items():
            match = pattern.search(text)
            if match:
                yield f"printed {what}: {match[0]!r}"


def _readable_texts(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.text
        elif output.output_type == "error":
            yield f"{output.ename}: {output.evalue}"
        else:
            yield from (
                text
                for kind, text in output.data.items()
                if kind in ("text/plain", "text/markdown")
            )
            html = _parse(output.data.get("text/html", ""))
            # Scripts and drawings have numbers of their own: only what is read counts.
            for each in html.find_all(["script", "style", "svg"]):
                each.clear()
            yield html.get_text(" ")


def _parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def _figures(cell: NotebookNode) -> Iterator[str]:
    shown = [output.data for output in cell.outputs if "data" in output]
    for data in shown:
        for kind in BITMAPS:
            if kind in data:
                yield f"a figure is stored as {kind}, which is never compared: use SVG"
        if WIDGET in data:
            yield "a widget is stored, whose id is random: print or plot instead"
        if SVG_ORIGIN.search(data.get("image/svg+xml", "")):
            yield (
                "a figure's SVG tells its date or creator: "
                'set metadata={"Date": None, "Creator": None}'
            )
        for drawing in _parse(data.get("text/html", "")).find_all("svg"):
            if not LABELS & drawing.attrs.keys():
                yield "an inline <svg> has no aria-label"
    figures = [data for data in shown if any(kind.startswith("image/") for kind in data)]
    if figures:
        yield from _alt_text(cell)
    if len(figures) > 1:
        yield f"{len(figures)} figures share one alternative text: one figure a cell"


def _alt_text(cell: NotebookNode) -> Iterator[str]:
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "").strip()
    if not alt:
        yield 'a figure without alternative text: {"mystnb": {"image": {"alt": "…"}}}'
    elif IMAGE_PATH.search(alt):
        yield f"the alternative text is a file name: {alt!r}"
    elif len(alt) < SHORTEST_ALT:
        yield f"the alternative text says too little: {alt!r}"


def problems_of(path: Path) -> list[str]:
    """Return what is wrong with the notebook at `path`, its Chinese outputs included."""
    english = read_notebook(path)
    found = problems(english)
    if not outputs.has_edition(path):
        return found
    try:
        chinese = problems(outputs.merged(english, outputs.read(path)))
    except ValueError as error:
        return [*found, str(error)]
    return found + [f"in Chinese, {each}" for each in chinese if each not in found]


def main(arguments: list[str]) -> int:
    """Print the problems of the notebooks that are named, or of all; return an exit code."""
    paths = [Path(argument) for argument in arguments] or find_notebooks()
    found = [f"{name_of(path)}: {problem}" for path in paths for problem in problems_of(path)]
    print("\n".join(found) or f"{len(paths)} notebooks are as they should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
