"""sample_letter: draw the next letter with a temperature."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case


def sample_letter(scores, temperature, u):
    """Return p of shape (batch_size, letters), and the letters drawn, shape (batch_size,)."""
    # ********** Begin **********
    z = scores / temperature
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    below = np.cumsum(p, axis=1) < u[:, None]
    return p, below.sum(axis=1)
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(batch: int, letters: int, temperature: float, traits: str = "") -> Case:
        scores = rng.normal(0, 1.5, (batch, letters))
        return case(scores, temperature, rng.uniform(0.02, 0.98, batch), traits=traits)

    example = (np.array([[0.0, 1.0, 2.0], [2.0, 0.0, 0.0]]), 0.5, np.array([0.1, 0.95]))
    return [
        case(*example, traits="example"),
        draw(6, 4, 0.7),
        draw(5, 7, 1.6),
        draw(8, 3, 2.5),
        draw(1, 6, 0.6, "one_row"),
        draw(1, 5, 1.8, "one_row"),
        draw(9, 5, 0.4),
        draw(7, 9, 3.0),
    ]


Z, E = "scores / temperature", "np.exp(z - z.max(axis=1, keepdims=True))"
P = "e / e.sum(axis=1, keepdims=True)"
BELOW, LETTERS = "np.cumsum(p, axis=1) < u[:, None]", "below.sum(axis=1)"
WRONG = (
    Mistake("times", (Z, "scores * temperature")).says(
        "You multiply by the temperature: a high one must make the letters more alike, so the "
        "scores are divided by it."
    ),
    Mistake("no_temperature", (Z, "scores")).says(
        "You leave the temperature out: the scores are divided by it before the softmax."
    ),
    Mistake(
        "on_p",
        [(Z, "scores"), ("below =", "p = p / temperature\n    below =")],
        [(Z, "scores"), ("below =", "p = p * temperature\n    below =")],
    ).says(
        "You scale the probabilities: they do not sum to 1 then. The temperature divides the "
        "scores, before the softmax."
    ),
    Mistake(
        "power", [(Z, "scores"), (P, "(e / e.sum(axis=1, keepdims=True)) ** (1 / temperature)")]
    ).says(
        "You raise the probabilities to 1 / temperature, and do not normalize them again: they no "
        "longer sum to 1."
    ),
    Mistake(
        "after_softmax",
        [
            (Z, "scores / 1.0"),
            (
                P,
                "np.exp(e / e.sum(axis=1, keepdims=True) / temperature)\n"
                "    p = p / p.sum(axis=1, keepdims=True)",
            ),
        ],
    ).says(
        "You take the softmax twice: the scores are divided by the temperature, and one softmax "
        "follows."
    ),
    Mistake("not_normalized", (P, "e")).says(
        "You do not normalize: the probabilities of a row sum to 1."
    ),
    Mistake("over_the_batch", [(P, "e / e.sum(axis=0, keepdims=True)")]).says(
        "You normalize over the batch: each row has its own probabilities, `axis=1`."
    ),
    Mistake("over_all", [(P, "e / e.sum()")]).says(
        "You normalize over the whole array: each row sums to 1 by itself, `axis=1`."
    ),
    Mistake("likeliest", (LETTERS, "p.argmax(axis=1)")).says(
        "You take the likeliest letter: that is no draw. `u` decides."
    ),
    Mistake("nearest_p", (LETTERS, "abs(p - u[:, None]).argmin(axis=1)")).says(
        "You take the letter whose probability is nearest to `u`: lay the probabilities side by "
        "side, and take the one in which `u` falls."
    ),
    Mistake("no_cumsum", (BELOW, "p < u[:, None]")).says(
        "You compare `u` with each probability: lay them side by side first, with `np.cumsum`."
    ),
    Mistake("above", (BELOW, "np.cumsum(p, axis=1) > u[:, None]")).says(
        "You count the letters behind: the number drawn is how many end before `u`."
    ),
    Mistake("from_one", (LETTERS, "below.sum(axis=1) + 1")).says(
        "You count the letters from 1: the first one has the number 0."
    ),
    Mistake("one_before", (LETTERS, "below.sum(axis=1) - 1")).says(
        "You take the letter before: as many letters end before `u` as its number says."
    ),
    Mistake("cumsum_over_batch", (BELOW, "np.cumsum(p, axis=0) < u[:, None]")).says(
        "You add up over the batch: the letters of a row lie side by side, `axis=1`."
    ),
    Mistake("one_u", (BELOW, "np.cumsum(p, axis=1) < u[0]")).says(
        "You use the first number of `u` for all rows: each row has its own."
    ),
    Mistake("swapped", ("return p, below.sum(axis=1)", "return below.sum(axis=1), p")).says(
        "You return the two in the other order: first the probabilities, then the letters."
    ),
)

QUESTION = Question(
    chapter=9,
    reference=sample_letter,
    results=("p", "letters"),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Three steps: divide the scores, make probabilities of them, draw. What does a temperature "
        "of nearly 0 do to the largest score?",
        "Softmax over each row: subtract its largest score, take exp, divide by the row's sum.",
        "Lay the probabilities side by side: `np.cumsum(p, axis=1)`. The letter's number is how "
        "many of these sums are below `u[:, None]`.",
    ),
    praise="With a temperature near 0 it writes what it is surest of, with a high one anything.",
)
