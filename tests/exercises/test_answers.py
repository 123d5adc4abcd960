"""Right answers pass, however they are written; wrong ones are told which mistake they are."""

import functools
import time

import pytest

from lstm_lib.exercises import check, hint, names, solution
from lstm_lib.exercises.checking import QUESTIONS
from lstm_lib.exercises.engine.edits import Edited
from lstm_lib.exercises.engine.question import BEGIN, END
from tests.exercises.right_answers import RIGHT

NUMPY_QUESTIONS = [name for name in names() if not QUESTIONS[name].needs_tensorflow]
# Chapter, name and arguments are part of what other material relies on.
QUESTIONS_OF_THE_BOOK = {
    1: ["rnn_step(h_prev, x, W, b)", "gradient_factor(w, steps)"],
    2: ["update_cell(f, c_prev, i, candidate)", "carry(f)"],
    3: [
        "forget_gate(h_prev, x, W_f, b_f)",
        "input_gate(h_prev, x, W_i, b_i)",
        "candidate(h_prev, x, W_c, b_c)",
        "output_gate(h_prev, x, W_o, b_o)",
        "update_hidden(o, c)",
        "lstm_step(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o)",
    ],
    4: [
        "creatLSTMCell(a, b, c)",
        "basic_lstm_step(inputs, c_prev, h_prev, kernel, bias, forget_bias)",
        "count_parameters(num_units, input_size)",
        "keras_weights(kernel, bias, forget_bias)",
    ],
    5: [
        "lstm_step_backward(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel)",
        "find_the_bug(backward, loss, x, h_prev, c_prev, kernel, bias)",
    ],
    6: [
        "broken_without(x, i, f, o, target)",
        "find_the_unfair(settings, sequences, tuned_on, reported, training, test)",
    ],
    7: ["join_steps(f, b, f_next, b_next)", "scan_back(d_c, f)"],
    8: [
        "training_step(h, targets, W, b, rate, max_norm)",
        "latch_by_hand(inputs)",
        "parity_by_hand(inputs)",
        "name_the_fault(best, loss, fall, tried, reordered, padded)",
        "by_luck(solved, other, trials)",
    ],
    9: [
        "scale_parts(train, test)",
        "cut_windows(series, start, stop, context, horizon)",
        "masked_loss(y, targets, lengths)",
        "last_valid(outputs, lengths)",
        "sample_letter(scores, temperature, u)",
    ],
    10: [
        "coupled_cell(f, c_prev, candidate)",
        "reset_places(r, h_prev, W, b)",
        "stabilise(log_f, log_i, m_prev)",
        "judge_claim(first, second, rates_tried)",
    ],
}


def every_question(test):
    return pytest.mark.parametrize("name", names())(test)


def test_the_questions_are_those_of_the_book():
    found = {
        chapter: [f"{name}({', '.join(QUESTIONS[name].arguments)})" for name in names(chapter)]
        for chapter in QUESTIONS_OF_THE_BOOK
    }
    assert found == QUESTIONS_OF_THE_BOOK
    assert sum(map(len, found.values())) == len(names())


@every_question
def test_the_reference_is_right(name):
    feedback = check(name, QUESTIONS[name].reference)
    assert feedback.outcome == "correct", feedback


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name in RIGHT for number in range(len(RIGHT[name]))]
)
def test_right_answers_pass_however_they_are_written(name, number):
    feedback = check(name, RIGHT[name][number])
    assert feedback.outcome == "correct", feedback


@every_question
def test_there_are_at_least_three_ways_to_be_right(name):
    assert len(RIGHT[name]) >= 3


@functools.cache
def told(name):
    """What a check says of each way to be wrong, by the mistake and the number of the way."""
    return {
        (wrong.id, number): check(name, way)
        for wrong in QUESTIONS[name].wrong
        for number, way in enumerate(wrong.ways)
    }


@pytest.mark.slow
@every_question
def test_each_wrong_answer_is_told_its_own_mistake(name):
    question = QUESTIONS[name]
    unlike = {
        key: feedback
        for key, feedback in told(name).items()
        if feedback.outcome != "incorrect"
        or feedback.message
        != next(question.says(wrong) for wrong in question.wrong if wrong.id == key[0])
    }
    assert unlike == {}


