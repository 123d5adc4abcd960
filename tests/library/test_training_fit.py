"""Training with data that are finite, wrong or NaN: what is tried, when it stops, what is kept."""

import functools
import math

import numpy as np
import pytest

from lstm_lib import numpy_backend as N
from lstm_lib import tasks, training
from lstm_lib import tensorflow_backend as T

BACKENDS = pytest.mark.parametrize("backend", [N, T], ids=["numpy", "tensorflow"])
fit = functools.partial(training.fit, progress=False)
NAMES = ("kernel", "bias", "readout_kernel", "readout_bias")


def model(inputs=3, outputs=1, units=4, backend=N):
    cell = backend.BasicLSTMCell(units, dtype="float64", seed=0)
    cell.build(inputs)
    return cell, training.make_readout(cell, outputs, seed=1)


def weights(cell, readout):
    return [np.asarray(each).copy() for each in (cell.kernel, cell.bias, *readout)]


def regression(sequences=12, time=5, outputs=1, seed=0):
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(sequences, time, 3))
    targets = np.cumsum(inputs[..., :outputs], axis=1) / 4
    return tasks.Batch(inputs, targets)


def noise(sequences=12, seed=0):
    """Sequences whose classes are drawn at random: they can be learned by heart only."""
    rng = np.random.default_rng(seed)
    return tasks.Batch(rng.normal(size=(sequences, 4, 3)), rng.integers(0, 2, (sequences, 4)))


# What is tried ------------------------------------------------------------------------------------


def test_training_data_are_never_tried():
    """Learned by heart, 8 random sequences are "solved" by a try on themselves."""
    data, others = noise(8, seed=0), noise(200, seed=1)

    def from_a_finite_set(size, rng):
        drawn = rng.integers(0, 8, size)
        return tasks.Batch(*(each[drawn] for each in data))

    steps = {"steps": 400, "learning_rate": 0.05, "evaluate_every": 20}
    by_heart = fit(*model(outputs=2, units=16), from_a_finite_set, **steps)
    assert by_heart.solved_at is not None
    held_out = fit(*model(outputs=2, units=16), from_a_finite_set, validation=others, **steps)
    assert held_out.solved_at is None
    assert max(share for _, share in held_out.accuracy) < 0.6
    finite = fit(*model(outputs=2, units=16), data, **steps)
    assert finite.solved_at is None
    assert finite.accuracy == finite.validation_loss == []


@BACKENDS
def test_validation_numbers_are_those_of_the_model_at_that_step(backend):
    cell, readout = model(backend=backend)
    others = regression(seed=1)
    history = fit(
        cell,
        readout,
        regression(),
        steps=7,
        loss=training.squared_error,
        validation=others,
        evaluate_every=3,
        tolerance=0.2,
    )
    assert [step for step, _ in history.validation_loss] == [3, 6, 7]
    assert [step for step, _ in history.accuracy] == [3, 6, 7]
    y = training.predict(cell, readout, others.inputs)
    assert history.validation_loss[-1][1] == training.squared_error(y, others.targets)[0]
    assert history.accuracy[-1][1] == training.accuracy(cell, readout, others, 0.2)
    assert 0 < history.accuracy[-1][1] < 1


def test_without_a_tolerance_no_number_is_called_right():
    options = {"steps": 4, "loss": training.squared_error, "validation": regression(seed=1)}
    history = fit(*model(), regression(), **options)
    assert history.accuracy == []
    assert len(history.validation_loss) == 1
    solved = fit(*model(), regression(), tolerance=99.0, evaluate_every=2, **options)
    assert solved.solved_at == 2


def test_all_sequences_of_a_batch_are_trained_on_before_one_comes_again():
    data, seen = regression(10), []

    def loss(y, targets):
        seen.append(targets[:, 0, 0])
        return training.squared_error(y, targets)

    fit(*model(), data, steps=6, batch_size=4, loss=loss, seed=3)
    assert [len(each) for each in seen] == [4, 4, 2, 4, 4, 2]
    everything = np.sort(data.targets[:, 0, 0])
    rounds = [np.concatenate(seen[:3]), np.concatenate(seen[3:])]
    for each in rounds:
        np.testing.assert_array_equal(np.sort(each), everything)
    assert not np.array_equal(*rounds)


def test_a_batch_and_its_order_give_the_same_run_again():
    runs = [
        fit(*model(), regression(), steps=8, batch_size=5, loss=training.squared_error, seed=seed)
        for seed in (0, 0, 1)
    ]
    assert runs[0] == runs[1]
    assert runs[0].loss != runs[2].loss


# Early stopping -----------------------------------------------------------------------------------


