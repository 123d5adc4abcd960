"""The networks of 1997: their weights by number, their truncated gradient by its definition."""

import numpy as np
import pytest

from lstm_lib.reproduce.network_1997 import Rule, as_sparse, run_sequence
from lstm_lib.reproduce.tables import ROWS
from lstm_lib.reproduce.wiring import Wiring, count_weights, gate_columns, make_network

WIRED = [row for row in ROWS if row.wiring is not None]
PAPER = {
    "1": {264, 276},
    "2": {10_504},
    "3": {364, 664, 1264, 3064, 6064},
    "4": {102},
    "5": {102},
    "6": {102},
    "7": {93},
    "8": {93},
    "9": {156, 308},
}


@pytest.mark.parametrize("row", WIRED, ids=lambda row: f"{row.table}-{row.name}")
def test_the_wiring_has_as_many_weights_as_the_paper(row):
    if row.table in PAPER:
        assert row.weights in PAPER[row.table]
    assert count_weights(row.wiring) == row.weights


def test_every_number_of_the_paper_occurs():
    found = {table: {r.weights for r in WIRED if r.table == table} for table in PAPER}
    assert found == PAPER


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def between(ends, x):
    return ends[0] + (ends[1] - ends[0]) * sigmoid(x)


def forward(wiring, hidden, output, dense, frozen=None):
    """The answer after the last step, and each step's hidden activations, written out in NumPy.

    ``frozen`` gives what hidden units hear of each other, in place of what they do: no change of a
    weight travels along these paths, which is what truncation means.
    """
    columns = gate_columns(wiring)
    num_cells = wiring.blocks * wiring.cells
    s, y, heard = np.zeros(num_cells), np.zeros(hidden.shape[1]), []
    for t, x in enumerate(dense):
        previous = y if frozen is None else frozen[t]
        heard.append(previous)
        net = np.concatenate([x, previous, [1.0]]) @ hidden
        gates = {k: np.repeat(sigmoid(net[c]), wiring.cells) for k, c in columns.items()}
        g = between(wiring.g, net[:num_cells])
        s = gates.get("forget", 1.0) * s + gates["input"] * g
        h = s if wiring.open_cells else between((-1, 1), s)
        cells = gates.get("output", 1.0) * h
        y = np.concatenate([cells, sigmoid(net[num_cells:])])
    answer = np.concatenate([cells, x, [1.0]]) @ output
    return answer if wiring.linear_outputs else sigmoid(answer), heard


WIRINGS = {
    "as in experiment 4": Wiring(
        2, 1, 2, 2, biased=("cells", "gates", "outputs"), linear_outputs=True
    ),
    "as in experiment 6": Wiring(8, 4, 2, 2, biased=("cells", "gates", "outputs")),
    "as in experiment 1": Wiring(7, 3, 3, 2, biased=("gates",)),
    "as in experiment 2": Wiring(
        5,
        5,
        1,
        1,
        output_gates=False,
        recurrent="none",
        shortcuts=True,
        open_cells=True,
        g=(0.0, 1.0),
    ),
    "with forget gates": Wiring(
        4,
        3,
        2,
        2,
        forget_gates=True,
        recurrent="cells",
        shortcuts=True,
        biased=("gates", "outputs"),
    ),
}


@pytest.mark.parametrize("name", WIRINGS)
@pytest.mark.parametrize("symbols", [False, True], ids=["numbers", "symbols"])
def test_the_gradient_is_exact_but_for_the_paths_that_are_cut(name, symbols):
    wiring = WIRINGS[name]
    rng = np.random.default_rng(5)
    network = make_network(wiring, 0.8, {}, rng)
    ids = rng.integers(wiring.inputs, size=12)
    dense = np.eye(wiring.inputs)[ids] if symbols else rng.normal(size=(12, wiring.inputs))
    targets = np.full((12, wiring.outputs), np.nan)
    targets[-1] = rng.uniform(size=wiring.outputs)
    weights = {"hidden": network.hidden.copy(), "output": network.output.copy()}

    answer, heard = forward(wiring, **weights, dense=dense)
    answers = run_sequence(network, as_sparse(ids if symbols else dense), targets, Rule(1.0))
    np.testing.assert_allclose(answers[-1], answer, rtol=0, atol=1e-14)

    def loss(changed):
        answer, _ = forward(wiring, **changed, dense=dense, frozen=heard)
        return 0.5 * np.sum((answer - targets[-1]) ** 2)

    eps = 1e-5
    for key, mask in (("hidden", network.hidden_mask), ("output", network.output_mask)):
        change = getattr(network, key) - weights[key]
        assert np.all(change[mask == 0] == 0), "a connection that is not there has learnt"
        expected = np.zeros_like(change)
        for place in zip(*np.nonzero(mask), strict=True):
            losses = []
            for sign in (1, -1):
                moved = weights[key].copy()
                moved[place] += sign * eps
                losses.append(loss({**weights, key: moved}))
            expected[place] = -(losses[0] - losses[1]) / (2 * eps)
        scale = np.abs(expected).max()
        assert scale > 1e-4
        np.testing.assert_allclose(change, expected, rtol=0, atol=1e-6 * scale)


