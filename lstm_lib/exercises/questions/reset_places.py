"""reset_places: the reset gate of a GRU before the product with h, and after it."""

import numpy as np

from lstm_lib.exercises.engine.question import BEGIN, Case, Mistake, Question, case
from lstm_lib.exercises.mistakes.cases import ARRAYS, tenths


def reset_places(r, h_prev, W, b):
    """Return what h brings to the candidate, reset before and after the product."""
    # ********** Begin **********
    before = (r * h_prev) @ W
    after = r * (h_prev @ W + b)
    return before, after
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for (batch_size, num_units), traits in ARRAYS:
        inputs = [
            rng.uniform(0.05, 0.95, (batch_size, num_units)),
            rng.normal(0, 0.8, (batch_size, num_units)),
            rng.normal(0, 0.9, (num_units, num_units)),
            rng.normal(0, 0.7, num_units),
        ]
        if traits == "example":
            inputs = list(map(tenths, inputs))
        cases.append(case(*inputs, traits=traits))
    return cases


BEFORE, AFTER = "(r * h_prev) @ W", "r * (h_prev @ W + b)"
RETURN = "return before, after"
WRONG = (
    Mistake("swapped_results", (RETURN, "return after, before"), rows=19).says(
        "You return the two in the other order: first the one with the gate before the product."
    ),
    Mistake("both_before", (AFTER, BEFORE, BEFORE + " + b")).says(
        "Your second one has the gate before the product, too: there the product is made with all "
        "of h_prev, and r multiplies what comes out, the bias included."
    ),
    Mistake("both_after", (BEFORE, AFTER, "r * (h_prev @ W)")).says(
        "Your first one has the gate after the product: there r multiplies h_prev, number by "
        "number, and W comes after that."
    ),
    Mistake("bias_outside", (AFTER, "r * (h_prev @ W) + b"), rows=18).says(
        "You add b after the gate: in the second place r multiplies all that h brings, and b is a "
        "part of it. That is why Keras and PyTorch keep two biases."
    ),
    Mistake("no_bias", (AFTER, "r * (h_prev @ W)"), rows=18).says(
        "You leave out b: it belongs to the product with h_prev, inside the second gate."
    ),
    Mistake("bias_before", (BEFORE, "(r * h_prev) @ W + b", "(r * h_prev + b) @ W"), rows=18).says(
        "You add b to the first one: before the product there is one bias for inputs and h "
        "together, and it is added elsewhere."
    ),
    Mistake("no_gate", (BEFORE, "h_prev @ W"), (AFTER, "h_prev @ W + b")).says(
        "You leave out the reset gate in one of the two: r is a factor in both."
    ),
    Mistake(
        "upside_down",
        [(BEFORE, "((1 - r) * h_prev) @ W"), (AFTER, "(1 - r) * (h_prev @ W + b)")],
        rows=9,
    ).says(
        "You read the gate upside down: r = 1 lets h_prev through and r = 0 resets it, so it is r, "
        "not 1 - r."
    ),
    Mistake("transposed", (BEGIN, "W = W.T"), rows=13).says(
        "You multiply by the transpose: h_prev has its units in columns, so it is h_prev @ W."
    ),
    Mistake("no_h", [(BEFORE, "r @ W"), (AFTER, "r * (r @ W + b)")], rows=14).says(
        "You multiply the gate by the weights: it is h_prev that goes through W."
    ),
    Mistake(
        "plus",
        (BEFORE, "(r + h_prev) @ W"),
        (AFTER, "r + (h_prev @ W + b)"),
        [(BEFORE, "(r + h_prev) @ W"), (AFTER, "r + (h_prev @ W + b)")],
    ).says("You add the gate: a gate multiplies."),
    Mistake(
        "tanh",
        [(BEFORE, "np.tanh((r * h_prev) @ W)"), (AFTER, "np.tanh(r * (h_prev @ W + b))")],
        (AFTER, "r * np.tanh(h_prev @ W + b)"),
        rows=15,
    ).says("You squash already: the tanh comes after what the inputs bring has been added."),
    Mistake("scalar", (BEGIN, "r = r.mean(axis=1, keepdims=True)", "r = r.mean()"), rows=22).says(
        "You give all units one gate: r has one value for each unit. With a single number the two "
        "places would make less of a difference."
    ),
)

QUESTION = Question(
    chapter=10,
    reference=reset_places,
    results=("before", "after"),
    draw=_cases,
    wrong=WRONG,
    states=("h_prev",),
    hints=(
        "Both are a product with W and a product with r. Which one comes first?",
        "Before: r multiplies h_prev, number by number, and W comes after. After: h_prev @ W + b "
        "is made first.",
        "`(r * h_prev) @ W` and `r * (h_prev @ W + b)`.",
    ),
    praise="Weights of the one kind give other numbers in the other: know which one you load.",
)
