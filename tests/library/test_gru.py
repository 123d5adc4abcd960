"""The GRU of TF1 and the one of Keras and PyTorch."""

import keras
import numpy as np
import pytest
from tf_keras.api._v1.keras.__internal__.legacy import rnn_cell as genuine

from lstm_lib._tensorflow import tf
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
from tests.library.test_gradients import numerical_gradients, random_case, small_case

RESET_AFTER = pytest.mark.parametrize("reset_after", [False, True])


def gru(L, dtype, reset_after, **sizes):
    return random_cell(L, "GRUCell", dtype, reset_after=reset_after, **sizes)


def written_anew(x, h, kernel, bias, reset_after):
    """The text's formulas, gate by gate, with a textbook sigmoid."""

    def gate(block, h):
        columns = slice(block * UNITS, (block + 1) * UNITS)
        return x @ kernel[:INPUTS, columns] + bias[columns], h @ kernel[INPUTS:, columns]

    r, u = (1 / (1 + np.exp(-sum(gate(block, h)))) for block in (0, 1))
    if reset_after:
        by_x, by_h = gate(2, h)
        candidate = np.tanh(by_x + r * (by_h + bias[3 * UNITS :]))
    else:
        candidate = np.tanh(sum(gate(2, r * h)))
    return r, u, candidate, u * h + (1 - u) * candidate


@RESET_AFTER
def test_a_step_is_the_formulas(L, dtype, reset_after):
    cell, x = gru(L, dtype, reset_after), random_sequence(dtype)[:, 0]
    h = random_state("BasicRNNCell", dtype)
    weights = arrays((cell.kernel, cell.bias))
    trace = cell.trace(x, h)
    assert trace._fields == ("r", "u", "candidate", "h")
    assert close(tuple(trace), written_anew(x, h, *weights, reset_after), TOLERANCE[dtype])
    output, state = cell(x, h)
    assert output is state
    assert close(output, trace.h, 0)


@RESET_AFTER
def test_a_sequence_is_its_single_steps(L, dtype, reset_after):
    cell, inputs = gru(L, dtype, reset_after), random_sequence(dtype)
    state, outputs = random_state("BasicRNNCell", dtype), []
    found = L.dynamic_rnn(cell, inputs, state)
    for t in range(TIME):
        output, state = cell(inputs[:, t], state)
        outputs.append(np.asarray(output))
    assert close(found, (np.stack(outputs, axis=1), state), TOLERANCE[dtype])


