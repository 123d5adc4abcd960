"""What holds for every size, state and sequence: cases drawn by Hypothesis, the same each run."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lib import interop
from lstm_lib.numpy_backend import memory
from lstm_lib.state import LSTMStateTuple
from tests.library.cells import (
    TOLERANCE,
    arrays,
    backend,
    close,
    h_of,
    random_cell,
    random_sequence,
    random_state,
)

# Sums over all steps and the batch, relative to the largest number.
GRADIENT_TOLERANCE = {"float32": 3e-6, "float64": 1e-13}
FEW = settings(max_examples=12)
BACKENDS = pytest.mark.parametrize("name", ["numpy", "tensorflow"])
KINDS = pytest.mark.parametrize("kind", ["BasicLSTMCell", "BasicRNNCell"])
sizes, up_to_five = st.integers(1, 6), st.integers(0, 5)


@st.composite
def cases(draw, dtype="float64", times=up_to_five):
    """Sizes and a seed: all that a random cell, sequence and state are made of."""
    return {
        "batch": draw(sizes),
        "time": draw(times),
        "inputs": draw(sizes),
        "units": draw(sizes),
        "seed": draw(st.integers(0, 10**6)),
        "dtype": dtype,
        "forget_bias": draw(st.floats(-3, 3)),
    }


def cell_of(name, kind, case):
    options = {"forget_bias": case["forget_bias"]} if kind == "BasicLSTMCell" else {}
    sizes = case["units"], case["inputs"], case["seed"]
    return random_cell(backend(name), kind, case["dtype"], *sizes, **options)


def sequence_of(case, scale=1):
    values = random_sequence(
        case["dtype"], case["batch"], case["time"], case["inputs"], case["seed"]
    )
    return values * np.dtype(case["dtype"]).type(scale)


def state_of(kind, case):
    return random_state(kind, case["dtype"], case["batch"], case["units"], case["seed"] + 1)


def rows(state, which):
    parts = [array[which] for array in arrays(state)]
    return parts[0] if len(parts) == 1 else LSTMStateTuple(*parts)


@KINDS
@BACKENDS
@FEW
@given(data=st.data())
def test_shapes_and_dtypes(name, kind, data):
    case = data.draw(cases(dtype=data.draw(st.sampled_from(["float32", "float64"]))))
    L, cell, inputs = backend(name), cell_of(name, kind, case), sequence_of(case)
    state = data.draw(st.sampled_from([None, state_of(kind, case)]))
    outputs, final = L.dynamic_rnn(cell, inputs, state)
    full = (case["batch"], case["time"], case["units"])
    assert outputs.shape == full
    assert {a.shape for a in arrays(final)} == {(case["batch"], case["units"])}
    grads = L.gradients(cell, inputs, np.ones(full, case["dtype"]), state)
    assert [a.shape for a in arrays(tuple(grads))] == [
        *(cell.kernel.shape, cell.bias.shape, inputs.shape),
        *(a.shape for a in arrays(final)),
    ]
    assert {a.dtype.name for a in arrays((outputs, final, tuple(grads)))} == {case["dtype"]}


@pytest.mark.slow
@BACKENDS
@FEW
@given(case=cases(times=st.integers(1, 12)), scale=st.floats(0, 1000))
def test_h_stays_in_its_bounds_and_c_grows_by_at_most_one_a_step(name, case, scale):
    """|h| <= |tanh(c)| <= 1 as floats; |c_t| <= |c_0| + t, since |f| <= 1 and |i j| <= 1."""
    L, cell, inputs = backend(name), cell_of(name, "BasicLSTMCell", case), sequence_of(case, scale)
    state = start = state_of("BasicLSTMCell", case)
    for t in range(case["time"]):
        _, state = cell(inputs[:, t], state)
        c, h = arrays(state)
        assert np.all(np.abs(h) <= np.abs(np.tanh(c)) + 1e-15)
        assert np.all(np.abs(h) <= 1)
        assert np.all(np.abs(c) <= np.abs(start.c) + t + 1)
    assert close(L.dynamic_rnn(cell, inputs, start)[1], state, 1e-9)


@KINDS
@BACKENDS
@FEW
@given(case=cases())
def test_h_is_below_one_for_moderate_inputs(name, kind, case):
    outputs, _ = backend(name).dynamic_rnn(cell_of(name, kind, case), sequence_of(case, 0.5))
    assert np.all(np.abs(np.asarray(outputs)) < 1)


@KINDS
@BACKENDS
@FEW
@given(data=st.data())
def test_the_order_of_the_batch_does_not_matter(name, kind, data):
    case = data.draw(cases())
    order = data.draw(st.permutations(range(case["batch"])))
    L, cell, inputs = backend(name), cell_of(name, kind, case), sequence_of(case)
    state = state_of(kind, case)
    outputs, final = L.dynamic_rnn(cell, inputs, state)
    shuffled = L.dynamic_rnn(cell, inputs[order], rows(state, order))
    assert close(shuffled, (np.asarray(outputs)[order], rows(final, order)), 1e-12)


@KINDS
@BACKENDS
@FEW
@given(data=st.data())
def test_a_sequence_in_two_parts_is_the_sequence(name, kind, data):
    case = data.draw(cases())
    cut = data.draw(st.integers(0, case["time"]))
    L, cell, inputs = backend(name), cell_of(name, kind, case), sequence_of(case)
    state = state_of(kind, case)
    first, middle = L.dynamic_rnn(cell, inputs[:, :cut], state)
    second, final = L.dynamic_rnn(cell, inputs[:, cut:], middle)
    joined = np.concatenate([np.asarray(first), np.asarray(second)], axis=1)
    assert close((joined, final), L.dynamic_rnn(cell, inputs, state), 1e-12)


@pytest.mark.slow
@KINDS
@BACKENDS
@FEW
@given(data=st.data())
def test_a_sequence_is_its_single_steps(name, kind, data):
    """Forward and backward, the way back in blocks of any number of steps."""
    dtype = data.draw(st.sampled_from(["float32", "float64"]))
    case = data.draw(cases(dtype, times=st.integers(1, 12)))
    L, cell, inputs = backend(name), cell_of(name, kind, case), sequence_of(case)
    d_outputs = sequence_of(case | {"inputs": case["units"], "seed": case["seed"] + 9})
    given_state = data.draw(st.sampled_from([None, state_of(kind, case)]))
    states = [cell.zero_state(case["batch"]) if given_state is None else given_state]
    outputs = []
    for t in range(case["time"]):
        output, state = cell(inputs[:, t], states[-1])
        outputs.append(np.asarray(output))
        states.append(state)
    found = L.dynamic_rnn(cell, inputs, given_state)
    assert close(found, (np.stack(outputs, axis=1), states[-1]), TOLERANCE[dtype])

    d_state, d_inputs = None, []
    d_kernel, d_bias = np.zeros(cell.kernel.shape, dtype), np.zeros(cell.bias.shape, dtype)
    for t in reversed(range(case["time"])):
        step = slice(t, t + 1)
        one = L.gradients(cell, inputs[:, step], d_outputs[:, step], states[t], d_state)
        d_kernel, d_bias = d_kernel + np.asarray(one.kernel), d_bias + np.asarray(one.bias)
        d_inputs.insert(0, np.asarray(one.inputs))
        d_state = one.initial_state
    a_step = np.dtype(dtype).itemsize * cell.bias.shape[0] * case["batch"]
    cache = a_step * data.draw(st.integers(1, case["time"]))
    with mock.patch.object(memory, "CACHE", cache):
        whole = L.gradients(cell, inputs, d_outputs, given_state)
    steps = (d_kernel, d_bias, np.concatenate(d_inputs, axis=1), d_state)
    for both in zip(whole, steps, strict=True):
        scale = max(1, *(float(np.abs(a).max()) for a in arrays(both[1:])))
        assert close(*both, scale * GRADIENT_TOLERANCE[dtype])


@KINDS
@BACKENDS
@FEW
@given(data=st.data())
def test_gradients_of_two_parts_chain(name, kind, data):
    """The second part's gradient of its initial state is the first part's of its final state."""
    case = data.draw(cases(times=st.integers(1, 5)))
    cut = data.draw(st.integers(0, case["time"]))
    L, cell, inputs = backend(name), cell_of(name, kind, case), sequence_of(case)
    state, d_final = state_of(kind, case), state_of(kind, case | {"seed": case["seed"] + 5})
    d_outputs = sequence_of(case | {"inputs": case["units"], "seed": case["seed"] + 9})
    _, middle = L.dynamic_rnn(cell, inputs[:, :cut], state)
    late = L.gradients(cell, inputs[:, cut:], d_outputs[:, cut:], middle, d_final)
    early = L.gradients(cell, inputs[:, :cut], d_outputs[:, :cut], state, late.initial_state)
    whole = L.gradients(cell, inputs, d_outputs, state, d_final)
    for field in ("kernel", "bias"):
        parts = np.asarray(getattr(early, field)) + np.asarray(getattr(late, field))
        assert close(getattr(whole, field), parts, 1e-11)
    joined = np.concatenate([np.asarray(early.inputs), np.asarray(late.inputs)], axis=1)
    assert close(whole.inputs, joined, 1e-11)
    assert close(whole.initial_state, early.initial_state, 1e-11)


@KINDS
@BACKENDS
@FEW
@given(case=cases(times=st.integers(1, 4)))
def test_gradients_of_weights_are_sums_over_the_batch(name, kind, case):
    L, cell, inputs = backend(name), cell_of(name, kind, case), sequence_of(case)
    state, d_outputs = state_of(kind, case), sequence_of(case | {"inputs": case["units"]})
    whole = L.gradients(cell, inputs, d_outputs, state)
    each = [
        L.gradients(cell, inputs[b : b + 1], d_outputs[b : b + 1], rows(state, slice(b, b + 1)))
        for b in range(case["batch"])
    ]
    for field in ("kernel", "bias"):
        total = sum(np.asarray(getattr(part, field)) for part in each)
        assert close(getattr(whole, field), total, 1e-11)


@KINDS
@given(case=cases())
def test_the_backends_agree(kind, case):
    inputs, state = sequence_of(case), state_of(kind, case)
    ours, theirs = (
        backend(name).dynamic_rnn(cell_of(name, kind, case), inputs, state)
        for name in ("numpy", "tensorflow")
    )
    assert close(ours, theirs, 1e-12)


@pytest.mark.parametrize("layout", ["tf1", "keras", "pytorch", "onnx"])
@given(data=st.data())
def test_converters_there_and_back(layout, data):
    case = data.draw(cases(dtype=data.draw(st.sampled_from(["float32", "float64"]))))
    to, back = (getattr(interop, f"{way}_{layout}") for way in ("to", "from"))
    cell = cell_of("numpy", "BasicLSTMCell", case)
    weights = to(cell)
    again = back(weights, forget_bias=0.0)
    pairs = zip(values(to(again)), values(weights), strict=True)
    assert all(a.tobytes() == b.tobytes() for a, b in pairs)
    same = back(weights, forget_bias=case["forget_bias"])
    assert np.array_equal(same.kernel, cell.kernel)
    assert close(same.bias, cell.bias, 1e-6 if case["dtype"] == "float32" else 1e-14)
    if case["dtype"] == "float64":
        inputs, state = sequence_of(case), state_of("BasicLSTMCell", case)
        runs = [backend("numpy").dynamic_rnn(each, inputs, state) for each in (cell, same)]
        assert close(*runs, 1e-12)


def values(weights):
    return weights.values() if isinstance(weights, dict) else weights


@KINDS
@BACKENDS
@FEW
@given(case=cases(times=st.integers(2, 5)))
def test_what_comes_later_changes_nothing_before(name, kind, case):
    L, cell, inputs = backend(name), cell_of(name, kind, case), sequence_of(case)
    changed = inputs.copy()
    changed[:, -1] += 1
    (before, end), (after, other_end) = (L.dynamic_rnn(cell, x) for x in (inputs, changed))
    assert close(np.asarray(before)[:, :-1], np.asarray(after)[:, :-1], 1e-12)
    assert not np.array_equal(h_of(end), h_of(other_end))
