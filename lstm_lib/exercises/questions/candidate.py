"""candidate: what could be written to the cell state."""

import numpy as np

from lstm_lib.exercises.engine.question import Mistake, Question
from lstm_lib.exercises.mistakes.affine import CONVENTIONS, content_mistakes
from lstm_lib.exercises.mistakes.cases import step_cases
from lstm_lib.exercises.mistakes.parts import words_of
from lstm_lib.exercises.mistakes.squash import instead_of


def candidate(h_prev, x, W_c, b_c):
    """Return the candidate, what could be written to c, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return np.tanh(hx @ W_c + b_c)
    # ********** End **********


WRONG = (
    *content_mistakes("W_c", "b_c"),
    Mistake("gated", instead_of("np.tanh", "sigmoid(z) * np.tanh(z)"), rows=25).says(
        "You apply the input gate already: the candidate is the tanh alone, and the "
        "update of c multiplies it by i."
    ),
)

QUESTION = Question(
    chapter=3,
    reference=candidate,
    results=("candidate",),
    draw=step_cases,
    wrong=WRONG,
    words=words_of("c"),
    states=("h_prev",),
    conventions=CONVENTIONS,
    parts=candidate,
    hints=(
        "This is no gate: it is what could be written. Should it be able to be negative?",
        "The product and the bias are as in a gate, with `W_c` and `b_c`. The squashing is "
        "another one.",
        "`np.tanh([h, x] @ W_c + b_c)`, with [h, x] made by `np.concatenate` along `axis=1`.",
    ),
    praise="It is content, from -1 to 1: the input gate decides how much of it is written.",
)
