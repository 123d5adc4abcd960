"""Converters that see the layer: each option is honoured to 1e-6, or refused by its name."""

import importlib.util
import types

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import tf_keras
from onnx import TensorProto, helper, numpy_helper

from lstm_lib import interop
from tests.library.cells import backend, close, random_sequence
from tests.library.converters import EXPECTED, PATH, X, forget_bias_of, random_arrays

L = backend("numpy")
D, H, BATCH, TIME = 3, 5, 4, 6
SEQUENCE = random_sequence("float32", BATCH, TIME, D)


def outputs(cell, inputs=SEQUENCE, **options):
    return L.dynamic_rnn(cell, inputs, **options)[0]


def both_ways(cells, inputs=SEQUENCE, layer=0):
    ahead = outputs(cells[layer, "forward"], inputs)
    back = outputs(cells[layer, "backward"], inputs[:, ::-1])
    return np.concatenate([ahead, back[:, ::-1]], -1)


def drawn(shapes, seed=8):
    rng = np.random.default_rng(seed)
    return [rng.uniform(-0.5, 0.5, shape).astype("float32") for shape in shapes]


# Keras.


def built(layer):
    layer.build((BATCH, TIME, D))
    layer.set_weights(drawn([w.shape for w in layer.get_weights()]))
    return layer


@pytest.mark.parametrize("library", [keras, tf_keras], ids=["Keras 3", "Keras 2"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_bias": False},
        {"unit_forget_bias": False},
        {"dropout": 0.3, "recurrent_dropout": 0.3},
        {"kernel_regularizer": "l2"},
    ],
)
@pytest.mark.parametrize("forget_bias", [0.0, 1.0])
def test_keras_options_that_are_honoured(library, options, forget_bias):
    layer = built(library.layers.LSTM(H, return_sequences=True, **options))
    cell = interop.from_keras(layer, forget_bias)
    assert cell.forget_bias == forget_bias
    wanted = np.asarray(layer(SEQUENCE))
    assert close(outputs(cell), wanted, 1e-6)
    assert close(outputs(interop.from_keras(layer.get_weights())), wanted, 1e-6)


@pytest.mark.parametrize("library", [keras, tf_keras], ids=["Keras 3", "Keras 2"])
@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"recurrent_activation": "hard_sigmoid"}, "recurrent_activation"),
        ({"activation": "relu"}, "activation"),
        ({"activation": None}, "activation"),
        ({"go_backwards": True}, "go_backwards"),
    ],
)
def test_keras_options_that_are_refused(library, options, name):
    layer = built(library.layers.LSTM(H, **options))
    with pytest.raises(ValueError, match=rf"^{name}: expected .*, given "):
        interop.from_keras(layer)


@pytest.mark.parametrize("library", [keras, tf_keras], ids=["Keras 3", "Keras 2"])
def test_keras_layers_around_a_cell(library):
    layer = library.layers.RNN(library.layers.LSTMCell(H), return_sequences=True)
    assert close(outputs(interop.from_keras(built(layer))), np.asarray(layer(SEQUENCE)), 1e-6)
    layer = library.layers.Bidirectional(library.layers.LSTM(H, return_sequences=True))
    cells = interop.from_keras(built(layer))
    assert set(cells) == {(0, "forward"), (0, "backward")}
    assert close(both_ways(cells), np.asarray(layer(SEQUENCE)), 1e-6)
    inside = library.layers.LSTM(H, recurrent_activation="hard_sigmoid")
    with pytest.raises(ValueError, match=r"^recurrent_activation"):
        interop.from_keras(built(library.layers.Bidirectional(inside)))
    with pytest.raises(TypeError, match=r"expected an LSTM.*, given SimpleRNN"):
        interop.from_keras(built(library.layers.SimpleRNN(H)))
    with pytest.raises(ValueError, match="expected a built layer"):
        interop.from_keras(library.layers.LSTM(H))


@pytest.mark.parametrize("library", [keras, tf_keras], ids=["Keras 3", "Keras 2"])
def test_keras_options_that_no_cell_holds(library):
    """They are said, not passed over."""
    for merge_mode in ("sum", "ave", "mul"):
        layer = built(library.layers.Bidirectional(library.layers.LSTM(H), merge_mode=merge_mode))
        with pytest.warns(UserWarning, match=rf"^merge_mode='{merge_mode}': join"):
            assert len(interop.from_keras(layer)) == 2
    layer = library.layers.LSTM(H, stateful=True)
    layer.build((BATCH, TIME, D))
    with pytest.warns(UserWarning, match=r"^stateful: .*initial_state="):
        assert interop.from_keras(layer).num_units == H


