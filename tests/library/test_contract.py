"""The contract of the two backends: one suite, run on both."""

import importlib.util
import inspect
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

from lstm_lib._tensorflow import tf
from tests.library.cells import (
    BATCH,
    INPUTS,
    ROOT,
    TIME,
    TOLERANCE,
    UNITS,
    arrays,
    backend,
    close,
    h_of,
    lstm_step,
    normal,
    random_cell,
    random_sequence,
    random_state,
    rnn_step,
)

NUMPY, TENSORFLOW = backend("numpy"), backend("tensorflow")
PUBLIC = [
    "BasicLSTMCell",
    "BasicRNNCell",
    "CoupledLSTMCell",
    "DropoutWrapper",
    "GRUCell",
    "LSTMStateTuple",
    "MultiRNNCell",
    "PeepholeLSTMCell",
    "bidirectional_dynamic_rnn",
    "bidirectional_gradients",
    "candidate",
    "dynamic_rnn",
    "forget_gate",
    "forward",
    "gradients",
    "input_gate",
    "linear_scan",
    "output_gate",
    "sigmoid",
    "update_cell",
    "update_hidden",
]
METHODS = ["__call__", "__init__", "__repr__", "build", "trace", "zero_state"]
PROPERTIES = ["bias", "input_size", "kernel", "output_size", "state_size"]


# Names and signatures.


