"""Whole scripts of TensorFlow 1 run, unchanged and after one line, and print what they printed.

`cases/old_scripts` hold what genuine TensorFlow 1.15.5 printed; `cases/own_scripts` what these
scripts print on `lstm_lib.tf1`, whose numbers are computed anew below, by the book's own cells.
"""

import builtins
import itertools
import re
import runpy
import subprocess
import sys

import numpy as np
import pytest

from lstm_lib import interop
from lstm_lib import tf1 as tf
from lstm_lib._tensorflow import tf as tensorflow
from lstm_lib.tf1.gone import sentence
from tests.library.cells import ROOT, backend, close
from tests.library.converters import EXPECTED, PATH, X
from tests.library.copies import copies, in_a_new_python

CASES = ROOT / "tests" / "library" / "cases"
SCRIPTS = sorted(p for p in CASES.glob("*_scripts/*.py") if p.name != "fill.py")
# Flags are one set for a whole process, and this one runs `tf.app.run`, which ends it.
ALONE = {"ptb_word_model.py"}
L = backend("numpy")


def in_a_process(*command, **options):
    run = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        env=options.pop("env", None),
        **options,
    )
    return run


def expected(path):
    return path.with_suffix(".txt").read_text(encoding="utf-8")


def one_line_changed(path):
    """The script with the line changed, and names imported from contrib taken from `tf`."""
    text = path.read_text(encoding="utf-8")
    text, changed = re.subn(
        r"^import tensorflow as tf$", "from lstm_lib import tf1 as tf", text, flags=re.MULTILINE
    )
    assert changed == 1

    def taken(match):
        module = match[1].removeprefix("tensorflow.")
        names = [name.strip() for name in match[2].split(",")]
        return f"{', '.join(names)} = " + ", ".join(f"tf.{module}.{name}" for name in names)

    return re.sub(r"^from (tensorflow\.contrib\S*) import (.+)$", taken, text, flags=re.MULTILINE)


def script(path):
    """A script as a case; one that needs a process of its own is slow."""
    marks = [pytest.mark.slow] if path.name in ALONE else []
    return pytest.param(path, id=path.stem, marks=marks)


@pytest.fixture(scope="module")
def in_a_copy():
    with copies() as in_a_copy:
        yield in_a_copy


# A process for each; `test_a_script_runs_after_one_line` runs the same scripts in this one.
@pytest.mark.slow
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_runs_unchanged(path, in_a_copy):
    run = in_a_new_python if path.name in ALONE else in_a_copy
    done = run(path.parent, path.name)
    assert done.returncode == 0, done.stderr
    assert done.stdout == expected(path)


@pytest.mark.slow
def test_a_script_in_a_copy_is_alone(in_a_copy, tmp_path):
    """It starts with what a new Python starts with, and what it leaves behind is gone."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nimport tensorflow as tf\n"
        "print(hasattr(tf, 'kept'), 'tf_keras' in sys.modules, sys.path[0], sys.argv)\n"
        "tf.kept = tf.get_variable('w', [2])\nprint('told', file=sys.stderr)\nsys.exit(3)\n",
        encoding="utf-8",
    )
    for run in (in_a_copy, in_a_copy, in_a_new_python):
        done = run(tmp_path, "script.py", "--size=3")
        assert done.stdout == f"False False {tmp_path} ['script.py', '--size=3']\n"
        assert done.returncode == 3
        assert done.stderr.endswith("told\n")


@pytest.mark.slow
@pytest.mark.parametrize("path", [*map(script, SCRIPTS)])
def test_a_script_runs_after_one_line(path, tmp_path, monkeypatch, capfd):
    changed = tmp_path / path.name
    changed.write_text(one_line_changed(path), encoding="utf-8")
    if path.name in ALONE:
        (tmp_path / "fill.py").write_bytes((path.parent / "fill.py").read_bytes())
        run = in_a_process(changed, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
        assert run.stdout == expected(path)
        return
    monkeypatch.syspath_prepend(str(path.parent))
    monkeypatch.setattr(sys, "argv", [str(changed)])
    monkeypatch.delitem(sys.modules, "fill", raising=False)
    tf.reset_default_graph()
    runpy.run_path(str(changed), run_name="__main__")
    assert capfd.readouterr().out == expected(path)
    # The program around it is as eager as before.
    assert tensorflow.executing_eagerly()
    assert tensorflow.add(1, 1).numpy() == 2
    assert tensorflow.compat.v1.control_flow_v2_enabled()


@pytest.mark.slow
def test_a_script_runs_after_the_usual_switch(tmp_path):
    """`disable_v2_behavior`, `.value` of a dimension, and a reset at module level."""
    path = tmp_path / "script.py"
    path.write_text(
        "from lstm_lib import tf1 as tf\ntf.disable_v2_behavior()\ntf.reset_default_graph()\n"
        "x = tf.placeholder(tf.float32, [2, 3])\n"
        "w = tf.Variable(tf.ones([x.shape[1].value, 2]))\ny = tf.matmul(x, w) * 2.0\n"
        "sess = tf.InteractiveSession()\ntf.global_variables_initializer().run()\n"
        "print(y.eval({x: [[1, 2, 3], [0, 0, 1]]}).tolist())\n",
        encoding="utf-8",
    )
    assert in_a_process(path).stdout == "[[12.0, 12.0], [2.0, 2.0]]\n"


IMPORTS = """
import tensorflow
import tensorflow as tf
import tensorflow.compat.v1 as tf1
import tensorflow.contrib.rnn as rnn
import tensorflow.contrib.layers as contrib_layers
from tensorflow import nn
from tensorflow.contrib import rnn as again, legacy_seq2seq
from tensorflow.contrib.rnn import BasicLSTMCell, static_rnn
from tensorflow.contrib.rnn.python.ops import rnn_cell as deep
from tensorflow.contrib.layers.python.layers import initializers
from tensorflow.python.framework import ops
from tensorflow.python.ops import rnn_cell, rnn_cell_impl, array_ops
from tensorflow.python.ops.rnn_cell import LSTMStateTuple
from tensorflow.python.ops.rnn import dynamic_rnn
from tensorflow.models.rnn import rnn_cell as oldest
from tensorflow.python.client import device_lib
import argparse, helper, sys

