"""scan_back: the way back through a linear recurrence."""

import numpy as np

from lstm_lib.exercises.engine.question import BEGIN, Case, Mistake, Question, case


def scan_back(d_c, f):
    """Return the gradient of b, shape (time, num_units)."""
    # ********** Begin **********
    d_b = np.zeros(d_c.shape)
    later = np.zeros(d_c.shape[1])
    for t in reversed(range(len(d_c))):
        d_b[t] = d_c[t] + later
        later = f[t] * d_b[t]
    return d_b
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(time: int, num_units: int, traits: str = "") -> Case:
        f = rng.uniform(0.1, 0.9, (time, num_units))
        return case(rng.normal(0, 1, (time, num_units)), f, traits=traits)

    example = (
        np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 1.0]]),
        np.array([[0.9, 0.5], [0.8, 1.0], [0.5, 0.2]]),
    )
    return [
        case(*example, traits="example"),
        draw(5, 4),
        draw(6, 3),
        draw(1, 3, "one_step"),
        draw(1, 5, "one_step"),
        draw(2, 6),
        draw(7, 1),
        draw(30, 2),
    ]


LATER = "later = f[t] * d_b[t]"
WRONG = (
    Mistake(
        "own_gate",
        (
            "d_b[t] = d_c[t] + later\n        later = f[t] * d_b[t]",
            "later = d_b[t] = d_c[t] + f[t] * later",
        ),
        rows=20,
    ).says(
        "You send what comes back through the gate of the step itself: it comes from step t+1, "
        "through f[t+1]."
    ),
    Mistake("no_gate", (LATER, "later = d_b[t]"), rows=20).says(
        "You leave out the gates: what comes back from step t+1 goes through f[t+1]."
    ),
    Mistake("forwards", ("reversed(range(len(d_c)))", "range(len(d_c))"), rows=20).says(
        "You go from the first step to the last: a gradient comes from the end, so the loop runs "
        "backwards."
    ),
    Mistake("own_only", ("d_c[t] + later", "d_c[t]"), rows=20).says(
        "You take the gradient of each step alone: b_t is still there in all later states, and "
        "they send theirs back."
    ),
    Mistake("later_only", ("d_c[t] + later", "later"), rows=20).says(
        "You leave out the gradient of the step itself, d_c[t]."
    ),
    Mistake("one_step_back", (LATER, "later = f[t] * d_c[t]"), rows=20).says(
        "You send back d_c of the next step alone: what came to it from further on goes with it, "
        "so it is d_b[t]."
    ),
    Mistake("of_f_c", ("return d_b", "return f * d_b"), rows=20).says(
        "You multiply by f once too often: b_t is added to c_t after the gate, so nothing of step "
        "t stands between them."
    ),
    Mistake("slope", (LATER, "later = f[t] * (1 - f[t]) * d_b[t]"), rows=(20, 42)).says(
        "You multiply by the slope f (1 - f): along the cell path the derivative of f * c by c is "
        "f."
    ),
    Mistake("upside_down", (LATER, "later = (1 - f[t]) * d_b[t]"), rows=9).says(
        "You read the gate upside down: f = 1 keeps, so it is f, not 1 - f, that the gradient goes "
        "through."
    ),
    Mistake("minus", ("d_c[t] + later", "d_c[t] - later"), rows=20).says(
        "You subtract what comes back: two ways lead from b_t to the loss, and they add up."
    ),
    Mistake("sum", ("return d_b", "return d_b.sum(axis=0)"), rows=19).says(
        "You sum over the steps: each b_t has a gradient of its own, shape (time, num_units)."
    ),
    Mistake("scalar", (BEGIN, "f = f.mean(axis=1, keepdims=True) + 0 * f"), rows=22).says(
        "You give all units one gate: f has one value for each unit."
    ),
    Mistake("reversed_result", ("return d_b", "return d_b[::-1]"), rows=19).says(
        "You return the steps from last to first: row t belongs to step t."
    ),
)

QUESTION = Question(
    chapter=7,
    reference=scan_back,
    results=("d_b",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "c_t stands in the loss by itself, and in c_{t+1} = f_{t+1} * c_t + b_{t+1}.",
        "So two gradients meet: d_c[t], and f[t+1] times the gradient of step t+1. Begin at the "
        "end.",
        "`later` starts at zero. At each step: `d_b[t] = d_c[t] + later`, and then "
        "`later = f[t] * d_b[t]`.",
    ),
    praise="The way back is a linear recurrence as well: it can be scanned, from the end.",
)
