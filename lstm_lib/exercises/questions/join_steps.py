"""join_steps: two steps of a linear recurrence as one."""

import numpy as np

from lstm_lib.exercises.engine.question import BEGIN, Case, Mistake, Question
from lstm_lib.exercises.mistakes.cases import array_cases


def join_steps(f, b, f_next, b_next):
    """Return (f, b) of the one step that does both, each of shape (batch_size, num_units)."""
    # ********** Begin **********
    return f_next * f, f_next * b + b_next
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    return array_cases(rng, "gcgc")


F, B = "f_next * f", "f_next * b + b_next"
BOTH = f"{F}, {B}"
WRONG = (
    Mistake("wrong_order", (B, "f * b_next + b"), rows=20).says(
        "You join the steps in the other order: the step with f and b comes first, so what it adds "
        "goes through f_next, and b_next is added after."
    ),
    Mistake("not_carried", (B, "b + b_next"), rows=20).says(
        "You add b as it is: the next step multiplies the whole state, and b is in it by then, so "
        "b is multiplied by f_next."
    ),
    Mistake("next_carried", (B, "b + f_next * b_next", "f_next * (b + b_next)"), rows=20).says(
        "You multiply b_next by f_next: a step multiplies what was there before and adds its own b "
        "after that."
    ),
    Mistake("by_f", (B, "f * b + b_next"), rows=20).says(
        "You multiply b by its own f: b is added after that, and only f_next still acts on it."
    ),
    Mistake("by_both", (B, "f_next * f * b + b_next"), rows=20).says(
        "You multiply b by both factors: b is added in the first step, after its f, and only "
        "f_next still acts on it."
    ),
    Mistake("added_factors", (F + ",", "f_next + f,"), rows=20).says(
        "You add the two factors: the state is multiplied by one and then by the other, so it is "
        "their product."
    ),
    Mistake("one_factor", (F + ",", "f_next,", "f,"), rows=20).says(
        "You return one of the two factors: the state goes through both, so it is their product."
    ),
    Mistake("no_b", (B, "b_next"), rows=14).says(
        "You lose what the first step adds: b goes through f_next and is still there."
    ),
    Mistake("no_b_next", (B, "f_next * b"), rows=14).says(
        "You leave out what the second step adds: b_next."
    ),
    Mistake("product", (B, "b * b_next", "f_next * b * b_next")).says(
        "You multiply the two that are added: the second step adds b_next to what is there."
    ),
    Mistake("minus", (B, "f_next * b - b_next")).says(
        "You subtract b_next: a step adds its b, and a b below zero takes away by itself."
    ),
    Mistake("swapped_results", (BOTH, f"{B}, {F}"), rows=19).says(
        "You return the two in the other order: first the factor, then what is added."
    ),
    Mistake("coupled", (B, "f_next * b + (1 - f_next) * b_next"), rows=27).says(
        "You multiply b_next by 1 - f_next: here b is all that a step adds, gates included."
    ),
    Mistake(
        "matrix_product",
        (BOTH, "f_next @ f.T, f_next @ b.T + b_next"),
        (BOTH, "f_next @ f, f_next @ b + b_next"),
        rows=22,
    ).says("You use the matrix product: gates act number by number, unit by unit, which is `*`."),
    Mistake("scalar", (BEGIN, "f, f_next = f.mean(), f_next.mean()"), rows=22).says(
        "You give all units one factor: f and f_next have one value for each unit."
    ),
)

QUESTION = Question(
    chapter=7,
    reference=join_steps,
    results=("f", "b"),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Write c_1 = f * c_0 + b, put it into c_2 = f_next * c_1 + b_next, and multiply out.",
        "c_0 is multiplied by both factors, and b by f_next alone.",
        "The factor is `f_next * f`, and what is added is `f_next * b + b_next`.",
    ),
    praise="Two steps are one step, and so are two stretches of steps: that makes a scan.",
)
