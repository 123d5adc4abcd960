"""gradient_factor: how a linear recurrence scales a gradient."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case


def gradient_factor(w, steps):
    """Return the factor by which h_t = w * h_(t-1) scales a gradient over `steps` steps."""
    # ********** Begin **********
    return w**steps
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
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


RIGHT = "w**steps"
WRONG = (
    Mistake("product", (RIGHT, "w * steps"), rows=20).says(
        "You multiply w by the number of steps: each step multiplies by w once more, which is "
        "a power."
    ),
    Mistake(
        "sum",
        (RIGHT, "sum(w**k for k in range(steps))", "sum(w**k for k in range(1, steps + 1))"),
        (RIGHT, "sum(w**k for k in range(steps + 1))"),
        rows=20,
    ).says(
        "You add up the factors of all lags: the question is one lag of `steps` steps, which is "
        "a single product."
    ),
    Mistake("absolute", (RIGHT, "abs(w) ** steps")).says(
        "You lose the sign: with a negative w and an odd number of steps the factor is negative."
    ),
    Mistake("flipped", (RIGHT, "-(w**steps)", "(-w) ** steps"), rows=20).says(
        "Your factor has the wrong sign: differentiating w * h by h gives w, without a minus."
    ),
    Mistake("one_short", (RIGHT, "w ** (steps - 1)"), rows=20).says(
        "You are one step short: over one step the factor is w, over two it is w * w."
    ),
    Mistake("one_too_many", (RIGHT, "w ** (steps + 1)"), rows=20).says(
        "You take one step too many: over one step the factor is w, over two it is w * w."
    ),
    Mistake("weight_gradient", (RIGHT, "steps * w ** (steps - 1)"), rows=20).says(
        "You differentiate by the weight w: the question asks how the last h depends on the first "
        "h."
    ),
    Mistake("swapped", (RIGHT, "float(steps) ** w"), rows=25).says(
        "You swap base and exponent: w is multiplied by itself `steps` times."
    ),
    Mistake("one_step", (RIGHT, "w"), rows=20).says(
        "You return the factor of a single step: it applies at every one of the `steps` steps."
    ),
    Mistake("inverse", (RIGHT, "w ** (-steps)", "(1 / w) ** steps"), rows=20).says(
        "You divide by w at every step: going back in time, the gradient is multiplied by w again."
    ),
    Mistake("exponential", (RIGHT, "np.exp(w * steps)", "np.exp(-w * steps)"), rows=20).says(
        "You take e to the power of w * steps: the factor is w to the power of steps."
    ),
    Mistake(
        "vanishes",
        (RIGHT, "0.0", "min(w**steps, 1.0)", "max(-1.0, min(w**steps, 1.0))"),
        (RIGHT, "float(np.clip(w**steps, 0, 1))"),
        rows=8,
    ).says(
        "You take for granted that the gradient vanishes: with |w| = 1 it stays, and with "
        "|w| > 1 it grows."
    ),
    Mistake("constant", (RIGHT, "1.0", "1"), rows=8).says(
        "You take for granted that the gradient is kept: only |w| = 1 keeps it."
    ),
    Mistake(
        "tanh", (RIGHT, "np.tanh(w) ** steps", "np.tanh(w**steps)", "np.tanh(w * steps)"), rows=15
    ).says("You squash on the way: this recurrence is linear, without tanh."),
    Mistake(
        "all_lags",
        (RIGHT, "[w**k for k in range(1, steps + 1)]", "[w**k for k in range(steps)]"),
        (RIGHT, "[w**k for k in range(steps + 1)]"),
    ).says("You return the factors of all lags: the question asks for the last one alone."),
)

QUESTION = Question(
    chapter=1,
    reference=gradient_factor,
    results=("factor",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Take two steps on paper: h_2 = w * h_1 = w * w * h_0. What is its derivative by h_0?",
        "The chain rule multiplies the factors of all steps, and every one of them is w.",
        "Multiply w by itself `steps` times: `w**steps`.",
    ),
    praise="Below 1 this factor vanishes, above 1 it explodes, and both happen exponentially fast.",
    atol=1e-30,
)
