"""Questions of chapter 4, BasicLSTMCell."""
# ruff: noqa: ANN001, ANN201, RUF059 - what a learner reads is the bare function

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_lib.exercises.cells import MISTAKES, RIGHT, Gates
from lstm_lib.exercises.question import Case, Question, Wrong, case
from lstm_lib.exercises.watched import CELL_WRONG, judge_watched
from lstm_lib.numpy_backend import sigmoid

Array = np.ndarray


def creatLSTMCell(a, b, c):
    """Call a BasicLSTMCell of a units once on a float32 input [b, c]; print h, then c."""
    from lstm_lib import tf1 as tf

    # ********** Begin **********
    inputs = tf.placeholder(np.float32, [b, c])
    cell = tf.nn.rnn_cell.BasicLSTMCell(num_units=a)
    state = cell.zero_state(batch_size=b, dtype=np.float32)
    output, new_state = cell(inputs, state)
    print(new_state.h)
    print(new_state.c)
    # ********** End **********


def basic_lstm_step(inputs, c_prev, h_prev, kernel, bias, forget_bias):
    """Return (c, h) after one step of TF1's BasicLSTMCell, each (batch_size, num_units)."""
    # ********** Begin **********
    z = np.concatenate([inputs, h_prev], axis=1) @ kernel + bias
    i, j, f, o = np.split(z, 4, axis=1)
    c = sigmoid(f + forget_bias) * c_prev + sigmoid(i) * np.tanh(j)
    h = sigmoid(o) * np.tanh(c)
    return c, h
    # ********** End **********


def count_parameters(num_units, input_size):
    """Return how many trainable numbers a BasicLSTMCell has."""
    # ********** Begin **********
    kernel = (input_size + num_units) * 4 * num_units
    bias = 4 * num_units
    return kernel + bias
    # ********** End **********


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


# basic_lstm_step


def _step_cases(rng: np.random.Generator) -> list[Case]:
    def draw(batch_size: int, num_units: int, input_size: int, bias: float, traits: str) -> Case:
        c_prev, h_prev = rng.normal(0, 0.8, (2, batch_size, num_units))
        inputs = [
            rng.normal(0, 1, (batch_size, input_size)),
            c_prev,
            h_prev,
            rng.normal(0, 0.9, (input_size + num_units, 4 * num_units)),
            rng.normal(0, 0.7, 4 * num_units),
        ]
        if "example" in traits:
            inputs = [np.round(each, 1) + 0.0 for each in inputs]
        if "zero_state" in traits:
            inputs[1:3] = [np.zeros_like(c_prev), np.zeros_like(h_prev)]
        return case(*inputs, bias, traits=traits)

    return [
        draw(3, 2, 1, 1.0, "example bias_1"),
        draw(4, 5, 3, 0.7, ""),
        draw(2, 6, 4, 1.0, "bias_1"),
        draw(3, 2, 6, -1.3, ""),
        draw(5, 1, 2, 2.0, ""),
        draw(4, 2, 3, 0.0, "bias_0"),
        draw(2, 3, 5, 0.0, "bias_0"),
        draw(1, 4, 3, 0.5, "one_row"),
        draw(1, 3, 5, -0.6, "one_row"),
        draw(4, 3, 5, 0.8, "zero_state"),
        draw(2, 5, 3, 1.6, "zero_state"),
    ]


def _gates(z: Array, forget_bias: float, order: str = "ijfo") -> Gates:
    blocks = dict(zip(order, np.split(z, 4, axis=1), strict=True))
    return Gates(blocks["f"] + forget_bias, blocks["i"], blocks["j"], blocks["o"])


def _stepped(step: Callable) -> Callable:
    """Return the answer that takes this step."""

    def answer(inputs, c_prev, h_prev, kernel, bias, forget_bias):
        z = np.concatenate([inputs, h_prev], axis=1) @ kernel + bias
        return step(_gates(z, forget_bias), c_prev)

    return answer


def _ordered(order: str) -> Callable:
    """Return the answer that takes the blocks of the kernel in another order."""

    def answer(inputs, c_prev, h_prev, kernel, bias, forget_bias):
        z = np.concatenate([inputs, h_prev], axis=1) @ kernel + bias
        return RIGHT(_gates(z, forget_bias, order), c_prev)

    return answer


