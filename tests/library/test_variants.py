"""Variants of the LSTM as cells: peepholes as TF1 has them, coupled gates as ONNX Runtime does."""

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper
from tf_keras.api._v1.keras.__internal__.legacy import rnn_cell as genuine

from lstm_lib import interop
from lstm_lib._tensorflow import tf
from lstm_lib.state import LSTMStateTuple
from tests.library.cells import (
    BATCH,
    INPUTS,
    TIME,
    TOLERANCE,
    UNITS,
    arrays,
    backend,
    close,
    random_cell,
    random_sequence,
    random_state,
)
from tests.library.test_gradients import numerical_gradients, small_case

VARIANTS = pytest.mark.parametrize("variant", ["PeepholeLSTMCell", "CoupledLSTMCell"])
LENGTHS = pytest.mark.parametrize("lengths", [None, [4, 0, 6, 3]], ids=["full", "lengths"])
deprecated = pytest.mark.filterwarnings("ignore:.*(is deprecated|will be removed)")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def written_anew(variant, x, state, kernel, bias, forget_bias):
    """The formulas gate by gate, with a textbook sigmoid."""
    c, h = state
    names = "ijfo" if variant == "PeepholeLSTMCell" else "jfo"
    z = {
        name: x @ W[:INPUTS] + h @ W[INPUTS:] + b
        for name, W, b in zip(
            names, np.split(kernel, len(names), 1), np.split(bias, len(bias) // UNITS), strict=False
        )
    }
    w = dict.fromkeys("ifo", np.zeros(UNITS, bias.dtype))
    if variant == "PeepholeLSTMCell":
        w = dict(zip("ifo", np.split(bias[4 * UNITS :], 3), strict=True))
    f = sigmoid(z["f"] + forget_bias + w["f"] * c)
    i = sigmoid(z["i"] + w["i"] * c) if "i" in z else 1 - f
    candidate = np.tanh(z["j"])
    new = f * c + i * candidate
    o = sigmoid(z["o"] + w["o"] * new)
    return f, i, candidate, o, new, o * np.tanh(new)


@VARIANTS
def test_a_step_is_the_formulas(L, dtype, variant):
    cell, x = random_cell(L, variant, dtype), random_sequence(dtype)[:, 0]
    state = random_state("BasicLSTMCell", dtype)
    expected = written_anew(variant, x, state, *arrays((cell.kernel, cell.bias)), 1.0)
    assert close(tuple(cell.trace(x, state)), expected, TOLERANCE[dtype])
    output, new = cell(x, state)
    assert output is new.h


@pytest.mark.slow
@VARIANTS
@pytest.mark.parametrize("time", [TIME, 20])
def test_a_sequence_is_its_single_steps(L, dtype, variant, time):
    cell, inputs = random_cell(L, variant, dtype), random_sequence(dtype, time=time)
    state, outputs = random_state("BasicLSTMCell", dtype), []
    found = L.dynamic_rnn(cell, inputs, state)
    for t in range(time):
        output, state = cell(inputs[:, t], state)
        outputs.append(np.asarray(output))
    assert close(found, (np.stack(outputs, axis=1), state), 3 * TOLERANCE[dtype])


@deprecated
@LENGTHS
def test_peepholes_equal_tf1(L, dtype, lengths):
    inputs, start = random_sequence(dtype), random_state("BasicLSTMCell", dtype)
    mine = random_cell(L, "PeepholeLSTMCell", dtype)
    kernel, bias = arrays((mine.kernel, mine.bias))
    b, w_i, w_f, w_o = np.split(bias, [4 * UNITS, 5 * UNITS, 6 * UNITS])
    values = {"kernel": kernel, "bias": b, "w_i_diag": w_i, "w_f_diag": w_f, "w_o_diag": w_o}
    with tf.Graph().as_default():
        cell = genuine.LSTMCell(UNITS, use_peepholes=True, dtype=dtype)
        x, state = tf.constant(inputs), genuine.LSTMStateTuple(*map(tf.constant, start))
        outputs, final = tf.compat.v1.nn.dynamic_rnn(cell, x, lengths, initial_state=state)
        loss = tf.reduce_sum(outputs**2) + tf.reduce_sum(final.c) + tf.reduce_sum(final.h)
        variables = {v.name.split("/")[-1].removesuffix(":0"): v for v in cell.weights}
        d = tf.compat.v1.gradients(loss, [*(variables[name] for name in values), x, *state])
        with tf.compat.v1.Session() as session:
            for name, value in values.items():
                variables[name].load(value, session)
            theirs, final, d = session.run([outputs, final, d])
    found = L.dynamic_rnn(mine, inputs, start, lengths)
    assert close(found, (theirs, tuple(final)), TOLERANCE[dtype])
    ones = LSTMStateTuple(*map(np.ones_like, start))
    gradients = L.gradients(mine, inputs, 2 * np.asarray(found[0]), start, ones, lengths)
    d_kernel, d_b, d_i, d_f, d_o, d_x, *d_state = d
    expected = d_kernel, np.concatenate([d_b, d_i, d_f, d_o]), d_x, tuple(d_state)
    assert close(tuple(gradients), expected, 100 * TOLERANCE[dtype])


def run_onnx(inputs, state, weights, **options):
    """Outputs, c and h of ONNX Runtime's LSTM operator, which computes in float32."""
    given = {"X": inputs.swapaxes(0, 1), **weights}
    given |= {"initial_h": state.h[None], "initial_c": state.c[None]}
    names = ["X", "W", "R", "B", "", "initial_h", "initial_c", "P" if "P" in given else ""]
    node = helper.make_node("LSTM", names, ["Y", "Y_h", "Y_c"], hidden_size=UNITS, **options)
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
        for name, array in given.items()
    ]
    results = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("Y", "Y_h", "Y_c")
    ]
    model = helper.make_model(
        helper.make_graph([node], "lstm", values, results),
        opset_imports=[helper.make_opsetid("", 14)],
        ir_version=8,
    )
    session = onnxruntime.InferenceSession(model.SerializeToString())
    Y, h, c = session.run(None, given)
    return Y[:, 0].swapaxes(0, 1), LSTMStateTuple(c[0], h[0])


