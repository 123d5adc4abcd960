"""Mistakes of the questions of the form squash([h, x] W + b): the gates and the RNN step.

Their references differ in the names of W and b, and in the squashing::

    hx = np.concatenate([h_prev, x], axis=1)
    return sigmoid(hx @ W + b)
"""

from __future__ import annotations

from lstm_lib.exercises.engine.conventions import Convention, layouts, rows_swapped
from lstm_lib.exercises.engine.question import Mistake, Wrong
from lstm_lib.exercises.mistakes import squash as s
from lstm_lib.exercises.mistakes.squash import instead_of


def _x_first(inputs: tuple) -> tuple:
    h_prev, x, W, b = inputs
    return h_prev, x, rows_swapped(W, h_prev.shape[1]), b


CONVENTIONS = (
    layouts(weights=[2], biases=[3]),
    (Convention("x_first", _x_first, list),),
)
JOINED = "np.concatenate([h_prev, x], axis=1)"


def shape_mistakes(W: str, b: str) -> tuple[Wrong, ...]:
    """Return the wrong ways to bring h, x, W and b together."""
    product, z = f"hx @ {W}", f"hx @ {W} + {b}"
    dot = (product, f"np.dot(hx, {W})")
    return (
        Mistake("x_first", ("[h_prev, x]", "[x, h_prev]"), rows=(13, 25)).says(
            "You put x before h_prev: the rows of `{W}` are [h, x], so its first num_units rows "
            "belong to h_prev (TF1's kernel is the one that starts with x)."
        ),
        Mistake(
            "stacked", (JOINED, "np.stack([h_prev, x])", "np.array([h_prev, x])"), rows=13
        ).says(
            "You stack h_prev and x, which differ in width: put them side by side, "
            "`np.concatenate([h_prev, x], axis=1)`, to get shape "
            "(batch_size, num_units + input_size)."
        ),
        Mistake(
            "below",
            ("[h_prev, x], axis=1", "[h_prev, x]", "[x, h_prev]"),
            rows=13,
        ).says(
            "You join h_prev and x one below the other, along the batch: join them along "
            "`axis=1`, so that each row holds its own h and its own x."
        ),
        Mistake(
            "flattened",
            (JOINED, "np.append(h_prev, x)", "np.concatenate([h_prev, x], axis=None)"),
            [(JOINED, "np.append(h_prev, x)"), dot],
            rows=13,
        ).says(
            "You join h_prev and x into one long row, and the batch is lost: use "
            "`np.concatenate([h_prev, x], axis=1)`, which keeps one row for each member of the "
            "batch."
        ),
        Mistake(
            "added", (JOINED, "h_prev + x", "x + h_prev"), [(JOINED, "h_prev + x"), dot], rows=13
        ).says(
            "You add h_prev and x: [h, x] means one beside the other, not a sum, and the two "
            "have different widths."
        ),
        Mistake(
            "weights_left",
            (product, f"{W} @ hx", f"{W}.T @ hx", f"{W}.T @ hx.T", f"{W} @ hx.T"),
            (product, f"np.dot({W}, hx)"),
            rows=25,
        ).says(
            "You put `{W}` on the left of the product: here a row of the batch is a row of the "
            "array, so it is [h, x] times `{W}`, in this order."
        ),
        Mistake("weights_transposed", (product, f"hx @ {W}.T", f"np.dot(hx, {W}.T)"), rows=25).says(
            "You transpose `{W}`: its shape (num_units + input_size, num_units) fits [h, x] as "
            "it is."
        ),
        Mistake("elementwise", (product, f"hx * {W}")).says(
            "You multiply [h, x] and `{W}` number by number: `*` does that, and the matrix "
            "product is `@`."
        ),
        Mistake("no_h", (product, f"x @ {W}[h_prev.shape[1] :]"), rows=14).says(
            "You ignore h_prev, as if the state were zero: h_prev goes through the first "
            "num_units rows of `{W}`."
        ),
        Mistake("no_x", (product, f"h_prev @ {W}[: h_prev.shape[1]]")).says(
            "You ignore x: it goes through the last input_size rows of `{W}`."
        ),
        Mistake(
            "scalar",
            (z, f"({z}).mean(axis=1, keepdims=True)", f"({z}).mean(axis=1)", f"({z}).mean()"),
            (z, f"({z}).sum(axis=1)", f"({z}).sum()"),
            (f"{z})", f"{z}).mean(axis=1, keepdims=True)"),
            rows=22,
        ).says(
            "You give one number for a whole row of the batch: this is a vector, with one value "
            "for each unit."
        ),
        Mistake("no_bias", (z, product, f"np.dot(hx, {W})")).says(
            "You leave out the bias: add `{b}` to the product before you squash."
        ),
        Mistake("minus_bias", (z, f"{product} - {b}")).says(
            "Your bias has the wrong sign: z is the product plus `{b}`, and a minus in front of "
            "z needs brackets around all of z."
        ),
        Mistake("minus_product", (z, f"{b} - {product}")).says(
            "Your product has the wrong sign: z is the product plus `{b}`, and a minus in front "
            "of z needs brackets around all of z."
        ),
        Mistake("two_biases", (z, f"{z} + {b}"), rows=18).says(
            "You add the bias twice: PyTorch stores two biases, but here `{b}` is the only one."
        ),
        Mistake("bias_outside", (f"{z})", f"{product}) + {b}")).says(
            "You add `{b}` after squashing: it belongs inside, to z."
        ),
        Mistake("bias_per_row", (z, f"{product} * {b}")).says(
            "You multiply by `{b}`: the bias is added."
        ),
    )


