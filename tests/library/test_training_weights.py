"""Weights in a file: they come back bit for bit, and a wrong file changes nothing."""

import json
import zipfile

import numpy as np
import pytest

import lstm_lib
from lstm_lib import numpy_backend as N
from lstm_lib import tensorflow_backend as T
from lstm_lib import training

BACKENDS = [N, T]


def model(backend=N, kind="BasicLSTMCell", units=4, outputs=2, seed=0, inputs=3, **options):
    cell = getattr(backend, kind)(units, seed=seed, **options)
    if inputs:
        cell.build(inputs)
        rng = np.random.default_rng(seed)
        cell.bias = rng.normal(size=np.shape(cell.bias)).astype(cell.dtype)
    readout = training.make_readout(cell, outputs, seed=seed + 1)
    readout.bias[...] = seed
    return cell, readout


def weights(cell, readout):
    return [np.asarray(each).copy() for each in (cell.kernel, cell.bias, *readout)]


def same(ours, theirs):
    return all(
        a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", ["BasicLSTMCell", "BasicRNNCell"])
@pytest.mark.parametrize("source", BACKENDS)
@pytest.mark.parametrize("target", BACKENDS)
@pytest.mark.parametrize("inputs", [3, None])
def test_weights_come_back_bit_for_bit(tmp_path, source, target, kind, dtype, inputs):
    saved = model(source, kind, dtype=dtype)
    training.save_weights(tmp_path / "w.npz", *saved)
    loaded = model(target, kind, dtype=dtype, seed=7, inputs=inputs)
    assert training.load_weights(tmp_path / "w.npz", *loaded) is None
    assert same(weights(*loaded), weights(*saved))
    x = np.ones((2, 5, 3), dtype)
    y = training.predict(*loaded, x)
    np.testing.assert_allclose(y, training.predict(*saved, x), rtol=0, atol=1e-6)


def test_the_file_has_the_weights_and_the_versions(tmp_path):
    cell, readout = model()
    training.save_weights(tmp_path / "w.npz", cell, readout)
    assert [each.name for each in tmp_path.iterdir()] == ["w.npz"]
    with np.load(tmp_path / "w.npz", allow_pickle=False) as stored:
        assert set(stored) == {"about", "kernel", "bias", "readout_kernel", "readout_bias"}
        np.testing.assert_array_equal(stored["kernel"], cell.kernel)
        about = json.loads(stored["about"].item())
    assert about["versions"]["lstm_lib"] == lstm_lib.__version__
    assert about["versions"]["numpy"] == np.__version__
    assert about["cell"] == "BasicLSTMCell(num_units=4, forget_bias=1.0, dtype='float32')"


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"kind": "BasicRNNCell"}, r"expected weights of BasicRNNCell\(.*BasicLSTMCell\("),
        ({"units": 5}, r"expected weights of .*num_units=5.*, given those of .*num_units=4"),
        ({"forget_bias": 0.0}, "forget_bias=0.0.*, given those of .*forget_bias=1.0"),
        ({"dtype": "float64"}, "dtype='float64'.*, given those of .*dtype='float32'"),
        ({"inputs": 6}, r"kernel: expected shape \(10, 16\), given \(7, 16\)"),
        ({"outputs": 3}, r"readout_kernel: expected shape \(4, 3\), given \(4, 2\)"),
    ],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_weights_of_another_model_are_refused_and_nothing_is_lost(
    tmp_path, backend, other, message
):
    training.save_weights(tmp_path / "w.npz", *model())
    target = model(backend, **{"seed": 7} | other)
    before = weights(*target)
    with pytest.raises((TypeError, ValueError), match=rf"w\.npz: .*{message}") as refused:
        training.load_weights(tmp_path / "w.npz", *target)
    assert "\n" not in str(refused.value)
    assert same(weights(*target), before)


