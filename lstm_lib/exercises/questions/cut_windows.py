"""cut_windows: windows of a series that do not cross the split."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question


def cut_windows(series, start, stop, context, horizon):
    """Return inputs (windows, context) and targets (windows,) of the part from start to stop."""
    # ********** Begin **********
    first = np.arange(start, stop - context - horizon + 1)
    inputs = series[first[:, None] + np.arange(context)]
    targets = series[first + context - 1 + horizon]
    return inputs, targets
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(size: int, *rest: int, traits: str = "") -> Case:
        inputs = (np.round(rng.normal(0, 1, size), 3), *rest)
        return Case(inputs, frozenset(traits.split()))

    return [
        Case((np.arange(10.0), 2, 8, 3, 1), frozenset({"example"})),
        draw(30, 8, 21, 4, 2),
        draw(40, 12, 27, 5, 3),
        draw(25, 7, 18, 3, 1),
        draw(35, 10, 24, 2, 6),
        draw(28, 9, 20, 6, 5),
        draw(30, 6, 19, 7, 2),
        draw(50, 15, 33, 1, 4),
    ]


FIRST = "np.arange(start, stop - context - horizon + 1)"
ROWS = "first[:, None] + np.arange(context)"
AHEAD = "first + context - 1 + horizon"
WRONG = (
    Mistake("target_crosses", (FIRST, "np.arange(start, stop - context + 1)")).says(
        "You let the targets cross the split: the last windows end inside of the part, but what "
        "they are asked for lies behind `stop`."
    ),
    Mistake("window_crosses", (FIRST, "np.arange(start, stop)")).says(
        "You let whole windows cross the split: each index below `stop` begins one, and the last "
        "ones read and ask for values behind it."
    ),
    Mistake(
        "input_crosses", (FIRST, "np.arange(start - context + 1, stop - context - horizon + 1)")
    ).says("You begin before the part: the first windows read values from before `start`."),
    Mistake(
        "targets_alone",
        (FIRST, "np.arange(start - context - horizon + 1, stop - context - horizon + 1)"),
    ).says(
        "You ask only that the targets lie in the part: the first windows read values from before "
        "`start`, in another part."
    ),
    Mistake("from_zero", (FIRST, "np.arange(0, stop - context - horizon + 1)")).says(
        "You begin at the start of the series: the part begins at `start`."
    ),
    Mistake("to_the_end", (FIRST, "np.arange(start, len(series) - context - horizon + 1)")).says(
        "You go on to the end of the series: the part ends before `stop`."
    ),
    Mistake("one_too_few", (FIRST, "np.arange(start, stop - context - horizon)")).says(
        "You lose the last window: the value at `stop - 1` belongs to the part and can be asked "
        "for."
    ),
    Mistake("one_too_many", (FIRST, "np.arange(start, stop - context - horizon + 2)")).says(
        "You have one window too many: its target is the value at `stop`, which belongs to the "
        "next part."
    ),
    Mistake(
        "side_by_side",
        (FIRST, "np.arange(start, stop - context - horizon + 1, context)"),
        (FIRST, "np.arange(start, stop - context - horizon + 1, context + horizon)"),
    ).says("You begin each window where the one before ended: here one begins at every step."),
    Mistake("next_value", (AHEAD, "first + context")).says(
        "You ask for the very next value: it is the one `horizon` steps behind the last that is "
        "read."
    ),
    Mistake("horizon_after_next", (AHEAD, "first + context + horizon")).says(
        "You ask one step too late: the last value that is read is at `first + context - 1`, and "
        "the horizon counts from there."
    ),
    Mistake("last_read", (AHEAD, "first + context - 1")).says(
        "You ask for the last value that is read: the model has it before its eyes. The target is "
        "`horizon` steps later."
    ),
    Mistake("from_the_first", (AHEAD, "first + horizon")).says(
        "You count the horizon from the first value that is read: it counts from the last one."
    ),
    Mistake("newest_first", (ROWS, "first[:, None] + np.arange(context)[::-1]")).says(
        "You turn time round: in each window the oldest value comes first."
    ),
    Mistake("one_longer", (ROWS, "first[:, None] + np.arange(context + 1)")).says(
        "Your windows are one value too long: with `horizon` 1 the last one is the target itself."
    ),
    Mistake("windows_across", (ROWS, "first + np.arange(context)[:, None]")).says(
        "You transpose: a row is a window, and a column a place in it."
    ),
    Mistake("swapped", ("return inputs, targets", "return targets, inputs")).says(
        "You return the two in the other order: first the inputs, then the targets."
    ),
)

QUESTION = Question(
    chapter=9,
    reference=cut_windows,
    results=("inputs", "targets"),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Write down the indices of the first window, and of the last one: which value does it ask "
        "for, and is that still below `stop`?",
        "A window that begins at k reads k to k + context - 1, and asks for k + context - 1 + "
        "horizon. That is at most stop - 1.",
        "`first = np.arange(start, stop - context - horizon + 1)` are the beginnings. The rows of "
        "`first[:, None] + np.arange(context)` are the indices of the windows.",
    ),
    praise="Nothing that is read and nothing that is asked for lies in another part.",
)
