"""Pairs of named mistakes that stand together in one answer, and what a check says of them.

``python -m tests.exercises.pairs lstm_step`` counts them.
"""

import itertools
import random
import sys
from collections import Counter

import numpy as np

from lstm_lib.exercises import check
from lstm_lib.exercises.checking import QUESTIONS
from lstm_lib.exercises.engine.edits import source_of
from lstm_lib.exercises.engine.hinting import _sentences_in
from lstm_lib.exercises.engine.messages import again
from lstm_lib.exercises.engine.program import says
from lstm_lib.exercises.engine.question import BEGIN
from lstm_lib.exercises.engine.telling import program_of

TAKEN_APART = ("lstm_step", "basic_lstm_step", "lstm_step_backward")


def answer_of(question, texts):
    """The composed statements as a function: an answer without a source."""
    head = source_of(question.parts).split(BEGIN)[0].rstrip(" ")
    body = "\n".join("    " + line for text in texts for line in text.splitlines())
    names = dict(program_of(question).names)
    exec(head + body, names)
    return names[question.parts.__name__]


def results(question, texts, cases):
    """What the composed statements return in these cases; None if they raise."""
    answer = answer_of(question, texts)
    found = []
    with np.errstate(all="ignore"):
        for case in cases:
            try:
                value = answer(*case.inputs)
                parts = value if isinstance(value, tuple | list) else [value]
                found.append([np.asarray(part, float) for part in parts])
            except Exception:
                return None
    return found


def alike(question, one, other):
    if one is None or other is None:
        return False
    if any(a.shape != b.shape for a, b in zip(one[1], other[1], strict=False)):
        return False
    return all(
        len(a) == len(b)
        and all(
            x.shape == y.shape
            and np.allclose(x, y, rtol=question.rtol, atol=question.atol, equal_nan=True)
            for x, y in zip(a, b, strict=True)
        )
        for a, b in zip(one, other, strict=True)
    )


def pairs(name, few=None):
    """Return the pairs of mistakes, each in its first way, whose numbers are of their own.

    All of them, or a few drawn by lot. And how many pairs are left out: whose edits touch
    each other, which raise, of which one hides the other, which do what a single mistake
    does, or nothing.
    """
    question = QUESTIONS[name]
    program = program_of(question)
    own = [slip for slip in program.slips if slip.part is None]
    singles = {}
    for slip in own:
        singles.setdefault(slip.wrong.id, slip)
    alone = {slip: results(question, program.compose((slip,)), question.cases) for slip in own}
    candidates = list(itertools.combinations(singles.values(), 2))
    if few is not None:
        random.Random(2026).shuffle(candidates)
    found, left_out = [], Counter()
    for pair in candidates:
        if len(found) == few:
            break
        texts = program.compose(pair)
        if texts is None:
            left_out["touch"] += 1
            continue
        together = results(question, texts, question.cases)
        if together is None:
            left_out["raise"] += 1
        elif any(alike(question, together, alone[slip]) for slip in pair):
            left_out["hidden"] += 1
        elif any(alike(question, together, each) for each in alone.values()):
            left_out["a single one"] += 1
        elif alike(question, together, question.expected):
            left_out["right"] += 1
        else:
            found.append((pair, texts))
    return found, left_out


def named(name, message):
    """The ids of the mistakes that a message names; those of parts with their line."""
    question = QUESTIONS[name]
    known = {question.says(wrong): wrong.id for wrong in question.wrong}
    for part in question.slips:
        for wrong in part.wrong:
            known.setdefault(says(question, wrong, part), part.line + wrong.id)
    return {known[text] for text in map(again, _sentences_in(message)) if text in known}


def told(name, few=None):
    """Check the pairs, all or a few of them; return (ids, ids that were named) of each."""
    found, left_out = pairs(name, few)
    said = []
    for pair, texts in found:
        message = check(name, answer_of(QUESTIONS[name], texts)).message
        said.append(({slip.wrong.id for slip in pair}, named(name, message)))
    return said, left_out


if __name__ == "__main__":
    for name in sys.argv[1:] or TAKEN_APART:
        said, left_out = told(name)
        both = sum(ids == names for ids, names in said)
        silent = sum(not names for _, names in said)
        print(f"{name}: {len(said)} pairs, left out {dict(left_out)}")
        print(f"  both named and nothing else: {both} ({both / len(said):.1%}), none: {silent}")
        for ids, names in said:
            if ids != names:
                print("  ", sorted(ids), "->", sorted(names))