@pytest.mark.parametrize("library", [keras, tf_keras], ids=["Keras 3", "Keras 2"])
def test_keras_layers_that_are_refused(library):
    layers = library.layers
    stack = [layers.LSTM(H, return_sequences=True), layers.GRU(H)]
    model = library.Sequential([library.Input((TIME, D)), *stack])
    with pytest.raises(TypeError, match=r"given a Sequential of LSTM, GRU; .*from_keras\(model"):
        interop.from_keras(model)
    cell = interop.from_keras(model.layers[0])
    assert close(outputs(cell), np.asarray(stack[0](SEQUENCE)), 1e-6)
    with pytest.raises(TypeError, match="given StackedRNNCells"):
        interop.from_keras(built(layers.RNN([layers.LSTMCell(H), layers.LSTMCell(H)])))
    with pytest.raises(TypeError, match="given SimpleRNNCell"):
        interop.from_keras(built(layers.RNN(layers.SimpleRNNCell(H))))
    with pytest.raises(TypeError, match="given SimpleRNN"):
        interop.from_keras(built(layers.Bidirectional(layers.SimpleRNN(H))))
    other = layers.LSTM(H, activation="relu", go_backwards=True)
    with pytest.raises(ValueError, match=r"^activation: .* given 'relu'"):
        interop.from_keras(built(layers.Bidirectional(layers.LSTM(H), backward_layer=other)))


def test_keras_with_mixed_precision_is_refused():
    with pytest.raises(ValueError, match=r"^dtype: .*float16"):
        interop.from_keras(built(keras.layers.LSTM(H, dtype="mixed_float16")))


@pytest.mark.parametrize("inputs", [D, H], ids=["D", "D = H"])
def test_arrays_of_a_cudnn_layer(inputs):
    """As Keras itself reads the arrays of its CuDNNLSTM into an LSTM."""
    from tf_keras.src.saving.legacy.hdf5_format import preprocess_weights_for_loading

    arrays = drawn([(inputs, 4 * H), (H, 4 * H), (8 * H,)])
    layer = tf_keras.layers.LSTM(H, return_sequences=True)
    layer.build((BATCH, TIME, inputs))
    layer.set_weights(preprocess_weights_for_loading(layer, list(arrays), "2"))
    x = random_sequence("float32", BATCH, TIME, inputs)
    assert close(outputs(interop.from_keras(arrays), x), np.asarray(layer(x)), 1e-6)


def test_twelve_arrays_of_keras_1():
    from tf_keras.src.saving.legacy.hdf5_format import preprocess_weights_for_loading

    arrays = drawn([(D, H), (H, H), (H,)] * 4)
    layer = tf_keras.layers.LSTM(H, return_sequences=True)
    layer.build((BATCH, TIME, D))
    layer.set_weights(preprocess_weights_for_loading(layer, list(arrays), "1"))
    assert close(outputs(interop.from_keras(arrays)), np.asarray(layer(SEQUENCE)), 1e-6)


# PyTorch: a module by its attributes, and the real one where it is installed.


def module(num_layers=1, bidirectional=False, bias=True, proj_size=0, mode="LSTM", **others):
    arrays, size = {}, D
    for n in range(num_layers):
        for way in ("", "_reverse") if bidirectional else ("",):
            arrays |= {f"weight_ih_l{n}{way}": (4 * H, size), f"weight_hh_l{n}{way}": (4 * H, H)}
            if bias:
                arrays |= {f"bias_{w}_l{n}{way}": (4 * H,) for w in ("ih", "hh")}
            if proj_size:
                arrays[f"weight_hr_l{n}{way}"] = (proj_size, H)
        size = H * (1 + bidirectional)
    arrays = dict(zip(arrays, drawn(arrays.values()), strict=True))
    return types.SimpleNamespace(
        state_dict=lambda: arrays, mode=mode, proj_size=proj_size, **others
    )


