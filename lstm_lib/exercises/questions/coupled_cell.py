"""coupled_cell: one gate that keeps and writes."""

import numpy as np

from lstm_lib.exercises.engine.question import BEGIN, Case, Mistake, Question, case
from lstm_lib.exercises.mistakes.cases import array_cases


def coupled_cell(f, c_prev, candidate):
    """Return the new cell state c, shape (batch_size, num_units)."""
    # ********** Begin **********
    return f * c_prev + (1 - f) * candidate
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    cases = array_cases(rng, "gcj")
    for size in [(3, 4), (5, 2)]:
        f = rng.uniform(0.05, 0.95, size)
        cases.append(case(f, np.zeros(size), rng.uniform(-0.95, 0.95, size), traits="zero_state"))
    return cases


C = "f * c_prev + (1 - f) * candidate"
WRONG = (
    Mistake("swapped", (C, "(1 - f) * c_prev + f * candidate"), rows=(9, 27)).says(
        "You give the gate to the wrong side: f is the forget gate, so f keeps c_prev, and 1 - f "
        "writes the candidate. A GRU's update gate is read either way, by its author."
    ),
    Mistake("same_gate", ("(1 - f) * candidate", "f * candidate"), rows=27).says(
        "You use f for both: what is kept is not written over, so the candidate gets the rest, "
        "1 - f."
    ),
    Mistake("both_rest", ("f * c_prev", "(1 - f) * c_prev"), rows=(9, 27)).says(
        "You use 1 - f for both: f keeps c_prev, and the candidate gets the rest."
    ),
    Mistake("not_coupled", ("(1 - f) * candidate", "candidate"), rows=27).says(
        "You write the whole candidate: the cell has no input gate, and 1 - f stands in its place."
    ),
    Mistake("no_forget_gate", ("f * c_prev", "c_prev"), rows=9).says(
        "You keep all of c_prev: f multiplies it, or c grows beyond the range of the candidates."
    ),
    Mistake("no_c_prev", ("f * c_prev + ", ""), rows=14).says(
        "You ignore c_prev, as if the state were zero: f * c_prev is what is kept."
    ),
    Mistake("no_candidate", (" + (1 - f) * candidate", "")).says(
        "You write nothing: (1 - f) * candidate is added to what is kept."
    ),
    Mistake("minus", ("(1 - f)", "(f - 1)"), ("+ (1", "- (1")).says(
        "Your candidate has the wrong sign: what is not kept is 1 - f, and what it lets through is "
        "added."
    ),
    Mistake(
        "squashed_again",
        (BEGIN, "f = 1 / (1 + np.exp(-f))"),
        ("* candidate", "* np.tanh(candidate)"),
        (C, f"np.tanh({C})"),
        rows=15,
    ).says(
        "You squash once more: f comes out of its sigmoid, the candidate out of its tanh, and c "
        "is not squashed at all."
    ),
    Mistake(
        "matrix_product",
        (C, "f @ c_prev.T + (1 - f) @ candidate.T"),
        (C, "f @ c_prev + (1 - f) @ candidate"),
        rows=22,
    ).says("You use the matrix product: gates act number by number, unit by unit, which is `*`."),
    Mistake("scalar", (BEGIN, "f = f.mean()", "f = f.mean(axis=1, keepdims=True)"), rows=22).says(
        "You give all units one gate: f has one value for each unit."
    ),
)

QUESTION = Question(
    chapter=10,
    reference=coupled_cell,
    results=("c",),
    draw=_cases,
    wrong=WRONG,
    states=("c_prev",),
    hints=(
        "Start from `f * c_prev + i * candidate`. The input gate is gone: what stands there now?",
        "What is kept and what is written share one number: together they make 1.",
        "Write `(1 - f)` where the input gate was.",
    ),
    praise="c is a mean of what was there and what is new, so it stays in their range.",
)
