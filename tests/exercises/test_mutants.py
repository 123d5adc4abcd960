"""No wrong answer gets through: every small change to a reference is refused, or changes nothing.

Whether a change changes anything is found out without the checker, on other random inputs.
Of a reference with many changes some are tried here, drawn by lot, and all of them by
``python -m tests.exercises.test_mutants``.
"""

import contextlib
import functools
import io
import itertools
import random
import sys

import numpy as np
import pytest

from lstm_lib.exercises import check
from lstm_lib.exercises.checking import QUESTIONS
from lstm_lib.exercises.engine import judging
from tests.exercises.mutants import mutants

pytestmark = pytest.mark.slow

NUMPY_QUESTIONS = [name for name, question in QUESTIONS.items() if not question.needs_tensorflow]

# At least so many changes must have been found, or the way to find them is broken.
FEWEST = 12
# So many are tried of a question.
MOST = 120


def inputs_of(name):
    """Return inputs that no check has seen."""
    rng = np.random.default_rng(2026)
    if name == "gradient_factor":
        return [(w, steps) for w in (-1.3, -0.45, 0.6, 1.21) for steps in (1, 2, 5, 8)]
    if name == "count_parameters":
        return [tuple(int(n) for n in rng.integers(1, 90, 2)) for _ in range(12)]
    question = QUESTIONS[name]
    return [case.inputs for seed in range(3) for case in question.draw(np.random.default_rng(seed))]


def outcome(function, inputs):
    """Return what a function gives, or that it gives nothing usable."""
    copies = [each.copy() if isinstance(each, np.ndarray) else each for each in inputs]
    try:
        with np.errstate(all="ignore"):
            value = function(*copies)
    except Exception as error:
        return type(error).__name__
    return value


def is_same(one, other):
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str)
    if isinstance(one, tuple | list):
        return (
            isinstance(other, tuple | list)
            and len(one) == len(other)
            and all(map(is_same, one, other))
        )
    if other is None or isinstance(other, tuple | list) or np.shape(one) != np.shape(other):
        return False
    if callable(one) or callable(other):
        return one is other
    try:
        return np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)
    except OverflowError:  # an integer of a thousand digits
        return False


@functools.cache
def outcomes_of_the_reference(name):
    reference = QUESTIONS[name].reference
    return [(inputs, outcome(reference, inputs)) for inputs in inputs_of(name)]


def computes_the_same(name, mutant):
    return all(
        is_same(expected, outcome(mutant, inputs))
        for inputs, expected in outcomes_of_the_reference(name)
    )


def some_of(name):
    """The changes to a reference; a few drawn by lot where they are many."""
    found = list(mutants(QUESTIONS[name].reference))
    return found if len(found) <= MOST else random.Random(0).sample(found, MOST)


def is_correct(name, answer):
    return check(name, answer).outcome == "correct"


def tried(name, changes, is_correct):
    """Whether a change passes, and whether it computes the same, where one is not the other."""
    survivors, refused, equivalent = [], [], []
    for change, mutant in changes:
        passes = is_correct(name, mutant)
        if computes_the_same(name, mutant):
            (equivalent if passes else refused).append(change)
        elif passes:
            survivors.append(change)
    report(name, len(changes), equivalent)
    return survivors, refused


@pytest.mark.parametrize("name", NUMPY_QUESTIONS)
@pytest.mark.filterwarnings("ignore")
def test_no_mutant_survives(name, monkeypatch):
    # To find what is wrong takes much longer than to see that something is: every tenth time.
    count = itertools.count(1)

    def mostly_quick(name, answer):
        with monkeypatch.context() as patch:
            if next(count) % 10:
                patch.setattr(judging, "_what_is_wrong", lambda *about: "Something is wrong.")
            return is_correct(name, answer)

    changes = some_of(name)
    assert len(changes) >= FEWEST
    assert tried(name, changes, mostly_quick) == ([], [])


def report(name, count, equivalent):
    print(f"{name}: {count} mutants, {len(equivalent)} compute the same: {equivalent}")


def what_it_does(answer, a, b, c):
    """Return what creatLSTMCell printed and built, seen from outside of it.

    Printing a line twice, or making a placeholder that nothing uses, is not a difference.
    """
    tf = pytest.importorskip("tensorflow")
    graph, text = tf.Graph(), io.StringIO()
    with graph.as_default(), contextlib.redirect_stdout(text):
        try:
            answer(a, b, c)
        except Exception as error:
            return type(error).__name__
    built = [
        (each.name, [str(tensor.shape) for tensor in (*each.inputs, *each.outputs)])
        for each in graph.get_operations()
        if each.type in ("VarHandleOp", "MatMul")
    ]
    return list(dict.fromkeys(text.getvalue().splitlines())), built


@pytest.mark.filterwarnings("ignore")
def test_no_mutant_of_the_cell_survives():
    reference = QUESTIONS["creatLSTMCell"].reference
    sizes = [(7, 5, 3), (2, 4, 6)]
    count, equivalent, survivors = 0, [], []
    for change, mutant in mutants(reference):
        count += 1
        if check("creatLSTMCell", mutant).outcome != "correct":
            continue
        same = all(what_it_does(mutant, *size) == what_it_does(reference, *size) for size in sizes)
        (equivalent if same else survivors).append(change)
    report("creatLSTMCell", count, equivalent)
    assert count >= FEWEST
    assert survivors == []


if __name__ == "__main__":
    for name in sys.argv[1:] or NUMPY_QUESTIONS:
        found = tried(name, [*mutants(QUESTIONS[name].reference)], is_correct)
        print("survivors {}, refused {}".format(*found))
