"""Mistakes of one part of a whole step: of one gate, or of the candidate.

They are those of the questions that ask for this part alone, and those that only a
whole step can have.
"""

from __future__ import annotations

from lstm_lib.exercises.engine.question import Mistake, Part, Wrong
from lstm_lib.exercises.mistakes.affine import content_mistakes, gate_mistakes

ONE_MEANS = {
    "f": "f = 1 keeps while f = 0 forgets",
    "i": "i = 1 writes while i = 0 does not",
    "o": "o = 1 shows while o = 0 hides",
}
CONTENT = "the candidate"
SAYS = {
    "f": "In the forget gate: {sentence}",
    "i": "In the input gate: {sentence}",
    "c": "In the candidate: {sentence}",
    "o": "In the output gate: {sentence}",
}


def words_of(gate: str) -> dict[str, str]:
    """Return the words for the mistakes of one gate, or of the candidate, "c"."""
    words = {"W": f"W_{gate}", "b": f"b_{gate}"}
    return words | ({"content": CONTENT} if gate == "c" else {"one_means": ONE_MEANS[gate]})


def separate_parts(names: dict[str, str]) -> tuple[Part, ...]:
    """Return the parts of a step whose gates have each a W and a b of their own.

    Parameters
    ----------
    names : dict
        What the reference calls the gates f, i and o and the candidate, c.
    """
    parts = []
    for gate, name in names.items():
        W, b = f"W_{gate}", f"b_{gate}"
        mistakes = content_mistakes if gate == "c" else gate_mistakes
        wrong = (*_other_weights(gate), *mistakes(W, b), *_one_number())
        parts.append(Part(f"{name} = ", SAYS[gate], wrong, words_of(gate)))
    return tuple(parts)


def joint_parts(names: dict[str, str]) -> tuple[Part, ...]:
    """Return the parts of a step whose gates take a block each of one product."""
    parts = []
    for gate, name in names.items():
        mistakes = content_mistakes if gate == "c" else gate_mistakes
        wrong = (*_other_block(gate.replace("c", "j")), *mistakes("?", "?"), *_one_number())
        parts.append(Part(f"{name} = ", SAYS[gate], wrong, words_of(gate)))
    return tuple(parts)


def _other_weights(gate: str) -> tuple[Wrong, ...]:
    others = [other for other in "fico" if other != gate]
    return (
        Mistake(
            "other_weights",
            (f"W_{gate} + b_{gate}", *(f"W_{other} + b_{other}" for other in others)),
            (f"W_{gate}", *(f"W_{other}" for other in others)),
            rows=25,
        ).says("You use the weights of another part: `{W}` and `{b}` are its own."),
        Mistake("other_bias", (f"b_{gate}", *(f"b_{other}" for other in others)), rows=25).says(
            "You use the bias of another part: `{b}` is its own."
        ),
    )


def _other_block(block: str) -> tuple[Wrong, ...]:
    others = [other for other in "ijfo" if other != block]
    return (
        Mistake(
            "other_block", (f"({block}", *(f"({other}" for other in others)), rows=(6, 25)
        ).says("You take the block of another part: each of the four has one of its own."),
    )


def _one_number() -> tuple[Wrong, ...]:
    """One number for all units, as only a broadcast lets it through."""
    shares = ("[:, :1]", ".mean(axis=1, keepdims=True)", ".mean()", ".mean(axis=0)", "[:1]")
    ways = [
        (squash, f"(lambda z: {squash}(z){share})")
        for squash in ("sigmoid", "np.tanh")
        for share in shares[:3]
    ]
    rows = [
        (squash, f"(lambda z: {squash}(z){share})")
        for squash in ("sigmoid", "np.tanh")
        for share in shares[3:]
    ]
    return (
        Mistake("one_number", *ways, rows=22).says(
            "You give all units one number: it is a vector, with one value for each unit."
        ),
        Mistake("one_row_for_all", *rows).says(
            "You give all members of the batch the same row: each has its own h_prev and x."
        ),
    )
