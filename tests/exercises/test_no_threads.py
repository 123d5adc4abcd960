"""Python in a browser has neither threads nor timers: a check stops an answer all the same.

Here by force, with the Python at hand; with a browser's in `tests/site`.
"""

import itertools
import sys
import threading
import time

import numpy as np
import pytest

from lstm_lib.exercises import check, names
from lstm_lib.exercises.checking import QUESTIONS
from lstm_lib.exercises.engine import running
from tests.exercises.test_junk import STOPPED, stops

LONGEST = 10.0
RIGHT = QUESTIONS["update_hidden"].reference


@pytest.fixture(autouse=True)
def as_in_a_browser(monkeypatch):
    def no_thread(*arguments):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(running, "_has_timer", lambda: False)
    monkeypatch.setattr(running, "_has_threads", lambda: False)
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    monkeypatch.setattr(running.run, "__defaults__", (1.0,))


def loops(*arguments):
    while True:
        pass


def loops_in_one_line(*arguments):
    while True: pass  # noqa: E701  # fmt: skip


def loops_in_a_comprehension(*arguments):
    return [number for number in itertools.count() if number < 0]


def loops_in_a_generator(*arguments):
    return sum(0 for _ in itertools.count())


def loops_in_calls(*arguments):
    return all(map(lambda number: number >= 0, itertools.count()))  # noqa: C417


def loops_in_numpy(*arguments):
    return np.vectorize(loops)(np.zeros(3))


def prints_for_ever(*arguments):
    while True:
        print("x" * 1000)


def catches_everything(*arguments):
    while True:
        try:  # noqa: SIM105
            sum(range(10))
        except:  # noqa: E722
            pass


def catches_everything_by_name(*arguments):
    total = 0
    while True:
        try:
            total += 1
        except BaseException as error:
            said = str(error)
            total += len(said)


def catches_everything_inside(*arguments):
    def inner():
        try:
            loops()
        except BaseException:
            return None

    while True:
        inner()


# Trace functions of Python 3.11 do not see a jump to itself. Browsers have 3.12.
ENDLESS = [
    loops,
    *([loops_in_one_line] if sys.version_info >= (3, 12) else []),
    loops_in_a_comprehension,
    loops_in_a_generator,
    loops_in_calls,
    loops_in_numpy,
    prints_for_ever,
    catches_everything,
    catches_everything_by_name,
    catches_everything_inside,
]


@pytest.mark.parametrize("endless", ENDLESS)
def test_an_endless_loop_is_stopped_and_the_next_check_is_right(endless):
    start = time.monotonic()
    assert stops("update_hidden", endless)
    assert time.monotonic() - start < LONGEST
    assert check("update_hidden", RIGHT).outcome == "correct"


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_every_question_stops_an_endless_loop(name):
    assert stops(name, loops)


IN_NUMPY = [name for name in names() if not QUESTIONS[name].needs_tensorflow]


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_NUMPY)
def test_verdicts_are_the_same(name):
    """`test_answers.py` holds that these are the verdicts elsewhere."""
    question = QUESTIONS[name]
    assert check(name, question.reference).outcome == "correct"
    ways = [(way, question.says(wrong)) for wrong in question.wrong for way in wrong.ways]
    assert [tuple(check(name, way)) for way, _ in ways] == [("incorrect", said) for _, said in ways]


def test_what_has_a_tracer_already_keeps_it():
    def tracer(frame, event, argument):
        return None

    kept = sys.gettrace()
    sys.settrace(tracer)
    try:
        assert check("update_hidden", RIGHT).outcome == "correct"
        assert sys.gettrace() is tracer
        for answer in (loops, catches_everything):
            assert stops("update_hidden", answer)
            assert sys.gettrace() is tracer
    finally:
        sys.settrace(kept)


def test_after_an_answer_that_recurses_the_next_case_is_watched_too():
    """At the end of the stack there is no room for the trace function either."""

    def recurses(*arguments):
        return recurses(*arguments)

    assert "calls itself without end" in check("update_hidden", recurses).message
    assert stops("update_hidden", lambda o, c: (RIGHT(o, c), loops()))


SLOW = """\
import time
end = time.monotonic() + 0.75
while time.monotonic() < end:
    pass
value = 1.0
"""


def test_an_import_is_never_stopped_halfway(tmp_path, monkeypatch):
    monkeypatch.setattr(running.run, "__defaults__", (0.5,))
    for name in ("slower_one", "slower_two"):
        (tmp_path / f"{name}.py").write_text(SLOW)
    monkeypatch.syspath_prepend(str(tmp_path))

    def imports(o, c):
        import slower_one

        return slower_one.value * o * np.tanh(c)

    def imports_and_loops(o, c):
        import slower_two

        while slower_two.value:
            pass

    try:
        assert check("update_hidden", imports).outcome == "correct"
        assert STOPPED in check("update_hidden", imports_and_loops).message
        assert sys.modules["slower_two"].value == 1.0
    finally:
        for name in ("slower_one", "slower_two"):
            sys.modules.pop(name, None)