assert tensorflow is tf is tf1 is helper.tf
assert rnn is again is deep and tf.contrib.rnn is rnn and tf.nn is nn
assert rnn_cell is rnn_cell_impl is oldest is tf.nn.rnn_cell
assert BasicLSTMCell is rnn_cell.BasicLSTMCell is tf1.nn.rnn_cell.BasicLSTMCell
ops.reset_default_graph
array_ops.concat
print(sys.argv, __name__, helper.__name__)
for statement in (
    "import tensorflow.contrib.slim as slim",
    "from tensorflow.examples.tutorials.mnist import input_data",
    "from tensorflow.contrib import no_such",
):
    try:
        exec(statement)
    except ImportError as error:
        print(error)
"""


@pytest.mark.slow
def test_imports_find_tensorflow_1_in_its_process_alone(tmp_path):
    (tmp_path / "script.py").write_text(IMPORTS, encoding="utf-8")
    (tmp_path / "helper.py").write_text("import tensorflow as tf\n", encoding="utf-8")
    run = in_a_process("-m", "lstm_lib.tf1", tmp_path / "script.py", "--size", "3", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    arguments, slim, digits, missing = run.stdout.splitlines()
    assert arguments == f"['{tmp_path / 'script.py'}', '--size', '3'] __main__ helper"
    assert "tensorflow.contrib.slim" in slim
    assert "pip install tf_slim" in slim
    assert "keras.datasets.mnist" in digits
    assert "lstm_lib.tf1 serves what" in missing
    assert builtins.__import__.__module__ == "builtins"


@pytest.mark.slow
def test_a_script_that_cannot_run_is_told_in_a_sentence(tmp_path, in_a_copy):
    (tmp_path / "two.py").write_text("print 'Python 2'\n", encoding="utf-8")
    run = in_a_copy(tmp_path, "two.py")
    assert run.returncode == 2
    assert "two.py does not compile in Python 3 (line 1: " in run.stderr
    assert "2to3 -w two.py" in run.stderr
    run = in_a_copy(tmp_path, "none.py")
    assert "script: expected a file, given none.py" in run.stderr


@pytest.mark.slow
def test_nothing_is_loaded_or_patched_before_it_is_asked_for():
    code = (
        "import builtins, sys; before = builtins.__import__\n"
        "import lstm_lib, lstm_lib.numpy_backend, lstm_lib.interop\n"
        "assert 'tensorflow' not in sys.modules\n"
        "import tensorflow; v1 = tensorflow.compat.v1\n"
        "names = [getattr(v1.train.Saver, n) for n in ('__init__', 'restore')]\n"
        "from lstm_lib import tf1\n"
        # What makes importing TF1's cells slow is loaded with the first cell.
        "assert not [m for m in sys.modules if m.partition('.')[0] == 'tf_keras']\n"
        "x = tf1.placeholder(tf1.float32, [2]); tf1.train.Saver\n"
        "assert builtins.__import__ is before and sys.modules['tensorflow'] is tensorflow\n"
        "assert names == [getattr(v1.train.Saver, n) for n in ('__init__', 'restore')]\n"
        "assert tensorflow.executing_eagerly() and v1.control_flow_v2_enabled()\n"
    )
    run = in_a_process("-c", code, cwd=ROOT)
    assert run.returncode == 0, run.stderr


# Names.

SERVED = """
contrib.rnn.BasicLSTMCell contrib.rnn.BasicRNNCell contrib.rnn.GRUCell contrib.rnn.LSTMCell
contrib.rnn.MultiRNNCell contrib.rnn.DropoutWrapper contrib.rnn.ResidualWrapper
contrib.rnn.DeviceWrapper contrib.rnn.RNNCell contrib.rnn.LSTMStateTuple contrib.rnn.NASCell
contrib.rnn.LSTMBlockCell contrib.rnn.LSTMBlockFusedCell contrib.rnn.LayerNormBasicLSTMCell
contrib.rnn.GRUBlockCell contrib.rnn.GRUBlockCellV2 contrib.rnn.InputProjectionWrapper
contrib.rnn.OutputProjectionWrapper contrib.rnn.EmbeddingWrapper contrib.rnn.static_rnn
contrib.rnn.static_bidirectional_rnn contrib.rnn.stack_bidirectional_dynamic_rnn
contrib.rnn.stack_bidirectional_rnn contrib.rnn.static_state_saving_rnn
contrib.seq2seq.sequence_loss contrib.seq2seq.BasicDecoder contrib.seq2seq.dynamic_decode
contrib.seq2seq.TrainingHelper contrib.seq2seq.GreedyEmbeddingHelper contrib.seq2seq.CustomHelper
contrib.seq2seq.SampleEmbeddingHelper contrib.crf.crf_log_likelihood contrib.crf.crf_decode
contrib.crf.viterbi_decode nn.rnn_cell._linear contrib.rnn._linear split concat
contrib.layers.safe_embedding_lookup_sparse contrib.legacy_seq2seq.rnn_decoder
contrib.legacy_seq2seq.basic_rnn_seq2seq contrib.legacy_seq2seq.tied_rnn_seq2seq
contrib.legacy_seq2seq.embedding_rnn_decoder contrib.legacy_seq2seq.embedding_rnn_seq2seq
contrib.legacy_seq2seq.sequence_loss contrib.legacy_seq2seq.sequence_loss_by_example
contrib.layers.fully_connected contrib.layers.linear contrib.layers.xavier_initializer
contrib.layers.variance_scaling_initializer contrib.layers.l1_regularizer
contrib.layers.l2_regularizer contrib.layers.apply_regularization contrib.layers.layer_norm
contrib.layers.flatten contrib.layers.dropout contrib.layers.embed_sequence
contrib.cudnn_rnn.CudnnLSTM contrib.cudnn_rnn.CudnnCompatibleLSTMCell contrib.training.HParams
contrib.framework.get_or_create_global_step contrib.framework.nest layers.dense layers.Dense
layers.dropout layers.flatten layers.batch_normalization layers.conv1d layers.conv2d
layers.max_pooling1d layers.max_pooling2d compat.v1.placeholder compat.v1.train.Saver
compat.v1.nn.rnn_cell.LSTMCell compat.as_str nn.dynamic_rnn nn.bidirectional_dynamic_rnn
nn.static_rnn nn.raw_rnn nn.embedding_lookup get_collection add_to_collection GraphKeys
train.Saver train.AdamOptimizer train.Supervisor train.MonitoredTrainingSession
train.exponential_decay train.latest_checkpoint train.import_meta_graph gradients
summary.scalar summary.merge_all summary.FileWriter InteractiveSession variable_scope name_scope
get_variable get_variable_scope set_random_seed random_uniform_initializer app.run flags.FLAGS
app.flags.DEFINE_integer logging.info gfile.GFile placeholder_with_default initialize_all_variables
data.Dataset losses.mean_squared_error metrics.accuracy keras.layers.LSTM clip_by_global_norm
"""
REFUSED = {
    "contrib.slim": "tf_slim",
    "contrib.seq2seq.BeamSearchDecoder": "BasicDecoder",
    "contrib.seq2seq.AttentionWrapper": "keras.layers.Attention",
    "contrib.legacy_seq2seq.embedding_attention_seq2seq": "keras.layers.Attention",
    "contrib.rnn.GridLSTMCell": "tf.nn.rnn_cell.RNNCell",
    "contrib.rnn.ConvLSTMCell": "keras.layers.ConvLSTM2D",
    "contrib.rnn.FusedRNNCellAdaptor": "tf.nn.dynamic_rnn",
    "contrib.cudnn_rnn.CudnnGRU": "CudnnCompatibleLSTMCell",
    "contrib.learn": "keras.Model",
    "contrib.crf.crf_multitag_sequence_score": "crf_log_likelihood",
    "contrib.layers.optimize_loss": "minimize",
    "contrib.layers.conv2d": "tf.layers.conv2d",
    "contrib.framework.arg_scope": "tf_slim",
    "estimator.Estimator": "keras.Model",
    "nn.rnn_cell.LSTMBlockCell": "tf.contrib.rnn",
    "nn.rnn_cell.linear": "tf.layers.dense",
    "python.ops.rnn_cell": "import",
    "mul": "tf.multiply",
    "pack": "tf.stack",
    "nn.rnn": "tf.nn.static_rnn",
    "nn.seq2seq": "tf.contrib.legacy_seq2seq",
    "train.SummaryWriter": "tf.summary.FileWriter",
    "scalar_summary": "tf.summary.scalar",
}


def found(path):
    value = tf
    for name in path.split("."):
        value = getattr(value, name)
    return value


@pytest.mark.parametrize("path", SERVED.split())
def test_a_name_is_served(path):
    assert found(path) is not None


@pytest.mark.parametrize(("path", "instead"), [*REFUSED.items()])
def test_a_name_that_is_not_served_says_what_took_its_place(path, instead):
    with pytest.raises(AttributeError) as caught:
        found(path)
    assert instead in str(caught.value)
    assert sentence(path) in str(caught.value)


# Errors that name the cure.


@pytest.fixture
def empty_graph():
    tf.reset_default_graph()
    yield
    assert tensorflow.executing_eagerly()


@pytest.mark.usefixtures("empty_graph")
def test_a_tensor_of_the_graph_is_used_outside_of_it():
    x = tf.placeholder(tf.float32, [2, 3])
    w = tf.get_variable("w", [3], initializer=tf.ones_initializer())
    terms = 0.5 * x, x + w, 1 - x, -x, x[:, 1:] * [1.0, 2.0], np.ones((2, 3)) * x, tensorflow.exp(x)
    numbers = np.arange(6.0).reshape(2, 3)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        got = session.run(terms, {x: numbers})
    wanted = (
        *(numbers / 2, numbers + 1, 1 - numbers, -numbers, numbers[:, 1:] * [1, 2], numbers),
        np.exp(numbers),
    )
    assert close(tuple(got), wanted, 1e-5)


@pytest.mark.usefixtures("empty_graph")
def test_a_tensor_of_the_graph_meets_an_eager_variable():
    x = tf.placeholder(tf.float32, [2, 3])
    with pytest.raises(TypeError, match=r"a tensor of a TF1 graph meets a variable .* fetch"):
        tensorflow.matmul(x, tensorflow.Variable(np.ones((3, 1), "float32")))


@pytest.mark.usefixtures("empty_graph")
def test_a_session_without_its_graph_says_so():
    with tensorflow.Graph().as_default() as graph:
        y = tf.constant(1.0)
    with tf.Session() as session, pytest.raises(RuntimeError, match=r"tf\.Session\(graph=graph\)"):
        session.run(y)
    tf.constant(0.0)
    with tf.Session() as session, pytest.raises(ValueError, match=r"tf\.Session\(graph=tensor"):
        session.run(y)
    with tf.Session(graph=graph) as session:
        assert session.run(y) == 1


@pytest.mark.usefixtures("empty_graph")
def test_the_order_of_arguments_of_tensorflow_0_is_told():
    x = tf.placeholder(tf.float32, [4, 6])
    for old in (lambda: tf.split(0, 2, x), lambda: tf.split(split_dim=0, num_split=2, value=x)):
        with pytest.raises(TypeError, match=r"^tf\.split: .* write tf\.split\(value, 2, 0\)$"):
            old()
    for old in (lambda: tf.concat(1, [x, x]), lambda: tf.concat(concat_dim=1, values=[x, x])):
        with pytest.raises(TypeError, match=r"^tf\.concat: .* write tf\.concat\(values, 1\)$"):
            old()
    assert (
        tf.split(x, 2, 1)[0].shape == tf.split(value=x, num_or_size_splits=[3, 3], axis=1)[1].shape
    )
    assert tf.concat([x, x], 1).shape == tf.concat(axis=1, values=[x, x]).shape == (4, 12)


@pytest.mark.usefixtures("empty_graph")
@pytest.mark.parametrize("kind", ["softmax", "sparse_softmax", "sigmoid"])
def test_logits_and_labels_are_given_by_name(kind):
    """Given by place, today's TensorFlow takes the logits of old code for its labels."""
    cross_entropy = getattr(tf.nn, f"{kind}_cross_entropy_with_logits")
    x = tf.placeholder(tf.float32, [4, 6])
    with pytest.raises(ValueError, match="expected labels=… and logits=… by their names"):
        cross_entropy(x, x)
    labels = tf.constant([1, 2, 3, 0]) if kind == "sparse_softmax" else x
    assert cross_entropy(labels=labels, logits=x).shape[0].value == 4


