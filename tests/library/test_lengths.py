"""Sequences of different lengths in one batch are each sequence alone; padding is never read."""

from unittest import mock

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tf_keras.api._v1.keras.__internal__.legacy import rnn_cell as genuine

from lstm_lib import interop
from lstm_lib._tensorflow import tf
from lstm_lib.numpy_backend import ragged
from lstm_lib.state import LSTMStateTuple, map_state
from tests.library import genuine_tf1
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

BACKENDS = pytest.mark.parametrize("name", ["numpy", "tensorflow"])
KINDS = pytest.mark.parametrize(
    "kind", ["BasicLSTMCell", "BasicRNNCell", "GRUCell", "PeepholeLSTMCell", "CoupledLSTMCell"]
)
LENGTHS = [4, 0, 6, 3]
deprecated = pytest.mark.filterwarnings("ignore:.*(is deprecated|will be removed)")


def rows(state, which):
    return map_state(lambda part: np.asarray(part)[which], state)


def behind(sequence, lengths, value=np.nan):
    """The sequence with something else in its padding."""
    changed = sequence.copy()
    for row, length in zip(changed, lengths, strict=True):
        row[length:] = value
    return changed


def one_by_one(L, cell, inputs, d_outputs, state, d_final, lengths):
    """Outputs, final state and gradients, each sequence cut at its end and run alone."""
    outputs = np.zeros((*inputs.shape[:2], cell.output_size), inputs.dtype)
    d_inputs, ends, d_states, d_weights = np.zeros_like(inputs), [], [], []
    for b, length in enumerate(lengths):
        one = slice(b, b + 1)
        given_ = inputs[one, :length], rows(state, one)
        found, final = L.dynamic_rnn(cell, *given_)
        outputs[one, :length] = found
        ends.append(final)
        d = L.gradients(cell, given_[0], d_outputs[one, :length], given_[1], rows(d_final, one))
        d_inputs[one, :length] = d.inputs
        d_states.append(d.initial_state)
        d_weights.append((np.asarray(d.kernel), np.asarray(d.bias)))

    def joined(states):
        return map_state(lambda *parts: np.concatenate([np.asarray(p) for p in parts]), *states)

    d_kernel, d_bias = map(sum, zip(*d_weights, strict=True))
    return (outputs, joined(ends)), (d_kernel, d_bias, d_inputs, joined(d_states))


def relative(found, expected):
    pairs = zip(arrays(found), arrays(expected), strict=True)
    return max(np.abs(a - b).max() / max(1, np.abs(b).max()) for a, b in pairs if b.size)


@pytest.mark.slow
@KINDS
@pytest.mark.parametrize(("name", "examples"), [("numpy", 20), ("tensorflow", 6)])
def test_a_batch_is_its_sequences(name, kind, examples):
    """As PyTorch packs them, with NaN behind each end, of what is given and what comes back."""

    @settings(max_examples=examples)
    @given(data=st.data())
    def check(data):
        L, dtype = backend(name), data.draw(st.sampled_from(["float32", "float64"]))
        # On TensorFlow each new batch size of a long sequence is compiled.
        batch = data.draw(st.integers(1, 40) if name == "numpy" else st.sampled_from([1, 5]))
        time = data.draw(st.integers(1, 12) if name == "numpy" else st.sampled_from([3, 10]))
        lengths = data.draw(st.lists(st.integers(0, time), min_size=batch, max_size=batch))
        seed = data.draw(st.integers(0, 10**6))
        cell = random_cell(L, kind, dtype, seed=seed)
        inputs = random_sequence(dtype, batch, time, seed=seed)
        d_outputs = random_sequence(dtype, batch, time, UNITS, seed=seed + 1)
        state, d_final = (random_state(kind, dtype, batch, seed=seed + n) for n in (2, 3))
        results, gradients = one_by_one(L, cell, inputs, d_outputs, state, d_final, lengths)

        inputs, d_outputs = behind(inputs, lengths), behind(d_outputs, lengths)
        # Where half of the sequences have ended, NumPy goes on without them, or not.
        with mock.patch.object(ragged, "A_PIECE", data.draw(st.sampled_from([0, 10**9]))):
            found = L.dynamic_rnn(cell, inputs, state, lengths)
            d = L.gradients(cell, inputs, d_outputs, state, d_final, lengths)
            outputs, final, back = L.forward(cell, inputs, state, lengths)
            again = back(d_outputs, d_final)
        tolerance = 10 * TOLERANCE[dtype]
        assert close(found, results, tolerance)
        assert not any(np.any(o[n:]) for o, n in zip(np.asarray(found[0]), lengths, strict=True))
        assert relative(tuple(d), gradients) <= tolerance
        assert close((outputs, final), results, tolerance)
        assert relative(tuple(again), gradients) <= tolerance

    check()


