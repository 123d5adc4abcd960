"""Seeded data with long dependencies, whose right answers are known.

Every generator takes a NumPy random generator. Those of the chapters return a
`Batch`: float64 inputs, and for each step a target or the mark that none is asked
for. Those of the papers, in `of_1997` and `reber`, return one `Example`.
"""

from lstm_lib.tasks.batch import IGNORE, Batch, Example, PaddedBatch, one_hot, padded
from lstm_lib.tasks.held_out import held_out
from lstm_lib.tasks.of_1997 import adding
from lstm_lib.tasks.pairs import KEYS, VALUES, key_values
from lstm_lib.tasks.sentences import (
    LANGUAGES,
    PLACES,
    SHORTEST_GAP,
    VERBS,
    VOCABULARY,
    encode,
    last_word,
    long_sentence,
    long_sentences,
    short_sentence,
    short_sentences,
)
from lstm_lib.tasks.stream import latch
from lstm_lib.tasks.tracking import FLOORS, first_bit, lift, parity
from lstm_lib.tasks.video import (
    FRAME_COLUMNS,
    FRAME_ROWS,
    NOISE,
    SPEEDS,
    WALL_COLUMN,
    flight,
    flights,
    frames,
)

__all__ = [
    "FLOORS",
    "FRAME_COLUMNS",
    "FRAME_ROWS",
    "IGNORE",
    "KEYS",
    "LANGUAGES",
    "NOISE",
    "PLACES",
    "SHORTEST_GAP",
    "SPEEDS",
    "VALUES",
    "VERBS",
    "VOCABULARY",
    "WALL_COLUMN",
    "Batch",
    "Example",
    "PaddedBatch",
    "adding",
    "encode",
    "first_bit",
    "flight",
    "flights",
    "frames",
    "held_out",
    "key_values",
    "last_word",
    "latch",
    "lift",
    "long_sentence",
    "long_sentences",
    "one_hot",
    "padded",
    "parity",
    "short_sentence",
    "short_sentences",
]
