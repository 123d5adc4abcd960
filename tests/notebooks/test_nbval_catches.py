"""nbval, as it is set up here, notices every change of a number or of a figure.

A notebook is stored that has every cell twice; then the second of each two gets another source but
keeps its outputs, and a nested pytest with the book's own settings compares them all.
"""

import subprocess
import sys
from xml.etree import ElementTree

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools import refresh, runtime
from tools.notebook_files import ROOT
from tools.notebook_format import to_text

SETUP = """\
import matplotlib.pyplot as plt
import numpy as np
from matplotlib_inline.backend_inline import set_matplotlib_formats

set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})
plt.rcParams.update({"svg.hashsalt": "book", "figure.figsize": (2, 1)})
"""
PLOT = """\
plt.plot([1.0, 0.5, 0.25], marker="o", label="f = 0.5")
plt.plot([1.0, 0.1, 0.01], marker="o", label="f = 0.1")
plt.xlabel("step")
plt.show()
"""
CHANGES = {
    "a printed number": ("print(f'{0.25:.4f}')", "print(f'{0.2501:.4f}')"),
    "a sign": ("print(np.array([0.5, -0.25]))", "print(np.array([0.5, 0.25]))"),
    "a shown value": ("np.arange(3.0)", "np.arange(3.0) + 1e-8"),
    "a word": ("print('f comes first')", "print('i comes first')"),
    "a line less": ("print(1)\nprint(2)", "print(1)"),
    "a line more": ("x = 1", "x = 1\nprint(x)"),
    "no figure": (PLOT, PLOT.replace("plt.show()", "plt.close()")),
    "a marker": (PLOT, PLOT.replace('"o", label="f = 0.5"', '"s", label="f = 0.5"')),
    "an axis label": (PLOT, PLOT.replace('"step"', '"time"')),
    "a dropped line": (PLOT, "\n".join(PLOT.splitlines()[1:])),
    "a moved point": (PLOT, PLOT.replace("0.25]", "0.26]")),
    "a message": ("raise ValueError('4 units')", "raise ValueError('5 units')"),
    "another error": ("raise ValueError('no')", "raise TypeError('no')"),
    "no error": ("raise KeyError('h')", "pass"),
}


def cell(source):
    tags = {"tags": ["raises-exception"]} if source.startswith("raise") else {}
    return new_code_cell(source, metadata=tags)


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """Run nbval on the notebook; return for each cell after the setup whether it failed."""
    folder = tmp_path_factory.mktemp("nbval")
    sources = [SETUP, *[before for before, _ in CHANGES.values() for _ in range(2)]]
    kernel = next(runtime.kernel_options(runtime.make_private_folder()))
    notebook = refresh.execute(
        new_notebook(cells=[cell(source) for source in sources]), folder, kernel
    )
    for second, (_, after) in zip(notebook.cells[2::2], CHANGES.values(), strict=True):
        second.source = after
    (folder / "changed.ipynb").write_text(to_text(notebook), encoding="utf-8")

    report = folder / "report.xml"
    options = ["-p", "no:cacheprovider", "-p", "conftest", f"--junit-xml={report}"]
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *settings, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    failed = {
        case.get("name"): case.find("failure") is not None
        for case in ElementTree.parse(report).iter("testcase")
    }
    return [failed[f"Cell {number}"] for number in range(1, len(sources))]


def test_what_did_not_change_passes(failures):
    assert failures[0::2] == [False] * len(CHANGES)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_caught(failures, change):
    assert failures[1::2][list(CHANGES).index(change)]
