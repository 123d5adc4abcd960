"""lstm_step_backward: the gradients of one LSTM step.

The rows of the kernel are [x; h], its columns the blocks i, j, f, o, as in TF1's ``BasicLSTMCell``.
"""

from collections.abc import Sequence

import numpy as np

from lstm_lib.exercises.engine.conventions import (
    Convention,
    blocks_of,
    layouts,
    orders,
    rows_swapped,
)
from lstm_lib.exercises.engine.edits import Edit
from lstm_lib.exercises.engine.question import BEGIN, Case, Mistake, Question, case
from lstm_lib.exercises.mistakes.cases import STEPS, tenths
from lstm_lib.exercises.mistakes.orders import ORDER_IDS, order_mistakes


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


def _cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for size, traits in [*STEPS, ((3, 4, 2), "last_step"), ((2, 3, 5), "last_step")]:
        batch_size, num_units, input_size = size
        d_h, d_c, h_prev, c_prev = rng.normal(0, 0.9, (4, batch_size, num_units))
        f, i, o = rng.uniform(0.05, 0.95, (3, batch_size, num_units))
        candidate = rng.uniform(-0.95, 0.95, (batch_size, num_units))
        x = rng.normal(0, 1, (batch_size, input_size))
        kernel = rng.normal(0, 0.9, (input_size + num_units, 4 * num_units))
        given = [d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, kernel]
        if traits == "example":
            d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, kernel = map(tenths, given)
        if traits == "zero_state":
            h_prev, c_prev = np.zeros_like(h_prev), np.zeros_like(c_prev)
        if traits == "last_step":
            d_c = np.zeros_like(d_c)
        c = f * c_prev + i * candidate
        inputs = d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel
        cases.append(case(*inputs, traits=traits))
    return cases


def _gate_slopes(*slopes: str) -> list[list[Edit]]:
    """Return the edits by which all gates, or one of them, have another slope than s * (1 - s).

    A slope is written with {s} for the gate.
    """
    ways = []
    for slope in slopes:
        edits = [(f" * {s} * (1 - {s})", f" * ({slope.format(s=s)})") for s in "ifo"]
        ways += [edits, *([edit] for edit in edits)]
    return ways


def _blocks(order: str) -> tuple[str, str]:
    """Return the edit that puts the blocks of d_z into this order."""
    return ("d_z_i, d_z_j, d_z_f, d_z_o", ", ".join(f"d_z_{gate}" for gate in order))