@every_question
def test_each_mistake_is_another_text_than_the_right_answer(name):
    """An edit that no longer fits raises here: as a wrong answer it would raise, too, unseen."""
    question = QUESTIONS[name]
    edited = [way for wrong in question.wrong for way in wrong.ways if isinstance(way, Edited)]
    texts = [way.text for way in edited]
    assert question.source not in texts
    assert all(callable(way.compiled) for way in edited)
    # A function only where an edit cannot say it.
    functions = sum(len(wrong.ways) for wrong in question.wrong) - len(edited)
    assert functions <= (5 if name == "find_the_bug" else 0)


@pytest.mark.parametrize(("old", "count"), [("* np.cosh(c)", 0), ("c", 3)])
def test_an_edit_that_does_not_fit_once_is_refused(old, count):
    reference = QUESTIONS["update_hidden"].reference
    with pytest.raises(ValueError, match=rf"update_hidden: .*once, found it {count} times"):
        Edited(reference, [(old, "x")])(1.0, 2.0)


@every_question
def test_messages_tell_mistakes_apart(name):
    question = QUESTIONS[name]
    messages = [question.says(wrong) for wrong in question.wrong]
    assert len(messages) >= 5
    assert len(set(messages)) == len(messages)
    assert len({wrong.id for wrong in question.wrong}) == len(messages)
    assert all(wrong.ways for wrong in question.wrong)
    for message in messages:
        assert message.startswith(("You", "Your", "All your")), message
        assert message.endswith("."), message
        assert "{" not in message


@pytest.mark.slow
@every_question
def test_messages_are_the_same_every_time(name):
    for wrong in QUESTIONS[name].wrong:
        assert check(name, wrong.ways[0]) == told(name)[wrong.id, 0]


@every_question
def test_the_blank_is_not_attempted(name):
    namespace = {}
    exec(QUESTIONS[name].blank, namespace)
    feedback = check(name, namespace[name])
    assert feedback.outcome == "not attempted"
    assert feedback.message == f"Fill the blank of `{name}`, then check it again."
    assert check(name, ...) == feedback


@every_question
def test_source_blank_and_solution_belong_together(name):
    question = QUESTIONS[name]
    before, rest = question.source.split(BEGIN)
    answer, after = rest.split(END)
    assert answer.strip()
    assert question.blank.startswith(before)
    assert question.blank.endswith(END + after)
    assert answer.strip() not in question.blank
    assert answer.strip("\n ") in solution(name)
    assert BEGIN not in solution(name)


@every_question
def test_hints_go_from_a_nudge_to_nearly_the_answer(name):
    count = len(QUESTIONS[name].hints)
    assert count >= 2
    for step in range(1, count + 1):
        assert str(hint(name, step)).startswith(f"Hint {step} of {count}")
    assert "return" not in hint(name, 1).text
    for step in (0, count + 1, "2", None, 1.5):
        assert f"{count} hints" in str(hint(name, step))


def test_an_unknown_question_gets_a_sentence():
    for function in (lambda name: check(name, print), hint, solution):
        assert "did you mean `forget_gate`" in str(function("forget_gates"))
        assert "the questions are" in str(function("qqqq"))
        for name in (None, 3, ["forget_gate"]):
            assert "There is no question" in str(function(name))


@pytest.mark.parametrize("name", NUMPY_QUESTIONS)
def test_a_right_answer_is_checked_at_once(name):
    reference = QUESTIONS[name].reference
    check(name, reference)

    def seconds():
        start = time.process_time()
        check(name, reference)
        return time.process_time() - start

    assert min(seconds() for _ in range(5)) < 0.2


def test_weights_that_fail_without_a_name_are_told_the_step():
    leaks = Edited(
        QUESTIONS["latch_by_hand"].reference, [("[-10, -10, 10, 10]", "[-10, -10, 4, 10]")]
    )
    assert check("latch_by_hand", leaks).message == (
        "It fails first for one flag and 199 steps of noise, at step 35 of 200: "
        "the answer is 0 there, and has to be 1."
    )
