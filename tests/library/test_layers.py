"""Several layers and both directions: TF1's and Keras' results, and gradients by differences."""

import keras
import numpy as np
import pytest
from tf_keras.api._v1.keras.__internal__.legacy import rnn_cell as genuine

from lstm_lib import interop
from lstm_lib._tensorflow import tf
from lstm_lib.state import LSTMStateTuple
from tests.library.cells import (
    BATCH,
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

LENGTHS = pytest.mark.parametrize("lengths", [None, [4, 0, 6, 3]], ids=["full", "lengths"])
deprecated = pytest.mark.filterwarnings("ignore:.*(is deprecated|will be removed)")


def stack_of(L, dtype, inputs=3, units=UNITS):
    """An LSTM, a plain cell and a GRU, of three sizes."""
    return L.MultiRNNCell(
        [
            random_cell(L, "BasicLSTMCell", dtype, units, inputs, seed=1),
            random_cell(L, "BasicRNNCell", dtype, units + 1, units, seed=2),
            random_cell(L, "GRUCell", dtype, units + 2, units + 1, seed=3),
        ]
    )


def states_of(cell, dtype, seed):
    return tuple(
        random_state(
            "BasicLSTMCell" if isinstance(size, tuple) else "BasicRNNCell",
            dtype,
            BATCH,
            each.num_units,
            seed,
        )
        for each, size in zip(cell.cells, cell.state_size, strict=True)
    )


def relative(found, expected):
    pairs = list(zip(arrays(found), arrays(expected), strict=True))
    assert all(a.shape == b.shape for a, b in pairs)
    return max(np.abs(a - b).max() / max(1, np.abs(b).max()) for a, b in pairs)


def differences(loss, values):
    """Of the 4th order, as in test_gradients; `values` are changed in place and put back."""
    result = []
    for array in values:
        found = np.empty_like(array)
        for index in np.ndindex(array.shape):
            value, losses = array[index], []
            for n in (-2, -1, 1, 2):
                array[index] = value + n * 1e-3
                losses.append(loss())
            array[index] = value
            found[index] = np.dot(losses, [1, -8, 8, -1]) / 12e-3
        result.append(found)
    return tuple(result)


def dot(results, weights):
    pairs = zip(arrays(results), arrays(weights), strict=True)
    return float(sum(np.sum(a * b) for a, b in pairs))


# Several layers.


@LENGTHS
def test_layers_are_cells_one_after_the_other(L, dtype, lengths):
    cell, inputs = stack_of(L, dtype), random_sequence(dtype)
    states = states_of(cell, dtype, 5)
    x, finals = inputs, []
    for layer, state in zip(cell.cells, states, strict=True):
        x, final = L.dynamic_rnn(layer, x, state, lengths)
        finals.append(final)
    found = L.dynamic_rnn(cell, inputs, states, lengths)
    assert close(found, (x, tuple(finals)), TOLERANCE[dtype])
    outputs, final, _ = L.forward(cell, inputs, states, lengths)
    assert close((outputs, final), found, TOLERANCE[dtype])


def test_a_sequence_is_its_single_steps(L, dtype):
    cell, inputs = stack_of(L, dtype), random_sequence(dtype)
    state, outputs = cell.zero_state(BATCH), []
    for t in range(TIME):
        output, state = cell(inputs[:, t], state)
        outputs.append(np.asarray(output))
    assert close(L.dynamic_rnn(cell, inputs), (np.stack(outputs, 1), state), TOLERANCE[dtype])


@pytest.mark.slow
@LENGTHS
def test_gradients_of_layers_equal_central_differences(L, lengths):
    N = backend("numpy")
    cell, plain = (stack_of(each, "float64", 2, 2) for each in (L, N))
    inputs = random_sequence("float64", inputs=2)
    state, d_final = states_of(cell, "float64", 5), states_of(cell, "float64", 6)
    d_outputs = random_sequence("float64", inputs=cell.output_size, seed=7)
    found = L.gradients(cell, inputs, d_outputs, state, d_final, lengths)
    kernels, biases = ([each._kernel for each in plain.cells], [each._bias for each in plain.cells])

    def loss():
        return dot(N.dynamic_rnn(plain, inputs, state, lengths), (d_outputs, d_final))

    expected = differences(loss, [*kernels, *biases, inputs, *arrays(state)])
    assert relative(tuple(found), expected) <= 1e-7
    _, _, back = L.forward(cell, inputs, state, lengths)
    for _ in range(2):  # a way back may be gone twice
        assert relative(tuple(back(d_outputs, d_final)), tuple(found)) <= 1e-12


@deprecated
@LENGTHS
def test_layers_equal_multirnncell_of_tf1(L, dtype, lengths):
    inputs = random_sequence(dtype)
    mine = L.MultiRNNCell(
        [random_cell(L, "BasicLSTMCell", dtype, UNITS, n, seed=n) for n in (3, 5)]
    )
    weights = [w for each in mine.cells for w in arrays((each.kernel, each.bias))]
    with tf.Graph().as_default():
        cell = genuine.MultiRNNCell([genuine.BasicLSTMCell(UNITS, dtype=dtype) for _ in range(2)])
        fetches = tf.compat.v1.nn.dynamic_rnn(cell, tf.constant(inputs), lengths, dtype=dtype)
        with tf.compat.v1.Session() as session:
            for variable, value in zip(cell.weights, weights, strict=True):
                variable.load(value, session)
            outputs, finals = session.run(fetches)
    found = L.dynamic_rnn(mine, inputs, lengths=lengths)
    assert close(found, (outputs, tuple(map(tuple, finals))), TOLERANCE[dtype])


@LENGTHS
def test_layers_equal_those_of_keras(L, dtype, lengths):
    inputs = random_sequence(dtype)
    cell = L.MultiRNNCell(
        [random_cell(L, "BasicLSTMCell", dtype, UNITS, n, seed=n) for n in (3, 5)]
    )
    mask = None if lengths is None else tf.constant(np.arange(TIME) < np.array(lengths)[:, None])
    x = inputs
    for each in cell.cells:
        layer = keras.layers.LSTM(
            UNITS, return_sequences=True, zero_output_for_mask=True, dtype=dtype
        )
        layer.build(x.shape)
        layer.set_weights(interop.to_keras(each))
        x = layer(x, mask=mask)
    assert close(L.dynamic_rnn(cell, inputs, lengths=lengths)[0], x, TOLERANCE[dtype])


@pytest.mark.slow
def test_layers_of_an_open_batch_and_length():
    T, N = backend("tensorflow"), backend("numpy")
    cells = [
        L.MultiRNNCell([random_cell(L, "BasicLSTMCell", "float64", UNITS, n) for n in (3, 5)])
        for L in (T, N)
    ]
    spec = tf.TensorSpec([None, None, 3], "float64")
    run = tf.function(lambda x: T.dynamic_rnn(cells[0], x), input_signature=[spec])
    for time in (4, 20):
        inputs = random_sequence("float64", time=time)
        assert close(run(tf.constant(inputs)), N.dynamic_rnn(cells[1], inputs), 1e-12)


def test_a_tape_sees_layers_and_directions(dtype):
    T = backend("tensorflow")
    cell, inputs = stack_of(T, dtype), random_sequence(dtype)
    d_outputs = random_sequence(dtype, inputs=cell.output_size, seed=7)
    kernels = [each.kernel for each in cell.cells]
    with tf.GradientTape() as tape:
        outputs, _, back = T.forward(cell, inputs)
    found = tape.gradient(outputs, kernels, d_outputs)
    expected = back(d_outputs).kernel
    assert relative(tuple(found), tuple(expected)) <= 10 * TOLERANCE[dtype]
    by_hand = backend("numpy").gradients(stack_of(backend("numpy"), dtype), inputs, d_outputs)
    assert relative(tuple(found), by_hand.kernel) <= 10 * TOLERANCE[dtype]


def test_layers_build_each_other(L):
    cell = L.MultiRNNCell([L.BasicLSTMCell(4, seed=1), L.BasicRNNCell(2, seed=2)])
    assert (cell.input_size, cell.output_size, cell.dtype) == (None, 2, "float32")
    L.dynamic_rnn(cell, random_sequence("float32"))
    assert [each.input_size for each in cell.cells] == [3, 4]
    assert cell.state_size == (LSTMStateTuple(4, 4), 2)
    assert cell.backend is L
    assert repr(cell) == f"MultiRNNCell([{cell.cells[0]!r}, {cell.cells[1]!r}])"


# Both directions.


def two(L, dtype, inputs=3, units=UNITS):
    return (
        random_cell(L, "BasicLSTMCell", dtype, units, inputs, seed=1),
        random_cell(L, "GRUCell", dtype, units + 1, inputs, seed=2),
    )


@LENGTHS
def test_each_direction_is_a_cell_over_its_own_order(L, dtype, lengths):
    fw, bw = two(L, dtype)
    inputs = random_sequence(dtype)
    (outputs_fw, outputs_bw), (final_fw, final_bw) = L.bidirectional_dynamic_rnn(
        fw, bw, inputs, lengths=lengths
    )
    found = outputs_fw, final_fw
    assert close(found, L.dynamic_rnn(fw, inputs, lengths=lengths), TOLERANCE[dtype])
    for b, length in enumerate(lengths or [TIME] * BATCH):
        outputs, final = L.dynamic_rnn(bw, inputs[b : b + 1, :length][:, ::-1].copy())
        expected = np.zeros((TIME, UNITS + 1), dtype)
        expected[:length] = np.asarray(outputs)[0, ::-1]
        assert close(np.asarray(outputs_bw)[b], expected, TOLERANCE[dtype])
        assert close(np.asarray(final_bw)[b : b + 1], final, TOLERANCE[dtype])


@LENGTHS
def test_gradients_of_directions_equal_central_differences(L, lengths):
    N = backend("numpy")
    cells, plain = (two(each, "float64", 2, 2) for each in (L, N))
    inputs = random_sequence("float64", inputs=2)
    states, d_finals = (
        (
            random_state("BasicLSTMCell", "float64", BATCH, 2, seed),
            random_state("BasicRNNCell", "float64", BATCH, 3, seed + 1),
        )
        for seed in (5, 7)
    )
    d_outputs = tuple(random_sequence("float64", inputs=n, seed=n) for n in (2, 3))
    found = L.bidirectional_gradients(*cells, inputs, d_outputs, *states, d_finals, lengths)

    def loss():
        results = N.bidirectional_dynamic_rnn(*plain, inputs, *states, lengths)
        return dot(results, (d_outputs, d_finals))

    weights = [each._kernel for each in plain] + [each._bias for each in plain]
    expected = differences(loss, [*weights, inputs, *arrays(states)])
    assert relative(tuple(found), expected) <= 1e-7


@deprecated
@LENGTHS
def test_directions_equal_tf1(L, dtype, lengths):
    inputs = random_sequence(dtype)
    mine = [random_cell(L, "BasicLSTMCell", dtype, seed=n) for n in (1, 2)]
    weights = [w for each in mine for w in arrays((each.kernel, each.bias))]
    with tf.Graph().as_default():
        cells = [genuine.BasicLSTMCell(UNITS, dtype=dtype) for _ in range(2)]
        fetches = tf.compat.v1.nn.bidirectional_dynamic_rnn(
            *cells, tf.constant(inputs), lengths, dtype=dtype
        )
        with tf.compat.v1.Session() as session:
            variables = [variable for cell in cells for variable in cell.weights]
            for variable, value in zip(variables, weights, strict=True):
                variable.load(value, session)
            outputs, finals = session.run(fetches)
    found = L.bidirectional_dynamic_rnn(*mine, inputs, lengths=lengths)
    assert close(found, (tuple(outputs), tuple(map(tuple, finals))), TOLERANCE[dtype])


@LENGTHS
def test_directions_equal_keras(L, dtype, lengths):
    """Keras turns the whole sequence, padding too: its mask then skips the padding first."""
    inputs = random_sequence(dtype)
    cells = [random_cell(L, "BasicLSTMCell", dtype, seed=n) for n in (1, 2)]
    layer = keras.layers.Bidirectional(
        keras.layers.LSTM(UNITS, return_sequences=True, zero_output_for_mask=True, dtype=dtype),
        merge_mode=None,
        dtype=dtype,
    )
    layer.build(inputs.shape)
    layer.set_weights([w for cell in cells for w in interop.to_keras(cell)])
    mask = None if lengths is None else tf.constant(np.arange(TIME) < np.array(lengths)[:, None])
    theirs = layer(tf.constant(inputs), mask=mask)
    outputs, _ = L.bidirectional_dynamic_rnn(*cells, inputs, lengths=lengths)
    assert close(outputs, tuple(theirs), TOLERANCE[dtype])


# What is refused.

A_LIST = "cells: expected a list of cells of one backend, given "
A_PAIR = "expected a pair, for the forward and the backward cell, given "
NAMES = "lstm_lib.numpy_backend and lstm_lib.tensorflow_backend"
TWICE = (
    "cells: expected a cell of its own for each layer, given the same one twice; "
    "write [BasicLSTMCell(...) for _ in range(2)]"
)


@pytest.mark.parametrize(
    ("cells", "error", "message"),
    [
        (lambda L: [], ValueError, "cells: expected at least one cell, given an empty list"),
        (lambda L: L.BasicLSTMCell(2), TypeError, f"{A_LIST}BasicLSTMCell"),
        (lambda L: [L.BasicLSTMCell(2), 3], TypeError, f"{A_LIST}a list of BasicLSTMCell, int"),
        (lambda L: [L.BasicLSTMCell(2)] * 2, ValueError, TWICE),
        (
            lambda L: [L.BasicLSTMCell(2), L.BasicRNNCell(2, dtype="float64")],
            TypeError,
            "cells: expected one dtype, given float32 and float64",
        ),
        (
            lambda L: [backend("numpy").BasicLSTMCell(2), backend("tensorflow").BasicRNNCell(2)],
            TypeError,
            f"cells: expected one backend, given {NAMES}",
        ),
    ],
)
def test_wrong_cells(L, cells, error, message):
    with pytest.raises(error) as caught:
        L.MultiRNNCell(cells(L))
    assert str(caught.value) == message


def test_wrong_states_of_layers(L):
    cell, inputs = stack_of(L, "float32"), random_sequence("float32")
    first, *others = states_of(cell, "float32", 5)
    for state, error, message in [
        (first, TypeError, "expected a tuple of 3 states, one a layer, given LSTMStateTuple"),
        ((first, others[0]), ValueError, "expected a tuple of 3 states, one a layer, given 2"),
        ((tuple(first), *others), TypeError, "expected LSTMStateTuple(c, h), given a bare tuple"),
        ((first, *others[::-1]), ValueError, "expected shape (4, 6), given (4, 7)"),
    ]:
        with pytest.raises(error) as caught:
            L.dynamic_rnn(cell, inputs, state)
        assert str(caught.value).startswith("initial_state")
        assert message in str(caught.value)


def test_wrong_directions(L):
    fw, bw = two(L, "float32")
    inputs = random_sequence("float32")
    d_outputs = random_sequence("float32", inputs=UNITS)
    other = random_cell(L, "GRUCell", "float64")
    for call, error, message in [
        (
            lambda: L.bidirectional_dynamic_rnn(fw, fw, inputs),
            ValueError,
            "cell_bw: expected a cell of its own, given cell_fw itself",
        ),
        (
            lambda: L.bidirectional_dynamic_rnn([fw], bw, inputs),
            TypeError,
            "cell_fw: expected a cell, given list",
        ),
        (
            lambda: L.bidirectional_dynamic_rnn(fw, other, inputs),
            TypeError,
            "cell_bw: expected dtype float32, given float64",
        ),
        (
            lambda: L.bidirectional_gradients(fw, bw, inputs, d_outputs),
            TypeError,
            f"d_outputs: {A_PAIR}",
        ),
        (
            lambda: L.bidirectional_gradients(fw, bw, inputs, (d_outputs, d_outputs)),
            ValueError,
            "d_outputs: expected shape (4, 6, 6), given (4, 6, 5)",
        ),
        (
            lambda: L.bidirectional_gradients(
                fw, bw, inputs, (d_outputs,) * 2, d_final_states=fw.zero_state(BATCH)
            ),
            TypeError,
            f"d_final_states: {A_PAIR}LSTMStateTuple",
        ),
        (
            lambda: L.forward(fw, inputs)[2](inputs),
            ValueError,
            "d_outputs: expected shape (4, 6, 5), given (4, 6, 3)",
        ),
        (
            lambda: L.forward(fw, inputs)[2](d_outputs, inputs),
            TypeError,
            "d_final_state: expected LSTMStateTuple(c, h), given",
        ),
    ]:
        with pytest.raises(error) as caught:
            call()
        assert str(caught.value).startswith(message)