@pytest.mark.usefixtures("empty_graph")
def test_sizes_have_a_value_in_the_graph_alone():
    x = tf.placeholder(tf.float32, [None, 4, 3])
    assert [size.value for size in x.shape] == [None, 4, 3]
    assert x.get_shape()[1:].dims[1].value == x[:, 0].shape[-1].value == 3
    assert x.shape[1] + 1 == 5
    assert isinstance(x.shape[1], int)
    assert (str(x.shape), str(x[0, 0].shape)) == ("(?, 4, 3)", "(3,)")
    v = tf.get_variable("v", [2, 3])
    assert [size.value for size in v.shape] == [size.value for size in v.get_shape()] == [2, 3]
    with tf.Graph().as_default():
        assert tf.layers.dense(tf.placeholder(tf.float32, [5, 2]), 7).shape[1].value == 7
    eager = tensorflow.Variable(np.ones((2, 3)))
    for other in (tensorflow.ones([2, 3]), eager):
        assert not hasattr(other.shape[0], "value")
        assert str(tensorflow.TensorShape([None, *other.shape])) == "(None, 2, 3)"
    with tensorflow.Graph().as_default():
        assert tensorflow.compat.v1.placeholder("float32", [None, 2]).shape[0] is None


@pytest.mark.usefixtures("empty_graph")
def test_the_input_size_of_tensorflow_1_0_is_taken_with_its_warning(caplog):
    cell = tf.nn.rnn_cell.BasicLSTMCell(3, input_size=5)
    assert "input_size parameter is deprecated" in caplog.text
    assert cell.output_size == 3


