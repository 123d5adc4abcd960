"""basic_lstm_step: a step as TF1's BasicLSTMCell takes it, all gates in one product."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lstm_lib.exercises.engine.conventions import (
    Convention,
    blocks_of,
    layouts,
    orders,
    rows_swapped,
)
from lstm_lib.exercises.engine.question import BEGIN, Case, Mistake, Question, Wrong, case
from lstm_lib.exercises.mistakes.cases import tenths
from lstm_lib.exercises.mistakes.orders import ORDER_IDS, order_mistakes
from lstm_lib.exercises.mistakes.parts import joint_parts
from lstm_lib.exercises.mistakes.steps import step_mistakes
from lstm_lib.numpy_backend import sigmoid


def basic_lstm_step(inputs, c_prev, h_prev, kernel, bias, forget_bias):
    """Return (c, h) after one step of TF1's BasicLSTMCell, each (batch_size, num_units)."""
    # ********** Begin **********
    z = np.concatenate([inputs, h_prev], axis=1) @ kernel + bias
    i, j, f, o = np.split(z, 4, axis=1)
    c = sigmoid(f + forget_bias) * c_prev + sigmoid(i) * np.tanh(j)
    h = sigmoid(o) * np.tanh(c)
    return c, h
    # ********** End **********


def _parts(inputs, c_prev, h_prev, kernel, bias, forget_bias):
    """Return the same: a part to a line, each name with one meaning."""
    # ********** Begin **********
    joined = np.concatenate([inputs, h_prev], axis=1)
    z = joined @ kernel + bias
    i, j, f, o = np.split(z, 4, axis=1)
    keep = sigmoid(f + forget_bias)
    write = sigmoid(i)
    candidate = np.tanh(j)
    show = sigmoid(o)
    c = keep * c_prev + write * candidate
    h = show * np.tanh(c)
    return c, h
    # ********** End **********


# batch_size, num_units, input_size, the forget bias, and what is special.
SIZES = [
    (3, 2, 1, 1.0, "example bias_1"),
    (4, 5, 3, 0.7, ""),
    (2, 6, 4, 1.0, "bias_1"),
    (3, 2, 6, -1.3, ""),
    (5, 1, 2, 2.0, "one_unit"),
    (4, 2, 3, 0.0, "bias_0"),
    (2, 3, 5, 0.0, "bias_0"),
    (1, 4, 3, 0.5, "one_row"),
    (1, 3, 5, -0.6, "one_row"),
    (4, 3, 5, 0.8, "zero_state"),
    (2, 5, 3, 1.6, "zero_state"),
]


def _cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for batch_size, num_units, input_size, forget_bias, traits in SIZES:
        c_prev, h_prev = rng.normal(0, 0.8, (2, batch_size, num_units))
        x = rng.normal(0, 1, (batch_size, input_size))
        kernel = rng.normal(0, 0.9, (input_size + num_units, 4 * num_units))
        inputs = [x, c_prev, h_prev, kernel, rng.normal(0, 0.7, 4 * num_units)]
        if "example" in traits:
            inputs = list(map(tenths, inputs))
        if "zero_state" in traits:
            inputs[1:3] = np.zeros_like([c_prev, h_prev])
        cases.append(case(*inputs, forget_bias, traits=traits))
    return cases


def _order(order: str) -> tuple[str, str]:
    """Return the edit that takes the blocks of the kernel in this order."""
    return ("i, j, f, o = ", f"{', '.join(order)} = ")


