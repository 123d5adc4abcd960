"""All steps of a linear recurrence at once, and the cell that can be run so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import scan as benchmark
from lstm_lib import tasks
from lstm_lib._tensorflow import tf
from lstm_lib.numpy_backend.scan import linear_scan, linear_scan_back
from lstm_lib.numpy_backend.step import sigmoid
from lstm_lib.tensorflow_backend.scan import linear_scan as linear_scan_tf
from lstm_lib.today import min_lstm, min_lstm_back

# Relative to the largest number; the order of sums differs.
TOLERANCE = {"float32": 3e-6, "float64": 1e-13}


def drawn(seed, batch=2, time=7, units=3, dtype="float64"):
    """What is kept, what is added, a start and gradients of the states."""
    rng = np.random.default_rng(seed)
    f = rng.uniform(-1, 1, (batch, time, units))
    b, d_c = rng.normal(size=(2, batch, time, units))
    return [each.astype(dtype) for each in (f, b, rng.normal(size=(batch, units)), d_c)]


def loop(f, b, c):
    """The oracle: one step after another, in double precision."""
    states = np.zeros(b.shape)
    for t in range(f.shape[1]):
        c = f[:, t].astype(float) * c + b[:, t]
        states[:, t] = c
    return states


def numeric(function, array, d):
    """Gradient of sum(d * function()) by the array, by central differences."""
    gradient = np.empty_like(array)
    for place in np.ndindex(array.shape):
        value, ends = array[place], []
        for nudge in (1e-6, -1e-6):
            array[place] = value + nudge
            ends.append(np.sum(d * function()))
        array[place] = value
        gradient[place] = (ends[0] - ends[1]) / 2e-6
    return gradient


def close(given, wanted, dtype):
    given, wanted = np.asarray(given), np.asarray(wanted)
    assert given.shape == wanted.shape
    scale = max(1.0, np.abs(wanted).max(initial=0))
    np.testing.assert_allclose(given, wanted, rtol=0, atol=TOLERANCE[dtype] * scale)


@pytest.mark.parametrize("scan", [linear_scan, linear_scan_tf])
@pytest.mark.parametrize("dtype", TOLERANCE)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(0, 40), st.integers(1, 4))
def test_scan_is_the_loop(scan, dtype, seed, batch, time, units):
    f, b, start, _ = drawn(seed, batch, time, units, dtype)
    kept, added = f.copy(), b.copy()
    states = scan(f, b, start)
    assert states.dtype == dtype
    close(states, loop(f, b, start), dtype)
    np.testing.assert_array_equal(f, kept)
    np.testing.assert_array_equal(b, added)


@pytest.mark.parametrize("scan", [linear_scan, linear_scan_tf])
def test_no_start_is_a_start_of_zeros(scan):
    f, b, start, _ = drawn(0)
    np.testing.assert_array_equal(scan(f, b), scan(f, b, np.zeros_like(start)))


@given(st.integers(0, 10**6), st.integers(0, 17))
def test_the_way_back_is_that_of_the_tape(seed, time):
    f, b, start, d_c = drawn(seed, time=time)
    c = linear_scan(f, b, start)
    tensors = [tf.constant(each) for each in (f, b, start)]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        states = linear_scan_tf(*tensors)
    wanted = tape.gradient(states, tensors, d_c, unconnected_gradients="zero")
    for ours, theirs in zip(linear_scan_back(d_c, f, c, start), wanted, strict=True):
        close(ours, theirs, "float64")


def test_the_way_back_by_central_differences():
    f, b, start, d_c = drawn(1)
    found = linear_scan_back(d_c, f, linear_scan(f, b, start), start)
    for array, gradient in zip((f, b, start), found, strict=True):
        wanted = numeric(lambda: linear_scan(f, b, start), array, d_c)
        np.testing.assert_allclose(gradient, wanted, atol=1e-8)


@pytest.mark.parametrize("scan", [linear_scan, linear_scan_tf])
@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"f": np.zeros((2, 7))}, ValueError, "f: expected rank 3"),
        ({"f": [1.0]}, TypeError, "f: expected float32 or float64"),
        ({"b": np.zeros((2, 6, 3))}, ValueError, r"b: expected shape \(2, 7, 3\)"),
        ({"b": np.zeros((2, 7, 3), "float32")}, TypeError, "b: expected dtype float64"),
        ({"start": np.zeros((3, 2))}, ValueError, r"start: expected shape \(2, 3\)"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(scan, change, error, says):
    good = dict(zip(("f", "b", "start"), drawn(0), strict=False))
    with pytest.raises(error, match=says):
        scan(**good | change)


def test_an_open_number_of_steps_is_refused_on_tensorflow():
    spec = tf.TensorSpec([2, None, 3], tf.float64)
    with pytest.raises(ValueError, match="f: expected a known number of steps"):
        tf.function(linear_scan_tf).get_concrete_function(spec, spec)


# The minLSTM.


def layer(seed, batch=2, time=6, inputs=3, units=4, scale=1.0):
    rng = np.random.default_rng(seed)
    shapes = (batch, time, inputs), (inputs, 3 * units), (3 * units,), (batch, units)
    return [scale * rng.normal(size=shape) for shape in shapes]


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 12))
def test_min_lstm_is_its_equations(seed, batch, time):
    inputs, kernel, bias, c = layer(seed, batch, time)
    states = min_lstm(inputs, kernel, bias, c).c
    for t in range(time):
        z_f, z_i, candidate = np.split(inputs[:, t] @ kernel + bias, 3, axis=1)
        f, i = sigmoid(z_f), sigmoid(z_i)
        c = f / (f + i) * c + i / (f + i) * candidate
        close(states[:, t], c, "float64")


def test_gates_that_are_both_shut_are_no_nan():
    inputs, kernel, bias, start = layer(0, scale=0.0)
    bias[:8] = -2000.0
    assert (min_lstm(inputs, kernel, bias, start).kept == 0.5).all()


def test_way_back_of_min_lstm_by_central_differences():
    inputs, kernel, bias, start = layer(2)
    d_c = np.random.default_rng(3).normal(size=(2, 6, 4))
    trace = min_lstm(inputs, kernel, bias, start)
    found = min_lstm_back(d_c, inputs, kernel, trace, start)
    for array, gradient in zip((kernel, bias, inputs, start), found, strict=True):
        wanted = numeric(lambda: min_lstm(inputs, kernel, bias, start).c, array, d_c)
        np.testing.assert_allclose(gradient, wanted, atol=1e-8)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"inputs": np.zeros((2, 3))}, ValueError, "inputs: expected rank 3"),
        ({"kernel": np.zeros((4, 12))}, ValueError, "kernel: expected shape"),
        ({"kernel": np.zeros((3, 11)), "bias": np.zeros(11)}, ValueError, "given 11"),
        ({"bias": np.zeros(4)}, ValueError, "bias: expected shape"),
        ({"start": np.zeros((2, 5))}, ValueError, "start: expected shape"),
    ],
)
def test_bad_input_of_min_lstm(change, error, says):
    good = dict(zip(("inputs", "kernel", "bias", "start"), layer(0), strict=True))
    with pytest.raises(error, match=says):
        min_lstm(**good | change)


# The tasks.


@given(st.integers(1, 30), st.integers(0, 1000))
def test_parity_counts_the_ones(time, seed):
    inputs, targets = tasks.parity(time, 3, np.random.default_rng(seed))
    for bits, answers in zip(inputs[..., 0], targets, strict=True):
        ones = 0
        for bit, answer in zip(bits, answers, strict=True):
            ones += bit == 1
            assert answer == ones % 2


@given(st.integers(1, 30), st.integers(0, 1000))
def test_first_bit_keeps_the_first_flagged_bit(time, seed):
    inputs, targets = tasks.first_bit(time, 3, np.random.default_rng(seed))
    for sequence, answers in zip(inputs, targets, strict=True):
        stored = tasks.IGNORE
        for (bit, flag), answer in zip(sequence, answers, strict=True):
            if flag and stored == tasks.IGNORE:
                stored = int(bit == 1)
            assert answer == stored
        assert stored != tasks.IGNORE


@given(st.integers(1, 30), st.integers(0, 1000))
def test_the_lift_stays_in_the_house(time, seed):
    inputs, targets = tasks.lift(time, 3, np.random.default_rng(seed))
    for moves, floors in zip(inputs[..., 0], targets, strict=True):
        floor = 0
        for move, answer in zip(moves, floors, strict=True):
            floor = min(max(floor + move, 0), tasks.FLOORS - 1)
            assert answer == floor


# The benchmark.


def test_the_loops_of_the_benchmark_compute_the_same():
    arrays = drawn(4, batch=1, time=9)
    for calls in (benchmark.numpy_calls(arrays), benchmark.tensorflow_calls(arrays)):
        for both in ("", ", both"):
            loop_gives, scan_gives = calls["loop" + both](), calls["scan" + both]()
            for one, other in zip(loop_gives, scan_gives, strict=True):
                close(one, other, "float64")