@pytest.mark.usefixtures("empty_graph")
def test_restoring_what_is_not_there_says_what_to_do(tmp_path):
    v = tf.get_variable("m/lstm_cell/kernel", [2])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver({"other/kernel": v}).save(session, str(tmp_path / "model.ckpt"))
        with pytest.raises(
            ValueError,
            match=r"^the checkpoint has no arrays for m/lstm_cell/kern"
            r"el; it has other/kernel\. .*Saver\(\{name_there: variable\}\).*from_check",
        ):
            tf.train.Saver().restore(session, path)
        with pytest.raises(ValueError, match="not a valid checkpoint"):
            tf.train.Saver().restore(session, str(tmp_path / "none.ckpt"))
    with pytest.raises(OSError, match=r"none\.meta"):
        tf.train.import_meta_graph(str(tmp_path / "none.meta"))


@pytest.mark.usefixtures("empty_graph")
def test_the_graph_that_tensorflow_1_15_saved_is_imported():
    saver = tf.train.import_meta_graph(f"{PATH}.meta")
    graph = saver.saver_def and tf.get_default_graph()
    with tf.Session() as session:
        saver.restore(session, tf.train.latest_checkpoint(str(PATH.parent)))
        products = [each for each in graph.get_operations() if each.type == "MatMul"]
        assert close(session.run(products[-1].outputs[0], {"x:0": X}), EXPECTED, 1e-6)