def _joining(join: Callable) -> Callable:
    """Return the answer that brings the inputs and h together in this way."""

    def answer(inputs, c_prev, h_prev, kernel, bias, forget_bias):
        z = join(inputs, h_prev) @ kernel + bias
        return RIGHT(_gates(z, forget_bias), c_prev)

    return answer


def _returning(choose: Callable) -> Callable:
    """Return the answer that gives something else of the right values."""
    return lambda *arguments: choose(*basic_lstm_step(*arguments))


def _biased(add: Callable) -> Callable:
    """Return the answer that brings the forget bias in by `add(z, forget_bias)`."""

    def answer(inputs, c_prev, h_prev, kernel, bias, forget_bias):
        z = np.concatenate([inputs, h_prev], axis=1) @ kernel + bias
        return RIGHT(add(_gates(z, 0.0), forget_bias), c_prev)

    return answer


def _interleaved(inputs, c_prev, h_prev, kernel, bias, forget_bias):
    z = np.concatenate([inputs, h_prev], axis=1) @ kernel + bias
    i, j, f, o = (z[:, k::4] for k in range(4))
    return RIGHT(Gates(f + forget_bias, i, j, o), c_prev)


def _bias_after_sigmoid(inputs, c_prev, h_prev, kernel, bias, forget_bias):
    z = np.concatenate([inputs, h_prev], axis=1) @ kernel + bias
    i, j, f, o = np.split(z, 4, axis=1)
    c = (sigmoid(f) + forget_bias) * c_prev + sigmoid(i) * np.tanh(j)
    return c, sigmoid(o) * np.tanh(c)


def _zero(array: Array) -> Array:
    return np.zeros_like(array)


def _beside(first: Array, second: Array) -> Array:
    return np.concatenate([first, second], axis=1)


