"""The private parts of others that the book leans on, one by one.

A canary falls silent when an update takes such a part away or lets it do something else, and says
which of our files leaned on it and what for. So an update fails here, with the reason, and not in a
page, a notebook or a check that has become wrong.
"""

import argparse
import ast
import inspect
import random
from collections import _tuplegetter, namedtuple
from pathlib import Path
from types import SimpleNamespace

import nbval.kernel
import pytest
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.autocall import ZMQExitAutocall
from sphinx.errors import PycodeError
from sphinx.ext.autodoc.mock import _MockObject, mock
from sphinx.pycode import ModuleAnalyzer
from sphinx.transforms import i18n
from sphinx_design.shared import create_component
from sphinxcontrib import katex

from tools.notebook_files import ROOT

# Modules that are not for others, by the start of their names.
PRIVATE = ("tensorflow.python", "tf_keras.api._v1", "keras.src")
OURS = {"lstm_lib", "tools", "website", "benchmarks"}


def test_nbval_makes_its_kernels_by_a_name_that_can_be_replaced():
    """`conftest.py` puts kernels on sockets of their own: two workers would race for TCP ports."""
    assert inspect.isclass(nbval.kernel.NbvalKernelspecManager)
    assert isinstance(nbval.kernel.CURRENT_ENV_KERNEL_NAME, str)
    starting = inspect.getsource(nbval.kernel.start_new_kernel)
    assert "KernelManager(" in starting, "nbval starts its kernels in another way"
    assert nbval.kernel.start_new_kernel.__globals__ is vars(nbval.kernel)
    # conftest.py has replaced it in this very process.
    assert nbval.kernel.KernelManager.__module__ == "conftest"


def test_sphinx_translates_by_two_functions_that_can_be_replaced():
    """`website/lstm_book/translation.py` lets docstrings be read as reStructuredText."""
    assert list(inspect.signature(i18n.extract_messages).parameters) == ["doctree"]
    names = list(inspect.signature(i18n.publish_msgstr).parameters)
    assert names[:3] == ["app", "source", "source_path"]
    translating = inspect.getsource(i18n.Locale.apply)
    assert "extract_messages(self.document)" in translating, "Sphinx finds messages in another way"
    assert "publish_msgstr(" in translating
    assert i18n.Locale.apply.__globals__ is vars(i18n)


def test_a_mock_of_autodoc_is_a_class_that_can_be_completed():
    """`website/lstm_book/reference.py` gives `_MockObject` a `|` and `__type_params__`."""
    with mock(["a_module_to_be_mocked"]):
        import a_module_to_be_mocked

        part = a_module_to_be_mocked.Tensor
    assert isinstance(part, _MockObject)


def test_autodoc_reads_sources_by_a_method_that_can_be_replaced(lstm_book, monkeypatch):
    """`website/lstm_book/reference.py` has it leave out TensorFlow, whose import takes seconds."""
    monkeypatch.setattr(ModuleAnalyzer, "for_module", ModuleAnalyzer.for_module)
    config = SimpleNamespace(autodoc_mock_imports=["no_such_module"])
    lstm_book.reference.read_no_mocked_source(None, config)
    with pytest.raises(PycodeError, match="is mocked"):
        ModuleAnalyzer.for_module("no_such_module.part")
    assert ModuleAnalyzer.for_module("lstm_lib.state").srcname.endswith("state.py")


def test_fields_of_named_tuples_are_told_by_their_kind():
    """`website/lstm_book/reference.py` leaves out "Alias for field number 0" by `_tuplegetter`."""
    assert isinstance(inspect.getattr_static(namedtuple("Two", "a b"), "a"), _tuplegetter)


def test_tabs_of_sphinx_design_are_made_of_components():
    """`website/lstm_book/tabs.py` makes tabs of cells as sphinx-design makes its own."""
    component = create_component("tab-item", ["sd-tab-item"], selected=False)
    assert component["design_component"] == "tab-item"
    assert component["selected"] is False


def test_katex_says_which_version_it_brings():
    """`website/lstm_book/equations.py` compares it with the style sheet in website/static."""
    assert katex.katex_version.count(".") == 2


def test_the_theme_gives_its_list_of_pages_as_a_tree():
    """`website/templates/sbt-sidebar-nav.html` names the buttons in it."""
    from pydata_sphinx_theme import toctree

    making = inspect.getsource(toctree.add_toctree_functions)
    assert "-> Union[BeautifulSoup, str]" in making
    assert "return soup" in making, "the template looks for its <summary>"


def test_argparse_says_its_words_through_a_name_that_can_be_replaced(monkeypatch):
    """`lstm_lib/exercises/__main__.py` lets them be said in Chinese."""
    monkeypatch.setattr(argparse, "_", lambda words: f"<{words}>")
    assert "<usage: >" in argparse.ArgumentParser(prog="p").format_help()


def test_an_exit_in_a_notebook_asks_the_shell():
    """`lstm_lib/exercises/engine/running.py` stops `exit()` in an answer, which would end it."""
    asked = []
    leave = ZMQExitAutocall(SimpleNamespace(ask_exit=lambda: asked.append("exit")))
    leave()
    assert asked == ["exit"]
    assert ZMQInteractiveShell.exiter.klass is ZMQExitAutocall
    assert callable(ZMQInteractiveShell.ask_exit), "found on the class once ours is taken off"


