"""find_the_bug: which line of a backward pass is wrong, seen from its gradients alone.

The passes are those of `lstm_step_backward`, with a mistake planted into one of its ten lines.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.edits import Edit, Edited
from lstm_lib.exercises.engine.messages import say
from lstm_lib.exercises.engine.question import BEGIN, Case, Mistake, Question
from lstm_lib.exercises.mistakes.cases import tenths
from lstm_lib.exercises.questions.lstm_step_backward import lstm_step_backward
from lstm_lib.numpy_backend import sigmoid

Array = np.ndarray


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


# The passes, as black boxes.

LINES = ("d_c", *(f"d_z_{g}" for g in "ijfo"), "d_kernel", "d_bias", "d_x", "d_h_prev", "d_c_prev")
NUMBERS = {name: number for number, name in enumerate(LINES, start=1)}


class Gradients(NamedTuple):
    """What a backward pass of one step returns."""

    d_x: Array
    d_h_prev: Array
    d_c_prev: Array
    d_kernel: Array
    d_bias: Array


def make_backward(*edits: Edit) -> Callable:
    """Return a backward pass: the right one, or with a mistake planted into its text."""
    return Edited(lstm_step_backward, edits)


def forward(x: Array, h_prev: Array, c_prev: Array, kernel: Array, bias: Array) -> tuple:
    """Return (f, i, candidate, o, c, h) of one step; the forget bias is in `bias`."""
    i, j, f, o = np.split(np.concatenate([x, h_prev], axis=1) @ kernel + bias, 4, axis=1)
    f, i, candidate, o = sigmoid(f), sigmoid(i), np.tanh(j), sigmoid(o)
    c = f * c_prev + i * candidate
    return f, i, candidate, o, c, o * np.tanh(c)


class Loss:
    """A loss of one step: the sum of all h and c, each with a weight of its own."""

    def __init__(self, d_h: Array, d_c: Array) -> None:
        self._d_h, self._d_c = d_h, d_c

    def __call__(self, x: Array, h_prev: Array, c_prev: Array, kernel: Array, bias: Array) -> float:
        """Return the loss for these arrays, one number."""
        *_, c, h = forward(x, h_prev, c_prev, kernel, bias)
        return float(np.vdot(self._d_h, h) + np.vdot(self._d_c, c))

    def __repr__(self) -> str:
        return say(m.ITS_LOSS)


class BlackBox:
    """A backward pass of one step that can be called and not read."""

    def __init__(self, d_h: Array, d_c: Array, backward: Callable) -> None:
        self._d_h, self._d_c, self._backward = d_h, d_c, backward

    def __call__(
        self, x: Array, h_prev: Array, c_prev: Array, kernel: Array, bias: Array
    ) -> Gradients:
        """Return what it takes for the gradients of the loss with respect to these arrays."""
        *trace, _ = forward(x, h_prev, c_prev, kernel, bias)
        return Gradients(*self._backward(self._d_h, self._d_c, x, h_prev, c_prev, *trace, kernel))

    def __repr__(self) -> str:
        return say(m.A_PASS)


class Planted(NamedTuple):
    """A mistake planted into a backward pass.

    Attributes
    ----------
    name : str or None
        The name of the wrong line, one of `LINES`; None if all are right.
    edits : list of edits
    size : tuple of int
        batch_size, num_units and input_size of the step that it is found in.
    """

    name: str | None
    edits: list[Edit]
    size: tuple[int, int, int]


# In no order, and of kinds that cannot be seen from the shapes.
D_X = "d_z @ kernel[: x.shape[1]].T"
PLANTED = (
    Planted("d_c_prev", [("d_c * f, ", "d_c, ")], (3, 2, 1)),
    Planted("d_z_f", [("d_c * c_prev * f", "d_c * c * f")], (2, 1, 2)),
    Planted("d_c", [(" * (1 - tanh_c**2)", "")], (2, 2, 1)),
    Planted("d_h_prev", [("return d_x, d_h_prev", f"return d_x, {D_X}")], (3, 1, 1)),
    Planted("d_bias", [("d_z.sum", "d_z.mean")], (4, 1, 2)),
    Planted(None, [], (2, 1, 2)),
    Planted("d_z_o", [("d_z_o = d_h", "d_z_o = d_c")], (3, 1, 2)),
    Planted("d_kernel", [(".T @ d_z", ".T @ d_z / len(x)")], (2, 1, 1)),
    Planted("d_z_j", [("(1 - candidate**2)", "candidate * (1 - candidate)")], (3, 1, 2)),
    Planted("d_x", [("return d_x", "return d_z @ kernel[x.shape[1] :].T")], (2, 1, 1)),
    Planted("d_z_i", [(" * i * (1 - i)", "")], (2, 1, 1)),
    Planted("d_c", [("= d_c + d_h", "= d_h")], (2, 1, 1)),
    Planted("d_z_f", [("c_prev * f * (1 - f)", "c_prev * (1 - f**2)")], (2, 2, 1)),
    Planted("d_c_prev", [(BEGIN, "old_d_c = d_c"), ("d_c * f, ", "old_d_c * f, ")], (1, 2, 1)),
    Planted(None, [], (1, 1, 3)),
)
# Every gradient that a planted mistake makes wrong is off by at least so much somewhere.
CLEARLY = 0.05


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(number: int, planted: Planted) -> Case:
        batch_size, num_units, input_size = planted.size
        right, wrong = make_backward(), make_backward(*planted.edits)
        while True:
            d_h, d_c, h_prev, c_prev = rng.normal(0, 1, (4, batch_size, num_units))
            x = rng.normal(0, 1, (batch_size, input_size))
            kernel = rng.normal(0, 0.9, (input_size + num_units, 4 * num_units))
            bias = rng.normal(0, 0.7, 4 * num_units)
            arrays = list(map(tenths, (x, h_prev, c_prev, kernel, bias)))
            boxes = [BlackBox(d_h, d_c, backward) for backward in (right, wrong)]
            # A weight of zero would hide what goes wrong behind it.
            if all(each.all() for each in arrays) and _is_clear(*(box(*arrays) for box in boxes)):
                break
        traits = ("example" if number == 1 else "") + ("" if planted.name else "no_bug")
        inputs = boxes[1], Loss(d_h, d_c), *arrays
        return Case(inputs, frozenset(traits.split()), f"for `planted({number})`")

    return [draw(number, planted) for number, planted in enumerate(PLANTED, start=1)]


def _is_clear(right: Gradients, wrong: Gradients) -> bool:
    """Whether each gradient, the weights' gate by gate, is the right one or off by enough."""
    x, h, c, kernel, bias = (abs(a - b) for a, b in zip(right, wrong, strict=True))
    errors = [x, h, c, *np.split(kernel, 4, axis=1), *np.split(bias, 4)]
    return all(error.max() == 0 or error.max() > CLEARLY for error in errors)


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
    return tuple(
        each.copy() if isinstance(each, np.ndarray) else each
        for each in QUESTION.cases[number - 1].inputs
    )