def test_rows_are_left_out_where_that_is_worth_it():
    lengths = np.array([1] * 16 + [100] * 8)
    assert ragged.pieces(lengths, 10) == [(slice(None), slice(0, 100))]
    (_, first), (rows, rest) = ragged.pieces(lengths, 10_000)
    assert (first, rest) == (slice(0, 1), slice(1, 100))
    assert sorted(rows) == [*range(8), *range(16, 24)]


@pytest.mark.slow
@KINDS
def test_gradients_equal_central_differences(L, kind):
    (cell, case), lengths = small_case(L, kind), [3, 0, 5, 1]
    found = tuple(L.gradients(cell, **case, lengths=lengths))

    class WithLengths:
        LSTMStateTuple = LSTMStateTuple

        @staticmethod
        def dynamic_rnn(cell, inputs, state):
            return L.dynamic_rnn(cell, inputs, state, lengths)

    assert relative(found, numerical_gradients(WithLengths, cell, **case)) <= 1e-7


@pytest.mark.slow
@deprecated
@pytest.mark.parametrize("seed", range(3))
def test_equals_sequence_length_of_tf1(L, dtype, seed):
    case = genuine_tf1.random_case(dtype)
    lengths = np.random.default_rng(seed).integers(0, TIME + 1, BATCH)
    kernel, bias, inputs, c, h = case.values()
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        cell = genuine.BasicLSTMCell(UNITS, dtype=dtype)
        x, state = tf.constant(inputs), genuine.LSTMStateTuple(tf.constant(c), tf.constant(h))
        outputs, final = v1.nn.dynamic_rnn(cell, x, lengths, initial_state=state)
        loss = tf.reduce_sum(outputs**2) + tf.reduce_sum(final.c) + tf.reduce_sum(final.h)
        d = v1.gradients(loss, [*cell.weights, x, *state])
        with v1.Session() as session:
            for variable, value in zip(cell.weights, (kernel, bias), strict=True):
                variable.load(value, session)
            theirs, final, d = session.run([outputs, final, d])
    mine = L.BasicLSTMCell(UNITS, dtype=dtype)
    mine.kernel, mine.bias = kernel, bias
    start = LSTMStateTuple(c, h)
    found = L.dynamic_rnn(mine, inputs, start, lengths)
    assert close(found, (theirs, tuple(final)), TOLERANCE[dtype])
    ones = LSTMStateTuple(np.ones_like(c), np.ones_like(h))
    gradients = L.gradients(mine, inputs, 2 * np.asarray(found[0]), start, ones, lengths)
    assert relative(tuple(gradients), tuple(d)) <= 10 * TOLERANCE[dtype]


def test_equals_masking_of_keras(L, dtype):
    """Keras leaves a step of length 0 at the initial state too."""
    cell, inputs = random_cell(L, "BasicLSTMCell", dtype), random_sequence(dtype)
    state = random_state("BasicLSTMCell", dtype)
    layer = keras.layers.LSTM(
        UNITS, return_sequences=True, return_state=True, zero_output_for_mask=True, dtype=dtype
    )
    layer.build(inputs.shape)
    layer.set_weights(interop.to_keras(cell))
    mask = np.arange(TIME) < np.array(LENGTHS)[:, None]
    outputs, h, c = layer(inputs, initial_state=[state.h, state.c], mask=tf.constant(mask))
    found = L.dynamic_rnn(cell, inputs, state, LENGTHS)
    assert close(found, (outputs, LSTMStateTuple(c, h)), TOLERANCE[dtype])


@pytest.mark.slow
@KINDS
@pytest.mark.parametrize("time", [TIME, 12])
def test_full_lengths_change_no_bit(L, kind, time):
    cell, inputs = random_cell(L, kind, "float32"), random_sequence("float32", time=time)
    d_outputs, full = random_sequence("float32", time=time, inputs=UNITS), [time] * BATCH
    found = (
        L.dynamic_rnn(cell, inputs, None, full),
        tuple(L.gradients(cell, inputs, d_outputs, lengths=full)),
    )
    expected = L.dynamic_rnn(cell, inputs), tuple(L.gradients(cell, inputs, d_outputs))
    assert close(found, expected, 0)


@pytest.mark.parametrize(
    "lengths",
    [tuple(LENGTHS), np.array(LENGTHS, "uint8"), np.array(LENGTHS, "int64"), tf.constant(LENGTHS)],
    ids=["tuple", "uint8", "int64", "tensor"],
)
def test_lengths_in_any_whole_numbers(L, lengths):
    cell, inputs = random_cell(L, "BasicLSTMCell", "float32"), random_sequence("float32")
    before = inputs.copy()
    found = L.dynamic_rnn(cell, inputs, None, lengths)
    assert close(found, L.dynamic_rnn(cell, inputs, None, LENGTHS), 0)
    assert np.array_equal(inputs, before)