@RESET_AFTER
def test_equals_keras_both_ways(L, dtype, reset_after):
    cell, inputs = gru(L, dtype, reset_after), random_sequence(dtype, time=30)
    state, d_outputs = (
        random_state("BasicRNNCell", dtype),
        random_sequence(dtype, time=30, inputs=UNITS),
    )
    kernel, bias = arrays((cell.kernel, cell.bias))

    def order(array):  # Keras has u before r
        r, u, *others = np.split(array, array.shape[-1] // UNITS, axis=-1)
        return np.concatenate([u, r, *others], axis=-1)

    def keras_bias(bias):
        bias = order(bias)
        if not reset_after:
            return bias
        return np.stack(
            [bias[: 3 * UNITS], np.append(np.zeros(2 * UNITS, dtype), bias[3 * UNITS :])]
        )

    layer = keras.layers.GRU(
        UNITS, return_sequences=True, return_state=True, reset_after=reset_after, dtype=dtype
    )
    layer.build(inputs.shape)
    layer.set_weights([order(kernel[:INPUTS]), order(kernel[INPUTS:]), keras_bias(bias)])
    x, h = tf.constant(inputs), tf.constant(state)
    with tf.GradientTape() as tape:
        tape.watch([x, h])
        outputs, final = layer(x, initial_state=[h])
    weights = [variable.value for variable in layer.trainable_variables]
    d_x, d_h, *d_weights = tape.gradient(outputs, [x, h, *weights], d_outputs)
    assert close(L.dynamic_rnn(cell, inputs, state), (outputs, final), TOLERANCE[dtype])

    found = L.gradients(cell, inputs, d_outputs, state)
    d_bias = np.asarray(found.bias)
    theirs = np.asarray(d_weights[2])
    if reset_after:  # both of Keras' biases of a gate get the same gradient
        theirs = np.append(theirs[0], theirs[1, 2 * UNITS :])
    expected = (
        np.concatenate([order(np.asarray(d)) for d in d_weights[:2]]),
        order(theirs),
        d_x,
        d_h,
    )
    tolerance = 100 * TOLERANCE[dtype]
    assert close((found.kernel, d_bias, found.inputs, found.initial_state), expected, tolerance)


@pytest.mark.filterwarnings("ignore:.*(is deprecated|will be removed)")
def test_equals_genuine_tf1(L, dtype):
    mine, inputs = gru(L, dtype, False), random_sequence(dtype)
    state = random_state("BasicRNNCell", dtype)
    kernel, bias = arrays((mine.kernel, mine.bias))
    with tf.Graph().as_default():
        cell = genuine.GRUCell(UNITS, dtype=dtype)
        fetches = tf.compat.v1.nn.dynamic_rnn(
            cell, tf.constant(inputs), [4, 0, 6, 3], initial_state=tf.constant(state)
        )
        with tf.compat.v1.Session() as session:
            session.run(tf.compat.v1.global_variables_initializer())
            fresh = dict(
                zip(
                    ["gates/kernel", "gates/bias", "kernel", "bias"],
                    session.run(cell.weights),
                    strict=True,
                )
            )
            gates, rest = np.split(kernel, [2 * UNITS], axis=1)
            values = gates, bias[: 2 * UNITS], rest, bias[2 * UNITS :]
            for variable, value in zip(cell.weights, values, strict=True):
                variable.load(value, session)
            theirs = session.run(fetches)
    found = L.dynamic_rnn(mine, inputs, state, [4, 0, 6, 3])
    assert close(found, tuple(theirs), TOLERANCE[dtype])
    new = L.GRUCell(UNITS)
    new.build(INPUTS)
    stored = np.append(fresh["gates/bias"], fresh["bias"])
    assert np.array_equal(new.bias, stored), "1 for the gates, 0 for the candidate"


@pytest.mark.slow
@RESET_AFTER
def test_gradients_equal_central_differences(L, reset_after):
    cell, case = small_case(L, "GRUCell", reset_after=reset_after)
    found = arrays(tuple(L.gradients(cell, **case)))
    expected = numerical_gradients(L, cell, **case)
    assert max(np.max(np.abs(a - b)) for a, b in zip(found, expected, strict=True)) <= 1e-8


@RESET_AFTER
def test_the_backends_agree(dtype, reset_after):
    case = random_case("BasicRNNCell", dtype)
    ours, theirs = (
        tuple(L.gradients(gru(L, dtype, reset_after), **case))
        for L in map(backend, ("numpy", "tensorflow"))
    )
    assert close(ours, theirs, 30 * TOLERANCE[dtype])


def test_a_cell_says_what_it_is(L):
    cell = L.GRUCell(4, reset_after=True, dtype="float64", seed=2)
    assert repr(cell) == "GRUCell(num_units=4, reset_after=True, dtype='float64', seed=2)"
    assert (cell.state_size, cell.output_size, cell.input_size) == (4, 4, None)
    cell.build(3)
    assert (tuple(cell.kernel.shape), tuple(cell.bias.shape)) == ((7, 12), (16,))
    grads = L.gradients(cell, np.ones((2, 0, 3)), np.ones((2, 0, 4)))
    assert not any(np.any(np.asarray(part)) for part in grads)


@pytest.mark.parametrize("wrong", [1, None, "yes", 0.0])
def test_reset_after_is_true_or_false(L, wrong):
    with pytest.raises(TypeError) as caught:
        L.GRUCell(3, reset_after=wrong)
    kind = type(wrong).__name__
    assert str(caught.value) == f"reset_after: expected True or False, given {wrong!r} ({kind})"


def test_a_gru_refuses_an_lstm_state(L):
    cell = random_cell(L, "GRUCell", "float32")
    with pytest.raises(TypeError, match=r"state: expected an array .* given LSTMStateTuple"):
        cell(random_sequence("float32")[:, 0], random_state("BasicLSTMCell", "float32"))
    assert cell.zero_state(BATCH).shape == (BATCH, UNITS)
