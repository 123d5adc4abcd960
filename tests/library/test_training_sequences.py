"""Training with lengths, layers and dropout: one run forward, padding unseen, weights by name."""

import numpy as np
import pytest

from lstm_lib import numpy_backend as N
from lstm_lib import tasks, training
from lstm_lib import tensorflow_backend as T
from tests.library.cells import close

BACKENDS = pytest.mark.parametrize("L", [N, T], ids=["numpy", "tensorflow"])
LENGTHS = np.array([5, 2, 0, 4])


def batch(seed=0):
    """Numbers to add up, in sequences of different lengths."""
    rng = np.random.default_rng(seed)
    pieces = []
    for length in LENGTHS:
        inputs = rng.normal(size=(1, length, 3))
        pieces.append(tasks.Batch(inputs, np.cumsum(inputs[..., :2], axis=1)))
    return tasks.padded(pieces)


def spoilt(padded):
    """The same with NaN in the padding."""
    inputs = padded.inputs.copy()
    for row, length in zip(inputs, padded.lengths, strict=True):
        row[length:] = np.nan
    return padded._replace(inputs=inputs)


def layers(L):
    cells = [L.BasicLSTMCell(4, dtype="float64", seed=1), L.GRUCell(3, dtype="float64", seed=2)]
    return L.MultiRNNCell([L.DropoutWrapper(cells[0], input_keep_prob=0.5, seed=5), cells[1]])


def model(cell):
    cell.build(3)
    return cell, training.make_readout(cell, 2, seed=9)


@BACKENDS
def test_padding_changes_nothing(L):
    cell, readout = model(L.BasicLSTMCell(4, dtype="float64"))
    data = spoilt(batch())
    value, found = training.loss_and_gradients(cell, readout, data, training.squared_error)
    count = total = 0
    sums = dict.fromkeys(found, 0)
    for row, length in enumerate(LENGTHS):
        if length:
            one = tasks.Batch(*(each[row : row + 1, :length] for each in data[:2]))
            loss, d = training.loss_and_gradients(cell, readout, one, training.squared_error)
            count, total = count + length, total + loss * length
            sums = {name: sums[name] + d[name] * length for name in sums}
    assert abs(value - total / count) <= 1e-12
    for name, expected in sums.items():
        assert np.max(np.abs(found[name] - expected / count)) <= 1e-12, name
    y = training.predict(cell, readout, data.inputs, data.lengths)
    assert close(y[1, 2:], np.zeros((3, 2)) + readout.bias, 0)


@pytest.mark.slow
@BACKENDS
def test_fit_learns_from_padded_sequences_through_layers_and_dropout(L):
    cell, readout = model(layers(L))
    data = spoilt(batch())
    arguments = {"steps": 60, "batch_size": 4, "learning_rate": 0.02, "progress": False}
    history = training.fit(
        cell, readout, data, loss=training.squared_error, validation=spoilt(batch(1)), **arguments
    )
    assert np.mean(history.loss[-5:]) < 0.5 * np.mean(history.loss[:5])
    assert np.isfinite(training.r_squared(cell, readout, data))
    first = training.predict(cell, readout, data.inputs, data.lengths)
    assert close(first, training.predict(cell, readout, data.inputs, data.lengths), 0)
    again = model(layers(L))
    repeated = training.fit(*again, data, loss=training.squared_error, **arguments)
    assert repeated.loss == history.loss, "the masks come from the seed"


def test_both_backends_train_alike():
    losses = []
    for L in (N, T):
        history = training.fit(
            *model(layers(L)), batch(), steps=5, loss=training.squared_error, progress=False
        )
        losses.append(history.loss)
    assert np.max(np.abs(np.subtract(*losses))) <= 1e-9


@BACKENDS
def test_a_step_runs_forward_once(L, monkeypatch):
    calls = []
    for name in ("forward", "dynamic_rnn", "gradients"):
        run = getattr(L, name)

        def counted(*arguments, run=run, name=name):
            calls.append(name)
            return run(*arguments)

        monkeypatch.setattr(L, name, counted)
    data = tasks.Batch(*batch()[:2])
    cell, readout = model(L.BasicLSTMCell(4, dtype="float64"))
    training.training_step(cell, readout, data, training.adam(0.01), loss=training.squared_error)
    assert calls == ["forward"]