def test_coupled_gates_equal_onnx_runtime(L):
    """Its gates are coupled the other way round, f = 1 - i: σ(-z) = 1 - σ(z)."""
    cell, inputs = random_cell(L, "CoupledLSTMCell", "float32"), random_sequence("float32")
    state = random_state("BasicLSTMCell", "float32")
    kernel, bias = arrays((cell.kernel, cell.bias))
    z = {}
    for name, W, b in zip("jfo", np.split(kernel, 3, 1), np.split(bias, 3), strict=True):
        z[name] = np.concatenate([W, b[None]])
    z["f"][-1] += np.float32(cell.forget_bias)
    z["i"] = -z["f"]
    stored = np.concatenate([z[name] for name in "iofj"], axis=1)
    weights = {
        "W": stored[:INPUTS].T[None].copy(),
        "R": stored[INPUTS:-1].T[None].copy(),
        "B": np.concatenate([stored[-1], np.zeros_like(stored[-1])])[None],
    }
    theirs = run_onnx(inputs, state, weights, input_forget=1)
    assert close(L.dynamic_rnn(cell, inputs, state), theirs, 1e-6)


def test_peepholes_equal_onnx_runtime(L):
    cell, inputs = random_cell(L, "PeepholeLSTMCell", "float32"), random_sequence("float32")
    state = random_state("BasicLSTMCell", "float32")
    kernel, bias = arrays((cell.kernel, cell.bias))
    basic = L.BasicLSTMCell(UNITS)
    basic.kernel, basic.bias = kernel, bias[: 4 * UNITS]
    w_i, w_f, w_o = np.split(bias[4 * UNITS :], 3)
    weights = {**interop.to_onnx(basic), "P": np.concatenate([w_i, w_o, w_f])[None]}
    assert close(L.dynamic_rnn(cell, inputs, state), run_onnx(inputs, state, weights), 1e-6)


@pytest.mark.slow
@VARIANTS
def test_gradients_equal_central_differences(L, variant):
    cell, case = small_case(L, variant)
    found = arrays(tuple(L.gradients(cell, **case)))
    expected = numerical_gradients(L, cell, **case)
    assert max(np.max(np.abs(a - b)) for a, b in zip(found, expected, strict=True)) <= 1e-8


@pytest.mark.slow
@VARIANTS
@pytest.mark.parametrize("time", [TIME, 20])
def test_the_backends_agree_and_forward_goes_back(dtype, variant, time):
    inputs, state = random_sequence(dtype, time=time), random_state("BasicLSTMCell", dtype)
    d_outputs = random_sequence(dtype, time=time, inputs=UNITS, seed=5)
    results = []
    for L in map(backend, ("numpy", "tensorflow")):
        cell = random_cell(L, variant, dtype)
        outputs, final, back = L.forward(cell, inputs, state)
        assert close((outputs, final), L.dynamic_rnn(cell, inputs, state), TOLERANCE[dtype])
        results += [
            tuple(back(d_outputs, state)),
            tuple(L.gradients(cell, inputs, d_outputs, state, state)),
        ]
    assert all(close(results[0], other, 100 * TOLERANCE[dtype]) for other in results[1:])


@VARIANTS
def test_a_new_cell(L, variant):
    cell = getattr(L, variant)(4, forget_bias=0.5, seed=3)
    cell.build(3)
    assert repr(cell) == f"{variant}(num_units=4, forget_bias=0.5, dtype='float32', seed=3)"
    blocks, size = (4, 28) if "Peephole" in variant else (3, 12)
    assert (tuple(cell.kernel.shape), tuple(cell.bias.shape)) == ((7, 4 * blocks), (size,))
    assert not np.any(np.asarray(cell.bias))
    assert cell.state_size == LSTMStateTuple(4, 4)
    if "Peephole" in variant:  # without peepholes it is the basic cell
        basic = L.BasicLSTMCell(4, forget_bias=0.5, seed=3)
        x = random_sequence("float32")
        assert close(L.dynamic_rnn(cell, x), L.dynamic_rnn(basic, x), 1e-6)


@VARIANTS
def test_other_layouts_do_not_have_them(L, variant):
    cell = random_cell(L, variant, "float32")
    for convert in (interop.to_keras, interop.to_pytorch, interop.to_onnx, interop.to_tf1):
        with pytest.raises(
            TypeError, match=f"expected a BasicLSTMCell of lstm_lib, given .*{variant}"
        ):
            convert(cell)


@VARIANTS
def test_wrong_bias(L, variant):
    cell = random_cell(L, variant, "float32")
    size = 7 * UNITS if "Peephole" in variant else 3 * UNITS
    with pytest.raises(ValueError, match=rf"bias: expected shape \({size},\), given \(20,\)"):
        cell.bias = np.zeros(4 * UNITS, "float32")


assert BATCH == 4, "as many lengths as sequences"
