"""Questions of chapter 5, backpropagation through time."""
# ruff: noqa: ANN001, ANN201 - what a learner reads is the bare function

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lstm_lib.exercises.affine import EXAMPLE, ONE_ROW, SIZES, ZERO_STATE
from lstm_lib.exercises.backward import (
    MISTAKES,
    NUMBERS,
    BlackBox,
    Line,
    Loss,
    make_backward,
)
from lstm_lib.exercises.question import Case, Question, Wrong, case

Array = np.ndarray

LAST_STEP = [(3, 4, 2), (2, 3, 5)]


def lstm_step_backward(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel):
    """Return (d_x, d_h_prev, d_c_prev, d_kernel, d_bias), the gradients of one step."""
    # ********** Begin **********
    tanh_c = np.tanh(c)
    d_c = d_c + d_h * o * (1 - tanh_c**2)
    d_z_i = d_c * candidate * i * (1 - i)
    d_z_j = d_c * i * (1 - candidate**2)
    d_z_f = d_c * c_prev * f * (1 - f)
    d_z_o = d_h * tanh_c * o * (1 - o)
    d_z = np.concatenate([d_z_i, d_z_j, d_z_f, d_z_o], axis=1)
    d_kernel = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_bias = d_z.sum(axis=0)
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return d_x, d_h_prev, d_c * f, d_kernel, d_bias
    # ********** End **********


def find_the_bug(backward, loss, x, h_prev, c_prev, kernel, bias):
    """Return the number of the line that is wrong in a backward pass, or 0 if none is."""
    # ********** Begin **********
    arrays = [x, h_prev, c_prev, kernel, bias]
    wrong = []
    for k, gradient in enumerate(backward(*arrays)):
        numeric = np.zeros_like(gradient)
        for place in np.ndindex(gradient.shape):
            up, down = [each.copy() for each in arrays], [each.copy() for each in arrays]
            up[k][place] += 1e-5
            down[k][place] -= 1e-5
            numeric[place] = (loss(*up) - loss(*down)) / 2e-5
        wrong.append(abs(gradient - numeric) > 1e-6)
    d_x, d_h_prev, d_c_prev, d_kernel, d_bias = wrong
    gates = [block.any() for block in np.split(d_bias, 4)]  # i, j, f, o
    if sum(gates) == 3:  # i, j and f: what they share
        return 1
    if sum(gates) == 1:
        return 2 + gates.index(True)
    for line, gradient in enumerate([d_kernel, d_bias, d_x, d_h_prev, d_c_prev], start=6):
        if gradient.any():
            return line
    return 0
    # ********** End **********


# lstm_step_backward


def _backward_cases(rng: np.random.Generator) -> list[Case]:
    def draw(size: tuple[int, int, int], traits: str = "") -> Case:
        batch_size, num_units, input_size = size
        d_h, d_c, h_prev, c_prev = rng.normal(0, 0.9, (4, batch_size, num_units))
        f, i, o = rng.uniform(0.05, 0.95, (3, batch_size, num_units))
        candidate = rng.uniform(-0.95, 0.95, (batch_size, num_units))
        x = rng.normal(0, 1, (batch_size, input_size))
        kernel = rng.normal(0, 0.9, (input_size + num_units, 4 * num_units))
        given = [d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, kernel]
        if "example" in traits:
            given = [np.round(each, 1) + 0.0 for each in given]
        d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, kernel = given
        if "zero_state" in traits:
            h_prev, c_prev = np.zeros_like(h_prev), np.zeros_like(c_prev)
        if "last_step" in traits:
            d_c = np.zeros_like(d_c)
        c = f * c_prev + i * candidate
        return case(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel, traits=traits)

    return [
        draw(EXAMPLE, "example"),
        *(draw(size) for size in SIZES),
        *(draw(size, "one_row") for size in ONE_ROW),
        *(draw(size, "zero_state") for size in ZERO_STATE),
        *(draw(size, "last_step") for size in LAST_STEP),
    ]


def _returning(choose: Callable) -> Callable:
    """Return the answer that gives something else of the right gradients."""
    return lambda *arguments: choose(*lstm_step_backward(*arguments))


def _taking(change: Callable) -> Callable:
    """Return the answer that takes other arguments for d_h and d_c."""

    def answer(d_h: Array, d_c: Array, *others: Array) -> tuple:
        return lstm_step_backward(*change(d_h, d_c), *others)

    return answer


