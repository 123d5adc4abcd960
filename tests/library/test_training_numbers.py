"""Numbers of training that must stay right where they are huge, wrong or of another shape."""

import math

import numpy as np
import pytest

from lstm_lib import numpy_backend as N
from lstm_lib import tasks, training
from lstm_lib import tensorflow_backend as T

BACKENDS = pytest.mark.parametrize("backend", [N, T], ids=["numpy", "tensorflow"])


# Clipping -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "size"),
    [("float32", 1e19), ("float64", 1e160), ("float32", 1e-23), ("float64", 1e-170)],
)
def test_clipping_of_gradients_whose_squares_overflow_or_vanish(dtype, size):
    gradients = {"a": np.array([3 * size], dtype), "b": np.array([[4 * size]], dtype)}
    max_norm = min(1.0, size)
    clipped = training.clip_by_global_norm(gradients, max_norm)
    tolerance = 1e-6 if dtype == "float32" else 1e-15
    assert clipped["a"].dtype == clipped["b"].dtype == dtype
    assert clipped["a"] / max_norm == pytest.approx([0.6], rel=tolerance)
    assert clipped["b"] / max_norm == pytest.approx(np.array([[0.8]]), rel=tolerance)


def test_clipping_of_the_largest_numbers_there_are():
    for dtype in ("float32", "float64"):
        largest = np.finfo(dtype).max
        clipped = training.clip_by_global_norm({"a": np.full(4, largest, dtype)}, 1.0)
        assert clipped["a"] == pytest.approx(np.full(4, 0.5), rel=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_clipping_of_common_numbers_is_the_textbook_formula_to_the_last_bit(dtype):
    rng = np.random.default_rng(0)
    for _ in range(200):
        size, max_norm = 10.0 ** rng.integers(-6, 6), float(10.0 ** rng.integers(-3, 3))
        gradients = {
            "a": (size * rng.normal(size=(7, 5))).astype(dtype),
            "b": rng.normal(size=5).astype(dtype),
        }
        norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
        clipped = training.clip_by_global_norm(gradients, max_norm)
        for name, g in gradients.items():
            expected = g * min(1.0, max_norm / norm)
            np.testing.assert_array_equal(clipped[name], expected)


def test_what_clipping_returns_shares_no_memory_with_the_gradients():
    gradients = {"a": np.array([3.0])}
    for max_norm in (1.0, 10.0, math.inf):
        clipped = training.clip_by_global_norm(gradients, max_norm)
        assert not np.shares_memory(clipped["a"], gradients["a"])
    assert clipped["a"] == [3.0]


@pytest.mark.parametrize(("value", "said"), [(np.inf, "inf"), (-np.inf, "-inf"), (np.nan, "NaN")])
def test_clipping_names_a_gradient_that_is_not_finite(value, said):
    gradients = {"kernel": np.ones((2, 2)), "bias": np.array([0.0, value])}
    message = rf"^gradient of bias: expected finite numbers, given {said} at \[1\]$"
    with pytest.raises(training.NotFiniteError, match=message):
        training.clip_by_global_norm(gradients, 1.0)


@pytest.mark.parametrize("max_norm", [-1, 0, -math.inf, math.nan, None, "1"])
def test_clipping_refuses_a_norm_that_is_not_positive(max_norm):
    with pytest.raises((TypeError, ValueError), match=r"^max_norm: expected a .*number, given"):
        training.clip_by_global_norm({"a": np.ones(2)}, max_norm)


# Cross entropy ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "far"), [("float32", 200.0), ("float64", 1000.0)])
def test_cross_entropy_of_a_class_far_below_the_largest(dtype, far):
    y = np.array([[[0.0, far]]], dtype)
    loss, d_y = training.softmax_cross_entropy(y, np.array([[0]]))
    assert loss == far
    np.testing.assert_array_equal(d_y, [[[-1, 1]]])


@pytest.mark.parametrize("wrong", [-2, 3, 99])
def test_cross_entropy_refuses_a_class_that_is_none(wrong):
    y = np.zeros((1, 3, 3))
    message = rf"^targets: expected classes from 0 to 2, or IGNORE \(-1\), given {wrong}$"
    with pytest.raises(ValueError, match=message):
        training.softmax_cross_entropy(y, np.array([[0, tasks.IGNORE, wrong]]))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
def test_classes_are_integers_of_any_size(dtype):
    y = np.random.default_rng(0).normal(size=(2, 3, 4))
    targets = np.array([[0, 1, 2], [3, 2, 1]])
    expected = training.softmax_cross_entropy(y, targets)[0]
    assert training.softmax_cross_entropy(y, targets.astype(dtype))[0] == expected


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (np.zeros((2, 3)), "an array of integers, given dtype float64; for numbers, the loss is"),
        (np.zeros((2, 3), bool), "an array of integers, given dtype bool"),
        ([[0, 0, 0]] * 2, "an array of integers, given list"),
        (np.zeros((3, 2), int), r"expected shape \(2, 3\), a class for each step, given .*\(3, 2"),
        (np.zeros((2, 1), int), r"expected shape \(2, 3\), a class for each step, given .*\(2, 1"),
        (np.zeros((2, 3, 1), int), r"expected shape \(2, 3\), .* given shape \(2, 3, 1\)"),
    ],
)
def test_cross_entropy_refuses_what_are_no_classes(targets, message):
    with pytest.raises((TypeError, ValueError), match=rf"^targets: .*{message}"):
        training.softmax_cross_entropy(np.zeros((2, 3, 4)), targets)