# Seeds, collections, warnings.


def test_the_seed_reaches_what_layers_draw():
    def drawn():
        with tf.Graph().as_default():
            tf.set_random_seed(3)
            x = tf.ones([2, 6])
            y = [tf.layers.dense(x, 4), tf.layers.dropout(x, training=True), tf.nn.dropout(x, 0.5)]
            y.append(tf.contrib.layers.fully_connected(x, 4, None))
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                return session.run(y)

    first, second = drawn(), drawn()
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert len({array.tobytes() for array in first}) == 4


def test_regularisers_of_a_scope_reach_the_collection():
    with tf.Graph().as_default():
        with tf.variable_scope("m", regularizer=tf.contrib.layers.l2_regularizer(0.5)):
            w = tf.get_variable("w", [2], initializer=tf.constant_initializer(3.0))
        (term,) = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run(term) == pytest.approx(0.5 * 9)
        assert tf.get_collection("trainable_variables") == [w]


# The scripts' numbers, by the book's own cells.


def filled(shapes):
    """What fill.py gives to variables of these names and shapes."""
    rng = np.random.RandomState(7)
    return {n: rng.uniform(-0.5, 0.5, shapes[n]).astype("float32") for n in sorted(shapes)}


def lstm(arrays, scope, forget_bias=1.0):
    return interop.from_tf1([arrays[f"{scope}/kernel:0"], arrays[f"{scope}/bias:0"]], forget_bias)