STEP_WRONG = (
    *(Wrong(m.id, m.says, tuple(map(_stepped, m.steps)), m.rows) for m in MISTAKES),
    Wrong(
        "h_first",
        "You put h_prev before the inputs: the rows of TF1's kernel are [inputs; h], other than "
        "in the text, which writes [h, x].",
        (_joining(lambda inputs, h_prev: _beside(h_prev, inputs)),),
        (13, 25),
    ),
    Wrong(
        "keras_order",
        "You split the kernel in the order i, f, j, o of Keras and PyTorch: TF1's is i, j, f, o.",
        (_ordered("ifjo"),),
        (6,),
    ),
    Wrong(
        "onnx_order",
        "You split the kernel in the order i, o, f, j of ONNX: TF1's is i, j, f, o.",
        (_ordered("iofj"),),
        (6,),
    ),
    Wrong(
        "text_order",
        "You split the kernel in the order in which the text introduces the gates: TF1's is "
        "i, j, f, o.",
        (_ordered("fijo"), _ordered("fioj"), _ordered("fjio")),
        (6,),
    ),
    Wrong(
        "other_order",
        "You mix up the four blocks of the kernel: TF1's order is i, j, f, o, where j is the "
        "candidate.",
        tuple(
            _ordered(order)
            for order in (
                "ijof",
                "ifoj",
                "iojf",
                "jifo",
                "jiof",
                "jfio",
                "jfoi",
                "joif",
                "jofi",
                "fjoi",
                "foij",
                "foji",
                "oijf",
                "oifj",
                "ojif",
                "ofij",
                "ofji",
            )
        ),
        (6, 25),
    ),
    Wrong(
        "interleaved",
        "You take every fourth column for a gate: the kernel holds four blocks side by side, each "
        "of num_units columns.",
        (_interleaved,),
        (6,),
    ),
    Wrong(
        "no_forget_bias",
        "You leave out the forget bias: TF1 does not store it in `bias`, it adds `forget_bias` to "
        "f before the sigmoid.",
        (_biased(lambda z, bias: z),),
        (7,),
    ),
    Wrong(
        "forget_bias_1",
        "You add a forget bias of 1 whatever is asked for: the argument `forget_bias` says how "
        "much.",
        (_biased(lambda z, bias: z._replace(f=z.f + 1)),),
        (7,),
    ),
    Wrong(
        "forget_bias_minus",
        "You subtract the forget bias: it is added to f before the sigmoid, and a large one keeps "
        "more.",
        (_biased(lambda z, bias: z._replace(f=z.f - bias)),),
        (7, 9),
    ),
    Wrong(
        "forget_bias_twice",
        "You add the forget bias twice: once is enough.",
        (_biased(lambda z, bias: z._replace(f=z.f + 2 * bias)),),
        (7,),
    ),
    Wrong(
        "forget_bias_product",
        "You multiply by the forget bias: it is added to f before the sigmoid.",
        (_biased(lambda z, bias: z._replace(f=z.f * bias)),),
        (7,),
    ),
    Wrong(
        "forget_bias_elsewhere",
        "You add the forget bias to another gate: it belongs to f alone, the third block.",
        (
            _biased(lambda z, bias: z._replace(i=z.i + bias)),
            _biased(lambda z, bias: z._replace(j=z.j + bias)),
            _biased(lambda z, bias: z._replace(o=z.o + bias)),
        ),
        (7, 25),
    ),
    Wrong(
        "forget_bias_everywhere",
        "You add the forget bias to all four blocks: it belongs to f alone.",
        (
            _biased(lambda z, bias: Gates(*(each + bias for each in z))),
            _biased(lambda z, bias: Gates(z.f + bias, z.i + bias, z.j, z.o + bias)),
        ),
        (7,),
    ),
    Wrong(
        "forget_bias_outside",
        "You add the forget bias after the sigmoid: it belongs inside, to f before it is squashed.",
        (_bias_after_sigmoid,),
        (7,),
    ),
    Wrong(
        "returns_h_first",
        "You return (h, c): TF1's state is (c, h), c first; Keras and PyTorch are the ones with h "
        "first.",
        (_returning(lambda c, h: (h, c)),),
        (4,),
    ),
    Wrong(
        "h_twice",
        "You return h twice: the first value is the cell state c.",
        (_returning(lambda c, h: (h, h)),),
        (5,),
    ),
    Wrong(
        "c_twice",
        "You return c twice: the second value is h = o * tanh(c).",
        (_returning(lambda c, h: (c, c)),),
        (5,),
    ),
    Wrong(
        "h_alone",
        "You return h alone, which is the output: the state has two parts, so return c, h.",
        (_returning(lambda c, h: h),),
        (5, 19),
    ),
    Wrong(
        "c_alone",
        "You return c alone: the state has two parts, so return c, h.",
        (_returning(lambda c, h: c),),
        (5, 19),
    ),
    Wrong(
        "output_and_state",
        "You return three values, the output as well: the output is h itself, so return c, h.",
        (_returning(lambda c, h: (h, c, h)), _returning(lambda c, h: (h, h, c))),
        (19,),
    ),
    Wrong(
        "stacked",
        "You stack the inputs and h_prev, which differ in width: put them side by side, "
        "`np.concatenate([inputs, h_prev], axis=1)`.",
        (_joining(lambda inputs, h_prev: np.stack([inputs, h_prev])),),
        (13,),
    ),
    Wrong(
        "below",
        "You join the inputs and h_prev one below the other, along the batch: join them along "
        "`axis=1`.",
        (_joining(lambda inputs, h_prev: np.concatenate([inputs, h_prev])),),
        (13,),
    ),
    Wrong(
        "added",
        "You add the inputs and h_prev: they go side by side into the kernel, not as a sum.",
        (_joining(lambda inputs, h_prev: inputs + h_prev),),
        (13,),
    ),
    Wrong(
        "no_h",
        "You ignore h_prev, as if the hidden state were zero: it goes through the last num_units "
        "rows of the kernel.",
        (_joining(lambda inputs, h_prev: _beside(inputs, _zero(h_prev))),),
        (14,),
    ),
    Wrong(
        "no_state",
        "You ignore the state and start from zeros: h_prev goes into the product, and c_prev is "
        "multiplied by the forget gate.",
        (
            lambda inputs, c_prev, h_prev, *weights: basic_lstm_step(
                inputs, _zero(c_prev), _zero(h_prev), *weights
            ),
        ),
        (14, 30),
    ),
    Wrong(
        "no_inputs",
        "You ignore the inputs: they go through the first input_size rows of the kernel.",
        (_joining(lambda inputs, h_prev: _beside(_zero(inputs), h_prev)),),
    ),
    Wrong(
        "states_swapped",
        "You swap the two old states: h_prev goes into the product, and c_prev is multiplied by "
        "the forget gate.",
        (
            lambda inputs, c_prev, h_prev, *weights: basic_lstm_step(
                inputs, h_prev, c_prev, *weights
            ),
        ),
        (4, 5),
    ),
    Wrong(
        "c_in_gates",
        "You feed c_prev to the gates: they see the inputs and h_prev; the cell state stays "
        "inside.",
        (
            lambda inputs, c_prev, h_prev, *weights: basic_lstm_step(
                inputs, c_prev, c_prev, *weights
            ),
        ),
        (5,),
    ),
    Wrong(
        "h_for_c",
        "You carry h_prev in place of c_prev: the forget gate multiplies the cell state.",
        (
            lambda inputs, c_prev, h_prev, *weights: basic_lstm_step(
                inputs, h_prev, h_prev, *weights
            ),
        ),
        (5,),
    ),
    Wrong(
        "no_bias",
        "You leave out `bias`: it is added to the product of all four gates.",
        (
            lambda inputs, c_prev, h_prev, kernel, bias, forget_bias: basic_lstm_step(
                inputs, c_prev, h_prev, kernel, 0 * bias, forget_bias
            ),
        ),
    ),
    Wrong(
        "two_biases",
        "You add `bias` twice: PyTorch stores two biases, TF1 one.",
        (
            lambda inputs, c_prev, h_prev, kernel, bias, forget_bias: basic_lstm_step(
                inputs, c_prev, h_prev, kernel, 2 * bias, forget_bias
            ),
        ),
        (18,),
    ),
)


