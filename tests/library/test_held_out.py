"""A test set that training never sees."""

import functools
from itertools import pairwise

import numpy as np
import pytest

from lstm_lib import tasks


def rows(batch):
    return [inputs.tobytes() for inputs in batch.inputs]


def few(size, rng):
    """Sentences of which there are 32."""
    return tasks.long_sentences(3, size, rng)


@pytest.mark.parametrize(
    "make_batch",
    [
        few,
        functools.partial(tasks.long_sentences, 5),
        functools.partial(tasks.long_sentences, 20),
        functools.partial(tasks.flights, 3),
        functools.partial(tasks.latch, 12),
    ],
)
def test_training_and_test_have_no_sequence_in_common(make_batch):
    training, test = tasks.held_out(make_batch, 20, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    trained_on = {row for _ in range(100) for row in rows(training(32, rng))}
    assert not trained_on & set(rows(test))
    assert len(set(rows(test))) == len(rows(test))


def test_without_it_they_have():
    test = few(20, np.random.default_rng(0))
    assert set(rows(test)) <= set(rows(few(3200, np.random.default_rng(1))))


def test_all_others_are_trained_on_and_answers_stay_with_their_sequences():
    training, test = tasks.held_out(few, 20, np.random.default_rng(0))
    batch = training(3200, np.random.default_rng(1))
    assert len(set(rows(batch))) + len(test.inputs) == 32
    whole = few(3200, np.random.default_rng(2))
    answer = {row: t.tobytes() for row, t in zip(rows(whole), whole.targets, strict=True)}
    for each in (batch, test):
        assert [answer[row] for row in rows(each)] == [t.tobytes() for t in each.targets]


def test_the_test_is_drawn_from_its_own_generator_and_in_its_order():
    _, test = tasks.held_out(few, 20, np.random.default_rng(0))
    drawn = rows(few(20, np.random.default_rng(0)))
    places = [drawn.index(row) for row in rows(test)]
    assert all(a < b for a, b in pairwise(places))
    assert set(drawn) == set(rows(test))


def test_a_task_with_nothing_left_says_so():
    training, _ = tasks.held_out(tasks.short_sentences, 200, np.random.default_rng(0))
    with pytest.raises(ValueError, match="test of 4, given no others in 100 attempts"):
        training(8, np.random.default_rng(1))


def test_wrong_size():
    with pytest.raises(ValueError, match="size"):
        tasks.held_out(few, 0, np.random.default_rng(0))
