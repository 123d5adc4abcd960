"""Dropout: one mask for a sequence, drawn from a seed, right both ways, off in prediction."""

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
from tests.library.test_gradients import random_case

KINDS = pytest.mark.parametrize(
    "kind", ["BasicLSTMCell", "BasicRNNCell", "PeepholeLSTMCell", "CoupledLSTMCell"]
)
LENGTHS = pytest.mark.parametrize("lengths", [None, [4, 0, 6, 3]], ids=["full", "lengths"])


def dropping(L, kind, dtype, seed=3, **options):
    options = options or {"input_keep_prob": 0.6, "state_keep_prob": 0.7}
    return L.DropoutWrapper(random_cell(L, kind, dtype), **options, seed=seed)


def with_h(state, h):
    return state._replace(h=h) if hasattr(state, "h") else h


def by_steps(cell, inputs, state, masks):
    """Outputs and final state, each step with x and h times the same masks."""
    input_mask, state_mask = masks
    outputs = []
    for t in range(inputs.shape[1]):
        h = getattr(state, "h", state) * state_mask
        output, state = cell(inputs[:, t] * input_mask, with_h(state, h))
        outputs.append(np.asarray(output))
    return np.stack(outputs, axis=1), state


@KINDS
def test_each_step_has_the_same_masks(L, dtype, kind):
    inputs, state = random_sequence(dtype), random_state(kind, dtype)
    masks = dropping(L, kind, dtype).draw(BATCH, INPUTS)
    cell = dropping(L, kind, dtype)
    expected = by_steps(cell.cell, inputs, state, masks)
    outputs, final, _ = L.forward(cell, inputs, state)
    assert close((outputs, final), expected, TOLERANCE[dtype])
    assert not close(L.forward(cell, inputs, state)[0], expected[0], 1e-3), "the next masks"


@pytest.mark.slow
@KINDS
@LENGTHS
def test_prediction_drops_nothing(L, dtype, kind, lengths):
    cell, inputs = dropping(L, kind, dtype), random_sequence(dtype)
    expected = L.dynamic_rnn(cell.cell, inputs, None, lengths)
    assert close(L.dynamic_rnn(cell, inputs, None, lengths), expected, 0)
    x, state = inputs[:, 0], random_state(kind, dtype)
    assert close(cell(x, state), cell.cell(x, state), 0)


@KINDS
@LENGTHS
def test_all_kept_is_no_dropout(L, dtype, kind, lengths):
    cell, inputs = dropping(L, kind, dtype, input_keep_prob=1.0), random_sequence(dtype)
    found, expected = (L.forward(each, inputs, None, lengths) for each in (cell, cell.cell))
    assert close(found[:2], expected[:2], 0)
    d_outputs = random_sequence(dtype, inputs=UNITS)
    assert close(tuple(found[2](d_outputs)), tuple(expected[2](d_outputs)), 0)


@KINDS
@LENGTHS
def test_gradients_equal_central_differences(L, kind, lengths):
    case = random_case(kind, "float64")
    cell = dropping(L, kind, "float64")
    d_results = case["d_outputs"], case["d_final_state"]
    found = L.forward(cell, case["inputs"], case["initial_state"], lengths)[2](*d_results)
    kernel, bias = (each.copy() for each in arrays((cell.cell.kernel, cell.cell.bias)))
    values = [kernel, bias, case["inputs"], *arrays(case["initial_state"])]
    plain = random_cell(backend("numpy"), kind, "float64")

    def loss():
        plain.kernel, plain.bias = kernel, bias
        again = backend("numpy").DropoutWrapper(plain, 0.6, 0.7, seed=3)
        results = backend("numpy").forward(again, case["inputs"], case["initial_state"], lengths)
        pairs = zip(arrays(results[:2]), arrays(d_results), strict=True)
        return sum(np.sum(a * b) for a, b in pairs)

    for array, d in zip(values, arrays(tuple(found)), strict=True):
        for index in list(np.ndindex(array.shape))[::3]:
            value, losses = array[index], []
            for n in (-2, -1, 1, 2):
                array[index] = value + n * 1e-3
                losses.append(loss())
            array[index] = value
            assert abs(np.dot(losses, [1, -8, 8, -1]) / 12e-3 - d[index]) <= 1e-7


@LENGTHS
def test_both_backends_draw_the_same(dtype, lengths):
    inputs, d_outputs = random_sequence(dtype), random_sequence(dtype, inputs=UNITS)
    results = []
    for L in map(backend, ("numpy", "tensorflow")):
        cell = L.MultiRNNCell(
            [
                dropping(L, "BasicLSTMCell", dtype, seed=1),
                L.DropoutWrapper(
                    random_cell(L, "GRUCell", dtype, inputs=UNITS), input_keep_prob=0.5, seed=2
                ),
            ]
        )
        outputs, final, back = L.forward(cell, inputs, None, lengths)
        results.append((outputs, final, tuple(back(d_outputs))))
    assert close(*results, 30 * TOLERANCE[dtype])