# Wrong answers. They find the same differences, which are remembered, and read them in another way.


def differences(loss: Loss, arrays: Sequence[Array]) -> list[Array]:
    """Return the gradients by differences, as the reference finds them."""
    key = loss, *(array.tobytes() for array in arrays)
    if key not in _known:
        _known[key] = [np.zeros_like(array) for array in arrays]
        for k, gradient in enumerate(_known[key]):
            for place in np.ndindex(gradient.shape):
                up, down = [each.copy() for each in arrays], [each.copy() for each in arrays]
                up[k][place] += 1e-5
                down[k][place] -= 1e-5
                gradient[place] = (loss(*up) - loss(*down)) / 2e-5
    return _known[key]


_known: dict[tuple, list[Array]] = {}
REMEMBERED = [
    ("numeric = np.zeros_like(gradient)", "numeric = differences(loss, arrays)[k]"),
    ("np.ndindex(gradient.shape)", "()"),
]
_find = Edited(find_the_bug, REMEMBERED)


def _read(old: str, *news: str) -> list[list[Edit]]:
    """Return the ways to read the differences with these texts instead of the old one."""
    return [[*REMEMBERED, (old, new)] for new in news]


def _first_of(*orders: str) -> list[list[Edit]]:
    """Return the ways to name the first wrong gradient, in orders of the letters of `LINE_OF`."""
    texts = (", ".join(LINE_OF[letter] for letter in order) for order in orders)
    return [[*REMEMBERED, ("np.split(d_bias, 4)", "()"), (LOOP, f"[{text}]")] for text in texts]


def _one_sided(step: str) -> list[Edit]:
    """Return the edits that nudge to one side only, by this step."""
    return [("+= 1e-5", f"+= {step}"), ("loss(*down)", "loss(*arrays)"), ("2e-5", step)]