STEP_WRONG = (
    *(Wrong(m.id, m.says, m.passes, m.rows) for m in MISTAKES),
    Wrong(
        "d_h_and_d_c_swapped",
        "You swap `d_h` and `d_c`: `d_h` is what the loss gives to the hidden state, `d_c` what "
        "comes back along the cell state.",
        (_taking(lambda d_h, d_c: (d_c, d_h)),),
        (4, 20),
    ),
    Wrong(
        "ones",
        "You start from ones in place of `d_h`: the loss may depend on each h in its own way, and "
        "`d_h` says how.",
        (_taking(lambda d_h, d_c: (np.ones_like(d_h), d_c)),),
    ),
    Wrong(
        "downhill",
        "Your gradients have the wrong sign: they say where the loss grows; to go downhill is the "
        "optimiser's business.",
        (_returning(lambda *gradients: tuple(-each for each in gradients)),),
        (20,),
    ),
    Wrong(
        "c_before_h",
        "You return `d_c_prev` before `d_h_prev`: this question wants d_x, d_h_prev, d_c_prev, "
        "d_kernel, d_bias.",
        (_returning(lambda x, h, c, kernel, bias: (x, c, h, kernel, bias)),),
        (4, 20),
    ),
    Wrong(
        "weights_first",
        "You return the gradients of the weights first: this question wants d_x, d_h_prev, "
        "d_c_prev, d_kernel, d_bias.",
        (
            _returning(lambda x, h, c, kernel, bias: (kernel, bias, x, h, c)),
            _returning(lambda x, h, c, kernel, bias: (x, h, c, bias, kernel)),
        ),
        (19, 20),
    ),
    Wrong(
        "weights_missing",
        "You return no gradients of the weights: they are what training needs, so return d_x, "
        "d_h_prev, d_c_prev, d_kernel, d_bias.",
        (_returning(lambda x, h, c, kernel, bias: (x, h, c)),),
        (19, 20),
    ),
)


# find_the_bug


class Planted(NamedTuple):
    """A mistake planted into a backward pass.

    Attributes
    ----------
    name : str or None
        The name of the wrong line, one of `LINES`; None if all are right.
    line : callable or None
    size : tuple of int
        batch_size, num_units and input_size of the step that it is found in.
    """

    name: str | None
    line: Line | None
    size: tuple[int, int, int]


# In no order, and of kinds that cannot be seen from the shapes.
PLANTED = (
    Planted("d_c_prev", lambda s: s.d_c, (3, 2, 1)),
    Planted("d_z_f", lambda s: s.d_c * s.c * s.f * (1 - s.f), (2, 1, 2)),
    Planted("d_c", lambda s: s.d_c + s.d_h * s.o, (2, 2, 1)),
    Planted("d_h_prev", lambda s: s.d_z @ s.kernel[: s.D].T, (3, 1, 1)),
    Planted("d_bias", lambda s: s.d_z.mean(axis=0), (4, 1, 2)),
    Planted(None, None, (2, 1, 2)),
    Planted("d_z_o", lambda s: s.d_c * s.tanh_c * s.o * (1 - s.o), (3, 1, 2)),
    Planted("d_kernel", lambda s: s.rows.T @ s.d_z / s.B, (2, 1, 1)),
    Planted("d_z_j", lambda s: s.d_c * s.i * s.j * (1 - s.j), (3, 1, 2)),
    Planted("d_x", lambda s: s.d_z @ s.kernel[s.D :].T, (2, 1, 1)),
    Planted("d_z_i", lambda s: s.d_c * s.j, (2, 1, 1)),
    Planted("d_c", lambda s: s.d_h * s.o * (1 - s.tanh_c**2), (2, 1, 1)),
    Planted("d_z_f", lambda s: s.d_c * s.c_prev * (1 - s.f**2), (2, 2, 1)),
    Planted("d_c_prev", lambda s: s.d_c_before * s.f, (1, 2, 1)),
    Planted(None, None, (1, 1, 3)),
)
# Every gradient that a planted mistake makes wrong is off by at least so much somewhere.
CLEARLY = 0.05


