"""How arrays lie in memory changes the time of a result and not the result."""

from unittest import mock

import numpy as np
import pytest

from lstm_lib import numpy_backend as L
from lstm_lib.numpy_backend import memory as arrays


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(3,), (5, 7), (2, 3, 1), ()])
def test_an_empty_array_begins_on_a_cache_line(shape, dtype):
    for _ in range(8):
        array = arrays.empty(shape, dtype)
        assert array.shape == shape
        assert array.dtype == dtype
        assert array.flags.c_contiguous
        assert array.flags.writeable
        assert array.ctypes.data % arrays.CACHE_LINE == 0


def test_all_entries_of_a_reused_array_are_one():
    array = arrays.reused((4, 2, 3), "float32")
    assert array.shape == (4, 2, 3)
    array[1] = np.arange(6).reshape(2, 3)
    for entry in array:
        np.testing.assert_array_equal(entry, [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (64, 5), (65, 5), (200, 3)])
def test_turned_is_the_transpose(shape):
    matrix = np.random.default_rng(0).normal(size=shape)
    result = arrays.turned(matrix)
    np.testing.assert_array_equal(result, matrix.T)
    assert result.flags.c_contiguous
    assert not np.shares_memory(result, matrix)


def test_batch_first_undoes_units_first():
    sequence = np.random.default_rng(0).normal(size=(2, 3, 4))
    np.testing.assert_array_equal(arrays.batch_first(arrays.units_first(sequence)), sequence)


@pytest.mark.parametrize(
    ("rows", "batch_size", "pieces"),
    [
        (64, 1, 1),  # small as it is
        (64, 3, 2),
        (64, 12, 8),  # a piece has at least 8 rows
        (64, 32, 1),  # they would have fewer
        (64, 33, 1),  # not narrow
        (60, 7, 4),  # the next number that divides
        (61, 3, 1),  # none divides
    ],
)
def test_pieces_of_a_product(rows, batch_size, pieces, monkeypatch):
    monkeypatch.setattr(arrays, "SMALL", 640)
    rng = np.random.default_rng(0)
    W, x = rng.normal(size=(rows, 6)), rng.normal(size=(6, batch_size))
    results = np.empty((2, rows, batch_size))
    views = arrays.in_pieces(W, results)
    assert [view.size for view in views] == [W.size, results.size]
    assert all(np.shares_memory(*pair) for pair in zip(views, (W, results), strict=True))
    assert (len(views[0]) if views[0].ndim == 3 else 1) == pieces
    np.matmul(views[0], x, out=views[1][1])
    np.testing.assert_allclose(results[1], W @ x, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("kind", "small"), [("BasicLSTMCell", 4000), ("BasicRNNCell", 1300)])
def test_a_sequence_in_pieces_is_the_sequence(kind, small):
    """Forward and backward, with and without a tape that keeps all steps."""
    cell = getattr(L, kind)(24, dtype="float64", seed=1)
    rng = np.random.default_rng(0)
    inputs, d_outputs = rng.normal(size=(4, 6, 8)), rng.normal(size=(4, 6, 24))

    def found():
        outputs, final = L.dynamic_rnn(cell, inputs)
        d = L.gradients(cell, inputs, d_outputs)
        return [np.ravel(each) for each in (outputs, *final, d.kernel, d.bias, d.inputs)]

    whole = found()
    cut = []
    real = arrays.in_pieces

    def watched(W, results):
        views = real(W, results)
        cut.append(views[0].ndim == 3)
        return views

    with mock.patch.object(arrays, "SMALL", small), mock.patch.object(arrays, "in_pieces", watched):
        pieces = found()
    assert len(cut) == 3
    assert all(cut)
    for one, other in zip(whole, pieces, strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-12)
