"""Gradients of gradients and forward mode on TensorFlow: those of single steps, in any order."""

import functools

import numpy as np
import pytest

from lstm_lib import tensorflow_backend as T
from lstm_lib._tensorflow import tf
from tests.library.cells import random_cell, random_sequence, random_state

pytestmark = pytest.mark.slow

BATCH, INPUTS, UNITS = 2, 2, 3
TIMES = pytest.mark.parametrize("time", [1, 4, 7, 20])  # compiled from 8 on
MODES = pytest.mark.parametrize("mode", [lambda f: f, tf.function], ids=["eager", "graph"])


def case(kind, time, dtype="float64"):
    cell = random_cell(T, kind, dtype, UNITS, INPUTS)
    state = random_state(kind, dtype, BATCH, UNITS)
    return (
        cell,
        tf.constant(random_sequence(dtype, BATCH, time, INPUTS)),
        tf.nest.map_structure(tf.constant, state),
    )


def single_steps(cell, inputs, state):
    outputs = []
    for x in tf.unstack(inputs, axis=1):
        output, state = cell(x, state)
        outputs.append(output)
    return tf.stack(outputs, axis=1), state


def loss_of(run, cell, inputs, state):
    outputs, final = run(cell, inputs, state)
    return tf.reduce_sum(outputs**2) + sum(map(tf.reduce_sum, map(tf.sin, tf.nest.flatten(final))))


def penalty(run, cell, inputs, state):
    """The norm of the gradient by inputs and state, and its gradients: a gradient penalty."""
    sources = [cell.kernel, cell.bias, inputs, *tf.nest.flatten(state)]
    with tf.GradientTape() as outer:
        outer.watch(sources)
        with tf.GradientTape() as inner:
            inner.watch(sources)
            loss = loss_of(run, cell, inputs, state)
        norm = tf.linalg.global_norm(inner.gradient(loss, sources[2:]))
    return [norm, *outer.gradient(norm, sources)]


@functools.cache
def by_single_steps(function, kind, time, dtype="float64"):
    """What `function(run, cell, inputs, state)` is by single steps: once for all ways to run."""
    return function(single_steps, *case(kind, time, dtype))


def largest_difference(found, expected):
    pairs = zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True)
    return max(float(tf.reduce_max(tf.abs(a - b))) for a, b in pairs)


@TIMES
@MODES
def test_a_gradient_penalty_is_that_of_single_steps(kind, time, mode):
    cell, inputs, state = case(kind, time)
    found = mode(lambda: penalty(T.dynamic_rnn, cell, inputs, state))()
    assert largest_difference(found, by_single_steps(penalty, kind, time)) <= 1e-12


@TIMES
def test_a_gradient_penalty_is_that_of_central_differences(time):
    cell, inputs, state = case("BasicLSTMCell", time)
    found, step = penalty(T.dynamic_rnn, cell, inputs, state)[1].numpy(), 1e-4
    kernel = cell.kernel.numpy()

    def norm(index, change):
        moved = kernel.copy()
        moved[index] += change
        cell.kernel = moved
        with tf.GradientTape() as tape:
            tape.watch(sources := [inputs, *state])
            loss = loss_of(T.dynamic_rnn, cell, inputs, state)
        return float(tf.linalg.global_norm(tape.gradient(loss, sources)))

    for index in [(0, 0), (1, 5), (4, 11), (3, 7)]:
        difference = (norm(index, step) - norm(index, -step)) / (2 * step)
        assert abs(found[index] - difference) <= 1e-6


def test_a_gradient_penalty_in_float32(kind):
    for time in (4, 20):
        cell, inputs, state = case(kind, time, "float32")
        found = penalty(T.dynamic_rnn, cell, inputs, state)
        assert {each.dtype.name for each in found} == {"float32"}
        expected = by_single_steps(penalty, kind, time, "float32")
        scale = max(float(tf.reduce_max(tf.abs(each))) for each in expected)
        assert largest_difference(found, expected) <= 1e-5 * scale


