"""A subclass of a cell that a reader writes works like the cell, or says in a sentence why not."""

import numpy as np
import pytest

from lstm_lib import tasks, training
from tests.library.cells import arrays, backend, close, random_cell, random_sequence, random_state


def derived(kind, **members):
    """A subclass of a backend's cell, as a reader's notebook defines it."""
    return type("Mine", (kind,), {"__module__": "__main__", **members})


def leaky(cell_kind):
    """A subclass with a step of its own: half of c leaks away after each step."""

    def call(self, inputs, state):
        _, (c, h) = cell_kind.__call__(self, inputs, state)
        return h, state._replace(c=0.5 * c, h=h)

    return derived(cell_kind, __call__=call)


def test_a_subclass_knows_its_backend(L, kind):
    assert derived(getattr(L, kind))(3).backend is L


def test_a_subclass_says_its_own_name(L, kind):
    assert repr(derived(getattr(L, kind))(3)).startswith("Mine(num_units=3, ")


def test_a_subclass_trains_as_its_parent(L):
    def losses(kind):
        cell = kind(4, forget_bias=3.0, dtype="float64", seed=0)
        cell.build(2)
        readout = training.make_readout(cell, 2, seed=1)
        history = training.fit(
            cell, readout, lambda n, rng: tasks.latch(5, n, rng), steps=3, progress=False
        )
        return history.loss

    assert losses(derived(L.BasicLSTMCell)) == losses(L.BasicLSTMCell)


def test_a_sequence_of_a_subclass_with_its_own_step_is_its_steps(L):
    cell = random_cell(L, "BasicLSTMCell", "float64")
    mine = leaky(L.BasicLSTMCell)(cell.num_units, forget_bias=cell.forget_bias, dtype="float64")
    mine.kernel, mine.bias = cell.kernel, cell.bias
    inputs, state = random_sequence("float64"), random_state("BasicLSTMCell", "float64")
    outputs, final = L.dynamic_rnn(mine, inputs, state)
    expected = []
    for t in range(inputs.shape[1]):
        output, state = mine(inputs[:, t], state)
        expected.append(np.asarray(output))
    assert close((outputs, final), (np.stack(expected, axis=1), state), 1e-12)
    assert not close(outputs, L.dynamic_rnn(cell, inputs)[0], 1e-3)
    outputs, final = L.dynamic_rnn(mine, inputs[:, :0])
    assert outputs.shape == (len(inputs), 0, cell.num_units)
    assert not any(np.any(part) for part in arrays(final))


def test_numpy_refuses_gradients_of_a_step_it_does_not_know():
    L = backend("numpy")
    mine = leaky(L.BasicLSTMCell)(3, dtype="float64")
    with pytest.raises(TypeError, match=r"given Mine, which has its own, .* tensorflow_backend"):
        L.gradients(mine, np.zeros((2, 4, 2)), np.zeros((2, 4, 3)))


def test_the_tape_follows_a_step_of_ones_own():
    """Against central differences."""
    L = backend("tensorflow")
    mine = leaky(L.BasicLSTMCell)(3, dtype="float64", seed=1)
    inputs, d_outputs = random_sequence("float64", 2, 4, 2), random_sequence("float64", 2, 4, 3, 5)
    grads = L.gradients(mine, inputs, d_outputs)

    def loss(place, nudge):
        moved = inputs.copy()
        moved[place] += nudge
        return np.sum(d_outputs * np.asarray(L.dynamic_rnn(mine, moved)[0]))

    for place in [(0, 0, 0), (1, 2, 1), (0, 3, 1)]:
        expected = (loss(place, 1e-5) - loss(place, -1e-5)) / 2e-5
        assert grads.inputs[place].numpy() == pytest.approx(expected, rel=1e-7)
    nothing = L.gradients(mine, inputs[:, :0], d_outputs[:, :0])
    assert not any(np.any(part) for part in arrays(tuple(nothing)))
