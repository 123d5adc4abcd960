"""stabilise: exponential gates that cannot overflow."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case
from lstm_lib.exercises.mistakes.cases import ARRAYS, tenths


def stabilise(log_f, log_i, m_prev):
    """Return both gates, scaled, and the new m, each of shape (batch_size, num_units)."""
    # ********** Begin **********
    m = np.maximum(log_f + m_prev, log_i)
    f = np.exp(log_f + m_prev - m)
    i = np.exp(log_i - m)
    return f, i, m
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for size, traits in ARRAYS:
        inputs = [-rng.exponential(1, size), rng.normal(0, 2, size), rng.normal(0, 2, size)]
        if traits == "example":
            inputs = list(map(tenths, inputs))
        cases.append(case(*inputs, traits=traits))
    # What no exponential of a float can hold: the reason for all this.
    for size in [(3, 5), (2, 4)]:
        m_prev = rng.normal(0, 2, size) + 800
        cases.append(case(-rng.exponential(1, size), m_prev + rng.normal(0, 2, size), m_prev))
    return cases


M = "np.maximum(log_f + m_prev, log_i)"
F_SCALED, I_SCALED = "np.exp(log_f + m_prev - m)", "np.exp(log_i - m)"
WRONG = (
    Mistake(
        "plain",
        (F_SCALED, "np.exp(log_f)"),
        [(F_SCALED, "np.exp(log_f)"), (I_SCALED, "np.exp(log_i)")],
    ).says(
        "Your gates are not scaled: c was kept times e^(-m_prev) and is to be kept times e^(-m), "
        "so f takes up m_prev - m, and i takes up -m."
    ),
    Mistake("i_not_scaled", (I_SCALED, "np.exp(log_i)")).says(
        "Your input gate is not scaled: all is kept times e^(-m), so its logarithm is log_i - m. "
        "As it is, it overflows."
    ),
    Mistake("f_without_m_prev", (F_SCALED, "np.exp(log_f - m)")).says(
        "Your forget gate leaves out m_prev: c comes scaled by it from the step before, so its "
        "logarithm is log_f + m_prev - m."
    ),
    Mistake("f_by_m_prev", (F_SCALED, "np.exp(log_f - m_prev)", "np.exp(log_f + m_prev)")).says(
        "Your forget gate leaves out m: its logarithm is log_f + m_prev - m."
    ),
    Mistake("m_without_m_prev", (M, "np.maximum(log_f, log_i)")).says(
        "Your m leaves out m_prev: what was there weighs e^(log_f + m_prev), and the larger of "
        "that and e^(log_i) is taken as 1."
    ),
    Mistake("m_prev_or_i", (M, "np.maximum(m_prev, log_i)")).says(
        "Your m leaves out log_f: what was there is forgotten in part first, log_f + m_prev."
    ),
    Mistake("minimum", (M, "np.minimum(log_f + m_prev, log_i)")).says(
        "You take the smaller one: then the other gate is larger than 1 and may overflow."
    ),
    Mistake("sum", (M, "log_f + m_prev + log_i", "np.logaddexp(log_f + m_prev, log_i)")).says(
        "You add the two weights: m is the larger of the two logarithms."
    ),
    Mistake("wrong_sign", ("log_f + m_prev - m)", "log_f - m_prev + m)")).says(
        "You turn the signs of m_prev and m: m_prev is taken back, so it is added, and m is taken "
        "out, so it is subtracted."
    ),
    Mistake("added_m", ("log_i - m", "log_i + m")).says(
        "You add m to log_i: it is scaled down by e^m, so m is subtracted."
    ),
    Mistake(
        "logarithms",
        [(F_SCALED, "log_f + m_prev - m"), (I_SCALED, "log_i - m")],
        (F_SCALED, "log_f + m_prev - m"),
    ).says("You return logarithms: the gates are their exponentials."),
    Mistake(
        "sigmoid", (I_SCALED, "1 / (1 + np.exp(m - log_i))", "1 / (1 + np.exp(-log_i))"), rows=15
    ).says(
        "You use a sigmoid for the input gate: it is an exponential, which is what lets a new "
        "value outweigh all the old ones."
    ),
    Mistake("swapped_gates", ("return f, i, m", "return i, f, m"), rows=19).says(
        "You return the gates in the other order: f, i, m."
    ),
    Mistake("old_m", ("return f, i, m", "return f, i, m_prev"), rows=19).says(
        "You return the old m: the next step needs the new one."
    ),
    Mistake("m_first", ("return f, i, m", "return m, f, i"), rows=19).says(
        "You return m first: f, i, m is asked for."
    ),
    Mistake(
        "shared_m",
        (M, f"{M}.max() + 0 * log_f", f"{M}.max(axis=1, keepdims=True) + 0 * log_f"),
        rows=22,
    ).says("You give all units one m: each unit has a state of its own, and an m of its own."),
)

QUESTION = Question(
    chapter=10,
    reference=stabilise,
    results=("f", "i", "m"),
    draw=_cases,
    wrong=WRONG,
    causes=("m", "f", "i"),
    states=("m_prev",),
    hints=(
        "What was there weighs e^(log_f + m_prev), what is new weighs e^(log_i). The larger weight "
        "is to become 1.",
        "So m is the larger one of the two logarithms, and both gates are scaled down by e^m: "
        "subtract m in the exponent.",
        "`np.exp(log_f + m_prev - m)` and `np.exp(log_i - m)`.",
    ),
    praise="One of the two gates is now exactly 1, and none is ever larger.",
)
