"""latch_by_hand: the weights of a cell that holds a bit, set by hand."""

import numpy as np

from lstm_lib.exercises.engine.by_step import judge_by_step
from lstm_lib.exercises.engine.question import Case, Mistake, Question


def latch_by_hand(inputs):
    """Return 1 where h is above 0.5 and 0 elsewhere, for a cell of one unit."""
    from lstm_lib.numpy_backend import BasicLSTMCell, dynamic_rnn

    flag, bit, h, bias = [[0, 0, 0, 0]] * 4
    # ********** Begin **********
    flag = [20, 0, -20, 0]
    bit = [0, 20, 0, 0]
    bias = [-10, -10, 10, 10]
    # ********** End **********
    cell = BasicLSTMCell(1, forget_bias=0.0, dtype="float64")
    cell.kernel, cell.bias = np.array([flag, bit, h], float), np.array(bias, float)
    return (dynamic_rnn(cell, inputs[None])[0][0, :, 0] > 0.5).astype(int)


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(time: int, flags: dict[int, int], label: str) -> Case:
        inputs = np.zeros((time, 2))
        inputs[:, 1] = rng.integers(2, size=time)
        for step, bit in flags.items():
            inputs[step] = 1, bit
        return Case((inputs,), frozenset() if label else frozenset({"example"}), label)

    return [
        draw(5, {0: 1, 3: 0}, ""),
        draw(8, {0: 0, 2: 1, 5: 1}, "for three flags"),
        draw(12, {0: 1, 1: 1, 2: 0, 3: 0, 4: 1}, "for flags one after the other"),
        draw(60, {0: 0, 20: 1, 41: 0}, "for twenty steps between two flags"),
        draw(200, {0: 1}, "for one flag and 199 steps of noise"),
        draw(200, {0: 0, 100: 1}, "for a hundred steps between two flags"),
    ]


FLAG, BIT, BIAS = "[20, 0, -20, 0]", "[0, 20, 0, 0]", "[-10, -10, 10, 10]"
WRONG = (
    Mistake("input_open", (BIAS, "[10, -10, 10, 10]")).says(
        "Your input gate is open without a flag, too: every bit gets in. Shut it by its bias, and "
        "let the flag open it."
    ),
    Mistake(
        "never_up",
        (FLAG, "[0, 0, -20, 0]"),
        (BIT, "[0, 10, 0, 0]"),
        (BIAS, "[-10, -10, 10, -10]"),
    ).says(
        "Your h never gets above 0.5: the flag has to open the input gate, a bit of 1 has "
        "to write a number near 1, and the output gate has to be open."
    ),
    Mistake("never_erased", (FLAG, "[20, 0, 0, 0]")).says(
        "Your cell adds the new bit to the old one: the flag has to shut the forget gate, so that "
        "what was there is erased."
    ),
    Mistake("forgets", (BIAS, "[-10, -10, -10, 10]")).says(
        "Your forget gate is shut between two flags: open it by its bias, and nothing is lost."
    ),
    Mistake("fades", (BIAS, "[-10, -10, 1, 10]")).says(
        "Your forget gate is half open: 0.73 of the memory a step is nothing after fifty. Give it "
        "a bias of 10."
    ),
    Mistake("upside_down", [(BIT, "[0, -20, 0, 0]"), (BIAS, "[-10, 10, 10, 10]")]).says(
        "Your candidate is upside down: a bit of 1 has to write a number above 0."
    ),
    Mistake("rows_swapped", ("[flag, bit, h]", "[bit, flag, h]")).says(
        "You swap the two inputs: the flag says when, the bit says what."
    ),
    Mistake(
        "too_small",
        [(FLAG, "[4, 0, -4, 0]"), (BIT, "[0, 4, 0, 0]"), (BIAS, "[-2, -2, 2, 2]")],
    ).says(
        "Your weights are too small: a gate that is neither open nor shut lets a little in and a "
        "little out at each step. Use tens, not ones."
    ),
)

QUESTION = Question(
    chapter=8,
    reference=latch_by_hand,
    results=("answers",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Without a flag: input gate shut, forget gate open. With a flag: the other way round. The "
        "output gate may stay open.",
        "A gate is open at +10 and shut at -10. A bias of -10 and a weight of 20 make it -10 "
        "without the flag and +10 with it.",
        "i: bias -10, flag 20. f: bias 10, flag -20. j: bias -10, bit 20, so that it writes 1 or "
        "-1. o: bias 10.",
    ),
    praise="No training, and it holds a bit over 199 steps of noise.",
    judge=judge_by_step,
    rtol=0.0,
    atol=1e-6,
)
