"""sLSTM, mLSTM and attention: written-out steps, other ways to the same numbers, and Keras."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import attention as benchmark
from experiments import recall
from lstm_lib import tasks
from lstm_lib._tensorflow import tf
from lstm_lib.numpy_backend.step import sigmoid
from lstm_lib.today import (
    MLSTMState,
    SLSTMState,
    attention,
    causal_attention,
    m_lstm,
    m_lstm_step,
    s_lstm,
    s_lstm_step,
)

BATCH, TIME, INPUTS, UNITS = 2, 7, 3, 4


def layer(columns, rows=INPUTS, seed=0, dtype="float64"):
    """Inputs, a kernel and a bias."""
    rng = np.random.default_rng(seed)
    shapes = (BATCH, TIME, INPUTS), (rows, columns), (columns,)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def close(given, wanted):
    assert given.shape == wanted.shape
    np.testing.assert_allclose(given, wanted, rtol=1e-12, atol=1e-12)


# By hand, with gates that are easy to reckon with: f = 1/2, i = 2 and then 1, o = 1/2.


def test_two_steps_of_s_lstm_written_out():
    state = SLSTMState(*np.zeros((4, 1, 1)))
    j_1, j_2 = math.atanh(0.5), math.atanh(-0.4)
    state = s_lstm_step(np.array([[math.log(2), j_1, 0.0, 0.0]]), state)
    scale = np.exp(state.m)
    close(np.array([state.c * scale, state.n * scale, state.h]).ravel(), np.array([1, 2, 0.25]))
    state = s_lstm_step(np.array([[0.0, j_2, 0.0, 0.0]]), state)
    scale = np.exp(state.m)
    # c = 1/2 * 1 - 0.4, n = 1/2 * 2 + 1, h = 1/2 * 0.1 / 2
    close(np.array([state.c * scale, state.n * scale, state.h]).ravel(), np.array([0.1, 2, 0.025]))


def test_two_steps_of_m_lstm_written_out():
    state = MLSTMState(np.zeros((1, 4, 4)), np.zeros((1, 4)), np.zeros(1))
    e = np.eye(4)[:, None]  # unit vectors, as batches of one
    half = np.zeros(1)  # sigmoid(0)
    read, state = m_lstm_step(e[0], 2 * e[0], 3 * e[2], np.log([2.0]), half, state)
    # C = 2 * 3 e_2 (2 e_0)^T / 2: 6 e_2 e_0^T; n = 2 e_0; read = 6 e_2 / max(2, 1)
    close(read, 3 * e[2])
    read, state = m_lstm_step(e[0], 2 * e[1], e[3], np.log([1.0]), half, state)
    close((state.C * np.exp(state.m))[0], 3 * np.outer(e[2], e[0]) + np.outer(e[3], e[1]))
    close(read, 3 * e[2])  # 3 e_2 / max(1, 1): the second pair is not in the way of the first
    read, _ = m_lstm_step(e[1], 0 * e[0], e[0], half, half, state)
    close(read, 0.5 * e[3])  # half is kept, and the size is at least 1


def exact_sigmoid(z):
    """To all digits for a small result, too, which the library's, made of a tanh, is not."""
    return 1 / (1 + np.exp(-z))


def plain_s_lstm(z, c, n):
    """The first equations of `s_lstm_step`, as they stand."""
    z_i, z_j, z_f, z_o = np.split(z, 4, axis=1)
    c = exact_sigmoid(z_f) * c + np.exp(z_i) * np.tanh(z_j)
    n = exact_sigmoid(z_f) * n + np.exp(z_i)
    return c, n, sigmoid(z_o) * c / n


