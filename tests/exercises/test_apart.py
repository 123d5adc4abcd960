"""An answer is taken apart: each of several mistakes is named, and none that is not there."""

import itertools
import linecache
import re
import time

import numpy as np
import pytest

from lstm_lib.exercises import check, hint, names
from lstm_lib.exercises.checking import QUESTIONS
from lstm_lib.exercises.engine.apart import explain
from lstm_lib.exercises.engine.program import statement
from lstm_lib.exercises.engine.telling import program_of
from lstm_lib.exercises.mistakes.orders import KNOWN
from lstm_lib.numpy_backend import sigmoid
from tests.exercises.apart_answers import ANSWERS, forget_gate_without_bias, third_value
from tests.exercises.pairs import TAKEN_APART, alike, answer_of, named, pairs, results, told
from tests.exercises.public_style import STYLES
from tools.notebook_files import ROOT

# What was said of answers in which zeros, or a size of 1, hide a mistake.
TRAITS = ("zero state only", "batch of 1 only", "and wrong with", "lists of different lengths")


def every(answers):
    return [pytest.param(*each, id=each[1].__name__) for each in answers]


@pytest.mark.parametrize(("name", "answer", "pieces"), every(ANSWERS))
def test_what_was_misleading_is_named(name, answer, pieces):
    feedback = check(name, answer)
    assert feedback.outcome == "incorrect"
    assert [piece for piece in pieces if piece not in feedback.message] == []
    assert not any(trait in feedback.message for trait in TRAITS)


@pytest.mark.parametrize(("name", "answer", "judged", "pieces"), every(STYLES))
def test_none_in_the_manner_of_a_public_course_is_misled(name, answer, judged, pieces):
    feedback = check(name, answer)
    assert feedback.outcome == "incorrect"
    assert [piece for piece in pieces if piece not in feedback.message] == []
    assert not any(trait in feedback.message for trait in TRAITS)
    # A mistake that is named and not among the pieces is not there.
    question = QUESTIONS[name]
    for wrong in question.wrong:
        sentence = question.says(wrong)
        if sentence in feedback.message:
            assert any(piece in sentence for piece in pieces), wrong.id


def test_there_are_thirty_of_them():
    assert len(STYLES) >= 30
    assert {judged for _, _, judged, _ in STYLES} <= {"helps", "neutral"}


# Two mistakes at once --------------------------------------------------------------------------


def share_of_both(said):
    return sum(ids == found for ids, found in said) / len(said)


@pytest.mark.slow
@pytest.mark.parametrize("name", TAKEN_APART)
def test_of_two_mistakes_both_are_named(name):
    """Of 60 pairs, and of the first 25: `python -m tests.exercises.pairs` goes through all."""
    said, _ = told(name, few=60)
    print(f"{name}: both are named of {share_of_both(said):.1%}")
    for some in (said[:25], said):
        assert share_of_both(some) >= 0.9, [each for each in some if each[0] != each[1]]