def as_pytorch(arrays, x, layers, ways):
    """PyTorch's documented equations, in NumPy."""
    for n in range(layers):
        outs = []
        for way in ways:
            zeros = np.zeros(4 * H)
            w_ih, w_hh = (arrays[f"weight_{w}_l{n}{way}"] for w in ("ih", "hh"))
            b_ih, b_hh = (arrays.get(f"bias_{w}_l{n}{way}", zeros) for w in ("ih", "hh"))
            h = c = np.zeros((len(x), H))
            steps = []
            for t in range(x.shape[1])[:: -1 if way else 1]:
                z = x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh
                i, f, g, o = np.split(z, 4, -1)
                i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
                c = f * c + i * np.tanh(g)
                h = o * np.tanh(c)
                steps.append(h)
            outs.append(np.stack(steps[:: -1 if way else 1], 1))
        x = np.concatenate(outs, -1)
    return x


@pytest.mark.parametrize("num_layers", [1, 2, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("batch_first", [True, False])
def test_pytorch_options_that_are_honoured(num_layers, bidirectional, bias, batch_first):
    lstm = module(num_layers, bidirectional, bias, batch_first=batch_first, dropout=0.1)
    ways = ("", "_reverse")[: 1 + bidirectional]
    wanted = as_pytorch(lstm.state_dict(), SEQUENCE, num_layers, ways)
    for given in (lstm, lstm.state_dict()):
        cells = interop.from_pytorch(given)
        out = SEQUENCE
        if num_layers == 1 and not bidirectional:
            out = outputs(cells)
        else:
            assert len(cells) == num_layers * (1 + bidirectional)
            for n in range(num_layers):
                out = (
                    both_ways(cells, out, n) if bidirectional else outputs(cells[n, "forward"], out)
                )
        assert close(out, wanted.astype("float32"), 1e-6)


def test_pytorch_options_that_are_refused():
    for given in (module(proj_size=2), module(proj_size=2).state_dict()):
        with pytest.raises(ValueError, match=r"^proj_size: expected '?0"):
            interop.from_pytorch(given)
    with pytest.raises(TypeError, match="expected an LSTM"):
        interop.from_pytorch(module(mode="RNN_TANH"))
    lost = {k: v for k, v in module(3).state_dict().items() if "_l1" not in k}
    with pytest.raises(ValueError, match=r"weight_ih_l0.*given"):
        interop.from_pytorch(lost)


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="PyTorch is not installed")
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("bias", [True, False])
def test_pytorch_itself(bidirectional, bias):
    import torch

    lstm = torch.nn.LSTM(D, H, 2, bias=bias, bidirectional=bidirectional, batch_first=True)
    with torch.no_grad():
        wanted = lstm(torch.from_numpy(SEQUENCE))[0].numpy()
    cells, out = interop.from_pytorch(lstm), SEQUENCE
    for n in range(2):
        out = both_ways(cells, out, n) if bidirectional else outputs(cells[n, "forward"], out)
    assert close(out, wanted, 1e-6)
    cell = torch.nn.LSTMCell(D, H, bias=bias)
    with torch.no_grad():
        h, _ = cell(torch.from_numpy(SEQUENCE[:, 0]))
    assert close(outputs(interop.from_pytorch(cell), SEQUENCE[:, :1])[:, 0], h.numpy(), 1e-6)
    with pytest.raises(ValueError, match=r"^proj_size"):
        interop.from_pytorch(torch.nn.LSTM(D, H, proj_size=2))
    with pytest.raises(TypeError, match="given RNN"):
        interop.from_pytorch(torch.nn.RNN(D, H))


# ONNX.


def model(directions=1, bias=True, peepholes=False, lengths=None, start=False, **attributes):
    """A model of one LSTM node, and its arrays."""
    shapes = {"W": (directions, 4 * H, D), "R": (directions, 4 * H, H)}
    if bias:
        shapes["B"] = (directions, 8 * H)
    if peepholes:
        shapes["P"] = (directions, 3 * H)
    if start:
        shapes |= {"initial_h": (directions, BATCH, H), "initial_c": (directions, BATCH, H)}
    arrays = dict(zip(shapes, drawn(shapes.values()), strict=True))
    if lengths is not None:
        arrays["sequence_lens"] = np.array(lengths, "int32")
    places = "X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"
    inputs = [name if name == "X" or name in arrays else "" for name in places]
    node = helper.make_node("LSTM", inputs, ["Y"], name="lstm", hidden_size=H, **attributes)
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])
    made.ir_version = 8
    return made, arrays