# count_parameters


def _count_cases(rng: np.random.Generator) -> list[Case]:
    # Without rng: (num_units, input_size), one of them larger and smaller in turn.
    return [
        case(3, 2, traits="example"),
        case(5, 3),
        case(1, 1, traits="all_ones"),
        case(4, 7),
        case(2, 1),
        case(1, 6),
        case(32, 10),
        case(128, 64),
        case(20, 300),
    ]


COUNT_WRONG = (
    Wrong(
        "one_gate",
        "You count one gate: there are four blocks, the three gates and the candidate.",
        (lambda H, D: (D + H) * H + H,),
        (17,),
    ),
    Wrong(
        "three_gates",
        "You count three blocks: besides the three gates there is the candidate, which has weights "
        "as well.",
        (lambda H, D: 3 * ((D + H) * H + H),),
        (17,),
    ),
    Wrong(
        "two_gates",
        "You count two blocks: there are four, the three gates and the candidate.",
        (lambda H, D: 2 * ((D + H) * H + H),),
        (17,),
    ),
    Wrong(
        "no_bias",
        "You leave out the biases: each of the four blocks has one for each unit.",
        (lambda H, D: 4 * (D + H) * H,),
        (17,),
    ),
    Wrong(
        "two_biases",
        "You count two biases: PyTorch stores two, this cell one for each block and unit.",
        (lambda H, D: 4 * ((D + H) * H + 2 * H),),
        (18,),
    ),
    Wrong(
        "one_bias",
        "You count the biases of one block only: all four blocks have them.",
        (lambda H, D: 4 * (D + H) * H + H,),
        (17,),
    ),
    Wrong(
        "scalar_bias",
        "You count one bias for a whole block: it has one for each unit.",
        (lambda H, D: 4 * ((D + H) * H + 1), lambda H, D: 4 * (D + H) * H + 1),
        (17, 22),
    ),
    Wrong(
        "bias_per_row",
        "You count a bias for each row of the kernel: there is one for each of its columns.",
        (lambda H, D: 4 * ((D + H) * H + D + H), lambda H, D: 4 * (D + H) * H + D + H),
        (17,),
    ),
    Wrong(
        "bias_per_input",
        "You count a bias for each input: there is one for each unit, in each block.",
        (lambda H, D: 4 * ((D + H) * H + D), lambda H, D: 4 * (D + H) * H + D),
        (17, 23),
    ),
    Wrong(
        "no_recurrence",
        "You leave out the recurrent weights: the kernel has a row for each input and one for each "
        "unit, because h goes in as well.",
        (lambda H, D: 4 * (D * H + H), lambda H, D: 4 * D * H),
        (14, 17),
    ),
    Wrong(
        "no_inputs",
        "You leave out the input weights: the kernel has a row for each unit and one for each "
        "input.",
        (lambda H, D: 4 * (H * H + H), lambda H, D: 4 * H * H),
        (17,),
    ),
    Wrong(
        "swapped",
        "You swap the number of units and the size of the input: the kernel has 4 * num_units "
        "columns.",
        (lambda H, D: 4 * ((D + H) * D + D), lambda H, D: 4 * ((D + H) * D + H)),
        (3, 23),
    ),
    Wrong(
        "copies",
        "You count the weights once for each unit or each step: num_units is the width of the "
        "blocks, not a number of copies, and all steps share the weights.",
        (
            lambda H, D: H * 4 * ((D + H) * H + H),
            lambda H, D: D * 4 * ((D + H) * H + H),
            lambda H, D: 4 * ((D + 1) * 1 + 1) * H,
            lambda H, D: 4 * H,
            lambda H, D: H,
        ),
        (3, 23),
    ),
    Wrong(
        "product",
        "You multiply input_size and num_units where they are added: [inputs, h] has "
        "input_size + num_units columns.",
        (lambda H, D: 4 * (D * H * H + H), lambda H, D: 4 * ((D * H) * H)),
        (13,),
    ),
    Wrong(
        "sum",
        "You add the two sides of the kernel: it is a table of "
        "(input_size + num_units) times 4 * num_units numbers.",
        (lambda H, D: 4 * (D + H + H), lambda H, D: D + H + 4 * H, lambda H, D: 4 * (D + H)),
        (17,),
    ),
    Wrong(
        "forget_bias",
        "You count the forget bias: it is a constant added at run time, not a trained number.",
        (lambda H, D: 4 * ((D + H) * H + H) + 1, lambda H, D: 4 * ((D + H) * H + H) + H),
        (7,),
    ),
    Wrong(
        "states",
        "You count the states c and h: they are computed anew at every step, not trained.",
        (lambda H, D: 4 * ((D + H) * H + H) + 2 * H,),
        (5,),
    ),
    Wrong(
        "peepholes",
        "You count peepholes, weights from c to the gates: this cell has none.",
        (lambda H, D: 4 * ((D + H) * H + H) + 3 * H,),
        (17,),
    ),
    Wrong(
        "rnn_kernel",
        "You count the input and recurrent weights twice: they are the two parts of one kernel.",
        (lambda H, D: 8 * (D + H) * H + 4 * H, lambda H, D: 8 * ((D + H) * H + H)),
        (17,),
    ),
)