def _bug_cases(rng: np.random.Generator) -> list[Case]:
    def draw(number: int, planted: Planted) -> Case:
        batch_size, num_units, input_size = planted.size
        while True:
            d_h, d_c, h_prev, c_prev = rng.normal(0, 1, (4, batch_size, num_units))
            x = rng.normal(0, 1, (batch_size, input_size))
            kernel = rng.normal(0, 0.9, (input_size + num_units, 4 * num_units))
            bias = rng.normal(0, 0.7, 4 * num_units)
            arrays = [np.round(each, 1) + 0.0 for each in (x, h_prev, c_prev, kernel, bias)]
            exchanged = {planted.name: planted.line} if planted.name else {}
            right, wrong = (BlackBox(d_h, d_c, make_backward(**lines)) for lines in ({}, exchanged))
            # A weight of zero would hide what goes wrong behind it.
            if all(each.all() for each in arrays) and _is_clear(right(*arrays), wrong(*arrays)):
                break
        traits = ("example" if number == 1 else "") + ("" if planted.name else "no_bug")
        return Case(
            (wrong, Loss(d_h, d_c), *arrays), frozenset(traits.split()), f"for `planted({number})`"
        )

    return [draw(number, planted) for number, planted in enumerate(PLANTED, start=1)]


def _is_clear(right: tuple, wrong: tuple) -> bool:
    """Whether each gradient, the weights' gate by gate, is the right one or off by enough."""
    errors = [
        abs(mine - other).max()
        for mine, other in zip(_by_gate(*right), _by_gate(*wrong), strict=True)
    ]
    return all(error == 0 or error > CLEARLY for error in errors)


def _by_gate(x: Array, h: Array, c: Array, kernel: Array, bias: Array) -> list[Array]:
    return [x, h, c, *np.split(kernel, 4, axis=1), *np.split(bias, 4)]


def _central(loss: Callable, arrays: Sequence[Array], k: int, nudge: Array, step: float) -> float:
    up, down = list(arrays), list(arrays)
    up[k], down[k] = arrays[k] + nudge, arrays[k] - nudge
    return (loss(*up) - loss(*down)) / (2 * step)


def _one_sided(loss: Callable, arrays: Sequence[Array], k: int, nudge: Array, step: float) -> float:
    up = list(arrays)
    up[k] = arrays[k] + nudge
    return (loss(*up) - loss(*arrays)) / step


def _numeric(
    loss: Callable, arrays: Sequence[Array], differences: Callable, step: float
) -> list[Array]:
    """Return the gradients by differences, remembered: many wrong answers ask for the same."""
    key = loss, differences, step, *(array.tobytes() for array in arrays)
    if key not in _numeric_known:
        gradients = [np.zeros_like(array) for array in arrays]
        for k, gradient in enumerate(gradients):
            for place in np.ndindex(gradient.shape):
                nudge = np.zeros_like(gradient)
                nudge[place] = step
                gradient[place] = differences(loss, arrays, k, nudge, step)
        _numeric_known[key] = gradients
    return _numeric_known[key]


_numeric_known: dict[tuple, list[Array]] = {}


def _by_pattern(x: Array, h: Array, c: Array, kernel: Array, bias: Array) -> int:
    gates = [bool(block.any()) for block in np.split(bias, 4)]
    if sum(gates) == 3:
        return NUMBERS["d_c"]
    if sum(gates) == 1:
        return NUMBERS["d_z_i"] + gates.index(True)
    return _first_of(kernel, bias, x, h, c)


def _first_of(*wrong: Array) -> int:
    """The line of the first wrong gradient, in the order of lines 6 to 10."""
    return next((line for line, each in enumerate(wrong, start=6) if each.any()), 0)


def _finding(
    choose: Callable = _by_pattern,
    differences: Callable = _central,
    step: float = 1e-5,
    tolerance: float = 1e-6,
    factor: float = 1.0,
) -> Callable:
    """Return the answer with one part exchanged; the defaults are right."""

    def answer(backward: Callable, loss: Callable, *arrays: Array) -> int:
        numeric = _numeric(loss, arrays, differences, step)
        pairs = zip(backward(*arrays), numeric, strict=True)
        return choose(*(abs(given - factor * expected) > tolerance for given, expected in pairs))

    return answer


def _gates_in_order(order: str) -> Callable:
    """Return the choice that takes the blocks of the bias for those of other gates."""

    def choose(x: Array, h: Array, c: Array, kernel: Array, bias: Array) -> int:
        line = _by_pattern(x, h, c, kernel, bias)
        if line in (2, 3, 4, 5):
            return NUMBERS[f"d_z_{order[line - 2]}"]
        return line

    return choose


def _first_in(*order: int) -> Callable:
    """Return the choice of the first wrong gradient, in this order of x, h, c, kernel, bias."""
    lines = [NUMBERS[name] for name in ("d_x", "d_h_prev", "d_c_prev", "d_kernel", "d_bias")]
    return lambda *wrong: next((lines[k] for k in order if wrong[k].any()), 0)


