"""A check leaves no trace, and what it shows is the same everywhere."""
# ruff: noqa: NPY002 - NumPy's old global generator is what must not change

import builtins
import os
import random
import re
import signal
import subprocess
import sys
import warnings

import numpy as np
import pytest

from lstm_lib.exercises import Feedback, check, forget_progress, hint, names, progress, solution
from lstm_lib.exercises.checking import QUESTIONS
from lstm_lib.exercises.engine.feedback import CORRECT, INCORRECT, NOT_ATTEMPTED


def meddles(*arguments):
    """Change everything that can be changed by accident."""
    random.seed(99)
    np.random.seed(99)
    np.random.rand(3)
    np.seterr(all="raise")
    np.set_printoptions(precision=1)
    warnings.simplefilter("error")
    warnings.filterwarnings("error", "mine")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0)
    os.chdir("/")
    os.environ["MEDDLED"] = "1"
    sys.path.insert(0, "nowhere")
    sys.argv.append("--meddled")
    sys.setrecursionlimit(12345)
    print("noise")
    print("noise", file=sys.stderr)
    os.write(1, b"noise")
    os.write(2, b"noise")
    sys.stdout.close()
    sys.stdout = sys.stderr = None
    builtins.print = builtins.input = None
    if "tensorflow" in sys.modules:
        import tensorflow as tf

        tf.random.set_seed(99)
        tf.random.normal([2])


def settings():
    """Return all of it."""
    found = {
        "random": random.getstate(),
        "numpy": str(np.random.get_state()),
        "errors": np.geterr(),
        "print": np.get_printoptions(),
        "warnings": list(warnings.filters),
        "signals": {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGALRM)},
        "timer": signal.getitimer(signal.ITIMER_REAL)[0] > 0,
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "arguments": list(sys.argv),
        "recursion": sys.getrecursionlimit(),
        "streams": (sys.stdin, sys.stdout, sys.stderr, sys.displayhook),
        "builtins": (builtins.print, builtins.input),
        "exit": os._exit,
        "tracing": sys.gettrace(),
    }
    if "tensorflow" in sys.modules:
        from tensorflow.python.eager import context

        generator = getattr(context.context(), "_rng", None)
        found["tensorflow"] = (context.global_seed(), generator and generator.getstate())
    return found


@pytest.mark.parametrize("name", names())
def test_a_check_leaves_no_trace(name, capfd):
    check("creatLSTMCell", lambda a, b, c: ...)  # what is imported once, stays
    before = settings()
    for answer in (meddles, QUESTIONS[name].reference, QUESTIONS[name].wrong[0].ways[0]):
        check(name, answer)
        assert settings() == before
    assert capfd.readouterr() == ("", "")


def test_the_cell_leaves_no_trace_in_the_graph():
    tf1 = pytest.importorskip("lstm_lib.tf1")
    from lstm_lib import tensorflow_backend
    from lstm_lib.tf1.graph import own_graph

    cells = [tf1.BasicLSTMCell, tensorflow_backend.BasicLSTMCell]
    before = [(cell.__init__, cell.__call__) for cell in cells]
    graph = own_graph()
    operations = len(graph.get_operations())
    for answer in (QUESTIONS["creatLSTMCell"].reference, meddles):
        check("creatLSTMCell", answer)
    assert own_graph() is graph
    assert len(graph.get_operations()) == operations
    assert [(cell.__init__, cell.__call__) for cell in cells] == before


def test_a_timer_that_runs_already_goes_on():
    rung = []
    kept = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 60)
        check("carry", QUESTIONS["carry"].reference)
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        assert 0 < left <= 60
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, kept)
    assert rung == []


@pytest.mark.slow
def test_importing_tensorflow_draws_no_random_number():
    code = (
        "import random, sys, numpy as np; from lstm_lib.exercises import check\n"
        "random.seed(1); np.random.seed(1)\n"
        "before = random.getstate(), str(np.random.get_state())\n"
        "check('creatLSTMCell', lambda a, b, c: ...)\n"
        "assert 'tensorflow' in sys.modules\n"
        "assert (random.getstate(), str(np.random.get_state())) == before\n"
    )
    subprocess.run([sys.executable, "-c", code], timeout=100, check=True)