# keras_weights


def _layout_cases(rng: np.random.Generator) -> list[Case]:
    def draw(num_units: int, input_size: int, forget_bias: float, traits: str = "") -> Case:
        kernel = rng.normal(0, 0.9, (input_size + num_units, 4 * num_units))
        bias = rng.normal(0, 0.7, 4 * num_units)
        if "example" in traits:
            kernel, bias = np.round(kernel, 1) + 0.0, np.round(bias, 1) + 0.0
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


def _blocks(array: Array, old: str, new: str) -> Array:
    blocks = dict(zip(old, np.split(array, 4, axis=-1), strict=True))
    return np.concatenate([blocks[gate] for gate in new], axis=-1)


def _keras(
    kernel_order: str = "ifjo",
    bias_order: str = "ifjo",
    fold: Callable | None = None,
    give: Callable | None = None,
) -> Callable:
    """Return the answer with one part exchanged; the defaults are right."""

    def fold_right(bias: Array, forget_bias: float) -> Array:
        i, j, f, o = np.split(bias, 4)
        return np.concatenate([i, j, f + forget_bias, o])

    def answer(kernel, bias, forget_bias):
        num_units = len(bias) // 4
        bias = (fold or fold_right)(bias, forget_bias)
        rows, bias = _blocks(kernel, "ijfo", kernel_order), _blocks(bias, "ijfo", bias_order)
        if give is None:
            return [rows[:-num_units], rows[-num_units:], bias]
        return give(rows, bias, num_units)

    return answer