def _first_gate(x: Array, h: Array, c: Array, kernel: Array, bias: Array) -> int:
    gates = [bool(block.any()) for block in np.split(bias, 4)]
    if 0 < sum(gates) < 4:
        return NUMBERS["d_z_i"] + gates.index(True)
    return _first_of(kernel, bias, x, h, c)


def _last_gate(x: Array, h: Array, c: Array, kernel: Array, bias: Array) -> int:
    gates = [bool(block.any()) for block in np.split(bias, 4)]
    if 0 < sum(gates) < 4:
        return NUMBERS["d_z_o"] - gates[::-1].index(True)
    return _first_of(kernel, bias, x, h, c)


def _belt_first(x: Array, h: Array, c: Array, kernel: Array, bias: Array) -> int:
    return NUMBERS["d_c_prev"] if c.any() else _by_pattern(x, h, c, kernel, bias)


def _without_o(x: Array, h: Array, c: Array, kernel: Array, bias: Array) -> int:
    line = _by_pattern(x, h, c, kernel, bias)
    return _first_of(kernel, bias, x, h, c) if line == NUMBERS["d_z_o"] else line


def _shifted(by: int) -> Callable:
    def choose(*wrong: Array) -> int:
        line = _by_pattern(*wrong)
        return line + by if line else 0

    return choose


BUG_WRONG = (
    Wrong(
        "first_gradient",
        "You stop at the first gradient that is wrong: everything below a wrong line is wrong with "
        "it, and d_x and d_h_prev are made from all four gates. Look at `d_bias` first.",
        tuple(
            _finding(_first_in(*order))
            for order in ((0, 1, 2, 3, 4), (0, 1, 2, 4, 3), (1, 0, 2, 3, 4), (2, 0, 1, 3, 4))
        ),
        (20,),
    ),
    Wrong(
        "blames_the_weights",
        "You blame the line of `d_kernel` or of `d_bias` where the gradient of a gate is wrong: "
        "both are made from d_z, so see whether one block of `d_bias` is wrong or all four.",
        (
            _finding(_first_in(3, 4, 0, 1, 2)),
            _finding(_first_in(4, 3, 0, 1, 2)),
            _finding(_first_in(3, 4, 2, 0, 1)),
        ),
        (20,),
    ),
    Wrong(
        "gate_for_d_c",
        "You name one gate where i, j and f are wrong together: not three lines are wrong but the "
        "one that all three share, `d_c`, line 1.",
        (_finding(_first_gate), _finding(_last_gate)),
        (20,),
    ),
    Wrong(
        "d_c_prev_for_d_c",
        "You name line 10 whenever `d_c_prev` is wrong: it is wrong with `d_c` too, and then the "
        "blocks i, j and f of `d_bias` are wrong as well, which is line 1.",
        (_finding(_belt_first),),
        (20,),
    ),
    Wrong(
        "without_o",
        "You never find line 5: the output gate is the fourth block of `d_bias`, and its gradient "
        "is made from `d_h`, not from `d_c`.",
        (_finding(_without_o),),
        (20,),
    ),
    Wrong(
        "keras_order",
        "You read the blocks of `d_bias` in the order i, f, j, o of Keras: here they are "
        "i, j, f, o.",
        (_finding(_gates_in_order("ifjo")),),
        (6,),
    ),
    Wrong(
        "text_order",
        "You read the blocks of `d_bias` in the order f, i, j, o of the text: here they are "
        "i, j, f, o.",
        (_finding(_gates_in_order("fijo")), _finding(_gates_in_order("fioj"))),
        (6,),
    ),
    Wrong(
        "from_zero",
        "You count the lines from 0: they are numbered from 1, and 0 says that none is wrong.",
        (_finding(_shifted(-1)), lambda *given: _finding()(*given) - 1),
        (25,),
    ),
    Wrong(
        "from_two",
        "Your numbers are too large by one: `d_c` is line 1, and the first gate is line 2.",
        (_finding(_shifted(1)), lambda *given: _finding()(*given) + 1),
        (25,),
    ),
    Wrong(
        "everything_is_wrong",
        "Your differences find nearly everything wrong, even in a right pass: nudge up and down, "
        "divide by twice the step, which lies between the two, and allow for a small error, say "
        "1e-6.",
        tuple(
            _finding(choose, **changed)
            for changed in ({"factor": 2.0}, {"factor": 0.5}, {"tolerance": 0.0})
            for choose in (
                _by_pattern,
                _first_gate,
                _last_gate,
                _first_in(0, 1, 2, 3, 4),
                _first_in(3, 4, 0, 1, 2),
                _first_in(4, 3, 0, 1, 2),
            )
        ),
        (20,),
    ),
    Wrong(
        "one_sided",
        "You nudge to one side only: the error of that is about as large as the step, which your "
        "tolerance takes for a mistake. Nudge up and down.",
        (
            _finding(differences=_one_sided, step=1e-4, tolerance=1e-7),
            _finding(differences=_one_sided, step=1e-3, tolerance=1e-6),
        ),
        (20,),
    ),
    Wrong(
        "yes_or_no",
        "You say whether something is wrong: the number of the line is asked for, 1 to 10, and 0 "
        "if none is.",
        (lambda *given: 1 if _finding()(*given) else 0,),
        (20,),
    ),
    Wrong(
        "how_many",
        "You count the gradients that are wrong: one wrong line makes several wrong, and the "
        "number of that line is asked for.",
        (_finding(lambda *wrong: sum(bool(each.any()) for each in wrong)),),
        (20,),
    ),
)


