"""by_luck: how often luck alone would show so large a difference between two models."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case


def by_luck(solved, other, trials):
    """Return the chance of `solved` or more on one side, if all solved runs are dealt out."""
    from math import comb

    # ********** Begin **********
    both = solved + other
    ways = [comb(trials, k) * comb(trials, both - k) for k in range(both + 1)]
    return sum(ways[solved:]) / sum(ways)
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    # Without rng: claims as they stand in papers, and sides of every kind.
    claims = [(7, 4, 10), (9, 3, 10), (4, 7, 10), (5, 5, 10), (3, 0, 3), (2, 1, 6), (18, 11, 20)]
    claims += [(1, 3, 5), (6, 2, 7), (40, 28, 50)]
    traits = ["example", *[""] * (len(claims) - 1)]
    return [case(*claim, traits=trait) for claim, trait in zip(claims, traits, strict=True)]


RIGHT = "sum(ways[solved:]) / sum(ways)"
WAYS = "comb(trials, k) * comb(trials, both - k)"
WRONG = (
    Mistake("exactly", (RIGHT, "ways[solved] / sum(ways)")).says(
        "You count the splits that are exactly as uneven as this one: those that are more uneven "
        "count, too."
    ),
    Mistake("strictly_more", (RIGHT, "sum(ways[solved + 1:]) / sum(ways)")).says(
        "You leave out the split that was seen: so many or more are asked for."
    ),
    Mistake("other_tail", (RIGHT, "sum(ways[: solved + 1]) / sum(ways)")).says(
        "You count so many or fewer: luck has to do as well as the claim, so many or more."
    ),
    Mistake("complement", (RIGHT, "1 - sum(ways[solved:]) / sum(ways)")).says(
        "You return the chance that luck does not show it: what is asked for is one minus that."
    ),
    Mistake(
        "both_sides",
        (RIGHT, "min(1, 2 * sum(ways[solved:]) / sum(ways))"),
        (RIGHT, "2 * sum(ways[solved:]) / sum(ways)"),
    ).says("You double it: that is for a claim that the two differ, whichever is better."),
    Mistake("coin", (WAYS, "comb(both, k)")).says(
        "You toss a coin for each solved run: each side has only `trials` runs, so dealing them "
        "out is drawing without putting back."
    ),
    Mistake("one_side", (WAYS, "comb(trials, k)")).says(
        "You count the ways on one side only: for each of them there are the ways to place the "
        "rest among the runs of the other."
    ),
    Mistake("added", (WAYS, "comb(trials, k) + comb(trials, both - k)")).says(
        "You add the ways of the two sides: each of one goes with each of the other, which is a "
        "product."
    ),
    Mistake(
        "share_for_all",
        (
            RIGHT,
            "sum(comb(trials, k) * (both / 2 / trials) ** k * (1 - both / 2 / trials) "
            "** (trials - k) for k in range(solved, trials + 1))",
        ),
    ).says(
        "You give each run the joint share as its chance, as if the number of solved runs were "
        "open: it is given, and only dealt out."
    ),
    Mistake("percent", (RIGHT, "100 * sum(ways[solved:]) / sum(ways)")).says(
        "You return per cent: a chance lies between 0 and 1."
    ),
    Mistake("shares", (RIGHT, "(solved - other) / trials")).says(
        "You return the difference of the two shares: the question is how often luck makes one "
        "that large."
    ),
    Mistake("all_equal", (RIGHT, "len(ways[solved:]) / len(ways)")).says(
        "You take all splits as equally likely: there are more ways to an even one than to an "
        "uneven one."
    ),
)

QUESTION = Question(
    chapter=8,
    reference=by_luck,
    results=("chance",),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Suppose that the two models are the same. Then the solved runs are what they are, and "
        "only luck has put them on one side or the other.",
        "k of them on the first side: `comb(trials, k)` ways to choose its runs, times the ways "
        "to choose the rest on the other side.",
        "Add the ways for all k from `solved` on, and divide by the ways for all k from 0.",
    ),
    praise="7 of 10 against 4 of 10 comes by luck about one time in five: not enough.",
    atol=1e-7,
)
