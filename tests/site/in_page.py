"""A reader who writes into the page: open an editor, write, check, read the verdict."""

import functools
import linecache
from typing import NamedTuple

import numpy as np

from lstm_lib.exercises import check
from lstm_lib.exercises.checking import QUESTIONS
from lstm_lib.exercises.engine.question import BEGIN, END
from lstm_lib.language import speaking
from tests.site import visits

# The first load of Python, on a machine that does other things besides.
SLOW = 60_000

PAGES = {
    1: "chapters/exercises/01_long_term_dependencies.html",
    2: "chapters/exercises/02_core_idea.html",
    3: "chapters/exercises/03_gates.html",
    4: "chapters/exercises/04_basic_lstm_cell.html",
    5: "chapters/exercises/05_backpropagation.html",
    6: "chapters/exercises/06_experiments_of_1997.html",
    7: "chapters/exercises/07_parallel_in_time.html",
    8: "chapters/exercises/08_training.html",
    9: "chapters/exercises/09_real_data.html",
    10: "chapters/exercises/10_lstm_today.html",
}


class Edition(NamedTuple):
    """Where the pages of a language lie, and what its buttons are called."""

    folder: str
    write: str
    edit: str
    check: str
    run: str
    again: str
    stop: str


EDITIONS = {
    "en": Edition(
        "", "Write your answer here", "Edit and run", "Check", "Run", "Start again", "Stop"
    ),
    "zh_CN": Edition("zh/", "在此作答", "编辑并运行", "检查", "运行", "重新开始", "停止"),
}

# What makes the right answer to a question a wrong one, whose name the check knows.
MISTAKES = {
    "rnn_step": ("np.tanh(hx @ W + b)", "h_prev"),
    "gradient_factor": ("w**steps", "abs(w**steps)"),
    "update_cell": ("f * c_prev +", "f * c_prev -"),
    "carry": ("np.prod", "np.mean"),
    "forget_gate": ("sigmoid(hx", "np.tanh(hx"),
    "input_gate": ("axis=1", "axis=0"),
    "candidate": ("return np", "return -np"),
    "output_gate": ("return sigmoid(hx @ W_o + b_o)", "return 1 - sigmoid(hx @ W_o + b_o)"),
    "update_hidden": ("np.tanh(c)", "c"),
    "lstm_step": ("return h, c", "return c, h"),
    "basic_lstm_step": ("i, j, f, o = np", "i, f, j, o = np"),
    "count_parameters": ("return kernel + bias", "return kernel"),
    "keras_weights": ("rows = np.concatenate([i, f, j, o]", "rows = np.concatenate([i, j, f, o]"),
    "lstm_step_backward": ("d_c + d_h * o", "d_c - d_h * o"),
    "find_the_bug": ("return 1", "return 2 + gates.index(True)"),
    "broken_without": ("np.ones(len(x))", "np.zeros(len(x))"),
    "find_the_unfair": (
        "set(reported[0]) != set(reported[1])",
        "(reported[0] != reported[1]).any()",
    ),
    "join_steps": ("f_next * b + b_next", "b + b_next"),
    "scan_back": ("return d_b", "return d_b[::-1]"),
    "training_step": (" / len(h)", ""),
    "latch_by_hand": ("[-10, -10, 10, 10]", "[10, -10, 10, 10]"),
    "parity_by_hand": ("[-10, 6, 10, 10]", "[10, 6, 10, 10]"),
    "name_the_fault": ("np.median(fall)", "np.mean(fall)"),
    "by_luck": ("sum(ways[solved:])", "ways[solved]"),
    "scale_parts": ("(test - mean) / std", "(test - test.mean(axis=0)) / test.std(axis=0)"),
    "cut_windows": ("stop - context - horizon + 1", "stop - context + 1"),
    "masked_loss": ("< lengths", "<= lengths"),
    "last_valid": ("outputs[rows, lengths - 1]", "outputs[:, -1]"),
    "sample_letter": ("scores / temperature", "scores * temperature"),
    "coupled_cell": ("(1 - f) * candidate", "f * candidate"),
    "reset_places": ("r * (h_prev @ W + b)", "r * (h_prev @ W) + b"),
    "stabilise": ("np.exp(log_i - m)", "np.exp(log_i)"),
    "judge_claim": ("return -1", "return 0"),
}


