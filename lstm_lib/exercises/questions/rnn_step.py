"""rnn_step: one step of a plain RNN."""

import numpy as np

from lstm_lib.exercises.engine.question import Mistake, Question
from lstm_lib.exercises.mistakes.affine import CONVENTIONS, content_mistakes
from lstm_lib.exercises.mistakes.cases import step_cases


def rnn_step(h_prev, x, W, b):
    """Return the new hidden state h of a plain RNN, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return np.tanh(hx @ W + b)
    # ********** End **********


WRONG = (
    *content_mistakes("W", "b"),
    Mistake("residual", ("return ", "return h_prev + "), ("+ b)", "+ b) + h_prev"), rows=5).says(
        "You add the old state to the new one: a plain RNN replaces h at every step; carrying it "
        "along is what the LSTM's c does."
    ),
    Mistake("unchanged", ("np.tanh(hx @ W + b)", "h_prev"), rows=5).says(
        "You return h_prev as it came: h is computed anew from h_prev and x."
    ),
)

QUESTION = Question(
    chapter=1,
    reference=rnn_step,
    results=("h",),
    draw=step_cases,
    wrong=WRONG,
    words={"W": "W", "b": "b", "content": "the state"},
    states=("h_prev",),
    conventions=CONVENTIONS,
    parts=rnn_step,
    hints=(
        "The new state comes from two things, h_prev and x. Where do their rows of `W` start?",
        "Put h_prev and x side by side, h_prev first: `np.concatenate([h_prev, x], axis=1)` "
        "has num_units + input_size columns, as many as `W` has rows.",
        "With that array called hx, z is `hx @ W + b`, and h is its tanh.",
    ),
    praise="This one line is all the memory that a plain RNN has: h is overwritten at every step.",
)
