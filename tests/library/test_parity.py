"""The cells equal TF1's own, Keras' and, through interop, PyTorch's and ONNX's."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
from tf_keras.api._v1.keras.__internal__.legacy import rnn_cell as genuine

from lstm_lib import interop
from lstm_lib._tensorflow import tf
from lstm_lib.state import LSTMStateTuple
from tests.library import genuine_tf1
from tests.library.cells import (
    BATCH,
    INPUTS,
    ROOT,
    TOLERANCE,
    UNITS,
    arrays,
    backend,
    close,
    dtype_of,
    normal,
    random_cell,
    random_sequence,
    random_state,
)

NUMPY = backend("numpy")
KINDS = "BasicLSTMCell", "BasicRNNCell"
deprecated = pytest.mark.filterwarnings("ignore:.*(is deprecated|will be removed)")


def ours(L, kernel, bias, inputs, c, h, forget_bias):
    """What `genuine_tf1.final_states` gives, on one of our backends."""
    cell = L.BasicLSTMCell(bias.size // 4, forget_bias=forget_bias, dtype=kernel.dtype.name)
    cell.kernel, cell.bias = kernel, bias
    start = L.LSTMStateTuple(c=c, h=h)
    outputs, final = L.dynamic_rnn(cell, inputs, start)
    output, step = cell(inputs[:, 0], start)
    return outputs, final.c, final.h, output, step.c, step.h


# TF1.


@deprecated
@pytest.mark.parametrize("forget_bias", [1.0, 0.0, -0.7, 2.5])
def test_equals_genuine_tf1(L, dtype, forget_bias):
    case = genuine_tf1.random_case(dtype) | {"forget_bias": forget_bias}
    theirs = genuine_tf1.final_states(tf, genuine, **case)
    assert close(ours(L, **case), tuple(theirs), TOLERANCE[dtype])


@pytest.fixture(scope="session")
def through_compat_v1():
    environment = {**os.environ, "TF_USE_LEGACY_KERAS": "1", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-m", "tests.library.genuine_tf1"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.slow
def test_equals_genuine_tf1_through_compat_v1(L, dtype, through_compat_v1):
    case = genuine_tf1.random_case(dtype) | {"forget_bias": 0.75}
    theirs = tuple(np.array(array) for array in through_compat_v1[dtype])
    assert close(ours(L, **case), theirs, TOLERANCE[dtype])


@deprecated
def test_a_fresh_cell_stores_what_tf1_stores(L):
    """The same shapes, and a bias of zeros: the forget bias is not in it."""
    with tf.Graph().as_default():
        cell = genuine.BasicLSTMCell(UNITS)
        cell(tf.zeros((BATCH, INPUTS)), cell.zero_state(BATCH, "float32"))
        theirs = {v.name.rpartition("/")[2]: tuple(v.shape) for v in cell.weights}
    mine = L.BasicLSTMCell(UNITS)
    mine.build(INPUTS)
    assert theirs == {"kernel:0": mine.kernel.shape, "bias:0": mine.bias.shape}
    assert not np.any(np.asarray(mine.bias))


# Written down in TF1's test, which computed in float32 and compares to 1e-6.
STACKED = [0.68967271, 0.44848421, 0.39897051, 0.24024698]


def two_stacked_cells(L, dtype):
    tenths, x = np.full((1, 2), 0.1, dtype), np.ones((1, 2), dtype)
    found = []
    for _ in range(2):
        cell = L.BasicLSTMCell(2, dtype=dtype)
        cell.kernel = np.full((4, 8), 0.5, dtype)
        x, state = cell(x, L.LSTMStateTuple(c=tenths, h=tenths))
        found += arrays(state)
    return tuple(found)


def test_tf1s_own_unit_test_of_two_stacked_cells(L, dtype):
    expected = tuple(np.full((1, 2), number) for number in STACKED)
    assert close(two_stacked_cells(L, dtype), expected, 1e-6)


@deprecated
def test_tf1s_own_unit_test_on_genuine_tf1(L, dtype):
    theirs = genuine_tf1.two_stacked_cells(tf, genuine, dtype)
    assert close(two_stacked_cells(L, dtype), tuple(theirs), TOLERANCE[dtype])


@deprecated
def test_the_plain_cell_equals_genuine_tf1(L, dtype):
    mine, inputs = random_cell(L, "BasicRNNCell", dtype), random_sequence(dtype)
    state = random_state("BasicRNNCell", dtype)
    weights = arrays((mine.kernel, mine.bias))
    with tf.Graph().as_default():
        cell = genuine.BasicRNNCell(UNITS, dtype=dtype)
        fetches = tf.compat.v1.nn.dynamic_rnn(
            cell, tf.constant(inputs), initial_state=tf.constant(state)
        )
        with tf.compat.v1.Session() as session:
            for variable, value in zip(cell.weights, weights, strict=True):
                variable.load(value, session)
            theirs = session.run(fetches)
    assert close(L.dynamic_rnn(mine, inputs, state), tuple(theirs), TOLERANCE[dtype])


# Keras 3.


def fifty_steps(kind, dtype):
    return random_sequence(dtype, time=50), random_state(kind, dtype)


@pytest.mark.slow
@pytest.mark.parametrize("forget_bias", [1.0, 0.0])
def test_equals_keras(L, dtype, forget_bias):
    inputs, state = fifty_steps("BasicLSTMCell", dtype)
    cell = random_cell(L, "BasicLSTMCell", dtype, forget_bias=forget_bias)
    layer = keras.layers.LSTM(UNITS, return_sequences=True, return_state=True, dtype=dtype)
    layer.build(inputs.shape)
    layer.set_weights(interop.to_keras(cell))
    outputs, h, c = layer(inputs, initial_state=[state.h, state.c])
    assert close(
        L.dynamic_rnn(cell, inputs, state), (outputs, LSTMStateTuple(c, h)), TOLERANCE[dtype]
    )


def test_takes_over_a_keras_layer(L, dtype):
    """Glorot and orthogonal weights and `unit_forget_bias`, as Keras makes them."""
    inputs, state = fifty_steps("BasicLSTMCell", dtype)
    layer = keras.layers.LSTM(UNITS, return_sequences=True, return_state=True, dtype=dtype)
    outputs, h, c = layer(inputs, initial_state=[state.h, state.c])
    for forget_bias in (0.0, 1.0):
        cell = interop.from_keras(layer.get_weights(), forget_bias=forget_bias)
        assert cell.forget_bias == forget_bias
        found = NUMPY.dynamic_rnn(cell, inputs, state)
        assert close(found, (outputs, LSTMStateTuple(c, h)), TOLERANCE[dtype])
    # Keras starts the forget gate's bias at 1; taken out, nothing is left of it.
    assert not np.any(cell.bias)


def test_the_plain_cell_equals_keras(L, dtype):
    inputs, state = fifty_steps("BasicRNNCell", dtype)
    cell = random_cell(L, "BasicRNNCell", dtype)
    layer = keras.layers.SimpleRNN(UNITS, return_sequences=True, return_state=True, dtype=dtype)
    layer.build(inputs.shape)
    kernel = np.asarray(cell.kernel)
    layer.set_weights([kernel[:INPUTS], kernel[INPUTS:], np.asarray(cell.bias)])
    outputs, h = layer(inputs, initial_state=[state])
    assert close(L.dynamic_rnn(cell, inputs, state), (outputs, h), TOLERANCE[dtype])


# PyTorch.


def pytorch_lstm(weights, inputs, h, c):
    """The formulas of PyTorch's documentation of nn.LSTM, sequence first in `inputs`' axis 1."""

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    W = dict(zip("ifgo", np.split(weights["weight_ih_l0"], 4), strict=True))
    U = dict(zip("ifgo", np.split(weights["weight_hh_l0"], 4), strict=True))
    b = dict(zip("ifgo", np.split(weights["bias_ih_l0"], 4), strict=True))
    d = dict(zip("ifgo", np.split(weights["bias_hh_l0"], 4), strict=True))
    outputs = []
    for x in np.swapaxes(inputs, 0, 1):
        z = {gate: x @ W[gate].T + b[gate] + h @ U[gate].T + d[gate] for gate in "ifgo"}
        c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * np.tanh(z["g"])
        h = sigmoid(z["o"]) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1), LSTMStateTuple(c, h)


def random_pytorch(dtype):
    """Weights of an nn.LSTM: here both biases carry something."""
    rng = np.random.default_rng(20)
    shapes = {
        "weight_ih_l0": (4 * UNITS, INPUTS),
        "weight_hh_l0": (4 * UNITS, UNITS),
        "bias_ih_l0": (4 * UNITS,),
        "bias_hh_l0": (4 * UNITS,),
    }
    return {
        name: normal(rng, shape, dtype) * dtype_of(dtype, 0.5) for name, shape in shapes.items()
    }


def test_pytorchs_layout_against_its_documented_formulas(L, dtype):
    inputs, state = fifty_steps("BasicLSTMCell", dtype)
    cell = random_cell(L, "BasicLSTMCell", dtype, forget_bias=0.75)
    theirs = pytorch_lstm(interop.to_pytorch(cell), inputs, state.h, state.c)
    assert close(L.dynamic_rnn(cell, inputs, state), theirs, TOLERANCE[dtype])


@pytest.mark.parametrize("forget_bias", [0.0, 1.0])
def test_takes_over_pytorchs_two_biases(dtype, forget_bias):
    inputs, state = fifty_steps("BasicLSTMCell", dtype)
    weights = random_pytorch(dtype)
    cell = interop.from_pytorch(weights, forget_bias=forget_bias)
    theirs = pytorch_lstm(weights, inputs, state.h, state.c)
    assert close(NUMPY.dynamic_rnn(cell, inputs, state), theirs, TOLERANCE[dtype])


def test_equals_genuine_pytorch(L, dtype):
    torch = pytest.importorskip("torch", reason="PyTorch is optional: pip install torch")
    inputs, state = fifty_steps("BasicLSTMCell", dtype)
    cell = random_cell(L, "BasicLSTMCell", dtype, forget_bias=0.75)
    lstm = torch.nn.LSTM(INPUTS, UNITS, batch_first=True, dtype=getattr(torch, dtype))
    own = {name: tensor.numpy().copy() for name, tensor in lstm.state_dict().items()}
    start = torch.tensor(state.h[None]), torch.tensor(state.c[None])

    def run():
        with torch.no_grad():
            outputs, (h, c) = lstm(torch.tensor(inputs), start)
        return outputs.numpy(), LSTMStateTuple(c.numpy()[0], h.numpy()[0])

    assert close(
        NUMPY.dynamic_rnn(interop.from_pytorch(own), inputs, state), run(), TOLERANCE[dtype]
    )
    lstm.load_state_dict({k: torch.tensor(v) for k, v in interop.to_pytorch(cell).items()})
    assert close(L.dynamic_rnn(cell, inputs, state), run(), TOLERANCE[dtype])


# ONNX.


def onnx_lstm(weights, inputs, h, c):
    """A model of one LSTM node, run by ONNX Runtime."""
    kind = onnx.helper.np_dtype_to_tensor_dtype(inputs.dtype)
    values = {"X": np.swapaxes(inputs, 0, 1), "initial_h": h[None], "initial_c": c[None]}
    units = h.shape[1]
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node(
                "LSTM",
                ["X", "W", "R", "B", "", "initial_h", "initial_c"],
                ["Y", "Y_h", "Y_c"],
                hidden_size=units,
            )
        ],
        "one_lstm",
        [onnx.helper.make_tensor_value_info(n, kind, v.shape) for n, v in values.items()],
        [
            onnx.helper.make_tensor_value_info(n, kind, [None] * rank)
            for n, rank in (("Y", 4), ("Y_h", 3), ("Y_c", 3))
        ],
        [onnx.numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 14)], ir_version=8
    )
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    outputs, last_h, last_c = session.run(None, values)
    # (time, directions, batch, units)
    return np.swapaxes(outputs[:, 0], 0, 1), LSTMStateTuple(last_c[0], last_h[0])


def test_equals_onnx(L):
    """In float32: ONNX Runtime has no LSTM in float64."""
    inputs, state = fifty_steps("BasicLSTMCell", "float32")
    cell = random_cell(L, "BasicLSTMCell", "float32", forget_bias=0.75)
    theirs = onnx_lstm(interop.to_onnx(cell), inputs, state.h, state.c)
    assert close(L.dynamic_rnn(cell, inputs, state), theirs, TOLERANCE["float32"])


@pytest.mark.parametrize("forget_bias", [0.0, 1.0])
def test_takes_over_onnxs_two_biases(forget_bias):
    inputs, state = fifty_steps("BasicLSTMCell", "float32")
    rng = np.random.default_rng(21)
    shapes = {"W": (1, 4 * UNITS, INPUTS), "R": (1, 4 * UNITS, UNITS), "B": (1, 8 * UNITS)}
    weights = {n: normal(rng, s, "float32") * np.float32(0.5) for n, s in shapes.items()}
    cell = interop.from_onnx(weights, forget_bias=forget_bias)
    theirs = onnx_lstm(weights, inputs, state.h, state.c)
    assert close(NUMPY.dynamic_rnn(cell, inputs, state), theirs, TOLERANCE["float32"])


# Round trips.

LAYOUTS = ["tf1", "keras", "pytorch", "onnx"]


def converters(layout):
    return getattr(interop, f"to_{layout}"), getattr(interop, f"from_{layout}")


def named(weights):
    return dict(weights) if isinstance(weights, dict) else dict(enumerate(weights))


def bits(weights):
    return {k: (a.shape, a.dtype.str, a.tobytes()) for k, a in named(weights).items()}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("forget_bias", [0.0, 0.75])
def test_weights_to_a_cell_and_back_are_the_same_bits(L, dtype, layout, forget_bias):
    to, back = converters(layout)
    cell = random_cell(L, "BasicLSTMCell", dtype, forget_bias=forget_bias)
    bias = np.asarray(cell.bias).copy()
    bias[::3] = -0.0
    cell.bias = bias
    weights = to(cell)
    again = back(weights, forget_bias=0.0)
    assert again.forget_bias == 0.0
    assert again.dtype == dtype
    assert bits(to(again)) == bits(weights)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_cell_to_weights_and_back_is_the_same_cell(L, layout):
    to, back = converters(layout)
    cell = random_cell(L, "BasicLSTMCell", "float64", forget_bias=0.75)
    again = back(to(cell), forget_bias=0.75)
    assert (again.num_units, again.input_size, again.forget_bias) == (UNITS, INPUTS, 0.75)
    assert np.array_equal(again.kernel, cell.kernel)
    assert close(again.bias, cell.bias, 1e-15)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_only_tf1s_layout_leaves_the_forget_bias_out(layout):
    to, back = converters(layout)
    with_bias, without = (
        to(random_cell(NUMPY, "BasicLSTMCell", "float64", forget_bias=fb)) for fb in (2.0, 0.0)
    )
    moved = sum(
        int(np.sum(a != b))
        for a, b in zip(named(with_bias).values(), named(without).values(), strict=True)
    )
    assert moved == (0 if layout == "tf1" else UNITS)
    default = back(without).forget_bias
    assert default == (1.0 if layout == "tf1" else 0.0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_are_as_documented(L, layout):
    D, H = INPUTS, UNITS
    shapes = {
        "tf1": {0: (D + H, 4 * H), 1: (4 * H,)},
        "keras": {0: (D, 4 * H), 1: (H, 4 * H), 2: (4 * H,)},
        "pytorch": {
            "weight_ih_l0": (4 * H, D),
            "weight_hh_l0": (4 * H, H),
            "bias_ih_l0": (4 * H,),
            "bias_hh_l0": (4 * H,),
        },
        "onnx": {"W": (1, 4 * H, D), "R": (1, 4 * H, H), "B": (1, 8 * H)},
    }[layout]
    weights = converters(layout)[0](random_cell(L, "BasicLSTMCell", "float32"))
    assert {k: a.shape for k, a in named(weights).items()} == shapes
    assert all(type(a) is np.ndarray and a.dtype == "float32" for a in named(weights).values())
    assert all(a.flags.c_contiguous for a in named(weights).values())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_converters_copy(layout):
    to, back = converters(layout)
    cell = random_cell(NUMPY, "BasicLSTMCell", "float32", forget_bias=0.0)
    weights = to(cell)
    again = back(weights, 0.0)
    before = bits(to(again))
    for array in named(weights).values():
        assert not np.shares_memory(array, cell.kernel)
        assert not np.shares_memory(array, cell.bias)
        array[...] = 99
    assert bits(to(again)) == before
    assert bits(to(cell)) == before
