"""The tasks of 1997 are what the paper says, and an index that is off by one is seen.

Each check draws many sequences from a module and looks at all that the definition fixes. It is run
on the library's modules and on copies of them with one number changed (`PLANTED`).
"""

import types
from collections import Counter

import numpy as np
import pytest

from lstm_lib.tasks import of_1997, reber

DRAWS = 600


def draws(generator, *arguments, **options):
    rng = np.random.default_rng(7)
    return [generator(*arguments, rng=rng, **options) for _ in range(DRAWS)]


def asked_at_the_end_only(example):
    assert np.isnan(example.targets[:-1]).all()
    assert not np.isnan(example.targets[-1]).any()
    assert len(example.targets) == len(example.inputs)


def about_equal(counts, ways):
    """Each of the ways about as often: five standard deviations."""
    total = sum(counts.values())
    assert len(counts) == ways
    spread = 5 * np.sqrt(total / ways * (1 - 1 / ways))
    assert all(abs(count - total / ways) < spread for count in counts.values())


def every_value(values, low, high):
    """All whole numbers from low to high come up, and no others."""
    assert set(map(int, values)) == set(range(low, high + 1))


# Experiment 1 -----------------------------------------------------------------------------------


def check_reber(module):
    first, inner = Counter(), Counter()
    for example in draws(module.embedded_reber):
        word = module.spell(example.inputs)
        following = example.targets.argmax(axis=1)
        assert (example.targets.sum(axis=1) == 1).all()
        np.testing.assert_array_equal(following[:-1], example.inputs[1:])
        last = module.SYMBOLS[following[-1]]
        assert word[0] == "B"
        assert last == "E"
        assert word[1] == word[-1], "the letter comes back"
        assert word[1] in "TP"
        assert word[2] == "B"
        assert word[-2] == "E"
        assert len(word) + 1 >= 9
        first[word[1]] += 1
        inner[word[3]] += 1
        possible = module.possible_next(example.inputs)
        assert possible[np.arange(len(following)), following].all()
        assert set(possible.sum(axis=1)) <= {1, 2}
    about_equal(first, 2)
    about_equal(inner, 2)
    shortest = min(len(example.inputs) + 1 for example in draws(module.embedded_reber))
    assert shortest == 9


def check_stream(module):
    rng = np.random.default_rng(1)
    stream = module.continual_reber(rng)
    pieces = [next(stream) for _ in range(50)]
    letters = np.concatenate([piece.inputs for piece in pieces])
    following = np.concatenate([piece.targets for piece in pieces]).argmax(axis=1)
    np.testing.assert_array_equal(following[:-1], letters[1:])
    assert module.SYMBOLS[following[-1]] == "B"
    possible = module.possible_next(letters)
    assert possible[np.arange(len(letters)), following].all()


def test_the_grammar_refuses_what_it_does_not_allow():
    letters = np.array([reber.SYMBOLS.index(each) for each in "BTBTSX"])
    assert reber.possible_next(letters).shape == (6, 7)
    with pytest.raises(ValueError, match=r"letters\[1\]: expected T or P, given X"):
        reber.possible_next(np.array([0, reber.SYMBOLS.index("X")]))


# Experiment 2 -----------------------------------------------------------------------------------


def check_noise_free(module, lag=9):
    cues = Counter()
    for example in draws(module.noise_free, lag):
        assert example.targets.shape == (lag, lag + 1)
        np.testing.assert_array_equal(example.inputs[1:], np.arange(lag - 1))
        assert example.inputs[0] in (lag - 1, lag)
        following = example.targets.argmax(axis=1)
        np.testing.assert_array_equal(following, [*example.inputs[1:], example.inputs[0]])
        cues[example.inputs[0]] += 1
    about_equal(cues, 2)


def check_random_middle(module, lag=9):
    middle = Counter()
    for example in draws(module.random_middle, lag):
        assert example.targets.shape == (lag, lag + 1)
        following = example.targets.argmax(axis=1)
        np.testing.assert_array_equal(following, [*example.inputs[1:], example.inputs[0]])
        middle.update(map(int, example.inputs[1:]))
    every_value(middle, 0, lag - 2)
    about_equal(middle, lag - 1)