LINE_OF = {"k": "(6, d_kernel)", "b": "(7, d_bias)", "x": "(8, d_x)"}
LINE_OF |= {"h": "(9, d_h_prev)", "c": "(10, d_c_prev)"}
LOOP = "enumerate([d_kernel, d_bias, d_x, d_h_prev, d_c_prev], start=6)"
UNPACKED = "d_x, d_h_prev, d_c_prev, d_kernel, d_bias = wrong"
THREE_GATES = "if sum(gates) == 3:  # i, j and f: what they share\n        return 1"
FIRST_GATE = "if 0 < sum(gates) < 4:\n        return 2 + gates.index(True)"
LAST_GATE = "if 0 < sum(gates) < 4:\n        return 5 - gates[::-1].index(True)"
GATE = "2 + gates.index(True)"
WRONG = (
    Mistake("first_gradient", *_first_of("xhckb", "xhcbk", "hxckb", "cxhkb"), rows=20).says(
        "You stop at the first gradient that is wrong: everything below a wrong line is wrong with "
        "it, and d_x and d_h_prev are made from all four gates. Look at `d_bias` first."
    ),
    Mistake("blames_the_weights", *_first_of("kbxhc", "bkxhc", "kbcxh"), rows=20).says(
        "You blame the line of `d_kernel` or of `d_bias` where the gradient of a gate is wrong: "
        "both are made from d_z, so see whether one block of `d_bias` is wrong or all four."
    ),
    Mistake("gate_for_d_c", *_read(THREE_GATES, FIRST_GATE, LAST_GATE), rows=20).says(
        "You name one gate where i, j and f are wrong together: not three lines are wrong but the "
        "one that all three share, `d_c`, line 1."
    ),
    Mistake(
        "d_c_prev_for_d_c",
        *_read(UNPACKED, f"{UNPACKED}\n    if d_c_prev.any(): return 10"),
        rows=20,
    ).says(
        "You name line 10 whenever `d_c_prev` is wrong: it is wrong with `d_c` too, and then the "
        "blocks i, j and f of `d_bias` are wrong as well, which is line 1."
    ),
    Mistake("without_o", *_read("gates) == 1", "gates) == 1 and not gates[3]"), rows=20).says(
        "You never find line 5: the output gate is the fourth block of `d_bias`, and its gradient "
        "is made from `d_h`, not from `d_c`."
    ),
    Mistake("keras_order", *_read(GATE, "[2, 4, 3, 5][gates.index(True)]"), rows=6).says(
        "You read the blocks of `d_bias` in the order i, f, j, o of Keras: here they are "
        "i, j, f, o."
    ),
    Mistake(
        "text_order",
        *_read(GATE, "[4, 2, 3, 5][gates.index(True)]", "[4, 2, 5, 3][gates.index(True)]"),
        rows=6,
    ).says(
        "You read the blocks of `d_bias` in the order f, i, j, o of the text: here they are "
        "i, j, f, o."
    ),
    Mistake(
        "from_zero",
        lambda *given: _find(*given) - 1,
        lambda *given: max(0, _find(*given) - 1),
        rows=25,
    ).says("You count the lines from 0: they are numbered from 1, and 0 says that none is wrong."),
    Mistake(
        "from_two",
        lambda *given: _find(*given) + 1,
        lambda *given: (line := _find(*given)) and line + 1,
        rows=25,
    ).says("Your numbers are too large by one: `d_c` is line 1, and the first gate is line 2."),
    Mistake(
        "everything_is_wrong",
        *(
            [*way, near]
            for near in (
                ("- numeric", "- 2 * numeric"),
                ("- numeric", "- numeric / 2"),
                ("1e-6", "0"),
            )
            for way in (
                REMEMBERED,
                *_read(THREE_GATES, FIRST_GATE, LAST_GATE),
                *_first_of("xhckb", "kbxhc", "bkxhc"),
            )
        ),
        rows=20,
    ).says(
        "Your differences find nearly everything wrong, even in a right pass: nudge up and down, "
        "divide by twice the step, which lies between the two, and allow for a small error, say "
        "1e-6."
    ),
    Mistake(
        "one_sided", [*_one_sided("1e-4"), ("> 1e-6", "> 1e-7")], _one_sided("1e-3"), rows=20
    ).says(
        "You nudge to one side only: the error of that is about as large as the step, which your "
        "tolerance takes for a mistake. Nudge up and down."
    ),
    Mistake("yes_or_no", lambda *given: 1 if _find(*given) else 0, rows=20).says(
        "You say whether something is wrong: the number of the line is asked for, 1 to 10, and 0 "
        "if none is."
    ),
    Mistake(
        "how_many", *_read(UNPACKED, "return sum(bool(each.any()) for each in wrong)"), rows=20
    ).says(
        "You count the gradients that are wrong: one wrong line makes several wrong, and the "
        "number of that line is asked for."
    ),
)

QUESTION = Question(
    chapter=5,
    reference=find_the_bug,
    results=("line",),
    draw=_cases,
    wrong=WRONG,
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
)
