"""A trial as in 1997: every row runs, and each judge says what the paper's criterion says."""

import numpy as np
import pytest

from lstm_lib.reproduce import changes, continual, guessing, in_1997, judging, tables
from lstm_lib.reproduce.network_1997 import TESTING, Rule, as_sparse, run_sequence
from lstm_lib.reproduce.summary import lines, summarise
from lstm_lib.reproduce.wiring import Wiring, make_network, take_shortcuts, without_memory
from lstm_lib.tasks import Example, reber


def row_named(name):
    return tables.rows_of(names=[name])[0]


def test_there_is_a_row_for_each_of_the_tables():
    assert tables.TABLES == ("1", "2", "3", "4", "5", "6", "7", "8", "9", "2000")
    files = [(row.table, row.name) for row in tables.ROWS]
    assert len(set(files)) == len(files)


@pytest.mark.slow
@pytest.mark.parametrize("row", tables.ROWS, ids=lambda row: f"{row.table}-{row.name}")
def test_every_row_runs_and_fails_at_its_limit(row):
    outcome = in_1997.run_trial(row, 0, limit=3)
    assert outcome["solved"] is False
    assert outcome["sequences"] == 3
    assert outcome["reached"] == {}
    assert set(row.paper) <= {criterion.name for criterion in row.criteria}


@pytest.mark.slow
def test_temporal_order_is_learnt_about_as_fast_as_in_the_paper():
    row = row_named("6a")
    outcome = in_1997.run_trial(row, 0)
    reached = outcome["reached"]["last 2,000 right"]
    assert outcome["solved"]
    assert outcome["sequences"] == reached["sequences"]
    paper = row.paper["last 2,000 right"]["sequences"]
    assert paper / 3 < outcome["sequences"] < 3 * paper
    assert reached["tested"] == 2560
    assert reached["wrong"] <= 10


def test_the_last_2000_must_be_right_and_their_error_small():
    row = row_named("T100")  # within .04, on average within .01
    judge = row.make_judge(None)
    example = Example(np.zeros((1, 2)), np.array([[0.5]]))
    seen = []
    for error in [0.05] * 10 + [0.005] * 2000:
        judge.watch(example, np.array([[0.5 + error]]))
        assert judge.is_due(len(seen) + 1)
        assert list(judge.exam()) == []
        seen.append(judge.verdict([]))
    assert not any(row.criteria[0].is_met(verdict) for verdict in seen[:2009])
    assert [verdict.wrong for verdict in seen[1999:]] == [*range(10, 0, -1), 0]
    assert row.criteria[0].is_met(seen[-1])
    assert seen[-1].error == pytest.approx(0.005)
    assert seen[1999].error == pytest.approx((10 * 0.05 + 1990 * 0.005) / 2000)


def test_before_there_are_2000_none_of_the_missing_is_right():
    row = row_named("T100")._replace(criteria=(judging.Criterion("139 wrong", 139),))
    judge = row.make_judge(None)
    example = Example(np.zeros((1, 2)), np.array([[0.5]]))
    met = []
    for _ in range(2000):
        judge.watch(example, np.array([[0.5]]))
        met.append(row.criteria[0].is_met(judge.verdict([])))
    assert met == [False] * 1999 + [True]


