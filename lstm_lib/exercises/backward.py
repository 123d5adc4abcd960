"""The backward pass of one LSTM step, line by line, and what goes wrong in each line.

The rows of the kernel are [x; h], its columns the blocks i, j, f, o, as in TF1's
``BasicLSTMCell``. Each mistake is a pass with one of its ten lines exchanged: as an
answer it is a named wrong one, and as a black box it is a bug to be found.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from lstm_lib.exercises import messages as m
from lstm_lib.exercises.messages import say
from lstm_lib.numpy_backend import sigmoid

Array = np.ndarray
Line = Callable[[SimpleNamespace], Array]

# What each line computes from what is there by then. `d_c` comes in from the next step, and is
# complete after its line; D is the input size.
LINES: dict[str, Line] = {
    "d_c": lambda s: s.d_c + s.d_h * s.o * (1 - s.tanh_c**2),
    "d_z_i": lambda s: s.d_c * s.j * s.i * (1 - s.i),
    "d_z_j": lambda s: s.d_c * s.i * (1 - s.j**2),
    "d_z_f": lambda s: s.d_c * s.c_prev * s.f * (1 - s.f),
    "d_z_o": lambda s: s.d_h * s.tanh_c * s.o * (1 - s.o),
    "d_kernel": lambda s: s.rows.T @ s.d_z,
    "d_bias": lambda s: s.d_z.sum(axis=0),
    "d_x": lambda s: s.d_z @ s.kernel[: s.D].T,
    "d_h_prev": lambda s: s.d_z @ s.kernel[s.D :].T,
    "d_c_prev": lambda s: s.d_c * s.f,
}
NUMBERS = {name: number for number, name in enumerate(LINES, start=1)}


class Gradients(NamedTuple):
    """What a backward pass of one step returns."""

    d_x: Array
    d_h_prev: Array
    d_c_prev: Array
    d_kernel: Array
    d_bias: Array


def make_backward(
    order: str = "ijfo",
    stack: Callable = lambda x, h_prev: np.concatenate([x, h_prev], axis=1),
    **exchanged: Line,
) -> Callable:
    """Return a backward pass; the defaults are right.

    Parameters
    ----------
    order : str
        Order of the blocks of ``d_z``.
    stack : callable
        Brings x and h_prev together, for the gradient of the kernel.
    **exchanged : callable
        Other lines in place of those of `LINES`.
    """
    lines = LINES | exchanged

    def backward(
        d_h: Array,
        d_c: Array,
        x: Array,
        h_prev: Array,
        c_prev: Array,
        f: Array,
        i: Array,
        candidate: Array,
        o: Array,
        c: Array,
        kernel: Array,
    ) -> Gradients:
        s = SimpleNamespace(d_h=d_h, d_c=d_c, x=x, h_prev=h_prev, c_prev=c_prev)
        s.f, s.i, s.j, s.o, s.c, s.tanh_c = f, i, candidate, o, c, np.tanh(c)
        s.kernel, s.D, s.H, s.B = kernel, x.shape[1], h_prev.shape[1], len(x)
        s.d_c_before = d_c
        for name, line in lines.items():
            if name == "d_kernel":
                blocks = {gate: getattr(s, f"d_z_{gate}") for gate in "ijfo"}
                s.d_z = np.concatenate([blocks[gate] for gate in order], axis=1)
                s.rows = stack(x, h_prev)
            setattr(s, name, line(s))
        return Gradients(s.d_x, s.d_h_prev, s.d_c_prev, s.d_kernel, s.d_bias)

    return backward


class Mistake(NamedTuple):
    """One line gone wrong: see `question.Wrong`, of which it becomes a part."""

    id: str
    says: str
    passes: tuple[Callable, ...]
    rows: tuple[int, ...] = (20,)


def wrong_line(name: str, *lines: Line) -> tuple[Callable, ...]:
    """Return a pass for each of the lines, in place of the one with this name."""
    return tuple(make_backward(**{name: line}) for line in lines)


def gate_slopes(slope: Callable[[Array], Array]) -> tuple[Callable, ...]:
    """Return the passes in which one gate, or all of them, has another slope than s(1 - s)."""
    lines = {
        "d_z_i": lambda s: s.d_c * s.j * slope(s.i),
        "d_z_f": lambda s: s.d_c * s.c_prev * slope(s.f),
        "d_z_o": lambda s: s.d_h * s.tanh_c * slope(s.o),
    }
    return (make_backward(**lines), *(make_backward(**{name: lines[name]}) for name in lines))


MISTAKES = (
    Mistake(
        "no_tanh_slope",
        "You leave out the slope of the tanh on the cell state: h = o * tanh(c), so what `d_h` "
        "gives to c is d_h * o * (1 - tanh(c)**2).",
        wrong_line("d_c", lambda s: s.d_c + s.d_h * s.o),
        (16, 20),
    ),
    Mistake(
        "wrong_tanh_slope",
        "Your slope of the tanh on the cell state is another one: it is 1 - tanh(c)**2, with the "
        "tanh of the new c, squared.",
        wrong_line(
            "d_c",
            lambda s: s.d_c + s.d_h * s.o * (1 - s.c**2),
            lambda s: s.d_c + s.d_h * s.o * (1 - s.tanh_c),
            lambda s: s.d_c + s.d_h * s.o * s.tanh_c * (1 - s.tanh_c),
            lambda s: s.d_c + s.d_h * s.o * (1 - np.tanh(s.tanh_c) ** 2),
            lambda s: s.d_c + s.d_h * s.o * (1 - np.tanh(s.c_prev) ** 2),
            lambda s: s.d_c + s.d_h * s.o * s.tanh_c,
        ),
        (15, 20),
    ),
    Mistake(
        "no_o_in_d_c",
        "You leave out the output gate on the way from h to c: h = o * tanh(c), so `d_h` comes to "
        "c through o.",
        wrong_line(
            "d_c",
            lambda s: s.d_c + s.d_h * (1 - s.tanh_c**2),
            lambda s: s.d_c + s.d_h,
        ),
    ),
    Mistake(
        "no_next_step",
        "You forget the `d_c` that comes from the next step: c goes two ways, into h and along the "
        "cell state, so what comes through h is added to `d_c`.",
        wrong_line("d_c", lambda s: s.d_h * s.o * (1 - s.tanh_c**2)),
    ),
    Mistake(
        "no_way_through_h",
        "You forget that h is made of c: add what comes through h, d_h * o * (1 - tanh(c)**2), to "
        "the `d_c` of the next step before you use it.",
        wrong_line("d_c", lambda s: s.d_c),
    ),
    Mistake(
        "next_step_through_h",
        "You send the `d_c` of the next step through the output gate and its tanh: it comes along "
        "the cell state, as it is, and only `d_h` comes through them.",
        wrong_line(
            "d_c",
            lambda s: (s.d_c + s.d_h) * s.o * (1 - s.tanh_c**2),
            lambda s: s.d_c * s.d_h * s.o * (1 - s.tanh_c**2),
            lambda s: s.d_c * s.o * (1 - s.tanh_c**2),
        ),
    ),
    Mistake(
        "next_step_forgotten_twice",
        "You multiply the `d_c` that comes in by this step's forget gate: that is done on the way "
        "out, once, in `d_c_prev`.",
        wrong_line("d_c", lambda s: s.d_c * s.f + s.d_h * s.o * (1 - s.tanh_c**2)),
    ),
    Mistake(
        "minus_in_d_c",
        "You subtract what comes through h: gradients of two ways are added.",
        wrong_line("d_c", lambda s: s.d_c - s.d_h * s.o * (1 - s.tanh_c**2)),
    ),
    Mistake(
        "no_gate_slope",
        "You leave out the slope of the sigmoid: what is asked for is the gradient of z, before "
        "the squashing, so each gate s brings the factor s * (1 - s).",
        gate_slopes(lambda s: 1.0),
    ),
    Mistake(
        "gate_slope_of_tanh",
        "You take the slope of tanh for a gate: 1 - s**2 belongs to the candidate; a gate is a "
        "sigmoid, whose slope is s * (1 - s).",
        gate_slopes(lambda s: 1 - s**2),
        (15, 20),
    ),
    Mistake(
        "gate_slope_half",
        "You have half of the slope of the sigmoid: it is s * (1 - s), both factors.",
        (*gate_slopes(lambda s: 1 - s), *gate_slopes(lambda s: s), *gate_slopes(lambda s: s**2)),
    ),
    Mistake(
        "gate_squashed_again",
        "You squash a gate once more before you take its slope: f, i and o come out of their "
        "sigmoids already, so the slope is s * (1 - s) of them as they are.",
        gate_slopes(lambda s: sigmoid(s) * (1 - sigmoid(s))),
        (15, 20),
    ),
    Mistake(
        "candidate_slope_of_sigmoid",
        "You take the slope of the sigmoid for the candidate: it is a tanh, whose slope is "
        "1 - candidate**2.",
        wrong_line("d_z_j", lambda s: s.d_c * s.i * s.j * (1 - s.j)),
        (15, 20),
    ),
    Mistake(
        "no_candidate_slope",
        "You leave out the slope of the candidate's tanh, 1 - candidate**2: what is asked for is "
        "the gradient of z, before the squashing.",
        wrong_line("d_z_j", lambda s: s.d_c * s.i),
    ),
    Mistake(
        "wrong_candidate_slope",
        "Your slope of the candidate is another one: the candidate comes out of its tanh already, "
        "and the slope is 1 - candidate**2.",
        wrong_line(
            "d_z_j",
            lambda s: s.d_c * s.i * (1 - np.tanh(s.j) ** 2),
            lambda s: s.d_c * s.i * (1 - s.j),
            lambda s: s.d_c * s.i * (1 + s.j**2),
        ),
        (15, 20),
    ),
    Mistake(
        "no_slopes",
        "You leave out all four slopes: what is asked for is the gradient of z, before the "
        "squashing; a gate s brings s * (1 - s), the candidate 1 - candidate**2.",
        (
            make_backward(
                d_z_i=lambda s: s.d_c * s.j,
                d_z_j=lambda s: s.d_c * s.i,
                d_z_f=lambda s: s.d_c * s.c_prev,
                d_z_o=lambda s: s.d_h * s.tanh_c,
            ),
        ),
    ),
    Mistake(
        "new_c_in_f",
        "You take the new cell state for the forget gate: c = f * c_prev + ..., so the gradient of "
        "f has the factor `c_prev`, not `c`.",
        wrong_line("d_z_f", lambda s: s.d_c * s.c * s.f * (1 - s.f)),
        (5, 20),
    ),
    Mistake(
        "other_factor_in_f",
        "You multiply the wrong thing into the gradient of the forget gate: in c = f * c_prev + "
        "i * candidate it stands beside `c_prev`.",
        wrong_line(
            "d_z_f",
            lambda s: s.d_c * s.h_prev * s.f * (1 - s.f),
            lambda s: s.d_c * s.j * s.f * (1 - s.f),
            lambda s: s.d_c * s.f * (1 - s.f),
            lambda s: s.d_c * np.tanh(s.c_prev) * s.f * (1 - s.f),
            lambda s: s.d_h * s.c_prev * s.f * (1 - s.f),
        ),
        (20, 25),
    ),
    Mistake(
        "other_factor_in_i",
        "You multiply the wrong thing into the gradient of the input gate: in c = f * c_prev + "
        "i * candidate it stands beside the candidate.",
        wrong_line(
            "d_z_i",
            lambda s: s.d_c * s.c_prev * s.i * (1 - s.i),
            lambda s: s.d_c * s.i * (1 - s.i),
            lambda s: s.d_h * s.j * s.i * (1 - s.i),
        ),
        (20, 25),
    ),
    Mistake(
        "other_factor_in_candidate",
        "You multiply the wrong gate into the gradient of the candidate: in c = f * c_prev + "
        "i * candidate it stands beside i.",
        wrong_line(
            "d_z_j",
            lambda s: s.d_c * s.f * (1 - s.j**2),
            lambda s: s.d_c * s.o * (1 - s.j**2),
            lambda s: s.d_c * (1 - s.j**2),
            lambda s: s.d_h * s.i * (1 - s.j**2),
        ),
        (20, 25),
    ),
    Mistake(
        "no_o_way",
        "You leave out the output gate's own gradient: o is made of [x, h_prev] too, and "
        "h = o * tanh(c) gives it d_h * tanh(c) * o * (1 - o).",
        wrong_line("d_z_o", lambda s: 0 * s.d_h),
    ),
    Mistake(
        "o_through_c",
        "You give the output gate the gradient of the cell state: o is in h alone, "
        "h = o * tanh(c), so its gradient is made of `d_h`.",
        wrong_line("d_z_o", lambda s: s.d_c * s.tanh_c * s.o * (1 - s.o)),
        (5, 20),
    ),
    Mistake(
        "other_factor_in_o",
        "You multiply the wrong thing into the gradient of the output gate: in h = o * tanh(c) it "
        "stands beside tanh of the new c.",
        wrong_line(
            "d_z_o",
            lambda s: s.d_h * s.c * s.o * (1 - s.o),
            lambda s: s.d_h * np.tanh(s.c_prev) * s.o * (1 - s.o),
            lambda s: s.d_h * s.o * (1 - s.o),
        ),
        (16, 20),
    ),
    Mistake(
        "f_and_i_swapped",
        "You swap the forget gate and the input gate: f stands beside c_prev, i beside the "
        "candidate.",
        (
            make_backward(order="fjio"),
            make_backward(
                d_z_i=lambda s: s.d_c * s.c_prev * s.i * (1 - s.i),
                d_z_f=lambda s: s.d_c * s.j * s.f * (1 - s.f),
            ),
        ),
        (20, 25),
    ),
    Mistake(
        "keras_order",
        "You put the four blocks into the order i, f, j, o of Keras and PyTorch: the columns of "
        "this kernel are i, j, f, o.",
        (make_backward(order="ifjo"),),
        (6, 20),
    ),
    Mistake(
        "text_order",
        "You put the four blocks into the order f, i, j, o, in which the text introduces the "
        "gates: the columns of this kernel are i, j, f, o.",
        (make_backward(order="fijo"), make_backward(order="fioj"), make_backward(order="iofj")),
        (6, 20),
    ),
    Mistake(
        "h_rows_first",
        "You take the first num_units rows of the kernel for h: its rows are [x; h], inputs "
        "first, so `d_x` comes from the first input_size rows and `d_h_prev` from the others.",
        (
            make_backward(
                d_x=lambda s: s.d_z @ s.kernel[s.H :].T,
                d_h_prev=lambda s: s.d_z @ s.kernel[: s.H].T,
            ),
            make_backward(
                stack=lambda x, h_prev: np.concatenate([h_prev, x], axis=1),
                d_x=lambda s: s.d_z @ s.kernel[s.H :].T,
                d_h_prev=lambda s: s.d_z @ s.kernel[: s.H].T,
            ),
        ),
        (13, 20),
    ),
    Mistake(
        "split_swapped",
        "You swap the two parts of d_z @ kernel.T: its first input_size columns are `d_x`, the "
        "others are `d_h_prev`.",
        (
            make_backward(
                d_x=lambda s: s.d_z @ s.kernel[s.D :].T,
                d_h_prev=lambda s: s.d_z @ s.kernel[: s.D].T,
            ),
        ),
        (13, 20),
    ),
    Mistake(
        "not_split",
        "You do not split d_z @ kernel.T: its first input_size columns are `d_x`, the others are "
        "`d_h_prev`.",
        (
            make_backward(d_x=lambda s: s.d_z @ s.kernel.T, d_h_prev=lambda s: s.d_z @ s.kernel.T),
            *wrong_line("d_x", lambda s: s.d_z @ s.kernel.T),
            *wrong_line("d_h_prev", lambda s: s.d_z @ s.kernel.T),
        ),
        (13, 20),
    ),
    Mistake(
        "kernel_not_transposed",
        "You multiply by the kernel as it is: forward goes [x, h_prev] @ kernel, so the way back "
        "is d_z @ kernel.T.",
        (
            *wrong_line("d_x", lambda s: s.d_z @ s.kernel),
            *wrong_line("d_x", lambda s: np.dot(s.d_z, s.kernel)),
            *wrong_line("d_x", lambda s: s.d_z @ s.kernel[: s.D]),
            *wrong_line("d_x", lambda s: s.kernel @ s.d_z),
            *wrong_line("d_x", lambda s: s.kernel.T @ s.d_z),
        ),
    ),
    Mistake(
        "kernel_rows",
        "You put h_prev before x in the gradient of the kernel: its rows are [x; h], as those of "
        "the kernel are.",
        (make_backward(stack=lambda x, h_prev: np.concatenate([h_prev, x], axis=1)),),
        (13, 20),
    ),
    Mistake(
        "outer_transposed",
        "You transpose the gradient of the kernel: each row of the batch adds the outer product of "
        "[x, h_prev] and d_z, which is [x, h_prev].T @ d_z for the whole batch.",
        wrong_line("d_kernel", lambda s: s.d_z.T @ s.rows),
    ),
    Mistake(
        "outer_without_transpose",
        "You multiply [x, h_prev] and d_z without a transpose: the batch is what is summed over, "
        "so it is [x, h_prev].T @ d_z.",
        (
            *wrong_line("d_kernel", lambda s: s.rows @ s.d_z),
            *wrong_line("d_kernel", lambda s: s.rows @ s.d_z.T),
            *wrong_line("d_kernel", lambda s: s.rows * s.d_z),
        ),
    ),
    Mistake(
        "kernel_without_h",
        "You leave the rows of h out of the gradient of the kernel: each row of the batch brings "
        "x and h_prev, side by side.",
        (
            *wrong_line("d_kernel", lambda s: s.x.T @ s.d_z),
            make_backward(stack=lambda x, h_prev: np.concatenate([x, 0 * h_prev], axis=1)),
        ),
        (14, 20),
    ),
    Mistake(
        "mean_over_batch",
        "You take the mean over the batch: a gradient of the weights is the sum over the batch. "
        "Where a loss is a mean, its 1 / batch_size is in `d_h` already.",
        (
            make_backward(
                d_kernel=lambda s: s.rows.T @ s.d_z / s.B, d_bias=lambda s: s.d_z.mean(axis=0)
            ),
            *wrong_line("d_kernel", lambda s: s.rows.T @ s.d_z / s.B),
            *wrong_line("d_bias", lambda s: s.d_z.mean(axis=0)),
        ),
    ),
    Mistake(
        "bias_not_summed",
        "You do not sum the gradient of the bias over the batch: all rows share one bias, so it is "
        "d_z.sum(axis=0).",
        (
            *wrong_line("d_bias", lambda s: s.d_z),
            *wrong_line("d_bias", lambda s: s.d_z[0]),
            *wrong_line("d_bias", lambda s: s.d_z.sum(axis=0, keepdims=True)),
        ),
    ),
    Mistake(
        "bias_other_axis",
        "You sum the gradient of the bias over the wrong axis: the batch is axis 0, and one number "
        "stays for each column of the kernel.",
        wrong_line(
            "d_bias",
            lambda s: s.d_z.sum(axis=1),
            lambda s: s.d_z.sum(axis=-1),
            lambda s: s.d_z.sum(),
        ),
        (20, 22),
    ),
    Mistake(
        "no_f_in_d_c_prev",
        "You hand `d_c` back without the forget gate: c = f * c_prev + ..., so `d_c_prev` is "
        "d_c * f.",
        wrong_line("d_c_prev", lambda s: s.d_c),
    ),
    Mistake(
        "old_d_c_in_d_c_prev",
        "You hand back only the `d_c` that came in: what came through h goes on to c_prev as well, "
        "so d_c_prev is f times their sum.",
        wrong_line("d_c_prev", lambda s: s.d_c_before * s.f),
    ),
    Mistake(
        "other_gate_in_d_c_prev",
        "You multiply the wrong thing into `d_c_prev`: in c = f * c_prev + i * candidate it is f "
        "that stands beside c_prev.",
        wrong_line(
            "d_c_prev",
            lambda s: s.d_c * s.i,
            lambda s: s.d_c * s.o,
            lambda s: s.d_c * s.c_prev,
            lambda s: s.d_c * (1 - s.f),
            lambda s: s.d_c * s.f * (1 - s.f),
            lambda s: s.d_h * s.f,
        ),
        (9, 20),
    ),
)


# The same passes as black boxes, in which a mistake is to be found.


def forward(x: Array, h_prev: Array, c_prev: Array, kernel: Array, bias: Array) -> tuple:
    """Return (f, i, candidate, o, c, h) of one step; the forget bias is in `bias`."""
    units = h_prev.shape[1]
    z = np.concatenate([x, h_prev], axis=1) @ kernel + bias
    gates = sigmoid(z)
    i, f, o = gates[:, :units], gates[:, 2 * units : 3 * units], gates[:, 3 * units :]
    candidate = np.tanh(z[:, units : 2 * units])
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
        trace = forward(x, h_prev, c_prev, kernel, bias)[:-1]
        return self._backward(self._d_h, self._d_c, x, h_prev, c_prev, *trace, kernel)

    def __repr__(self) -> str:
        return say(m.A_PASS)
