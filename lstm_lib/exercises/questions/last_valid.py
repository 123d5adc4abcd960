"""last_valid: the output of the last real step of each sequence."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case


def last_valid(outputs, lengths):
    """Return the output of each sequence's last real step, shape (batch_size, num_units)."""
    # ********** Begin **********
    rows = np.arange(len(outputs))
    return outputs[rows, lengths - 1]
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(lengths: list[int], time: int, num_units: int, traits: str = "") -> Case:
        # Behind the end stands anything: here the bias of a readout has been added.
        outputs = rng.uniform(-0.9, 0.9, (len(lengths), time, num_units))
        return case(outputs, np.array(lengths), traits=traits)

    example = np.array([[[0.1, 0.2], [0.3, 0.4], [9.0, 9.0]], [[0.5, 0.6], [0.7, 0.8], [0.9, 1.0]]])
    return [
        case(example, np.array([2, 3]), traits="example"),
        draw([3, 6, 2, 5], 7, 3),
        draw([4, 2, 3], 6, 5),
        draw([1, 4], 5, 3),
        draw([3], 6, 4, "one_row"),
        draw([5], 8, 2, "one_row"),
        draw([2, 5, 1, 3, 4], 9, 6),
        draw([4, 3, 6], 8, 1),
    ]


PICK = "outputs[rows, lengths - 1]"
WRONG = (
    Mistake("last_step", (PICK, "outputs[:, -1]", "outputs[rows, -1]")).says(
        "You take the last step of the array: behind the end of a shorter sequence that is padding."
    ),
    Mistake("one_late", (PICK, "outputs[rows, lengths]")).says(
        "You take the step behind the end: a sequence of length n has the steps 0 to n - 1."
    ),
    Mistake("one_early", (PICK, "outputs[rows, lengths - 2]")).says(
        "You take the step before the last real one: it is at `lengths - 1`."
    ),
    Mistake("all_pairs", (PICK, "outputs[:, lengths - 1]")).says(
        "You take all these steps of every sequence: a slice goes with each length, "
        "`np.arange(batch_size)` with its own."
    ),
    Mistake("first_step", (PICK, "outputs[:, 0]")).says(
        "You take the first step: it has read one value of the sequence."
    ),
    Mistake("longest", (PICK, "outputs[:, lengths.max() - 1]")).says(
        "You take the last step of the longest sequence for all of them: each has its own length."
    ),
    Mistake("shortest", (PICK, "outputs[:, lengths.min() - 1]")).says(
        "You take the last step of the shortest sequence for all of them: the longer ones have not "
        "been read to their ends."
    ),
    Mistake("of_first", (PICK, "outputs[:, lengths[0] - 1]")).says(
        "You take the length of the first sequence for all of them: each has its own."
    ),
    Mistake("from_the_end", (PICK, "outputs[rows, -lengths]")).says(
        "You count from the end of the array: the sequences stand at its beginning."
    ),
    Mistake("mean", (PICK, "outputs.mean(axis=1)")).says(
        "You average over all steps, padding included: the last real step is asked for."
    ),
    Mistake(
        "mean_of_real",
        (PICK, "np.array([each[:n].mean(axis=0) for each, n in zip(outputs, lengths)])"),
    ).says(
        "You average over the real steps: that is a summary, too, but the last one is asked for."
    ),
    Mistake("sum", (PICK, "outputs.sum(axis=1)")).says(
        "You add up all steps: the last real one is asked for."
    ),
    Mistake("largest", (PICK, "outputs.max(axis=1)")).says(
        "You take the largest value over time: the last real step is asked for."
    ),
    Mistake("wrong_way", (PICK, "outputs[rows, lengths - 1][::-1]")).says(
        "You return the sequences in the other order: row k belongs to sequence k."
    ),
)

QUESTION = Question(
    chapter=9,
    reference=last_valid,
    results=("last",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Each sequence ends at a step of its own. Which index has the last real step of a sequence "
        "of length n?",
        "An array of rows and an array of steps, of the same length, pick one step from each row.",
        "`rows = np.arange(len(outputs))`, and then `outputs[rows, lengths - 1]`.",
    ),
    praise="A classifier that reads this never sees the padding.",
)
