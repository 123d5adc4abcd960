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
from collections.abc import Iterable, Sequence
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
_TRIES = 5_000  # pairs of slips in one search
_TRIES_OF_PARTS = 1_200  # of them, pairs with slips that only parts have
_LATE = 2  # statements before this one are what all others are made of
_LOOKED_AT = 8  # numbers, where all pairs are looked at in one go


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
        self.free = [Bench(program, case.inputs) for case in self.question.cases]
        self.benches = self.free
        self.forced: dict[str, list[Array]] = {}
        self.texts: dict[Slips, Texts | None] = {}
        self.plain = plain_case(self.question)
        self.tries = 0
        self.extensions: dict[tuple, list[Slips]] = {}
        self.shown: dict[tuple, tuple[list[Slip], list[Slip]]] = {}

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
        key = (slips, goal.case, goal.place, goal.element, many, *self.forced)
        if key not in self.extensions:
            self.extensions[key] = (
                self._one_more(slips, goal) if many == 1 else self._two_more(slips, goal, before)
            )
        return [
            more for more in self.extensions[key] if all(self.meets(more, each) for each in before)
        ]

    def _one_more(self, slips: Slips, goal: _Goal) -> list[Slips]:
        """The goal is met with one slip more; those that it shows are noted for `_two_more`."""
        texts = self.compose(slips)
        assert texts is not None
        element = elements_of(texts)[goal.place] if goal.place >= 0 else goal.element
        relevant = {0, *needed(texts, element, frozenset(self.forced))}
        if goal.place >= 0:
            relevant.add(len(texts) - 1)
        plain = goal._replace(case=self.plain)
        old, old_plain = self.value(texts, goal), self.value(texts, plain)
        found: list[Slips] = []
        own: list[Slip] = []
        shown: list[Slip] = []
        for slip in self.program.slips:
            if slip in slips or relevant.isdisjoint(number for number, *_ in slip.edits):
                continue
            more = (*slips, slip)
            composed = self.compose(more)
            if composed is None or len(elements_of(composed)) != len(self.given[0]):
                continue
            value = self.value(composed, goal)
            if self.is_met(value, goal):
                found.append(more)
            if value is None:
                continue
            if not _same(value, old):
                shown.append(slip)
            if slip.part is None:
                value = self.value(composed, plain)
                if value is not None and not _same(value, old_plain):
                    own.append(slip)
        self.shown[slips, goal.case, goal.place, goal.element] = own, shown
        return found

    def _two_more(self, slips: Slips, goal: _Goal, before: list[_Goal]) -> list[Slips]:
        """The goal is met with two slips more, of the question's own if there are such."""
        own, shown = self.shown[slips, goal.case, goal.place, goal.element]
        settled = self._settled(slips, before)
        new = [slip for slip in own if any(n not in settled for n, *_ in slip.edits)]
        old = [slip for slip in own if slip not in new]
        pairs = itertools.chain(
            itertools.combinations(new, 2),
            itertools.product(new, old),
            itertools.combinations(old, 2),
        )
        found = self._with_pairs(slips, goal, pairs)
        if found:
            return found
        early = [slip for slip in own if slip.first < _LATE]
        parts = [slip for slip in shown if slip.part is not None]
        pairs = itertools.chain(
            self._separable(slips, goal, shown), itertools.product(early, parts)
        )
        return self._with_pairs(slips, goal, itertools.islice(pairs, _TRIES_OF_PARTS))

    def _settled(self, slips: Slips, before: list[_Goal]) -> set[int]:
        """The statements that values are made of which are explained already."""
        texts = self.compose(slips)
        if texts is None:
            return set()
        elements = elements_of(texts)
        return {
            number
            for goal in before
            if goal.place < 0 or goal.case == self.plain
            for number in needed(texts, elements[goal.place] if goal.place >= 0 else goal.element)
        }

    def _separable(self, slips: Slips, goal: _Goal, shown: list[Slip]) -> list[tuple[Slip, Slip]]:
        """Pairs of which one changes one term, or one factor, of the value, one the other.

        Then what the two do together follows from what each does alone.
        """
        texts = self.compose(slips)
        old = None if texts is None else self.value(texts, goal)
        values, kept = [], []
        for slip in shown:
            composed = self.compose((*slips, slip))
            value = None if composed is None else self.value(composed, goal)
            if value is not None and old is not None and value.shape == old.shape:
                values.append(value.ravel()[:_LOOKED_AT])
                kept.append(slip)
        if old is None or not kept or goal.targets[0].shape != old.shape:
            return []
        start = old.ravel()[:_LOOKED_AT]
        alone = np.array(values)
        pairs: dict[tuple[int, int], None] = {}
        for target in goal.targets:
            wanted = target.ravel()[:_LOOKED_AT]
            if wanted.shape != start.shape:
                continue
            terms = alone[:, None] + alone[None] - start
            factors = alone[:, None] * alone[None] / start
            for both in (terms, factors):
                near = np.abs(both - wanted) <= 1e-3 * np.abs(wanted) + 1e-5
                found = np.argwhere(near.all(axis=-1))
                pairs.update({(int(a), int(b)): None for a, b in found if a < b})
        return [(kept[a], kept[b]) for a, b in pairs]

    def _with_pairs(
        self, slips: Slips, goal: _Goal, pairs: Iterable[tuple[Slip, Slip]]
    ) -> list[Slips]:
        found = []
        for pair in pairs:
            self.tries += 1
            if self.tries > _TRIES:
                break
            more = (*slips, *pair)
            composed = self.program.compose(more)
            if composed is None or len(elements_of(composed)) != len(self.given[0]):
                continue
            if self.is_met(self.value(composed, goal), goal):
                self.texts[more] = composed
                found.append(more)
        return found

    def explained(self, root: Slips, most: int, opens: bool) -> list[Explanation]:
        """Return what explains the values one after the other, starting from some slips.

        Parameters
        ----------
        root : tuple of Slip
        most : int
            How many slips there may be.
        opens : bool
            Whether values may stay open.
        """
        goals = self.goals(root)
        found, failed = self._one_after_the_other(root, goals, most, opens)
        if failed is not None and not found and not opens:
            # What explained the values before it may be a slip that is not there.
            goals = [failed, *(goal for goal in goals if goal is not failed)]
            found, _ = self._one_after_the_other(root, goals, most, opens)
        return found

    def _one_after_the_other(
        self, root: Slips, goals: list[_Goal], most: int, opens: bool
    ) -> tuple[list[Explanation], _Goal | None]:
        """What explains the values, and the first that was not explained though others were."""
        ways: list[Slips] = [root]
        before: list[_Goal] = []
        open_: dict[int, str] = {}
        failed: _Goal | None = None
        blind = False
        # What was known before the first goal of each place.
        known: dict[int, tuple[list[Slips], list[_Goal]]] = {}
        for goal in goals:
            if goal.place in open_:
                continue
            known.setdefault(goal.place, (ways, list(before)))
            met = [way for way in ways if self.meets(way, goal)]
            for many in (1, 2):
                if not met and (many == 1 or not blind):
                    room = [way for way in ways[:_KEPT] if len(way) + many <= most]
                    met = [more for way in room for more in self.extended(way, goal, before, many)]
            if met:
                ways = met
                before.append(goal)
                continue
            if failed is None and ways != [root]:
                failed = goal
            if goal.place < 0:
                # What it is part of will not be explained by pairs of slips either.
                blind = True
                continue
            if not opens or self._is_right(goal.place):
                return [], failed
            open_[goal.place] = goal.element
            ways, before = known[goal.place]
            if goal.element.isidentifier():
                self._force(goal.element, goal.place)
        if 2 * len(open_) > len(self.given[0]):
            return [], failed
        names = tuple(open_.values())
        fitting = [
            Explanation(self._without_the_needless(way, set(open_)), names)
            for way in ways
            if self.fits(way, set(open_))
        ]
        return fitting, failed

    def _is_right(self, place: int) -> bool:
        """Whether the answer returns the right value here: then nothing is open."""
        expected = self.question.expected
        return place < len(expected[0]) and all(
            close(self.question, own[place], right[place], self.slack)
            for own, right in zip(self.given, expected, strict=True)
        )

    def _without_the_needless(self, slips: Slips, open_: set[int]) -> Slips:
        """The slips without those that change nothing of what they explain."""
        for slip in slips:
            others = tuple(other for other in slips if other is not slip)
            if self.fits(others, open_):
                return self._without_the_needless(others, open_)
        return slips

    def goals(self, root: Slips) -> list[_Goal]:
        """Return the values to explain, those that few statements make first."""
        texts = self.compose(root)
        assert texts is not None
        elements, base = elements_of(texts), elements_of(self.program.texts)
        order = sorted(range(len(elements)), key=lambda place: len(needed(texts, elements[place])))
        cases = [_case_with(self.question, "zero_state"), self.plain]
        goals = []
        glimpsed = False
        for place in order:
            if len(needed(texts, elements[place])) > 4 and not glimpsed:
                goals += self._glimpses(elements, base)
                glimpsed = True
            goals += [
                _Goal(case, elements[place], place, (self.given[case][place],))
                for case in cases
                if case == self.plain or (case is not None and self.given[case][place].any())
            ]
        return goals

    def _glimpses(self, elements: Sequence[str], base: Sequence[str]) -> list[_Goal]:
        """What a batch of 1 shows of values that are not returned."""
        question = self.question
        case = _case_with(question, "one_row")
        if question.glimpses is None or case is None:
            return []
        given = {}
        for place, element in enumerate(elements):
            if element.removeprefix("-") not in base:
                continue
            name = question.results[base.index(element.removeprefix("-"))]
            sign = -1.0 if element.startswith("-") else 1.0
            given[name] = sign * self.given[case][place]
        return [
            _Goal(case, name, -1, tuple(targets))
            for name, targets in question.glimpses(question.cases[case].inputs, given).items()
            if targets
        ]

    def release(self) -> None:
        """Compute all values again."""
        self.forced, self.benches = {}, self.free

    def _force(self, name: str, place: int) -> None:
        """From now on take the answer's own value for a name."""
        self.forced[name] = [arrays[place] for arrays in self.given]
        self.benches = [
            Bench(self.program, case.inputs, {key: own[n] for key, own in self.forced.items()})
            for n, case in enumerate(self.question.cases)
        ]

    def fits(self, slips: Slips, open_: set[int]) -> bool:
        """Whether these slips give the answer's numbers in all cases, but for what is open."""
        texts = self.compose(slips)
        if texts is None or len(elements_of(texts)) != len(self.given[0]):
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
        search = _Search(program, given, slack)
        roots = _roots(program, given)
        found: list[Explanation] = []
        for most in range(2, _MOST + 1):
            for root in roots[::-1]:
                if not found and len(root) < most:
                    found = search.explained(root, most, opens=False)
        for root in roots:
            if not found:
                search.release()
                found = search.explained(root, _MOST, opens=True)
    found = [each for each in found if each.slips]
    if not found:
        return None
    best = min(found, key=_rank)
    return best._replace(slips=tuple(sorted(best.slips, key=lambda slip: slip.first)))


