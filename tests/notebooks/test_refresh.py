"""`make refresh` stores what a notebook computes, and nothing when it fails."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import refresh, runtime
from tools.notebook_files import find_notebooks, read_notebook
from tools.notebook_format import to_text
from tools.notebook_lint import problems


@pytest.fixture(scope="module")
def kernels():
    return runtime.kernel_options(runtime.make_private_folder())


@pytest.fixture
def write(tmp_path):
    def write(*sources):
        cells = [new_markdown_cell("# A"), *[new_code_cell(source) for source in sources]]
        page = {"myst": {"html_meta": {"description": "A page that serves to test refresh."}}}
        path = tmp_path / "a.ipynb"
        path.write_text(to_text(new_notebook(cells=cells, metadata=page)), encoding="utf-8")
        return path

    return write


def test_a_notebook_that_never_ran_is_run_in_its_own_folder(write, kernels, capsys):
    path = write(
        "from pathlib import Path\nprint(Path('a.ipynb').exists())", "print(1)\nprint(2)", "3"
    )
    assert refresh.refresh_all([path], kernels) == []
    assert "updated" in capsys.readouterr().out
    cells = read_notebook(path).cells[1:]
    assert [cell.execution_count for cell in cells] == [1, 2, 3]
    assert cells[0].outputs[0].text == "True\n"
    assert cells[1].outputs[0].text == "1\n2\n"
    assert cells[2].outputs[0].data["text/plain"] == "3"
    assert problems(read_notebook(path)) == []

    stored, written = path.read_bytes(), path.stat().st_mtime_ns
    assert refresh.refresh_all([path], kernels) == []
    assert "unchanged" in capsys.readouterr().out
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (stored, written)
    assert list(path.parent.iterdir()) == [path]


def test_a_failing_notebook_is_named_and_left_as_it_was(write, kernels, capsys):
    path = write("x = 1", "raise ValueError('no such gate')", "x")
    before = path.read_bytes()
    assert refresh.refresh_all([path], kernels) == [path]
    told = capsys.readouterr().err
    assert "a.ipynb" in told
    assert "cell 3: ValueError: no such gate" in told
    assert path.read_bytes() == before


def test_a_kernel_that_dies_is_told(write, kernels, capsys):
    path = write("import os\nos._exit(1)")
    assert refresh.refresh_all([path], kernels) == [path]
    assert "cell 2: the kernel died" in capsys.readouterr().err


def test_missing_notebook_is_refused():
    with pytest.raises(SystemExit, match="2"):
        refresh.main(["no-such.ipynb"])


def test_checkpoints_are_no_notebooks(tmp_path):
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "a.ipynb").touch()
    (tmp_path / "a.ipynb").touch()
    assert find_notebooks(tmp_path) == [tmp_path / "a.ipynb"]


def test_settings_reach_the_kernels(write, kernels, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    runtime.set_environment()
    path = write(
        "import os\nprint(os.environ['OPENBLAS_NUM_THREADS'], os.environ['TF_ENABLE_ONEDNN_OPTS'])",
        "import matplotlib\nprint(matplotlib.get_backend())",
    )
    assert refresh.refresh_all([path], kernels) == []
    cells = read_notebook(path).cells[1:]
    assert cells[0].outputs[0].text == "1 0\n"
    assert "inline" in cells[1].outputs[0].text