def test_tensorflow_keeps_its_seed_and_its_generator_in_the_context():
    """`lstm_lib/exercises/engine/running.py` puts both back: a check leaves no trace.

    The module is `tensorflow.python.eager`.
    """
    from tensorflow.python.eager import context as eager

    from lstm_lib._tensorflow import tf

    context = eager.context()
    kept, generator = context._seed, vars(context).get("_rng")
    try:
        tf.random.set_seed(7)
        assert context._seed == 7
        tf.random.uniform([])
        assert isinstance(context._rng, random.Random)
        context._set_global_seed(8)
        assert context._seed == 8
    finally:
        context._seed = kept
        vars(context).pop("_rng", None)
        if generator is not None:
            context._rng = generator


def test_a_session_of_tensorflow_runs_by_its_base():
    """`lstm_lib/exercises/creat_lstm_cell/watching.py` sees what a learner fetches.

    The module is `tensorflow.python.client`.
    """
    from tensorflow.python.client import session

    from lstm_lib._tensorflow import tf

    assert issubclass(tf.compat.v1.Session, session.BaseSession)
    assert issubclass(tf.compat.v1.InteractiveSession, session.BaseSession)
    assert list(inspect.signature(session.BaseSession.run).parameters)[:2] == ["self", "fetches"]


def test_tensorflow_tells_whether_anybody_watches():
    """`lstm_lib/tensorflow_backend/plain.py` does more for a tape, and steps for an accumulator.

    The modules are `tensorflow.python.eager.record` and `tensorflow.python.eager.forwardprop_util`.
    """
    from tensorflow.python.eager.forwardprop_util import pack_tangents
    from tensorflow.python.eager.record import could_possibly_record

    from lstm_lib._tensorflow import tf

    one, other = tf.constant(1.0), tf.constant(1.0)
    assert not could_possibly_record()
    with tf.GradientTape():
        assert could_possibly_record()
    with tf.autodiff.ForwardAccumulator(one, tf.constant(2.0)):
        assert could_possibly_record()
        assert [float(each) for each in pack_tangents([one]).tangents] == [2.0]
        assert pack_tangents([other]).tangents == []


def test_tensorflow_dispatches_operations_to_whoever_asks():
    """`lstm_lib/tf1/graph.py` sends operations on a graph's tensors to their graph."""
    from lstm_lib._tensorflow import tf

    dispatcher = tf.__internal__.dispatch.GlobalOpDispatcher
    assert callable(dispatcher.register)
    assert callable(dispatcher.handle)
    assert hasattr(dispatcher, "NOT_SUPPORTED")


def test_tf_keras_carries_the_genuine_cells():
    """`lstm_lib/tf1/cells.py` takes them from where TensorFlow itself would.

    `benchmarks/agreement.py` compares with them. The module is
    `tf_keras.api._v1.keras.__internal__.legacy`.
    """
    from tf_keras.api._v1.keras.__internal__.legacy import layers, rnn_cell

    assert {"BasicLSTMCell", "LSTMCell", "LSTMStateTuple"} <= set(dir(rnn_cell))
    # `lstm_lib/tf1/block_cells.py` builds on the class before it.
    assert hasattr(rnn_cell.BasicLSTMCell.__bases__[0], "add_weight")
    assert "_scope" in vars(layers.Dense(1)), "tf1.cells asks a layer for its scope"


@pytest.mark.parametrize("part", ["_variant_tensor", "_iterator_resource"])
def test_data_sets_and_iterators_have_a_tensor(part):
    """`lstm_lib/tf1/graph.py` asks it for the graph that a data set is in."""
    from lstm_lib._tensorflow import tf

    with tf.Graph().as_default() as graph:
        of = tf.compat.v1.data.Dataset.range(3)
        if part == "_iterator_resource":
            of = tf.compat.v1.data.make_one_shot_iterator(of)
        assert getattr(of, part).graph is graph


# That none is missing --------------------------------------------------------------------------


def private_names(node):
    """What is private of another package in an import: the module, or the names."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names if each.name.startswith(PRIVATE)]
    if not isinstance(node, ast.ImportFrom) or node.level or node.module.split(".")[0] in OURS:
        return []
    if node.module.startswith(PRIVATE):
        return [node.module]
    return [each.name for each in node.names if each.name.startswith("_") and each.name != "_"]


def without_canary(path, text, canaries):
    """Private names in the text of a file that no docstring of a canary tells with the file."""
    names = [name for node in ast.walk(ast.parse(text)) for name in private_names(node)]
    return [name for name in names if not any(path in c and name in c for c in canaries)]


def canaries():
    """What each test of this file says of itself."""
    tests = ast.parse(Path(__file__).read_text(encoding="utf-8")).body
    return [ast.get_docstring(each) or "" for each in tests if isinstance(each, ast.FunctionDef)]


@pytest.mark.parametrize("folder", sorted(OURS))
def test_each_private_import_has_a_canary(folder):
    for path in (ROOT / folder).rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        silent = without_canary(name, path.read_text(encoding="utf-8"), canaries())
        assert silent == [], f"{name}: write a test above that names the file and the part"


@pytest.mark.parametrize(
    "line",
    [
        "from another import _private",
        "from tensorflow.python.ops import math_ops",
        "import keras.src.layers",
        "def f():\n    from tf_keras.api._v1 import keras",
    ],
)
def test_a_private_import_without_a_canary_is_seen(line):
    assert without_canary("lstm_lib/new.py", line, canaries())


def test_what_is_public_or_ours_needs_no_canary():
    lines = "from sphinx.locale import _\nfrom lstm_lib._tensorflow import tf\nfrom . import _b\n"
    assert without_canary("lstm_lib/new.py", lines + "import tensorflow", canaries()) == []
