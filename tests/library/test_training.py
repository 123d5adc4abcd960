"""Loss, clipping, Adam and the loop: against independent computations."""

import math

import numpy as np
import pytest

from lstm_lib import numpy_backend as N
from lstm_lib import tasks, training
from lstm_lib import tensorflow_backend as T


def small_batch(seed=0, batch=3, time=4, inputs=5, classes=6):
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, classes, size=(batch, time))
    targets[0, 1] = targets[2, :] = tasks.IGNORE
    return tasks.Batch(rng.normal(size=(batch, time, inputs)), targets)


def test_cross_entropy_of_one_answer_by_hand():
    y = np.array([[[0.0, math.log(3.0)]]])  # softmax (1/4, 3/4)
    loss, d_y = training.softmax_cross_entropy(y, np.array([[1]]))
    assert loss == pytest.approx(math.log(4 / 3), abs=1e-15)
    assert d_y == pytest.approx(np.array([[[0.25, -0.25]]]), abs=1e-15)


def test_cross_entropy_ignores_what_is_not_asked():
    batch = small_batch()
    y = np.random.default_rng(1).normal(size=(*batch.targets.shape, 6))
    loss, d_y = training.softmax_cross_entropy(y, batch.targets)
    ignored = batch.targets == tasks.IGNORE
    assert not d_y[ignored].any()
    changed = np.where(ignored[..., None], 99.0, y)
    assert training.softmax_cross_entropy(changed, batch.targets)[0] == loss


def test_cross_entropy_does_not_overflow():
    with np.errstate(over="raise", invalid="raise"):
        loss, _ = training.softmax_cross_entropy(np.array([[[1e4, 0.0]]]), np.array([[0]]))
    assert loss == 0.0


def test_cross_entropy_needs_an_answer():
    with pytest.raises(ValueError, match="expected at least one step with an answer, given none"):
        training.softmax_cross_entropy(np.zeros((1, 2, 3)), np.full((1, 2), tasks.IGNORE))


def test_squared_error_by_hand_counts_only_the_asked_numbers():
    y = np.array([[[9.0], [1.0]], [[7.0], [-2.0]]])
    targets = np.array([[[np.nan], [3.0]], [[np.nan], [-1.0]]])
    loss, d_y = training.squared_error(y, targets)
    assert loss == pytest.approx((4.0 + 1.0) / 2)
    assert d_y == pytest.approx(np.array([[[0.0], [-2.0]], [[0.0], [-1.0]]]))


def test_squared_error_needs_a_number():
    with pytest.raises(ValueError, match="expected at least one number, given none"):
        training.squared_error(np.zeros((1, 2, 1)), np.full((1, 2, 1), np.nan))


def test_accuracy_of_numbers_is_the_share_within_the_tolerance():
    cell = N.BasicRNNCell(2, dtype="float64")
    batch = tasks.adding(8, 50, np.random.default_rng(0))
    cell.build(2)
    readout = training.Readout(np.zeros((2, 1)), np.array([0.5]))  # always answers 0.5
    off = np.abs(batch.targets[:, -1, 0] - 0.5)
    for tolerance in (0.04, 0.2):
        share = training.accuracy(cell, readout, batch, tolerance)
        assert share == pytest.approx((off < tolerance).mean())
        assert 0 < share < 1


@pytest.mark.parametrize("cell_type", [N.BasicLSTMCell, N.BasicRNNCell])
def test_gradients_of_the_whole_model_against_differences(cell_type):
    batch = small_batch()
    cell = cell_type(4, dtype="float64", seed=1)
    cell.build(5)
    readout = training.make_readout(cell, 6, seed=2)
    _, gradients = training.loss_and_gradients(cell, readout, batch)
    parameters = {
        "kernel": cell.kernel,
        "bias": cell.bias,
        "readout_kernel": readout.kernel,
        "readout_bias": readout.bias,
    }
    assert gradients.keys() == parameters.keys()
    for name, parameter in parameters.items():
        for index in [(0,) * parameter.ndim, (-1,) * parameter.ndim]:
            kept = parameter[index]
            ends = []
            for sign in (1, -1):
                parameter[index] = kept + sign * 1e-5
                ends.append(training.loss_and_gradients(cell, readout, batch)[0])
            parameter[index] = kept
            difference = (ends[0] - ends[1]) / 2e-5
            assert gradients[name][index] == pytest.approx(difference, rel=1e-6, abs=1e-10)


def test_one_call_trains_both_backends_alike():
    from lstm_lib import tensorflow_backend as T

    runs = []
    for backend in (N, T):
        cell = backend.BasicLSTMCell(4, dtype="float64", seed=1)
        cell.build(len(tasks.VOCABULARY))
        readout = training.make_readout(cell, len(tasks.VOCABULARY), seed=2)
        history = training.fit(cell, readout, tasks.short_sentences, steps=5, progress=False)
        runs.append((history.loss, np.asarray(cell.kernel), readout.kernel))
    for numpy_result, tensorflow_result in zip(*runs, strict=True):
        assert np.allclose(numpy_result, tensorflow_result, rtol=0, atol=1e-12)


