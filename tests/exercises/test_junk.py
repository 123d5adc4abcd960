"""Junk gets one sentence, soon, and without a traceback; the session lives on."""

import itertools
import os
import sys
import threading
import time
from unittest import mock

import numpy as np
import pytest

from lstm_lib.exercises import Feedback, check, names
from lstm_lib.exercises.checking import QUESTIONS
from lstm_lib.exercises.engine import running

LONGEST = 10.0
STATE = {}


@pytest.fixture(scope="module", autouse=True)
def tensorflow_is_loaded():
    """On a busy machine its import alone may take longer than all that is measured here."""
    check("creatLSTMCell", ...)
    check("creatLSTMCell", lambda a, b, c: ...)


def raises(*arguments):
    raise ValueError("no\nsuch\nluck")


def raises_what_cannot_be_shown(*arguments):
    class Odd(Exception):  # noqa: N818
        def __str__(self):
            raise RuntimeError

    raise Odd


def prints_a_lot(*arguments):
    for _ in range(2000):
        print("x" * 100)
    sys.stderr.write("noise")
    os.write(1, b"noise")
    os.write(2, b"noise")
    os.system("echo noise")
    return "noise"


def calls_exit(*arguments):
    exit()


def calls_sys_exit(*arguments):
    sys.exit(3)


def calls_os_exit(*arguments):
    os._exit(3)


def interrupts(*arguments):
    raise KeyboardInterrupt


def asks(*arguments):
    return input("your answer? ")


def calls_itself(*arguments):
    return calls_itself(*arguments)


def yields(*arguments):
    yield 1


async def waits(*arguments):
    return 1


def misspells(*arguments):
    return sigmoidd(arguments[0])  # noqa: F821


def guesses(*arguments):
    return np.random.default_rng().normal(size=(3, 2))


def counts_its_calls(*arguments):
    STATE["calls"] = STATE.get("calls", 0) + 1
    return STATE["calls"]


def takes_nothing():
    return 1.0


def takes_names_only(*, a, b):
    return 1.0


class Hostile:
    """Breaks whatever looks at it."""

    def __array__(self, *arguments, **named):
        raise RuntimeError("hands off")

    def __eq__(self, other):
        raise RuntimeError("hands off")

    __hash__ = None


FUNCTIONS = {
    "returns None": lambda *a: None,
    "returns a scalar": lambda *a: 0.123,
    "returns text": lambda *a: "0.5",
    "returns a list": lambda *a: [0.5, 0.25],
    "returns an empty list": lambda *a: [],
    "returns lists of different lengths": lambda *a: [[1.0], [1.0, 2.0]],
    "returns NaN": lambda *a: float("nan"),
    "returns an infinite number": lambda *a: float("inf"),
    "returns the wrong shape": lambda *a: np.zeros((7, 9)),
    "returns a set": lambda *a: {1.0},
    "returns a dict": lambda *a: {"f": 1.0},
    "returns a function": lambda *a: np.tanh,
    "returns a class": lambda *a: float,
    "returns an object": lambda *a: object(),
    "returns what breaks": lambda *a: Hostile(),
    "returns a list of what breaks": lambda *a: [Hostile(), Hostile()],
    "returns bytes": lambda *a: b"\x00",
    "returns an endless iterator": lambda *a: itertools.count(),
    "returns a date": lambda *a: np.datetime64("2026-01-01"),
    "returns half a blank": lambda *a: (..., 1.0),
    "returns arguments": lambda *a: a,
    "raises": raises,
    "raises what cannot be shown": raises_what_cannot_be_shown,
    "prints a lot": prints_a_lot,
    "calls exit": calls_exit,
    "calls sys.exit": calls_sys_exit,
    "calls os._exit": calls_os_exit,
    "interrupts": interrupts,
    "asks": asks,
    "calls itself": calls_itself,
    "yields": yields,
    "is a coroutine": waits,
    "misspells": misspells,
    "guesses": guesses,
    "counts its calls": counts_its_calls,
    "takes nothing": takes_nothing,
    "takes names only": takes_names_only,
    "is a class": dict,
    "is a ufunc": np.tanh,
}
NOT_FUNCTIONS = {
    "None": None,
    "a list": [1.0],
    "an array": np.zeros(3),
    "a string": "forget_gate",
    "a number": 0.5,
    "a module": np,
}
JUNK = {**FUNCTIONS, **NOT_FUNCTIONS}