def test_weights_change_after_the_sequence_or_at_each_step():
    wiring = WIRINGS["as in experiment 1"]
    ids, targets = np.array([0, 3, 1, 4, 2]), np.eye(3)[[0, 2, 1, 1, 0]]
    sequence = as_sparse(ids)

    def changed(rate=0.0, **how):
        network = make_network(wiring, 0.5, {}, np.random.default_rng(3))
        before = network.hidden.copy()
        answers = run_sequence(network, sequence, targets, Rule(rate), **how)
        return network.hidden - before, answers

    untouched, answers = changed()
    assert not untouched.any()
    at_the_end, before_learning = changed(rate=0.3)
    np.testing.assert_array_equal(before_learning, answers)
    at_each_step, while_learning = changed(rate=0.3, each_step=True)
    np.testing.assert_array_equal(while_learning[0], answers[0])
    assert abs(while_learning[1:] - answers[1:]).min() > 1e-6
    assert abs(at_each_step - at_the_end).max() > 1e-5
    # The smaller the rate, the less it matters when weights change.
    late, _ = changed(rate=1e-6)
    soon, _ = changed(rate=1e-6, each_step=True)
    np.testing.assert_allclose(soon, late, rtol=1e-3, atol=1e-12)


def learnt(network, symbols, targets, rule):
    copy = network._replace(hidden=network.hidden.copy(), output=network.output.copy())
    answers = run_sequence(copy, as_sparse(np.array(symbols)), targets, rule)
    return copy.output - network.output, answers


def test_answers_near_their_targets_are_left_alone():
    network = make_network(WIRINGS["as in experiment 1"], 0.5, {}, np.random.default_rng(3))
    _, answers = learnt(network, [0, 3], np.full((2, 3), 0.5), Rule(0.0))
    targets = answers + np.array([[0.19, -0.21, 0.0], [np.nan] * 3])
    change, _ = learnt(network, [0, 3], targets, Rule(1.0, near=0.2))
    assert change.any(axis=0).tolist() == [False, True, False]
    everything, _ = learnt(network, [0, 3], targets, Rule(1.0))
    np.testing.assert_array_equal(change[:, 1], everything[:, 1])
    assert everything[:, 0].any()


def test_an_output_far_out_on_the_wrong_side_learns_where_its_slope_is_added_to():
    network = make_network(WIRINGS["as in experiment 1"], 0.5, {}, np.random.default_rng(3))
    network.output[:] *= 2000.0
    _, answers = learnt(network, [0], np.zeros((1, 3)), Rule(0.0))
    targets = 1.0 - answers.round()
    stuck, _ = learnt(network, [0], targets, Rule(1.0))
    freed, _ = learnt(network, [0], targets, Rule(1.0, slope=0.1))
    assert abs(stuck).max() < 1e-9
    assert (abs(freed).max(axis=0) > 1e-4).all()
    twice, _ = learnt(network, [0], targets, Rule(1.0, slope=0.2))
    np.testing.assert_allclose(twice, 2 * freed, rtol=1e-6)


def test_hidden_units_may_rest_at_another_activation():
    network = make_network(WIRINGS["as in experiment 1"], 0.5, {}, np.random.default_rng(3))
    sequence, targets = as_sparse(np.array([0, 3])), np.full((2, 3), 0.5)
    zero, half = (run_sequence(network, sequence, targets, rest=rest) for rest in (0.0, 0.5))
    assert abs(zero - half).max() > 1e-3