I_AND_O_SWAPPED = "ojfi"
JOINED = "np.concatenate([inputs, h_prev], axis=1)"
# Mistakes in the text that the reference and its parts have in common.
COMMON = (
    Mistake("h_first", ("[inputs, h_prev]", "[h_prev, inputs]"), rows=(13, 25)).says(
        "You put h_prev before the inputs: the rows of TF1's kernel are [inputs; h], other than "
        "in the text, which writes [h, x]."
    ),
    *order_mistakes(
        _order,
        {
            "keras_order": "You split the kernel in the order i, f, j, o of Keras and PyTorch: "
            "TF1's is i, j, f, o.",
            "onnx_order": "You split the kernel in the order i, o, f, j of ONNX: TF1's is "
            "i, j, f, o.",
            "cs231n_order": "You split the kernel in the order i, f, o, j of CS231n's course, "
            "which calls j g: TF1's is i, j, f, o.",
            "text_order": "You split the kernel in the order f, i, j, o, in which the text "
            "introduces the gates: TF1's is i, j, f, o.",
        },
        "You split the kernel in the order {order}: TF1's is i, j, f, o, where j is the candidate.",
        rows=(6, 25),
        but=(I_AND_O_SWAPPED,),
    ),
    Mistake(
        "interleaved", ("np.split(z, 4, axis=1)", "(z[:, k::4] for k in range(4))"), rows=6
    ).says(
        "You take every fourth column for a gate: the kernel holds four blocks side by side, each "
        "of num_units columns."
    ),
    Mistake("no_forget_bias", ("f + forget_bias", "f"), rows=7).says(
        "You leave out the forget bias: TF1 does not store it in `bias`, it adds `forget_bias` to "
        "f before the sigmoid."
    ),
    Mistake("forget_bias_1", ("f + forget_bias", "f + 1"), rows=7).says(
        "You add a forget bias of 1 whatever is asked for: the argument `forget_bias` says how "
        "much."
    ),
    Mistake("forget_bias_minus", ("f + forget_bias", "f - forget_bias"), rows=(7, 9)).says(
        "You subtract the forget bias: it is added to f before the sigmoid, and a large one keeps "
        "more."
    ),
    Mistake("forget_bias_twice", ("f + forget_bias", "f + 2 * forget_bias"), rows=7).says(
        "You add the forget bias twice: once is enough."
    ),
    Mistake("forget_bias_product", ("f + forget_bias", "f * forget_bias"), rows=7).says(
        "You multiply by the forget bias: it is added to f before the sigmoid."
    ),
    Mistake(
        "forget_bias_elsewhere",
        [("f + forget_bias", "f"), ("sigmoid(i)", "sigmoid(i + forget_bias)")],
        [("f + forget_bias", "f"), ("np.tanh(j)", "np.tanh(j + forget_bias)")],
        [("f + forget_bias", "f"), ("sigmoid(o)", "sigmoid(o + forget_bias)")],
        rows=(7, 25),
    ).says("You add the forget bias to another gate: it belongs to f alone, the third block."),
    Mistake(
        "forget_bias_everywhere",
        [("f + forget_bias", "f"), ("kernel + bias", "kernel + bias + forget_bias")],
        [("(i)", "(i + forget_bias)"), ("(o)", "(o + forget_bias)")],
        rows=7,
    ).says("You add the forget bias to all four blocks: it belongs to f alone."),
    Mistake(
        "forget_bias_outside", ("sigmoid(f + forget_bias)", "(sigmoid(f) + forget_bias)"), rows=7
    ).says(
        "You add the forget bias after the sigmoid: it belongs inside, to f before it is squashed."
    ),
    Mistake("returns_h_first", ("return c, h", "return h, c"), rows=4).says(
        "You return (h, c): TF1's state is (c, h), c first; Keras and PyTorch are the ones with h "
        "first."
    ),
    Mistake("h_twice", ("return c, h", "return h, h"), rows=5).says(
        "You return h twice: the first value is the cell state c."
    ),
    Mistake("c_twice", ("return c, h", "return c, c"), rows=5).says(
        "You return c twice: the second value is h = o * tanh(c)."
    ),
    Mistake("h_alone", ("return c, h", "return h"), rows=(5, 19)).says(
        "You return h alone, which is the output: the state has two parts, so return c, h."
    ),
    Mistake("c_alone", ("return c, h", "return c"), rows=(5, 19)).says(
        "You return c alone: the state has two parts, so return c, h."
    ),
    Mistake("output_and_state", ("return c, h", "return h, c, h", "return h, h, c"), rows=19).says(
        "You return three values, the output as well: the output is h itself, so return c, h."
    ),
    Mistake(
        "output_and_pair", ("return c, h", "return h, (c, h)", "return h, (h, c)"), rows=19
    ).says(
        "You return the output and the state, as TF1's cell does when it is called: the output is "
        "h itself, so return c, h."
    ),
    Mistake("stacked", (JOINED, "np.stack([inputs, h_prev])"), rows=13).says(
        "You stack the inputs and h_prev, which differ in width: put them side by side, "
        "`np.concatenate([inputs, h_prev], axis=1)`."
    ),
    Mistake("below", (JOINED, "np.concatenate([inputs, h_prev])"), rows=13).says(
        "You join the inputs and h_prev one below the other, along the batch: join them along "
        "`axis=1`."
    ),
    Mistake("added", (JOINED, "(inputs + h_prev)"), rows=13).says(
        "You add the inputs and h_prev: they go side by side into the kernel, not as a sum."
    ),
    Mistake("no_h", ("[inputs, h_prev]", "[inputs, 0 * h_prev]"), rows=14).says(
        "You ignore h_prev, as if the hidden state were zero: it goes through the last num_units "
        "rows of the kernel."
    ),
    Mistake("no_state", (BEGIN, "c_prev, h_prev = 0 * c_prev, 0 * h_prev"), rows=(14, 30)).says(
        "You ignore the state and start from zeros: h_prev goes into the product, and c_prev is "
        "multiplied by the forget gate."
    ),
    Mistake("no_inputs", ("[inputs, h_prev]", "[0 * inputs, h_prev]")).says(
        "You ignore the inputs: they go through the first input_size rows of the kernel."
    ),
    Mistake("states_swapped", (BEGIN, "c_prev, h_prev = h_prev, c_prev"), rows=(4, 5)).says(
        "You swap the two old states: h_prev goes into the product, and c_prev is multiplied by "
        "the forget gate."
    ),
    Mistake("c_in_gates", ("[inputs, h_prev]", "[inputs, c_prev]"), rows=5).says(
        "You feed c_prev to the gates: they see the inputs and h_prev; the cell state stays inside."
    ),
    Mistake("h_for_c", ("* c_prev", "* h_prev"), rows=5).says(
        "You carry h_prev in place of c_prev: the forget gate multiplies the cell state."
    ),
    Mistake("no_bias", ("kernel + bias", "kernel")).says(
        "You leave out `bias`: it is added to the product of all four gates."
    ),
    Mistake("two_biases", ("kernel + bias", "kernel + 2 * bias"), rows=18).says(
        "You add `bias` twice: PyTorch stores two biases, TF1 one."
    ),
)


