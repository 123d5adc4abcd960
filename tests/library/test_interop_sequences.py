"""Stacks, directions and the GRU in other libraries' layouts: same numbers there, and back."""

import keras
import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from lstm_lib import interop
from lstm_lib import numpy_backend as N
from lstm_lib._tensorflow import tf
from tests.library.cells import BATCH, TIME, UNITS, close, random_cell, random_sequence

AFTER = pytest.mark.parametrize("reset_after", [False, True])
LENGTHS = np.array([4, 0, 6, 3], "int32")
BOTH = [(0, "forward"), (0, "backward")]


def two(kind="BasicLSTMCell", dtype="float32", **options):
    return {
        place: random_cell(N, kind, dtype, seed=seed, **options) for seed, place in enumerate(BOTH)
    }


def layers(dtype="float32"):
    """Two layers of both directions: the second reads both outputs of the first."""
    sizes = {0: 3, 1: 2 * UNITS}
    return {
        (layer, direction): random_cell(N, "BasicLSTMCell", dtype, UNITS, inputs, seed=layer + 2)
        for layer, inputs in sizes.items()
        for direction in ("forward", "backward")
    }


def of_onnx(operator, inputs, weights, lengths=None, **options):
    """All outputs (batch, time, directions * units) of ONNX Runtime, in float32."""
    given = {"X": inputs.swapaxes(0, 1).copy(), **weights}
    names = ["X", "W", "R", "B"]
    if lengths is not None:
        given["lengths"], names = lengths, [*names, "lengths"]
    node = helper.make_node(operator, names, ["Y"], hidden_size=UNITS, **options)
    kinds = {"float32": TensorProto.FLOAT, "int32": TensorProto.INT32}
    values = [
        helper.make_tensor_value_info(name, kinds[array.dtype.name], array.shape)
        for name, array in given.items()
    ]
    result = helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)
    model = helper.make_model(
        helper.make_graph([node], "rnn", values, [result]),
        opset_imports=[helper.make_opsetid("", 14)],
        ir_version=8,
    )
    (Y,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, given)
    return Y.transpose(2, 0, 1, 3).reshape(BATCH, TIME, -1)


def of_both(cells, inputs, lengths=None):
    outputs, _ = N.bidirectional_dynamic_rnn(*cells.values(), inputs, lengths=lengths)
    return np.concatenate(outputs, axis=2)


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["full", "lengths"])
def test_both_directions_equal_onnx_runtime_and_come_back(lengths):
    cells, inputs = two(), random_sequence("float32")
    weights = interop.to_onnx(cells)
    theirs = of_onnx("LSTM", inputs, weights, lengths, direction="bidirectional")
    assert close(of_both(cells, inputs, lengths), theirs, 1e-6)
    again = interop.to_onnx(interop.from_onnx(weights))
    assert all(np.array_equal(again[name], weights[name]) for name in weights)


@AFTER
def test_the_gru_equals_onnx_runtime(reset_after):
    cell = random_cell(N, "GRUCell", "float32", reset_after=reset_after)
    inputs = random_sequence("float32")
    for lengths in (None, LENGTHS):
        theirs = of_onnx(
            "GRU", inputs, interop.to_onnx(cell), lengths, linear_before_reset=int(reset_after)
        )
        assert close(N.dynamic_rnn(cell, inputs, lengths=lengths)[0], theirs, 1e-6)
    cells = two("GRUCell", reset_after=reset_after)
    options = {"direction": "bidirectional", "linear_before_reset": int(reset_after)}
    theirs = of_onnx("GRU", inputs, interop.to_onnx(cells), **options)
    assert close(of_both(cells, inputs), theirs, 1e-6)


