"""A trial as one would do it today: it learns, it repeats itself, and its gradients are right."""

import numpy as np
import pytest

from lstm_lib.reproduce import tables, today


@pytest.mark.slow
def test_a_trial_is_solved_and_repeats_itself():
    (row,) = tables.rows_of(names=["q50-p50"])
    once, again = (today.run_trial(row, seed=0) for _ in range(2))
    assert once == again
    assert once["solved"]
    assert once["sequences"] <= 2 * row.paper["10,000 right"]["sequences"]


def test_a_limit_is_kept():
    (row,) = tables.rows_of(names=["2a"])
    outcome = today.run_trial(row, seed=0, limit=8)
    assert not outcome["solved"]
    assert outcome["sequences"] == 8


def test_a_row_of_2000_is_refused():
    (row,) = tables.rows_of(names=["forget"])
    with pytest.raises(ValueError, match="continual_reber"):
        today.run_trial(row, seed=0)


def test_sequences_of_several_lengths_do_not_disturb_each_other():
    (row,) = tables.rows_of(names=["6a"])
    rng = np.random.default_rng(0)
    examples = [row.task(rng=rng) for _ in range(5)]
    learner = today.make_learner(today.setting_of(row), rng)
    together = today.answers_to(learner, examples)
    alone = [today.answers_to(learner, [example])[0] for example in examples]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("name", ["2a", "2b", "6a", "3x2-rate0.5"])
def test_the_gradient_of_the_embedding_goes_downhill(name):
    (row,) = tables.rows_of(names=[name])
    rng = np.random.default_rng(0)
    learner = today.make_learner(today.setting_of(row)._replace(near=0.0), rng)
    draw = row.make_judge(rng).draw
    inputs, asked, targets = today.batch_of([draw(rng=rng) for _ in range(4)])

    def loss():
        given = today.answers(learner, inputs, asked).astype(float)
        return -np.mean(np.log(given[targets == 1]))

    learner = learner._replace(near=0.0)
    _, gradients = today.learn(learner, inputs, asked, targets)
    slope = gradients["embedding"]
    size = np.sqrt(np.sum(slope.astype(float) ** 2))
    step = (0.3 * slope / size).astype("float32")
    learner.embedding[...] += step
    up = loss()
    learner.embedding[...] -= 2 * step
    down = loss()
    assert (up - down) / 0.6 == pytest.approx(size, rel=0.05)
