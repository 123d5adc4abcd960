"""update_cell: what is kept of the cell state, and what is added to it."""

import numpy as np

from lstm_lib.exercises.engine.question import BEGIN, Case, Mistake, Question, case
from lstm_lib.exercises.mistakes.cases import array_cases


def update_cell(f, c_prev, i, candidate):
    """Return the new cell state c, shape (batch_size, num_units)."""
    # ********** Begin **********
    return f * c_prev + i * candidate
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    cases = array_cases(rng, "gcgj")
    for size in [(3, 4), (5, 2)]:
        f, i = rng.uniform(0.05, 0.95, (2, *size))
        j = rng.uniform(-0.95, 0.95, size)
        cases.append(case(f, np.zeros(size), i, j, traits="zero_state"))
    return cases


C = "f * c_prev + i * candidate"
WRONG = (
    Mistake("swapped", (C, "i * c_prev + f * candidate"), rows=25).says(
        "You swap the two gates: f acts on what was there, c_prev, and i on what is new, the "
        "candidate."
    ),
    Mistake("upside_down", ("f * c_prev", "(1 - f) * c_prev"), rows=9).says(
        "You read the forget gate upside down: f = 1 keeps the old number and f = 0 forgets it, "
        "so it is f, not 1 - f, that multiplies c_prev."
    ),
    Mistake("input_upside_down", ("i * candidate", "(1 - i) * candidate"), rows=9).says(
        "You read the input gate upside down: i = 1 writes the candidate and i = 0 does not, so "
        "it is i, not 1 - i, that multiplies it."
    ),
    Mistake(
        "coupled",
        ("i * candidate", "(1 - f) * candidate"),
        ("f * c_prev", "(1 - i) * c_prev"),
        rows=(25, 27),
    ).says(
        "You tie the two gates together, 1 - f in place of i: here the input gate i is one of its "
        "own."
    ),
    Mistake("no_c_prev", ("f * c_prev + ", ""), rows=14).says(
        "You ignore c_prev, as if the state were zero: f * c_prev is the conveyor belt."
    ),
    Mistake("no_candidate", (" + i * candidate", "")).says(
        "You write nothing new: i * candidate is added to what is kept."
    ),
    Mistake("no_forget_gate", ("f * c_prev", "c_prev"), rows=9).says(
        "You leave out the forget gate: c_prev is multiplied by f first."
    ),
    Mistake("no_input_gate", ("i * candidate", "candidate")).says(
        "You leave out the input gate: the candidate is multiplied by i before it is added."
    ),
    Mistake("no_gates", (C, "c_prev + candidate")).says(
        "You leave out both gates: f multiplies c_prev, and i multiplies the candidate."
    ),
    Mistake(
        "forgets_everything",
        (C, "f * (c_prev + i * candidate)", "f * (c_prev + candidate)"),
        rows=25,
    ).says("You apply f to the sum: it acts on c_prev alone."),
    Mistake("tanh", (C, f"np.tanh({C})"), rows=15).says(
        "You squash c with tanh: the cell state itself is not squashed; the tanh comes later, "
        "where h is made."
    ),
    Mistake(
        "squashed_again",
        (C, "sigmoid(f) * c_prev + sigmoid(i) * candidate"),
        (C, "sigmoid(f) * c_prev + sigmoid(i) * np.tanh(candidate)"),
        (C, "f * c_prev + i * np.tanh(candidate)"),
        rows=15,
    ).says(
        "You squash a second time: f and i come out of their sigmoids already, and the candidate "
        "out of its tanh."
    ),
    Mistake("minus", ("+ i", "- i")).says(
        "You subtract: what is new is added to what is kept, and a candidate below zero takes "
        "away by itself."
    ),
    Mistake("product", (C, "f * c_prev * i * candidate", "(f + c_prev) * (i + candidate)")).says(
        "You multiply where the two parts are added: c is what is kept plus what is new."
    ),
    Mistake(
        "matrix_product",
        (C, "f @ c_prev + i @ candidate", "f @ c_prev.T + i @ candidate.T"),
        (C, "np.dot(f, c_prev) + np.dot(i, candidate)"),
        rows=22,
    ).says("You use the matrix product: gates act number by number, unit by unit, which is `*`."),
    Mistake(
        "scalar",
        (BEGIN, "f, i = f.mean(), i.mean()", "f, i = f[:, :1], i[:, :1]"),
        (BEGIN, "f, i = f.mean(axis=1, keepdims=True), i.mean(axis=1, keepdims=True)"),
        (C, f"({C}).sum(axis=1)", f"({C}).sum()"),
        rows=22,
    ).says("You give all units one gate value: f and i are vectors, with one value for each unit."),
)

QUESTION = Question(
    chapter=2,
    reference=update_cell,
    results=("c",),
    draw=_cases,
    wrong=WRONG,
    states=("c_prev",),
    parts=update_cell,
    hints=(
        "Two things meet in c: what is kept of c_prev, and what is written of the candidate.",
        "Each has a gate of its own, and a gate acts by multiplying number by number, `*`.",
        "Keep with `f * c_prev`, write with `i * candidate`, and add the two.",
    ),
    praise="Nothing squashes c on its way: this sum is the conveyor belt.",
)