def numbers_in(name, start):
    line = next(
        s for s in expected(CASES / "own_scripts" / name).splitlines() if start in s and "[" in s
    )
    return np.array(eval(line[line.rindex("[") :]))


def shapes_of(scopes):
    """Shapes of kernel and bias for scope: (inputs, units)."""
    return {
        name: shape
        for scope, (inputs, units) in scopes.items()
        for name, shape in (
            (f"{scope}/kernel:0", (inputs + units, 4 * units)),
            (f"{scope}/bias:0", (4 * units,)),
        )
    }


def both_ways(forward, backward, inputs):
    ahead, _ = L.dynamic_rnn(forward, inputs)
    back, _ = L.dynamic_rnn(backward, inputs[:, ::-1])
    return np.concatenate([ahead, back[:, ::-1]], -1)


def test_numbers_of_cudnn():
    data = np.random.RandomState(6).randn(7, 2, 3).transpose(1, 0, 2).astype("float32")
    name = "rnn/multi_rnn_cell/cell_{}/cudnn_compatible_lstm_cell"
    arrays = filled(shapes_of({name.format(0): (3, 4), name.format(1): (4, 4)}))
    out = data
    for layer in range(2):
        out, _ = L.dynamic_rnn(lstm(arrays, name.format(layer), 0.0), out)
    assert np.allclose(out[0, -1], numbers_in("cudnn.txt", "(2, 2, 4)"), atol=6e-5)

    name = "stack_bidirectional_rnn/cell_{}/bidirectional_rnn/{}/cudnn_compatible_lstm_cell"
    sizes = {name.format(n, way): (size, 4) for n, size in ((0, 3), (1, 8)) for way in ("fw", "bw")}
    arrays, out = filled(shapes_of(sizes)), data
    for layer in range(2):
        cells = [lstm(arrays, name.format(layer, way), 0.0) for way in ("fw", "bw")]
        out = both_ways(*cells, out)
    assert np.allclose(out[0, -1], numbers_in("cudnn.txt", "(4, 2, 4)"), atol=6e-5)


def test_numbers_of_the_crf():
    """Each sequence of tags is scored one by one."""
    tagged = expected(CASES / "own_scripts" / "tagger_with_crf.txt").splitlines()
    rng = np.random.RandomState(0)
    words, labels, lengths = rng.randint(0, 11, (4, 6)), rng.randint(0, 3, (4, 6)), [6, 3, 1, 5]
    scope = "bi-lstm/bidirectional_rnn/{}/lstm_cell"
    shapes = shapes_of({scope.format(way): (4, 5) for way in ("fw", "bw")})
    shapes |= {"embedding:0": (11, 4), "dense/kernel:0": (10, 3), "dense/bias:0": (3,)}
    arrays = filled(shapes | {"transitions:0": (3, 3)})
    losses = []
    for ids, tags, n in zip(words, labels, lengths, strict=True):
        cells = (lstm(arrays, scope.format(way)) for way in ("fw", "bw"))
        out = both_ways(*cells, arrays["embedding:0"][ids[None, :n]])[0]
        unary = out @ arrays["dense/kernel:0"] + arrays["dense/bias:0"]
        all_tags = np.array(list(itertools.product(range(3), repeat=n)))
        moves = arrays["transitions:0"][all_tags[:, :-1], all_tags[:, 1:]].sum(1)
        scores = unary[np.arange(n), all_tags].sum(1) + moves
        (mine,) = scores[(all_tags == tags[:n]).all(1)]
        losses.append(np.log(np.exp(scores).sum()) - mine)
    assert tagged[0].startswith(f"['{np.mean(losses):.4f}'")