def with_lines(name, lines):
    """The blank of a question with these lines in it, as a reader writes them."""
    blank = QUESTIONS[name].blank
    indent = blank.partition(BEGIN)[0].rpartition("\n")[2]
    between = "".join(f"{indent}{line}\n" for line in lines.splitlines())
    return f"{blank.partition(BEGIN)[0]}{BEGIN}\n{between}{indent}{END}{blank.partition(END)[2]}"


def right_answer(name):
    return QUESTIONS[name].source


def wrong_answer(name):
    old, new = MISTAKES[name]
    source = QUESTIONS[name].source
    assert source.count(old) == 1, (name, old)
    return source.replace(old, new)


@functools.cache
def verdict(name, answer, language):
    """What the check says to an answer in this Python, in English or in Chinese."""
    from lstm_lib.numpy_backend import sigmoid

    names = {"np": np, "sigmoid": sigmoid}
    # Its source is at hand, as that of a cell is: the check shows the reader's own line.
    file = f"<{name} {len(linecache.cache)}>"
    linecache.cache[file] = len(answer), None, answer.splitlines(keepends=True), file
    exec(compile(answer, file, "exec"), names)
    with speaking(language):
        return str(check(name, names[name])).replace("`", "")


def cell(page, name):
    return page.locator(f'[data-cell="{name}"]')


def button(page, name, words):
    """A button of a cell, by the name that it is read out with."""
    return cell(page, name).get_by_role("button", name=words, exact=True)


def open_editor(page, name, edition=EDITIONS["en"]):
    """Press the button of a blank; the editor has the focus then."""
    button(page, f"{name}-blank", edition.write).click()
    editor = cell(page, f"{name}-blank").get_by_role("textbox")
    editor.wait_for()
    return editor


def write(page, name, text):
    """Put a text in the place of what the editor of a blank holds."""
    cell(page, f"{name}-blank").get_by_role("textbox").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def press_check(page, name, edition=EDITIONS["en"]):
    button(page, f"{name}-blank", edition.check).click()


def read_verdict(page, name, timeout=SLOW):
    """The sentence below the check, once there is one; lines are joined."""
    words = page.wait_for_function(
        """(name) => {
          const cell = (part) => document.querySelector(`[data-cell="${name}-${part}"]`);
          const place = cell("check").querySelector(".cell_output");
          return !cell("blank").matches("[data-busy]") && place.innerText.trim();
        }""",
        arg=name,
        timeout=timeout,
    )
    return " ".join(words.json_value().split())


def check_answer(page, name, answer, edition=EDITIONS["en"], timeout=SLOW):
    """Write an answer into an open editor, check it, and return the verdict."""
    write(page, name, answer)
    press_check(page, name, edition)
    return read_verdict(page, name, timeout)


def run_cell(page, name, edition=EDITIONS["en"]):
    """Press a cell's button, which opens and runs it, and wait until it has run."""
    fold = cell(page, name).locator("details:not([open]) > summary")
    if fold.count():
        fold.click()
    button(page, name, edition.edit).click()
    cell(page, name).get_by_role("textbox").wait_for()
    page.wait_for_function(
        "name => !document.querySelector(`[data-cell='${name}']`).matches('[data-busy]')",
        arg=name,
        timeout=SLOW,
    )


def of_python(requests):
    """Those of a list of requests that ask for what a click loads."""
    parts = ("/python/", "/in_page/", "/vendor/codemirror/")
    return [url for url in requests if any(part in url for part in parts)]


def no_complaints(page, seen):
    """Nothing is missing, nothing comes from elsewhere, nothing for axe."""
    assert seen["errors"] + seen["failed"] + seen["elsewhere"] == []
    assert visits.violations(page) == []
    assert visits.overflow(page) <= 0