def test_the_import_is_light():
    code = (
        "import sys, lstm_lib.exercises as e; e.check('carry', e.checking.QUESTIONS['carry']"
        ".reference); print([m for m in ('tensorflow', 'matplotlib', 'IPython') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


OUTCOMES = (CORRECT, INCORRECT, NOT_ATTEMPTED)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_feedback_says_its_outcome_in_words(outcome):
    feedback = Feedback(outcome, "Look at `W` & <b>.")
    assert str(feedback).lower().startswith(f"{outcome}. look at")
    assert repr(feedback) == str(feedback)
    html = feedback._repr_html_()
    assert f"<strong>{outcome.capitalize()}.</strong>" in html
    assert "<code>W</code> &amp; &lt;b&gt;" in html
    assert not re.search(r"\bid=|<script|<style|(?<!-)\bcolor:|background", html)
    assert Feedback(outcome, "x") == Feedback(outcome=outcome, message="x")


def test_hints_are_folded_in_a_notebook():
    html = hint("carry")._repr_html_()
    assert html.startswith("<details><summary>")
    assert " open" not in html.split(">")[0]


def test_solutions_are_shown_as_they_are():
    assert repr(solution("carry")) == str(solution("carry"))
    assert "<pre><code>def carry(f):" in solution("carry")._repr_html_()


def test_progress_follows_the_checks():
    forget_progress()
    everything = str(progress())
    assert all(f"open  {name}\n" in everything + "\n" for name in names())
    check("carry", QUESTIONS["carry"].reference)
    check("update_cell", lambda f, c_prev, i, candidate: ...)
    assert str(progress()) == (
        "Chapter 2: 1 of 2 done\n  open  update_cell\n  done  carry\n"
        "Nothing checked yet in this session: chapter 1, 3, 4, 5, 6, 7, 8"
    )
    check("update_cell", QUESTIONS["update_cell"].reference)
    assert "Chapter 2: 2 of 2 done" in progress()._repr_html_()
    check("carry", len)
    assert "Chapter 2: 1 of 2 done" in str(progress())
    forget_progress()


def test_the_checker_never_raises(monkeypatch):
    from lstm_lib.exercises import checking

    def fails(question, answer):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(checking, "judge", fails)
    message = check("carry", lambda f: f).message
    assert "The check itself failed with ZeroDivisionError: ours" in message


def test_without_tensorflow_the_other_questions_work():
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from lstm_lib.exercises import check, example, names\n"
        "from lstm_lib.exercises.checking import QUESTIONS\n"
        "for name in names(4): print(check(name, QUESTIONS[name].reference).outcome)\n"
        "def numpy_cell(a, b, c):\n"
        "    import numpy as np\n"
        "    from lstm_lib.numpy_backend import BasicLSTMCell\n"
        "    cell = BasicLSTMCell(a)\n"
        "    _, state = cell(np.ones((b, c), 'float32'), cell.zero_state(b))\n"
        "    print(state.h, state.c)\n"
        "print(check('creatLSTMCell', lambda a, b, c: ...).message)\n"
        "print(check('creatLSTMCell', numpy_cell).outcome)\n"
        "print(check('creatLSTMCell', QUESTIONS['creatLSTMCell'].reference).message)\n"
        "print(example('creatLSTMCell'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    *outcomes, blank, numpy_cell, reference, _, _, _, _, _, _, shown = done.stdout.splitlines()
    assert outcomes == ["not attempted", "correct", "correct", "correct"]
    assert blank == "Fill the blank of `creatLSTMCell`, then check it again."
    assert numpy_cell == "correct"
    assert reference.startswith("Your answer needs TensorFlow")
    assert "needs TensorFlow" in shown
