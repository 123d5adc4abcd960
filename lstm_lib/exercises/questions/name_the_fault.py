"""name_the_fault: which bug was planted into a training loop, read off its curves."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question


def name_the_fault(best, loss, fall, tried, reordered, padded):
    """Return the number of the first line of the table that holds, or 0 if none does."""
    # ********** Begin **********
    left = (np.mean(loss[-4:]) - best) / (loss[0] - best)
    usual = np.median(fall)
    holds = [
        np.any(reordered != tried),
        np.any(padded != tried),
        left < -0.05,
        usual > 2,
        usual < 0.4,
        left > 0.6,
    ]
    return holds.index(True) + 1 if True in holds else 0
    # ********** End **********


# Curves in the manner of those that the chapter shows, near to the bounds and far from them.


def _curves(
    rng: np.random.Generator, left: float, usual: float, order: float, padding: float, label: str
) -> Case:
    best, first = 1.12, 3.47
    way = np.linspace(1, 0, 9) ** 3
    loss = best + (first - best) * (left + (1 - left) * way)
    end = best + (first - best) * left
    # The last four lie around what is left: none of them is it, and neither is their middle.
    loss = np.append(loss[:-1], end + np.array([1.5, 0.9, -0.2, -0.2, -0.5]))
    # A first and a last step that are out of line, and a wild one.
    fall = usual + np.array([-3.0, 0.02, -0.02, 0.0, 0.05, 30.0, -0.05, 0.01, 6.0])
    tried = np.round(loss[2::3] + 0.05, 3)
    jump = np.eye(len(tried))[rng.integers(len(tried))]
    arrays = (loss, fall, tried, tried + order * jump, tried + padding * jump)
    traits = frozenset({"example"}) if label == "" else frozenset()
    return Case((best, *(np.round(each, 4) for each in arrays)), traits, label)


def _cases(rng: np.random.Generator) -> list[Case]:
    curves = (
        (0.04, 0.95, 0.0, 0.0, ""),
        (0.05, 0.93, 0.002, 0.0, "for a state that leaks a little"),
        (0.02, 0.97, 0.0, -0.004, "for an output out of the padding"),
        (0.05, 0.9, 0.0, 0.5, "for an output out of much padding"),
        (0.05, 0.9, 0.0, 0.6, "for an output out of more padding"),
        (0.05, 0.9, 0.5, 0.0, "for a state that leaks much"),
        (-0.45, 0.98, 0.0, 0.0, "for a loss that is too good"),
        (0.06, 13.0, 0.0, 0.0, "for a gradient that is too small"),
        (0.2, -0.2, 0.0, 0.0, "for a loss that jumps"),
        (0.93, 1.0, 0.0, 0.0, "for a loss that hardly falls"),
        (0.7, 0.9, -0.3, 0.0, "for a state that leaks while the loss hardly falls"),
        (0.03, 2.4, 0.0, 0.02, "for padding, and a fall above the forecast"),
        (0.1, 0.8, 0.01, 0.02, "for two trials that differ"),
        (-0.3, 0.2, 0.0, 0.0, "for a loss that is too good and jumps"),
        (0.8, 3.0, 0.0, 0.0, "for a small gradient, far from done"),
        (0.9, 0.1, 0.0, 0.0, "for a loss that jumps, far from done"),
        (-0.02, 1.4, 0.0, 0.0, "for a loss just below the best"),
        (-0.08, 0.9, 0.0, 0.0, "for a loss that is a little too good"),
        (0.03, 2.2, 0.0, 0.0, "for a fall a little above two"),
        (0.03, 1.8, 0.0, 0.0, "for a fall a little below two"),
        (0.1, 0.3, 0.0, 0.0, "for a fall a little below the bound"),
        (0.1, 0.5, 0.0, 0.0, "for a fall a little above the bound"),
        (0.55, 0.9, 0.0, 0.0, "for a training that is half done"),
        (0.65, 0.9, 0.0, 0.0, "for a training that is not half done"),
    )
    return [_curves(rng, *each) for each in curves]


LEFT = "(np.mean(loss[-4:]) - best) / (loss[0] - best)"
FOUND = "holds.index(True) + 1 if True in holds else 0"
ORDER, PADDING = "np.any(reordered != tried)", "np.any(padded != tried)"
WRONG = (
    Mistake("mean_fall", ("np.median(fall)", "np.mean(fall)")).says(
        "You take the mean of the fall: one wild step decides it, and the median does not care."
    ),
    Mistake("first_fall", ("np.median(fall)", "fall[0]")).says(
        "You look at a single step: take the median over all of them."
    ),
    Mistake("last_loss", ("np.mean(loss[-4:])", "loss[-1]", "np.min(loss)")).says(
        "You take the last loss alone: it is the loss of one batch, so take the mean of four."
    ),
    Mistake("all_losses", ("loss[-4:]", "loss")).says(
        "You take the mean of all losses: what counts is where it ends, in the last four."
    ),
    Mistake("not_a_share", (LEFT, "np.mean(loss[-4:]) - best")).says(
        "You take the distance to the best as it is: divide it by the whole way, "
        "from the first loss to the best."
    ),
    Mistake("of_the_first", (LEFT, "(np.mean(loss[-4:]) - best) / loss[0]")).says(
        "You divide by the first loss: the way goes from there to the best, which is not 0."
    ),
    Mistake("best_ignored", (LEFT, "np.mean(loss[-4:]) / loss[0]")).says(
        "You leave out the best loss: nobody gets below it, so what is left counts from there."
    ),
    Mistake("way_gone", (LEFT, "(loss[0] - np.mean(loss[-4:])) / (loss[0] - best)")).says(
        "You compute the way that is gone: the bounds are for what is left of it."
    ),
    Mistake(
        "mean_trial",
        (ORDER, "abs(np.mean(reordered - tried)) > 0.05"),
        (PADDING, "abs(np.mean(padded - tried)) > 0.05"),
        [
            (ORDER, "abs(np.mean(reordered - tried)) > 0.05"),
            (PADDING, "abs(np.mean(padded - tried)) > 0.05"),
        ],
    ).says(
        "You let small differences pass: another order or more padding may change nothing at all."
    ),
    Mistake(
        "every_trial",
        [(ORDER, "np.all(reordered != tried)"), (PADDING, "np.all(padded != tried)")],
        (ORDER, "np.all(reordered != tried)"),
        (PADDING, "np.all(padded != tried)"),
    ).says("You ask that every trial differs: one that does is enough."),
    Mistake(
        "last_trial",
        [(ORDER, "reordered[-1] != tried[-1]"), (PADDING, "padded[-1] != tried[-1]")],
        (ORDER, "reordered[-1] != tried[-1]"),
        (PADDING, "padded[-1] != tried[-1]"),
    ).says("You look at the last trial alone: a difference in any of them shows the fault."),
    Mistake(
        "only_worse",
        [(ORDER, "np.any(reordered > tried)"), (PADDING, "np.any(padded > tried)")],
        (ORDER, "np.any(reordered > tried)"),
        (PADDING, "np.any(padded > tried)"),
    ).says("You see only trials that are worse: one that is better is a difference, too."),
    Mistake(
        "trials_swapped", (f"{ORDER},\n        {PADDING}", f"{PADDING},\n        {ORDER}")
    ).says(
        "You swap the two trials: another order shows a state that leaks, padding an output that "
        "is read behind the end."
    ),
    Mistake("last_line", (FOUND, "6 - holds[::-1].index(True) if True in holds else 0")).says(
        "You take the last line that holds: one fault makes several hold, and the first one names "
        "it."
    ),
    Mistake(
        "from_zero",
        (FOUND, "holds.index(True) if True in holds else 0"),
        (FOUND, "holds.index(True) if True in holds else -1"),
    ).says("You count the lines from 0: they are numbered from 1, and 0 says that none holds."),
    Mistake("how_many", (FOUND, "sum(map(int, holds))")).says(
        "You count the lines that hold: the number of the first of them is asked for."
    ),
    Mistake("yes_or_no", (FOUND, "1 if True in holds else 0")).says(
        "You say whether something is wrong: the number of the line is asked for."
    ),
)

QUESTION = Question(
    chapter=8,
    reference=name_the_fault,
    results=("line",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Four of the lines need only two numbers: what is left of the way, and the usual fall. "
        "Compute these first.",
        "What is left: the mean of the last four losses, minus `best`, over the first loss minus "
        "`best`. The usual fall: the median.",
        "Make a list of the six lines, each True or False, in the order of the table, and return "
        "the place of the first True, counted from 1.",
    ),
    praise="You read a bug off its curves, without a look at the code.",
    rtol=0.0,
    atol=1e-6,
)