ROWS = "np.concatenate([x, h_prev], axis=1)"
SPLIT = "d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)"
H_FIRST = (SPLIT, "d_h_prev, d_x = np.split(d_z @ kernel.T, [h_prev.shape[1]], axis=1)")
RESULT = "d_x, d_h_prev, d_c * f, d_kernel, d_bias"
MEAN_KERNEL, MEAN_BIAS = (".T @ d_z", ".T @ d_z / len(x)"), ("d_z.sum", "d_z.mean")
# In one of the ten lines.
LINE_WRONG = (
    Mistake("no_tanh_slope", (" * (1 - tanh_c**2)", ""), rows=(16, 20)).says(
        "You leave out the slope of the tanh on the cell state: h = o * tanh(c), so what `d_h` "
        "gives to c is d_h * o * (1 - tanh(c)**2)."
    ),
    Mistake(
        "wrong_tanh_slope",
        ("1 - tanh_c**2", "1 - c**2", "1 - tanh_c", "1 - np.tanh(tanh_c) ** 2"),
        ("(1 - tanh_c**2)", "tanh_c", "tanh_c * (1 - tanh_c)", "(1 - np.tanh(c_prev) ** 2)"),
        rows=(15, 20, 42),
    ).says(
        "Your slope of the tanh on the cell state is another one: it is 1 - tanh(c)**2, with the "
        "tanh of the new c, squared."
    ),
    Mistake(
        "no_o_in_d_c", ("d_h * o * (1 - tanh_c**2)", "d_h * (1 - tanh_c**2)", "d_h"), rows=20
    ).says(
        "You leave out the output gate on the way from h to c: h = o * tanh(c), so `d_h` comes to "
        "c through o."
    ),
    Mistake("no_next_step", ("= d_c + d_h", "= d_h"), rows=20).says(
        "You forget the `d_c` that comes from the next step: c goes two ways, into h and along the "
        "cell state, so what comes through h is added to `d_c`."
    ),
    Mistake("no_way_through_h", (" + d_h * o * (1 - tanh_c**2)", ""), rows=20).says(
        "You forget that h is made of c: add what comes through h, d_h * o * (1 - tanh(c)**2), to "
        "the `d_c` of the next step before you use it."
    ),
    Mistake(
        "next_step_through_h", ("d_c + d_h *", "(d_c + d_h) *", "d_c * d_h *", "d_c *"), rows=20
    ).says(
        "You send the `d_c` of the next step through the output gate and its tanh: it comes along "
        "the cell state, as it is, and only `d_h` comes through them."
    ),
    Mistake("next_step_forgotten_twice", ("= d_c + d_h", "= d_c * f + d_h"), rows=20).says(
        "You multiply the `d_c` that comes in by this step's forget gate: that is done on the way "
        "out, once, in `d_c_prev`."
    ),
    Mistake("minus_in_d_c", ("d_c + d_h", "d_c - d_h"), rows=20).says(
        "You subtract what comes through h: gradients of two ways are added."
    ),
    Mistake("no_gate_slope", *_gate_slopes("1.0"), rows=(20, 42)).says(
        "You leave out the slope of the sigmoid: what is asked for is the gradient of z, before "
        "the squashing, so each gate s brings the factor s * (1 - s)."
    ),
    Mistake("gate_slope_of_tanh", *_gate_slopes("1 - {s}**2"), rows=(15, 20, 42)).says(
        "You take the slope of tanh for a gate: 1 - s**2 belongs to the candidate; a gate is a "
        "sigmoid, whose slope is s * (1 - s)."
    ),
    Mistake("gate_slope_half", *_gate_slopes("1 - {s}", "{s}", "{s}**2"), rows=(20, 42)).says(
        "You have half of the slope of the sigmoid: it is s * (1 - s), both factors."
    ),
    Mistake(
        "gate_squashed_again", *_gate_slopes("sigmoid({s}) * (1 - sigmoid({s}))"), rows=(15, 20, 42)
    ).says(
        "You squash a gate once more before you take its slope: f, i and o come out of their "
        "sigmoids already, so the slope is s * (1 - s) of them as they are."
    ),
    Mistake("gate_slope_is_sigmoid", *_gate_slopes("sigmoid({s})"), rows=(15, 20, 42)).says(
        "You take the sigmoid of a gate for its slope: f, i and o come out of their sigmoids "
        "already, and the slope is s * (1 - s) of them as they are."
    ),
    Mistake("gate_slope_negative", *_gate_slopes("{s} * ({s} - 1)"), rows=(20, 42)).says(
        "Your slope of a gate has the wrong sign: it is s * (1 - s), not s * (s - 1)."
    ),
    Mistake(
        "gate_slope_square", *_gate_slopes("{s} * (1 - {s}**2)", "{s} * (1 + {s})"), rows=(20, 42)
    ).says("Your slope of a gate has a slip in its second factor: it is s * (1 - s)."),
    Mistake(
        "candidate_slope_of_sigmoid",
        ("(1 - candidate**2)", "candidate * (1 - candidate)"),
        rows=(15, 20, 42),
    ).says(
        "You take the slope of the sigmoid for the candidate: it is a tanh, whose slope is "
        "1 - candidate**2."
    ),
    Mistake("no_candidate_slope", (" * (1 - candidate**2)", ""), rows=20).says(
        "You leave out the slope of the candidate's tanh, 1 - candidate**2: what is asked for is "
        "the gradient of z, before the squashing."
    ),
    Mistake(
        "wrong_candidate_slope",
        ("1 - candidate**2", "1 - np.tanh(candidate) ** 2", "1 - candidate", "1 + candidate**2"),
        rows=(15, 20),
    ).says(
        "Your slope of the candidate is another one: the candidate comes out of its tanh already, "
        "and the slope is 1 - candidate**2."
    ),
    Mistake("no_slopes", [*_gate_slopes("1.0")[0], (" * (1 - candidate**2)", "")], rows=20).says(
        "You leave out all four slopes: what is asked for is the gradient of z, before the "
        "squashing; a gate s brings s * (1 - s), the candidate 1 - candidate**2."
    ),
    Mistake("new_c_in_f", ("c_prev * f", "c * f"), rows=(5, 20)).says(
        "You take the new cell state for the forget gate: c = f * c_prev + ..., so the gradient of "
        "f has the factor `c_prev`, not `c`."
    ),
    Mistake(
        "other_factor_in_f",
        ("d_c * c_prev * f", "d_c * h_prev * f", "d_c * candidate * f", "d_c * f"),
        ("d_c * c_prev * f", "d_c * np.tanh(c_prev) * f", "d_h * c_prev * f"),
        rows=(20, 25),
    ).says(
        "You multiply the wrong thing into the gradient of the forget gate: in c = f * c_prev + "
        "i * candidate it stands beside `c_prev`."
    ),
    Mistake(
        "other_factor_in_i",
        ("d_c * candidate * i", "d_c * c_prev * i", "d_c * i", "d_h * candidate * i"),
        rows=(20, 25),
    ).says(
        "You multiply the wrong thing into the gradient of the input gate: in c = f * c_prev + "
        "i * candidate it stands beside the candidate."
    ),
    Mistake(
        "other_factor_in_candidate",
        ("= d_c * i", "= d_c * f", "= d_c * o", "= d_c", "= d_h * i"),
        rows=(20, 25),
    ).says(
        "You multiply the wrong gate into the gradient of the candidate: in c = f * c_prev + "
        "i * candidate it stands beside i."
    ),
    Mistake("no_o_way", ("d_z_o = d_h", "d_z_o = 0 * d_h"), rows=20).says(
        "You leave out the output gate's own gradient: o is made of [x, h_prev] too, and "
        "h = o * tanh(c) gives it d_h * tanh(c) * o * (1 - o)."
    ),
    Mistake("o_through_c", ("d_z_o = d_h", "d_z_o = d_c"), rows=(5, 20)).says(
        "You give the output gate the gradient of the cell state: o is in h alone, "
        "h = o * tanh(c), so its gradient is made of `d_h`."
    ),
    Mistake(
        "other_factor_in_o", ("tanh_c * o", "c * o", "np.tanh(c_prev) * o", "o"), rows=(16, 20)
    ).says(
        "You multiply the wrong thing into the gradient of the output gate: in h = o * tanh(c) it "
        "stands beside tanh of the new c."
    ),
    Mistake(
        "f_and_i_swapped",
        [("d_c * c_prev * f", "d_c * candidate * f"), ("d_c * candidate * i", "d_c * c_prev * i")],
        rows=(20, 25),
    ).says(
        "You swap the forget gate and the input gate: f stands beside c_prev, i beside the "
        "candidate."
    ),
    *order_mistakes(
        _blocks,
        {
            "keras_order": "You put the four blocks into the order i, f, j, o of Keras and "
            "PyTorch: the columns of this kernel are i, j, f, o.",
            "onnx_order": "You put the four blocks into the order i, o, f, j of ONNX: the columns "
            "of this kernel are i, j, f, o.",
            "cs231n_order": "You put the four blocks into the order i, f, o, j of CS231n's "
            "course, which calls j g: the columns of this kernel are i, j, f, o.",
            "text_order": "You put the four blocks into the order f, i, j, o, in which the text "
            "introduces the gates: the columns of this kernel are i, j, f, o.",
        },
        "You put the four blocks into the order {order}: the columns of this kernel are "
        "i, j, f, o, where j is the candidate.",
        rows=(6, 20),
    ),
    Mistake("h_rows_first", H_FIRST, [H_FIRST, ("[x, h_prev]", "[h_prev, x]")], rows=(13, 20)).says(
        "You take the first num_units rows of the kernel for h: its rows are [x; h], inputs "
        "first, so `d_x` comes from the first input_size rows and `d_h_prev` from the others."
    ),
    Mistake("split_swapped", ("d_x, d_h_prev = ", "d_h_prev, d_x = "), rows=(13, 20)).says(
        "You swap the two parts of d_z @ kernel.T: its first input_size columns are `d_x`, the "
        "others are `d_h_prev`."
    ),
    Mistake(
        "not_split",
        (SPLIT, "d_x = d_h_prev = d_z @ kernel.T"),
        ("return d_x", "return d_z @ kernel.T"),
        ("return d_x, d_h_prev", "return d_x, d_z @ kernel.T"),
        rows=(13, 20),
    ).says(
        "You do not split d_z @ kernel.T: its first input_size columns are `d_x`, the others are "
        "`d_h_prev`."
    ),
    Mistake(
        "kernel_not_transposed",
        ("return d_x", "return d_z @ kernel", "return np.dot(d_z, kernel)", "return kernel @ d_z"),
        ("return d_x", "return kernel.T @ d_z", "return d_z @ kernel[: x.shape[1]]"),
        rows=20,
    ).says(
        "You multiply by the kernel as it is: forward goes [x, h_prev] @ kernel, so the way back "
        "is d_z @ kernel.T."
    ),
    Mistake("kernel_rows", ("[x, h_prev]", "[h_prev, x]"), rows=(13, 20)).says(
        "You put h_prev before x in the gradient of the kernel: its rows are [x; h], as those of "
        "the kernel are."
    ),
    Mistake("outer_transposed", (f"{ROWS}.T @ d_z", f"d_z.T @ {ROWS}"), rows=20).says(
        "You transpose the gradient of the kernel: each row of the batch adds the outer product of "
        "[x, h_prev] and d_z, which is [x, h_prev].T @ d_z for the whole batch."
    ),
    Mistake("outer_without_transpose", (".T @ d_z", " @ d_z", " @ d_z.T", " * d_z"), rows=20).says(
        "You multiply [x, h_prev] and d_z without a transpose: the batch is what is summed over, "
        "so it is [x, h_prev].T @ d_z."
    ),
    Mistake(
        "kernel_without_h", (ROWS, "x"), ("[x, h_prev]", "[x, 0 * h_prev]"), rows=(14, 20)
    ).says(
        "You leave the rows of h out of the gradient of the kernel: each row of the batch brings "
        "x and h_prev, side by side."
    ),
    Mistake("mean_over_batch", [MEAN_KERNEL, MEAN_BIAS], MEAN_KERNEL, MEAN_BIAS, rows=20).says(
        "You take the mean over the batch: a gradient of the weights is the sum over the batch. "
        "Where a loss is a mean, its 1 / batch_size is in `d_h` already."
    ),
    Mistake(
        "bias_not_summed",
        ("d_z.sum(axis=0)", "d_z", "d_z[0]"),
        rows=20,
    ).says(
        "You do not sum the gradient of the bias over the batch: all rows share one bias, so it is "
        "d_z.sum(axis=0)."
    ),
    Mistake("bias_keepdims", ("d_z.sum(axis=0)", "d_z.sum(axis=0, keepdims=True)"), rows=20).says(
        "Your `d_bias` has an axis too many: it is summed over the batch, but `keepdims` keeps "
        "the axis of the batch; the bias has shape (4 * num_units,), and so has its gradient."
    ),
    Mistake("bias_other_axis", ("(axis=0)", "(axis=1)", "(axis=-1)", "()"), rows=(20, 22)).says(
        "You sum the gradient of the bias over the wrong axis: the batch is axis 0, and one number "
        "stays for each column of the kernel."
    ),
    Mistake("no_f_in_d_c_prev", ("d_c * f, ", "d_c, "), rows=20).says(
        "You hand `d_c` back without the forget gate: c = f * c_prev + ..., so `d_c_prev` is "
        "d_c * f."
    ),
    Mistake(
        "old_d_c_in_d_c_prev", [(BEGIN, "old_d_c = d_c"), ("d_c * f, ", "old_d_c * f, ")], rows=20
    ).says(
        "You hand back only the `d_c` that came in: what came through h goes on to c_prev as well, "
        "so d_c_prev is f times their sum."
    ),
    Mistake(
        "other_slope_in_d_c_prev",
        *(
            [(BEGIN, "old_d_c = d_c"), ("d_c * f, ", f"(old_d_c + d_h * o * {slope}) * f, ")]
            for slope in ("(1 - c**2)", "(1 - tanh_c)", "1.0", "(1 - np.tanh(tanh_c) ** 2)")
        ),
        rows=20,
    ).says(
        "You take another slope of the tanh on the cell state in `d_c_prev` than before: it is f "
        "times the same completed `d_c`, in which the slope is 1 - tanh(c)**2."
    ),
    Mistake(
        "other_gate_in_d_c_prev",
        ("d_c * f, ", "d_c * i, ", "d_c * o, ", "d_c * c_prev, ", "d_h * f, "),
        ("d_c * f, ", "d_c * (1 - f), ", "d_c * f * (1 - f), "),
        rows=(9, 20),
    ).says(
        "You multiply the wrong thing into `d_c_prev`: in c = f * c_prev + i * candidate it is f "
        "that stands beside c_prev."
    ),
)
WRONG = (
    *LINE_WRONG,
    Mistake("d_h_and_d_c_swapped", (BEGIN, "d_h, d_c = d_c, d_h"), rows=(4, 20)).says(
        "You swap `d_h` and `d_c`: `d_h` is what the loss gives to the hidden state, `d_c` what "
        "comes back along the cell state."
    ),
    Mistake("ones", (BEGIN, "d_h = np.ones_like(d_h)")).says(
        "You start from ones in place of `d_h`: the loss may depend on each h in its own way, and "
        "`d_h` says how."
    ),
    Mistake("downhill", (RESULT, "-d_x, -d_h_prev, -d_c * f, -d_kernel, -d_bias"), rows=20).says(
        "Your gradients have the wrong sign: they say where the loss grows; to go downhill is the "
        "optimiser's business."
    ),
    Mistake("c_before_h", (RESULT, "d_x, d_c * f, d_h_prev, d_kernel, d_bias"), rows=(4, 20)).says(
        "You return `d_c_prev` before `d_h_prev`: this question wants d_x, d_h_prev, d_c_prev, "
        "d_kernel, d_bias."
    ),
    Mistake(
        "weights_first",
        (RESULT, "d_kernel, d_bias, d_x, d_h_prev, d_c * f"),
        (RESULT, "d_x, d_h_prev, d_c * f, d_bias, d_kernel"),
        rows=(19, 20),
    ).says(
        "You return the gradients of the weights first: this question wants d_x, d_h_prev, "
        "d_c_prev, d_kernel, d_bias."
    ),
    Mistake("weights_missing", (RESULT, "d_x, d_h_prev, d_c * f"), rows=(19, 20)).says(
        "You return no gradients of the weights: they are what training needs, so return d_x, "
        "d_h_prev, d_c_prev, d_kernel, d_bias."
    ),
)


