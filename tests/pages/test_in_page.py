"""Python in the page: what its cells show, and a slice of the tests of `make test-page`."""

import ast
import re

import pytest
from bs4 import BeautifulSoup

from tests.in_page.browser_python import TAG, compare, differences, run_cells
from tools.notebook_files import CHAPTERS, find_notebooks, name_of, read_notebook
from website.lstm_book import in_page


def show(*sources, language="en"):
    cells = [{"id": f"cell-{k}", "source": source} for k, source in enumerate(sources)]
    return [
        [tuple(piece[:2]) for piece in pieces] for pieces in run_cells(cells, language).values()
    ]


def test_two_questions_are_judged_as_by_cpython(tmp_path):
    assert differences(["update_cell", "creatLSTMCell"], tmp_path) == {}


def test_a_notebook_gives_the_stored_text():
    path = CHAPTERS / "02_core_idea.ipynb"
    assert compare(path, read_notebook(path), "en") == ({}, [])


def test_a_changed_output_and_a_wrong_tag_are_found():
    path = CHAPTERS / "exercises" / "02_core_idea.ipynb"
    notebook = read_notebook(path)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["update_cell-example"].outputs[0].data["text/plain"] += " "
    cells["update_cell-hint"].metadata["tags"] = [TAG]
    unlike, works = compare(path, notebook, "en")
    assert list(unlike) == ["update_cell-example"]
    assert works == ["update_cell-hint"]


def test_a_cell_shows_what_a_notebook_shows():
    shown = show(
        "a = 2\na",
        "a;",
        "import sys\nprint('one')\nprint('two', file=sys.stderr)\n'three'",
        "from IPython.display import HTML, display\ndisplay(HTML('<b>b</b>'), 1)",
        "def f():\n    return 1\n\nimport inspect\nprint(inspect.getsource(f), end='')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('after')",
        "import os\nos.getcwd()",
        "print('kept')\nmissing",
        "if",
        "f",
    )
    assert shown[0] == [("text/plain", "2")]
    assert shown[1] == []
    assert shown[2] == [
        ("stream/stdout", "one\n"),
        ("stream/stderr", "two\n"),
        ("text/plain", "'three'"),
    ]
    assert shown[3] == [("text/html", "<b>b</b>"), ("text/plain", "1")]
    assert shown[4] == [("stream/stdout", "def f():\n    return 1\n")]
    (figure, after) = shown[5]
    assert figure[0] == "image/svg+xml"
    assert "<svg" in figure[1]
    assert after == ("stream/stdout", "after\n")
    assert shown[6] == [("text/plain", "'/book/chapters'")]
    error = ("error", "NameError: name 'missing' is not defined (line 2)")
    assert shown[7] == [("stream/stdout", "kept\n"), error]
    assert shown[8] == [("error", "SyntaxError: invalid syntax (line 1)")]
    assert shown[9][0][1].startswith("<function f at")


def test_tensorflow_is_missing_where_it_is_used():
    imports = "import tensorflow as tf, sys\nfrom lstm_lib import numpy_backend as L, tf1\n"
    english = show(
        imports + "import keras.layers\nfrom keras import layers",
        "'tensorflow' in sys.modules, 'keras' in sys.modules, L.sigmoid(0.0) == 0.5",
        "1\ntf.zeros(3)",
        "layers.LSTM(3)",
        "tf1.placeholder",
    )
    sentence = "ModuleNotFoundError: This needs TensorFlow, which does not run in a browser. "
    assert english[0] == []
    assert english[1] == [("text/plain", "(False, False, np.True_)")]
    for pieces, line in zip(english[2:], (2, 1, 1), strict=True):
        ((form, text),) = pieces
        assert form == "error"
        assert text.startswith(sentence)
        assert text.endswith(f"(line {line})")
    (((_, chinese),),) = show("import keras\nkeras.Model", language="zh_CN")
    assert chinese.startswith("ModuleNotFoundError: 这里需要 TensorFlow")
    assert chinese.endswith("（第 2 行）")