def test_clipping_scales_all_by_one_factor_and_only_if_too_long():
    gradients = {"a": np.array([3.0]), "b": np.array([[4.0]])}  # joint norm 5
    clipped = training.clip_by_global_norm(gradients, 1.0)
    assert clipped["a"] == pytest.approx([0.6])
    assert clipped["b"] == pytest.approx(np.array([[0.8]]))
    same = training.clip_by_global_norm(gradients, 10.0)
    assert same["a"][0] == 3.0
    assert gradients["a"][0] == 3.0
    assert not training.clip_by_global_norm({"a": np.zeros(2)}, 1.0)["a"].any()


def test_adam_by_hand():
    updates = training.adam(learning_rate=0.1)
    first = updates({"w": np.array([2.0])})["w"][0]
    assert first == pytest.approx(0.1, abs=1e-8)  # m / sqrt(v) is the sign at first
    second = updates({"w": np.array([-1.0])})["w"][0]
    m = (0.9 * 0.1 * 2 + 0.1 * -1) / (1 - 0.9**2)
    v = (0.999 * 0.001 * 4 + 0.001 * 1) / (1 - 0.999**2)
    assert second == pytest.approx(0.1 * m / (math.sqrt(v) + 1e-8), rel=1e-12)


def trained(seed=0, steps=100):
    cell = N.BasicRNNCell(16, dtype="float64", seed=0)
    cell.build(len(tasks.VOCABULARY))
    readout = training.make_readout(cell, len(tasks.VOCABULARY), seed=1)
    history = training.fit(
        cell, readout, tasks.short_sentences, steps=steps, seed=seed, progress=False
    )
    return cell, readout, history


def test_fit_learns_stops_when_solved_and_says_when():
    cell, readout, history = trained()
    assert history.solved_at == 50
    assert len(history.loss) == 50
    assert history.accuracy == [(50, 1.0)]
    assert history.loss[-1] < 0.1 * history.loss[0]
    fresh = tasks.short_sentences(100, np.random.default_rng(9))
    assert training.accuracy(cell, readout, fresh) == 1.0


def test_fit_out_of_steps_says_so():
    history = trained(steps=3)[2]
    assert history.solved_at is None
    assert [step for step, _ in history.accuracy] == [3]