def _folding(*block_terms: float) -> Callable:
    """Return the answer that adds these multiples of the forget bias to i, j, f, o."""

    def fold(bias: Array, forget_bias: float) -> Array:
        blocks = np.split(bias, 4)
        return np.concatenate(
            [block + term * forget_bias for block, term in zip(blocks, block_terms, strict=True)]
        )

    return _keras(fold=fold)


def _fixed_fold(amount: float) -> Callable:
    return _keras(fold=lambda bias, forget_bias: _folding_once(bias, amount))


def _folding_once(bias: Array, amount: float) -> Array:
    i, j, f, o = np.split(bias, 4)
    return np.concatenate([i, j, f + amount, o])


LAYOUT_WRONG = (
    Wrong(
        "not_reordered",
        "You keep the order i, j, f, o of TF1: Keras wants i, f, j, o, in the kernels and in the "
        "bias.",
        (_keras("ijfo", "ijfo"),),
        (6,),
    ),
    Wrong(
        "kernel_not_reordered",
        "You reorder the bias but not the kernel: the columns of both kernels go into the order "
        "i, f, j, o as well.",
        (_keras("ijfo", "ifjo"),),
        (6,),
    ),
    Wrong(
        "bias_not_reordered",
        "You reorder the kernel but not the bias: its four blocks go into the order i, f, j, o "
        "as well.",
        (_keras("ifjo", "ijfo"),),
        (6,),
    ),
    Wrong(
        "onnx_order",
        "You use the order i, o, f, j of ONNX: Keras wants i, f, j, o.",
        (_keras("iofj", "iofj"),),
        (6,),
    ),
    Wrong(
        "text_order",
        "You use the order in which the text introduces the gates: Keras wants i, f, j, o.",
        (_keras("fijo", "fijo"),),
        (6,),
    ),
    Wrong(
        "naive",
        "You copy the arrays and only split the kernel: the blocks change their order to "
        "i, f, j, o, and the forget bias goes into the bias.",
        (_keras("ijfo", "ijfo", fold=lambda bias, forget_bias: bias),),
        (6, 7),
    ),
    Wrong(
        "no_forget_bias",
        "You leave out the forget bias: TF1 adds it at run time and Keras does not, so it goes "
        "into the bias of f.",
        (_folding(0, 0, 0, 0),),
        (7,),
    ),
    Wrong(
        "forget_bias_1",
        "You add a forget bias of 1 whatever is asked for: the argument `forget_bias` says how "
        "much.",
        (_fixed_fold(1.0),),
        (7,),
    ),
    Wrong(
        "forget_bias_minus",
        "You subtract the forget bias: the stored bias lacks it, so it is added.",
        (_folding(0, 0, -1, 0),),
        (7,),
    ),
    Wrong(
        "forget_bias_twice",
        "You add the forget bias twice: once is enough.",
        (_folding(0, 0, 2, 0),),
        (7,),
    ),
    Wrong(
        "forget_bias_elsewhere",
        "You add the forget bias to another block: f is the third block in TF1's order and the "
        "second in Keras'.",
        (_folding(1, 0, 0, 0), _folding(0, 1, 0, 0), _folding(0, 0, 0, 1)),
        (6, 7),
    ),
    Wrong(
        "forget_bias_everywhere",
        "You add the forget bias to all four blocks: it belongs to f alone.",
        (_folding(1, 1, 1, 1),),
        (7,),
    ),
    Wrong(
        "h_first",
        "You take the first num_units rows for the recurrent kernel: the rows of TF1's kernel are "
        "[inputs; h], so they are the last ones.",
        (_keras(give=lambda rows, bias, H: [rows[H:], rows[:H], bias]),),
        (13,),
    ),
    Wrong(
        "kernels_swapped",
        "You return the recurrent kernel first: Keras wants kernel, recurrent_kernel, bias.",
        (_keras(give=lambda rows, bias, H: [rows[-H:], rows[:-H], bias]),),
        (25,),
    ),
    Wrong(
        "bias_first",
        "You return the bias first: Keras wants kernel, recurrent_kernel, bias.",
        (
            _keras(give=lambda rows, bias, H: [bias, rows[:-H], rows[-H:]]),
            _keras(give=lambda rows, bias, H: [bias, rows[-H:], rows[:-H]]),
        ),
        (25,),
    ),
    Wrong(
        "not_split",
        "You return the kernel in one piece: Keras stores the rows of the inputs and those of h "
        "apart.",
        (
            _keras(give=lambda rows, bias, H: [rows, bias]),
            _keras(give=lambda rows, bias, H: [rows, rows, bias]),
        ),
        (13,),
    ),
    Wrong(
        "transposed",
        "You transpose the kernels, as PyTorch and ONNX store them: Keras keeps 4 * num_units "
        "columns.",
        (_keras(give=lambda rows, bias, H: [rows[:-H].T, rows[-H:].T, bias]),),
        (6,),
    ),
    Wrong(
        "pytorch",
        "You return two biases, as PyTorch stores them: Keras has one.",
        (
            _keras(give=lambda rows, bias, H: [rows[:-H], rows[-H:], bias, 0 * bias]),
            _keras(
                give=lambda rows, bias, H: [rows[:-H].T, rows[-H:].T, bias, 0 * bias],
            ),
            _keras(give=lambda rows, bias, H: [rows[:-H], rows[-H:], np.stack([bias, 0 * bias])]),
            _keras(give=lambda rows, bias, H: [rows[:-H], rows[-H:], np.stack([bias, bias])]),
        ),
        (18,),
    ),
)