def run(made, batch_first=False):
    session = onnxruntime.InferenceSession(made.SerializeToString())
    x = SEQUENCE if batch_first else SEQUENCE.transpose(1, 0, 2)
    (y,) = session.run(None, {"X": np.ascontiguousarray(x)})
    y = y.transpose(0, 1, 3, 2) if batch_first else y.transpose(2, 0, 3, 1)
    return (
        y.reshape(BATCH, TIME, -1)
        if batch_first
        else np.concatenate([y[..., n] for n in range(y.shape[-1])], -1)
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bias": False},
        {"activations": ["Sigmoid", "Tanh", "Tanh"]},
        {"input_forget": 0},
        {"directions": 2, "direction": "bidirectional"},
        {"directions": 2, "direction": "bidirectional", "bias": False},
    ],
    ids=str,
)
def test_onnx_options_that_are_honoured(options):
    made, arrays = model(**options)
    wanted = run(made)
    weights = {name: arrays[name] for name in ("W", "R", "B") if name in arrays}
    for cells in (
        interop.from_onnx(made),
        interop.from_onnx(made, node="lstm"),
        interop.from_onnx(weights),
        interop.from_onnx(weights, node=made.graph.node[0]),
    ):
        out = both_ways(cells) if isinstance(cells, dict) else outputs(cells)
        assert close(out, wanted, 1e-6)


