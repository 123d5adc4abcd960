"""The listing of the exercise runs on `lstm_lib.tf1`, and TF1 code around it does too."""

import importlib.util
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from lstm_lib import tf1 as tf
from lstm_lib._tensorflow import tf as tensorflow
from lstm_lib.state import LSTMStateTuple
from lstm_lib.tf1 import cells
from tests.library.cells import ROOT, backend, close, random_sequence

A, B, C = 5, 4, 3  # units, batch size, input size
X = random_sequence("float32", B, 6, C)

LISTING = """
import numpy as np
from lstm_lib import tf1 as tf

def creatLSTMCell(a, b, c):
    inputs = tf.placeholder(np.float32, [b, c])
    lstm_cell = tf.nn.rnn_cell.BasicLSTMCell(num_units=a)
    h0 = lstm_cell.zero_state(batch_size=b, dtype=np.float32)
    output, h1 = lstm_cell.__call__(inputs, h0)
    print(h1.h)
    print(h1.c)
    return inputs, lstm_cell, h0, output, h1
"""


def creatLSTMCell(*sizes):
    namespace = {}
    exec(LISTING, namespace)
    return namespace["creatLSTMCell"](*sizes)


@pytest.fixture(autouse=True)
def empty_graph():
    tf.reset_default_graph()
    yield
    assert tensorflow.executing_eagerly()


def printed(text):
    """(name, shape, dtype) of each line, which must all be graph tensors."""
    line = r'Tensor\("(.+):0", shape=\((.+)\), dtype=(\w+)\)'
    return [re.fullmatch(line, each).groups() for each in text.splitlines()]


def test_the_listing_prints_h_and_then_c(capfd):
    _, _, _, output, h1 = creatLSTMCell(A, B, C)
    out, err = capfd.readouterr()
    h, c = printed(out)
    assert err == ""
    assert h[1:] == c[1:] == ("4, 5", "float32")
    assert h[0] != c[0]
    assert f"{h[0]}:0" == h1.h.name
    assert f"{c[0]}:0" == h1.c.name
    assert output is h1.h


def test_the_printed_tensors_are_h_and_c_when_they_are_run(capsys):
    inputs, cell, h0, output, _ = creatLSTMCell(A, B, C)
    names = [f"{name}:0" for name, _, _ in printed(capsys.readouterr().out)]
    start = [np.random.default_rng(n).normal(size=(B, A)).astype("float32") for n in (1, 2)]
    feed = {inputs: X[:, 0], h0.c: start[0], h0.h: start[1]}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        kernel, bias = session.run(cell.weights)
        h, c, out = session.run([*names, output], feed)

    L = backend("numpy")
    ours = L.BasicLSTMCell(A)
    ours.kernel, ours.bias = kernel, bias
    _, state = ours(X[:, 0], L.LSTMStateTuple(*start))
    assert close((h, c, out), (state.h, state.c, state.h), 1e-6)
    assert not close(h, c, 1e-2)


def test_it_runs_twice_in_one_process(capsys):
    creatLSTMCell(A, B, C)
    creatLSTMCell(A, B, C)
    lines = printed(capsys.readouterr().out)
    assert [line[1:] for line in lines] == [("4, 5", "float32")] * 4


def test_a_second_cell_may_have_other_sizes(capsys):
    creatLSTMCell(A, B, C)
    creatLSTMCell(2, 7, 9)
    assert [line[1] for line in printed(capsys.readouterr().out)] == ["4, 5"] * 2 + ["7, 2"] * 2


def test_variables_must_be_initialised(capsys):
    inputs, _, _, output, _ = creatLSTMCell(A, B, C)
    with (
        tf.Session() as session,
        pytest.raises(tensorflow.errors.FailedPreconditionError, match=r"uninitialized|not exist"),
    ):
        session.run(output, {inputs: X[:, 0]})


def test_the_zero_state_is_zeros():
    cell = tf.nn.rnn_cell.BasicLSTMCell(num_units=A)
    state = cell.zero_state(batch_size=B, dtype=np.float32)
    assert state._fields == LSTMStateTuple._fields
    with tf.Session() as session:
        assert all(np.array_equal(part, np.zeros((B, A))) for part in session.run(state))


def test_weights_have_tf1s_shapes_and_the_bias_is_zeros(capsys):
    creatLSTMCell(A, B, C)
    kernel, bias = tf.trainable_variables()
    assert tf.global_variables() == [kernel, bias]
    assert (kernel.shape, bias.shape) == ((C + A, 4 * A), (4 * A,))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert not np.any(session.run(bias))


def test_the_graph_can_be_reset(capsys):
    inputs, _, _, output, _ = creatLSTMCell(A, B, C)
    old = tf.get_default_graph()
    assert output.graph is inputs.graph is old
    tf.reset_default_graph()
    assert tf.get_default_graph() is not old
    assert tf.global_variables() == []
    # A fresh graph counts its names from the start again.
    _, _, _, again, _ = creatLSTMCell(A, B, C)
    assert again.name == output.name


def test_the_graph_is_not_reset_from_inside_one():
    with tensorflow.Graph().as_default(), pytest.raises(RuntimeError) as caught:
        tf.reset_default_graph()
    assert "expected to be called outside" in str(caught.value)
    assert "given a call inside" in str(caught.value)


