"""count_parameters: how many numbers a BasicLSTMCell trains."""

import numpy as np

from lstm_lib.exercises.engine.question import BEGIN, Case, Mistake, Question, case


def count_parameters(num_units, input_size):
    """Return how many trainable numbers a BasicLSTMCell has."""
    # ********** Begin **********
    kernel = (input_size + num_units) * 4 * num_units
    bias = 4 * num_units
    return kernel + bias
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
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


SUM, ROWS, BIAS = "kernel + bias", "(input_size + num_units)", "bias = 4 * num_units"
NO_BIAS = (SUM, "kernel")
WRONG = (
    Mistake("one_gate", (SUM, "(kernel + bias) // 4"), rows=17).says(
        "You count one gate: there are four blocks, the three gates and the candidate."
    ),
    Mistake("three_gates", (SUM, "3 * (kernel + bias) // 4"), rows=17).says(
        "You count three blocks: besides the three gates there is the candidate, which has weights "
        "as well."
    ),
    Mistake("two_gates", (SUM, "2 * (kernel + bias) // 4"), rows=17).says(
        "You count two blocks: there are four, the three gates and the candidate."
    ),
    Mistake("no_bias", NO_BIAS, rows=17).says(
        "You leave out the biases: each of the four blocks has one for each unit."
    ),
    Mistake("two_biases", (SUM, "kernel + 2 * bias"), rows=18).says(
        "You count two biases: PyTorch stores two, this cell one for each block and unit."
    ),
    Mistake("one_bias", (BIAS, "bias = num_units"), rows=17).says(
        "You count the biases of one block only: all four blocks have them."
    ),
    Mistake("scalar_bias", (BIAS, "bias = 4", "bias = 1"), rows=(17, 22)).says(
        "You count one bias for a whole block: it has one for each unit."
    ),
    Mistake("bias_per_row", (BIAS, f"bias = 4 * {ROWS}", f"bias = {ROWS}"), rows=17).says(
        "You count a bias for each row of the kernel: there is one for each of its columns."
    ),
    Mistake(
        "bias_per_input", (BIAS, "bias = 4 * input_size", "bias = input_size"), rows=(17, 23)
    ).says("You count a bias for each input: there is one for each unit, in each block."),
    Mistake(
        "no_recurrence", (ROWS, "input_size"), [(ROWS, "input_size"), NO_BIAS], rows=(14, 17)
    ).says(
        "You leave out the recurrent weights: the kernel has a row for each input and one for each "
        "unit, because h goes in as well."
    ),
    Mistake("no_inputs", (ROWS, "num_units"), [(ROWS, "num_units"), NO_BIAS], rows=17).says(
        "You leave out the input weights: the kernel has a row for each unit and one for each "
        "input."
    ),
    Mistake(
        "swapped",
        (BEGIN, "num_units, input_size = input_size, num_units"),
        (f"{ROWS} * 4 * num_units", f"{ROWS} * 4 * input_size"),
        rows=(3, 23),
    ).says(
        "You swap the number of units and the size of the input: the kernel has 4 * num_units "
        "columns."
    ),
    Mistake(
        "copies",
        (SUM, "num_units * (kernel + bias)", "input_size * (kernel + bias)"),
        (SUM, "4 * (input_size + 2) * num_units", "4 * num_units", "num_units"),
        rows=(3, 23),
    ).says(
        "You count the weights once for each unit or each step: num_units is the width of the "
        "blocks, not a number of copies, and all steps share the weights."
    ),
    Mistake(
        "product",
        (ROWS, "(input_size * num_units)"),
        [(ROWS, "(input_size * num_units)"), NO_BIAS],
        rows=13,
    ).says(
        "You multiply input_size and num_units where they are added: [inputs, h] has "
        "input_size + num_units columns."
    ),
    Mistake(
        "sum",
        (f"{ROWS} * 4 * num_units", f"4 * {ROWS}", f"{ROWS}"),
        [(f"{ROWS} * 4 * num_units", f"4 * {ROWS}"), NO_BIAS],
        rows=17,
    ).says(
        "You add the two sides of the kernel: it is a table of "
        "(input_size + num_units) times 4 * num_units numbers."
    ),
    Mistake("forget_bias", (SUM, "kernel + bias + 1", "kernel + bias + num_units"), rows=7).says(
        "You count the forget bias: it is a constant added at run time, not a trained number."
    ),
    Mistake("states", (SUM, "kernel + bias + 2 * num_units"), rows=5).says(
        "You count the states c and h: they are computed anew at every step, not trained."
    ),
    Mistake("peepholes", (SUM, "kernel + bias + 3 * num_units"), rows=17).says(
        "You count peepholes, weights from c to the gates: this cell has none."
    ),
    Mistake("rnn_kernel", (SUM, "2 * kernel + bias", "2 * (kernel + bias)"), rows=17).says(
        "You count the input and recurrent weights twice: they are the two parts of one kernel."
    ),
)

QUESTION = Question(
    chapter=4,
    reference=count_parameters,
    results=("count",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Write down the shape of the kernel and the shape of the bias.",
        "The kernel has a row for each input and one for each unit, and 4 * num_units columns. "
        "How long is the bias?",
        "`4 * ((input_size + num_units) * num_units + num_units)`.",
    ),
    praise="The number of steps is not in it: all steps share the same weights.",
    rtol=0.0,
    atol=1e-6,
)
