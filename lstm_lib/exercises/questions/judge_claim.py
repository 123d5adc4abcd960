"""judge_claim: what the intervals of two variants allow to say."""

from typing import Any

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question


def judge_claim(first, second, rates_tried):
    """Return 1 or 2 for the better variant, 0 if nobody can tell, -1 if it was no contest."""
    # ********** Begin **********
    if rates_tried[0] != rates_tried[1]:
        return -1
    if first[0] > second[1]:
        return 1
    if second[0] > first[1]:
        return 2
    return 0
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    # Without rng: each verdict either way, by a little and by much.
    def claim(label: str, first: Any, second: Any, rates: Any = (3, 3), traits: str = "") -> Case:
        inputs = tuple(np.array(each, float) for each in (first, second, rates))
        return Case(inputs, frozenset(traits.split()), label)

    return [
        claim("for 10 of 10 and 4 of 10", (0.72, 1.0), (0.17, 0.69), traits="example"),
        claim("for 4 of 10 and 10 of 10", (0.17, 0.69), (0.72, 1.0)),
        claim("for 8 of 10 and 5 of 10", (0.49, 0.94), (0.24, 0.76)),
        claim("for 5 of 10 and 9 of 10", (0.24, 0.76), (0.60, 0.98)),
        claim("for 0 of 10 and 10 of 10", (0.0, 0.28), (0.72, 1.0)),
        claim("for 10 of 10 and 0 of 10", (0.72, 1.0), (0.0, 0.28)),
        claim("for a variant against itself", (0.4, 0.8), (0.4, 0.8)),
        claim("for an interval inside the other one", (0.5, 0.6), (0.3, 0.9)),
        claim("for an interval around the other one", (0.2, 0.9), (0.4, 0.7)),
        claim("for a first one tuned longer", (0.72, 1.0), (0.0, 0.28), (12, 3)),
        claim("for a second one tuned longer", (0.0, 0.28), (0.72, 1.0), (3, 12)),
        claim("for a worse one tuned longer", (0.0, 0.28), (0.72, 1.0), (12, 3)),
        claim("for the same tried longer", (0.4, 0.8), (0.4, 0.8), (1, 3)),
    ]


TUNED = "rates_tried[0] != rates_tried[1]"
FIRST, SECOND = "first[0] > second[1]", "second[0] > first[1]"
WRONG = (
    Mistake("no_tuning", (TUNED, "False")).says(
        "You leave out how they were tuned: who tried more rates had more chances, and the "
        "comparison says nothing."
    ),
    Mistake(
        "tuned_one_side",
        (TUNED, "rates_tried[0] > rates_tried[1]", "rates_tried[0] < rates_tried[1]"),
    ).says(
        "You see only one of the two tuned longer: it is no contest whichever of the two it is."
    ),
    Mistake(
        "middles", [(FIRST, "sum(first) > sum(second)"), (SECOND, "sum(second) > sum(first)")]
    ).says(
        "You compare the middles of the intervals: they nearly always differ, and the difference "
        "may be chance. Ask whether the intervals are apart."
    ),
    Mistake("lower_ends", [(FIRST, "first[0] > second[0]"), (SECOND, "second[0] > first[0]")]).says(
        "You compare the lower ends: an interval is above another one if its lower end is above "
        "the other's upper end."
    ),
    Mistake("upper_ends", [(FIRST, "first[1] > second[1]"), (SECOND, "second[1] > first[1]")]).says(
        "You compare the upper ends: an interval is above another one if its lower end is above "
        "the other's upper end."
    ),
    Mistake("overlap", [(FIRST, "first[1] > second[0]"), (SECOND, "second[1] > first[0]")]).says(
        "You ask whether an upper end is above a lower end: that is so whenever they overlap."
    ),
    Mistake("first_only", (SECOND, "False")).says(
        "You only ask whether the first one is better: the second one may be."
    ),
    Mistake("second_only", (FIRST, "False")).says(
        "You only ask whether the second one is better: the first one may be."
    ),
    Mistake(
        "other_number", [(FIRST, "first[1] < second[0]"), (SECOND, "second[1] < first[0]")]
    ).says("You name the worse one: 1 stands for the first variant, 2 for the second."),
    Mistake("yes_or_no", ("return 2", "return 1")).says(
        "You say that one is better, but not which: 1 for the first variant, 2 for the second."
    ),
    Mistake("not_0", ("return -1", "return 0")).says(
        "You give 0 for a comparison that was no contest: 0 says that it was fair and shows "
        "nothing, and -1 that it was not fair."
    ),
)

QUESTION = Question(
    chapter=10,
    reference=judge_claim,
    results=("verdict",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "First ask whether it was a contest: did both try as many rates?",
        "Then ask whether one interval lies above the other one: its lower end above the other's "
        "upper end. It may be either of the two.",
        "`first[0] > second[1]` says that the first one is better.",
    ),
    praise="Most claims about variants end here: at 0, which is an answer, too.",
    rtol=0.0,
    atol=1e-6,
)