def test_a_cell_that_prints_without_end_is_cut():
    (pieces,) = show("for k in range(10**6): print(k)")
    text = "".join(data for _, data in pieces)
    assert len(text) < 210_000
    assert text.endswith("a cell may show 200,000 characters here)\n")


COMPILED_HERE = """
import os, sys
modules = [module for module in sys.modules.values() if getattr(module, "__spec__", None)]
sources = [each for each in modules if str(each.__spec__.origin).endswith(".py")]
sorted(each.__name__ for each in sources if not os.path.exists(each.__spec__.cached or ""))
"""


def test_a_check_and_a_figure_find_what_they_import_compiled():
    """Else a reader waits for it at each start."""
    first = "from lstm_lib.exercises import check\ncheck('forget_gate', lambda *given: 0);"
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    _, after_check, _, after_figure = show(first, COMPILED_HERE, figure, COMPILED_HERE)
    own = ["in_page.runtime", "in_page.stand_ins"]
    assert after_check == [("text/plain", repr(own))]
    assert after_figure == [("text/plain", repr(["in_page.figures", *own]))]


# Which cell is which.

BODY = '<div class="cell docutils container"><pre></pre></div>'


def marked(body, cells, pagename):
    """What the code cells of a page carry, besides their classes."""
    boxes = BeautifulSoup(body, "html.parser").select("div.cell")
    in_page.mark(boxes, cells, pagename)
    return [{name: box[name] for name in box.attrs if name != "class"} for box in boxes]


def cell(identity, *tags):
    return {"id": identity, "metadata": {"tags": list(tags)}}


def test_cells_of_a_page_carry_their_ids():
    cells = [cell("carry-blank"), cell("carry-check"), cell("a&b", TAG)]
    assert marked(3 * BODY, cells, "chapters/exercises/02_core_idea") == [
        {"data-cell": "carry-blank", "data-role": "blank", "data-question": "carry"},
        {"data-cell": "carry-check", "data-role": "check", "data-question": "carry"},
        {"data-cell": "a&b", "data-tensorflow": ""},
    ]
    assert marked(BODY, cells[:1], "chapters/solutions/02_core_idea") == [
        {"data-cell": "carry-blank"}
    ]


def test_a_page_with_another_number_of_cells_stops_the_build():
    with pytest.raises(ValueError, match="expected 1 code cells, found 2"):
        marked(2 * BODY, [cell("a")], "chapters/x")


@pytest.mark.parametrize("path", find_notebooks(), ids=name_of)
def test_a_tag_is_one_that_the_page_knows(path):
    tags = {tag for each in read_notebook(path).cells for tag in each.metadata.get("tags", [])}
    assert tags <= {TAG, "hide-input", "no-invert", "tab-NumPy", "tab-TensorFlow"}


NEED_TENSORFLOW = re.compile(
    r"(tensorflow|keras|tf_keras|lstm_lib\.(_tensorflow|tensorflow_backend|tf1))\b"
)


def imports_of_tensorflow(tree):
    """The names that a cell gives to what needs TensorFlow."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for each in node.names:
                if NEED_TENSORFLOW.match(module + each.name):
                    yield each.asname or each.name.partition(".")[0]


def uses(node):
    """The names that a cell uses when it is run, which is not yet when it defines a function."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    if not isinstance(node, ast.FunctionDef):
        for child in ast.iter_child_nodes(node):
            yield from uses(child)


@pytest.mark.parametrize("path", find_notebooks(), ids=name_of)
def test_a_cell_that_uses_tensorflow_has_the_tag(path):
    """What is seen at a glance; `make test-page` runs the cells."""
    names, untagged = set(), []
    for cell in read_notebook(path).cells:
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            names |= set(imports_of_tensorflow(tree))
            if names & set(uses(tree)) and TAG not in cell.metadata.get("tags", []):
                untagged.append(cell.id)
    assert untagged == []