# Squared error ------------------------------------------------------------------------------------


def test_squared_error_is_the_mean_of_the_squares():
    rng = np.random.default_rng(0)
    y, targets = rng.normal(size=(2, 8, 5, 3))
    loss, d_y = training.squared_error(y, targets)
    assert loss == pytest.approx(np.mean((y - targets) ** 2), rel=1e-15)
    np.testing.assert_allclose(d_y, 2 * (y - targets) / y.size, rtol=1e-15)


@pytest.mark.parametrize("shape", [(8, 5, 1), (1, 5, 3), (8, 1, 3), (5, 3), (8, 5), (8, 5, 3, 1)])
def test_squared_error_broadcasts_nothing(shape):
    with pytest.raises(ValueError, match=r"^targets: expected .*\(8, 5, 3\), given"):
        training.squared_error(np.ones((8, 5, 3)), np.zeros(shape))


@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_squared_error_refuses_another_dtype(dtype):
    with pytest.raises(TypeError, match=f"^targets: expected dtype float64, given {dtype}"):
        training.squared_error(np.ones((2, 3, 1)), np.zeros((2, 3, 1), dtype))


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        (training.softmax_cross_entropy, np.zeros((2, 3), int)),
        (training.squared_error, np.zeros((2, 3))),
    ],
)
@pytest.mark.parametrize("y", [np.zeros((2, 3)), np.zeros((2, 3, 1), int), [[0.0]]])
def test_losses_refuse_what_is_no_y(loss, targets, y):
    with pytest.raises((TypeError, ValueError), match=r"^y: expected"):
        loss(y, targets)


# Defaults that fit --------------------------------------------------------------------------------


@BACKENDS
@pytest.mark.parametrize("options", [{}, {"dtype": "float64"}])
def test_a_readout_is_made_for_its_cell(backend, options):
    cell = backend.BasicLSTMCell(5, **options)
    readout = training.make_readout(cell, 3)
    assert readout.kernel.dtype == readout.bias.dtype == cell.dtype
    assert readout.kernel.shape == (5, 3)


@BACKENDS
@pytest.mark.parametrize(
    ("make_batch", "loss"),
    [
        (tasks.short_sentences, training.softmax_cross_entropy),
        (lambda size, rng: tasks.adding(10, size, rng), training.squared_error),
    ],
)
def test_the_defaults_of_cell_and_readout_can_be_trained(backend, make_batch, loss):
    cell = backend.BasicLSTMCell(5)
    batch = make_batch(8, np.random.default_rng(0)).astype(cell.dtype)
    readout = training.make_readout(cell, 32 if batch.targets.ndim == 2 else 1)
    history = training.fit(cell, readout, batch, steps=30, loss=loss, progress=False)
    assert history.loss[-1] < history.loss[0]
    assert np.asarray(cell.kernel).dtype == readout.kernel.dtype == "float32"


def test_a_batch_of_another_dtype_has_rounded_numbers_and_the_same_classes():
    rng = np.random.default_rng(0)
    numbers, classes = tasks.adding(10, 3, rng), tasks.short_sentences(3, rng)
    for dtype in ("float32", "float64"):
        np.testing.assert_array_equal(numbers.astype(dtype).inputs, numbers.inputs.astype(dtype))
        assert numbers.astype(dtype).targets.dtype == dtype
        assert classes.astype(dtype).targets.dtype == classes.targets.dtype
    with pytest.raises(TypeError, match=r"expected float32 or float64, given 'int32'"):
        numbers.astype("int32")


@pytest.mark.parametrize(
    ("readout", "message"),
    [
        (training.Readout(np.zeros((4, 2)), np.zeros(2)), "kernel: expected dtype float32, given"),
        (training.Readout(np.zeros((5, 2), "f4"), np.zeros(2, "f4")), r"kernel: .*\(4, num_out"),
        (training.Readout(np.zeros((4, 2), "f4"), np.zeros(3, "f4")), r"bias: .*\(2,\), given"),
        ((np.zeros((4, 2)), np.zeros(2)), ": expected a Readout, given tuple"),
    ],
)
def test_a_readout_that_does_not_fit_its_cell_is_refused(readout, message):
    cell = N.BasicLSTMCell(4)
    inputs = np.zeros((3, 5, 2), "float32")
    batch = tasks.Batch(inputs, np.zeros((3, 5), int))
    calls = [
        lambda: training.predict(cell, readout, inputs),
        lambda: training.loss_and_gradients(cell, readout, batch),
        lambda: training.fit(cell, readout, batch, steps=1, progress=False),
        lambda: training.fit_stream(cell, readout, batch, chunk=2, progress=False),
    ]
    for call in calls:
        with pytest.raises((TypeError, ValueError), match=f"^readout.?{message}"):
            call()


