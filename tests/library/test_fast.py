"""The fast sequence of NumPy is the plain step, forward and backward; and a change in either shows.

`plain` runs the equations of `step` one step after the other, and nothing of `fast` or `memory`.
"""

import inspect
import types
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lib import numpy_backend as L
from lstm_lib.numpy_backend import fast, memory, sequence, step
from lstm_lib.state import parts_of
from tests.library.cells import arrays, random_cell, random_sequence, random_state

# Relative to the largest number, for sums over all steps and the batch.
TOLERANCE = {"float32": 3e-6, "float64": 1e-13}


def plain(equations, cell, inputs, d_outputs, state, d_final):
    """Outputs, final state and `Gradients`, all from single steps of a module of equations."""
    lstm = isinstance(cell, L.BasicLSTMCell)
    weights = (cell.kernel, cell.bias, *([cell.forget_bias] if lstm else []))
    forward = equations.lstm_step if lstm else equations.rnn_step
    back = equations.lstm_step_back if lstm else equations.rnn_step_back
    before, steps = [parts_of(state)], []
    for x in inputs.swapaxes(0, 1):
        steps.append(forward(x, *before[-1], *weights))
        before.append((steps[-1].c, steps[-1].h) if lstm else (steps[-1].h,))
    d_kernel, d_bias = np.zeros_like(cell.kernel), np.zeros_like(cell.bias)
    d_inputs, d_state = np.zeros_like(inputs), parts_of(d_final)
    for t in reversed(range(len(steps))):
        *d_c, d_h = d_state
        x, d_h = inputs[:, t], d_h + d_outputs[:, t]
        grads = back(*d_c, d_h, x, *before[t], steps[t], cell.kernel)
        d_kernel, d_bias = d_kernel + grads.kernel, d_bias + grads.bias
        d_inputs[:, t], d_state = grads.inputs, parts_of(grads.initial_state)
    outputs = np.stack([each.h for each in steps], axis=1)
    return [outputs, *before[-1], d_kernel, d_bias, d_inputs, *d_state]


def swift(cell, inputs, d_outputs, state, d_final):
    """The same by `dynamic_rnn` and `gradients`."""
    outputs, final = L.dynamic_rnn(cell, inputs, state)
    grads = L.gradients(cell, inputs, d_outputs, state, d_final)
    return arrays((outputs, final, tuple(grads)))


def largest_difference(ones, others):
    """Over all arrays, relative to the largest number of each, but not below 1."""
    pairs = list(zip(ones, others, strict=True))
    assert all(a.shape == b.shape and a.dtype == b.dtype for a, b in pairs)
    return max(np.abs(a - b).max() / max(1, np.abs(b).max()) for a, b in pairs)


def case_of(kind, dtype="float64", batch=3, time=6, inputs=4, units=5, seed=0, **options):
    """A cell, and random inputs, gradients and states for it."""
    cell = random_cell(L, kind, dtype, units, inputs, seed, **options)
    return (
        cell,
        random_sequence(dtype, batch, time, inputs, seed),
        random_sequence(dtype, batch, time, units, seed + 1),
        random_state(kind, dtype, batch, units, seed + 2),
        random_state(kind, dtype, batch, units, seed + 3),
    )


KINDS = pytest.mark.parametrize("kind", ["BasicLSTMCell", "BasicRNNCell"])


@KINDS
@settings(max_examples=60)
@given(data=st.data())
def test_fast_equals_plain(kind, data):
    size = st.integers(1, 7)
    dtype = data.draw(st.sampled_from(["float32", "float64"]))
    sizes = {name: data.draw(size) for name in ("batch", "inputs", "units")}
    time, seed = data.draw(st.integers(1, 12)), data.draw(st.integers(0, 10**6))
    options = {"forget_bias": data.draw(st.floats(-3, 3))} if kind == "BasicLSTMCell" else {}
    cell, *given_ = case_of(kind, dtype, time=time, seed=seed, **sizes, **options)
    if data.draw(st.booleans()):
        given_[2:] = [cell.zero_state(sizes["batch"])] * 2
        found = swift(cell, *given_[:2], None, None)
    else:
        # In blocks of any number of steps, and products in pieces of any size.
        cache, small = data.draw(st.sampled_from([1, 500, 10**6])), data.draw(st.integers(1, 9))
        with (
            mock.patch.object(memory, "CACHE", cache),
            mock.patch.object(memory, "SMALL", 10**small),
        ):
            found = swift(cell, *given_)
    assert largest_difference(found, plain(step, cell, *given_)) <= TOLERANCE[dtype]