def test_fit_is_the_same_for_the_same_seed():
    first, second, other = (trained(seed=seed, steps=10)[2].loss for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_the_bar_is_for_live_sessions(monkeypatch, capsys):
    cell = N.BasicRNNCell(4, dtype="float64")
    cell.build(len(tasks.VOCABULARY))
    readout = training.make_readout(cell, len(tasks.VOCABULARY))
    training.fit(cell, readout, tasks.short_sentences, steps=2, progress=True)
    assert capsys.readouterr().err == ""  # TQDM_DISABLE=1 in the book's own runs


# One step, early stopping, streams ---------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("loss", [training.softmax_cross_entropy, training.squared_error])
def test_a_training_step_is_the_same_in_both_backends(loss):
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(3, 20, 2))
    targets = (
        rng.integers(0, 4, (3, 20)) if "softmax" in loss.__name__ else rng.normal(size=(3, 20, 4))
    )
    batch = tasks.Batch(inputs, targets)
    after = []
    for backend in (N, T):
        cell = backend.BasicLSTMCell(5, dtype="float64", seed=1)
        readout = training.make_readout(cell, 4, seed=2)
        updates = training.adam(0.1)
        values = [
            training.training_step(cell, readout, batch, updates, loss=loss)[0] for _ in range(5)
        ]
        assert values[-1] < values[0]
        after.append([values, np.ravel(cell.kernel), np.ravel(cell.bias), readout.kernel.ravel()])
    for ours, theirs in zip(*after, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_the_parts_of_a_training_step():
    """Gradients, clipped, turned into updates, subtracted: nothing else changes a weight."""
    rng = np.random.default_rng(4)
    batch = tasks.Batch(rng.normal(size=(3, 6, 2)), rng.normal(size=(3, 6, 1)))
    cell = N.BasicLSTMCell(4, dtype="float64", seed=0)
    cell.build(2)
    readout = training.make_readout(cell, 1)
    kernel, readout_bias = cell.kernel.copy(), readout.bias.copy()
    loss = training.squared_error
    value, gradients = training.loss_and_gradients(cell, readout, batch, loss)
    clipped = training.clip_by_global_norm(gradients, 0.01)
    said, final = training.training_step(
        cell,
        readout,
        batch,
        lambda each: {k: 3 * v for k, v in each.items()},
        max_norm=0.01,
        loss=loss,
    )
    assert said == value
    np.testing.assert_array_equal(cell.kernel, kernel - 3 * clipped["kernel"])
    np.testing.assert_array_equal(readout.bias, readout_bias - 3 * clipped["readout_bias"])
    assert final.h.shape == (3, 4)


def test_early_stopping_waits_for_its_patience_and_no_longer():
    """Nothing can be learned from answers that are drawn at random."""

    def noise(size, rng):
        return tasks.Batch(rng.normal(size=(size, 3, 1)), rng.integers(0, 2, (size, 3)))

    def steps(patience):
        cell = N.BasicRNNCell(2, dtype="float64")
        cell.build(1)
        history = training.fit(
            cell,
            training.make_readout(cell, 2),
            noise,
            steps=60,
            evaluate_every=2,
            patience=patience,
            progress=False,
        )
        return history

    stopped = steps(3)
    losses = [loss for _, loss in stopped.validation_loss]
    assert len(stopped.loss) < 60
    assert stopped.solved_at is None
    assert min(losses[-3:]) >= min(losses[:-3])
    assert all(min(losses[n - 3 : n]) < min(losses[: n - 3]) for n in range(4, len(losses))), (
        "it would have stopped earlier"
    )
    assert len(steps(None).loss) == 60


def stream(time=24):
    rng = np.random.default_rng(5)
    return tasks.Batch(rng.normal(size=(2, time, 3)), rng.normal(size=(2, time, 1)))


def cell_for_stream(backend=N):
    cell = backend.BasicLSTMCell(4, dtype="float64", seed=0)
    cell.build(3)
    return cell, training.make_readout(cell, 1)


@pytest.mark.parametrize("backend", [N, T])
def test_one_chunk_as_long_as_the_stream_is_plain_backpropagation(backend):
    whole, readout = cell_for_stream(backend)
    training.training_step(
        whole, readout, stream(), training.adam(1e-2), loss=training.squared_error
    )
    cut, cut_readout = cell_for_stream(backend)
    training.fit_stream(
        cut, cut_readout, stream(), chunk=24, loss=training.squared_error, progress=False
    )
    np.testing.assert_array_equal(whole.kernel, cut.kernel)
    np.testing.assert_array_equal(readout.kernel, cut_readout.kernel)


@pytest.mark.parametrize("chunk", [1, 5, 8])
def test_the_state_is_carried_over_the_cuts(chunk):
    """Without learning, the losses of the chunks are those of the unbroken stream."""
    cell, readout = cell_for_stream()
    long = stream()
    errors = (training.predict(cell, readout, long.inputs) - long.targets) ** 2
    expected = [errors[:, t : t + chunk].mean() for t in range(0, 24, chunk)]
    history = training.fit_stream(
        cell,
        readout,
        long,
        chunk=chunk,
        learning_rate=0.0,
        loss=training.squared_error,
        progress=False,
    )
    np.testing.assert_allclose(history.loss, expected, rtol=1e-12)


def test_the_gradient_is_cut_where_the_chunk_begins():
    cell, readout = cell_for_stream()
    long = stream()
    seen = []

    def spy(y, targets):
        seen.append(y.shape[1])
        return training.squared_error(y, targets)

    training.fit_stream(cell, readout, long, chunk=10, loss=spy, progress=False)
    assert seen == [10, 10, 4]


def test_a_chunk_that_asks_nothing_is_read_and_changes_nothing():
    quiet = stream()
    quiet.targets[:, :12] = np.nan
    cell, readout = cell_for_stream()
    _, state = N.dynamic_rnn(cell, quiet.inputs[:, :12])
    second = tasks.Batch(quiet.inputs[:, 12:], quiet.targets[:, 12:])
    expected, _ = training.training_step(
        cell,
        readout,
        second,
        training.adam(1e-2),
        loss=training.squared_error,
        initial_state=state,
    )
    cell, readout = cell_for_stream()
    history = training.fit_stream(
        cell, readout, quiet, chunk=12, loss=training.squared_error, progress=False
    )
    assert history.loss == [expected]


@pytest.mark.parametrize("chunk", [0, -1, 2.5])
def test_a_chunk_is_a_positive_number_of_steps(chunk):
    cell, readout = cell_for_stream()
    with pytest.raises((TypeError, ValueError), match="chunk: expected"):
        training.fit_stream(cell, readout, stream(), chunk=chunk)


def test_a_history_draws_itself():
    import matplotlib.pyplot as plt

    training.History([1.0, 0.5, 0.25], [4.0, 2.0, 1.0], [(2, 0.75)], [(2, 0.5), (3, 1.0)], 3).plot()
    loss, norm, right = plt.gcf().axes
    np.testing.assert_array_equal(loss.lines[0].get_xydata(), [[1, 1], [2, 0.5], [3, 0.25]])
    np.testing.assert_array_equal(loss.lines[1].get_xydata(), [[2, 0.75]])
    np.testing.assert_array_equal(norm.lines[0].get_xydata(), [[1, 4], [2, 2], [3, 1]])
    np.testing.assert_array_equal(right.lines[0].get_xydata(), [[2, 0.5], [3, 1.0]])
    training.History([1.0], [4.0], [], [], None).plot()
    loss, norm = plt.gcf().axes
    assert len(loss.lines) == 1
    plt.close("all")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_loss_keeps_the_dtype(dtype):
    y = np.ones((2, 3, 4), dtype)
    for loss, targets in [
        (training.softmax_cross_entropy, np.ones((2, 3), int)),
        (training.squared_error, np.zeros((2, 3, 4), dtype)),
    ]:
        assert loss(y, targets)[1].dtype == dtype