def test_onnx_layout_and_lengths_and_states():
    made, _ = model(layout=1)
    # ONNX Runtime does not run layout 1 itself; the weights are laid out as in layout 0.
    assert close(outputs(interop.from_onnx(made)), run(model()[0]), 1e-6)
    made, arrays = model(lengths=[6, 2, 4, 1], start=True)
    with pytest.warns(UserWarning, match=r"^(sequence_lens|initial_[hc]): ") as said:
        cell = interop.from_onnx(made)
    assert [str(w.message).partition(":")[0] for w in said] == [
        "sequence_lens",
        "initial_h",
        "initial_c",
    ]
    start = L.LSTMStateTuple(c=arrays["initial_c"][0], h=arrays["initial_h"][0])
    wanted = run(made)
    for n, length in enumerate((6, 2, 4, 1)):
        one = L.LSTMStateTuple(c=start.c[n : n + 1], h=start.h[n : n + 1])
        out = outputs(cell, SEQUENCE[n : n + 1, :length], initial_state=one)
        assert close(out[0], wanted[n, :length], 1e-6)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"direction": "reverse"}, "direction"),
        ({"peepholes": True}, "P"),
        ({"input_forget": 1}, "input_forget"),
        ({"clip": 3.0}, "clip"),
        ({"clip": 0.0}, "clip"),
        ({"activations": ["HardSigmoid", "Tanh", "Tanh"]}, "activations"),
        ({"activations": ["Sigmoid", "Relu", "Tanh"]}, "activations"),
        ({"activation_alpha": [0.2, 1.0, 1.0]}, "activation_alpha"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_onnx_options_that_are_refused(options, name):
    made, arrays = model(**options)
    with pytest.raises(ValueError, match=rf"^{name}: expected .*, given "):
        interop.from_onnx(made)
    weights = {key: arrays[key] for key in ("W", "R", "B")}
    with pytest.raises(ValueError, match=rf"^{name}: expected .*, given "):
        interop.from_onnx(weights, node=made.graph.node[0])


def test_onnx_models_that_are_not_one_lstm():
    made, arrays = model()
    with pytest.raises(TypeError, match=r"given a node.*from_onnx\(model"):
        interop.from_onnx(made.graph.node[0])
    with pytest.raises(ValueError, match=r"^P: expected no peepholes"):
        interop.from_onnx(arrays | {"P": np.zeros((1, 3 * H), "float32")})
    made.graph.node.append(made.graph.node[0])
    made.graph.node[1].name = "second"
    with pytest.raises(ValueError, match=r"'lstm', 'second'.*given no name"):
        interop.from_onnx(made)
    assert interop.from_onnx(made, node="second").num_units == H
    made.graph.node[0].name = made.graph.node[1].name = ""
    for node in (None, ""):
        with pytest.raises(ValueError, match=r"\('', ''\), given .*; name the nodes first"):
            interop.from_onnx(made, node=node)
    made.graph.node[1].name = "second"
    made.graph.node[0].op_type = "GRU"
    with pytest.raises(TypeError, match=r"^node: expected an LSTM node, given GRU"):
        interop.from_onnx(arrays, node=made.graph.node[0])
    with pytest.raises(ValueError, match=r"^R: expected shape \(1, 4 \* num_units"):
        interop.from_onnx({name: arrays[name][:, : 2 * H] for name in ("W", "R")})
    del made.graph.initializer[0]
    with pytest.raises(ValueError, match=r"^W: expected a constant.*given 'W'"):
        interop.from_onnx(made, node="second")
    assert onnx.__version__


# Checkpoints.


def test_a_checkpoint_of_tensorflow_1_15():
    """What genuine TensorFlow 1.15.5 saved and computed."""
    for path in (PATH, PATH.parent, f"{PATH}.index"):
        found = interop.from_checkpoint(path)
        assert list(found.places.values()) == [(0, "forward"), (1, "forward")]
        assert [cell.num_units for cell in found.values()] == [5, 2]
        assert found.others == ["W"]
        assert set(found.forget_biases.values()) == {"from the graph"}
    from lstm_lib._tensorflow import tf

    out = X
    for cell in found.values():
        out = outputs(cell, out)
    W = tf.train.load_checkpoint(str(PATH)).get_tensor("W")
    assert close(out[:, -1] @ W, EXPECTED, 1e-6)
    assert "cell_1/basic_lstm_cell: layer 1, forward, 5 inputs, 2 units, forget bias 1.0" in str(
        found
    )


@pytest.mark.parametrize(
    "names", [("kernel", "bias"), ("weights", "biases"), ("Linear/Matrix", "Linear/Bias")]
)
def test_a_checkpoint_of_any_naming(names):
    """Layers and directions by their scopes; slots of an optimiser and other arrays are none."""
    scopes = [
        f"m/stack/cell_{n}/bidirectional_rnn/{w}/lstm_cell"
        for n in (0, 1, 10)
        for w in ("fw", "bw")
    ]
    arrays = random_arrays(scopes, names)
    others = {"softmax/kernel": np.ones((6, 8)), "softmax/bias": np.ones(8), "global_step": 3}
    others |= {f"{name}/Adam": array for name, array in arrays.items()}
    others |= {"g/gru_cell/gates/kernel": np.ones((7, 8)), "g/gru_cell/gates/bias": np.ones(8)}
    found = interop.from_checkpoint(arrays | others)
    assert list(found) == scopes
    assert list(found.places.values()) == [
        (n, way) for n in (0, 1, 10) for way in ("forward", "backward")
    ]
    assert found.others == sorted(others)
    for scope, cell in found.items():
        assert np.array_equal(cell.kernel, arrays[f"{scope}/{names[0]}"])
        assert np.array_equal(cell.bias, arrays[f"{scope}/{names[1]}"])
        assert cell.forget_bias == 1.0
    assert set(found.forget_biases.values()) == {"TF1's default"}


def test_the_forget_bias_of_a_checkpoint():
    cudnn = "rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell"
    assert interop.from_checkpoint(random_arrays([cudnn]))[cudnn].forget_bias == 0.0
    assert interop.from_checkpoint(random_arrays([cudnn]), 0.5)[cudnn].forget_bias == 0.5


@pytest.mark.parametrize("cell", ["BasicLSTMCell", "LSTMCell", "LSTMBlockCell"])
@pytest.mark.parametrize("forget_bias", [0.0, 2.5])
def test_the_forget_bias_is_read_from_the_graph(tmp_path, cell, forget_bias):
    found = interop.from_checkpoint(forget_bias_of(cell, forget_bias, tmp_path))
    (scope,) = found
    assert found[scope].forget_bias == forget_bias
    assert found.forget_biases[scope] == "from the graph"


def test_cells_with_options_are_named():
    scope = "rnn/lstm_cell"
    plain = random_arrays(["other/basic_lstm_cell"])
    for beside, why in {
        "w_i_diag": "peepholes",
        "projection/kernel": "a projection",
        "recurrent_kernel": "from_keras",
    }.items():
        arrays = random_arrays([scope]) | {f"{scope}/{beside}": np.ones((5, 5))}
        found = interop.from_checkpoint(arrays | plain)
        assert list(found) == ["other/basic_lstm_cell"]
        assert why in found.refused[scope]
        with pytest.raises(ValueError, match=f"{scope}: refused, .*{why}"):
            interop.from_checkpoint(arrays)


def test_no_checkpoint_and_no_cells(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"expected the file .*none\.index"):
        interop.from_checkpoint(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match="expected one in the folder"):
        interop.from_checkpoint(tmp_path)
    with pytest.raises(
        ValueError, match=r"expected kernels and biases.*other arrays: dense/kernel"
    ):
        interop.from_checkpoint({"dense/kernel": np.ones((3, 8))})
    with pytest.raises(ValueError, match="given no arrays"):
        interop.from_checkpoint({})
