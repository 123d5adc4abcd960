"""Long sequences are compiled: the numbers are those of single steps, and no size traces anew."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lib import numpy_backend as N
from lstm_lib import tensorflow_backend as T
from lstm_lib._tensorflow import tf
from lstm_lib.tensorflow_backend import loop, sequence
from tests.library.cells import ROOT

pytestmark = pytest.mark.slow

UNITS, INPUTS = 3, 2
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}


def cells(kind, dtype, seed):
    """One cell, in both backends, with random weights."""
    rng = np.random.default_rng(seed)
    pair = [getattr(backend, kind)(UNITS, dtype=dtype) for backend in (T, N)]
    kernel = rng.normal(size=(INPUTS + UNITS, pair[1]._blocks * UNITS)).astype(dtype)
    bias = rng.normal(size=kernel.shape[1]).astype(dtype)
    for cell in pair:
        cell.build(INPUTS)
        cell.kernel, cell.bias = kernel, bias
    return pair


def random_state(cell, batch_size, rng):
    parts = rng.normal(size=(2, batch_size, UNITS)).astype(cell.dtype)
    return T.LSTMStateTuple(*parts) if isinstance(cell, N.BasicLSTMCell) else parts[1]


def numbers(structure):
    """All numbers of a state or of gradients, one after the other."""
    return np.concatenate([np.ravel(each) for each in tf.nest.flatten(structure)])


# Few batch sizes and powers of two: each new one is compiled.
@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(["BasicLSTMCell", "BasicRNNCell"]),
    dtype=st.sampled_from(["float32", "float64"]),
    batch_size=st.sampled_from([1, 4]),
    time=st.integers(loop.FEWEST_STEPS, 40),
    start=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_compiled_sequence_equals_single_steps(kind, dtype, batch_size, time, start, seed):
    assert loop.worth_compiling(time, batch_size)
    cell, plain = cells(kind, dtype, seed)
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(batch_size, time, INPUTS)).astype(dtype)
    initial = random_state(plain, batch_size, rng) if start else None

    state = cell.zero_state(batch_size) if initial is None else initial
    expected = []
    for t in range(time):
        output, state = cell(inputs[:, t], state)
        expected.append(output)

    outputs, final = T.dynamic_rnn(cell, inputs, initial)
    # A rounding error at one step is carried on to the next.
    tolerance = 10 * TOLERANCE[dtype]
    np.testing.assert_allclose(outputs, np.stack(expected, axis=1), rtol=0, atol=tolerance)
    np.testing.assert_allclose(numbers(final), numbers(state), rtol=0, atol=tolerance)


@pytest.mark.parametrize("kind", ["BasicLSTMCell", "BasicRNNCell"])
@pytest.mark.parametrize("time", [16, 17, 32, 33])
def test_compiled_gradients_equal_those_by_hand(kind, time):
    cell, plain = cells(kind, "float64", time)
    rng = np.random.default_rng(time)
    inputs = rng.normal(size=(4, time, INPUTS))
    d_outputs = rng.normal(size=(4, time, UNITS))
    initial, d_final = random_state(plain, 4, rng), random_state(plain, 4, rng)
    ours = T.gradients(cell, inputs, d_outputs, initial, d_final)
    by_hand = N.gradients(plain, inputs, d_outputs, initial, d_final)
    np.testing.assert_allclose(numbers(ours), numbers(by_hand), rtol=1e-9, atol=1e-9)


def test_a_tape_of_the_readers_sees_a_compiled_sequence():
    cell, plain = cells("BasicLSTMCell", "float64", 0)
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(4, 20, INPUTS))
    with tf.GradientTape() as tape:
        outputs, _ = T.dynamic_rnn(cell, inputs)
        loss = tf.reduce_sum(outputs**2)
    d_kernel, d_bias = tape.gradient(loss, [cell.kernel, cell.bias])
    by_hand = N.gradients(plain, inputs, 2 * outputs.numpy())
    np.testing.assert_allclose(d_kernel, by_hand.kernel, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(d_bias, by_hand.bias, rtol=1e-9, atol=1e-9)


def test_no_size_and_no_other_cell_traces_anew(monkeypatch):
    """One trace for each kind of cell and dtype, compiled or not: a step is read no more often."""
    loop.trace.cache_clear()
    traced = []
    real = sequence.lstm_from_z

    def step(z, c_prev, forget_bias):
        traced.append(z.shape)
        return real(z, c_prev, forget_bias)

    monkeypatch.setattr(sequence, "lstm_from_z", step)
    seen = []
    for seed, (batch_size, time) in enumerate([(1, 16), (1, 3), (4, 17), (4, 30), (4, 1)]):
        cell, _ = cells("BasicLSTMCell", "float32", seed)
        inputs = np.zeros((batch_size, time, INPUTS), "float32")
        T.dynamic_rnn(cell, inputs)
        T.gradients(cell, inputs, np.zeros((batch_size, time, UNITS), "float32"))
        seen.append(len(traced))
    assert 0 < seen[0] < seen[1], "compiled, then not compiled"
    assert len(set(seen[1:])) == 1, "nothing is traced after that"
    loop.trace.cache_clear()


def test_lengths_up_to_a_power_of_two_share_their_room():
    def room(time):
        return int(loop.choose(tf.zeros((2, time, 1)))[1])

    assert [room(time) for time in (16, 17, 32, 33, 64, 65, 100, 128)] == [
        *(16, 32, 32, 64, 64, 128, 128, 128)
    ]
    assert room(5) == 5, "a short sequence is not compiled and needs no room"


@pytest.mark.parametrize(
    ("time", "batch_size", "expected"),
    [(7, 1, False), (8, 1, True), (100, 64, True), (None, 1, False), (8, None, False)],
)
def test_what_is_compiled_depends_on_the_size_alone(time, batch_size, expected):
    assert loop.worth_compiling(time, batch_size) is expected


@pytest.fixture
def without_xla(monkeypatch):
    """TensorFlow as if it had been built without XLA."""
    real = tf.function

    def function(*args, jit_compile=None, **options):
        if jit_compile:
            raise tf.errors.UnimplementedError(None, None, "XLA is not linked in")
        return real(*args, **options)

    monkeypatch.setattr(loop.tf, "function", function)
    loop.xla_works.cache_clear()
    yield
    loop.xla_works.cache_clear()


def test_without_xla_a_warning_says_so_once_and_the_numbers_are_the_same(without_xla, recwarn):
    cell, plain = cells("BasicLSTMCell", "float64", 1)
    inputs = np.random.default_rng(1).normal(size=(4, 20, INPUTS))
    outputs = [T.dynamic_rnn(cell, inputs)[0] for _ in range(2)]
    said = [str(each.message) for each in recwarn.list if each.category is RuntimeWarning]
    assert len(said) == 1
    assert "XLA cannot compile" in said[0]
    assert "XLA is not linked in" in said[0]
    for each in outputs:
        np.testing.assert_allclose(each, N.dynamic_rnn(plain, inputs)[0], rtol=0, atol=1e-12)


def test_what_is_first_traced_inside_a_graph_serves_eager_calls_too():
    loop.trace.cache_clear()
    cell, plain = cells("BasicLSTMCell", "float64", 2)
    inputs = np.random.default_rng(2).normal(size=(4, 20, INPUTS))
    expected = N.dynamic_rnn(plain, inputs)[0]
    inside = tf.function(lambda x: T.dynamic_rnn(cell, x)[0])(tf.constant(inputs))
    for outputs in (inside, T.dynamic_rnn(cell, inputs)[0]):
        np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["BasicLSTMCell", "BasicRNNCell"])
@pytest.mark.parametrize("time", [None, 20])
@pytest.mark.parametrize("start", [False, True])
def test_a_graph_whose_batch_is_open(kind, time, start):
    cell, plain = cells(kind, "float64", 3)
    spec = tf.TensorSpec([None, time, INPUTS], "float64")

    @tf.function(input_signature=[spec] + [tf.TensorSpec([None, UNITS], "float64")] * 2 * start)
    def run(inputs, *parts):
        state = None
        if parts:
            state = T.LSTMStateTuple(*parts) if kind == "BasicLSTMCell" else parts[1]
        outputs, final = T.dynamic_rnn(cell, inputs, state)
        return outputs, final, T.gradients(cell, inputs, outputs, state)

    for batch_size in (1, 4):
        rng = np.random.default_rng(batch_size)
        inputs = rng.normal(size=(batch_size, 20, INPUTS))
        state = None
        parts = rng.normal(size=(2, batch_size, UNITS)) if start else ()
        if start:
            state = T.LSTMStateTuple(*parts) if kind == "BasicLSTMCell" else parts[1]
        outputs, final, gradients = run(tf.constant(inputs), *map(tf.constant, parts))
        expected = N.dynamic_rnn(plain, inputs, state)
        np.testing.assert_allclose(numbers((outputs, final)), numbers(expected), atol=1e-12)
        by_hand = N.gradients(plain, inputs, expected[0], state)
        np.testing.assert_allclose(numbers(gradients), numbers(by_hand), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "close", ["sys.stderr = None", "os.close(2)", "sys.stderr.close()", "os.close(2); os.close(1)"]
)
def test_importing_needs_no_stderr(close, tmp_path):
    """A program without a terminal may have none, and must find its descriptors as they were."""
    result = tmp_path / "result"
    program = f"""
import os, sys
{close}
def opened():
    return [number for number in (0, 1, 2) if os.path.exists(f"/proc/self/fd/{{number}}")]
before = opened()
from lstm_lib import tensorflow_backend as T
import numpy as np
outputs, _ = T.dynamic_rnn(T.BasicLSTMCell(2), np.ones((1, 3, 1), "float32"))
found = f"{{outputs.shape}} {{before == opened()}}"
open({str(result)!r}, "w").write(found)
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert run.returncode == 0
    assert result.read_text() == "(1, 3, 2) True"
