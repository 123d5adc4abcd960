"""update_hidden: what the output gate shows of the cell state."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case
from lstm_lib.exercises.mistakes import squash as s
from lstm_lib.exercises.mistakes.cases import array_cases


def update_hidden(o, c):
    """Return the new hidden state h, shape (batch_size, num_units)."""
    # ********** Begin **********
    return o * np.tanh(c)
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    cases = array_cases(rng, "gc")
    # Small c, where tanh(c) and c are nearly the same.
    return [*cases, case(rng.uniform(0, 1, (4, 2)), rng.normal(0, 0.01, (4, 2)), traits="small")]


H = "o * np.tanh(c)"
WRONG = (
    Mistake("no_tanh", (H, "o * c"), rows=16).says(
        "You leave out the tanh on the cell state: c can be any number, and tanh brings it "
        "between -1 and 1 before the gate."
    ),
    Mistake("sigmoid", (H, "o * sigmoid(c)"), rows=15).says(
        "You put the sigmoid on the cell state: what h shows is content, which can be negative, "
        "so it is tanh(c)."
    ),
    Mistake("together", (H, "np.tanh(o * c)"), rows=15).says(
        "You squash the product: the tanh belongs to c alone, and the gate multiplies what comes "
        "out."
    ),
    Mistake("swapped", (H, "np.tanh(o) * c"), rows=25).says(
        "You put the tanh on the gate: it belongs to c; o is squashed already."
    ),
    Mistake(
        "squashed_again", (H, "sigmoid(o) * np.tanh(c)", "np.tanh(o) * np.tanh(c)"), rows=15
    ).says("You squash o a second time: it comes out of its sigmoid already."),
    Mistake("tanh_twice", (H, "o * np.tanh(np.tanh(c))", f"np.tanh({H})"), rows=15).says(
        "You take tanh twice: once on the cell state is enough."
    ),
    Mistake("tan", ("np.tanh", "np.tan", "np.arctan", "np.sinh"), rows=24).says(
        "You use a function that only sounds like tanh: it is the hyperbolic one, `np.tanh`."
    ),
    Mistake("coth", (H, "o / np.tanh(c)"), rows=24).says(
        "You use 1 / tanh, which is coth and has a pole at zero: it is tanh itself."
    ),
    Mistake("relu", s.instead_of("np.tanh", s.RELU), rows=15).says(
        "You put a ReLU on the cell state: it is tanh, which has two ends, -1 and 1."
    ),
    Mistake("no_gate", (H, "np.tanh(c)"), rows=5).says(
        "You leave out the output gate: o multiplies tanh(c) unit by unit."
    ),
    Mistake("cell_state", (H, "c"), rows=5).says(
        "You return c: the hidden state is what the output gate shows of it, o * tanh(c)."
    ),
    Mistake("gate", (H, "o"), rows=5).says(
        "You return the gate: the hidden state is what it shows of c, o * tanh(c)."
    ),
    Mistake("upside_down", (H, "(1 - o) * np.tanh(c)"), rows=9).says(
        "You read the output gate upside down: o = 1 shows and o = 0 hides, so it is o, not 1 - o."
    ),
    Mistake("sum", (H, "o + np.tanh(c)", "o + c")).says(
        "You add the gate: a gate acts by multiplying."
    ),
    Mistake("minus", (H, "-o * np.tanh(c)", "o * np.tanh(-c)")).says(
        "Your h has the wrong sign: it is o times tanh(c)."
    ),
    Mistake(
        "matrix_product",
        (H, "o @ np.tanh(c)", "np.dot(o, np.tanh(c))", "o @ np.tanh(c).T"),
        rows=22,
    ).says("You use the matrix product: a gate acts number by number, unit by unit, which is `*`."),
    Mistake(
        "scalar",
        ("o *", "o.mean() *", "o.mean(axis=1, keepdims=True) *", "o[:, :1] *"),
        (H, f"({H}).sum(axis=1)", f"({H}).sum()"),
        rows=22,
    ).says("You give all units one gate value: o is a vector, with one value for each unit."),
)

QUESTION = Question(
    chapter=3,
    reference=update_hidden,
    results=("h",),
    draw=_cases,
    wrong=WRONG,
    parts=update_hidden,
    hints=(
        "c can be any number, and h stays between -1 and 1. What brings it there?",
        "First the tanh of c, then the gate, which acts by multiplying number by number.",
        "`o * np.tanh(c)`.",
    ),
    praise="The network sees h; c itself stays inside the cell.",
)
