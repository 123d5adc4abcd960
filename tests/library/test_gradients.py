"""Backpropagation through time: central differences, the tape, and what any gradient obeys."""

import numpy as np

from tests.library.cells import (
    BATCH,
    INPUTS,
    TIME,
    UNITS,
    arrays,
    backend,
    close,
    random_cell,
    random_sequence,
    random_state,
)

FIELDS = ("kernel", "bias", "inputs", "initial_state")


def random_case(kind, dtype, batch=BATCH, time=TIME):
    """inputs, d_outputs, initial_state and d_final_state, all random."""
    return {
        "inputs": random_sequence(dtype, batch, time),
        "d_outputs": random_sequence(dtype, batch, time, inputs=UNITS, seed=3),
        "initial_state": random_state(kind, dtype, batch),
        "d_final_state": random_state(kind, dtype, batch, seed=4),
    }


def relative_error(found, expected):
    """Of each array: the largest difference, over the largest entry."""
    pairs = list(zip(arrays(found), arrays(expected), strict=True))
    assert all(a.shape == b.shape for a, b in pairs)
    return max(np.abs(a - b).max() / np.abs(b).max() for a, b in pairs)


def small_case(L, kind, **options):
    """A cell and its case for `numerical_gradients`, which moves each number of all four times."""
    cell = random_cell(L, kind, "float64", units=3, inputs=2, **options)
    return cell, {
        "inputs": random_sequence("float64", 4, 5, 2),
        "d_outputs": random_sequence("float64", 4, 5, 3, seed=3),
        "initial_state": random_state(kind, "float64", 4, 3),
        "d_final_state": random_state(kind, "float64", 4, 3, seed=4),
    }


def numerical_gradients(L, cell, inputs, d_outputs, initial_state, d_final_state):
    """As `L.gradients`, by differences of 4th order of the forward pass alone."""
    weights = [np.asarray(w).copy() for w in (cell.kernel, cell.bias)]
    inputs, state = inputs.copy(), [array.copy() for array in arrays(initial_state)]

    def loss():
        cell.kernel, cell.bias = weights
        start = state[0] if len(state) == 1 else L.LSTMStateTuple(*state)
        outputs, final = L.dynamic_rnn(cell, inputs, start)
        ends = zip(arrays(d_final_state), arrays(final), strict=True)
        return np.sum(d_outputs * np.asarray(outputs)) + sum(np.sum(d * s) for d, s in ends)

    # The error of the differences is about step**4, that of rounding about 1e-16 / step.
    step = 1e-3

    def gradient(array):
        result = np.empty_like(array)
        for index in np.ndindex(array.shape):
            value, losses = array[index], []
            for n in (-2, -1, 1, 2):
                array[index] = value + n * step
                losses.append(loss())
            array[index] = value
            result[index] = np.dot(losses, [1, -8, 8, -1]) / (12 * step)
        return result

    grads = [gradient(array) for array in (*weights, inputs, *state)]
    loss()  # puts the weights back
    return tuple(grads)


def test_gradients_equal_central_differences(L, kind):
    cell, case = small_case(L, kind)
    found = arrays(tuple(L.gradients(cell, **case)))
    expected = numerical_gradients(L, cell, **case)
    assert all(a.shape == b.shape for a, b in zip(found, expected, strict=True))
    # Entry by entry, which is stricter than `relative_error`.
    assert max(np.max(np.abs(a / b - 1)) for a, b in zip(found, expected, strict=True)) <= 1e-7


def test_the_backends_agree_on_gradients(kind):
    case = random_case(kind, "float64", time=30)
    ours, theirs = (
        tuple(module.gradients(random_cell(module, kind, "float64"), **case))
        for module in (backend("numpy"), backend("tensorflow"))
    )
    assert relative_error(ours, theirs) <= 1e-12


def test_float32_gradients_are_those_of_float64_rounded(L, kind):
    """The same case in both precisions: 1e-5 is some 100 roundings of float32."""
    single = random_case(kind, "float32")
    double = {
        name: arrays(value)[0].astype("float64")
        if len(arrays(value)) == 1
        else L.LSTMStateTuple(*(a.astype("float64") for a in arrays(value)))
        for name, value in single.items()
    }
    small, large = random_cell(L, kind, "float32"), random_cell(L, kind, "float64")
    large.kernel = np.asarray(small.kernel).astype("float64")
    large.bias = np.asarray(small.bias).astype("float64")
    found = tuple(L.gradients(small, **single))
    assert {a.dtype.name for a in arrays(found)} == {"float32"}
    assert relative_error(found, tuple(L.gradients(large, **double))) <= 1e-5


def test_gradients_are_linear_in_what_comes_in(L, kind):
    cell, case = random_cell(L, kind, "float64"), random_case(kind, "float64")
    other = random_sequence("float64", inputs=UNITS, seed=30)
    zeros = cell.zero_state(BATCH)

    def of(d_outputs, d_final_state):
        grads = L.gradients(cell, case["inputs"], d_outputs, case["initial_state"], d_final_state)
        return arrays(tuple(grads))

    first, second = of(case["d_outputs"], case["d_final_state"]), of(other, zeros)
    scaled = case["d_final_state"]
    scaled = 3 * scaled if kind == "BasicRNNCell" else L.LSTMStateTuple(*(3 * a for a in scaled))
    together = of(3 * case["d_outputs"] - 2 * other, scaled)
    expected = [3 * a - 2 * b for a, b in zip(first, second, strict=True)]
    assert relative_error(tuple(together), tuple(expected)) <= 1e-12


