"""How far both backends are from their peers, case by case: ``python -m benchmarks.agreement``.

Each case runs random weights over random sequences, four of them, 12 steps long, and compares all
outputs. PyTorch takes part where it is installed; ONNX Runtime computes in float32 alone.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from lstm_lib import interop, numpy_backend, tensorflow_backend
from lstm_lib._tensorflow import tf
from lstm_lib.printing import table

BATCH, TIME, INPUTS, UNITS = 4, 12, 3, 5
LENGTHS = np.array([7, 12, 1, 4])
Array = np.ndarray
Case = tuple[str, Callable[[ModuleType], Any], dict[str, Callable[[], Any]]]


def cell_of(L: ModuleType, kind: str, dtype: str, seed: int, inputs: int = INPUTS, **options: Any):
    """A cell whose weights, biases too, are drawn from the seed."""
    cell = getattr(L, kind)(UNITS, dtype=dtype, **options)
    cell.build(inputs)
    rng = np.random.default_rng(seed)
    cell.kernel = rng.normal(size=cell.kernel.shape).astype(dtype) / 2
    cell.bias = rng.normal(size=cell.bias.shape).astype(dtype) / 2
    return cell


def both_outputs(L: ModuleType, cells: list, x: Array) -> Array:
    """Outputs of both directions, one beside the other."""
    outputs, _ = L.bidirectional_dynamic_rnn(*cells, x)
    return np.concatenate([np.asarray(each) for each in outputs], axis=2)


def of_keras(kind: str, weights: list, dtype: str, x: Array, both: bool = False, **options: Any):
    """Outputs of a Keras layer with these weights."""
    import keras

    mask = options.pop("mask", None)
    layer = getattr(keras.layers, kind)(UNITS, return_sequences=True, dtype=dtype, **options)
    if both:
        layer = keras.layers.Bidirectional(layer, dtype=dtype)
    layer.build(x.shape)
    layer.set_weights(weights)
    return layer(tf.constant(x), mask=mask, training=False)


def of_tf1(kind: str, values: dict[str, Array], dtype: str, x: Array, lengths=None, **options: Any):
    """Outputs of a genuine cell of TF1, its variables by the ends of their names."""
    import warnings

    from tf_keras.api._v1.keras.__internal__.legacy import rnn_cell

    warnings.simplefilter("ignore")
    with tf.Graph().as_default():
        cell = getattr(rnn_cell, kind)(UNITS, dtype=dtype, **options)
        given = tf.constant(x)
        outputs, _ = tf.compat.v1.nn.dynamic_rnn(cell, given, lengths, dtype=dtype)
        with tf.compat.v1.Session() as session:
            for variable in cell.weights:
                name = next(n for n in values if variable.name.endswith(f"{n}:0"))
                variable.load(values[name], session)
            return session.run(outputs)


def of_onnx(operator: str, weights: dict[str, Array], x: Array, **options: Any):
    """Outputs of an operator of ONNX Runtime."""
    import onnxruntime
    from onnx import TensorProto, helper

    given = {"X": x.swapaxes(0, 1).copy(), **weights}
    node = helper.make_node(operator, list(given), ["Y"], hidden_size=UNITS, **options)
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
        for name, array in given.items()
    ]
    result = helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "rnn", values, [result])
    opset = helper.make_opsetid("", 14)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    (Y,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, given)
    return Y.transpose(2, 0, 1, 3).reshape(BATCH, TIME, -1)


def of_pytorch(kind: str, weights: dict[str, Array], x: Array, lengths=None, **options: Any):
    """Outputs of a module of PyTorch, of packed sequences if there are lengths."""
    import torch
    from torch.nn.utils import rnn

    module = getattr(torch.nn, kind)(
        INPUTS, UNITS, batch_first=True, dtype=getattr(torch, x.dtype.name), **options
    )
    module.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    given = torch.tensor(x)
    if lengths is None:
        return module(given)[0].detach().numpy()
    packed = rnn.pack_padded_sequence(given, lengths, batch_first=True, enforce_sorted=False)
    return rnn.pad_packed_sequence(module(packed)[0], batch_first=True)[0].detach().numpy()


def coupled_for_onnx(cell: Any) -> dict[str, Array]:
    """W, R, B: ONNX couples f = 1 - i, and 1 - σ(z) = σ(-z)."""
    kernel, bias = np.asarray(cell.kernel), np.asarray(cell.bias)
    z = dict(zip("jfo", np.split(np.concatenate([kernel, bias[None]]), 3, axis=1), strict=True))
    z["f"] = z["f"].copy()
    z["f"][-1] += np.float32(cell.forget_bias)
    stored = np.concatenate([{**z, "i": -z["f"]}[name] for name in "iofj"], axis=1)
    W, R = stored[:INPUTS].T[None].copy(), stored[INPUTS:-1].T[None].copy()
    return {"W": W, "R": R, "B": np.append(stored[-1], np.zeros_like(stored[-1]))[None]}


def cases(dtype: str) -> Iterator[Case]:
    """Each case: its name, what a backend computes, and what its peers compute."""
    x = np.random.default_rng(0).normal(size=(BATCH, TIME, INPUTS)).astype(dtype)
    N = numpy_backend
    torch = importlib.util.find_spec("torch") is not None

    lstm = cell_of(N, "BasicLSTMCell", dtype, 1)
    weights = {"kernel": lstm.kernel, "bias": lstm.bias}
    mask = tf.constant(np.arange(TIME) < LENGTHS[:, None])
    keras_options = {"mask": mask, "zero_output_for_mask": True}
    peers = {
        "TF1, sequence_length": lambda: of_tf1("BasicLSTMCell", weights, dtype, x, LENGTHS),
        "Keras, mask": lambda: of_keras("LSTM", interop.to_keras(lstm), dtype, x, **keras_options),
    }
    if torch:
        peers["PyTorch, packed"] = lambda: of_pytorch("LSTM", interop.to_pytorch(lstm), x, LENGTHS)
    yield (
        "lengths",
        lambda L: L.dynamic_rnn(cell_of(L, "BasicLSTMCell", dtype, 1), x, None, LENGTHS)[0],
        peers,
    )

    def layers(L: ModuleType) -> list:
        sizes = enumerate([INPUTS, UNITS])
        return [cell_of(L, "BasicLSTMCell", dtype, seed, inputs) for seed, inputs in sizes]

    def stacked_keras() -> Array:
        outputs = x
        for cell in layers(N):
            weights = interop.to_keras(cell)
            outputs = np.asarray(of_keras("LSTM", weights, dtype, outputs))
        return outputs

    peers = {"Keras, two layers": stacked_keras}
    if torch:
        weights_of_two = interop.to_pytorch(N.MultiRNNCell(layers(N)))
        peers["PyTorch, num_layers=2"] = lambda: of_pytorch("LSTM", weights_of_two, x, num_layers=2)
    yield "two layers", lambda L: L.dynamic_rnn(L.MultiRNNCell(layers(L)), x)[0], peers

    def pair(L: ModuleType) -> list:
        return [cell_of(L, "BasicLSTMCell", dtype, seed) for seed in (4, 5)]

    by_place = dict(zip([(0, "forward"), (0, "backward")], pair(N), strict=True))
    peers = {
        "Keras, Bidirectional": lambda: of_keras(
            "LSTM", interop.to_keras(by_place), dtype, x, both=True
        )
    }
    if dtype == "float32":
        peers["ONNX Runtime"] = lambda: of_onnx(
            "LSTM", interop.to_onnx(by_place), x, direction="bidirectional"
        )
    if torch:
        peers["PyTorch, bidirectional"] = lambda: of_pytorch(
            "LSTM", interop.to_pytorch(by_place), x, bidirectional=True
        )
    yield "both directions", lambda L: both_outputs(L, pair(L), x), peers

    for reset_after in (False, True):
        gru = cell_of(N, "GRUCell", dtype, 6, reset_after=reset_after)
        to_keras = interop.to_keras(gru)
        peers = {
            "Keras": lambda w=to_keras, r=reset_after: of_keras("GRU", w, dtype, x, reset_after=r)
        }
        if not reset_after:
            gates, rest = np.split(gru.kernel, [2 * UNITS], axis=1)
            values = {
                "gates/kernel": gates,
                "gates/bias": gru.bias[: 2 * UNITS],
                "candidate/kernel": rest,
                "candidate/bias": gru.bias[2 * UNITS :],
            }
            peers["TF1"] = lambda values=values: of_tf1("GRUCell", values, dtype, x)
        elif torch:
            peers["PyTorch"] = lambda gru=gru: of_pytorch("GRU", interop.to_pytorch(gru), x)
        yield (
            f"GRU, reset_after={reset_after}",
            lambda L, r=reset_after: L.dynamic_rnn(
                cell_of(L, "GRUCell", dtype, 6, reset_after=r), x
            )[0],
            peers,
        )

    peephole = cell_of(N, "PeepholeLSTMCell", dtype, 7)
    b, w_i, w_f, w_o = np.split(peephole.bias, [4 * UNITS, 5 * UNITS, 6 * UNITS])
    values = {"kernel": peephole.kernel, "bias": b}
    values |= {"w_i_diag": w_i, "w_f_diag": w_f, "w_o_diag": w_o}
    yield (
        "peepholes",
        lambda L: L.dynamic_rnn(cell_of(L, "PeepholeLSTMCell", dtype, 7), x)[0],
        {"TF1": lambda: of_tf1("LSTMCell", values, dtype, x, use_peepholes=True)},
    )

    if dtype == "float32":
        coupled = coupled_for_onnx(cell_of(N, "CoupledLSTMCell", dtype, 8))
        yield (
            "coupled gates",
            lambda L: L.dynamic_rnn(cell_of(L, "CoupledLSTMCell", dtype, 8), x)[0],
            {"ONNX Runtime, input_forget": lambda: of_onnx("LSTM", coupled, x, input_forget=1)},
        )

    yield (
        "dropout, off",
        lambda L: L.dynamic_rnn(
            L.DropoutWrapper(cell_of(L, "BasicLSTMCell", dtype, 1), 0.5, 0.5), x
        )[0],
        {
            "Keras, training=False": lambda: of_keras(
                "LSTM", interop.to_keras(lstm), dtype, x, dropout=0.5, recurrent_dropout=0.5
            )
        },
    )


def differences(dtype: str) -> Iterator[tuple[str, str, float, float]]:
    """Case, peer, and the largest difference from it of NumPy and of TensorFlow."""
    for name, ours, peers in cases(dtype):
        found = [np.asarray(ours(L)) for L in (numpy_backend, tensorflow_backend)]
        for peer, theirs in peers.items():
            expected = np.asarray(theirs())
            yield name, peer, *(float(np.abs(each - expected).max()) for each in found)


def main() -> None:
    """Print the table."""
    tf.get_logger().setLevel("ERROR")  # TF1's cells say that they are old
    rows = [
        [name, dtype, f"{by_numpy:.1e}", f"{by_tensorflow:.1e}", peer]
        for dtype in ("float32", "float64")
        for name, peer, by_numpy, by_tensorflow in differences(dtype)
    ]
    table(["case", "dtype", "ours on NumPy", "ours on TensorFlow", "peer"], rows)


if __name__ == "__main__":
    main()