def _glimpses(inputs: tuple, given: dict[str, np.ndarray]) -> dict[str, list[np.ndarray]]:
    """Return what the four blocks of d_z may be: in a batch of 1 they are those of d_bias.

    They may be in any order. Each row of d_kernel is a multiple of d_z as well.
    """
    x, h_prev = inputs[2:4]
    width = 4 * h_prev.shape[1]
    rows = []
    bias, kernel = given.get("d_bias"), given.get("d_kernel")
    if bias is not None and bias.size == width:
        rows.append(bias)
    if kernel is not None and kernel.ndim == 2 and kernel.shape[1] == width:
        rows += [kernel[0] / first for first in (x[0, 0], h_prev[0, 0])]
    blocks = [block for row in rows for block in np.split(row.reshape(1, -1), 4, axis=1)]
    if not blocks:
        return {}
    return {f"d_z_{gate}": blocks for gate in "ijfo"} | {
        "d_z": [row.reshape(1, -1) for row in rows]
    }


def _reordered(inputs: tuple, order: Sequence[int]) -> tuple:
    *others, kernel = inputs
    return *others, blocks_of(kernel, order)


def _back_in_order(arrays: list[np.ndarray], order: Sequence[int]) -> list[np.ndarray]:
    *others, d_kernel, d_bias = arrays
    return [*others, blocks_of(d_kernel, order), blocks_of(d_bias, order)]