def test_no_state_means_zeros(L, kind):
    cell, case = random_cell(L, kind, "float64"), random_case(kind, "float64")
    sequences, zeros = (case["inputs"], case["d_outputs"]), cell.zero_state(BATCH)
    short, full = L.gradients(cell, *sequences), L.gradients(cell, *sequences, zeros, zeros)
    assert close(tuple(short), tuple(full), 0)


def test_zero_in_zero_out(L, kind):
    cell, case = random_cell(L, kind, "float64"), random_case(kind, "float64")
    case |= {"d_outputs": 0 * case["d_outputs"], "d_final_state": None}
    assert not any(np.any(a) for a in arrays(tuple(L.gradients(cell, **case))))


def test_the_final_h_is_the_last_output(L, kind):
    cell, case = random_cell(L, kind, "float64"), random_case(kind, "float64")
    nothing, d_h = np.zeros((BATCH, UNITS)), random_sequence("float64", inputs=UNITS)[:, 0]
    d_final = d_h if kind == "BasicRNNCell" else L.LSTMStateTuple(c=nothing, h=d_h)
    case |= {"d_outputs": 0 * case["d_outputs"], "d_final_state": d_final}
    by_state = tuple(L.gradients(cell, **case))
    case["d_final_state"] = None
    case["d_outputs"][:, -1] = d_h
    assert relative_error(by_state, tuple(L.gradients(cell, **case))) <= 1e-12


def test_the_final_c_reaches_everything(L):
    cell, case = random_cell(L, "BasicLSTMCell", "float64"), random_case("BasicLSTMCell", "float64")
    nothing, d_c = np.zeros((BATCH, UNITS)), case["d_final_state"].c
    case |= {"d_outputs": 0 * case["d_outputs"]}
    case |= {"d_final_state": L.LSTMStateTuple(c=d_c, h=nothing)}
    assert all(np.any(a) for a in arrays(tuple(L.gradients(cell, **case))))


def test_gradients_of_no_steps(L, kind, dtype):
    cell, case = random_cell(L, kind, dtype), random_case(kind, dtype, time=0)
    grads = L.gradients(cell, **case)
    assert grads._fields == FIELDS
    assert np.array_equal(grads.kernel, np.zeros(cell.kernel.shape))
    assert np.array_equal(grads.bias, np.zeros(cell.bias.shape))
    assert grads.inputs.shape == (BATCH, 0, INPUTS)
    assert close(grads.initial_state, case["d_final_state"], 0)


def test_gradients_of_one_step_written_out(L):
    """dh -> dc -> the gates, for a single step: the products of the derivation, in its words."""
    cell, case = (
        random_cell(L, "BasicLSTMCell", "float64"),
        random_case("BasicLSTMCell", "float64", time=1),
    )
    x, (c0, h0), (dc1, dh1) = case["inputs"][:, 0], case["initial_state"], case["d_final_state"]
    f, i, j, o, c, _ = arrays(tuple(cell.trace(x, case["initial_state"])))
    dh = case["d_outputs"][:, 0] + dh1
    dc = dc1 + dh * o / np.cosh(c) ** 2
    dz = np.hstack(
        [
            dc * j * i * (1 - i),
            dc * i * (1 - j * j),
            dc * c0 * f * (1 - f),
            dh * np.tanh(c) * o * (1 - o),
        ]
    )
    rows = np.hstack([x, h0])
    back = dz @ np.asarray(cell.kernel).T
    expected = rows.T @ dz, dz.sum(0), back[:, None, :INPUTS], (f * dc, back[:, INPUTS:])
    assert relative_error(tuple(L.gradients(cell, **case)), expected) <= 1e-12


def test_gradients_of_weights_add_up_over_the_batch(L, kind):
    cell, case = random_cell(L, kind, "float64"), random_case(kind, "float64")

    def rows(value, b):
        parts = [array[b : b + 1] for array in arrays(value)]
        return parts[0] if len(parts) == 1 else L.LSTMStateTuple(*parts)

    whole = L.gradients(cell, **case)
    parts = [
        L.gradients(cell, **{name: rows(value, b) for name, value in case.items()})
        for b in range(BATCH)
    ]
    for name in ("kernel", "bias"):
        total = sum(np.asarray(getattr(part, name)) for part in parts)
        assert relative_error(getattr(whole, name), total) <= 1e-12
    for name in ("inputs", "initial_state"):
        columns = zip(*(arrays(getattr(part, name)) for part in parts), strict=True)
        together = tuple(np.concatenate(column) for column in columns)
        assert relative_error(tuple(arrays(getattr(whole, name))), together) <= 1e-12


def test_a_step_downhill_lowers_the_loss(L, kind):
    """The sign: gradients of the loss, not of its opposite."""
    cell, inputs = random_cell(L, kind, "float64"), random_sequence("float64")
    target = random_sequence("float64", inputs=UNITS, seed=6)

    def loss():
        return np.sum((np.asarray(L.dynamic_rnn(cell, inputs)[0]) - target) ** 2)

    before = loss()
    grads = L.gradients(cell, inputs, 2 * (np.asarray(L.dynamic_rnn(cell, inputs)[0]) - target))
    cell.kernel = np.asarray(cell.kernel) - 1e-3 * np.asarray(grads.kernel)
    cell.bias = np.asarray(cell.bias) - 1e-3 * np.asarray(grads.bias)
    assert loss() < before


def test_gradients_build_the_cell(L, kind):
    cell, case = getattr(L, kind)(UNITS), random_case(kind, "float32")
    grads = L.gradients(cell, **case)
    assert grads.kernel.shape == cell.kernel.shape == (INPUTS + UNITS, cell.kernel.shape[1])
