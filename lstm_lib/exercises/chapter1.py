"""Questions of chapter 1, long-term dependencies."""
# ruff: noqa: ANN001, ANN201 - what a learner reads is the bare function

from __future__ import annotations

import numpy as np

from lstm_lib.exercises.affine import gate_cases, joined, shape_mistakes, tanh_mistakes
from lstm_lib.exercises.question import Case, Question, Wrong, case

Array = np.ndarray


def rnn_step(h_prev, x, W, b):
    """Return the new hidden state h of a plain RNN, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return np.tanh(hx @ W + b)
    # ********** End **********


def gradient_factor(w, steps):
    """Return the factor by which h_t = w * h_(t-1) scales a gradient over `steps` steps."""
    # ********** Begin **********
    return w**steps
    # ********** End **********


RNN_WRONG = (
    *shape_mistakes(np.tanh),
    *tanh_mistakes(),
    Wrong(
        "residual",
        "You add the old state to the new one: a plain RNN replaces h at every step; carrying it "
        "along is what the LSTM's c does.",
        (
            lambda h_prev, x, W, b: h_prev + np.tanh(joined(h_prev, x) @ W + b),
            lambda h_prev, x, W, b: np.tanh(joined(h_prev, x) @ W + b) + h_prev,
        ),
        (5,),
    ),
    Wrong(
        "unchanged",
        "You return h_prev as it came: h is computed anew from h_prev and x.",
        (lambda h_prev, x, W, b: h_prev,),
        (5,),
    ),
)


def _factors(rng: np.random.Generator) -> list[Case]:
    # Without rng: the sign, the parity of the steps and the size of |w| all have to vary.
    return [
        case(0.5, 4, traits="example positive even"),
        case(-0.8, 3, traits="odd"),
        case(-0.9, 4, traits="even"),
        case(0.7, 1, traits="positive odd one_step"),
        case(-0.6, 1, traits="odd one_step"),
        case(1.1, 30, traits="positive even"),
        case(-1.2, 25, traits="odd"),
        case(0.95, 100, traits="positive even"),
        case(2.5, 7, traits="positive odd"),
        case(0.3, 12, traits="positive even"),
        case(-1.7, 2, traits="even"),
    ]


FACTOR_WRONG = (
    Wrong(
        "product",
        "You multiply w by the number of steps: each step multiplies by w once more, which is "
        "a power.",
        (lambda w, steps: w * steps,),
        (20,),
    ),
    Wrong(
        "sum",
        "You add up the factors of all lags: the question is one lag of `steps` steps, which is "
        "a single product.",
        (
            lambda w, steps: sum(w**k for k in range(steps)),
            lambda w, steps: sum(w**k for k in range(1, steps + 1)),
            lambda w, steps: sum(w**k for k in range(steps + 1)),
        ),
        (20,),
    ),
    Wrong(
        "absolute",
        "You lose the sign: with a negative w and an odd number of steps the factor is negative.",
        (lambda w, steps: abs(w) ** steps,),
    ),
    Wrong(
        "flipped",
        "Your factor has the wrong sign: differentiating w * h by h gives w, without a minus.",
        (lambda w, steps: -(w**steps), lambda w, steps: (-w) ** steps),
        (20,),
    ),
    Wrong(
        "one_short",
        "You are one step short: over one step the factor is w, over two it is w * w.",
        (lambda w, steps: w ** (steps - 1),),
        (20,),
    ),
    Wrong(
        "one_too_many",
        "You take one step too many: over one step the factor is w, over two it is w * w.",
        (lambda w, steps: w ** (steps + 1),),
        (20,),
    ),
    Wrong(
        "weight_gradient",
        "You differentiate by the weight w: the question asks how the last h depends on the first "
        "h.",
        (lambda w, steps: steps * w ** (steps - 1),),
        (20,),
    ),
    Wrong(
        "swapped",
        "You swap base and exponent: w is multiplied by itself `steps` times.",
        (lambda w, steps: float(steps) ** w,),
        (25,),
    ),
    Wrong(
        "one_step",
        "You return the factor of a single step: it applies at every one of the `steps` steps.",
        (lambda w, steps: w,),
        (20,),
    ),
    Wrong(
        "inverse",
        "You divide by w at every step: going back in time, the gradient is multiplied by w again.",
        (lambda w, steps: w ** (-steps), lambda w, steps: (1 / w) ** steps),
        (20,),
    ),
    Wrong(
        "exponential",
        "You take e to the power of w * steps: the factor is w to the power of steps.",
        (lambda w, steps: np.exp(w * steps), lambda w, steps: np.exp(-w * steps)),
        (20,),
    ),
    Wrong(
        "vanishes",
        "You take for granted that the gradient vanishes: with |w| = 1 it stays, and with "
        "|w| > 1 it grows.",
        (
            lambda w, steps: 0.0,
            lambda w, steps: min(w**steps, 1.0),
            lambda w, steps: max(-1.0, min(w**steps, 1.0)),
            lambda w, steps: float(np.clip(w**steps, 0, 1)),
        ),
        (8,),
    ),
    Wrong(
        "constant",
        "You take for granted that the gradient is kept: only |w| = 1 keeps it.",
        (lambda w, steps: 1.0, lambda w, steps: 1),
        (8,),
    ),
    Wrong(
        "tanh",
        "You squash on the way: this recurrence is linear, without tanh.",
        (
            lambda w, steps: np.tanh(w) ** steps,
            lambda w, steps: np.tanh(w**steps),
            lambda w, steps: np.tanh(w * steps),
        ),
        (15,),
    ),
    Wrong(
        "all_lags",
        "You return the factors of all lags: the question asks for the last one alone.",
        (
            lambda w, steps: [w**k for k in range(1, steps + 1)],
            lambda w, steps: [w**k for k in range(steps)],
            lambda w, steps: [w**k for k in range(steps + 1)],
        ),
    ),
)


QUESTIONS = (
    Question(
        chapter=1,
        reference=rnn_step,
        results=("h",),
        draw=gate_cases,
        wrong=RNN_WRONG,
        hints=(
            "The new state comes from two things, h_prev and x. Where do their rows of `W` start?",
            "Put h_prev and x side by side, h_prev first: `np.concatenate([h_prev, x], axis=1)` "
            "has num_units + input_size columns, as many as `W` has rows.",
            "With that array called hx, z is `hx @ W + b`, and h is its tanh.",
        ),
        praise="This one line is all the memory that a plain RNN has: h is overwritten at every "
        "step.",
        words={"W": "W", "b": "b", "content": "the state"},
    ),
    Question(
        chapter=1,
        reference=gradient_factor,
        results=("factor",),
        draw=_factors,
        wrong=FACTOR_WRONG,
        hints=(
            "Take two steps on paper: h_2 = w * h_1 = w * w * h_0. What is its derivative by h_0?",
            "The chain rule multiplies the factors of all steps, and every one of them is w.",
            "Multiply w by itself `steps` times: `w**steps`.",
        ),
        praise="Below 1 this factor vanishes, above 1 it explodes, and both happen exponentially "
        "fast.",
        atol=1e-30,
    ),
)
