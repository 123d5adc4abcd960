"""Sentences in which one early word decides the last one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_lib.checks import positive_int
from lstm_lib.tasks.batch import IGNORE, Batch, one_hot

# A small grammar. In both sentences one early word decides the last one.
PLACES = {"clouds": "sky", "fish": "sea", "cows": "field", "books": "shelf"}
LANGUAGES = {"France": "French", "Germany": "German", "Spain": "Spanish", "Italy": "Italian"}
VERBS = ("walks", "reads", "sings", "cooks", "swims", "paints", "works", "rests")

VOCABULARY: tuple[str, ...] = (
    *("the", "are", "in", "she", "grew", "up", "and", "speaks"),
    *VERBS,
    *(word for pair in (PLACES | LANGUAGES).items() for word in pair),
)
SHORTEST_GAP = 2

_INDEX = {word: index for index, word in enumerate(VOCABULARY)}
_VERBS = np.array(VERBS)  # once: drawing from a tuple makes an array at each call


def short_sentence(rng: np.random.Generator) -> list[str]:
    """Return, say, *the clouds are in the sky*: three words between cue and answer."""
    cue = rng.choice(list(PLACES))
    return ["the", str(cue), "are", "in", "the", PLACES[cue]]


def long_sentence(gap: int, rng: np.random.Generator) -> list[str]:
    """Return, say, *she grew up in France walks reads and speaks French*.

    Parameters
    ----------
    gap : int
        Words between the country and the language: random verbs, then
        "and speaks"; at least 2.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If `gap` is below 2.
    """
    if positive_int("gap", gap) < SHORTEST_GAP:
        raise ValueError(f"gap: expected at least {SHORTEST_GAP}, given {gap}")
    country = rng.choice(list(LANGUAGES))
    verbs = rng.choice(_VERBS, gap - SHORTEST_GAP)
    start = ["she", "grew", "up", "in", str(country)]
    return [*start, *map(str, verbs), "and", "speaks", LANGUAGES[country]]


def encode(sentences: Sequence[Sequence[str]]) -> Batch:
    """Turn sentences of one length into inputs and next words.

    Parameters
    ----------
    sentences : sequence of sequences of str
        All of one length, of words of `VOCABULARY`.

    Returns
    -------
    Batch
        Inputs (batch_size, words - 1, 32), one-hot; targets: the next word.

    Raises
    ------
    ValueError
        If the lengths differ or a word is not in the vocabulary.
    """
    lengths = {len(sentence) for sentence in sentences}
    if len(lengths) != 1:
        raise ValueError(f"sentences: expected one length, given {sorted(lengths)}")
    unknown = {word for sentence in sentences for word in sentence} - _INDEX.keys()
    if unknown:
        raise ValueError(f"sentences: expected words of VOCABULARY, given {sorted(unknown)}")
    ids = np.array([[_INDEX[word] for word in sentence] for sentence in sentences])
    return Batch(one_hot(ids[:, :-1], len(VOCABULARY)), ids[:, 1:])


def last_word(batch: Batch) -> Batch:
    """Ask for the last word only: the words before it are read, not predicted."""
    targets = np.full_like(batch.targets, IGNORE)
    targets[:, -1] = batch.targets[:, -1]
    return Batch(batch.inputs, targets)


def short_sentences(batch_size: int, rng: np.random.Generator) -> Batch:
    """Return a batch of `short_sentence`, asked for the last word.

    There are four different ones: who trains on them has seen all.
    """
    size = positive_int("batch_size", batch_size)
    return last_word(encode([short_sentence(rng) for _ in range(size)]))


def long_sentences(gap: int, batch_size: int, rng: np.random.Generator) -> Batch:
    """Return a batch of `long_sentence`, all with this gap, asked for the last word.

    There are 4 * 8**(gap - 2) different ones: few if the gap is short, so that a test needs
    `held_out`.
    """
    size = positive_int("batch_size", batch_size)
    return last_word(encode([long_sentence(gap, rng) for _ in range(size)]))
