"""The planted backward passes: a right one is right; a wrong line spoils what the text says."""

import itertools

import numpy as np
import pytest

from lstm_lib import numpy_backend as L
from lstm_lib.exercises import check, planted
from lstm_lib.exercises.questions.find_the_bug import (
    CLEARLY,
    LINES,
    NUMBERS,
    PLANTED,
    find_the_bug,
    forward,
    make_backward,
)
from lstm_lib.exercises.questions.lstm_step_backward import LINE_WRONG as MISTAKES
from lstm_lib.exercises.questions.lstm_step_backward import lstm_step_backward

EVERY_NUMBER = range(1, len(PLANTED) + 1)
# By line: the gradients that it spoils, those of the weights gate by gate.
SPOILT = {
    "d_c": "d_x d_h_prev d_c_prev kernel_i kernel_j kernel_f bias_i bias_j bias_f",
    "d_z_i": "d_x d_h_prev kernel_i bias_i",
    "d_z_j": "d_x d_h_prev kernel_j bias_j",
    "d_z_f": "d_x d_h_prev kernel_f bias_f",
    "d_z_o": "d_x d_h_prev kernel_o bias_o",
    "d_kernel": "kernel_i kernel_j kernel_f kernel_o",
    "d_bias": "bias_i bias_j bias_f bias_o",
    "d_x": "d_x",
    "d_h_prev": "d_h_prev",
    "d_c_prev": "d_c_prev",
    None: "",
}


def parts(gradients):
    """The gradients by name, those of the weights gate by gate."""
    named = dict(zip(("d_x", "d_h_prev", "d_c_prev"), gradients[:3], strict=True))
    for name, gradient in zip(("kernel", "bias"), gradients[3:], strict=True):
        for gate, block in zip("ijfo", np.split(gradient, 4, axis=-1), strict=True):
            named[f"{name}_{gate}"] = block
    return named


def right_gradients(d_h, d_c, x, h_prev, c_prev, kernel, bias):
    """By the backend, which the tests of gradients compare with differences and with the tape."""
    cell = L.BasicLSTMCell(h_prev.shape[1], forget_bias=0.0, dtype="float64")
    cell.kernel, cell.bias = kernel, bias
    grads = L.gradients(
        cell,
        x[:, None],
        d_h[:, None],
        initial_state=L.LSTMStateTuple(c=c_prev, h=h_prev),
        d_final_state=L.LSTMStateTuple(c=d_c, h=np.zeros_like(d_h)),
    )
    state = grads.initial_state
    return grads.inputs[:, 0], state.h, state.c, grads.kernel, grads.bias


def random_step(batch_size=4, num_units=3, input_size=5, seed=0):
    """d_h, d_c, and the arrays of a step."""
    rng = np.random.default_rng(seed)
    d_h, d_c, h_prev, c_prev = rng.normal(size=(4, batch_size, num_units))
    x = rng.normal(size=(batch_size, input_size))
    kernel = rng.normal(size=(input_size + num_units, 4 * num_units))
    return d_h, d_c, x, h_prev, c_prev, kernel, rng.normal(size=4 * num_units)


@pytest.mark.parametrize("backward", [lstm_step_backward, make_backward()])
def test_the_right_pass_is_that_of_the_backend(backward):
    d_h, d_c, *arrays = random_step()
    x, h_prev, c_prev, kernel, _ = arrays
    *trace, _ = forward(*arrays)
    found = backward(d_h, d_c, x, h_prev, c_prev, *trace, kernel)
    for a, b in zip(found, right_gradients(d_h, d_c, *arrays), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


def test_the_step_forward_is_that_of_the_cell():
    _, _, x, h_prev, c_prev, kernel, bias = random_step()
    cell = L.BasicLSTMCell(3, forget_bias=0.0, dtype="float64")
    cell.kernel, cell.bias = kernel, bias
    expected = cell.trace(x, L.LSTMStateTuple(c=c_prev, h=h_prev))
    np.testing.assert_allclose(forward(x, h_prev, c_prev, kernel, bias), expected, atol=1e-15)


@pytest.mark.parametrize("number", EVERY_NUMBER)
def test_a_planted_mistake_spoils_what_its_line_is_said_to(number):
    backward, loss, *arrays = planted(number)
    right = parts(right_gradients(loss._d_h, loss._d_c, *arrays))
    errors = {
        name: abs(part - right[name]).max() for name, part in parts(backward(*arrays)).items()
    }
    spoilt = [name for name, error in errors.items() if error > 1e-12]
    assert sorted(spoilt) == sorted(SPOILT[PLANTED[number - 1].name].split())
    assert all(errors[name] > CLEARLY for name in spoilt)


def test_every_line_is_planted_and_so_is_none():
    assert {each.name for each in PLANTED} == {*LINES, None}
    assert [*LINES] == [*SPOILT][:-1]
    assert [*NUMBERS.values()] == [*range(1, 11)]


def test_the_patterns_tell_the_lines_apart():
    assert all(a != b for a, b in itertools.combinations(SPOILT.values(), 2))


@pytest.mark.parametrize("number", EVERY_NUMBER)
def test_the_bug_is_found(number):
    assert find_the_bug(*planted(number)) == NUMBERS.get(PLANTED[number - 1].name, 0)


def test_what_is_planted_is_the_readers_own():
    *_, bias = planted(1)
    bias[:] = 7.0
    assert not (planted(1)[-1] == 7.0).any()


@pytest.mark.parametrize("number", [0, -1, len(PLANTED) + 1, 1.5, "one"])
def test_there_are_no_others(number):
    with pytest.raises(ValueError, match=f"expected 1 to {len(PLANTED)}, given"):
        planted(number)


def test_a_wrong_answer_is_told_which_pass_to_look_at():
    def answer(*given):
        line = find_the_bug(*given)
        return 5 if line == 3 else line

    message = check("find_the_bug", answer).message
    assert "right for `planted(1)` and wrong for `planted(9)`" in message


def test_finding_none_is_told_so():
    assert "mistake only" in check("find_the_bug", lambda *given: 0).message
    found = check("find_the_bug", lambda *given: find_the_bug(*given) or 3)
    assert "return 0" in found.message


def test_being_right_at_the_last_step_only_is_told_so():
    def answer(d_h, d_c, *others):
        gradients = lstm_step_backward(d_h, d_c, *others)
        return [each + abs(d_c).max() for each in gradients]

    assert "last step only" in check("lstm_step_backward", answer).message


def test_more_mistakes_are_named_than_any_exercise_elsewhere_names():
    assert len(MISTAKES) >= 30
    lines = {name for name in LINES if any(name in mistake.says for mistake in MISTAKES)}
    assert {"d_c", "d_x", "d_h_prev", "d_c_prev"} <= lines