QUESTIONS = (
    Question(
        chapter=5,
        reference=lstm_step_backward,
        results=("d_x", "d_h_prev", "d_c_prev", "d_kernel", "d_bias"),
        draw=_backward_cases,
        wrong=STEP_WRONG,
        hints=(
            "Go backwards through the equations of the step, last one first. Where does h lead to? "
            "To o and, through a tanh, to c. So complete `d_c` before you use it.",
            "Then each factor of c = f * c_prev + i * candidate gets `d_c` times the other one. "
            "And each squashing brings its slope: s * (1 - s) for a gate, 1 - candidate**2 for the "
            "candidate. That gives the four blocks of d_z.",
            "Side by side in the order i, j, f, o they are d_z, of the shape of z. "
            "`np.concatenate([x, h_prev], axis=1).T @ d_z` sums the outer products over the batch.",
            "The bias gets `d_z.sum(axis=0)`. The way back is `d_z @ kernel.T`: its first "
            "input_size columns are d_x, the others d_h_prev. And d_c_prev is `d_c * f`, with the "
            "completed d_c.",
        ),
        praise="In a loop from the last step to the first it is backpropagation through time.",
    ),
    Question(
        chapter=5,
        reference=find_the_bug,
        results=("line",),
        draw=_bug_cases,
        wrong=BUG_WRONG,
        hints=(
            "Which of the five gradients are wrong? Nudge one number of one array up and down: "
            "(loss up - loss down) / (2 * step) is what its gradient should be. Do so for all "
            "numbers of all arrays, with a step of 1e-5 and a tolerance of 1e-6.",
            "Look at `d_bias` first. It is the sum of d_z over the batch, so its four blocks, "
            "i, j, f, o, show d_z itself. One wrong block: that gate's line. The blocks i, j and f "
            "together: what they share.",
            "If `d_bias` has no wrong block, or all four, then d_z is right and one gradient alone "
            "is wrong. Its own line it is: 6 for d_kernel, 7 for d_bias, 8 for d_x, 9 for "
            "d_h_prev, 10 for d_c_prev, and 0 if none is wrong.",
        ),
        praise="It finds a wrong line that it cannot read, by what the line makes wrong.",
        rtol=0.0,
        atol=1e-6,
    ),
)


def planted(number: int = 1) -> tuple:
    """Return a backward pass of one LSTM step in which one line may be wrong, and what it needs.

    They are the arguments of the question `find_the_bug`, which is checked on all of them:
    ``find_the_bug(*planted(3))`` is the number of the wrong line.

    Parameters
    ----------
    number : int
        Which one, from 1.

    Returns
    -------
    backward : callable
        ``backward(x, h_prev, c_prev, kernel, bias)`` returns what it takes for the gradients
        of the loss: (d_x, d_h_prev, d_c_prev, d_kernel, d_bias).
    loss : callable
        ``loss(x, h_prev, c_prev, kernel, bias)`` returns the loss, one number.
    x, h_prev, c_prev, kernel, bias : arrays
        A point at which to look. The kernel has the rows [x; h] and the columns i, j, f, o.

    Raises
    ------
    ValueError
        If there is no such number.
    """
    if number not in range(1, len(PLANTED) + 1):
        raise ValueError(f"number: expected 1 to {len(PLANTED)}, given {number!r}")
    _, question = QUESTIONS
    return tuple(
        each.copy() if isinstance(each, np.ndarray) else each
        for each in question.cases[number - 1].inputs
    )
