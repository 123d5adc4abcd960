"""forget_gate: what is kept of the cell state."""

import numpy as np

from lstm_lib.exercises.engine.question import Question
from lstm_lib.exercises.mistakes.affine import CONVENTIONS, gate_mistakes
from lstm_lib.exercises.mistakes.cases import step_cases
from lstm_lib.exercises.mistakes.parts import words_of
from lstm_lib.numpy_backend import sigmoid


def forget_gate(h_prev, x, W_f, b_f):
    """Return the forget gate f, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return sigmoid(hx @ W_f + b_f)
    # ********** End **********


QUESTION = Question(
    chapter=3,
    reference=forget_gate,
    results=("f",),
    draw=step_cases,
    wrong=gate_mistakes("W_f", "b_f"),
    words=words_of("f"),
    states=("h_prev",),
    conventions=CONVENTIONS,
    parts=forget_gate,
    hints=(
        "The gate looks at h_prev and x together. What shape must [h, x] have to fit the rows "
        "of `W_f`?",
        "Put them side by side with `np.concatenate([h_prev, x], axis=1)`, multiply by `W_f`, "
        "add `b_f`.",
        "That sum is z, any number at all. `sigmoid(z)` brings it between 0 and 1.",
    ),
    praise="It gives one number between 0 and 1 for each unit: 1 keeps, 0 forgets.",
)
