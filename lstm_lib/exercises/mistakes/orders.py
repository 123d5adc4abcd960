"""Orders of the four blocks: i, j, f, o in TF1, and another one in every other library."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lstm_lib.exercises.engine.edits import Way
from lstm_lib.exercises.engine.question import Mistake, Wrong

TF1 = "ijfo"
# Who has which, as ids of mistakes.
KNOWN = {
    "ifjo": "keras_order",
    "iofj": "onnx_order",
    "ifoj": "cs231n_order",
    "fijo": "text_order",
}
# The mistake of each order but TF1's.
ORDER_IDS = {
    order: KNOWN.get(order, f"order_{order}")
    for order in map("".join, itertools.permutations(TF1))
    if order != TF1
}


def order_mistakes(
    edit: Callable[[str], Way],
    known: Mapping[str, str],
    other: str,
    right: str = TF1,
    rows: int | tuple[int, ...] = 6,
    but: Sequence[str] = (),
) -> tuple[Wrong, ...]:
    """Return the mistake of each order but the right one.

    Parameters
    ----------
    edit : function
        Takes an order, such as "ifjo", and returns the way to make this mistake.
    known : mapping
        The sentences for the orders in `KNOWN`, by its ids.
    other : str
        The sentence for any other order, with the placeholder {order}.
    right : str
        The order asked for.
    rows : int or tuple of int
    but : sequence of str
        Orders that are left out.
    """
    mistakes = []
    for blocks in itertools.permutations(TF1):
        order = "".join(blocks)
        if order == right or order in but:
            continue
        name = KNOWN.get(order, "")
        if name in known:
            mistakes.append(Mistake(name, edit(order), rows=rows).says(known[name]))
        else:
            wrong = Mistake(f"order_{order}", edit(order), rows=rows).says(other)
            mistakes.append(replace(wrong, words={"order": ", ".join(order)}))
    return tuple(mistakes)
