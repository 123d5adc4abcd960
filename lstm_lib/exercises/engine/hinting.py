"""A hint that starts where the last check ended: at the mistake that it named."""

from __future__ import annotations

from collections.abc import Iterator

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.edits import Edited
from lstm_lib.exercises.engine.messages import Sentence, again, say
from lstm_lib.exercises.engine.program import says, ways_of
from lstm_lib.exercises.engine.question import BEGIN, Question


def hint_on(question: Question, message: str) -> str | None:
    """Return a hint on the first mistake that a message names; None if it names none."""
    for sentence in _sentences_in(message):
        for wrong in question.wrong:
            if again(sentence) == question.says(wrong):
                edits = [
                    edit for way in wrong.ways if isinstance(way, Edited) for edit in way.edits
                ]
                return _with_gap(question, sentence, question.source.splitlines(), edits)
        for part in question.slips:
            lines = [line for line in question.source.splitlines() if line.strip()]
            for wrong in part.wrong:
                if again(sentence) == says(question, wrong, part):
                    edits = [edit for way in ways_of(wrong) for edit in way]
                    own = [line for line in lines if line.strip().startswith(part.line)]
                    return _with_gap(question, sentence, own, edits)
    return None


def _sentences_in(message: object) -> Iterator[Sentence]:
    """A message and those that it is made of, in their order."""
    if isinstance(message, Sentence):
        yield message
        for value in message.values.values():
            yield from _sentences_in(value)


def _with_gap(
    question: Question, sentence: str, lines: list[str], edits: list[tuple[str, ...]]
) -> str:
    """The sentence, and the right line with dots in the place of what is wrong."""
    for old, *_ in edits:
        found = [line.strip() for line in lines if old in line]
        if len(found) != 1 or old == BEGIN:
            continue
        line = found[0].removeprefix("return ")
        gap = line.replace(old, "...")
        if gap not in (line, "..."):
            return say(m.HINT_GAP, sentence=sentence, gap=gap, name=question.name)
    return say(m.HINT_BARE, sentence=sentence, name=question.name)