@pytest.mark.parametrize(("name", "expected"), [("2a", [20, 40, 60]), ("3a-T100-N3", [500])])
def test_a_judge_looks_every_so_many_sequences(name, expected):
    judge = row_named(name).make_judge(np.random.default_rng(0))
    assert [count for count in range(1, expected[-1] + 10) if judge.is_due(count)] == expected
    batches = range(16, expected[-1] + 16, 16)
    due = [count for count in batches if judge.is_due(count, 16)]
    assert due == [-(-count // 16) * 16 for count in expected]


def test_an_exam_ends_at_the_first_mistake_and_draws_no_more():
    row = row_named("q50-p50")
    network = make_network(row.wiring, row.spread, row.gate_biases, np.random.default_rng(0))
    judge = row.make_judge(np.random.default_rng(1))
    assert in_1997._sit_exam(row, judge, network).wrong == 1
    alike = np.random.default_rng(1)
    judge.expected(rng=alike)
    assert judge.rng.random() == alike.random()


def test_the_strings_of_table_1_are_those_that_training_draws_and_as_many_more():
    judge = row_named("3x2-rate0.5").make_judge(np.random.default_rng(0))
    strings = [tuple(example.inputs) for example in judge.exam()]
    assert len(strings) == 512
    drawn = {tuple(judge.draw(rng=np.random.default_rng(seed)).inputs) for seed in range(100)}
    assert drawn <= set(strings[:256])
    assert not set(strings[:256]) & set(strings[256:])
    first = next(judge.exam())
    assert judge.mark(first, first.targets + 0.1).right
    assert not judge.mark(first, 0 * first.targets).right


def test_where_noise_turns_signs_a_few_may_be_wrong_in_a_set_drawn_anew():
    row = row_named("3b-T100-N1")
    judge = row.make_judge(np.random.default_rng(0))
    first, second = ([each.inputs for each in judge.exam()] for _ in range(2))
    assert len(first) == len(second) == 256
    assert not any(np.array_equal(*pair) for pair in zip(first, second, strict=False))
    met = {
        wrong: [c.name for c in row.criteria if c.is_met(judging.Verdict(wrong, 0.039))]
        for wrong in (5, 6)
    }
    assert met == {5: ["ST1", "ST2"], 6: []}
    assert not row.criteria[1].is_met(judging.Verdict(0, 0.04))


def test_an_exam_goes_on_while_a_criterion_can_be_met():
    row = row_named("3b-T100-N3")
    network = make_network(row.wiring, row.spread, row.gate_biases, np.random.default_rng(0))
    judge = row.make_judge(np.random.default_rng(1))
    assert in_1997._sit_exam(row, judge, network).wrong == 6


@pytest.mark.parametrize(("name", "change"), changes.TRIED)
def test_a_change_changes_one_thing_each_and_not_the_random_numbers(name, change):
    row = tables.rows_of(names=[name])[0]
    new = changes.changed(row, change)
    assert new.name == f"{name}+{change}"
    parts = {
        f"wiring.{part}": (getattr(row.wiring, part), getattr(new.wiring, part))
        for part in row.wiring._fields
    } | {part: (getattr(row, part), getattr(new, part)) for part in row._fields}
    different = {part for part, (before, after) in parts.items() if before != after}
    different -= {"name", "columns", "wiring"}
    assert len(different) == len(change.split("+"))
    draws = [tables.trial_rng("1997", each, 3).random() for each in (row, new)]
    assert draws[0] == draws[1]


@pytest.mark.parametrize("change", changes.CHANGES)
def test_a_changed_row_runs(change):
    name = next(name for name, tried in [*changes.TRIED, ("q50-p50", change)] if tried == change)
    outcome = in_1997.run_trial(changes.changed(row_named(name), change), 0, limit=3)
    assert (outcome["solved"], outcome["sequences"]) == (False, 3)


def test_a_change_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no change louder: there are biased, shortcuts"):
        changes.changed(row_named("2a"), "louder")
    with pytest.raises(ValueError, match="expected one with a network, given 3a-T100-N3-guessing"):
        changes.changed(row_named("3a-T100-N3-guessing"), "biased")


def test_noisy_targets_are_judged_by_the_expected_ones():
    row = row_named("3c-T100-N3")
    for seed in range(20):
        judged = row.make_judge(np.random.default_rng(0)).expected(rng=np.random.default_rng(seed))
        asked = judged.targets[~np.isnan(judged.targets)]
        assert asked.tolist() in ([pytest.approx(0.2)], [pytest.approx(0.8)])
        assert (judged.inputs[:3].mean() > 0) == (asked[0] > 0.5)


def test_every_possible_symbol_must_be_more_active_than_all_others():
    may_come = np.array([[True, True, False], [False, True, False], [True, True, False]])
    outputs = np.array([[0.6, 0.5, 0.4], [0.6, 0.5, 0.4], [0.6, 0.4, 0.4]])
    assert judging.most_active(outputs, may_come).tolist() == [True, False, False]
    assert [continual._is_right(*pair) for pair in zip(outputs, may_come, strict=True)] == [
        True,
        False,
        False,
    ]


def test_a_stream_stops_at_its_first_mistake():
    row = row_named("forget")
    rng = np.random.default_rng(3)
    network = make_network(row.wiring, row.spread, row.gate_biases, rng)
    letters, targets = next(reber.continual_reber(np.random.default_rng(0)))
    outputs = run_sequence(network, as_sparse(letters), targets)
    right = judging.most_active(outputs, reber.possible_next(letters))
    assert not right.all()
    length = continual._stream(network, TESTING, False, 1000, np.random.default_rng(0))
    assert length == np.flatnonzero(~right)[0]


def test_a_stream_without_mistakes_ends_at_its_longest(monkeypatch):
    row = row_named("forget")
    network = make_network(row.wiring, 0.2, row.gate_biases, np.random.default_rng(3))
    monkeypatch.setattr(continual, "_run_until_wrong", lambda *a: len(a[3]))
    assert continual._stream(network, TESTING, False, 137, np.random.default_rng(0)) == 137


@pytest.mark.parametrize("reset", [True, False])
def test_states_are_reset_between_strings_only_where_that_is_asked(reset, monkeypatch):
    row = row_named("standard")
    network = make_network(row.wiring, 0.2, row.gate_biases, np.random.default_rng(3))
    starts = []
    original = continual._run_until_wrong

    def watch(network, state, sequence, targets, may_come, rule):
        starts.append(bool(np.any(state.s)))
        original(network, state, sequence, targets, may_come, rule)
        return len(targets)

    monkeypatch.setattr(continual, "_run_until_wrong", watch)
    continual._stream(network, TESTING, reset, 60, np.random.default_rng(0))
    assert starts[0] is False
    assert set(starts[1:]) == {not reset}


def test_a_stream_learns_by_the_rule_of_its_row(monkeypatch):
    row = row_named("standard-reset")
    rules = set()

    def watch(network, state, sequence, targets, may_come, rule):
        rules.add(rule)
        return 0

    monkeypatch.setattr(continual, "_run_until_wrong", watch)
    for each in (row, changes.changed(row, "near"), changes.changed(row, "flat-spot")):
        in_1997.run_trial(each, 0, limit=1)
    assert rules == {TESTING, Rule(0.5), Rule(0.5, near=0.2), Rule(0.5, slope=0.1)}


def test_memory_that_is_not_there_yet_is_neither_heard_nor_trained():
    wiring = Wiring(5, 5, 1, 1, False, False, "none", True, (), True)
    network = make_network(wiring, 0.2, {}, np.random.default_rng(0))
    before = network.hidden.copy(), network.output.copy()
    alone = without_memory(network)
    targets = np.eye(5)[[1, 2, 3]]
    run_sequence(alone, as_sparse(np.array([0, 1, 2])), targets, Rule(1.0))
    np.testing.assert_array_equal(alone.hidden, before[0])
    assert np.all(alone.output[0] == 0)
    assert np.all(alone.output[1:4] != before[1][1:4])
    np.testing.assert_array_equal(network.output, before[1])
    take_shortcuts(network, alone)
    np.testing.assert_array_equal(network.output[0], before[1][0])
    np.testing.assert_array_equal(network.output[1:], alone.output[1:])


def test_guessing_counts_right_sequences_of_different_lengths():
    weights = np.array([0, 0, 0, 0, 9.0, 0, 0, -4.5])  # the answer says whether the last input is 1
    inputs = np.array([0.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    starts = np.array([0, 2, 4, 6])
    targets = np.array([1.0, 0.0, 0.0])
    assert guessing._count_right(weights, inputs, starts, targets, 0.2, False) == 2
    assert guessing._count_right(weights, inputs, starts, targets[::-1].copy(), 0.2, True) == 0


def test_gate_biases_that_do_not_fit_the_wiring_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="expected 2 input gate biases, one a block"):
        make_network(Wiring(2, 1, 2, 2, biased=("gates",)), 0.1, {"input": (-1.0,)}, rng)
    with pytest.raises(ValueError, match="these forget gates cannot be biased"):
        make_network(Wiring(2, 1, 2, 2, biased=("gates",)), 0.1, {"forget": (1.0, 2.0)}, rng)
    with pytest.raises(ValueError, match="recurrent must be all, cells or none"):
        make_network(Wiring(2, 1, 2, 2, recurrent="gates"), 0.1, {}, rng)
    with pytest.raises(ValueError, match=r"biased must name .* got \['cell'\]"):
        make_network(Wiring(2, 1, 2, 2, biased=("cell",)), 0.1, {}, rng)


def test_a_summary_counts_what_was_reached():
    row = row_named("6a")
    records = [
        {"reached": {"last 2,000 right": {"sequences": 10, "wrong": 1, "mse": 0.5}}},
        {"reached": {"last 2,000 right": {"sequences": 30, "wrong": 2, "mse": 0.1}}},
        {"reached": {}},
    ]
    summary = summarise(records, row.criteria[0])
    assert (summary.trials, summary.solved, summary.mean) == (3, 2, 20)
    assert summary.spread == pytest.approx(200**0.5)
    assert (summary.least, summary.most, summary.wrong) == (10, 30, 1.5)
    (line,) = lines(row, "1997", records)
    assert "31,390   2/3          20 ± 14" in line


def test_examples_have_the_sizes_of_their_networks():
    for row in tables.ROWS:
        if row.wiring is None or row.judge is None:
            continue
        example: Example = row.task(**row.options, rng=np.random.default_rng(0))
        assert example.targets.shape == (len(example.inputs), row.wiring.outputs)
        if example.inputs.ndim == 1:
            assert example.inputs.max() < row.wiring.inputs
        else:
            assert example.inputs.shape[1] == row.wiring.inputs