@pytest.mark.parametrize("cell", [4, None, "LSTM", [N.BasicLSTMCell(4), N.BasicLSTMCell(4)]])
def test_what_is_no_cell_is_refused_by_its_kind(cell):
    good = N.BasicLSTMCell(4, dtype="float64")
    readout = training.make_readout(good, 32)
    message = f"^cell: expected one cell of .*_backend or .*_backend, given {type(cell).__name__}$"
    for call in (
        lambda: training.make_readout(cell, 32),
        lambda: training.fit(cell, readout, tasks.short_sentences, steps=1, progress=False),
    ):
        with pytest.raises(TypeError, match=message):
            call()


# Measures -----------------------------------------------------------------------------------------


def constant_model(*answers):
    """A model that always gives the same answers."""
    cell = N.BasicRNNCell(2, dtype="float64")
    cell.build(1)
    return cell, training.Readout(np.zeros((2, len(answers))), np.array(answers, float))


def numbers(*targets):
    """One sequence of numbers, one a step."""
    targets = np.array(targets, float).reshape(1, len(targets), -1)
    return tasks.Batch(np.zeros((1, targets.shape[1], 1)), targets)


def test_r_squared_by_hand():
    batch = numbers(1.0, 2.0, np.nan, 6.0)  # mean 3, squares 4 + 1 + 9
    assert training.r_squared(*constant_model(3.0), batch) == 0.0
    assert training.r_squared(*constant_model(4.0), batch) == pytest.approx(1 - 17 / 14)


def test_r_squared_of_a_model_that_is_right_is_one():
    rng = np.random.default_rng(0)
    cell = N.BasicLSTMCell(3, dtype="float64")
    inputs = rng.normal(size=(4, 5, 2))
    cell.build(2)
    readout = training.make_readout(cell, 2)
    batch = tasks.Batch(inputs, training.predict(cell, readout, inputs))
    assert training.r_squared(cell, readout, batch) == 1.0


def test_r_squared_takes_the_mean_of_each_output_by_itself():
    batch = numbers((1.0, 100.0), (3.0, 104.0))
    assert training.r_squared(*constant_model(2.0, 102.0), batch) == 0.0
    assert training.r_squared(*constant_model(2.0, 103.0), batch) == pytest.approx(1 - 12 / 10)


def test_r_squared_refuses_targets_that_do_not_differ_and_classes():
    with pytest.raises(ValueError, match=r"^targets: expected numbers that differ, given none"):
        training.r_squared(*constant_model(3.0), numbers(3.0, 3.0))
    classes = tasks.Batch(np.zeros((1, 2, 1)), np.zeros((1, 2), int))
    with pytest.raises(ValueError, match=r"^targets: expected rank 3"):
        training.r_squared(*constant_model(3.0), classes)


@pytest.mark.parametrize("tolerance", [None, 0, -0.1, math.nan, "0.1"])
def test_the_accuracy_of_numbers_needs_a_positive_tolerance(tolerance):
    with pytest.raises((TypeError, ValueError), match=r"^tolerance: expected"):
        training.accuracy(*constant_model(3.0), numbers(1.0, 2.0), tolerance)


def test_accuracy_refuses_answers_that_are_not_finite():
    cell, readout = constant_model(1.0, 2.0)
    batch = tasks.Batch(np.zeros((2, 3, 1)), np.array([[0, 1, 0], [1, 1, tasks.IGNORE]]))
    batch.inputs[1, 2] = np.nan  # not asked for
    assert training.accuracy(cell, readout, batch) == 3 / 5
    batch.inputs[1, 1] = np.nan
    with pytest.raises(training.NotFiniteError, match=r"^y: expected finite numbers, given NaN"):
        training.accuracy(cell, readout, batch)


def test_accuracy_needs_an_answer_and_outputs_for_all_classes():
    cell, readout = constant_model(1.0, 2.0)
    inputs = np.zeros((1, 2, 1))
    with pytest.raises(ValueError, match=r"expected at least one answer to try, given none"):
        training.accuracy(cell, readout, tasks.Batch(inputs, np.full((1, 2), tasks.IGNORE)))
    with pytest.raises(ValueError, match=r"expected classes from 0 to 1, .* given 2"):
        training.accuracy(cell, readout, tasks.Batch(inputs, np.full((1, 2), 2)))
    with pytest.raises(ValueError, match=r"expected numbers that|expected shape|expected rank"):
        training.accuracy(cell, readout, numbers(1.0, 2.0), 0.1)