def test_a_step_of_your_own_stops_at_the_end_too(L, kind):
    class Own(getattr(L, kind)):
        def __call__(self, inputs, state):
            return super().__call__(inputs, state)

    cell, own = random_cell(L, kind, "float64"), Own(UNITS, dtype="float64")
    own.kernel, own.bias = np.asarray(cell.kernel), np.asarray(cell.bias)
    inputs, state = behind(random_sequence("float64"), LENGTHS), random_state(kind, "float64")
    found = L.dynamic_rnn(own, inputs, state, LENGTHS)
    assert close(found, L.dynamic_rnn(cell, inputs, state, LENGTHS), 1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("time", [TIME, 12])
def test_lengths_known_only_when_a_graph_runs(kind, time):
    T, N = backend("tensorflow"), backend("numpy")
    cell, plain = (random_cell(L, kind, "float64") for L in (T, N))
    d_outputs = random_sequence("float64", time=time, inputs=UNITS)

    @tf.function
    def run(inputs, lengths):
        results = T.dynamic_rnn(cell, inputs, None, lengths)
        return results, T.gradients(cell, inputs, d_outputs, lengths=lengths)

    inputs = behind(random_sequence("float64", time=time), LENGTHS)
    results, gradients = run(tf.constant(inputs), tf.constant(LENGTHS))
    assert close(results, N.dynamic_rnn(plain, inputs, None, LENGTHS), 1e-12)
    expected = N.gradients(plain, inputs, d_outputs, lengths=LENGTHS)
    assert relative(tuple(gradients), tuple(expected)) <= 1e-11
    for wrong in ([4, 0, time + 1, 3], [4, -1, 6, 3]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="expected whole numbers from 0"):
            run(tf.constant(inputs), tf.constant(wrong))
    with pytest.raises(TypeError, match=r"a tensor of integers of shape .* given one of float32"):
        run(tf.constant(inputs), tf.constant(LENGTHS, "float32"))


EXPECTED = f"lengths: expected {BATCH} whole numbers from 0 to {TIME}, one a sequence, given "


@pytest.mark.parametrize(
    ("lengths", "error", "given"),
    [
        ([4, 0, 7, 3], ValueError, "7 at index 2"),
        ([4, -1, 6, 3], ValueError, "-1 at index 1"),
        ([4, 0, 6], ValueError, "3"),
        (np.full(BATCH + 1, 2), ValueError, "5"),
        ([4.0, 0, 6, 3], TypeError, "4.0 (float) at index 0"),
        ([True, 0, 6, 3], TypeError, "True (bool) at index 0"),
        (np.array(LENGTHS, "float32"), TypeError, "4.0 (float) at index 0"),
        (np.array(LENGTHS)[:, None], TypeError, "[4] (list) at index 0"),
        (["4", "0", "6", "3"], TypeError, "'4' (str) at index 0"),
        (6, TypeError, "6 (int)"),
        ("4063", TypeError, "'4063' (str)"),
        (np.array(6), TypeError, "6 (ndarray)"),
    ],
)
def test_wrong_lengths(L, kind, lengths, error, given):
    cell = random_cell(L, kind, "float32")
    inputs, d_outputs = random_sequence("float32"), random_sequence("float32", inputs=UNITS)
    for call in (
        lambda: L.dynamic_rnn(cell, inputs, None, lengths),
        lambda: L.forward(cell, inputs, None, lengths),
        lambda: L.gradients(cell, inputs, d_outputs, lengths=lengths),
        lambda: L.bidirectional_dynamic_rnn(
            cell, random_cell(L, kind, "float32"), inputs, lengths=lengths
        ),
    ):
        with pytest.raises(error) as caught:
            call()
        assert str(caught.value) == EXPECTED + given


def test_results_share_no_memory(kind):
    N = backend("numpy")
    cell, inputs = random_cell(N, kind, "float32"), random_sequence("float32")
    state, d_outputs = random_state(kind, "float32"), random_sequence("float32", inputs=UNITS)
    for lengths in ([0] * BATCH, LENGTHS):
        results = (
            *N.dynamic_rnn(cell, inputs, state, lengths),
            *N.gradients(cell, inputs, d_outputs, state, state, lengths),
        )
        given_ = arrays((inputs, state, d_outputs, cell.kernel, cell.bias))
        assert not any(np.shares_memory(a, b) for a in arrays(results) for b in given_)
    assert inputs.shape[2] == INPUTS
