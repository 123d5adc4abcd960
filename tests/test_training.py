"""Loss, clipping, Adam and the loop: against independent computations."""

import math

import numpy as np
import pytest

from lstm_lib import numpy_backend as N
from lstm_lib import tasks, training


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
    readout = training.make_readout(4, 6, seed=2)
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
        readout = training.make_readout(4, len(tasks.VOCABULARY), seed=2)
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
    readout = training.make_readout(16, len(tasks.VOCABULARY), seed=1)
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
    readout = training.make_readout(4, len(tasks.VOCABULARY))
    training.fit(cell, readout, tasks.short_sentences, steps=2, progress=True)
    assert capsys.readouterr().err == ""  # TQDM_DISABLE=1 in the book's own runs
