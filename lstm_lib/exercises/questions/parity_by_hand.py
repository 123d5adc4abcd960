"""parity_by_hand: the weights of a cell that tells odd from even, set by hand."""

import numpy as np

from lstm_lib.exercises.engine.by_step import judge_by_step
from lstm_lib.exercises.engine.question import Case, Mistake, Question


def parity_by_hand(inputs):
    """Return 1 where h is above 0.5 and 0 elsewhere, for a cell of one unit."""
    from lstm_lib.numpy_backend import BasicLSTMCell, dynamic_rnn

    bit, h, bias = [[0, 0, 0, 0]] * 3
    # ********** Begin **********
    bit = [20, 0, -20, 0]
    h = [0, -20, 0, 0]
    bias = [-10, 6, 10, 10]
    # ********** End **********
    cell = BasicLSTMCell(1, forget_bias=0.0, dtype="float64")
    cell.kernel, cell.bias = np.array([bit, h], float), np.array(bias, float)
    return (dynamic_rnn(cell, inputs[None])[0][0, :, 0] > 0.5).astype(int)


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(time: int, share: float, label: str) -> Case:
        bits = (rng.random(time) < share).astype(float)
        return Case((bits[:, None],), frozenset(() if label else ("example",)), label)

    def given(bits: list[int], label: str) -> Case:
        return Case((np.array(bits, float)[:, None],), frozenset(), label)

    return [
        Case((np.array([[0.0], [1.0], [1.0], [0.0], [1.0]]),), frozenset({"example"}), ""),
        given([1, 1, 1, 1, 1, 1, 1], "for ones in a row"),
        given([0, 0, 0, 0], "for no ones at all"),
        given([1, *[0] * 60, 1, *[0] * 60, 1, 0], "for sixty zeros between two ones"),
        draw(30, 0.5, "for thirty bits"),
        draw(200, 0.3, "for two hundred bits"),
    ]


BIT, H, BIAS = "[20, 0, -20, 0]", "[0, -20, 0, 0]", "[-10, 6, 10, 10]"
WRONG = (
    Mistake("same_again", (H, "[0, 0, 0, 0]", "[0, 20, 0, 0]", "[0, -5, 0, 0]")).says(
        "Your cell writes the same number again: when h is near 0.76, a number below 0 has to be "
        "written, so the weight from h to j is negative, and outweighs the bias of j."
    ),
    Mistake(
        "never_up",
        (BIAS, "[-10, 0, 10, 10]", "[-10, 6, 10, -10]"),
        (BIT, "[0, 0, -20, 0]"),
    ).says(
        "Your h never gets above 0.5: a one has to open the input gate, the output gate "
        "has to be open, and at the start, where h is 0, the candidate needs a bias above 0."
    ),
    Mistake("upside_down", (BIAS, "[-10, -6, 10, 10]")).says(
        "Your first one writes a number below 0, so odd and even are swapped: the bias of j is "
        "above 0."
    ),
    Mistake("always_turns", (BIAS, "[10, 6, 10, 10]")).says(
        "Your input gate is open at zeros, too: only a one may turn the state over."
    ),
    Mistake("forgets", (BIAS, "[-10, 6, -10, 10]")).says(
        "Your forget gate is shut at zeros: open it by its bias, so that the state lasts."
    ),
    Mistake("fades", (BIAS, "[-10, 6, 1, 10]"), (BIAS, "[-10, 6, 0, 10]")).says(
        "Your forget gate is half open: what it holds is gone after a few zeros. Give it a bias "
        "of 10."
    ),
)

QUESTION = Question(
    chapter=8,
    reference=parity_by_hand,
    results=("answers",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "A zero changes nothing: input gate shut, forget gate open. A one opens the input gate, "
        "and what it writes depends on h.",
        "h above 0 has to be followed by a number below 0, and the other way round: a negative "
        "weight from h to j. At the start h is 0, and the first one has to write a number above 0.",
        "i: bias -10, bit 20. f: bias 10, bit -20. j: weight -20 from h, and a bias of 6, so that "
        "h = 0 gives 1 and h = 0.76 gives -1. o: bias 10.",
    ),
    praise="The gates look at h: that is what a scan in parallel cannot do.",
    judge=judge_by_step,
    rtol=0.0,
    atol=1e-6,
)
