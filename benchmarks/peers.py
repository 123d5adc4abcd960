"""The LSTMs that are compared, each with the weights of one cell and the same input.

A peer is a function of (cell, inputs, d_outputs). It returns two calls without arguments:
the first gives the outputs as an array, the second runs forward and backward and gives the
gradient of the inputs; it is None where a peer has no backward pass. Nothing but the work
itself is in the calls: tensors are made, graphs built and sessions opened before.
"""

from __future__ import annotations

import numpy as np

from benchmarks import textbook
from lstm_lib import interop, numpy_backend


def ours_numpy(cell, inputs, d_outputs):
    """`lstm_lib.numpy_backend`."""
    return (
        lambda: numpy_backend.dynamic_rnn(cell, inputs)[0],
        lambda: numpy_backend.gradients(cell, inputs, d_outputs).inputs,
    )


def textbook_numpy(cell, inputs, d_outputs):
    """The tutorials' way, in NumPy."""
    weights = textbook.split(cell.kernel, cell.bias, cell.forget_bias)
    return (
        lambda: textbook.forward(weights, inputs)[0],
        lambda: textbook.backward(weights, inputs, d_outputs)[2],
    )


def ours_tensorflow(cell, inputs, d_outputs):
    """`lstm_lib.tensorflow_backend`."""
    from lstm_lib import tensorflow_backend
    from lstm_lib._tensorflow import tf

    twin = tensorflow_backend.BasicLSTMCell(cell.num_units, forget_bias=cell.forget_bias)
    twin.build(cell.input_size)
    twin.kernel, twin.bias = cell.kernel, cell.bias
    inputs, d_outputs = tf.constant(inputs), tf.constant(d_outputs)
    return (
        lambda: tensorflow_backend.dynamic_rnn(twin, inputs)[0].numpy(),
        lambda: tensorflow_backend.gradients(twin, inputs, d_outputs).inputs.numpy(),
    )


def keras_lstm(cell, inputs, d_outputs, jit_compile=False):
    """`keras.layers.LSTM` in a `tf.function`."""
    from lstm_lib._tensorflow import tf

    import keras  # isort: skip  (after `_tensorflow`, which keeps its start quiet)

    layer = keras.layers.LSTM(cell.num_units, return_sequences=True)
    layer.build(inputs.shape)
    layer.set_weights(interop.to_keras(cell))
    inputs, d_outputs = tf.constant(inputs), tf.constant(d_outputs)

    @tf.function(jit_compile=jit_compile)
    def forward(x):
        return layer(x)

    @tf.function(jit_compile=jit_compile)
    def both(x, d):
        weights = [v.value for v in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = layer(x)
        return tape.gradient(outputs, [x, *weights], output_gradients=d)

    return lambda: forward(inputs).numpy(), lambda: both(inputs, d_outputs)[0].numpy()


def keras_lstm_xla(cell, inputs, d_outputs):
    """`keras.layers.LSTM` compiled with XLA."""
    return keras_lstm(cell, inputs, d_outputs, jit_compile=True)


def tf1_dynamic_rnn(cell, inputs, d_outputs):
    """TF1's own `BasicLSTMCell` under `dynamic_rnn`, in a session."""
    from lstm_lib import tf1
    from lstm_lib._tensorflow import tf

    with tf.Graph().as_default() as graph:
        x = tf1.placeholder("float32", inputs.shape)
        d = tf1.placeholder("float32", (*inputs.shape[:2], cell.num_units))
        theirs = tf1.nn.rnn_cell.BasicLSTMCell(cell.num_units, forget_bias=cell.forget_bias)
        outputs, _ = tf.compat.v1.nn.dynamic_rnn(theirs, x, dtype="float32")
        gradients = tf.gradients(outputs, [x, *theirs.weights], grad_ys=d)
        session = tf.compat.v1.Session(graph=graph)
        for variable, value in zip(theirs.weights, (cell.kernel, cell.bias), strict=True):
            variable.load(value, session)
    feed = {x: inputs, d: d_outputs}
    return (
        lambda: session.run(outputs, {x: inputs}),
        lambda: session.run(gradients, feed)[0],
    )


def pytorch(cell, inputs, d_outputs):
    """`torch.nn.LSTM`."""
    import torch

    torch.set_num_threads(1)
    layer = torch.nn.LSTM(cell.input_size, cell.num_units, batch_first=True)
    weights = interop.to_pytorch(cell)
    layer.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    x, d = torch.from_numpy(inputs), torch.from_numpy(d_outputs)
    x_grad = x.clone().requires_grad_()
    parameters = [x_grad, *layer.parameters()]

    def forward():
        with torch.no_grad():
            return layer(x)[0].numpy()

    return forward, lambda: torch.autograd.grad(layer(x_grad)[0], parameters, d)[0].numpy()


def onnx_runtime(cell, inputs, d_outputs):
    """ONNX Runtime, forward only."""
    import onnx
    import onnxruntime

    x = np.ascontiguousarray(np.swapaxes(inputs, 0, 1))
    kind = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("LSTM", ["X", "W", "R", "B"], ["Y"], hidden_size=cell.num_units)],
        "lstm",
        [onnx.helper.make_tensor_value_info("X", kind, x.shape)],
        [onnx.helper.make_tensor_value_info("Y", kind, [None] * 4)],
        [onnx.numpy_helper.from_array(a, name) for name, a in interop.to_onnx(cell).items()],
    )
    opset = [onnx.helper.make_opsetid("", 14)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda: np.swapaxes(session.run(None, {"X": x})[0][:, 0], 0, 1), None


PEERS = {
    "ours, NumPy": ours_numpy,
    "ours, TensorFlow": ours_tensorflow,
    "textbook NumPy": textbook_numpy,
    "Keras": keras_lstm,
    "Keras, XLA": keras_lstm_xla,
    "TF1 dynamic_rnn": tf1_dynamic_rnn,
    "PyTorch": pytorch,
    "ONNX Runtime": onnx_runtime,
}
