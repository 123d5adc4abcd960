"""input_gate: how much of the candidate is written."""

import numpy as np

from lstm_lib.exercises.engine.question import Question
from lstm_lib.exercises.mistakes.affine import CONVENTIONS, gate_mistakes
from lstm_lib.exercises.mistakes.cases import step_cases
from lstm_lib.exercises.mistakes.parts import words_of
from lstm_lib.numpy_backend import sigmoid


def input_gate(h_prev, x, W_i, b_i):
    """Return the input gate i, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return sigmoid(hx @ W_i + b_i)
    # ********** End **********


QUESTION = Question(
    chapter=3,
    reference=input_gate,
    results=("i",),
    draw=step_cases,
    wrong=gate_mistakes("W_i", "b_i"),
    words=words_of("i"),
    states=("h_prev",),
    conventions=CONVENTIONS,
    parts=input_gate,
    hints=(
        "What differs between the forget gate and the input gate? Not the equation.",
        "Only the weights differ: `W_i` and `b_i`.",
        "`sigmoid([h, x] @ W_i + b_i)`, with [h, x] made by `np.concatenate` along `axis=1`.",
    ),
    praise="It has the same form as the forget gate and learns its own weights.",
)