def test_tags_are_decoded_as_the_best_of_all():
    rng = np.random.default_rng(5)
    unary = rng.normal(size=(2, 5, 3)).astype("float32")
    moves = rng.normal(size=(3, 3)).astype("float32")
    with tf.Graph().as_default(), tf.Session() as session:
        decoded, scores = session.run(tf.contrib.crf.crf_decode(unary, moves, [5, 3]))
    for one, n, tags, score in zip(unary, (5, 3), decoded, scores, strict=True):
        all_tags = np.array(list(itertools.product(range(3), repeat=n)))
        all_scores = one[np.arange(n), all_tags].sum(1) + moves[
            all_tags[:, :-1], all_tags[:, 1:]
        ].sum(1)
        best = all_tags[all_scores.argmax()].tolist()
        assert tags.tolist() == best + [0] * (5 - n)
        assert score == pytest.approx(all_scores.max(), 1e-5)
        assert tf.contrib.crf.viterbi_decode(one[:n], moves)[0] == best


def test_numbers_of_the_decoders():
    numbers = np.random.RandomState(0).randint(3, 12, (3, 5))
    said = numbers.copy()
    for row, length in zip(said, (5, 4, 3), strict=True):
        row[length - 1 :] = 2
    shapes = shapes_of({"encoder/lstm_cell": (6, 8), "decode/decoder/lstm_cell": (6, 8)})
    shapes |= {"source/embeddings:0": (12, 6), "table:0": (12, 6)}
    readout = {"decode/decoder/readout/kernel:0": (8, 12), "decode/decoder/readout/bias:0": (12,)}
    arrays = filled(shapes | readout)
    fed = np.c_[[1] * 3, said[:, :4]]
    printed = []
    for n, length in enumerate((5, 4, 3)):
        words = arrays["source/embeddings:0"][numbers[n : n + 1, :length]]
        _, start = L.dynamic_rnn(lstm(arrays, "encoder/lstm_cell"), words)
        words = arrays["table:0"][fed[n : n + 1, :length]]
        out, end = L.dynamic_rnn(lstm(arrays, "decode/decoder/lstm_cell"), words, start)
        kernel, bias = (arrays[name] for name in readout)
        printed.append((out[0] @ kernel + bias, end))
    assert np.allclose(printed[1][0][3], numbers_in("decoders.txt", "(3, 5, 12)"), atol=6e-5)
    assert np.allclose(printed[2][1].h[0], numbers_in("decoders.txt", "False"), atol=6e-5)


def test_numbers_of_both_directions():
    text = expected(CASES / "own_scripts" / "both_directions.txt")
    names = [line for line in text.splitlines() if line.endswith(":0")]
    gru = {"gates/kernel": (3, 6), "gates/bias": 6, "candidate/kernel": (3, 3), "candidate/bias": 3}
    shapes = {}
    for name in names:
        if "gru" in name:
            end = "/".join(name.removesuffix(":0").split("/")[-2:])
            rows = 4 if "cell_0" in name else 6
            size = gru[end]
            shapes[name] = (rows + size[0], size[1]) if isinstance(size, tuple) else (size,)
        else:
            shapes[name] = (9, 20) if "kernel" in name else (20,)
    arrays = filled(shapes)
    x = np.random.RandomState(5).randn(3, 6, 4).astype("float32")
    fw, bw = (lstm(arrays, f"dynamic/bidirectional_rnn/{w}/basic_lstm_cell") for w in ("fw", "bw"))
    _, end = L.dynamic_rnn(fw, x[1:2, :2])
    assert np.allclose(end.h[0], numbers_in("both_directions.txt", "end_fw.h"), atol=6e-5)
    _, end = L.dynamic_rnn(bw, x[1:2, 1::-1])
    assert np.allclose(end.c[0], numbers_in("both_directions.txt", "end_bw.c"), atol=6e-5)
    cells = (lstm(arrays, f"static/bidirectional_rnn/{w}/lstm_cell") for w in ("fw", "bw"))
    out = both_ways(*cells, x)
    assert np.allclose(out[1, 2], numbers_in("both_directions.txt", "static"), atol=6e-5)


def test_numbers_of_the_time_series():
    sizes = shapes_of({"rnn/basic_lstm_cell": (1, 12)})
    arrays = filled(
        sizes | {"fully_connected/weights:0": (12, 1), "fully_connected/biases:0": (1,)}
    )
    t = np.linspace(0, 3, 8)[:, None] + np.arange(11) * 0.1
    x = np.sin(t)[:2, :-1, None].astype("float32")
    _, end = L.dynamic_rnn(lstm(arrays, "rnn/basic_lstm_cell"), x)
    last = end.h @ arrays["fully_connected/weights:0"] + arrays["fully_connected/biases:0"]
    wanted = numbers_in("time_series.txt", "[-")
    assert np.allclose(last[:, 0], wanted, atol=6e-5)