@AFTER
@pytest.mark.parametrize("directions", [1, 2])
def test_the_gru_of_onnx_and_back(reset_after, directions):
    """Of a model whose two biases are both not zero, of its arrays, and of ours."""
    rng = np.random.default_rng(directions)
    shapes = {"W": (3 * UNITS, 3), "R": (3 * UNITS, UNITS), "B": (6 * UNITS,)}
    weights = {
        name: rng.normal(size=(directions, *shape)).astype("float32")
        for name, shape in shapes.items()
    }
    inputs = random_sequence("float32")
    options = {"linear_before_reset": int(reset_after)}
    if directions == 2:
        options["direction"] = "bidirectional"
    node = helper.make_node("GRU", ["X", "W", "R", "B"], ["Y"], name="gru", **options)
    model = helper.make_model(
        helper.make_graph(
            [node], "g", [], [], [numpy_helper.from_array(a, n) for n, a in weights.items()]
        )
    )
    theirs = of_onnx("GRU", inputs, weights, **options)
    for found in (
        interop.from_onnx(model),
        interop.from_onnx(weights, node=node),
        interop.from_onnx(weights, reset_after=reset_after),
    ):
        cells = found if directions == 2 else {BOTH[0]: found}
        assert all(cell.reset_after == reset_after for cell in cells.values())
        ours = of_both(found, inputs) if directions == 2 else N.dynamic_rnn(found, inputs)[0]
        assert close(ours, theirs, 1e-6)
        once = interop.to_onnx(found)
        again = interop.to_onnx(interop.from_onnx(once, reset_after=reset_after))
        assert all(np.array_equal(again[name], once[name]) for name in once)
    del weights["B"]
    bare = interop.from_onnx(weights, reset_after=reset_after)
    ours = of_both(bare, inputs) if directions == 2 else N.dynamic_rnn(bare, inputs)[0]
    zeros = np.zeros((directions, 6 * UNITS), "float32")
    assert close(ours, of_onnx("GRU", inputs, {**weights, "B": zeros}, **options), 1e-6)


def test_arrays_of_a_gru_do_not_show_where_its_reset_gate_is():
    weights = interop.to_onnx(random_cell(N, "GRUCell", "float32"))
    with pytest.raises(TypeError, match=r"^reset_after: expected True or False .* given None"):
        interop.from_onnx(weights)
    with pytest.raises(ValueError, match=r"^forget_bias: expected 0 for a GRU, given 1.0"):
        interop.from_onnx(weights, 1.0, reset_after=False)
    node = helper.make_node("GRU", ["X", "W", "R"], ["Y"], activations=["Relu", "Tanh"])
    with pytest.raises(ValueError, match=r"^activations: expected Sigmoid, Tanh, given "):
        interop.from_onnx(weights, node=node)
    lstm = helper.make_node("LSTM", ["X", "W", "R"], ["Y"])
    with pytest.raises(TypeError, match=r"^node: expected a GRU node, given LSTM"):
        interop.from_onnx(weights, node=lstm)


@AFTER
def test_the_gru_of_keras_and_back(dtype, reset_after):
    cell, inputs = (
        random_cell(N, "GRUCell", dtype, reset_after=reset_after),
        random_sequence(dtype),
    )
    layer = keras.layers.GRU(UNITS, return_sequences=True, reset_after=reset_after, dtype=dtype)
    layer.build(inputs.shape)
    layer.set_weights(interop.to_keras(cell))
    outputs = N.dynamic_rnn(cell, inputs)[0]
    assert close(outputs, layer(tf.constant(inputs)), 1e-6 if dtype == "float32" else 1e-12)
    for source in (layer, layer.get_weights()):
        again = interop.from_keras(source)
        assert again.reset_after == reset_after
        assert close((again.kernel, again.bias), (cell.kernel, cell.bias), 0)
    bare = keras.layers.GRU(UNITS, use_bias=False, reset_after=reset_after, dtype=dtype)
    bare.build(inputs.shape)
    found = interop.from_keras(bare)
    assert found.reset_after == reset_after
    assert not np.any(found.bias)
    with pytest.raises(ValueError, match=r"^weights: expected the bias of a GRU, given kernel"):
        interop.from_keras(bare.get_weights())
    # Keras trains both biases of a gate.
    rng = np.random.default_rng(0)
    trained = [rng.normal(size=w.shape).astype(dtype) for w in layer.get_weights()]
    layer.set_weights(trained)
    found = N.dynamic_rnn(interop.from_keras(layer), inputs)[0]
    assert close(found, layer(tf.constant(inputs)), 3e-6 if dtype == "float32" else 1e-12)


@pytest.mark.parametrize("kind", ["BasicLSTMCell", "GRUCell"])
def test_both_directions_of_keras_and_back(dtype, kind):
    options = {"reset_after": True} if kind == "GRUCell" else {}
    cells, inputs = two(kind, dtype, **options), random_sequence(dtype)
    inner = keras.layers.GRU if kind == "GRUCell" else keras.layers.LSTM
    layer = keras.layers.Bidirectional(
        inner(UNITS, return_sequences=True, dtype=dtype), dtype=dtype
    )
    layer.build(inputs.shape)
    layer.set_weights(interop.to_keras(cells))
    tolerance = 1e-6 if dtype == "float32" else 1e-12
    assert close(of_both(cells, inputs), layer(tf.constant(inputs)), tolerance)
    assert close(of_both(interop.from_keras(layer), inputs), of_both(cells, inputs), tolerance)