def gate_mistakes(W: str, b: str) -> tuple[Wrong, ...]:
    """Return the mistakes of a gate: those of shape, and what is put in place of its sigmoid."""
    z = f"hx @ {W} + {b}"
    return (
        *shape_mistakes(W, b),
        Mistake("tanh", instead_of("sigmoid", "np.tanh(z)"), rows=15).says(
            "You squash with tanh: a gate says how much, from 0 to 1, so it takes the sigmoid; "
            "tanh is for content."
        ),
        Mistake("linear", instead_of("sigmoid", s.LINEAR), rows=(15, 24)).says(
            "You return z itself: squash it with the sigmoid, so that each number lies between "
            "0 and 1."
        ),
        Mistake(
            "hard_sigmoid", instead_of("sigmoid", s.HARD_SIGMOID, s.HARD_SIGMOID_6), rows=21
        ).says(
            "Your gate is a hard sigmoid, three straight lines, as in old Keras: use the smooth "
            "one, 1 / (1 + exp(-z))."
        ),
        Mistake("upside_down", instead_of("sigmoid", s.UPSIDE_DOWN), rows=9).says(
            "Your gate is upside down, 1 minus the right one: it is 1 / (1 + exp(-z)), with a "
            "minus, and {one_means}."
        ),
        Mistake("brackets", instead_of("sigmoid", s.NO_BRACKETS)).says(
            "Your sigmoid lacks brackets around its denominator: 1 / (1 + exp(-z))."
        ),
        Mistake("formula", instead_of("sigmoid", "1 / (1 - np.exp(-z))", "np.exp(-z)")).says(
            "Your sigmoid has a slip in its formula: it is 1 / (1 + exp(-z)), with a plus."
        ),
        Mistake("relu", instead_of("sigmoid", s.RELU), rows=15).says(
            "You squash with a ReLU, which has no upper end: a gate stays between 0 and 1, so it "
            "takes the sigmoid."
        ),
        Mistake("softmax", instead_of("sigmoid", s.SOFTMAX), rows=(15, 22)).says(
            "You use softmax, whose numbers compete for a sum of 1: each unit's gate opens by "
            "itself, so take the sigmoid."
        ),
        Mistake("step", instead_of("sigmoid", "(z > 0).astype(float)")).says(
            "Your gate is all or nothing: the sigmoid gives every value between 0 and 1."
        ),
        Mistake(
            "twice",
            instead_of(
                "sigmoid", "sigmoid(sigmoid(z))", "sigmoid(np.tanh(z))", "np.tanh(sigmoid(z))"
            ),
            rows=15,
        ).says("You squash twice: one sigmoid is enough."),
        Mistake("scaled", instead_of("sigmoid", "(1 + np.tanh(z)) / 2"), rows=15).says(
            "You lost a factor on the way from tanh to the sigmoid: it is (1 + tanh(z / 2)) / 2."
        ),
        Mistake("derivative", instead_of("sigmoid", "sigmoid(z) * (1 - sigmoid(z))"), rows=20).says(
            "You return the slope of the sigmoid, s (1 - s): that belongs to backpropagation."
        ),
        Mistake("forget_bias", (z, f"{z} + 1"), rows=7).says(
            "You add a forget bias of 1 as TF1's cell does at run time: in this equation `{b}` is "
            "the whole bias."
        ),
        Mistake("applied", (f"{z})", f"{z}) * h_prev"), rows=(5, 25)).says(
            "You apply the gate to the state already: the gate itself is asked for, and it is "
            "used later."
        ),
    )


