"""carry: how much of the cell state arrives after many steps."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case


def carry(f):
    """Return how c after all steps depends on c before them: the shape is (num_units,)."""
    # ********** Begin **********
    return np.prod(f, axis=0)
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(time: int, num_units: int, low: float, high: float, traits: str = "") -> Case:
        return case(rng.uniform(low, high, (time, num_units)), traits=traits)

    example = np.array([[0.9, 0.5], [0.8, 1.0], [1.0, 0.2]])
    by_hand = np.array([[1.0, 0.0, 0.5, 1.0, 0.9], [1.0, 1.0, 0.5, 0.0, 0.9]])
    return [
        case(example, traits="example"),
        draw(5, 4, 0.2, 0.9),
        draw(1, 3, 0.2, 0.9, "one_step"),
        draw(1, 5, 0.2, 0.9, "one_step"),
        draw(2, 6, 0.1, 0.9),
        case(by_hand),
        draw(6, 1, 0.3, 0.9),
        draw(50, 2, 0.8, 1.0),
        draw(60, 3, 0.3, 0.7),
        draw(400, 3, 0.97, 1.0),
    ]


PRODUCT = "np.prod(f, axis=0)"
WRONG = (
    Mistake("sum", ("np.prod", "np.sum"), rows=20).says(
        "You add the gates up: each step multiplies by its f, so it is a product over time."
    ),
    Mistake("mean", (PRODUCT, "f.mean(axis=0)", "f.mean(axis=0) ** len(f)"), rows=20).says(
        "You average the gates: each step multiplies by its f, so it is a product over time."
    ),
    Mistake("over_units", ("axis=0", "axis=1", "axis=-1"), rows=(22, 3)).says(
        "You multiply over the units: the first axis of f is time, and the product runs along it, "
        "`axis=0`."
    ),
    Mistake(
        "scalar", (PRODUCT, "np.prod(f)", f"{PRODUCT}.mean()", "f.prod(0).prod()"), rows=22
    ).says(
        "You multiply all numbers into one: every unit carries by itself, so the result has "
        "shape (num_units,)."
    ),
    Mistake("last", (PRODUCT, "f[-1]"), rows=20).says(
        "You take the last step alone: the gates of all steps before it act on the path as well."
    ),
    Mistake("first", (PRODUCT, "f[0]"), rows=20).says(
        "You take the first step alone: every later gate acts on the path as well."
    ),
    Mistake("without_first", ("(f, axis", "(f[1:], axis"), rows=20).says(
        "You leave out the first step: its gate multiplies c_0 too."
    ),
    Mistake("without_last", ("(f, axis", "(f[:-1], axis"), rows=20).says(
        "You leave out the last step: its gate multiplies what reaches c_T too."
    ),
    Mistake("both_ends", (PRODUCT, "f[0] * f[-1]"), rows=20).says(
        "You take the first and the last step alone: all steps between them multiply as well."
    ),
    Mistake("upside_down", (PRODUCT, "np.prod(1 - f, axis=0)", f"1 - {PRODUCT}"), rows=9).says(
        "You multiply 1 - f: f = 1 keeps and f = 0 forgets, so it is f itself."
    ),
    Mistake("sigmoid", ("(f, axis", "(sigmoid(f), axis"), rows=15).says(
        "You squash f again: these are gates already, values between 0 and 1."
    ),
    Mistake("slope", ("(f, axis", "(f * (1 - f), axis"), rows=20).says(
        "You multiply the slopes f (1 - f): along the cell path the derivative of f * c by c is f."
    ),
    Mistake("all_steps", (PRODUCT, "f.cumprod(axis=0)", "f.cumprod(axis=0)[::-1]"), rows=19).says(
        "You return the product after every step: the question asks for the last one alone, shape "
        "(num_units,)."
    ),
    Mistake("constant", (PRODUCT, "np.ones(f.shape[1])"), rows=8).says(
        "You take for granted that c is carried unchanged: it is only where every f is 1."
    ),
    Mistake("vanishes", (PRODUCT, "np.zeros(f.shape[1])"), rows=8).says(
        "You take for granted that nothing arrives: the product of the gates says how much does."
    ),
    Mistake("smallest", ("np.prod", "np.min"), rows=20).says(
        "You take the smallest gate: each step multiplies by its f, so all of them count."
    ),
    Mistake("inverse", (PRODUCT, f"1 / {PRODUCT}"), rows=20).says(
        "You divide by the gates: each step multiplies by its f."
    ),
)

QUESTION = Question(
    chapter=2,
    reference=carry,
    results=("factor",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "One step is c = f * c_prev + ... What is its derivative by c_prev?",
        "It is f, for each unit by itself. The chain rule multiplies the f of all steps.",
        "Time is the first axis of f: `np.prod` along `axis=0`, or a loop over the rows.",
    ),
    praise="Where every f is 1 the path carries a gradient unchanged, however long it is.",
    atol=1e-30,
)