QUESTIONS = (
    Question(
        chapter=4,
        reference=creatLSTMCell,
        results=(),
        draw=lambda rng: [case(5, 4, 3, traits="example"), case(2, 6, 7), case(3, 1, 2)],
        wrong=CELL_WRONG,
        hints=(
            "You need four things: an input, a cell, a state to start from, and one call.",
            "The input is `tf.placeholder(np.float32, [b, c])`, the cell has `num_units=a`, and "
            "`zero_state` wants to know the batch size, b.",
            "`output, new_state = cell(inputs, state)`, then print `new_state.h` and, after it, "
            "`new_state.c`.",
        ),
        praise="It makes one cell of a units, calls it once on [b, c], and prints h before c.",
        judge=judge_watched,
        needs_tensorflow=True,
    ),
    Question(
        chapter=4,
        reference=basic_lstm_step,
        results=("c", "h"),
        draw=_step_cases,
        wrong=STEP_WRONG,
        hints=(
            "One product serves all four gates: [inputs, h_prev] times the kernel, plus the bias. "
            "How wide is it?",
            "`np.split(z, 4, axis=1)` gives the four blocks, in TF1's order i, j, f, o; j is the "
            "candidate.",
            "`c = sigmoid(f + forget_bias) * c_prev + sigmoid(i) * np.tanh(j)`, then "
            "`h = sigmoid(o) * np.tanh(c)`, then `return c, h`.",
        ),
        praise="It computes what TF1's BasicLSTMCell computes, number for number.",
    ),
    Question(
        chapter=4,
        reference=count_parameters,
        results=("count",),
        draw=_count_cases,
        wrong=COUNT_WRONG,
        hints=(
            "Write down the shape of the kernel and the shape of the bias.",
            "The kernel has a row for each input and one for each unit, and 4 * num_units columns. "
            "How long is the bias?",
            "`4 * ((input_size + num_units) * num_units + num_units)`.",
        ),
        praise="The number of steps is not in it: all steps share the same weights.",
        rtol=0.0,
        atol=1e-6,
    ),
    Question(
        chapter=4,
        reference=keras_weights,
        results=("kernel", "recurrent_kernel", "bias"),
        draw=_layout_cases,
        wrong=LAYOUT_WRONG,
        hints=(
            "Three things differ: the order of the blocks, where the forget bias is, and the "
            "split of the rows.",
            "`np.split` the columns into i, j, f, o and `np.concatenate` them as i, f, j, o; the "
            "same with the bias, to whose f you add `forget_bias`.",
            "The last num_units rows are the recurrent kernel, `rows[-num_units:]`, and "
            "`num_units` is `len(bias) // 4`.",
        ),
        praise="`keras.layers.LSTM` loads these three arrays and gives TF1's numbers.",
    ),
)