@given(st.integers(0, 10**6), st.floats(0.1, 20))
def test_stabilised_s_lstm_is_the_plain_one_where_that_is_finite(seed, scale):
    rng = np.random.default_rng(seed)
    state, c, n = SLSTMState(*np.zeros((4, BATCH, UNITS))), 0.0, 0.0
    for _ in range(TIME):
        z = scale * rng.normal(size=(BATCH, 4 * UNITS))
        state = s_lstm_step(z, state)
        c, n, h = plain_s_lstm(z, c, n)
        np.testing.assert_allclose(state.h, h, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(state.n * np.exp(state.m), n, rtol=1e-9)


@given(st.integers(0, 10**6), st.floats(0.1, 20))
def test_stabilised_m_lstm_is_the_plain_one_where_that_is_finite(seed, scale):
    rng = np.random.default_rng(seed)
    state = MLSTMState(*(np.zeros((BATCH, *shape)) for shape in ((UNITS, UNITS), (UNITS,), ())))
    C, n = 0.0, 0.0
    for _ in range(TIME):
        q, k, v = rng.normal(size=(3, BATCH, UNITS))
        z_i, z_f = scale * rng.normal(size=(2, BATCH))
        read, state = m_lstm_step(q, k, v, z_i, z_f, state)
        i, f = np.exp(z_i)[:, None], exact_sigmoid(z_f)[:, None]
        C = f[:, None] * C + i[:, None] * np.einsum("bv,bk->bvk", v, k) / 2  # sqrt(4)
        n = f * n + i * k / 2
        size = np.maximum(np.abs(np.sum(n * q, axis=1, keepdims=True)), 1)
        wanted = np.einsum("bvk,bk->bv", C, q) / size
        np.testing.assert_allclose(read, wanted, rtol=1e-9, atol=1e-9 * np.abs(wanted).max())


def test_what_is_too_large_for_the_plain_gate_is_not_for_the_stabilised_one():
    z = np.full((1, 4), 1000.0)
    z[0, 1] = 0.3
    state = s_lstm_step(z, SLSTMState(*np.zeros((4, 1, 1))))
    close(state.h, np.tanh([[0.3]]))
    state = MLSTMState(np.zeros((1, 2, 2)), np.zeros((1, 2)), np.zeros(1))
    one = np.ones((1, 2))
    read, state = m_lstm_step(one, one, one, np.array([1000.0]), np.array([1000.0]), state)
    close(read, one)
    # and what was written with next to no weight is read as nothing
    zeros = MLSTMState(np.zeros((1, 2, 2)), np.zeros((1, 2)), np.zeros(1))
    for _ in range(3):
        read, zeros = m_lstm_step(one, one, one, np.array([-2000.0]), np.array([-2000.0]), zeros)
    assert (read == 0).all()


def test_layers_make_their_steps_from_a_state_of_zeros():
    inputs, kernel, bias = layer(4 * UNITS, INPUTS + UNITS)
    state = SLSTMState(*np.zeros((4, BATCH, UNITS)))
    for t in range(TIME):
        z = np.concatenate([inputs[:, t], state.h], axis=1) @ kernel + bias
        state = s_lstm_step(z, state)
        close(s_lstm(inputs, kernel, bias)[:, t], state.h)
    inputs, kernel, bias = layer(4 * UNITS + 2)
    state = MLSTMState(*(np.zeros((BATCH, *shape)) for shape in ((UNITS, UNITS), (UNITS,), ())))
    for t in range(TIME):
        z = inputs[:, t] @ kernel + bias
        q, k, v, z_o = np.split(z[:, :-2], 4, axis=1)
        read, state = m_lstm_step(q, k, v, z[:, -2], z[:, -1], state)
        close(m_lstm(inputs, kernel, bias)[:, t], sigmoid(z_o) * read)


# Attention.


def test_attention_is_a_mean_over_the_steps_so_far():
    inputs, kernel, bias = layer(3 * UNITS)
    outputs = attention(inputs, kernel, bias)
    for t in range(TIME):
        q, k, v = np.split(inputs[:, : t + 1] @ kernel + bias, 3, axis=2)
        for b in range(BATCH):
            weights = [math.exp(q[b, t] @ k[b, s] / 2) for s in range(t + 1)]  # sqrt(4)
            wanted = sum(w * v[b, s] for s, w in enumerate(weights)) / sum(weights)
            close(outputs[b, t], wanted)


def test_attention_is_that_of_keras():
    q, k, v = np.random.default_rng(1).normal(size=(3, BATCH, TIME, UNITS))
    keras = tf.keras.layers.Attention(dtype="float64")
    wanted = keras([q / np.sqrt(UNITS), v, k], use_causal_mask=True)
    close(causal_attention(q, k, v), wanted.numpy())


def test_scores_that_are_too_large_for_an_exponential():
    q = np.full((1, 3, 1), 1e4)
    k = np.array([[[1.0], [3.0], [2.0]]])
    close(causal_attention(q, k, k)[0, :, 0], np.array([1.0, 3.0, 3.0]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_results_have_the_dtype_of_what_comes_in(dtype):
    assert s_lstm(*layer(4 * UNITS, INPUTS + UNITS, dtype=dtype)).dtype == dtype
    assert m_lstm(*layer(4 * UNITS + 2, dtype=dtype)).dtype == dtype
    assert attention(*layer(3 * UNITS, dtype=dtype)).dtype == dtype


@pytest.mark.parametrize(
    ("function", "columns", "says"),
    [
        (attention, 13, r"kernel: expected 3 \* num_units columns, given 13"),
        (m_lstm, 16, r"kernel: expected 4 \* num_units \+ 2 columns, given 16"),
        (m_lstm, 2, r"kernel: expected 4 \* num_units \+ 2 columns, given 2"),
        (s_lstm, 12, r"kernel: expected shape \(input_size \+ num_units, 0\)"),
    ],
)
def test_a_kernel_that_fits_no_number_of_units(function, columns, says):
    with pytest.raises(ValueError, match=says):
        function(*layer(columns))


def test_one_more_step_is_the_last_one_of_all():
    """What the benchmark calls a step computes what a layer of the whole sequence does."""
    inputs, kernel, bias = layer(3 * UNITS)
    _, keys, values = np.split(inputs[0] @ kernel + bias, 3, axis=1)
    keys[-1] = values[-1] = np.nan  # written by the step itself
    found = benchmark.next_output(inputs[0, -1], kernel, bias, keys, values)
    np.testing.assert_allclose(found, attention(inputs, kernel, bias)[0, -1], rtol=1e-6)


def test_the_calls_of_the_benchmark_run_the_same_step():
    calls = benchmark.calls(12, 4)
    for name in ("LSTM", "attention"):
        np.testing.assert_allclose(
            np.ravel(calls[f"{name}, one step"]()), calls[name]()[0, -1], rtol=1e-4, atol=1e-6
        )
    assert benchmark.numbers_kept(12, 4) == {"LSTM": 8, "attention": 96}


# The layers that the experiments train, in another language: the same equations.


@pytest.mark.parametrize(
    ("name", "function", "columns"),
    [("mLSTM", m_lstm, 4 * UNITS + 2), ("attention", attention, 3 * UNITS)],
)
def test_layers_that_are_trained_all_steps_at_once(name, function, columns):
    inputs, kernel, bias = layer(columns, dtype="float32")
    weights = {"W": kernel[None], "b": bias[None]}
    found = recall.LAYERS[name].forward(weights, tf.constant(inputs[None]))[0]
    np.testing.assert_allclose(found, function(inputs, kernel, bias), atol=1e-5)


def test_s_lstm_that_is_trained():
    inputs, kernel, bias = layer(4 * UNITS, INPUTS + UNITS, dtype="float32")
    weights = {"W": kernel[None, :INPUTS], "R": kernel[None, INPUTS:], "b": bias[None]}
    found = recall.LAYERS["sLSTM"].forward(weights, tf.constant(inputs[None]))[0]
    np.testing.assert_allclose(found, s_lstm(inputs, kernel, bias), atol=1e-5)


# The task.


@given(st.integers(1, tasks.KEYS), st.integers(0, 1000))
def test_key_values_asks_for_each_key_once(pairs, seed):
    inputs, targets = tasks.key_values(pairs, 3, np.random.default_rng(seed))
    assert inputs.shape == (3, 2 * pairs, tasks.KEYS + tasks.VALUES)
    assert (targets[:, :pairs] == tasks.IGNORE).all()
    assert (inputs[:, pairs:, tasks.KEYS :] == 0).all()
    for sequence, answers in zip(inputs, targets, strict=True):
        keys = sequence[:, : tasks.KEYS].argmax(axis=1)
        told = dict(zip(keys[:pairs], sequence[:pairs, tasks.KEYS :].argmax(axis=1), strict=True))
        assert len(told) == pairs
        assert sorted(keys[pairs:]) == sorted(keys[:pairs])
        assert [told[key] for key in keys[pairs:]] == list(answers[pairs:])


def test_key_values_has_no_more_pairs_than_keys():
    with pytest.raises(ValueError, match="pairs: expected at most 32, given 33"):
        tasks.key_values(33, 1, np.random.default_rng(0))