@BACKENDS
def test_early_stopping_ends_with_the_weights_of_the_best_try(backend):
    others = noise(100, seed=1)
    options = {"validation": others, "evaluate_every": 2, "learning_rate": 0.05}
    cell, readout = model(outputs=2, units=8, backend=backend)
    history = fit(cell, readout, noise(), steps=200, patience=4, **options)
    losses = [loss for _, loss in history.validation_loss]
    best = int(np.argmin(losses))
    assert len(losses) == best + 5  # four tries that were no better
    assert len(history.loss) == 2 * len(losses) < 200
    again, its_readout = model(outputs=2, units=8, backend=backend)
    fit(again, its_readout, noise(), steps=history.validation_loss[best][0], **options)
    for ours, theirs in zip(weights(cell, readout), weights(again, its_readout), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_loss_that_stays_the_same_is_no_better():
    options = {"validation": noise(seed=1), "evaluate_every": 1, "learning_rate": 0.0}
    history = fit(*model(outputs=2), noise(), steps=50, patience=3, **options)
    assert len(history.validation_loss) == 4


def test_with_patience_the_best_weights_are_kept_when_the_steps_run_out_too():
    cell, readout = model(outputs=2, units=8)
    others = noise(100, seed=1)
    history = fit(
        cell,
        readout,
        noise(),
        steps=60,
        validation=others,
        evaluate_every=2,
        learning_rate=0.05,
        patience=1000,
    )
    assert len(history.loss) == 60
    y = training.predict(cell, readout, others.inputs)
    value = training.softmax_cross_entropy(y, others.targets)[0]
    assert value == min(loss for _, loss in history.validation_loss)
    assert value < history.validation_loss[-1][1]


# Learning rate and gradient norm ------------------------------------------------------------------


def test_a_schedule_gives_the_rate_of_each_step():
    updates = training.adam(lambda step: [0.1, 0.01, 0.0][step - 1])
    for rate in (0.1, 0.01, 0.0):
        # Of equal gradients, Adam's update is the rate times the sign.
        assert updates({"w": np.array([2.0])})["w"] == pytest.approx([rate], rel=1e-7)


def test_fit_and_fit_stream_follow_a_schedule():
    first, other = model(), model()
    data, loss = regression(), training.squared_error
    fit(*first, data, steps=3, loss=loss)
    fit(*other, data, steps=10, loss=loss, learning_rate=lambda step: 0.01 * (step <= 3))
    for ours, theirs in zip(weights(*first), weights(*other), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    still, before = model(), weights(*model())
    training.fit_stream(
        *still, data, chunk=2, loss=loss, learning_rate=lambda step: 0.0, progress=False
    )
    for ours, theirs in zip(weights(*still), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_schedule_keeps_float32():
    updates = training.adam(lambda step: np.float64(0.1))
    assert updates({"w": np.ones(2, "float32")})["w"].dtype == "float32"


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf, None, "0.1", True])
def test_a_rate_is_a_number_of_at_least_0(rate):
    for call in (
        lambda: training.adam(rate),
        lambda: fit(*model(), regression(), steps=2, learning_rate=rate),
    ):
        with pytest.raises((TypeError, ValueError), match=r"^learning_rate: expected a .*number"):
            call()


def test_a_schedule_that_ends_below_0_is_refused_before_the_first_step():
    cell, readout = model()
    before = weights(cell, readout)
    options = {"loss": training.squared_error, "learning_rate": lambda step: (3 - step) / 10}
    with pytest.raises(ValueError, match=r"^learning_rate\(4\): expected .* at least 0, given -0"):
        fit(cell, readout, regression(), steps=6, **options)
    with pytest.raises(ValueError, match=r"^learning_rate\(4\): expected"):
        training.fit_stream(cell, readout, regression(), chunk=1, progress=False, **options)
    for ours, theirs in zip(weights(cell, readout), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@BACKENDS
def test_the_gradient_norm_is_that_before_clipping(backend):
    cell, readout = model(backend=backend)
    data = regression(4)
    _, gradients = training.loss_and_gradients(cell, readout, data, training.squared_error)
    norm = math.sqrt(sum(float(np.sum(g**2)) for g in gradients.values()))
    for max_norm in (1e-3, 10.0):
        history = fit(
            *model(backend=backend),
            data,
            steps=2,
            batch_size=4,
            loss=training.squared_error,
            max_norm=max_norm,
        )
        assert history.gradient_norm[0] == pytest.approx(norm, rel=1e-12)
        assert len(history.gradient_norm) == 2


def test_a_stream_has_a_gradient_norm_for_each_loss():
    history = training.fit_stream(
        *model(), regression(2, 24), chunk=6, loss=training.squared_error, progress=False
    )
    assert len(history.gradient_norm) == len(history.loss) == 4
    assert history.validation_loss == history.accuracy == []


# Not finite ---------------------------------------------------------------------------------------


def spoiled(part, place, value, at, calls):
    """Batches of which the one at step `at` has a number that is not finite."""

    def make_batch(size, rng):
        calls.append(size)
        batch = regression(size, seed=int(rng.integers(1000)))
        if len(calls) == at:
            getattr(batch, part)[place] = value
        return batch

    return make_batch


@BACKENDS
@pytest.mark.parametrize(
    ("part", "value", "said"),
    [("inputs", np.nan, "NaN"), ("inputs", np.inf, "inf"), ("targets", -np.inf, "-inf")],
)
def test_training_stops_at_a_number_that_is_not_finite(backend, part, value, said):
    cell, readout = model(backend=backend)
    data = spoiled(part, (3, 2, 0), value, 7, [])
    options = {"batch_size": 8, "loss": training.squared_error, "evaluate_every": 100}
    place = r"\[3, 2, 0\]"
    message = (
        f"^step 7: {part}: expected finite numbers, given {said} at {place}; "
        "the weights are those before that step$"
    )
    with pytest.raises(training.NotFiniteError, match=message) as stopped:
        fit(cell, readout, data, steps=20, **options)
    history = stopped.value.history
    assert len(history.loss) == len(history.gradient_norm) == 6
    good, good_readout = model(backend=backend)
    data = spoiled(part, (0, 0, 0), 0.0, None, [])
    fit(good, good_readout, data, steps=6, **options)
    for ours, theirs in zip(weights(cell, readout), weights(good, good_readout), strict=True):
        assert np.isfinite(ours).all()
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_array_to_blame_is_named(name):
    cell, readout = model()
    bad = np.zeros_like(dict(zip(NAMES, weights(cell, readout), strict=True))[name])
    bad[(0,) * bad.ndim] = np.nan
    if name.startswith("readout"):
        getattr(readout, name.removeprefix("readout_"))[...] = bad
    else:
        setattr(cell, name, bad)
    for call in (
        lambda: training.loss_and_gradients(cell, readout, regression(), training.squared_error),
        lambda: fit(cell, readout, regression(), steps=3, loss=training.squared_error),
    ):
        with pytest.raises(training.NotFiniteError, match=f"{name}: expected .* given NaN at"):
            call()


def test_what_overflows_on_the_way_is_named_too():
    cell, readout = model()
    readout.kernel[...] = 1e200
    with pytest.raises(training.NotFiniteError, match=r"^loss: expected .* given inf$"):
        training.loss_and_gradients(cell, readout, regression(), training.squared_error)

    def steep(y, targets):
        return 1.0, np.full_like(y, 1e308)

    with pytest.raises(training.NotFiniteError, match=r"^gradient of kernel: expected"):
        training.loss_and_gradients(cell, readout, regression(), steep)


def test_an_update_that_is_not_finite_is_not_made():
    cell, readout = model()
    before = weights(cell, readout)
    message = "^bias after the update: expected finite numbers, given NaN"

    def updates(gradients):
        return gradients | {"bias": np.full_like(gradients["bias"], np.nan)}

    with pytest.raises(training.NotFiniteError, match=message) as stopped:
        training.training_step(cell, readout, regression(), updates, loss=training.squared_error)
    assert stopped.value.history is None
    for ours, theirs in zip(weights(cell, readout), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("asked", [True, False])
def test_a_stream_stops_at_a_number_that_is_not_finite(asked):
    cell, readout = model()
    stream = regression(2, 24)
    stream.inputs[1, 13, 2] = np.nan
    if not asked:
        stream.targets[:, 12:18] = np.nan
    message = r"^chunk from step 12 on: inputs: expected .* given NaN at \[1, 1, 2\]; the weights"
    with pytest.raises(training.NotFiniteError, match=message) as stopped:
        training.fit_stream(
            cell, readout, stream, chunk=6, loss=training.squared_error, progress=False
        )
    assert len(stopped.value.history.loss) == 2
    assert all(np.isfinite(each).all() for each in weights(cell, readout))


def test_validation_data_that_are_not_finite_are_refused_before_the_first_step():
    others = regression(seed=1)
    others.inputs[2, 0, 1] = np.nan
    cell, readout = model()
    before = weights(cell, readout)
    with pytest.raises(training.NotFiniteError, match=r"^validation.inputs: .* at \[2, 0, 1\]"):
        fit(
            cell,
            readout,
            regression(),
            steps=5,
            loss=training.squared_error,
            validation=others,
        )
    for ours, theirs in zip(weights(cell, readout), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_try_that_is_not_finite_keeps_history_and_weights():
    data = spoiled("inputs", (0, 0, 0), np.nan, 3, [])  # two steps, then the try
    cell, readout = model()
    message = "^try after step 2: validation.inputs: .*; the weights are those of that step$"
    with pytest.raises(training.NotFiniteError, match=message) as stopped:
        fit(cell, readout, data, steps=9, evaluate_every=2, loss=training.squared_error)
    assert len(stopped.value.history.loss) == 2
    assert all(np.isfinite(each).all() for each in weights(cell, readout))


# Bad input ----------------------------------------------------------------------------------------


DATA = regression()
BAD = {
    "steps": [(0, "expected a positive integer, given 0"), (1.5, "expected a positive integer")],
    "batch_size": [(0, "expected a positive integer, given 0")],
    "evaluate_every": [(-1, "expected a positive integer, given -1")],
    "patience": [
        (0, "expected a positive integer, given 0"),
        (2.0, "expected a positive integer"),
        (3, "expected a validation Batch to watch, given none"),
    ],
    "tolerance": [(-1.0, "expected a positive number, given -1.0"), ("a", "expected a number")],
    "loss": [("mse", r"expected a function of \(y, targets\), given str")],
    "seed": [
        (-1, "expected None or an integer of at least 0, given -1"),
        ("0", r"expected None or an integer of at least 0, given '0' \(str\)"),
    ],
    "max_norm": [(-1, "expected a positive number, given -1.0")],
    "validation": [
        (tuple(DATA), r"expected a Batch\(inputs, targets\), given tuple"),
        (tasks.Batch(DATA.inputs, DATA.targets.tolist()), "expected an array, given list"),
        (tasks.Batch(DATA.inputs, DATA.targets[:-1]), r"expected \(12, 5\) as the first two axes"),
    ],
    "data": [
        (tuple(DATA), r"expected a Batch\(inputs, targets\), or a function .*, given tuple"),
        (DATA.inputs, r"expected a Batch\(inputs, targets\), or a function .*, given ndarray"),
        (tasks.Batch(*(each[:0] for each in DATA)), "expected at least one sequence, given none"),
        (tasks.Batch(DATA.inputs, DATA.targets.swapaxes(0, 1)), r"given shape \(5, 12, 1\)"),
    ],
}


@pytest.mark.parametrize(
    ("name", "value", "message"), [(name, *case) for name, cases in BAD.items() for case in cases]
)
def test_a_wrong_argument_gets_one_sentence_and_no_step(name, value, message):
    cell, readout = model()
    before = weights(cell, readout)
    options = {"data": DATA, "steps": 3, "loss": training.squared_error} | {name: value}
    with pytest.raises((TypeError, ValueError), match=rf"^{name}.*: .*{message}") as refused:
        fit(cell, readout, **options)
    assert "\n" not in str(refused.value)
    for ours, theirs in zip(weights(cell, readout), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_too_few_outputs_are_refused_at_the_first_step():
    cell, readout = model(outputs=1)
    with pytest.raises(
        ValueError, match=r"^targets: expected .*\(12, 5, 1\), given .*\(12, 5, 3\)"
    ):
        fit(cell, readout, regression(outputs=3), steps=500, loss=training.squared_error)
    with pytest.raises(ValueError, match=r"^targets: expected classes from 0 to 0, .*given 1"):
        fit(cell, readout, noise(), steps=500)


def test_validation_of_another_shape_is_refused_before_the_first_step():
    cell, readout = model()
    before = weights(cell, readout)
    with pytest.raises(ValueError, match=r"^targets: expected"):
        fit(
            cell,
            readout,
            regression(),
            steps=500,
            loss=training.squared_error,
            validation=regression(outputs=3),
        )
    for ours, theirs in zip(weights(cell, readout), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_function_that_returns_no_batch_is_refused():
    with pytest.raises(
        TypeError, match=r"^batch: expected a Batch\(inputs, targets\), given tuple"
    ):
        fit(*model(), lambda size, rng: tuple(DATA), steps=3)
    calls = []

    def sometimes(size, rng):
        calls.append(size)
        return noise(size) if len(calls) < 3 else tuple(noise(size))

    with pytest.raises(TypeError, match=r"^validation: expected a Batch\(inputs, targets\)"):
        fit(*model(outputs=2), sometimes, steps=9, evaluate_every=2)


def test_a_loss_whose_gradient_has_another_shape_is_refused():
    def summed(y, targets):
        return 0.0, y.sum(axis=2)

    with pytest.raises(ValueError, match=r"^d_y: expected rank 3, shape \(12, 5, 1\)"):
        fit(*model(), DATA, steps=3, loss=summed)
