"""Private parts of others that the book uses: an update that takes one away fails here.

Each test says what the part is for.
"""

import argparse
import inspect

import pytest


def test_nbval_starts_its_kernels_by_a_name_of_its_module():
    """`conftest.py` puts a manager there whose kernels speak over sockets of their own."""
    import nbval.kernel

    source = inspect.getsource(nbval.kernel)
    assert "KernelManager" in vars(nbval.kernel)
    assert "KernelManager(" in source, "nbval no longer calls the name that conftest.py replaces"
    assert hasattr(nbval.kernel, "CURRENT_ENV_KERNEL_NAME")
    assert hasattr(nbval.kernel, "NbvalKernelspecManager")


def test_sphinx_mocks_a_missing_module_by_a_class_that_annotations_meet():
    """`lstm_book/reference.py` teaches it `X | None` and type parameters."""
    from sphinx.ext.autodoc.mock import _MockObject

    assert inspect.isclass(_MockObject)


def test_sphinx_translates_messages_where_the_book_joins_in():
    """`lstm_book/translation.py` puts two functions of its own there."""
    from sphinx.transforms import i18n

    for name in ("extract_messages", "publish_msgstr"):
        assert hasattr(i18n, name), f"sphinx.transforms.i18n has no {name} any more"


def test_tensorflow_keeps_its_seed_where_a_check_puts_it_back():
    """`exercises/engine/running.py`: a check leaves TensorFlow's random numbers as they were."""
    pytest.importorskip("tensorflow")
    from tensorflow.python.eager import context

    from lstm_lib._tensorflow import tf

    eager = context.context()
    assert hasattr(eager, "_seed")
    assert callable(eager._set_global_seed)
    kept = eager._seed
    eager._set_global_seed(1)
    tf.random.uniform([])
    assert hasattr(eager, "_rng"), "the generator behind the seed has another name"
    eager._set_global_seed(kept)


def test_tensorflow_lets_a_session_be_watched():
    """`exercises/creat_lstm_cell/watching.py` looks at what a session computed."""
    pytest.importorskip("tensorflow")
    from tensorflow.python.client import session

    assert callable(session.BaseSession.run)


def test_tensorflow_dispatches_operations_to_whoever_asks():
    """`tf1/graph.py` sends operations on a graph's tensors to their graph."""
    pytest.importorskip("tensorflow")
    from lstm_lib._tensorflow import tf

    assert callable(tf.__internal__.dispatch.GlobalOpDispatcher.register)


def test_tf_keras_carries_the_cells_of_tensorflow_1():
    """`tf1/cells.py`: the genuine cells, under the path by which TensorFlow itself finds them."""
    pytest.importorskip("tf_keras")
    from tf_keras.api._v1.keras.__internal__.legacy import layers, rnn_cell

    assert callable(rnn_cell.BasicLSTMCell)
    assert callable(layers.dense)


def test_argparse_says_its_own_words_by_a_name_that_can_be_replaced():
    """`lstm_lib.exercises` on the command line speaks Chinese in argparse's sentences too."""
    assert callable(argparse._)
