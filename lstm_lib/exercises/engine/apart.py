"""Taking an answer apart: which mistakes, each in a part of its own, make its numbers.

An answer with two mistakes gives the numbers of neither. But each value that it
returns is made of some statements of the reference only, and an LSTM step has cases
that show a part by itself: from c_prev = 0 comes i * candidate alone; in a batch of 1
the gradient of the bias is d_z. So the values are explained one after the other, those
that few statements make first, each by at most two slips more. What is found in the
end must give all the answer's numbers in all cases, or it is not said.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lstm_lib.exercises.engine.program import (
    Bench,
    Program,
    Slip,
    Texts,
    elements_of,
    needed,
)
from lstm_lib.exercises.engine.question import Question

Array = np.ndarray
Slips = tuple[Slip, ...]

_MOST = 4  # slips in one explanation
_KEPT = 60  # explanations that are followed up


class Explanation(NamedTuple):
    """Which slips make an answer's numbers.

    Attributes
    ----------
    slips : tuple of Slip
        The first cause first.
    open : tuple of str
        Names of the values of the reference that they do not explain.
    """

    slips: Slips
    open: tuple[str, ...] = ()


class _Goal(NamedTuple):
    """A value to explain: in this case this expression is one of these arrays."""

    case: int
    element: str
    place: int  # among what is returned; -1 for a glimpse of what is not
    targets: tuple[Array, ...]


class _Search:
    def __init__(self, program: Program, given: Sequence[list[Array]], slack: float) -> None:
        self.program, self.given, self.slack = program, given, slack
        self.question = program.question
        self.benches = [Bench(program, case.inputs) for case in self.question.cases]
        self.forced: dict[str, list[Array]] = {}
        self.texts: dict[Slips, Texts | None] = {}

    def compose(self, slips: Slips) -> Texts | None:
        if slips not in self.texts:
            self.texts[slips] = self.program.compose(slips)
        return self.texts[slips]

    def value(self, texts: Texts, goal: _Goal) -> Array | None:
        element = elements_of(texts)[goal.place] if goal.place >= 0 else goal.element
        return self.benches[goal.case].value(texts, element)

    def is_met(self, value: Array | None, goal: _Goal) -> bool:
        return value is not None and any(
            close(self.question, value, target, self.slack) for target in goal.targets
        )

    def meets(self, slips: Slips, goal: _Goal) -> bool:
        texts = self.compose(slips)
        if texts is None or len(elements_of(texts)) != len(self.given[0]):
            return False
        return self.is_met(self.value(texts, goal), goal)

    def extended(self, slips: Slips, goal: _Goal, before: list[_Goal], many: int) -> list[Slips]:
        """Return these slips with one or two more, so that the goal is met."""
        texts = self.compose(slips)
        assert texts is not None
        element = elements_of(texts)[goal.place] if goal.place >= 0 else goal.element
        relevant = {0, *needed(texts, element, frozenset(self.forced))}
        if goal.place >= 0:
            relevant.add(len(texts) - 1)
        old = self.value(texts, goal)
        found: list[Slips] = []
        seen: list[Slip] = []
        for slip in self.program.slips:
            if slip in slips or relevant.isdisjoint(number for number, *_ in slip.edits):
                continue
            more = (*slips, slip)
            composed = self.compose(more)
            if composed is None or len(elements_of(composed)) != len(self.given[0]):
                continue
            value = self.value(composed, goal)
            if self.is_met(value, goal):
                if all(self.meets(more, each) for each in before):
                    found.append(more)
            elif value is not None and not _same(value, old):
                seen.append(slip)
        if found or many < 2:
            return found
        for pair in itertools.combinations(seen, 2):
            more = (*slips, *pair)
            composed = self.program.compose(more)
            if composed is None or len(elements_of(composed)) != len(self.given[0]):
                continue
            if self.is_met(self.value(composed, goal), goal):
                self.texts[more] = composed
                if all(self.meets(more, each) for each in before):
                    found.append(more)
        return found

    def explained(self, root: Slips, goals: list[_Goal]) -> list[Explanation]:
        """Return what explains the goals one after the other, starting from some slips."""
        ways: list[Slips] = [root]
        before: list[_Goal] = []
        open_: dict[int, str] = {}
        for goal in goals:
            if goal.place >= 0 and goal.element in self.forced:
                continue
            met = [way for way in ways if self.meets(way, goal)]
            if not met:
                for many in (1, 2):
                    for way in ways[:_KEPT]:
                        if len(way) < _MOST:
                            met += self.extended(way, goal, before, many)
                    if met:
                        break
            if met:
                ways = met[:_KEPT]
                before.append(goal)
                continue
            if goal.place < 0:
                continue
            open_[goal.place] = goal.element
            before = [each for each in before if each.place != goal.place]
            if goal.element.isidentifier():
                self._force(goal.element, goal.place)
        names = tuple(open_.values())
        return [Explanation(way, names) for way in ways if self._fits(way, set(open_))]

    def _force(self, name: str, place: int) -> None:
        """From now on take the answer's own value for a name."""
        self.forced[name] = [arrays[place] for arrays in self.given]
        self.benches = [
            Bench(self.program, case.inputs, {key: own[n] for key, own in self.forced.items()})
            for n, case in enumerate(self.question.cases)
        ]

    def _fits(self, slips: Slips, open_: set[int]) -> bool:
        """Whether these slips give the answer's numbers in all cases, but for what is open."""
        texts = self.compose(slips)
        if texts is None:
            return False
        elements = elements_of(texts)
        for bench, arrays in zip(self.benches, self.given, strict=True):
            for place, (element, target) in enumerate(zip(elements, arrays, strict=True)):
                if place in open_:
                    continue
                value = bench.value(texts, element)
                if value is None or not close(self.question, value, target, self.slack):
                    return False
        return True