def test_a_stack_of_both_directions_goes_to_pytorch_and_back(dtype):
    """PyTorch's names: a stack of Keras' layers computes what they mean."""
    cells, inputs = layers(dtype), random_sequence(dtype)
    weights = interop.to_pytorch(cells)
    assert set(weights) == {
        f"{name}_{way}_l{layer}{reverse}"
        for name in ("weight", "bias")
        for way in ("ih", "hh")
        for layer in (0, 1)
        for reverse in ("", "_reverse")
    }
    again = interop.from_pytorch(weights)
    assert [*again] == [*cells]
    x, theirs = inputs, tf.constant(inputs)
    for layer in (0, 1):
        pair = {(0, d): again[layer, d] for d in ("forward", "backward")}
        x = of_both(pair, x)
        bidirectional = keras.layers.Bidirectional(
            keras.layers.LSTM(UNITS, return_sequences=True, dtype=dtype), dtype=dtype
        )
        bidirectional.build(theirs.shape)
        bidirectional.set_weights(
            interop.to_keras({(0, d): cells[layer, d] for d in ("forward", "backward")})
        )
        theirs = bidirectional(theirs)
    assert close(x, theirs, 1e-6 if dtype == "float32" else 1e-12)


def test_a_stack_and_a_gru_go_to_pytorch(dtype):
    lstms = [random_cell(N, "BasicLSTMCell", dtype, UNITS, n, seed=n) for n in (3, 5)]
    wrapped = N.MultiRNNCell([N.DropoutWrapper(lstms[0], input_keep_prob=0.5), lstms[1]])
    found = interop.from_pytorch(interop.to_pytorch(wrapped))
    inputs = random_sequence(dtype)
    stack = N.MultiRNNCell(list(found.values()))
    tolerance = 1e-6 if dtype == "float32" else 1e-12
    assert close(N.dynamic_rnn(stack, inputs)[0], N.dynamic_rnn(wrapped, inputs)[0], tolerance)
    cell = random_cell(N, "GRUCell", dtype, reset_after=True)
    again = interop.from_pytorch(interop.to_pytorch(cell))
    assert again.reset_after
    assert close((again.kernel, again.bias), (cell.kernel, cell.bias), 0)


def test_equals_pytorch_itself(dtype):
    torch = pytest.importorskip("torch", reason="PyTorch is optional: pip install torch")
    cells, inputs = layers(dtype), random_sequence(dtype)
    module = torch.nn.LSTM(
        3, UNITS, num_layers=2, bidirectional=True, batch_first=True, dtype=getattr(torch, dtype)
    )
    state = {name: torch.tensor(array) for name, array in interop.to_pytorch(cells).items()}
    module.load_state_dict(state)
    x = inputs
    for layer in (0, 1):
        x = of_both({(0, d): cells[layer, d] for d in ("forward", "backward")}, x)
    theirs = module(torch.tensor(inputs))[0].detach().numpy()
    assert close(x, theirs, 1e-6 if dtype == "float32" else 1e-12)


def test_what_is_refused():
    cell, gru = random_cell(N, "BasicLSTMCell", "float32"), random_cell(N, "GRUCell", "float32")
    stack = N.MultiRNNCell([cell, random_cell(N, "BasicLSTMCell", "float32", inputs=UNITS)])
    for call, message in [
        (
            lambda: interop.to_pytorch(gru),
            "reset_after: expected True, given False; the GRU of PyTorch has no other",
        ),
        (
            lambda: interop.to_keras(stack),
            "cells: expected one layer, given '2'; a Keras layer has one: give each by itself",
        ),
        (
            lambda: interop.to_onnx(stack),
            "cells: expected one layer, given '2'; the operator has one: give each by itself",
        ),
        (
            lambda: interop.to_pytorch({(1, "forward"): cell}),
            "cells: expected one for each layer from 0 and each direction, given [(1, 'forward')]",
        ),
    ]:
        with pytest.raises(ValueError, match=message[:9]) as caught:
            call()
        assert str(caught.value) == message