@pytest.mark.parametrize("time", [4, 20])
def test_gradients_can_be_differentiated(kind, time):
    cell, inputs, state = case(kind, time)
    d_outputs = tf.constant(random_sequence("float64", BATCH, time, UNITS, seed=5))
    sources = [cell.kernel, cell.bias, inputs, d_outputs, *tf.nest.flatten(state)]

    def ours():
        return T.gradients(cell, inputs, d_outputs, state)

    def theirs():
        weights = [cell.kernel, cell.bias, inputs, *tf.nest.flatten(state)]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            outputs, _ = single_steps(cell, inputs, state)
        return tape.gradient(outputs, weights, d_outputs)

    def by_sources(gradients):
        with tf.GradientTape() as tape:
            tape.watch(sources)
            size = sum(tf.reduce_sum(each**2) for each in tf.nest.flatten(gradients()))
        return tape.gradient(size, sources)

    found, expected = by_sources(ours), by_sources(theirs)
    scale = max(float(tf.reduce_max(tf.abs(each))) for each in expected)
    assert largest_difference(found, expected) <= 1e-12 * max(1, scale)


def third(run, cell, inputs, state):
    with tf.GradientTape() as tape:
        size = sum(tf.reduce_sum(g**2) for g in penalty(run, cell, inputs, state)[1:3])
    return tape.gradient(size, [cell.kernel, cell.bias])


@MODES
def test_the_third_order(kind, mode):
    given = case(kind, 9)
    found = mode(lambda: third(T.dynamic_rnn, *given))()
    assert largest_difference(found, by_single_steps(third, kind, 9)) <= 1e-11


def tangents_of(run, cell, inputs, state):
    primals = [inputs, cell.kernel, cell.bias, *tf.nest.flatten(state)]
    rng = np.random.default_rng(8)
    tangents = [tf.constant(rng.normal(size=each.shape)) for each in primals]
    with tf.autodiff.ForwardAccumulator(primals, tangents) as accumulator:
        results = tf.nest.flatten(run(cell, inputs, state))
    return [accumulator.jvp(each) for each in results]


@pytest.mark.parametrize("time", [1, 20])
@MODES
def test_forward_mode_is_that_of_single_steps(kind, time, mode):
    found = tangents_of(mode(lambda *given: T.dynamic_rnn(*given)), *case(kind, time))
    assert largest_difference(found, by_single_steps(tangents_of, kind, time)) <= 1e-12


def product(run, cell, inputs, state):
    """A Hessian times a vector, as TensorFlow's guide on forward mode writes it."""
    weights = [cell.kernel, cell.bias]
    vector = [tf.ones_like(each) for each in weights]
    with tf.autodiff.ForwardAccumulator(weights, vector) as accumulator:
        with tf.GradientTape() as tape:
            loss = loss_of(run, cell, inputs, state)
        gradients = tape.gradient(loss, weights)
    return accumulator.jvp(gradients)


@pytest.mark.parametrize("time", [4, 20])
@MODES
def test_forward_over_reverse(kind, time, mode):
    given = case(kind, time)
    found = mode(lambda: product(T.dynamic_rnn, *given))()
    expected = by_single_steps(product, kind, time)
    scale = max(float(tf.reduce_max(tf.abs(each))) for each in expected)
    assert largest_difference(found, expected) <= 1e-12 * max(1, scale)


@MODES
def test_forward_mode_through_gradients(kind, mode):
    cell, inputs, state = case(kind, 9)
    d_outputs = tf.ones((BATCH, 9, UNITS), "float64")

    def tangents(gradients):
        with tf.autodiff.ForwardAccumulator(inputs, tf.ones_like(inputs)) as accumulator:
            result = gradients()
        return accumulator.jvp(result)

    def theirs():
        with tf.GradientTape() as tape:
            outputs, _ = single_steps(cell, inputs, state)
        return tape.gradient(outputs, cell.kernel, d_outputs)

    found = mode(lambda: tangents(lambda: T.gradients(cell, inputs, d_outputs, state).kernel))()
    assert largest_difference(found, tangents(theirs)) <= 1e-11


def test_forward_mode_of_an_open_length_in_a_graph_is_refused():
    cell, inputs, _ = case("BasicLSTMCell", 4)

    @tf.function(input_signature=[tf.TensorSpec([BATCH, None, INPUTS], "float64")])
    def tangent(inputs):
        with tf.autodiff.ForwardAccumulator(inputs, tf.ones_like(inputs)) as accumulator:
            outputs, _ = T.dynamic_rnn(cell, inputs)
        return accumulator.jvp(outputs)

    with pytest.raises(ValueError, match=r"expected a known number of steps.*given an open one"):
        tangent(inputs)
