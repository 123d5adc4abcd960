"""broken_without: which task breaks when one of the gates of a cell is taken away."""

from typing import Any

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question

NAN = np.nan


def broken_without(x, i, f, o, target):
    """Return 1 where the task breaks and 0 where it does not: without i, without f, without o."""

    # ********** Begin **********
    def outputs(i, f, o):
        c, found = 0.0, []
        for t in range(len(x)):
            c = f[t] * c + i[t] * x[t]
            found.append(o[t] * c)
        return np.array(found)

    opened = np.ones(len(x))
    asked = ~np.isnan(target)
    broken = []
    for gates in ((opened, f, o), (i, opened, o), (i, f, opened)):
        off = np.abs(outputs(*gates) - target)[asked]
        broken.append(1 if off.max() > 1e-6 else 0)
    return broken
    # ********** End **********


# Tasks that the gates solve: each needs what it needs of them, and no more.


def _task(label: str, x: Any, i: Any, f: Any, o: Any, target: Any, traits: str = "") -> Case:
    arrays = tuple(np.array(each, float) for each in (x, i, f, o, target))
    return Case(arrays, frozenset(traits.split()), label)


def _cases(rng: np.random.Generator) -> list[Case]:
    def noise(time: int) -> np.ndarray:
        return np.round(rng.uniform(0.2, 0.9, time) * rng.choice([-1, 1], time), 1)

    def last(time: int, value: float) -> np.ndarray:
        return np.append(np.full(time - 1, NAN), value)

    open8, open6, first8 = np.ones(8), np.ones(6), np.eye(8)[0]
    signal = np.append(1.0, noise(7))
    numbers, marks = noise(8), np.array([0, 1, 0, 0, 1, 0, 0, 0.0])
    total = numbers @ marks
    every = noise(6)
    strings = noise(6)
    at_ends = np.array([NAN, NAN, strings[0], NAN, NAN, strings[3]])
    firsts, wiped = np.array([1, 0, 0, 1, 0, 0.0]), np.array([1, 1, 1, 0, 1, 1.0])
    silent = np.append(np.zeros(7), signal[0])
    running = noise(6)
    sums = np.append(np.cumsum(running[:3]), np.cumsum(running[3:]))
    return [
        _task(
            "for one number to be kept",
            [2.0, -0.5, 0.3],
            [1, 0, 0],
            [1, 1, 1],
            [0, 0, 1],
            [NAN, NAN, 2.0],
            traits="example",
        ),
        _task("for a class among noise", signal, first8, open8, first8[::-1], last(8, 1.0)),
        _task("for two marked numbers", numbers, marks, open8, first8[::-1], last(8, total)),
        _task("for a sum of all numbers", every, open6, open6, open6, last(6, every.sum())),
        _task("for strings in a row", strings, firsts, wiped, open6, at_ends),
        _task("for silence until the end", signal, first8, open8, first8[::-1], silent),
        _task("for sums that start again", running, open6, wiped, open6, sums),
        _task(
            "for strings in a row, and silence",
            strings,
            firsts,
            wiped,
            [0, 0, 1, 0, 0, 1],
            [0, 0, strings[0], 0, 0, strings[3]],
        ),
        _task(
            "for the number of this step",
            every,
            open6,
            np.zeros(6),
            open6,
            every,
        ),
    ]


ORDER = "(opened, f, o), (i, opened, o), (i, f, opened)"
VERDICT = "1 if off.max() > 1e-6 else 0"
ASKED = "asked = ~np.isnan(target)"
STEP = "c = f[t] * c + i[t] * x[t]"
WRONG = (
    Mistake("closed", ("np.ones(len(x))", "np.zeros(len(x))"), rows=9).says(
        "You close the gate: a cell without it holds nothing back, as if it were 1 at every step."
    ),
    Mistake("half_open", ("np.ones(len(x))", "np.full(len(x), 0.5)"), rows=9).says(
        "You leave the gate half open: a cell without it multiplies by nothing, as if it were 1."
    ),
    Mistake("upside_down", (VERDICT, "0 if off.max() > 1e-6 else 1"), rows=25).says(
        "You say which tasks still work: 1 is for a task that breaks."
    ),
    Mistake(
        "gate_order",
        (ORDER, "(i, opened, o), (opened, f, o), (i, f, opened)"),
        (ORDER, "(i, f, opened), (i, opened, o), (opened, f, o)"),
        (ORDER, "(i, opened, o), (i, f, opened), (opened, f, o)"),
        rows=25,
    ).says("You answer in another order: first without i, then without f, then without o."),
    Mistake(
        "never_asked",
        (ASKED, "target = np.nan_to_num(target)\n    asked = target == target"),
        rows=19,
    ).says(
        "You take a step that asks for nothing for one that asks for 0: where `target` is NaN, any "
        "output is right."
    ),
    Mistake(
        "nan_breaks",
        [(ASKED, ""), ("[asked]", ""), ("1 if off.max() > 1e-6", "1 if not off.max() <= 1e-6")],
        rows=19,
    ).says(
        "You compare with NaN, from which everything differs: leave out the steps that ask for "
        "nothing."
    ),
    Mistake("last_only", ("[asked]", "[-1:]"), rows=19).says(
        "You look at the last step alone: a task breaks at any step that asks for an answer."
    ),
    Mistake("first_only", ("[asked]", "[asked][:1]"), rows=19).says(
        "You look at the first answer alone: a task breaks at any step that asks for one."
    ),
    Mistake(
        "without_both", (ORDER, "(opened, f, opened), (i, opened, opened), (opened, opened, o)")
    ).says("You take two gates away at a time: take one, and leave the other two as they are."),
    Mistake(
        "only_one_left", (ORDER, "(i, opened, opened), (opened, f, opened), (opened, opened, o)")
    ).says("You take the two other gates away: take the named one, and leave the two others."),
    Mistake("no_memory", (STEP, "c = i[t] * x[t]"), rows=14).says(
        "You lose the old state: what was in the cell stays in it, times f."
    ),
    Mistake("forgets_the_new", (STEP, "c = f[t] * (c + i[t] * x[t])"), rows=9).says(
        "You forget what has just come in: f multiplies the old state alone."
    ),
    Mistake("coupled", (STEP, "c = (1 - i[t]) * c + i[t] * x[t]"), rows=27).says(
        "You use 1 - i for the forget gate: this cell has a forget gate of its own, f."
    ),
    Mistake(
        "late_output",
        ("found.append(o[t] * c)", "c = o[t] * c\n            found.append(c)"),
        rows=5,
    ).says(
        "You put the output back into the cell: o multiplies what is read, and the state stays."
    ),
    Mistake("output_ignored", ("found.append(o[t] * c)", "found.append(c)"), rows=5).says(
        "You read the state itself: the output of a step is o * c."
    ),
)

QUESTION = Question(
    chapter=6,
    reference=broken_without,
    results=("without_i", "without_f", "without_o"),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "A cell without a gate holds nothing back there. Which number, in place of the gate, does "
        "the same at every step?",
        "Write a loop that runs the cell: `c = f[t] * c + i[t] * x[t]`, and `o[t] * c` is what is "
        "read. Run it three times, each time with ones in place of one gate.",
        "Compare what is read with `target` at the steps where `target` is not NaN. One answer "
        "that is off breaks the task.",
    ),
    praise="A gate is worth having where a task breaks without it, and nowhere else.",
    rtol=0.0,
    atol=1e-6,
)