def gives(program: Program, slips: Slips, given: Sequence[list[Array]], slack: float = 0.0) -> bool:
    """Whether these slips alone give these numbers in all cases."""
    with np.errstate(all="ignore"):
        return _Search(program, given, slack).fits(slips, set())


def _rank(found: Explanation) -> tuple[int, int, int]:
    """Few slips first, then those that the question names, then those of late statements."""
    parts = sum(slip.part is not None for slip in found.slips)
    return len(found.slips), parts, -sum(slip.first for slip in found.slips)


def _roots(program: Program, given: Sequence[list[Array]]) -> list[Slips]:
    """What to start from: nothing, or a slip that returns the same values otherwise arranged."""
    base = elements_of(program.texts)
    expected = program.question.expected
    roots: list[tuple[int, Slips]] = []
    known: set[tuple[str, ...]] = set()
    last = len(program.texts) - 1
    returning = [slip for slip in program.slips if {n for n, *_ in slip.edits} == {last}]
    for slips in [(), *((slip,) for slip in returning)]:
        texts = program.compose(slips)
        elements = elements_of(texts) if texts else ()
        arranged = all(_is_made_of(element, base) for element in elements)
        if len(elements) != len(given[0]) or not arranged or elements in known:
            continue
        known.add(elements)
        pairs = itertools.combinations(range(len(elements)), 2)
        if any(
            elements[a] == elements[b] and not all(_same(own[a], own[b]) for own in given)
            for a, b in pairs
        ):
            continue
        misfits = sum(
            own[place].shape != right[base.index(plain)].shape
            for own, right in zip(given, expected, strict=True)
            for place, plain in enumerate(each.removeprefix("-") for each in elements)
            if plain in base
        )
        roots.append((misfits, slips))
    fewest = min((misfits for misfits, _ in roots), default=0)
    return [slips for misfits, slips in roots if misfits == fewest or not slips]


def _is_made_of(element: str, base: Sequence[str]) -> bool:
    """Whether a value that is returned is one of these, with a minus maybe, or a row of them."""
    plain = element.removeprefix("-")
    return plain in base or (plain.startswith("(") and set(_names_in(plain)) <= set(base))


def _names_in(element: str) -> list[str]:
    return element.strip("()").replace(" ", "").split(",")


def _case_with(question: Question, trait: str) -> int | None:
    numbers = (n for n, case in enumerate(question.cases) if trait in case.traits)
    return next(numbers, None)


def plain_case(question: Question) -> int:
    """Return the number of the first case that has nothing special."""
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