def test_three_mistakes_are_named_and_the_first_cause_first():
    def answer(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
        hx = np.concatenate([h_prev, x], axis=1)
        f, i, o = (1 / (1 + np.exp(-(hx @ W))) for W in (W_f, W_i, W_o))
        g = np.tanh(hx @ W_c)
        c = f * c_prev - i * g
        return o * c, c

    message = check("lstm_step", answer).message
    places = [
        message.index(piece)
        for piece in (
            "three mistakes",
            "leave out the biases",
            "You subtract",
            "leave out the tanh",
        )
    ]
    assert places == sorted(places)


@pytest.mark.slow
@pytest.mark.parametrize("name", TAKEN_APART)
def test_what_is_named_gives_the_answers_numbers_on_inputs_that_no_check_has_seen(name):
    question, program = QUESTIONS[name], program_of(QUESTIONS[name])
    fresh = question.draw(np.random.default_rng(77))
    explained = 0
    for _, texts in pairs(name, few=15)[0]:
        found = explain(program, results(question, texts, question.cases))
        if found is None or found.open:
            continue
        explained += 1
        same = program.compose(found.slips)
        assert alike(question, results(question, texts, fresh), results(question, same, fresh))
    assert explained >= 13


# What is not known is not named ----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", TAKEN_APART)
@pytest.mark.parametrize("change", ["1.1 * ({})", "({}) ** 3"])
def test_a_slip_that_nobody_knows_is_not_given_a_name(name, change):
    """Each value of the step in turn is another one: what is said may be a number, no mistake."""
    question, program = QUESTIONS[name], program_of(QUESTIONS[name])
    for number, text in enumerate(program.texts):
        made = statement(text).writes
        if len(made) != 1 or number == 0:
            continue
        texts = list(program.texts)
        texts[number] = f"{text}\n{made[0]} = {change.format(made[0])}"
        feedback = check(name, answer_of(question, texts))
        assert feedback.outcome == "incorrect"
        assert named(name, feedback.message) == set(), text
        assert not any(trait in feedback.message for trait in TRAITS)


# Layouts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["".join(order) for order in itertools.permutations("ijfo")][1:])
@pytest.mark.parametrize("name", ["basic_lstm_step", "lstm_step_backward"])
def test_an_order_of_the_blocks_is_told_and_whose_it_is(name, order):
    program = program_of(QUESTIONS[name])
    old = {"basic_lstm_step": "i, j, f, o = ", "lstm_step_backward": "d_z_i, d_z_j, d_z_f, d_z_o"}
    new = {
        "basic_lstm_step": f"{', '.join(order)} = ",
        "lstm_step_backward": ", ".join(f"d_z_{block}" for block in order),
    }
    texts = [text.replace(old[name], new[name]) for text in program.texts]
    message = check(name, answer_of(QUESTIONS[name], texts)).message
    if (name, order) == ("basic_lstm_step", "ojfi"):
        assert "the blocks are i, j, f, o" in message
        return
    assert f"order {', '.join(order)}" in message
    whose = {"keras_order": "Keras", "onnx_order": "ONNX", "cs231n_order": "CS231n"}
    assert whose.get(KNOWN.get(order, ""), "") in message


# Blanks ----------------------------------------------------------------------------------------

BLANKS = (
    "...",
    "pass",
    "'What it does.'",
    "'What it does.'\n    ...",
    "'What it does.'\n    pass",
    "return",
    "return None",
    "return ...",
    "return (..., ...)",
    "raise NotImplementedError",
    "raise NotImplementedError('later')",
)


@pytest.mark.parametrize("body", BLANKS)
@pytest.mark.parametrize("name", names())
def test_a_blank_is_not_attempted_however_it_is_left(name, body):
    namespace = {}
    head = QUESTIONS[name].source.splitlines()[0]
    exec(f"{head}\n    {body}", namespace)
    feedback = check(name, namespace[name])
    assert feedback.outcome == "not attempted"
    assert feedback.message == f"Fill the blank of `{name}`, then check it again."


def test_what_computes_and_returns_nothing_is_told_so():
    def answer(o, c):
        h = o * np.tanh(c)  # noqa: F841

    feedback = check("update_hidden", answer)
    assert feedback.outcome == "incorrect"
    assert "returns nothing (None)" in feedback.message


# Hints -----------------------------------------------------------------------------------------


def test_a_hint_starts_at_the_mistake_of_the_last_check():
    check("lstm_step", forget_gate_without_bias)
    first = str(hint("lstm_step"))
    assert "In the forget gate: You leave out the bias" in first
    assert "`f = sigmoid(...)`" in first
    assert str(hint("lstm_step", 1)).startswith("Hint 1 of 3")
    check("lstm_step", QUESTIONS["lstm_step"].reference)
    assert str(hint("lstm_step")) == str(hint("lstm_step", 1))


def test_a_hint_starts_at_the_first_of_several_mistakes():
    def answer(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
        hx = np.concatenate([h_prev, x], axis=1)
        f, i, o = (1 / (1 + np.exp(-(hx @ W))) for W in (W_f, W_i, W_o))
        c = f * c_prev + i * np.tanh(hx @ W_c)
        return c, o * c

    said = check("lstm_step", answer).message
    assert said.startswith("There are three mistakes. First: You leave out the bias")
    told = str(hint("lstm_step"))
    assert "You leave out the bias" in told
    assert "tanh on the cell state" not in told


def test_a_hint_after_what_has_no_name_is_the_first():
    check("lstm_step", lambda *arguments: (arguments[0] * 0.37, arguments[1] * 0.41))
    assert str(hint("lstm_step")) == str(hint("lstm_step", 1))


# The time it takes -----------------------------------------------------------------------------


def seconds(name, answer):
    start = time.process_time()
    check(name, answer)
    return time.process_time() - start


@pytest.mark.slow
@pytest.mark.parametrize("name", TAKEN_APART)
def test_taking_apart_is_done_at_once(name):
    """The median over pairs of mistakes, and an answer of which nothing is known."""
    question = QUESTIONS[name]
    program = program_of(question)
    own = [slip for slip in program.slips if slip.part is None][::5]
    both = [program.compose(pair) for pair in itertools.combinations(own, 2)][::9]
    answers = [answer_of(question, texts) for texts in both if texts is not None][:25]
    assert np.median([seconds(name, answer) for answer in answers]) < 0.2
    texts = [text.replace("np.tanh(c)", "np.tanh(1.03 * c)") for text in program.texts]
    unknown = answer_of(question, texts)
    assert min(seconds(name, unknown) for _ in range(3)) < 0.4


def test_more_values_than_asked_for_are_told_beside_a_mistake():
    def answer(*arguments):
        h, c, cache = third_value(*arguments)
        return -h, c, cache

    message = check("lstm_step", answer).message
    assert "returns 3" in message


def test_the_walk_in_the_guide_is_what_the_check_says():
    guide = (ROOT / "lstm_lib" / "exercises" / "README.md").read_text("utf-8")
    source = re.search(r"```python\n(.*?)```", guide, re.DOTALL)[1]
    said = " ".join(re.search(r"\n((?:> .*\n)+)", guide)[1].replace("> ", "").split())
    # Its source is there for who looks for it, as that of a cell is.
    linecache.cache["<guide>"] = len(source), None, source.splitlines(keepends=True), "<guide>"
    names = {"np": np, "sigmoid": sigmoid}
    exec(compile(source, "<guide>", "exec"), names)
    assert check("lstm_step", names["lstm_step"]).message == said
    assert "`c = f * c_prev ...`" in str(hint("lstm_step"))
