"""keras_weights: the weights of TF1's cell as keras.layers.LSTM wants them."""

import numpy as np

from lstm_lib.exercises.engine.edits import Edit
from lstm_lib.exercises.engine.question import END, Case, Mistake, Question, case
from lstm_lib.exercises.mistakes.cases import tenths
from lstm_lib.exercises.mistakes.orders import TF1, order_mistakes


def keras_weights(kernel, bias, forget_bias):
    """Return [kernel, recurrent_kernel, bias] of keras.layers.LSTM, from those of TF1's cell."""
    # ********** Begin **********
    num_units = len(bias) // 4
    i, j, f, o = np.split(kernel, 4, axis=1)
    b_i, b_j, b_f, b_o = np.split(bias, 4)
    rows = np.concatenate([i, f, j, o], axis=1)
    return [
        rows[:-num_units],
        rows[-num_units:],
        np.concatenate([b_i, b_f + forget_bias, b_j, b_o]),
    ]
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(num_units: int, input_size: int, forget_bias: float, traits: str = "") -> Case:
        kernel = rng.normal(0, 0.9, (input_size + num_units, 4 * num_units))
        bias = rng.normal(0, 0.7, 4 * num_units)
        if "example" in traits:
            kernel, bias = tenths(kernel), tenths(bias)
        return case(kernel, bias, forget_bias, traits=traits)

    return [
        draw(2, 1, 1.0, "example bias_1"),
        draw(3, 5, 0.7),
        draw(5, 2, 1.0, "bias_1"),
        draw(1, 3, -1.3),
        draw(4, 6, 0.0, "bias_0"),
        draw(2, 3, 0.0, "bias_0"),
        draw(6, 4, 2.5),
        draw(1, 1, 0.4),
    ]


def _giving(*results: str) -> list[list[Edit]]:
    """Return the edits that give something else of W and U, the two kernels, and b, the bias."""
    return [[("return [", "W, U, b = ["), (END, f"return {result}")] for result in results]


def _columns(order: str) -> Edit:
    """Return the edit that puts the columns of the kernels into this order."""
    return (COLUMNS, f"[{', '.join(order)}]")


def _bias(order: str) -> Edit:
    """Return the edit that puts the blocks of the bias into this order."""
    blocks = ", ".join(f"b_{gate}" for gate in order)
    return (BIAS, f"[{blocks}]".replace("b_f", "b_f + forget_bias"))


COLUMNS, BIAS = "[i, f, j, o]", "[b_i, b_f + forget_bias, b_j, b_o]"
WRONG = (
    Mistake("not_reordered", [_columns("ijfo"), _bias("ijfo")], rows=6).says(
        "You keep the order i, j, f, o of TF1: Keras wants i, f, j, o, in the kernels and in the "
        "bias."
    ),
    Mistake("kernel_not_reordered", _columns("ijfo"), rows=6).says(
        "You reorder the bias but not the kernel: the columns of both kernels go into the order "
        "i, f, j, o as well."
    ),
    Mistake("bias_not_reordered", _bias("ijfo"), rows=6).says(
        "You reorder the kernel but not the bias: its four blocks go into the order i, f, j, o "
        "as well."
    ),
    *order_mistakes(
        lambda order: [_columns(order), _bias(order)],
        {
            "onnx_order": "You use the order i, o, f, j of ONNX: Keras wants i, f, j, o.",
            "cs231n_order": "You use the order i, f, o, j of CS231n's course: Keras wants "
            "i, f, j, o.",
            "text_order": "You use the order in which the text introduces the gates: Keras "
            "wants i, f, j, o.",
        },
        "You use the order {order}: Keras wants i, f, j, o.",
        right="ifjo",
        but=(TF1,),
    ),
    Mistake("naive", [_columns("ijfo"), (BIAS, "[bias]")], rows=(6, 7)).says(
        "You copy the arrays and only split the kernel: the blocks change their order to "
        "i, f, j, o, and the forget bias goes into the bias."
    ),
    Mistake("no_forget_bias", ("b_f + forget_bias", "b_f"), rows=7).says(
        "You leave out the forget bias: TF1 adds it at run time and Keras does not, so it goes "
        "into the bias of f."
    ),
    Mistake("forget_bias_1", ("b_f + forget_bias", "b_f + 1"), rows=7).says(
        "You add a forget bias of 1 whatever is asked for: the argument `forget_bias` says how "
        "much."
    ),
    Mistake("forget_bias_minus", ("b_f + forget_bias", "b_f - forget_bias"), rows=7).says(
        "You subtract the forget bias: the stored bias lacks it, so it is added."
    ),
    Mistake("forget_bias_twice", ("b_f + forget_bias", "b_f + 2 * forget_bias"), rows=7).says(
        "You add the forget bias twice: once is enough."
    ),
    Mistake(
        "forget_bias_elsewhere",
        (BIAS, "[b_i + forget_bias, b_f, b_j, b_o]", "[b_i, b_f, b_j + forget_bias, b_o]"),
        (BIAS, "[b_i, b_f, b_j, b_o + forget_bias]"),
        rows=(6, 7),
    ).says(
        "You add the forget bias to another block: f is the third block in TF1's order and the "
        "second in Keras'."
    ),
    Mistake(
        "forget_bias_everywhere", (f"{BIAS})", "[b_i, b_f, b_j, b_o]) + forget_bias"), rows=7
    ).says("You add the forget bias to all four blocks: it belongs to f alone."),
    Mistake("h_first", *_giving("[rows[num_units:], rows[:num_units], b]"), rows=13).says(
        "You take the first num_units rows for the recurrent kernel: the rows of TF1's kernel are "
        "[inputs; h], so they are the last ones."
    ),
    Mistake("kernels_swapped", *_giving("[U, W, b]"), rows=25).says(
        "You return the recurrent kernel first: Keras wants kernel, recurrent_kernel, bias."
    ),
    Mistake("bias_first", *_giving("[b, W, U]", "[b, U, W]"), rows=25).says(
        "You return the bias first: Keras wants kernel, recurrent_kernel, bias."
    ),
    Mistake("not_split", *_giving("[rows, b]", "[rows, rows, b]"), rows=13).says(
        "You return the kernel in one piece: Keras stores the rows of the inputs and those of h "
        "apart."
    ),
    Mistake("transposed", *_giving("[W.T, U.T, b]"), rows=6).says(
        "You transpose the kernels, as PyTorch and ONNX store them: Keras keeps 4 * num_units "
        "columns."
    ),
    Mistake(
        "pytorch",
        *_giving("[W, U, b, 0 * b]", "[W.T, U.T, b, 0 * b]"),
        *_giving("[W, U, np.stack([b, 0 * b])]", "[W, U, np.stack([b, b])]"),
        rows=(18, 33),
    ).says("You return two biases, as PyTorch stores them: Keras has one."),
)

QUESTION = Question(
    chapter=4,
    reference=keras_weights,
    results=("kernel", "recurrent_kernel", "bias"),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Three things differ: the order of the blocks, where the forget bias is, and the "
        "split of the rows.",
        "`np.split` the columns into i, j, f, o and `np.concatenate` them as i, f, j, o; the "
        "same with the bias, to whose f you add `forget_bias`.",
        "The last num_units rows are the recurrent kernel, `rows[-num_units:]`, and "
        "`num_units` is `len(bias) // 4`.",
    ),
    praise="`keras.layers.LSTM` loads these three arrays and gives TF1's numbers.",
)