def test_a_graph_of_yours_is_used(capsys):
    mine = tensorflow.Graph()
    with mine.as_default():
        inputs, _, _, output, _ = creatLSTMCell(A, B, C)
        assert tf.get_default_graph() is mine
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run(output, {inputs: X[:, 0]}).shape == (B, A)
    assert inputs.graph is output.graph is mine
    assert tf.get_default_graph() is not mine
    assert tf.global_variables() == []


def test_eager_mode_stays_on(capsys):
    creatLSTMCell(A, B, C)
    assert tensorflow.executing_eagerly()
    assert tensorflow.add(1, 1).numpy() == 2
    outputs, _ = backend("tensorflow").dynamic_rnn(backend("tensorflow").BasicLSTMCell(A), X)
    assert outputs.numpy().shape == (B, 6, A)


def test_a_longer_script_runs_inside_a_graph():
    """Names that are not ours are TF1's: variables, losses and optimisers train the cell."""
    with tf.Graph().as_default():
        tf.set_random_seed(0)
        x = tf.placeholder(tf.float32, [None, 6, C])
        outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(A), x, dtype=tf.float32)
        w = tf.get_variable("w", [A, 1], initializer=tf.ones_initializer())
        loss = tf.reduce_mean(tf.square(tf.matmul(outputs[:, -1], w) - 0.5))
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            losses = [session.run([loss, train], {x: X})[0] for _ in range(20)]
    assert losses[-1] < 0.5 * losses[0]


def test_a_second_dynamic_rnn_in_one_graph_finds_its_variables_there():
    """P12: "already exists", and what to do about it."""

    def build():
        x = tf.placeholder(tf.float32, [B, 6, C])
        return tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(A), x, dtype=tf.float32)

    build()
    with pytest.raises(ValueError, match="already exists"):
        build()
    tf.reset_default_graph()
    outputs, final = build()
    assert outputs.shape == (B, 6, A)
    assert final.c.shape == final.h.shape == (B, A)


def test_a_stack_of_cells_runs():
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicLSTMCell(n) for n in (A, 2)])
    x = tf.placeholder(tf.float32, [B, C])
    output, states = cell(x, cell.zero_state(B, tf.float32))
    assert output.shape == (B, 2)
    assert [state.h.shape for state in states] == [(B, A), (B, 2)]


def test_the_plain_cell_and_the_state_tuple_are_there():
    cell = tf.nn.rnn_cell.BasicRNNCell(A)
    output, state = cell(tf.placeholder(tf.float32, [B, C]), cell.zero_state(B, tf.float32))
    assert output is state
    assert tf.nn.rnn_cell.LSTMStateTuple._fields == ("c", "h")


def test_other_names_are_those_of_tf1():
    v1 = tensorflow.compat.v1
    for name in ("float32", "int32", "GraphKeys", "Graph", "ConfigProto", "Tensor", "AUTO_REUSE"):
        assert getattr(tf, name) is getattr(v1, name)
    assert tf.nn.relu.__wrapped__ is v1.nn.relu
    assert issubclass(tf.train.AdamOptimizer, v1.train.Optimizer)
    assert isinstance(v1.train.AdamOptimizer(), tf.train.Optimizer)
    with pytest.raises(AttributeError, match=r"lstm_lib\.tf1.*'no_such_name'.*compat\.v1"):
        _ = tf.no_such_name


def test_the_logger_is_left_as_it_was(capsys):
    logger = tensorflow.get_logger()
    level = logger.level
    logger.setLevel("INFO")
    try:
        creatLSTMCell(A, B, C)
        assert logger.level == 20
    finally:
        logger.setLevel(level)


def in_a_new_python(code):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    environment["PYTHONPATH"] = str(ROOT)
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run


@pytest.mark.slow
def test_nothing_is_written_to_stderr():
    """Also not from C++, and with the environment of somebody who set nothing."""
    run = in_a_new_python(
        f"{LISTING}\ninputs, _, _, output, _ = creatLSTMCell(5, 4, 3)\n"
        "with tf.Session() as session:\n"
        "    session.run(tf.global_variables_initializer())\n"
        "    session.run(output, {inputs: np.ones((4, 3))})\n"
    )
    assert run.stderr == ""
    assert [line[1:] for line in printed(run.stdout)] == [("4, 5", "float32")] * 2


@pytest.mark.slow
def test_tensorflow_may_have_been_imported_before():
    run = in_a_new_python(f"import tensorflow, keras\n{LISTING}\ncreatLSTMCell(5, 4, 3)")
    assert [line[1:] for line in printed(run.stdout)] == [("4, 5", "float32")] * 2


def test_without_tf_keras_it_says_what_to_install(monkeypatch):
    """The module once more, under another name, where tf_keras cannot be found."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "tf_keras"]:
        monkeypatch.delitem(sys.modules, name)

    class Missing:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name.partition(".")[0] == "tf_keras":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(sys, "meta_path", [Missing, *sys.meta_path])
    spec = importlib.util.spec_from_file_location("cells_without_tf_keras", cells.__file__)
    with pytest.raises(ModuleNotFoundError) as caught:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert "needs TF1's cells, which are in the package tf_keras" in str(caught.value)
    assert "pip install tf_keras" in str(caught.value)
