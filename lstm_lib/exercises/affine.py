"""Wrong answers of the questions of the form squash([h, x] W + b): the gates and the RNN step."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from lstm_lib.exercises import squash as s
from lstm_lib.exercises.question import Case, Wrong, case
from lstm_lib.numpy_backend import sigmoid

Array = np.ndarray
Squash = Callable[[Array], Array]

# (batch_size, num_units, input_size): never two alike, so that no mix-up of two sizes fits.
EXAMPLE = (3, 2, 1)
SIZES = [(4, 5, 3), (3, 2, 6), (2, 6, 4), (5, 1, 2)]
ONE_ROW = [(1, 4, 3), (1, 3, 5)]
ZERO_STATE = [(4, 3, 5), (2, 5, 3)]


def gate_cases(rng: np.random.Generator, states: int = 1, gates: int = 1) -> list[Case]:
    """Return cases for functions of states, x, and pairs of W and b.

    Weights and states are random: equal weights or a zero state would hide mistakes.
    """

    def draw(size: tuple[int, int, int], traits: str = "") -> Case:
        batch_size, num_units, input_size = size
        state = [rng.normal(0, 0.8, (batch_size, num_units)) for _ in range(states)]
        x = rng.normal(0, 1, (batch_size, input_size))
        weights = []
        for _ in range(gates):
            weights += [
                rng.normal(0, 0.9, (num_units + input_size, num_units)),
                rng.normal(0, 0.7, num_units),
            ]
        inputs = [*state, x, *weights]
        if "example" in traits:
            inputs = [np.round(each, 1) + 0.0 for each in inputs]
        if "zero_state" in traits:
            inputs[:states] = [np.zeros_like(each) for each in state]
        return case(*inputs, traits=traits)

    return [
        draw(EXAMPLE, "example"),
        *(draw(size) for size in SIZES),
        *(draw(size, "one_row") for size in ONE_ROW),
        *(draw(size, "zero_state") for size in ZERO_STATE),
    ]


def joined(h_prev: Array, x: Array) -> Array:
    """Return [h, x]."""
    return np.concatenate([h_prev, x], axis=1)


def squashed(*functions: Squash) -> tuple[Callable, ...]:
    """Return the gates whose squashing is another one."""

    def gate(squash: Squash) -> Callable:
        return lambda h_prev, x, W, b: squash(joined(h_prev, x) @ W + b)

    return tuple(gate(function) for function in functions)


def shape_mistakes(squash: Squash) -> tuple[Wrong, ...]:
    """Return the wrong ways to bring h, x, W and b together."""
    return (
        Wrong(
            "x_first",
            "You put x before h_prev: the rows of `{W}` are [h, x], so its first num_units rows "
            "belong to h_prev (TF1's kernel is the one that starts with x).",
            (lambda h_prev, x, W, b: squash(joined(x, h_prev) @ W + b),),
            (13, 25),
        ),
        Wrong(
            "stacked",
            "You stack h_prev and x, which differ in width: put them side by side, "
            "`np.concatenate([h_prev, x], axis=1)`, to get shape "
            "(batch_size, num_units + input_size).",
            (
                lambda h_prev, x, W, b: squash(np.stack([h_prev, x]) @ W + b),
                lambda h_prev, x, W, b: squash(np.array([h_prev, x]) @ W + b),
            ),
            (13,),
        ),
        Wrong(
            "below",
            "You join h_prev and x one below the other, along the batch: join them along "
            "`axis=1`, so that each row holds its own h and its own x.",
            (
                lambda h_prev, x, W, b: squash(np.concatenate([h_prev, x]) @ W + b),
                lambda h_prev, x, W, b: squash(np.concatenate([x, h_prev]) @ W + b),
                lambda h_prev, x, W, b: squash(W @ np.concatenate([h_prev, x]) + b),
            ),
            (13,),
        ),
        Wrong(
            "flattened",
            "You join h_prev and x into one long row, and the batch is lost: use "
            "`np.concatenate([h_prev, x], axis=1)`, which keeps one row for each member of the "
            "batch.",
            (
                lambda h_prev, x, W, b: squash(np.append(h_prev, x) @ W + b),
                lambda h_prev, x, W, b: squash(np.concatenate([h_prev, x], axis=None) @ W + b),
                lambda h_prev, x, W, b: squash(np.dot(np.append(h_prev, x), W) + b),
            ),
            (13,),
        ),
        Wrong(
            "added",
            "You add h_prev and x: [h, x] means one beside the other, not a sum, and the two "
            "have different widths.",
            (
                lambda h_prev, x, W, b: squash((h_prev + x) @ W + b),
                lambda h_prev, x, W, b: squash((x + h_prev) @ W + b),
                lambda h_prev, x, W, b: squash(np.dot(h_prev + x, W) + b),
            ),
            (13,),
        ),
        Wrong(
            "weights_left",
            "You put `{W}` on the left of the product: here a row of the batch is a row of the "
            "array, so it is [h, x] times `{W}`, in this order.",
            (
                lambda h_prev, x, W, b: squash(W @ joined(h_prev, x) + b),
                lambda h_prev, x, W, b: squash(np.dot(W, joined(h_prev, x)) + b),
                lambda h_prev, x, W, b: squash(W.T @ joined(h_prev, x) + b),
                lambda h_prev, x, W, b: squash(W.T @ joined(h_prev, x).T + b),
                lambda h_prev, x, W, b: squash(W @ joined(h_prev, x).T + b),
            ),
            (25,),
        ),
        Wrong(
            "weights_transposed",
            "You transpose `{W}`: its shape (num_units + input_size, num_units) fits [h, x] as "
            "it is.",
            (
                lambda h_prev, x, W, b: squash(joined(h_prev, x) @ W.T + b),
                lambda h_prev, x, W, b: squash(np.dot(joined(h_prev, x), W.T) + b),
            ),
            (25,),
        ),
        Wrong(
            "elementwise",
            "You multiply [h, x] and `{W}` number by number: `*` does that, and the matrix "
            "product is `@`.",
            (lambda h_prev, x, W, b: squash(joined(h_prev, x) * W + b),),
        ),
        Wrong(
            "no_h",
            "You ignore h_prev, as if the state were zero: h_prev goes through the first "
            "num_units rows of `{W}`.",
            (lambda h_prev, x, W, b: squash(x @ W[h_prev.shape[1] :] + b),),
            (14,),
        ),
        Wrong(
            "no_x",
            "You ignore x: it goes through the last input_size rows of `{W}`.",
            (lambda h_prev, x, W, b: squash(h_prev @ W[: h_prev.shape[1]] + b),),
        ),
        Wrong(
            "scalar",
            "You give one number for a whole row of the batch: this is a vector, with one value "
            "for each unit.",
            (
                lambda h_prev, x, W, b: squash(_row_mean(joined(h_prev, x) @ W + b)),
                lambda h_prev, x, W, b: _row_mean(squash(joined(h_prev, x) @ W + b)),
                lambda h_prev, x, W, b: squash((joined(h_prev, x) @ W + b).mean(axis=1)),
                lambda h_prev, x, W, b: squash((joined(h_prev, x) @ W + b).mean()),
                lambda h_prev, x, W, b: squash((joined(h_prev, x) @ W + b).sum(axis=1)),
                lambda h_prev, x, W, b: squash((joined(h_prev, x) @ W + b).sum()),
            ),
            (22,),
        ),
        Wrong(
            "no_bias",
            "You leave out the bias: add `{b}` to the product before you squash.",
            (
                lambda h_prev, x, W, b: squash(joined(h_prev, x) @ W),
                lambda h_prev, x, W, b: squash(np.dot(joined(h_prev, x), W)),
            ),
        ),
        Wrong(
            "minus_bias",
            "Your bias has the wrong sign: z is the product plus `{b}`, and a minus in front of "
            "z needs brackets around all of z.",
            (lambda h_prev, x, W, b: squash(joined(h_prev, x) @ W - b),),
        ),
        Wrong(
            "minus_product",
            "Your product has the wrong sign: z is the product plus `{b}`, and a minus in front "
            "of z needs brackets around all of z.",
            (lambda h_prev, x, W, b: squash(b - joined(h_prev, x) @ W),),
        ),
        Wrong(
            "two_biases",
            "You add the bias twice: PyTorch stores two biases, but here `{b}` is the only one.",
            (lambda h_prev, x, W, b: squash(joined(h_prev, x) @ W + b + b),),
            (18,),
        ),
        Wrong(
            "bias_outside",
            "You add `{b}` after squashing: it belongs inside, to z.",
            (lambda h_prev, x, W, b: squash(joined(h_prev, x) @ W) + b,),
        ),
        Wrong(
            "bias_per_row",
            "You multiply by `{b}`: the bias is added.",
            (lambda h_prev, x, W, b: squash(joined(h_prev, x) @ W * b),),
        ),
    )


def sigmoid_mistakes() -> tuple[Wrong, ...]:
    """Return what is put in place of the sigmoid of a gate."""
    return (
        Wrong(
            "tanh",
            "You squash with tanh: a gate says how much, from 0 to 1, so it takes the sigmoid; "
            "tanh is for content.",
            squashed(np.tanh),
            (15,),
        ),
        Wrong(
            "linear",
            "You return z itself: squash it with the sigmoid, so that each number lies between "
            "0 and 1.",
            squashed(s.linear),
            (15, 24),
        ),
        Wrong(
            "hard_sigmoid",
            "Your gate is a hard sigmoid, three straight lines, as in old Keras: use the smooth "
            "one, 1 / (1 + exp(-z)).",
            squashed(s.hard_sigmoid, s.hard_sigmoid_6),
            (21,),
        ),
        Wrong(
            "upside_down",
            "Your gate is upside down, 1 minus the right one: it is 1 / (1 + exp(-z)), with a "
            "minus, and {one_means}.",
            squashed(s.upside_down),
            (9,),
        ),
        Wrong(
            "brackets",
            "Your sigmoid lacks brackets around its denominator: 1 / (1 + exp(-z)).",
            squashed(s.precedence),
        ),
        Wrong(
            "formula",
            "Your sigmoid has a slip in its formula: it is 1 / (1 + exp(-z)), with a plus.",
            squashed(s.minus_exp, s.exponential),
        ),
        Wrong(
            "relu",
            "You squash with a ReLU, which has no upper end: a gate stays between 0 and 1, so it "
            "takes the sigmoid.",
            squashed(s.relu),
            (15,),
        ),
        Wrong(
            "softmax",
            "You use softmax, whose numbers compete for a sum of 1: each unit's gate opens by "
            "itself, so take the sigmoid.",
            squashed(s.softmax),
            (15, 22),
        ),
        Wrong(
            "step",
            "Your gate is all or nothing: the sigmoid gives every value between 0 and 1.",
            squashed(s.step),
        ),
        Wrong(
            "twice",
            "You squash twice: one sigmoid is enough.",
            squashed(
                lambda z: sigmoid(sigmoid(z)),
                lambda z: sigmoid(np.tanh(z)),
                lambda z: np.tanh(sigmoid(z)),
            ),
            (15,),
        ),
        Wrong(
            "scaled",
            "You lost a factor on the way from tanh to the sigmoid: it is (1 + tanh(z / 2)) / 2.",
            squashed(s.double_sigmoid),
            (15,),
        ),
        Wrong(
            "derivative",
            "You return the slope of the sigmoid, s (1 - s): that belongs to backpropagation.",
            squashed(lambda z: sigmoid(z) * (1 - sigmoid(z))),
            (20,),
        ),
    )


def tanh_mistakes() -> tuple[Wrong, ...]:
    """Return what is put in place of a tanh."""
    return (
        Wrong(
            "sigmoid",
            "You squash with the sigmoid: {content} can be negative, so it takes tanh; the "
            "sigmoid is for gates.",
            squashed(sigmoid),
            (15,),
        ),
        Wrong(
            "linear",
            "You return z itself: squash it with tanh, so that each number lies between -1 and 1.",
            squashed(s.linear),
            (15, 24),
        ),
        Wrong(
            "tan",
            "You use tan, the tangent of an angle: tanh is the hyperbolic one, `np.tanh`.",
            squashed(np.tan, np.arctan),
            (24,),
        ),
        Wrong(
            "coth",
            "You use 1 / tanh, which is coth and has a pole at zero: the squashing is tanh itself.",
            squashed(s.coth),
            (24,),
        ),
        Wrong(
            "arctanh",
            "You use the inverse of tanh: the squashing is `np.tanh`.",
            squashed(np.arctanh),
            (24,),
        ),
        Wrong(
            "sinh",
            "You use sinh: tanh is sinh divided by cosh, `np.tanh`.",
            squashed(np.sinh),
            (24,),
        ),
        Wrong(
            "relu",
            "You squash with a ReLU: {content} is squashed by tanh, which has two ends, -1 and 1.",
            squashed(s.relu),
            (15,),
        ),
        Wrong(
            "upside_down",
            "Your numbers have the wrong sign: it is tanh(z), not tanh(-z).",
            squashed(lambda z: np.tanh(-z)),
        ),
        Wrong(
            "twice",
            "You squash twice: one tanh is enough here.",
            squashed(lambda z: np.tanh(np.tanh(z)), lambda z: np.tanh(sigmoid(z))),
            (15,),
        ),
        Wrong(
            "scaled",
            "You lost a factor on the way from the sigmoid to tanh: it is 2 sigmoid(2 z) - 1.",
            squashed(s.half_tanh),
            (15,),
        ),
        Wrong(
            "derivative",
            "You return the slope of tanh, 1 - tanh(z)^2: that belongs to backpropagation.",
            squashed(lambda z: 1 - np.tanh(z) ** 2),
            (20,),
        ),
    )


def without(wrongs: Iterable[Wrong], *ids: str) -> tuple[Wrong, ...]:
    """Return the wrong answers but these."""
    return tuple(wrong for wrong in wrongs if wrong.id not in ids)


def _row_mean(z: Array) -> Array:
    return z.mean(axis=1, keepdims=True)