def explain(
    program: Program, given: Sequence[list[Array]], slack: float = 0.0
) -> Explanation | None:
    """Return the slips that together make these numbers, if there are any.

    Parameters
    ----------
    program : Program
    given : sequence of lists of arrays
        What the answer returned, case by case.
    slack : float
        Tolerance on top of the question's own.
    """
    with np.errstate(all="ignore"):
        best: Explanation | None = None
        for root in _roots(program, given):
            search = _Search(program, given, slack)
            goals = _goals(search, root)
            for found in search.explained(root, goals):
                if found.slips and (best is None or _rank(found) < _rank(best)):
                    best = found
            if best is not None and not best.open and len(best.slips) <= 2:
                break
    if best is None:
        return None
    return best._replace(slips=tuple(sorted(best.slips, key=lambda slip: slip.first)))


def _rank(found: Explanation) -> tuple[int, int, int]:
    parts = sum(slip.part is not None for slip in found.slips)
    return len(found.open), len(found.slips), parts


def _roots(program: Program, given: Sequence[list[Array]]) -> list[Slips]:
    """What to start from: nothing, or a slip that returns the same values otherwise arranged."""
    base = elements_of(program.texts)
    expected = program.question.expected
    roots: list[tuple[int, Slips]] = []
    last = len(program.texts) - 1
    returning = [slip for slip in program.slips if {n for n, *_ in slip.edits} == {last}]
    for slips in [(), *((slip,) for slip in returning)]:
        texts = program.compose(slips)
        elements = elements_of(texts) if texts else ()
        if len(elements) != len(given[0]) or not set(elements) <= set(base):
            continue
        places = [base.index(element) for element in elements]
        pairs = itertools.combinations(range(len(places)), 2)
        if any(
            places[a] == places[b] and not all(_same(own[a], own[b]) for own in given)
            for a, b in pairs
        ):
            continue
        misfits = sum(
            own[place].shape != right[index].shape
            for own, right in zip(given, expected, strict=True)
            for place, index in enumerate(places)
        )
        roots.append((misfits, slips))
    fewest = min((misfits for misfits, _ in roots), default=0)
    return [slips for misfits, slips in roots if misfits == fewest]


def _goals(search: _Search, root: Slips) -> list[_Goal]:
    """The values to explain, those that few statements make first."""
    question, texts = search.question, search.compose(root)
    assert texts is not None
    elements = elements_of(texts)
    base = elements_of(search.program.texts)
    order = sorted(range(len(elements)), key=lambda place: len(needed(texts, elements[place])))
    zero, plain = _case_with(question, "zero_state"), _plain_case(question)
    goals = []
    glimpsed = False
    for place in order:
        if len(needed(texts, elements[place])) > 4 and not glimpsed:
            goals += _glimpses(search, {base.index(e): n for n, e in enumerate(elements)})
            glimpsed = True
        goals += [
            _Goal(case, elements[place], place, (search.given[case][place],))
            for case in (zero, plain)
            if case is not None
        ]
    return goals


def _glimpses(search: _Search, places: dict[int, int]) -> list[_Goal]:
    """What a batch of 1 shows of values that are not returned."""
    question = search.question
    case = _case_with(question, "one_row")
    if question.glimpses is None or case is None or len(places) < len(question.results):
        return []
    given = {name: search.given[case][places[n]] for n, name in enumerate(question.results)}
    return [
        _Goal(case, name, -1, tuple(targets))
        for name, targets in question.glimpses(question.cases[case].inputs, given).items()
        if targets
    ]


def _case_with(question: Question, trait: str) -> int | None:
    numbers = (n for n, case in enumerate(question.cases) if trait in case.traits)
    return next(numbers, None)


def _plain_case(question: Question) -> int:
    plain = [n for n, case in enumerate(question.cases) if not case.traits]
    return plain[0] if plain else 0


def close(question: Question, value: Array, target: Array, slack: float) -> bool:
    """Whether two arrays are the same but for rounding; the first number is looked at first."""
    if value.shape != target.shape:
        return False
    rtol, atol = question.rtol + slack, question.atol + slack
    if value.size:
        one, other = value.item(0), target.item(0)
        if abs(one - other) > atol + rtol * abs(other):
            return False
    with np.errstate(all="ignore"):
        near = np.abs(value - target) <= atol + rtol * np.abs(target)
    if near.all():
        return True
    return bool((near | (value == target) | (np.isnan(value) & np.isnan(target))).all())


def _same(one: Array, other: Array | None) -> bool:
    return (
        other is not None
        and one.shape == other.shape
        and bool(np.all((np.abs(one - other) <= 1e-12 + 1e-9 * np.abs(other)) | (one == other)))
    )