def cross_entropy(logits, targets):
    logits = logits - logits.max(-1, keepdims=True)
    log = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -np.take_along_axis(log, targets[..., None], -1)[..., 0]


def test_first_loss_of_the_char_rnn():
    text = "hello old world " * 20
    chars = sorted(set(text))
    data = np.array([chars.index(c) for c in text])
    scope = "rnnlm/multi_rnn_cell/cell_{}/basic_lstm_cell"
    shapes = shapes_of({scope.format(0): (16, 16), scope.format(1): (16, 16)})
    symbols = len(chars)
    shapes |= {"rnnlm/softmax_w:0": (16, symbols), "rnnlm/softmax_b:0": (symbols,)}
    arrays = filled(shapes | {"embedding:0": (symbols, 16)})
    out = arrays["embedding:0"][data[:32].reshape(4, 8)]
    for layer in range(2):
        out, _ = L.dynamic_rnn(lstm(arrays, scope.format(layer)), out)
    logits = out @ arrays["rnnlm/softmax_w:0"] + arrays["rnnlm/softmax_b:0"]
    loss = cross_entropy(logits, data[1:33].reshape(4, 8)).mean()
    printed = expected(CASES / "own_scripts" / "char_rnn.txt")
    assert f"losses: {loss:.4f} " in printed


def ptb_on_tensorflow_2():
    """PTB's model, written anew and trained on today's eager TensorFlow."""
    H, V, steps, batch = 7, 11, 5, 4
    raw = np.random.RandomState(3).randint(0, V, 90)
    scope = "Model/RNN/multi_rnn_cell/cell_{}/basic_lstm_cell"
    shapes = shapes_of({scope.format(n): (H, H) for n in range(2)})
    shapes |= {"Model/embedding:0": (V, H), "Model/softmax_w:0": (H, V), "Model/softmax_b:0": (V,)}
    variables = {name: tensorflow.Variable(a) for name, a in filled(shapes).items()}

    def loss(x, y, states):
        out, ends = tensorflow.gather(variables["Model/embedding:0"], x), []
        for n in range(2):
            kernel, bias = (variables[f"{scope.format(n)}/{w}:0"] for w in ("kernel", "bias"))
            c, h = states[n]
            hs = []
            for t in range(steps):
                z = tensorflow.concat([out[:, t], h], 1) @ kernel + bias
                i, j, f, o = tensorflow.split(z, 4, 1)
                c = tensorflow.sigmoid(f) * c + tensorflow.sigmoid(i) * tensorflow.tanh(j)
                h = tensorflow.sigmoid(o) * tensorflow.tanh(c)
                hs.append(h)
            out = tensorflow.stack(hs, 1)
            ends.append((c, h))
        logits = out @ variables["Model/softmax_w:0"] + variables["Model/softmax_b:0"]
        costs = tensorflow.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
        return tensorflow.reduce_sum(tensorflow.reduce_mean(costs, 0)), ends

    def epoch(words, rate=None):
        words = words[: len(words) // batch * batch].reshape(batch, -1)
        count = (words.shape[1] - 1) // steps
        states = [(tensorflow.zeros([batch, H]),) * 2] * 2
        costs = 0.0
        for n in range(count):
            x, y = (words[:, n * steps + k : (n + 1) * steps + k] for k in (0, 1))
            with tensorflow.GradientTape() as tape:
                cost, states = loss(x, y, states)
            costs += float(cost)
            if rate is not None:
                grads = tape.gradient(cost, list(variables.values()))
                grads = [tensorflow.convert_to_tensor(g) for g in grads]
                grads, _ = tensorflow.clip_by_global_norm(grads, 5)
                for variable, grad in zip(variables.values(), grads, strict=True):
                    variable.assign_sub(rate * grad)
        return np.exp(costs / (count * steps))

    for n in range(3):
        train = epoch(raw, 0.5**n)
        yield f"Epoch: {n + 1} Train {train:.3f} Valid {epoch(raw[:50]):.3f}"


def test_numbers_of_ptb():
    printed = expected(CASES / "own_scripts" / "ptb_word_model.txt")
    assert list(ptb_on_tensorflow_2()) == [s for s in printed.splitlines() if "Epoch" in s]