def changed(path, **changes):
    """A saved file with some of its arrays changed, or left out where None is given."""
    with np.load(path) as stored:
        arrays = dict(stored) | changes
    np.savez(path, **{name: each for name, each in arrays.items() if each is not None})


def about(path, **changes):
    with np.load(path) as stored:
        said = json.loads(stored["about"].item()) | changes
    changed(path, about=json.dumps({key: value for key, value in said.items() if value}))


def half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def one_bit(path):
    data = bytearray(path.read_bytes())
    data[data.find(b"NUMPY") + 200] ^= 1
    path.write_bytes(data)


def one_array(path):
    with path.open("wb") as file:
        np.save(file, np.ones(3))


WRONG = {
    "text": lambda path: path.write_text("weights"),
    "empty": lambda path: path.write_bytes(b""),
    "half": half,
    "one bit": one_bit,
    "one array": one_array,
    "other zip": lambda path: zipfile.ZipFile(path, "w").close(),
    "other npz": lambda path: np.savez(path, kernel=np.ones(3)),
    "pickled": lambda path: changed(path, about=np.array({"format": 1}, object)),
    "about a number": lambda path: changed(path, about=np.array(3)),
    "about a list": lambda path: changed(path, about="[1]"),
    "no weights": lambda path: changed(path, readout_bias=None),
    "no cell": lambda path: about(path, cell=None),
    "format 2": lambda path: about(path, format=2),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_another_file_is_refused_in_one_sentence_and_nothing_is_lost(tmp_path, wrong):
    path = tmp_path / "w.npz"
    training.save_weights(path, *model())
    wrong(path)
    target = model(seed=7)
    before = weights(*target)
    message = r"w\.npz: expected weights that save_weights wrote, in format 1, given "
    with pytest.raises(ValueError, match=message) as refused:
        training.load_weights(path, *target)
    assert "\n" not in str(refused.value)
    assert same(weights(*target), before)


def test_a_newer_format_says_who_wrote_it(tmp_path):
    training.save_weights(tmp_path / "w.npz", *model())
    about(tmp_path / "w.npz", format=2)
    with pytest.raises(ValueError, match=f"given format 2 of lstm_lib {lstm_lib.__version__}"):
        training.load_weights(tmp_path / "w.npz", *model())


def test_arrays_of_wrong_shapes_in_the_file_change_nothing(tmp_path):
    for inputs in (3, None):
        for name, array in {
            "kernel": np.float32(1),
            "bias": np.ones(3, "f4"),
            "readout_bias": np.ones((2, 2), "f4"),
        }.items():
            training.save_weights(tmp_path / "w.npz", *model())
            changed(tmp_path / "w.npz", **{name: array})
            target = model(seed=7, inputs=inputs)
            readout = weights(*model(seed=7))[2:]
            with pytest.raises((TypeError, ValueError), match=r"expected"):
                training.load_weights(tmp_path / "w.npz", *target)
            assert same([np.array(each) for each in target[1]], readout)
            assert target[0].input_size == inputs


def test_there_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"w\.npz"):
        training.load_weights(tmp_path / "w.npz", *model())
    with pytest.raises(FileNotFoundError):
        training.save_weights(tmp_path / "no" / "w.npz", *model())


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "w.npz"
    training.save_weights(path, *model())
    before = path.read_bytes()

    def full(file, **arrays):
        file.write(b"half of it")
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match=r"no space left"):
        training.save_weights(path, *model(seed=3))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["w.npz"]


def test_a_cell_without_weights_cannot_be_saved(tmp_path):
    with pytest.raises(ValueError, match=r"^kernel: expected a built cell"):
        training.save_weights(tmp_path / "w.npz", *model(inputs=None))
    assert not list(tmp_path.iterdir())
    for wrong in ([1], [model()[0], (1, 2)], ["w", model()[1]]):
        cell, readout = (*wrong, model()[1])[:2]
        with pytest.raises(TypeError, match=r"^(cell|readout): expected"):
            training.save_weights(tmp_path / "w.npz", cell, readout)
