"""find_the_unfair: which rule a comparison of two models breaks."""

from typing import Any

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question


def find_the_unfair(settings, sequences, tuned_on, reported, training, test):
    """Return the number of the rule that a comparison of two models breaks, or 0 if it is fair."""
    # ********** Begin **********
    if settings[0] != settings[1]:
        return 1
    if sequences[0] != sequences[1]:
        return 2
    if any(set(tuned) & set(told) for tuned, told in zip(tuned_on, reported, strict=True)):
        return 3
    if set(reported[0]) != set(reported[1]):
        return 4
    if any(set(seen) & set(test) for seen in training):
        return 5
    return 0
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    # Without rng: each rule is broken by either model, in ways that a glance does not see.
    fair: dict[str, Any] = {
        "settings": [12, 12],
        "sequences": [20_000, 20_000],
        "tuned_on": [[11, 12, 13], [11, 12, 13]],
        "reported": [[1, 2, 3, 4], [1, 2, 3, 4]],
        "training": [[101, 102, 103, 104, 105], [106, 107, 108, 102, 104]],
        "test": [201, 202, 203],
    }

    def compare(label: str, traits: str = "", **changed: list) -> Case:
        inputs = tuple(np.array(each) for each in (fair | changed).values())
        return Case(inputs, frozenset(traits.split()), label)

    first, second = fair["training"]
    again = [[1, 2, 3, 4], [4, 2, 1, 3]]
    return [
        compare("for an LSTM tuned with care", settings=[12, 1], traits="example"),
        compare("for a fair comparison", traits="no_bug"),
        compare("for an RNN tuned with care", settings=[3, 12]),
        compare("for a longer training", sequences=[20_000, 40_000]),
        compare("for a shorter training", sequences=[20_000, 19_000]),
        compare("for a seed of the tuning", tuned_on=[[11, 12, 3], [11, 12, 13]]),
        compare("for seeds of the tuning", tuned_on=[[11, 12, 13], [1, 2, 4]]),
        compare("for the seeds of the tuning", tuned_on=[[1, 2, 3, 4], [1, 2, 3, 4]]),
        compare("for other seeds", reported=[[1, 2, 3, 4], [21, 22, 23, 24]]),
        compare("for a seed that was exchanged", reported=[[1, 2, 3, 9], [1, 2, 3, 4]]),
        compare("for seeds in another order", reported=again, traits="no_bug"),
        compare("for a test met in training", training=[[101, 102, 202, 104, 105], second]),
        compare("for a whole test met in training", training=[[101, 202, 203, 201, 105], second]),
        compare("for a test met by the other", training=[first, [201, 107, 108, 102, 104]]),
        compare("for one setting each", settings=[1, 1], traits="no_bug"),
    ]


SETTINGS, SEQUENCES = "settings[0] != settings[1]", "sequences[0] != sequences[1]"
TUNED = "set(tuned) & set(told)"
REPORTED = "set(reported[0]) != set(reported[1])"
SEEN = "set(seen) & set(test)"
BOTH_SEEN = f"any({SEEN} for seen in training)"
WRONG = (
    Mistake("one_side_only", (SETTINGS, "settings[0] < settings[1]"), rows=46).says(
        "You see only one model that was tuned less: it is unfair whichever of the two it is."
    ),
    Mistake("other_side_only", (SETTINGS, "settings[0] > settings[1]"), rows=46).says(
        "You see only the other model tuned less: it is unfair whichever of the two it is."
    ),
    Mistake(
        "budget_one_side",
        (SEQUENCES, "sequences[0] < sequences[1]", "sequences[0] > sequences[1]"),
        rows=46,
    ).says("You see a longer training of one of the models only: compare both ways."),
    Mistake("no_budget", (SEQUENCES, "False"), rows=46).says(
        "You leave out rule 2: a model that trains longer has the better chance."
    ),
    Mistake("no_tuning_seeds", ("any(set(tuned)", "False and any(set(tuned)"), rows=46).says(
        "You leave out rule 3: a seed that a setting was chosen on flatters that setting."
    ),
    Mistake("equal_seeds", (TUNED, "set(told) <= set(tuned)"), rows=46).says(
        "You ask whether all seeds were tuned on: a single one in both lists breaks rule 3."
    ),
    Mistake(
        "tuning_of_one",
        (
            "zip(tuned_on, reported, strict=True)",
            "[(tuned_on[0], reported[0])]",
            "[(tuned_on[1], reported[1])]",
        ),
        rows=46,
    ).says("You look at the seeds of one model only: rule 3 holds for both."),
    Mistake("order_of_seeds", (REPORTED, "list(reported[0]) != list(reported[1])"), rows=46).says(
        "You ask for the same order of the seeds: the order changes nothing."
    ),
    Mistake("no_reported", (REPORTED, "False"), rows=46).says(
        "You leave out rule 4: who may choose the seeds to report reports good ones."
    ),
    Mistake("no_test", (BOTH_SEEN, "False"), rows=44).says(
        "You leave out rule 5: an answer known by heart says nothing about what was learned."
    ),
    Mistake(
        "test_of_one",
        (BOTH_SEEN, "set(training[0]) & set(test)", "set(training[1]) & set(test)"),
        rows=44,
    ).says("You look at the training of one model only: rule 5 holds for both."),
    Mistake("whole_test", (SEEN, "set(test) <= set(seen)"), rows=44).says(
        "You ask whether the whole test was met in training: one sequence of it breaks rule 5."
    ),
    Mistake("same_training", (BOTH_SEEN, "set(training[0]) != set(training[1])"), rows=46).says(
        "You ask for the same training sequences: as many are enough, if none is in the test."
    ),
    Mistake("yes_or_no", *([(f"return {n}", "return 1") for n in (2, 3, 4, 5)],)).says(
        "You say whether something is unfair: the number of the rule is asked for, 1 to 5, and 0 "
        "if none is broken."
    ),
    Mistake("from_zero", *([(f"return {n}", f"return {n - 1}") for n in (1, 2, 3, 4, 5)],)).says(
        "You count the rules from 0: they are numbered from 1, and 0 says that none is broken."
    ),
)

QUESTION = Question(
    chapter=6,
    reference=find_the_unfair,
    results=("rule",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Take the rules one by one. Each is one comparison of the two models, or of two lists of "
        "one of them.",
        "Rules 3 and 5 ask whether two lists share anything: `set(a) & set(b)` is what they share. "
        "Look at both models.",
        "Rule 4 asks for the same seeds in any order: `set(reported[0]) != set(reported[1])`.",
    ),
    praise="A comparison that breaks none of the five is not yet true, but it may be.",
    rtol=0.0,
    atol=1e-6,
)