@pytest.mark.filterwarnings("ignore:.*(is deprecated|will be removed)")
def test_equals_the_variational_dropout_of_tf1(L, dtype):
    """TF1 draws noise from 0 to 1 once for a sequence; here it is noise that gives our masks."""
    inputs, cell = random_sequence(dtype), dropping(L, "BasicLSTMCell", dtype)
    input_mask, state_mask = dropping(L, "BasicLSTMCell", dtype).draw(BATCH, INPUTS)
    weights = arrays((cell.cell.kernel, cell.cell.bias))
    with tf.Graph().as_default():
        theirs = genuine.BasicLSTMCell(UNITS, dtype=dtype)
        wrapper = genuine.DropoutWrapper(
            theirs,
            input_keep_prob=tf.constant(0.6, dtype),
            state_keep_prob=tf.constant(0.7, dtype),
            variational_recurrent=True,
            input_size=INPUTS,
            dtype=dtype,
        )
        wrapper._recurrent_input_noise = tf.constant(0.9 * (input_mask > 0), dtype)
        noise = tf.constant(0.9 * (state_mask > 0), dtype)
        wrapper._recurrent_state_noise = genuine.LSTMStateTuple(noise, noise)
        outputs, _ = tf.compat.v1.nn.dynamic_rnn(wrapper, tf.constant(inputs), dtype=dtype)
        with tf.compat.v1.Session() as session:
            for variable, value in zip(theirs.weights, weights, strict=True):
                variable.load(value, session)
            expected = session.run(outputs)
    assert close(L.forward(cell, inputs)[0], expected, TOLERANCE[dtype])


def test_masks_are_zero_or_one_over_the_probability(L, dtype):
    cell = L.DropoutWrapper(L.BasicLSTMCell(40, dtype=dtype), 0.8, 0.25, seed=0)
    for mask, keep in zip(cell.draw(500, 40), (0.8, 0.25), strict=True):
        assert mask.dtype == dtype
        assert set(np.unique(mask)) == {0, np.dtype(dtype).type(1 / keep)}
        assert abs(np.mean(mask > 0) - keep) < 0.01
        assert abs(mask.mean() - 1) < 0.05


def test_what_is_refused(L):
    cell = L.BasicLSTMCell(2)
    A_CELL = "cell: expected one cell, given "
    for call, error, message in [
        (lambda: L.DropoutWrapper(3), TypeError, f"{A_CELL}int"),
        (lambda: L.DropoutWrapper(L.MultiRNNCell([cell])), TypeError, f"{A_CELL}MultiRNNCell"),
        (lambda: L.DropoutWrapper(L.DropoutWrapper(cell)), TypeError, f"{A_CELL}DropoutWrapper"),
        (
            lambda: L.DropoutWrapper(cell, input_keep_prob=0),
            ValueError,
            "input_keep_prob: expected a number above 0, at most 1, given 0.0",
        ),
        (
            lambda: L.DropoutWrapper(cell, state_keep_prob=1.5),
            ValueError,
            "state_keep_prob: expected a number above 0, at most 1, given 1.5",
        ),
        (
            lambda: L.DropoutWrapper(cell, input_keep_prob="0.5"),
            TypeError,
            "input_keep_prob: expected a number, given '0.5' (str)",
        ),
        (
            lambda: L.DropoutWrapper(L.GRUCell(2), state_keep_prob=0.5),
            ValueError,
            "state_keep_prob: expected 1 for a GRUCell, whose h is its memory too, given 0.5",
        ),
        (
            lambda: L.DropoutWrapper(cell, seed=1.5),
            TypeError,
            "seed: expected None or an integer of at least 0, given 1.5 (float)",
        ),
        (
            lambda: L.DropoutWrapper(cell, seed=-1),
            ValueError,
            "seed: expected None or an integer of at least 0, given -1",
        ),
        (
            lambda: L.gradients(
                dropping(L, "BasicLSTMCell", "float32"),
                random_sequence("float32"),
                random_sequence("float32", inputs=UNITS),
            ),
            TypeError,
            "cell: expected one without dropout, given a DropoutWrapper, whose masks `forward` "
            "draws: take the way back that it returns",
        ),
    ]:
        with pytest.raises(error) as caught:
            call()
        assert str(caught.value) == message


def test_a_traced_function_would_draw_once():
    T = backend("tensorflow")
    cell, inputs = dropping(T, "BasicLSTMCell", "float32"), random_sequence("float32")
    with pytest.raises(TypeError, match=r"without dropout in a tf.function, given a Dropout"):
        tf.function(lambda x: T.forward(cell, x)[0])(tf.constant(inputs))
    found = tf.function(lambda x: T.dynamic_rnn(cell, x)[0])(tf.constant(inputs))
    assert close(found, T.dynamic_rnn(cell.cell, inputs)[0], 1e-6)


def test_a_wrapper_says_what_it_is(L):
    cell = L.DropoutWrapper(L.BasicRNNCell(3, seed=1), 0.5, seed=2)
    assert repr(cell) == (
        "DropoutWrapper(BasicRNNCell(num_units=3, dtype='float32', seed=1), "
        "input_keep_prob=0.5, state_keep_prob=1.0, seed=2)"
    )
    assert (cell.num_units, cell.output_size, cell.dtype, cell.backend) == (3, 3, "float32", L)
    assert TIME > 1