def content_mistakes(W: str, b: str) -> tuple[Wrong, ...]:
    """Return the mistakes of what takes tanh: those of shape, and what is put in its place."""
    return (
        *shape_mistakes(W, b),
        Mistake("sigmoid", instead_of("np.tanh", "sigmoid(z)"), rows=15).says(
            "You squash with the sigmoid: {content} can be negative, so it takes tanh; the "
            "sigmoid is for gates."
        ),
        Mistake("linear", instead_of("np.tanh", s.LINEAR), rows=(15, 24)).says(
            "You return z itself: squash it with tanh, so that each number lies between -1 and 1."
        ),
        Mistake("tan", instead_of("np.tanh", "np.tan(z)", "np.arctan(z)"), rows=24).says(
            "You use tan, the tangent of an angle: tanh is the hyperbolic one, `np.tanh`."
        ),
        Mistake("coth", instead_of("np.tanh", s.COTH), rows=24).says(
            "You use 1 / tanh, which is coth and has a pole at zero: the squashing is tanh itself."
        ),
        Mistake("arctanh", instead_of("np.tanh", "np.arctanh(z)"), rows=24).says(
            "You use the inverse of tanh: the squashing is `np.tanh`."
        ),
        Mistake("sinh", instead_of("np.tanh", "np.sinh(z)"), rows=24).says(
            "You use sinh: tanh is sinh divided by cosh, `np.tanh`."
        ),
        Mistake("relu", instead_of("np.tanh", s.RELU), rows=15).says(
            "You squash with a ReLU: {content} is squashed by tanh, which has two ends, -1 and 1."
        ),
        Mistake("upside_down", instead_of("np.tanh", "np.tanh(-z)")).says(
            "Your numbers have the wrong sign: it is tanh(z), not tanh(-z)."
        ),
        Mistake(
            "twice", instead_of("np.tanh", "np.tanh(np.tanh(z))", "np.tanh(sigmoid(z))"), rows=15
        ).says("You squash twice: one tanh is enough here."),
        Mistake("scaled", instead_of("np.tanh", "2 * sigmoid(z) - 1"), rows=15).says(
            "You lost a factor on the way from the sigmoid to tanh: it is 2 sigmoid(2 z) - 1."
        ),
        Mistake("derivative", instead_of("np.tanh", "1 - np.tanh(z) ** 2"), rows=20).says(
            "You return the slope of tanh, 1 - tanh(z)^2: that belongs to backpropagation."
        ),
    )