def check_distractors(module, q=12, p=5):
    cues, more = Counter(), []
    for example in draws(module.distractors, q, p):
        asked_at_the_end_only(example)
        first, cue, *middle, last = example.inputs
        assert (first, last) == (p, p + 1)
        every_value({cue}, cue, cue)
        assert cue in (p + 2, p + 3)
        assert max(middle) < p
        assert list(example.targets[-1]) == ([1, 0] if cue == p + 2 else [0, 1])
        cues[cue] += 1
        more.append(len(middle) - q)
    about_equal(cues, 2)
    assert min(more) == 0
    assert abs(np.mean(more) - 9) < 5 * np.sqrt(90 / DRAWS), "e comes with probability 1/10"


# Experiment 3 -----------------------------------------------------------------------------------


def check_two_sequences(module, length=40, informative=3):
    lengths, noise, classes = [], [], Counter()
    for example in draws(module.two_sequences, length, informative):
        asked_at_the_end_only(example)
        (target,) = example.targets[-1]
        sign = 1 if target == 1 else -1
        assert (example.inputs[:informative, 0] == sign).all()
        assert np.ptp(example.inputs[: informative + 1, 0]) > 0, "noise begins at once"
        noise.append(example.inputs[informative:, 0])
        lengths.append(len(example.inputs))
        classes[float(target)] += 1
    every_value(lengths, length, length + length // 10)
    about_equal(classes, 2)
    assert abs(np.concatenate(noise).mean()) < 0.01
    assert abs(np.concatenate(noise).var() - 0.2) < 0.01


def check_noisy_sequences(module, length=40, informative=3):
    found = draws(module.two_sequences, length, informative, kind="3b")
    told = [(example.inputs[:informative, 0], example.targets[-1, 0]) for example in found]
    errors = np.concatenate([inputs - (2 * target - 1) for inputs, target in told])
    assert abs(errors.mean()) < 0.06
    assert abs(errors.var() - 0.2) < 0.04
    found = draws(module.two_sequences, length, informative, kind="3c")
    assert all(set(abs(e.inputs[:informative, 0])) == {1.0} for e in found), "as in 3a"
    high = [e.targets[-1, 0] for e in found if e.inputs[:informative].mean() > 0]
    low = [e.targets[-1, 0] for e in found if e.inputs[:informative].mean() < 0]
    assert abs(np.mean(high) - 0.8) < 0.09
    assert abs(np.mean(low) - 0.2) < 0.09
    assert abs(np.var(high) - 0.1) < 0.04


# Experiments 4 and 5 ----------------------------------------------------------------------------


def check_marked(examples, length, low, first_counts, answer):
    firsts, seconds, lengths = [], [], []
    for example in examples:
        asked_at_the_end_only(example)
        values, marks = example.inputs.T
        assert marks[0] == marks[-1] == -1
        places = list(np.flatnonzero(marks == 1))
        hidden = 2 - len(places)  # a marked first pair keeps its -1
        assert hidden in (0, 1)
        assert (np.delete(marks, [0, *places, len(marks) - 1]) == 0).all()
        numbers = [first_counts] * hidden + [values[place] for place in places]
        assert example.targets[-1, 0] == pytest.approx(answer(*numbers), abs=1e-12)
        places = [0] * hidden + places
        firsts.append(places[0])
        seconds.append(places[1])
        lengths.append(len(values))
        assert low <= values.min()
        assert values.max() <= 1
    assert abs(np.mean([e.inputs[:, 0].mean() for e in examples]) - (low + 1) / 2) < 0.02
    every_value(lengths, length, length + length // 10)
    assert min(firsts) == 0
    assert max(seconds) == length // 2 - 2, "the last that may be marked"
    assert max(firsts) <= 9, "one of the first ten"
    assert max(firsts) == 9


def check_adding(module, length=40):
    examples = draws(module.adding_1997, length)
    check_marked(examples, length, -1, 0.0, lambda a, b: 0.5 + (a + b) / 4)


def check_multiplication(module, length=40):
    check_marked(draws(module.multiplication, length), length, 0, 1.0, lambda a, b: a * b)


# Experiment 6 -----------------------------------------------------------------------------------


def check_order(generator, module, places):
    names, lengths = Counter(), []
    where = [[] for _ in places]
    letters = Counter()
    for example in draws(generator):
        asked_at_the_end_only(example)
        word = "".join(module.ORDER_SYMBOLS[each] for each in example.inputs)
        assert word[0] == "E"
        assert word[-1] == "B"
        marks = [place for place, letter in enumerate(word) if letter in "XY"]
        assert len(marks) == len(places)
        for found, mark in zip(where, marks, strict=True):
            found.append(mark)
        letters.update(set(word) - set("XYEB"))
        assert set(word[1:-1]) <= set("abcdXY")
        names["".join(word[mark] for mark in marks)] += 1
        target = example.targets[-1]
        number = int("".join("01"["XY".index(word[mark])] for mark in marks), 2)
        assert target.argmax() == number
        assert target.sum() == 1
        assert len(target) == 2 ** len(places)
        lengths.append(len(word))
    for found, (first, last) in zip(where, places, strict=True):
        every_value(found, first, last)
    every_value(lengths, 100, 110)
    about_equal(names, 2 ** len(places))
    assert set(letters) == set("abcd")


def check_order_2(module):
    check_order(module.temporal_order, module, [(10, 20), (50, 60)])


def check_order_3(module):
    check_order(module.temporal_order_3, module, [(10, 20), (33, 43), (66, 76)])


# The checks, on the library and on what is planted ------------------------------------------------

CHECKS = {
    check_reber: reber,
    check_stream: reber,
    check_noise_free: of_1997,
    check_random_middle: of_1997,
    check_distractors: of_1997,
    check_two_sequences: of_1997,
    check_noisy_sequences: of_1997,
    check_adding: of_1997,
    check_multiplication: of_1997,
    check_order_2: of_1997,
    check_order_3: of_1997,
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_task_is_what_the_paper_says(check):
    check(CHECKS[check])


# (check, what stands in the module, what is planted in its place)
PLANTED = [
    (
        check_reber,
        "Example(letters[:-1], one_hot(letters[1:]",
        "Example(letters[1:], one_hot(letters[1:]",
    ),
    (check_reber, "graph[cue, len(INNER)] = {cue: end}", 'graph[cue, len(INNER)] = {"T": end}'),
    (check_reber, '{"T": 2, "P": 3}', '{"T": 2}'),
    (
        check_stream,
        'np.append(letters[1:], SYMBOLS.index("B"))',
        "np.append(letters[1:], letters[0] + 1)",
    ),
    (check_stream, "yield Example(letters,", "yield Example(letters[::-1],"),
    (
        check_noise_free,
        "np.arange(_checked_lag(lag) - 1)",
        "np.arange(_checked_lag(lag) - 1)[::-1]",
    ),
    (check_noise_free, "cue = lag - 1 +", "cue = lag - 2 +"),
    (check_noise_free, "[[cue], middle, [cue]]", "[[cue], middle, [middle[0]]]"),
    (check_random_middle, "rng.integers(_checked_lag(lag) - 1,", "rng.integers(_checked_lag(lag),"),
    (
        check_random_middle,
        "rng.integers(_checked_lag(lag) - 1,",
        "rng.integers(_checked_lag(lag) - 2,",
    ),
    (check_random_middle, "size=lag - 1)", "size=lag)"),
    (check_distractors, "rng.geometric(0.1) - 1", "rng.geometric(0.1)"),
    (check_distractors, "rng.geometric(0.1)", "rng.geometric(0.125)"),
    (check_distractors, "p + 1, p + 2", "p + 1, p + 3"),
    (check_distractors, "rng.integers(p, size=", "rng.integers(p + 1, size="),
    (check_two_sequences, "inputs[:informative] = sign", "inputs[:informative - 1] = sign"),
    (check_two_sequences, "inputs[:informative] = sign", "inputs[:informative + 1] = sign"),
    (check_two_sequences, "rng.normal(0, np.sqrt(0.2), (_d", "rng.normal(0, 0.2, (_d"),
    (check_two_sequences, "sign = 2 * first - 1", "sign = 1 - 2 * first"),
    (check_two_sequences, "length + length // 10 + 1)", "length + length // 10)"),
    (check_noisy_sequences, "inputs[:informative] + sign", "0 * inputs[:informative] + sign"),
    (check_noisy_sequences, 'sign if kind != "3b"', 'sign if kind == "3a"'),
    (check_noisy_sequences, "0.2 + 0.6 * first", "0.1 + 0.8 * first"),
    (check_noisy_sequences, "rng.normal(0, np.sqrt(0.1))", "rng.normal(0, 0.1)"),
    (check_adding, "last = length // 2 - 1", "last = length // 2"),
    (check_adding, "last = length // 2 - 1", "last = length // 2 - 2"),
    (check_adding, "min(10, last)", "min(11, last)"),
    (check_adding, "min(10, last)", "min(9, last)"),
    (check_adding, "second += second >= first", "second += second > first"),
    (check_adding, "inputs[[0, -1], 1] = -1.0", "inputs[[0, -2], 1] = -1.0"),
    (check_adding, "if k else first_counts", "if k >= 0 else first_counts"),
    (check_adding, "0.5 + (x1 + x2) / 4]))", "0.5 + (x1 - x2) / 4]))"),
    (check_multiplication, "0.0, 1.0, rng)", "0.0, 0.0, rng)"),
    (check_multiplication, "[x1 * x2]", "[x1 * x1]"),
    (check_order_2, "((10, 20), (50, 60))", "((10, 20), (51, 60))"),
    (check_order_2, "rng.integers(first, last + 1)", "rng.integers(first, last)"),
    (check_order_2, "rng.integers(first, last + 1)", "rng.integers(first + 1, last + 1)"),
    (check_order_2, "rng.integers(100, 111)", "rng.integers(100, 110)"),
    (check_order_2, "inputs[0], inputs[-1] =", "inputs[0], inputs[-2] ="),
    (check_order_2, "rng.integers(4, size", "rng.integers(3, size"),
    (check_order_2, "name = 2 * name + which", "name = name + which"),
    (check_order_3, "(33, 43)", "(33, 44)"),
    (check_order_3, "(66, 76)", "(65, 76)"),
]


@pytest.mark.parametrize(("check", "old", "new"), PLANTED)
def test_what_is_planted_is_seen(check, old, new):
    module = CHECKS[check]
    with open(module.__file__, encoding="utf-8") as file:
        source = file.read()
    assert old in source, "the module has changed: plant the fault anew"
    planted = types.ModuleType("planted")
    exec(compile(source.replace(old, new), "planted", "exec"), planted.__dict__)
    with pytest.raises((AssertionError, ValueError, IndexError)):
        check(planted)


def test_every_check_has_something_planted():
    assert {check for check, _, _ in PLANTED} == set(CHECKS)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: of_1997.noise_free(1, rng), "lag: expected at least 2, given 1"),
        (lambda rng: of_1997.random_middle(1, rng), "lag: expected at least 2, given 1"),
        (lambda rng: of_1997.adding_1997(5, rng), "length: expected at least 6, given 5"),
        (lambda rng: of_1997.multiplication(5, rng), "length: expected at least 6, given 5"),
        (lambda rng: of_1997.two_sequences(3, 3, rng), "informative: expected less than"),
        (lambda rng: of_1997.two_sequences(9, 1, rng, "3d"), "kind: expected 3a, 3b or 3c"),
        (lambda rng: of_1997.distractors(0, 3, rng), "q: expected"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call(np.random.default_rng(0))