def is_one_sentence(feedback):
    text = feedback.message
    return (
        isinstance(feedback, Feedback)
        and feedback.outcome == "incorrect"
        and "\n" not in text
        and "Traceback" not in text
        and " at 0x" not in text
        and len(text) < 600
    )


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("name", names())
def test_junk_gets_one_sentence(name, junk):
    start = time.perf_counter()
    feedback = check(name, JUNK[junk])
    assert time.perf_counter() - start < LONGEST
    assert is_one_sentence(feedback), feedback
    assert "the check itself failed" not in feedback.message.lower()


NOT_FOR_THE_CELL = [name for name in names() if not QUESTIONS[name].needs_tensorflow]


def changed(name, change):
    """Return the reference with all of its values changed."""
    question = QUESTIONS[name]

    def answer(*arguments):
        value = question.reference(*arguments)
        if len(question.results) == 1:
            return change(np.asarray(value))
        return [change(np.asarray(each)) for each in value]

    return answer


CHANGES = {
    "NaN": (lambda a: a * np.nan, "NaN"),
    "text": (lambda a: a.astype(str), "text"),
    "complex": (lambda a: a + 0j, "complex"),
    "truth": (lambda a: a > 0, "True or False"),
    "an axis more": (lambda a: a[None], "expected"),
    "half": (lambda a: a / 2, ""),
    "negated": (lambda a: -a, ""),
    "shifted": (lambda a: a + 0.125, ""),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", NOT_FOR_THE_CELL)
def test_right_values_changed_are_refused(name, change):
    function, word = CHANGES[change]
    feedback = check(name, changed(name, function))
    assert is_one_sentence(feedback), feedback
    assert word.lower() in feedback.message.lower(), feedback


INTEGERS = (
    "count_parameters",
    "find_the_bug",
    "broken_without",
    "find_the_unfair",
    "latch_by_hand",
    "parity_by_hand",
    "name_the_fault",
    "judge_claim",
)
WITH_MATRICES = [
    name
    for name in NOT_FOR_THE_CELL
    if name not in ("gradient_factor", "carry", "scan_back", "by_luck", *INTEGERS)
]


@pytest.mark.parametrize("name", WITH_MATRICES)
def test_transposed_values_are_told_so(name):
    message = check(name, changed(name, np.transpose)).message
    assert "transpose" in message.lower()


@pytest.mark.parametrize("name", [n for n in NOT_FOR_THE_CELL if n not in INTEGERS])
def test_integers_that_lost_precision_are_refused(name):
    feedback = check(name, changed(name, lambda a: a.astype(int)))
    assert is_one_sentence(feedback), feedback


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("name", [n for n in NOT_FOR_THE_CELL if n not in INTEGERS])
def test_any_float_dtype_passes(name, dtype):
    if dtype == "float16" and name in ("gradient_factor", "carry"):
        pytest.skip("their smallest values do not fit into float16")
    feedback = check(name, changed(name, lambda a: a.astype(dtype)))
    assert feedback.outcome == "correct", feedback


NO_BATCH = ("keras_weights", "scale_parts", "cut_windows")


@pytest.mark.parametrize("name", [n for n in WITH_MATRICES if n not in NO_BATCH])
def test_what_is_right_in_some_cases_only_is_told_which(name):
    question = QUESTIONS[name]

    def only(condition, otherwise=0.3):
        def answer(*arguments):
            value = question.reference(*arguments)
            if condition(*arguments):
                return value
            several = len(question.results) > 1
            return [each + otherwise for each in value] if several else value + otherwise

        return answer

    one_row = check(name, only(lambda first, *rest: len(first) == 1)).message
    assert "batch of 1 only" in one_row
    several = check(name, only(lambda first, *rest: len(first) > 1)).message
    assert "but for a batch of 1" in several
    example = question.cases[0].inputs
    shown = check(name, only(lambda *given: all(map(np.array_equal, given, example)))).message
    assert "worked example only" in shown
    if any("zero_state" in case.traits for case in question.cases):
        state = question.arguments.index("h_prev" if "h_prev" in question.arguments else "c_prev")
        zero = check(name, only(lambda *given: not given[state].any())).message
        assert "from a zero state only" in zero


@pytest.mark.parametrize("name", NOT_FOR_THE_CELL)
def test_changing_the_arguments_is_told_so(name):
    question = QUESTIONS[name]
    inputs = question.cases[0].inputs
    place = next((k for k, each in enumerate(inputs) if isinstance(each, np.ndarray)), None)
    if place is None:
        pytest.skip("numbers cannot be changed in place")

    def answer(*arguments):
        value = question.reference(*arguments)
        arguments[place][...] += 1
        return value

    assert f"changes its argument `{question.arguments[place]}`" in check(name, answer).message


def test_keeping_state_between_calls_is_told_so():
    calls = []

    def answer(f, c_prev, i, candidate):
        calls.append(1)
        return f * c_prev + i * candidate + (0.1 if len(calls) > 9 else 0.0)

    assert "called again with the same arguments" in check("update_cell", answer).message


def test_an_error_is_shown_with_its_line():
    def answer(o, c):
        first = o
        return first.no_such_thing

    message = check("update_hidden", answer).message
    assert "AttributeError in its line 3, `return first.no_such_thing`" in message


def test_not_implemented_inside_of_a_library_is_no_blank():
    def inner():
        raise NotImplementedError("a library's own")

    def blank(o, c):
        raise NotImplementedError

    assert check("update_hidden", blank).outcome == "not attempted"
    assert check("update_hidden", lambda o, c: inner()).outcome == "incorrect"


def test_a_graph_tensor_has_no_numbers():
    tf = pytest.importorskip("tensorflow")

    def answer(o, c):
        with tf.Graph().as_default():
            return tf.constant(o) * tf.tanh(c)

    assert "graph tensor" in check("update_hidden", answer).message


# Endless loops.


def loops(*arguments):
    while True:
        pass


def loops_and_catches(*arguments):
    while True:
        try:  # noqa: SIM105
            sum(range(10))
        except:  # noqa: E722
            pass


def sleeps(*arguments):
    time.sleep(1000)


def prints_for_ever(*arguments):
    while True:
        print("x" * 1000)


def waits_for_a_lock(*arguments):
    threading.Event().wait()


STOPPED = "still running"


def stops(name, endless):
    """Whether a check stops an endless answer; here it waits a quarter of a second, not four."""
    with mock.patch.object(running.run, "__defaults__", (0.25,)):
        return STOPPED in check(name, endless).message


@pytest.mark.parametrize("name", names())
def test_an_endless_loop_is_stopped(name):
    start = time.perf_counter()
    assert stops(name, loops)
    assert time.perf_counter() - start < LONGEST


@pytest.mark.parametrize(
    "endless",
    [loops_and_catches, sleeps, prints_for_ever, waits_for_a_lock],
)
def test_other_endless_loops_are_stopped(endless):
    assert stops("update_hidden", endless)
    assert check("update_hidden", QUESTIONS["update_hidden"].reference).outcome == "correct"


def in_a_thread(function):
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join(LONGEST)
    assert results
    return results[0]


@pytest.mark.parametrize("endless", [loops, loops_and_catches])
def test_an_endless_loop_is_stopped_in_another_thread(endless):
    threads = threading.active_count()
    assert in_a_thread(lambda: stops("update_hidden", endless))
    # The answer's own thread ends a moment after the message, later on a busy machine.
    end = time.monotonic() + LONGEST
    while threading.active_count() > threads and time.monotonic() < end:
        time.sleep(0.01)
    assert threading.active_count() == threads


def test_other_threads_check_as_well():
    for name in ("lstm_step", "creatLSTMCell"):
        reference = QUESTIONS[name].reference
        assert in_a_thread(lambda r=reference, n=name: check(n, r)).outcome == "correct"
        assert in_a_thread(lambda n=name: check(n, raises)).outcome == "incorrect"


def test_the_time_limit_leaves_room():
    assert running.SECONDS + running._PATIENCE < LONGEST
    assert running.run.__defaults__ == (running.SECONDS,)


SLOW = """\
import time
for _ in range(30):
    time.sleep(0.025)
value = 1.0
"""


def test_an_import_is_never_stopped_halfway(tmp_path, monkeypatch):
    monkeypatch.setattr(running.run, "__defaults__", (0.5,))
    for name in ("slow_one", "slow_two"):
        (tmp_path / f"{name}.py").write_text(SLOW)
    monkeypatch.syspath_prepend(str(tmp_path))

    def imports(o, c):
        import slow_one

        return slow_one.value * o * np.tanh(c)

    def imports_and_loops(o, c):
        import slow_two

        while slow_two.value:
            pass

    try:
        assert check("update_hidden", imports).outcome == "correct"
        assert STOPPED in check("update_hidden", imports_and_loops).message
        assert sys.modules["slow_two"].value == 1.0
    finally:
        for name in ("slow_one", "slow_two"):
            sys.modules.pop(name, None)
