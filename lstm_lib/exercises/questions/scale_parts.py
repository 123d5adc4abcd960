"""scale_parts: scale a series without a look at the test."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case


def scale_parts(train, test):
    """Return both parts scaled, each of its own shape (time, features)."""
    # ********** Begin **********
    mean = train.mean(axis=0)
    std = train.std(axis=0)
    return (train - mean) / std, (test - mean) / std
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(train: int, test: int, features: int, traits: str = "") -> Case:
        center, spread = rng.normal(0, 3, features), rng.uniform(0.4, 4, features)
        moved = center + rng.uniform(0.5, 2, features) * spread  # later, the level is another one
        parts = (
            rng.normal(center, spread, (train, features)),
            rng.normal(moved, spread * rng.uniform(0.4, 1.8, features), (test, features)),
        )
        return case(*parts, traits=traits)

    example = (
        np.array([[1.0, 10.0], [3.0, 30.0]]),
        np.array([[3.0, 10.0], [5.0, 40.0], [1.0, 20.0]]),
    )
    return [
        case(*example, traits="example"),
        draw(12, 5, 3),
        draw(20, 7, 2),
        draw(9, 4, 6),
        draw(15, 1, 4),
        draw(8, 3, 1),
        draw(5, 11, 7),
    ]


MEAN, STD = "train.mean(axis=0)", "train.std(axis=0)"
BOTH = "(train - mean) / std, (test - mean) / std"
OF_TEST = "(test - mean) / std"
WRONG = (
    Mistake(
        "of_all",
        (
            f"{MEAN}\n    std = {STD}",
            "np.concatenate([train, test]).mean(axis=0)\n"
            "    std = np.concatenate([train, test]).std(axis=0)",
        ),
    ).says(
        "You measure mean and spread on all values: those of the test are not there yet when the "
        "model is made. Measure on `train` alone."
    ),
    Mistake("each_its_own", (OF_TEST, "(test - test.mean(axis=0)) / test.std(axis=0)")).says(
        "You scale the test by its own mean and spread: that takes a look at it, and a value "
        "means something else there than in training. Use those of `train`."
    ),
    Mistake("own_mean", (OF_TEST, "(test - test.mean(axis=0)) / std")).says(
        "You take the test's own mean away from it: the model knows the mean of `train` alone."
    ),
    Mistake("own_spread", (OF_TEST, "(test - mean) / test.std(axis=0)")).says(
        "You divide the test by its own spread: the model knows the spread of `train` alone."
    ),
    Mistake("of_test", [(MEAN, "test.mean(axis=0)"), (STD, "test.std(axis=0)")]).says(
        "You measure on the test and scale the training by it: it is the other way round."
    ),
    Mistake("test_as_it_is", (OF_TEST, "test")).says(
        "You leave the test as it is: the model was trained on scaled values, and must be given "
        "such in the test, too."
    ),
    Mistake("one_for_all", [(MEAN, "train.mean()"), (STD, "train.std()")]).says(
        "You take one mean and one spread for all features: each column has its own, `axis=0`."
    ),
    Mistake("one_spread", (STD, "train.std()")).says(
        "You take one spread for all features: each column has its own, `axis=0`."
    ),
    Mistake("one_mean", (MEAN, "train.mean()")).says(
        "You take one mean for all features: each column has its own, `axis=0`."
    ),
    Mistake("variance", (STD, "train.var(axis=0)")).says(
        "You divide by the variance: the spread is its square root, `std`."
    ),
    Mistake("no_mean", (BOTH, "train / std, test / std")).says(
        "You do not take the mean away: scaled training values have mean 0."
    ),
    Mistake("no_spread", (BOTH, "train - mean, test - mean")).says(
        "You do not divide by the spread: scaled training values have spread 1."
    ),
    Mistake("mean_after", (BOTH, "train / std - mean, test / std - mean")).says(
        "You divide first and take the mean away after that: the mean is in the units of the "
        "data, so it goes first."
    ),
    Mistake("times", (BOTH, "(train - mean) * std, (test - mean) * std")).says(
        "You multiply by the spread: dividing by it makes it 1."
    ),
    Mistake(
        "smallest_largest",
        [(MEAN, "train.min(axis=0)"), (STD, "train.max(axis=0) - mean")],
    ).says("You bring the values between 0 and 1: here mean 0 and spread 1 are asked for."),
    Mistake("swapped", (BOTH, "(test - mean) / std, (train - mean) / std")).says(
        "You return the two in the other order: first the training part, then the test."
    ),
    Mistake("first_value", (MEAN, "train[0]")).says(
        "You take the first value away: it is the mean of the training part."
    ),
)

QUESTION = Question(
    chapter=9,
    reference=scale_parts,
    results=("train", "test"),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "What do you know about the future on the day on which the model is made? Scale by that.",
        "Mean and spread come from the training part, one for each column. Both parts are scaled "
        "by them.",
        "`mean = train.mean(axis=0)`, `std = train.std(axis=0)`, and then `(part - mean) / std` "
        "for each part.",
    ),
    praise="The test's mean need not be 0 and its spread need not be 1: that is how you see that "
    "nobody looked.",
)
