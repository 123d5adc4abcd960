"""The embedded Reber grammar, as single strings and as an endless stream.

A string of the inner grammar is a walk through a small graph, with a fair coin at
each fork. The embedded one puts it between two equal letters, T or P: the letter
after the inner string must be the one before it, however long the walk has been.

Sources: Reber (1967); embedded: Hochreiter and Schmidhuber (1997), experiment 1;
endless: Gers, Schmidhuber and Cummins (2000).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lstm_lib.tasks.batch import Example, one_hot

Array = np.ndarray
Place = tuple[str, int]

SYMBOLS = "BTPSXVE"

# The inner grammar: from each place, the letters that may come and where they lead.
INNER: tuple[dict[str, int], ...] = (
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": 7},
)


def _embedded() -> dict[Place, dict[int, Place]]:
    """The inner grammar twice, once behind T and once behind P, in a closed circle."""
    start, fork, end = ("", 0), ("", 1), ("", 2)
    graph = {start: {"B": fork}, fork: {"T": ("T", 0), "P": ("P", 0)}, end: {"E": start}}
    for cue in "TP":
        for place, ways in enumerate(INNER):
            graph[cue, place] = {letter: (cue, to) for letter, to in ways.items()}
        graph[cue, len(INNER)] = {cue: end}
    return {
        place: {SYMBOLS.index(letter): to for letter, to in ways.items()}
        for place, ways in graph.items()
    }


EMBEDDED = _embedded()
START: Place = ("", 0)


def embedded_reber(rng: np.random.Generator) -> Example:
    """Return one string of the embedded Reber grammar, to be predicted letter by letter.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    Example
        Inputs: the numbers of the letters in `SYMBOLS`, from B to the letter before the
        last; targets (time, 7): the next letter, one-hot.
    """
    letters = _string(rng)
    return Example(letters[:-1], one_hot(letters[1:], len(SYMBOLS)))


def continual_reber(rng: np.random.Generator) -> Iterator[Example]:
    """Return an endless stream of such strings, one after the other, nothing in between.

    The last letter of a string, E, belongs to the inputs here, and is followed by the B
    of the next string.
    """
    while True:
        letters = _string(rng)
        following = np.append(letters[1:], SYMBOLS.index("B"))
        yield Example(letters, one_hot(following, len(SYMBOLS)))


def possible_next(letters: Array) -> Array:
    """Return which letters the grammar allows next.

    Parameters
    ----------
    letters : array of int of shape (time,)
        A string from its first B on, or the beginning of one, or several in a row.

    Returns
    -------
    array of bool of shape (time, 7)

    Raises
    ------
    ValueError
        If the grammar does not allow the letters.
    """
    possible = np.zeros((len(letters), len(SYMBOLS)), bool)
    place = START
    for time, letter in enumerate(letters):
        ways = EMBEDDED[place]
        if letter not in ways:
            allowed = " or ".join(SYMBOLS[way] for way in ways)
            given = SYMBOLS[letter] if 0 <= letter < len(SYMBOLS) else letter
            raise ValueError(f"letters[{time}]: expected {allowed}, given {given}")
        place = ways[letter]
        possible[time, list(EMBEDDED[place])] = True
    return possible


def spell(letters: Array) -> str:
    """Return the letters as text, say *BTBPVVETE*."""
    return "".join(SYMBOLS[letter] for letter in letters)


def _string(rng: np.random.Generator) -> Array:
    """The letters of one string, from B to E."""
    letters: list[int] = []
    place = START
    while place != START or not letters:
        ways = list(EMBEDDED[place])
        letter = ways[rng.integers(len(ways))] if len(ways) > 1 else ways[0]
        letters.append(letter)
        place = EMBEDDED[place][letter]
    return np.array(letters)