@BACKENDS
def test_weights_of_layers_are_saved_and_loaded(L, tmp_path):
    path = tmp_path / "w.npz"
    cell, readout = model(layers(L))
    training.save_weights(path, cell, readout)
    names = ["bias_0", "bias_1", "kernel_0", "kernel_1", "readout_bias", "readout_kernel"]
    with np.load(path) as stored:
        assert sorted(set(stored.files) - {"about"}) == names
    # As after training: in no wrapper, on the other backend, from another seed.
    other = N if L is T else T
    cells = [other.BasicLSTMCell(4, dtype="float64", seed=7), other.GRUCell(3, dtype="float64")]
    target = model(other.MultiRNNCell(cells))
    training.load_weights(path, *target)
    inputs = batch().inputs
    assert close(training.predict(*target, inputs), training.predict(cell, readout, inputs), 1e-12)
    with pytest.raises(ValueError, match=r"expected weights of MultiRNNCell\(\[GRUCell"):
        training.load_weights(path, *model(N.MultiRNNCell([N.GRUCell(3, dtype="float64")])))


def test_a_gru_with_two_biases_is_saved_too(tmp_path):
    path = tmp_path / "w.npz"
    cell, readout = model(N.GRUCell(4, reset_after=True, dtype="float64", seed=3))
    training.save_weights(path, cell, readout)
    target = N.GRUCell(4, reset_after=True, dtype="float64"), training.make_readout(cell, 2)
    training.load_weights(path, *target)
    assert close((target[0].kernel, target[0].bias), (cell.kernel, cell.bias), 0)


def test_padded_puts_sequences_together():
    data = batch()
    assert data.inputs.shape == (4, 5, 3)
    assert data.lengths.tolist() == LENGTHS.tolist()
    ended = np.arange(5) >= LENGTHS[:, None]
    assert not np.any(data.inputs[ended])
    assert np.array_equal(np.isnan(data.targets[..., 0]), ended)
    classes = [tasks.Batch(np.ones((1, n, 2)), np.ones((1, n), int)) for n in (1, 3)]
    found = tasks.padded(classes)
    assert found.targets.tolist() == [[1, tasks.IGNORE, tasks.IGNORE], [1, 1, 1]]
    assert found.astype("float32").inputs.dtype == "float32"


def test_what_is_refused():
    cell, readout = model(N.BasicLSTMCell(4, dtype="float64"))
    data = batch()
    late = data.targets.copy()
    late[1, 3, 0] = 1.0
    fit = {"steps": 1, "loss": training.squared_error, "progress": False}
    ones = tasks.Batch(np.ones((1, 2, 3)), np.ones((1, 2), int))
    for call, error, message in [
        (
            lambda: training.fit(cell, readout, data._replace(targets=late), **fit),
            ValueError,
            "data.targets: expected no answer asked for behind the end of a sequence, given one "
            "at step 3 of sequence 1, whose length is 2",
        ),
        (
            lambda: training.fit(cell, readout, data._replace(lengths=LENGTHS + 1), **fit),
            ValueError,
            "lengths: expected 4 whole numbers from 0 to 5, one a sequence, given 6 at index 0",
        ),
        (
            lambda: training.fit_stream(cell, readout, data, chunk=2),
            TypeError,
            "stream: expected a Batch, whose sequences all go on, given a PaddedBatch",
        ),
        (lambda: tasks.padded(ones), TypeError, "batches: expected a list of Batch, given Batch"),
        (lambda: tasks.padded([]), ValueError, "batches: expected at least one Batch, given none"),
        (
            lambda: tasks.padded([ones, tasks.Batch(np.ones((1, 2, 4)), ones.targets)]),
            ValueError,
            "batches: expected one input size and one kind of targets, "
            "given ((3,), (), 'i') and ((4,), (), 'i')",
        ),
    ]:
        with pytest.raises(error) as caught:
            call()
        assert str(caught.value) == message
