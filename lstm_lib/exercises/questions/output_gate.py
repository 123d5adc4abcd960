"""output_gate: what is shown of the cell state."""

import numpy as np

from lstm_lib.exercises.engine.question import Question
from lstm_lib.exercises.mistakes.affine import CONVENTIONS, gate_mistakes
from lstm_lib.exercises.mistakes.cases import step_cases
from lstm_lib.exercises.mistakes.parts import words_of
from lstm_lib.numpy_backend import sigmoid


def output_gate(h_prev, x, W_o, b_o):
    """Return the output gate o, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return sigmoid(hx @ W_o + b_o)
    # ********** End **********


QUESTION = Question(
    chapter=3,
    reference=output_gate,
    results=("o",),
    draw=step_cases,
    wrong=gate_mistakes("W_o", "b_o"),
    words=words_of("o"),
    states=("h_prev",),
    conventions=CONVENTIONS,
    parts=output_gate,
    hints=(
        "This is a gate like the forget gate. Which weights are its own?",
        "`W_o` and `b_o`, and the squashing of every gate.",
        "`sigmoid([h, x] @ W_o + b_o)`, with [h, x] made by `np.concatenate` along `axis=1`.",
    ),
    praise="It decides how much of the cell state the rest of the network sees.",
)