def _h_rows_first(inputs: tuple) -> tuple:
    *others, kernel = inputs
    return *others, rows_swapped(kernel, inputs[2].shape[1])


def _x_rows_first(arrays: list[np.ndarray]) -> list[np.ndarray]:
    d_x, d_h_prev, d_c_prev, d_kernel, d_bias = arrays
    d_kernel = rows_swapped(d_kernel, d_h_prev.shape[1])
    return [d_x, d_h_prev, d_c_prev, d_kernel, d_bias]


CONVENTIONS = (
    layouts(weights=[10], biases=[], weight_results=[3]),
    orders(ORDER_IDS, _reordered, _back_in_order),
    (Convention("h_rows_first", _h_rows_first, _x_rows_first),),
)

QUESTION = Question(
    chapter=5,
    reference=lstm_step_backward,
    results=("d_x", "d_h_prev", "d_c_prev", "d_kernel", "d_bias"),
    draw=_cases,
    wrong=WRONG,
    causes=("d_c_prev", "d_bias", "d_kernel", "d_x", "d_h_prev"),
    blocks={"d_bias": ("i", "j", "f", "o"), "d_kernel": ("i", "j", "f", "o")},
    conventions=CONVENTIONS,
    parts=lstm_step_backward,
    glimpses=_glimpses,
    hints=(
        "Go backwards through the equations of the step, last one first. Where does h lead to? "
        "To o and, through a tanh, to c. So complete `d_c` before you use it.",
        "Then each factor of c = f * c_prev + i * candidate gets `d_c` times the other one. "
        "And each squashing brings its slope: s * (1 - s) for a gate, 1 - candidate**2 for the "
        "candidate. That gives the four blocks of d_z.",
        "Side by side in the order i, j, f, o they are d_z, of the shape of z. "
        "`np.concatenate([x, h_prev], axis=1).T @ d_z` sums the outer products over the batch.",
        "The bias gets `d_z.sum(axis=0)`. The way back is `d_z @ kernel.T`: its first input_size "
        "columns are d_x, the others d_h_prev. And d_c_prev is `d_c * f`, with the completed d_c.",
    ),
    praise="In a loop from the last step to the first it is backpropagation through time.",
)
