"""The sentences of chapter 1 are what the text says of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_lib import tasks


def rng(seed=0):
    return np.random.default_rng(seed)


@given(gap=st.integers(2, 40), seed=st.integers(0, 1000))
def test_long_sentence(gap, seed):
    words = tasks.long_sentence(gap, rng(seed))
    assert words[:4] == ["she", "grew", "up", "in"]
    country, language = words[4], words[-1]
    assert tasks.LANGUAGES[country] == language
    between = words[5:-1]
    assert len(between) == gap
    assert between[-2:] == ["and", "speaks"]
    assert set(between[:-2]) <= set(tasks.VERBS)


def test_short_sentence_has_three_words_between_cue_and_answer():
    for seed in range(20):
        words = tasks.short_sentence(rng(seed))
        assert words == ["the", words[1], "are", "in", "the", tasks.PLACES[words[1]]]


def test_all_countries_places_and_verbs_come_up_equally_often():
    sentences = [tasks.long_sentence(10, rng(seed)) for seed in range(2000)]
    countries = [words[4] for words in sentences]
    for country in tasks.LANGUAGES:
        assert 430 < countries.count(country) < 570  # 500 and 3.6 standard deviations
    verbs = [verb for words in sentences for verb in words[5:-3]]
    for verb in tasks.VERBS:
        assert 0.115 < verbs.count(verb) / len(verbs) < 0.135
    places = [tasks.short_sentence(rng(seed))[1] for seed in range(2000)]
    for place in tasks.PLACES:
        assert 430 < places.count(place) < 570


def test_vocabulary_has_each_word_once():
    assert len(set(tasks.VOCABULARY)) == len(tasks.VOCABULARY) == 32


def test_encode_gives_one_hot_words_and_the_words_that_follow():
    sentence = ["the", "fish", "are", "in", "the", "sea"]
    inputs, targets = tasks.encode([sentence])
    assert inputs.shape == (1, 5, 32)
    assert inputs.dtype == np.float64
    read = [tasks.VOCABULARY[k] for k in inputs[0].argmax(axis=1)]
    assert read == sentence[:-1]
    assert [tasks.VOCABULARY[k] for k in targets[0]] == sentence[1:]
    assert (inputs.sum(axis=2) == 1).all()


@pytest.mark.parametrize(
    ("make", "time"),
    [
        (lambda n: tasks.short_sentences(n, rng()), 5),
        (lambda n: tasks.long_sentences(7, n, rng()), 12),
    ],
)
def test_batches_ask_for_the_last_word_only(make, time):
    inputs, targets = make(6)
    assert inputs.shape == (6, time, 32)
    assert (targets[:, :-1] == tasks.IGNORE).all()
    answers = {tasks.VOCABULARY[k] for k in targets[:, -1]}
    assert answers <= {*tasks.PLACES.values(), *tasks.LANGUAGES.values()}


def test_one_seed_one_batch():
    one, two, other = (tasks.long_sentences(5, 8, rng(seed)).inputs for seed in (3, 3, 4))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("call", "expected", "given"),
    [
        (lambda: tasks.long_sentence(1, rng()), "at least 2", "given 1"),
        (lambda: tasks.long_sentences(5, 0, rng()), "positive integer", "given 0"),
        (lambda: tasks.encode([["the"], ["the", "fish"]]), "one length", "[1, 2]"),
        (lambda: tasks.encode([["the", "dog"]]), "words of VOCABULARY", "['dog']"),
    ],
)
def test_errors_name_expected_and_given(call, expected, given):
    with pytest.raises(ValueError, match="expected") as caught:
        call()
    assert expected in str(caught.value)
    assert given in str(caught.value)


@given(row=st.integers(0, 4), speed=st.sampled_from(tasks.SPEEDS), hidden=st.integers(1, 30))
def test_flight_moves_at_its_speed_and_stays_in_the_picture(row, speed, hidden):
    places = tasks.flight(row, speed, hidden)
    rows = [r for r, _ in places]
    assert [c for _, c in places] == [0, 1, 2, *[3] * hidden, 4]
    assert rows[0] == row
    assert set(rows) <= set(range(5))
    # A path of as many rows as speed and frames make, folded at the edges.
    for frame, at in enumerate(rows):
        path = row + speed * frame
        assert at in (path % 8, -path % 8)


def test_frames_hide_the_object_behind_the_wall():
    pictures = tasks.frames(tasks.flight(2, 1, 4))
    assert pictures.shape == (8, 5, 5)
    assert (pictures[:, :, 3] == -1).all()
    assert [(picture == 1).sum() for picture in pictures] == [1, 1, 1, 0, 0, 0, 0, 1]


def test_flights_ask_in_the_last_hidden_frame():
    inputs, targets = tasks.flights(6, 40, rng())
    assert inputs.shape == (40, 9, 25)
    assert (targets[:, :-1] == tasks.IGNORE).all()
    assert set(targets[:, -1]) == set(range(5))
    pictures = inputs.reshape(40, 9, 5, 5)
    assert (pictures[..., 3] == -1).all()
    assert np.abs(np.delete(pictures[:, 3:], 3, axis=-1)).max() <= tasks.NOISE  # noise alone
    assert (pictures[:, :3].max(axis=(2, 3)) >= 1 - tasks.NOISE).all()  # the object


def test_there_are_21_flights_and_each_tells_the_exit_from_the_frames_seen():
    inputs, targets = tasks.flights(6, 2000, rng())
    clean = np.round(inputs[:, :3]) + 0.0  # the noise is below one half
    exits = {}
    for pictures, target in zip(clean, targets[:, -1], strict=True):
        exits.setdefault(pictures.tobytes(), set()).add(int(target))
    assert len(exits) == 21
    assert all(len(each) == 1 for each in exits.values())


@given(time=st.integers(1, 40), seed=st.integers(0, 1000))
def test_latch_holds_the_last_flagged_bit(time, seed):
    inputs, targets = tasks.latch(time, 3, rng(seed), rate=0.3)
    for (bits, flags), answers in zip(inputs.transpose(0, 2, 1), targets, strict=True):
        stored = None
        for t in range(time):
            if t == 0 or flags[t] == 1:
                stored = int(bits[t] == 1)
            assert answers[t] == stored
    assert set(np.unique(inputs[..., 0])) <= {-1.0, 1.0}
    assert (inputs[:, 0, 1] == 1).all()


def test_latch_flags_come_at_the_rate():
    flags = tasks.latch(1001, 100, rng(), rate=0.15).inputs[:, 1:, 1]
    assert flags.mean() == pytest.approx(0.15, abs=0.005)


@given(length=st.integers(6, 120), seed=st.integers(0, 1000))
def test_adding_problem_by_its_definition(length, seed):
    inputs, targets = tasks.adding(length, 4, rng(seed))
    time = inputs.shape[1]
    assert length <= time <= 1.1 * length
    assert np.isnan(targets[:, :-1]).all()
    for (values, markers), target in zip(inputs.transpose(0, 2, 1), targets, strict=True):
        assert (np.abs(values) <= 1).all()
        assert markers[-1] == -1
        assert markers[0] == -1
        marked = [k for k in range(time) if markers[k] == 1]
        assert len(marked) in (1, 2)  # a chosen first pair keeps its -1
        assert all(k < length // 2 - 1 for k in marked)
        assert len(marked) == 1 or min(marked) < 10
        assert set(markers) <= {-1.0, 0.0, 1.0}
        assert target[-1, 0] == pytest.approx(0.5 + values[marked].sum() / 4)


def test_adding_problem_reaches_every_place_it_may():
    marked = [
        np.flatnonzero(tasks.adding(40, 1, rng(seed)).inputs[0, :, 1] == 1) for seed in range(600)
    ]
    places = set(np.concatenate(marked).tolist())
    assert places == set(range(1, 19))


def test_adding_problem_too_short():
    with pytest.raises(ValueError, match="expected at least 6, given 5"):
        tasks.adding(5, 1, rng())