def changed(module, right, wrong):
    """Return the module with one piece of its text exchanged."""
    source = inspect.getsource(module)
    assert source.count(right) == 1, (right, source.count(right))
    other = types.ModuleType(module.__name__)
    exec(compile(source.replace(right, wrong), module.__file__, "exec"), vars(other))
    return other


MUTANTS_OF_STEP = [
    ("f = sigmoid(z_f + forget_bias)", "f = sigmoid(z_f)"),
    ("f * c_prev + i * candidate", "f * c_prev - i * candidate"),
    ("h = o * np.tanh(c)", "h = o * c"),
    ("z_i, z_j, z_f, z_o = blocks", "z_j, z_i, z_f, z_o = blocks"),
    ("d_c = d_c + d_h * o * (1 - tanh_c**2)", "d_c = d_c + d_h * o"),
    ("d_c * candidate * i * (1 - i)", "d_c * i * (1 - i)"),
    ("d_c * i * (1 - candidate**2)", "d_c * i * (1 - candidate)"),
    ("d_c * c_prev * f * (1 - f)", "d_c * c * f * (1 - f)"),
    ("d_h * tanh_c * o * (1 - o)", "d_h * tanh_c * o"),
    ("c=d_c * f, h=d_h_prev", "c=d_c, h=d_h_prev"),
    ("return 0.5 * np.tanh(0.5 * z) + 0.5", "return 0.5 * np.tanh(z) + 0.5"),
]
MUTANTS_OF_FAST = [
    ("W[units : 2 * units, -1] += forget_bias", "W[units : 2 * units, -1] -= forget_bias"),
    ("W[units:] *= np.array", "W[2 * units :] *= np.array"),
    ("np.concatenate([j, f, i, o], axis=1)", "np.concatenate([j, i, f, o], axis=1)"),
    ("np.add(kept, added, out=c_t)", "np.subtract(kept, added, out=c_t)"),
    ("np.multiply(o_t, tanh_c, out=h_t)", "np.multiply(o_t, c_t, out=h_t)"),
    ("rows[0, input_size:-1] = h", "rows[0, input_size:-1] = 0"),
    ("d_i -= h_by_c  # j i (1 - i)", "d_i += h_by_c"),
    ("d_f *= c_prev", "d_f *= c"),
    ("d_c *= f_t", "d_c *= 1"),
    ("d_c += d_tanh_c", "d_c -= d_tanh_c"),
    ("np.subtract(i, d_j, out=d_j)", "np.subtract(j, d_j, out=d_j)"),
    ("d_kernel += d_weights[:-1]", "d_kernel[...] = d_weights[:-1]"),
]


@pytest.mark.parametrize(("right", "wrong"), MUTANTS_OF_STEP)
def test_a_change_of_the_step_is_noticed(right, wrong):
    case = case_of("BasicLSTMCell")
    mutant = changed(step, right, wrong)
    assert largest_difference(swift(*case), plain(mutant, *case)) > 1e-3


@pytest.mark.parametrize(("right", "wrong"), MUTANTS_OF_FAST)
def test_a_change_of_the_fast_sequence_is_noticed(right, wrong):
    case = case_of("BasicLSTMCell")
    mutant = changed(fast, right, wrong)
    small_blocks = mock.patch.object(memory, "CACHE", 1)  # more blocks than one
    with mock.patch.object(sequence, "fast", mutant), small_blocks:
        assert largest_difference(swift(*case), plain(step, *case)) > 1e-3


@pytest.mark.parametrize("module", [step, fast])
def test_what_is_not_changed_is_not_noticed(module):
    """The way mutants are made breaks nothing by itself."""
    case = case_of("BasicLSTMCell")
    twin = changed(
        module, "from __future__ import annotations", "from __future__ import annotations"
    )
    with mock.patch.object(sequence, "fast", twin if module is fast else fast):
        found = swift(*case)
    expected = plain(twin if module is step else step, *case)
    assert largest_difference(found, expected) <= TOLERANCE["float64"]
