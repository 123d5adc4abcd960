"""masked_loss: a loss over sequences of different lengths, and its gradient."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case


def masked_loss(y, targets, lengths):
    """Return the mean squared error of the real steps, and its gradient by y, (batch, time)."""
    # ********** Begin **********
    real = np.arange(y.shape[1]) < lengths[:, None]
    difference = np.where(real, y - targets, 0)
    count = real.sum()
    return (difference**2).sum() / count, 2 * difference / count
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(lengths: list[int], time: int, traits: str = "") -> Case:
        y, targets = rng.normal(0, 1, (2, len(lengths), time))
        return case(y, targets, np.array(lengths), traits=traits)

    example = (
        np.array([[1.0, 2.0, 0.0], [3.0, 9.0, 9.0]]),
        np.array([[1.0, 1.0, 2.0], [1.0, 0.0, 0.0]]),
        np.array([3, 1]),
    )
    return [
        case(*example, traits="example"),
        draw([5, 2, 4], 6),
        draw([1, 7, 3, 7], 7),
        draw([4, 2], 5),
        draw([3], 7, "one_row"),
        draw([5], 9, "one_row"),
        draw([2, 2, 5, 3, 1], 8),
        draw([6, 1, 3], 10),
    ]


REAL, COUNT = "np.arange(y.shape[1]) < lengths[:, None]", "real.sum()"
LOSS, BACK = "(difference**2).sum() / count", "2 * difference / count"
WRONG = (
    Mistake("no_mask", (REAL, "np.ones(y.shape, bool)")).says(
        "You count the padding: what stands behind the end of a sequence is no answer, and nobody "
        "asked for one."
    ),
    Mistake("mean_over_all", (COUNT, "y.size")).says(
        "You divide by all steps, padding included: the loss then depends on how long the longest "
        "sequence is. Divide by the number of real steps."
    ),
    Mistake("one_more", (REAL, "np.arange(y.shape[1]) <= lengths[:, None]")).says(
        "You take one step too many: a sequence of length n has the steps 0 to n - 1."
    ),
    Mistake("one_less", (REAL, "np.arange(y.shape[1]) < lengths[:, None] - 1")).says(
        "You lose the last real step: a sequence of length n has the steps 0 to n - 1."
    ),
    Mistake("upside_down", (REAL, "np.arange(y.shape[1]) >= lengths[:, None]")).says(
        "You keep the padding and drop what is real: real steps are those before the length."
    ),
    Mistake(
        "padding_in_front", (REAL, "np.arange(y.shape[1]) >= y.shape[1] - lengths[:, None]")
    ).says(
        "You look for the padding in front: here the sequences stand at the beginning, and the "
        "padding behind them."
    ),
    Mistake("last_alone", (REAL, "np.arange(y.shape[1]) == lengths[:, None] - 1")).says(
        "You count the last real step alone: here every real step is asked for."
    ),
    Mistake(
        "shortest", (REAL, "np.arange(y.shape[1]) < lengths.min() + 0 * lengths[:, None]")
    ).says("You cut all sequences to the shortest one: each has its own length."),
    Mistake("longest", (REAL, "np.arange(y.shape[1]) < lengths.max() + 0 * lengths[:, None]")).says(
        "You take the longest length for all: each sequence has its own."
    ),
    Mistake(
        "each_its_mean",
        (
            f"{LOSS}, {BACK}",
            "(difference**2 / (lengths[:, None] * len(y))).sum(), "
            "2 * difference / (lengths[:, None] * len(y))",
        ),
    ).says(
        "You take the mean of each sequence first: then a step of a short sequence counts for more "
        "than one of a long sequence. Here all real steps count alike."
    ),
    Mistake("sum", [(COUNT, "1")]).says(
        "You return the sum: the mean is asked for, over all real steps."
    ),
    Mistake("by_sequences", (COUNT, "len(y)")).says(
        "You divide by the number of sequences: divide by the number of real steps."
    ),
    Mistake("root", (LOSS, "((difference**2).sum() / count) ** 0.5")).says(
        "You take the root: the mean of the squares is asked for."
    ),
    Mistake("absolute", (LOSS, "abs(difference).sum() / count")).says(
        "You take absolute differences: the loss is the mean of the squares."
    ),
    Mistake("no_two", (BACK, "difference / count")).says(
        "You leave out the 2 in the gradient: the derivative of a square is twice its base."
    ),
    Mistake("minus", (BACK, "-2 * difference / count", "2 * -difference / count")).says(
        "Your gradient has the wrong sign: where y is above its target, a larger y makes the loss "
        "larger."
    ),
    Mistake("gradient_of_the_sum", (BACK, "2 * difference")).says(
        "You forget the mean on the way back: the gradient is divided by the number of real steps, "
        "too."
    ),
    Mistake("gradient_not_masked", (BACK, "2 * (y - targets) / count")).says(
        "You let the gradient through the padding: where no answer is asked for, it is 0."
    ),
    Mistake("swapped", (f"{LOSS}, {BACK}", f"{BACK}, {LOSS}")).says(
        "You return the two in the other order: first the loss, then its gradient."
    ),
)

QUESTION = Question(
    chapter=9,
    reference=masked_loss,
    results=("loss", "d_y"),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Make an array of the shape of y that is true at the real steps and false in the padding.",
        "`np.arange(time)` numbers the steps, `lengths[:, None]` has a length a row: compare them.",
        "With `real = np.arange(y.shape[1]) < lengths[:, None]` and the differences set to 0 "
        "elsewhere, the loss is the sum of their squares over `real.sum()`, and the gradient is "
        "twice each of them over the same number.",
    ),
    praise="What stands in the padding can be anything now: neither loss nor weights will know.",
)