def test_both_backends_have_the_names_of_the_contract():
    assert sorted(NUMPY.__all__) == sorted(TENSORFLOW.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_names_and_signatures_are_equal(name):
    ours, theirs = getattr(NUMPY, name), getattr(TENSORFLOW, name)
    assert inspect.signature(ours) == inspect.signature(theirs)


@pytest.mark.parametrize("name", METHODS)
def test_method_signatures_are_equal(kind, name):
    ours, theirs = (getattr(getattr(module, kind), name) for module in (NUMPY, TENSORFLOW))
    assert inspect.signature(ours) == inspect.signature(theirs)


def test_cells_have_the_same_members(kind):
    ours, theirs = (
        {name for name in dir(getattr(module, kind)) if not name.startswith("_")}
        for module in (NUMPY, TENSORFLOW)
    )
    assert ours == theirs == {*PROPERTIES, "backend", "build", "trace", "zero_state"}


@pytest.mark.parametrize("name", PROPERTIES)
def test_properties_are_properties_in_both(kind, name):
    for module in (NUMPY, TENSORFLOW):
        assert isinstance(inspect.getattr_static(getattr(module, kind), name), property)


def test_signatures_are_those_of_the_contract(L):
    assert str(inspect.signature(L.BasicLSTMCell)) == (
        "(num_units: 'int', forget_bias: 'float' = 1.0, dtype: 'Any' = 'float32', "
        "seed: 'int | None' = 0) -> 'None'"
    )
    for run in (L.dynamic_rnn, L.forward):
        assert [*inspect.signature(run).parameters] == [
            *("cell", "inputs", "initial_state", "lengths")
        ]
    assert [*inspect.signature(L.gradients).parameters] == [
        *("cell", "inputs", "d_outputs", "initial_state", "d_final_state", "lengths")
    ]
    assert [*inspect.signature(L.forget_gate).parameters] == ["h_prev", "x", "W_f", "b_f"]
    assert [*inspect.signature(L.update_cell).parameters] == ["f", "c_prev", "i", "candidate"]
    assert [*inspect.signature(L.update_hidden).parameters] == ["o", "c"]
    assert L.LSTMStateTuple._fields == ("c", "h")


# Shapes, dtypes and names of what comes back.


def test_the_examples_of_the_contract_run(L):
    cell = L.BasicLSTMCell(num_units=5, forget_bias=1.0, dtype="float32", seed=0)
    state = cell.zero_state(batch_size=4)
    inputs = normal(np.random.default_rng(0), (4, 3), "float32")
    output, state = cell(inputs, state)
    assert output is state.h
    assert cell.trace(inputs, state)._fields == ("f", "i", "candidate", "o", "c", "h")
    sequence = random_sequence("float32")
    outputs, final = L.dynamic_rnn(cell, sequence, initial_state=None)
    grads = L.gradients(cell, sequence, outputs, initial_state=None, d_final_state=None)
    assert grads._fields == ("kernel", "bias", "inputs", "initial_state")
    assert type(final).__name__ == type(grads.initial_state).__name__ == "LSTMStateTuple"


def test_one_step_has_the_shapes_and_the_dtype(L, kind, dtype):
    cell = random_cell(L, kind, dtype)
    output, state = cell(random_sequence(dtype)[:, 0], random_state(kind, dtype))
    assert output is h_of(state)
    for array in arrays(state):
        assert array.shape == (BATCH, UNITS)
        assert array.dtype == dtype


def test_a_sequence_has_the_shapes_and_the_dtype(L, kind, dtype):
    cell = random_cell(L, kind, dtype)
    state = random_state(kind, dtype)
    outputs, final = L.dynamic_rnn(cell, random_sequence(dtype), state)
    assert outputs.shape == (BATCH, TIME, UNITS)
    assert type(final).__name__ == (
        "LSTMStateTuple" if kind == "BasicLSTMCell" else type(outputs).__name__
    )
    assert [a.shape for a in arrays(final)] == [a.shape for a in arrays(state)]
    assert {a.dtype.name for a in arrays((outputs, final))} == {dtype}


def test_gradients_have_the_shape_of_what_they_are_the_gradient_of(L, kind, dtype):
    cell, inputs = random_cell(L, kind, dtype), random_sequence(dtype)
    state = random_state(kind, dtype)
    grads = L.gradients(cell, inputs, random_sequence(dtype, inputs=UNITS), state, state)
    expected = arrays((cell.kernel, cell.bias, inputs, state))
    assert [a.shape for a in arrays(tuple(grads))] == [a.shape for a in expected]
    assert {a.dtype.name for a in arrays(tuple(grads))} == {dtype}


def test_trace_agrees_with_the_call(L, kind, dtype):
    cell, state = random_cell(L, kind, dtype), random_state(kind, dtype)
    step = cell.trace(random_sequence(dtype)[:, 0], state)
    output, new_state = cell(random_sequence(dtype)[:, 0], state)
    assert close(step.h, output, 0)
    if kind == "BasicLSTMCell":
        assert close((step.c, step.h), tuple(new_state), 0)
        f, i, j, o, c, h = arrays(tuple(step))
        assert close(f * state.c + i * j, c, TOLERANCE[dtype])
        assert close(o * np.tanh(c), h, TOLERANCE[dtype])
    else:
        assert close(np.tanh(np.asarray(step.z)), np.asarray(step.h), TOLERANCE[dtype])


def test_zero_state(L, kind, dtype):
    cell = getattr(L, kind)(UNITS, dtype=dtype)
    state = cell.zero_state(batch_size=BATCH)
    assert all(np.array_equal(a, np.zeros((BATCH, UNITS))) for a in arrays(state))
    assert {a.dtype.name for a in arrays(state)} == {dtype}
    assert len(arrays(state)) == len(arrays(cell.state_size))
    for spelling in (dtype, np.dtype(dtype), getattr(np, dtype)):
        assert close(cell.zero_state(BATCH, spelling), state, 0)


def test_sizes(L):
    lstm, rnn = L.BasicLSTMCell(UNITS), L.BasicRNNCell(UNITS)
    assert (lstm.input_size, lstm.output_size, lstm.state_size) == (None, UNITS, (UNITS, UNITS))
    assert (rnn.input_size, rnn.output_size, rnn.state_size) == (None, UNITS, UNITS)
    assert lstm.state_size._fields == ("c", "h")


@pytest.mark.parametrize("spelling", ["float64", np.float64, np.dtype("float64")])
def test_dtypes_can_be_said_in_numpys_ways(L, kind, spelling):
    assert getattr(L, kind)(UNITS, dtype=spelling).dtype == "float64"


def test_a_tensorflow_dtype_names_a_dtype(kind):
    tensor = TENSORFLOW.BasicRNNCell(1, dtype="float64").zero_state(1)
    assert getattr(NUMPY, kind)(UNITS, dtype=tensor.dtype).dtype == "float64"
    assert getattr(TENSORFLOW, kind)(UNITS, dtype=tensor.dtype).dtype == "float64"


# Weights: made, assigned, owned.


def test_the_first_call_builds(L, kind):
    cell = getattr(L, kind)(UNITS)
    cell(random_sequence("float32")[:, 0], cell.zero_state(BATCH))
    blocks = 4 if kind == "BasicLSTMCell" else 1
    assert cell.input_size == INPUTS
    assert cell.kernel.shape == (INPUTS + UNITS, blocks * UNITS)
    assert np.array_equal(cell.bias, np.zeros(blocks * UNITS))


def test_the_first_sequence_builds(L, kind, dtype):
    by_sequence, by_hand = (getattr(L, kind)(UNITS, dtype=dtype, seed=3) for _ in range(2))
    L.dynamic_rnn(by_sequence, random_sequence(dtype))
    by_hand.build(INPUTS)
    assert close(by_sequence.kernel, by_hand.kernel, 0)


def test_building_again_is_harmless(L, kind):
    cell = random_cell(L, kind, "float32")
    before = [np.asarray(cell.kernel).copy(), np.asarray(cell.bias).copy()]
    cell.build(INPUTS)
    assert np.array_equal(cell.kernel, before[0])
    assert np.array_equal(cell.bias, before[1])


def test_a_fresh_kernel_is_glorot_uniform(L):
    cell = L.BasicLSTMCell(50, dtype="float64", seed=7)
    cell.build(30)
    kernel, limit = np.asarray(cell.kernel), np.sqrt(6 / (80 + 200))
    assert np.abs(kernel).max() <= limit
    assert np.abs(kernel).max() > 0.99 * limit
    assert abs(kernel.std() - limit / np.sqrt(3)) < 0.01 * limit


def test_one_seed_gives_one_kernel(kind):
    def kernel(module, dtype, seed):
        cell = getattr(module, kind)(UNITS, dtype=dtype, seed=seed)
        cell.build(INPUTS)
        return np.asarray(cell.kernel).copy()

    first = kernel(NUMPY, "float64", 11)
    assert np.array_equal(first, kernel(TENSORFLOW, "float64", 11))
    assert np.array_equal(first.astype("float32"), kernel(NUMPY, "float32", 11))
    assert np.array_equal(first.astype("float32"), kernel(TENSORFLOW, "float32", 11))
    assert not np.array_equal(first, kernel(NUMPY, "float64", 12))


def test_without_a_seed_every_kernel_is_another(L, kind):
    first, second = (getattr(L, kind)(UNITS, seed=None) for _ in range(2))
    first.build(INPUTS), second.build(INPUTS)
    assert not np.array_equal(first.kernel, second.kernel)


def test_numpys_global_generator_is_left_alone(L, kind):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    getattr(L, kind)(UNITS).build(INPUTS)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_assignment_copies(L, kind, dtype):
    cell = getattr(L, kind)(UNITS, dtype=dtype)
    cell.build(INPUTS)
    rng = np.random.default_rng(5)
    kernel, bias = (normal(rng, w.shape, dtype) for w in (cell.kernel, cell.bias))
    kept = kernel.copy(), bias.copy()
    cell.kernel, cell.bias = kernel, bias
    kernel[:], bias[:] = 99, 99
    assert np.array_equal(cell.kernel, kept[0])
    assert np.array_equal(cell.bias, kept[1])


def test_assigning_a_kernel_builds(L, kind):
    cell = getattr(L, kind)(UNITS)
    other = random_cell(L, kind, "float32")
    cell.kernel = other.kernel
    assert cell.input_size == INPUTS
    assert np.array_equal(cell.kernel, other.kernel)
    assert not np.any(np.asarray(cell.bias))


def test_a_bias_can_be_assigned_before_the_kernel_is_there(L, kind):
    cell, other = getattr(L, kind)(UNITS), random_cell(L, kind, "float32")
    cell.bias = other.bias
    cell.build(INPUTS)
    assert np.array_equal(cell.bias, other.bias)


def test_weights_of_the_other_byte_order_become_native(L, kind):
    cell, other = random_cell(L, kind, "float32"), random_cell(L, kind, "float32", seed=8)
    cell.kernel = np.asarray(other.kernel).astype(">f4")
    assert np.array_equal(cell.kernel, other.kernel)
    assert np.asarray(cell.kernel).dtype.isnative


# The numbers of one step.


@pytest.mark.parametrize("forget_bias", [1.0, 0.0, -0.7, 2.5])
def test_one_step_equals_the_step_written_anew(L, dtype, forget_bias):
    cell = random_cell(L, "BasicLSTMCell", dtype, forget_bias=forget_bias)
    inputs, state = random_sequence(dtype)[:, 0], random_state("BasicLSTMCell", dtype)
    kernel, bias = np.asarray(cell.kernel).tolist(), np.asarray(cell.bias).tolist()
    rows = [
        lstm_step(x, c, h, kernel, bias, forget_bias)
        for x, c, h in zip(inputs.tolist(), state.c.tolist(), state.h.tolist(), strict=True)
    ]
    expected = tuple(np.array(part) for part in zip(*rows, strict=True))
    assert close(tuple(cell(inputs, state)[1]), expected, TOLERANCE[dtype])


def test_one_plain_step_equals_the_step_written_anew(L, dtype):
    cell = random_cell(L, "BasicRNNCell", dtype)
    inputs, state = random_sequence(dtype)[:, 0], random_state("BasicRNNCell", dtype)
    kernel, bias = np.asarray(cell.kernel).tolist(), np.asarray(cell.bias).tolist()
    expected = [
        rnn_step(x, h, kernel, bias) for x, h in zip(inputs.tolist(), state.tolist(), strict=True)
    ]
    assert close(cell(inputs, state)[0], np.array(expected), TOLERANCE[dtype])


@pytest.mark.parametrize(("gate", "block"), [("i", 0), ("candidate", 1), ("f", 2), ("o", 3)])
def test_each_block_of_columns_is_its_gate(L, gate, block):
    cell = random_cell(L, "BasicLSTMCell", "float64")
    inputs, state = random_sequence("float64")[:, 0], random_state("BasicLSTMCell", "float64")
    before = cell.trace(inputs, state)
    bias = np.asarray(cell.bias).copy()
    bias[block * UNITS : (block + 1) * UNITS] += 0.5
    cell.bias = bias
    after = cell.trace(inputs, state)
    moved = {
        name
        for name in ("i", "candidate", "f", "o")
        if not np.array_equal(getattr(before, name), getattr(after, name))
    }
    assert moved == {gate}


def test_the_forget_bias_is_added_at_run_time_and_not_stored(L):
    shifted, plain = (
        random_cell(L, "BasicLSTMCell", "float64", forget_bias=fb) for fb in (1.5, 0.0)
    )
    assert np.array_equal(shifted.bias, plain.bias)
    inputs, state = random_sequence("float64")[:, 0], random_state("BasicLSTMCell", "float64")
    assert not close(shifted(inputs, state)[0], plain(inputs, state)[0], 1e-3)
    assert np.array_equal(shifted.bias, plain.bias)
    bias = np.asarray(plain.bias).copy()
    bias[2 * UNITS : 3 * UNITS] += 1.5
    plain.bias = bias
    assert close(shifted(inputs, state)[0], plain(inputs, state)[0], 1e-12)
    fresh = L.BasicLSTMCell(UNITS)
    fresh.build(INPUTS)
    assert not np.any(np.asarray(fresh.bias))


def test_the_gates_of_the_text_compose_to_the_fused_cell(L, dtype):
    """The text has rows [h, x] and one matrix a gate; the cell has rows [x; h] and one for all."""
    cell = random_cell(L, "BasicLSTMCell", dtype, forget_bias=0.75)
    x, state = random_sequence(dtype)[:, 0], random_state("BasicLSTMCell", dtype)
    kernel = np.roll(np.asarray(cell.kernel), UNITS, axis=0)
    W_i, W_c, W_f, W_o = (np.ascontiguousarray(W) for W in np.split(kernel, 4, axis=1))
    b_i, b_c, b_f, b_o = np.split(np.asarray(cell.bias), 4)

    f = L.forget_gate(state.h, x, W_f, b_f + np.dtype(dtype).type(0.75))
    i = L.input_gate(state.h, x, W_i, b_i)
    new = L.candidate(state.h, x, W_c, b_c)
    o = L.output_gate(state.h, x, W_o, b_o)
    c = L.update_cell(f, L.LSTMStateTuple(*state).c, i, new)
    h = L.update_hidden(o, c)

    assert close((f, i, new, o, c, h), tuple(cell.trace(x, state)), TOLERANCE[dtype])
    assert {a.dtype.name for a in arrays((f, i, new, o, c, h))} == {dtype}


def test_the_sigmoid(L, dtype):
    z = np.array([-1e4, -800, -2, -0.5, 0, 0.5, 2, 800, 1e4], dtype)
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        result = np.asarray(L.sigmoid(z))
    expected = np.array([0, 0, *(1 / (1 + np.exp([2, 0.5, 0, -0.5, -2]))), 1, 1])
    assert close(result, expected, TOLERANCE[dtype])
    assert result.dtype == dtype
    assert np.all(np.diff(result) >= 0)


def test_a_saturated_cell_neither_overflows_nor_warns(L, dtype):
    cell = random_cell(L, "BasicLSTMCell", dtype)
    state = random_state("BasicLSTMCell", dtype)
    inputs = np.sign(random_sequence(dtype)) * np.dtype(dtype).type(1e4)
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        outputs, final = L.dynamic_rnn(cell, inputs, state)
        grads = L.gradients(cell, inputs, outputs, state)
    assert all(np.all(np.isfinite(a)) for a in arrays((outputs, final, tuple(grads))))


# Sequences.


def test_a_sequence_equals_its_steps(L, kind, dtype):
    cell, inputs = random_cell(L, kind, dtype), random_sequence(dtype)
    state = random_state(kind, dtype)
    outputs, final = L.dynamic_rnn(cell, inputs, state)
    for t in range(TIME):
        output, state = cell(inputs[:, t], state)
        assert close(np.asarray(outputs)[:, t], output, TOLERANCE[dtype])
    assert close(final, state, TOLERANCE[dtype])
    assert np.array_equal(np.asarray(outputs)[:, -1], h_of(final))


def test_no_initial_state_means_zeros(L, kind):
    cell, inputs = random_cell(L, kind, "float64"), random_sequence("float64")
    zeros = L.dynamic_rnn(cell, inputs, cell.zero_state(BATCH))
    assert close(L.dynamic_rnn(cell, inputs), zeros, 0)
    assert not close(L.dynamic_rnn(cell, inputs, random_state(kind, "float64")), zeros, 1e-3)


@pytest.mark.parametrize("time", [0, 1])
def test_short_sequences(L, kind, dtype, time):
    cell, inputs = random_cell(L, kind, dtype), random_sequence(dtype, time=time)
    state = random_state(kind, dtype)
    outputs, final = L.dynamic_rnn(cell, inputs, state)
    assert outputs.shape == (BATCH, time, UNITS)
    assert np.asarray(outputs).dtype == dtype
    expected = state if time == 0 else cell(inputs[:, 0], state)[1]
    assert close(final, expected, TOLERANCE[dtype] if time else 0)


def test_a_nan_stays_in_its_row_of_the_batch(L, kind):
    cell, inputs = random_cell(L, kind, "float64"), random_sequence("float64")
    state = random_state(kind, "float64")
    clean = L.dynamic_rnn(cell, inputs, state)
    inputs[1, 2, 0] = np.nan
    spoilt = L.dynamic_rnn(cell, inputs, state)
    outputs = np.asarray(spoilt[0])
    assert np.all(np.isnan(outputs[1, 2:]))
    assert np.all(np.isfinite(outputs[1, :2]))
    for good, bad in zip(arrays(clean), arrays(spoilt), strict=True):
        assert np.array_equal(np.delete(good, 1, axis=0), np.delete(bad, 1, axis=0))
    assert all(np.all(np.isnan(a[1])) for a in arrays(spoilt[1]))


def test_the_backends_agree(kind, dtype):
    inputs, state = random_sequence(dtype), random_state(kind, dtype)
    ours, theirs = (
        module.dynamic_rnn(random_cell(module, kind, dtype), inputs, state)
        for module in (NUMPY, TENSORFLOW)
    )
    assert close(ours, theirs, TOLERANCE[dtype])


# Who owns which memory.


def calls(L, kind, dtype):
    """Every call that returns arrays: its arguments, and how to make it."""
    cell = random_cell(L, kind, dtype)
    state, d_state = random_state(kind, dtype), random_state(kind, dtype, seed=9)
    inputs, d_outputs = random_sequence(dtype), random_sequence(dtype, inputs=UNITS, seed=10)
    step, empty = inputs[:, 0].copy(), inputs[:, :0].copy()
    return cell, {
        "call": ((step, state), lambda: cell(step, state)),
        "trace": ((step, state), lambda: tuple(cell.trace(step, state))),
        "dynamic_rnn": ((inputs, state), lambda: L.dynamic_rnn(cell, inputs, state)),
        "no steps": ((empty, state), lambda: L.dynamic_rnn(cell, empty, state)),
        "gradients": (
            (inputs, d_outputs, state, d_state),
            lambda: tuple(L.gradients(cell, inputs, d_outputs, state, d_state)),
        ),
        "gradients of no steps": (
            (empty, d_outputs, state, d_state),
            lambda: tuple(L.gradients(cell, empty, d_outputs[:, :0].copy(), state, d_state)),
        ),
    }


CALLS = ["call", "trace", "dynamic_rnn", "no steps", "gradients", "gradients of no steps"]


@pytest.mark.parametrize("name", CALLS)
def test_arguments_and_weights_are_never_changed(L, kind, dtype, name):
    cell, table = calls(L, kind, dtype)
    arguments, call = table[name]
    watched = arrays((*arguments, cell.kernel, cell.bias))
    before = [array.copy() for array in watched]
    call()
    now = arrays((*arguments, cell.kernel, cell.bias))
    assert all(np.array_equal(a, b) for a, b in zip(before, now, strict=True))


@pytest.mark.parametrize("name", CALLS)
def test_results_own_their_memory(kind, dtype, name):
    cell, table = calls(NUMPY, kind, dtype)
    arguments, call = table[name]
    earlier, results = arrays(call()), arrays(call())
    others = [*arrays(arguments), cell.kernel, cell.bias, *earlier]
    # No view: it would keep the call's whole buffer alive, and share it.
    assert all(array.flags.owndata and array.flags.writeable for array in results)
    for result in results:
        assert not any(np.shares_memory(result, other) for other in others)


@pytest.mark.parametrize("name", ["dynamic_rnn", "no steps", "gradients", "gradients of no steps"])
def test_results_of_a_sequence_share_nothing_with_each_other(kind, name):
    _, table = calls(NUMPY, kind, "float32")
    results = arrays(table[name][1]())
    pairs = [(a, b) for n, a in enumerate(results) for b in results[:n]]
    assert not any(np.shares_memory(a, b) for a, b in pairs)


@pytest.mark.parametrize("name", CALLS)
def test_results_do_not_follow_arguments_that_change_later(L, kind, dtype, name):
    """As above, but for tensors too, whose memory cannot be compared."""
    _, table = calls(L, kind, dtype)
    arguments, call = table[name]
    results = call()
    before = [array.copy() for array in arrays(results)]
    for argument in arrays(arguments):
        argument[...] = np.nan
    assert all(np.array_equal(a, b) for a, b in zip(before, arrays(results), strict=True))


@pytest.mark.parametrize("name", CALLS)
def test_a_second_call_gives_the_same(L, kind, dtype, name):
    _, table = calls(L, kind, dtype)
    first = [array.copy() for array in arrays(table[name][1]())]
    for other in table.values():
        other[1]()
    assert all(np.array_equal(a, b) for a, b in zip(first, arrays(table[name][1]()), strict=True))


def test_zero_states_are_separate_arrays():
    state, again = (NUMPY.BasicLSTMCell(UNITS).zero_state(BATCH) for _ in range(2))
    assert not np.shares_memory(state.c, state.h)
    assert not np.shares_memory(state.c, again.c)


def test_gates_and_updates_own_their_memory():
    state, x = random_state("BasicLSTMCell", "float64"), random_sequence("float64")[:, 0]
    W, b = np.ones((UNITS + INPUTS, UNITS)), np.zeros(UNITS)
    gates = [NUMPY.forget_gate, NUMPY.input_gate, NUMPY.candidate, NUMPY.output_gate]
    results = [gate(state.h, x, W, b) for gate in gates]
    results += [NUMPY.update_cell(*results), NUMPY.update_hidden(state.h, state.c)]
    for n, result in enumerate(results):
        others = [state.c, state.h, x, W, b, *results[:n]]
        assert not any(np.shares_memory(result, other) for other in others)


def test_subclasses_of_arrays_are_computed_as_arrays():
    """For np.matrix `*` means another product; the numbers must not depend on it."""
    cell, state = (
        random_cell(NUMPY, "BasicLSTMCell", "float64"),
        random_state("BasicLSTMCell", "float64"),
    )
    x = random_sequence("float64")[:, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        matrix = np.matrix(x)
    assert np.array_equal(cell(matrix, state)[0], cell(x, state)[0])


# What TensorFlow adds.


def test_tensors_are_arguments_too(kind, dtype):
    cell, inputs = random_cell(TENSORFLOW, kind, dtype), random_sequence(dtype)
    state = random_state(kind, dtype)
    tensors = tf.nest.map_structure(tf.constant, (inputs, state))
    assert close(
        TENSORFLOW.dynamic_rnn(cell, *tensors), TENSORFLOW.dynamic_rnn(cell, inputs, state), 0
    )
    assert all(tf.is_tensor(t) for t in tf.nest.flatten(TENSORFLOW.dynamic_rnn(cell, *tensors)))


def test_a_tape_of_yours_sees_the_weights():
    cell, inputs = random_cell(TENSORFLOW, "BasicLSTMCell", "float64"), random_sequence("float64")
    with tf.GradientTape() as tape:
        outputs, _ = TENSORFLOW.dynamic_rnn(cell, inputs)
        loss = tf.reduce_sum(outputs**2)
    by_tape = tape.gradient(loss, [cell.kernel, cell.bias])
    grads = TENSORFLOW.gradients(cell, inputs, 2 * outputs)
    assert close(tuple(by_tape), (grads.kernel, grads.bias), 1e-12)


def test_a_traced_function_may_leave_the_batch_open(kind):
    cell, inputs = random_cell(TENSORFLOW, kind, "float64"), random_sequence("float64")
    state = random_state(kind, "float64")
    run = tf.function(lambda x, s: TENSORFLOW.dynamic_rnn(cell, x, s))
    traced = run.get_concrete_function(
        tf.TensorSpec((None, TIME, INPUTS), "float64"),
        tf.nest.map_structure(lambda a: tf.TensorSpec((None, UNITS), "float64"), state),
    )
    result = traced(*tf.nest.map_structure(tf.constant, (inputs, state)))
    assert close(tuple(result), TENSORFLOW.dynamic_rnn(cell, inputs, state), 1e-12)


def test_weights_move_from_one_backend_to_the_other(kind, dtype):
    source, target = random_cell(TENSORFLOW, kind, dtype), getattr(NUMPY, kind)(UNITS, dtype=dtype)
    target.kernel, target.bias = source.kernel, source.bias
    assert close((target.kernel, target.bias), (source.kernel, source.bias), 0)
    source.kernel, source.bias = target.kernel * 2, target.bias * 2
    assert close((target.kernel * 2, target.bias * 2), (source.kernel, source.bias), 0)


# What an import costs.


def existing(*names):
    return [name for name in names if importlib.util.find_spec(name) is not None]


LIGHT = ["lstm_lib", "lstm_lib.state", "lstm_lib.numpy_backend", "lstm_lib.interop"]
LIGHT += existing("lstm_lib.tasks", "lstm_lib.training")
WITHOUT_TENSORFLOW = existing("lstm_lib.plotting", "lstm_lib.exercises")


def in_a_new_python(code):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("module", LIGHT)
def test_importing_it_imports_neither_tensorflow_nor_matplotlib(module):
    heavy = in_a_new_python(
        f"import sys, {module}\n"
        "print({'tensorflow', 'matplotlib', 'keras', 'tf_keras'} & set(sys.modules))"
    )
    assert heavy.strip() == "set()"


@pytest.mark.parametrize("module", WITHOUT_TENSORFLOW)
def test_importing_it_does_not_import_tensorflow(module):
    heavy = in_a_new_python(
        f"import sys, {module}\nprint({{'tensorflow', 'keras', 'tf_keras'}} & set(sys.modules))"
    )
    assert heavy.strip() == "set()"


@pytest.mark.parametrize("module", LIGHT)
def test_importing_it_takes_a_fraction_of_a_second_beyond_numpy(module):
    code = (
        "import time, numpy\n"
        f"start = time.perf_counter()\nimport {module}\nprint(time.perf_counter() - start)"
    )
    seconds = []
    while len(seconds) < 5 and (not seconds or min(seconds) >= 0.3):
        seconds.append(float(in_a_new_python(code)))
    assert min(seconds) < 0.3


def test_without_tensorflow_the_numpy_part_works_and_the_other_says_what_to_install():
    message = in_a_new_python(
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'tensorflow':\n"
        "            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Missing())\n"
        "from lstm_lib import numpy_backend, interop\n"
        "cell = numpy_backend.BasicLSTMCell(2); cell.build(1); interop.to_keras(cell)\n"
        "try:\n    import lstm_lib.tensorflow_backend\n"
        "except ModuleNotFoundError as error:\n    print(error)"
    )
    assert "needs TensorFlow, which is not installed" in message
    assert "pip install" in message