def _in_step(f: str, i: str, candidate: str, o: str, content: str) -> tuple[Wrong, ...]:
    """Return the mistakes of any step; i and o may be swapped by their blocks as well."""
    return tuple(
        replace(
            wrong,
            ways=(*wrong.ways, _order(I_AND_O_SWAPPED)),
            says="You swap the input gate and the output gate: the blocks are i, j, f, o, i "
            "multiplies the candidate, and o multiplies tanh(c).",
        )
        if wrong.id == "i_and_o_swapped"
        else wrong
        for wrong in step_mistakes(f, i, candidate, o, content)
    )


WRONG = (
    *_in_step(
        f="sigmoid(f + forget_bias)",
        i="sigmoid(i)",
        candidate="np.tanh(j)",
        o="sigmoid(o)",
        content="sigmoid(i) * np.tanh",
    ),
    *COMMON,
)
APART = (
    *_in_step("keep", "write", "candidate", "show", content="candidate = np.tanh"),
    *COMMON,
)


def _reordered(inputs: tuple, order: Sequence[int]) -> tuple:
    *states, kernel, bias, forget_bias = inputs
    return *states, blocks_of(kernel, order), blocks_of(bias, order), forget_bias


def _h_first(inputs: tuple) -> tuple:
    x, c_prev, h_prev, kernel, *others = inputs
    return x, c_prev, h_prev, rows_swapped(kernel, x.shape[1]), *others


def _with_forget_bias(inputs: tuple) -> tuple:
    """For an answer that adds none: it is in the bias."""
    *others, bias, forget_bias = inputs
    i, j, f, o = np.split(bias, 4)
    return *others, np.concatenate([i, j, f + forget_bias, o]), forget_bias


CONVENTIONS = (
    layouts(weights=[3], biases=[4]),
    orders(
        ORDER_IDS | {I_AND_O_SWAPPED: "i_and_o_swapped"}, _reordered, lambda arrays, order: arrays
    ),
    (Convention("h_first", _h_first, list),),
    (Convention("no_forget_bias", _with_forget_bias, list),),
    (Convention("returns_h_first", tuple, lambda arrays: arrays[::-1]),),
)

QUESTION = Question(
    chapter=4,
    reference=basic_lstm_step,
    results=("c", "h"),
    draw=_cases,
    wrong=WRONG,
    states=("c_prev", "h_prev"),
    conventions=CONVENTIONS,
    parts=_parts,
    apart=APART,
    slips=joint_parts({"f": "keep", "i": "write", "c": "candidate", "o": "show"}),
    hints=(
        "One product serves all four gates: [inputs, h_prev] times the kernel, plus the bias. "
        "How wide is it?",
        "`np.split(z, 4, axis=1)` gives the four blocks, in TF1's order i, j, f, o; j is the "
        "candidate.",
        "`c = sigmoid(f + forget_bias) * c_prev + sigmoid(i) * np.tanh(j)`, then "
        "`h = sigmoid(o) * np.tanh(c)`, then `return c, h`.",
    ),
    praise="It computes what TF1's BasicLSTMCell computes, number for number.",
)
