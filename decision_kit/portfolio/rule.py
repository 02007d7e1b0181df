"""The scoring of one row, written once for all dataframes: from levels, scopes and must-haves to what comes first.

What a value is, an array of a chunk or a column of an engine, is left to a :class:`Carrier`. All numbers are whole
ones in floats, so that every sum and every comparison is exact (see ``exact``).
"""

import itertools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Protocol

from decision_kit.decision import SCOPES
from decision_kit.knowledge import TOP
from decision_kit.portfolio.exact import NOWHERE, Exact

Value = Any
"""One value for each row, with Python's arithmetic, comparisons, ``&``, ``|`` and ``~``."""
SIDES = ("core", "reactions")
NEEDED = (0, *[1] * TOP)
"""Whether a level is a need at all."""
UP, DOWN = (*range(1, TOP + 1), TOP), (0, *range(TOP))
"""The level that each level is one step below, or above."""


class Carrier(Protocol):
    """The rows as one engine holds them.

    Attributes
    ----------
    scoped : bool
        Whether there are scopes at all.
    named : value
        1 where a boundary is named, else 0.
    of : mapping of str to value
        By requirement and side with a space between, where there is a scope: 1 where a boundary is named and the
        requirement is of that side alone, else 0.
    musts : mapping of str to value
        For each requirement that can be a must-have: 1 where it is one and the question is answered, else 0.
    """

    scoped: bool
    named: Value
    of: dict[str, Value]
    musts: dict[str, Value]

    def by_level(self, requirement: str, levels: Sequence[float]) -> Value:
        """Give the number that stands for each row's level 0-4, and 0 where the question is not answered."""

    def when(self, condition: Value, then: Value, otherwise: Value) -> Value:
        """Give one of two, by a condition."""

    def largest(self, values: Sequence[Value]) -> Value:
        """Give the largest."""

    def keep(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Work values out now, each once, as they are used often."""


State = dict[tuple[str, str], Value]
"""What decides which model comes first: ("total", model), ("needs", side) and ("failed", model).

The totals are of the models that can come first in any row, the must-haves of those that can fail one.
"""


@dataclass(frozen=True)
class Found:
    """What the rule finds for each row; made by :func:`find`.

    Attributes
    ----------
    state : State
    weight : value
        Sum of the weights; where it is 0 nothing is needed and nothing comes first.
    eligible : mapping of str to value
        Whether a model made of two can be chosen.
    reach : mapping of str to value
        The totals of the candidates, and ``NOWHERE`` for the others.
    first : mapping of str to value
        Whether a model comes first alone.
    tie : value
        Whether several come first.
    lead : value
        By how much the first is ahead of the next; ``-NOWHERE / 2`` or more where there is no next.
    fragile : value
        Whether one step of one answer makes another model come first alone.
    """

    state: State
    weight: Value
    eligible: Mapping[str, Value]
    reach: Mapping[str, Value]
    first: Mapping[str, Value]
    tie: Value
    lead: Value
    fragile: Value = None


def find(do: Carrier, exact: Exact) -> Found:
    """Score all rows.

    Parameters
    ----------
    do : Carrier
    exact : Exact

    Returns
    -------
    Found
    """
    weights = do.keep({r: do.by_level(r, exact.weights[r]) for r in exact.requirements})
    state: State = {}
    for requirement, weight in weights.items():
        needed, must = do.by_level(requirement, NEEDED), do.musts.get(requirement)
        state = _added(state, _adds(exact, requirement, _sides(do, requirement), weight, needed, must))
    kept = do.keep({"weight": _sum(weights.values())} | {" ".join(key): value for key, value in state.items()})
    found = compare(do, exact, kept["weight"], {key: kept[" ".join(key)] for key in state})
    if do.scoped or len(exact.pure) > 2:
        after = [_reach(do, exact, _added(found.state, step)) for step in _steps(do, exact, weights)]
        turned = {m: do.largest([_lead(do, reach, m) for reach in after]) > 0 for m in found.reach}
    else:
        # One step then changes neither who is a candidate nor, for two models, anything but the lead of the one.
        orders = tuple(itertools.permutations(exact.pure))
        behind = do.keep({m: found.reach[other] - found.reach[m] for m, other in orders})
        turned = {
            m: _any(do.by_level(r, gain(exact, r, m, other)) > behind[m] for r in exact.requirements)
            for m, other in orders
        }
    other = [~first & turned[model] for model, first in found.first.items()]
    return replace(found, fragile=_any(found.first.values()) & _any(other))


def gain(exact: Exact, requirement: str, model: str, other: str) -> list[int]:
    """Give by how much one step up or down, by level, brings one model forward against another that is pure too."""
    weights = exact.weights[requirement]
    ahead = exact.ratings[model, requirement, "whole"] - exact.ratings[other, requirement, "whole"]
    return [
        max((weights[up] - weights[level]) * ahead, (weights[down] - weights[level]) * ahead)
        for level, (up, down) in enumerate(zip(UP, DOWN, strict=True))
    ]


def compare(do: Carrier, exact: Exact, weight: Value, state: State) -> Found:
    """Find what comes first, and leave ``fragile`` to the caller.

    Parameters
    ----------
    do : Carrier
    exact : Exact
    weight : value
        Sum of the weights.
    state : State
        Totals, needs of the sides, and must-haves failed.

    Returns
    -------
    Found
    """
    reach = do.keep(_reach(do, exact, state))
    leads = do.keep({model: _lead(do, reach, model) for model in reach})
    needed = do.keep({"weight": weight > 0})["weight"]
    first = do.keep({model: needed & (lead > 0) for model, lead in leads.items()})
    tie = needed & ~_any(first.values())
    return Found(state, weight, _eligible(exact, state), reach, first, tie, do.largest(list(leads.values())))


def _sides(do: Carrier, requirement: str) -> dict[str, Value]:
    return {side: do.of.get(f"{requirement} {side}", 0.0) for side in SIDES} if do.scoped else {}


def _adds(
    exact: Exact,
    requirement: str,
    sides: Mapping[str, Value],
    weight: Value,
    needed: Value,
    must: Value | None,
    base: int = 1,
) -> State:
    """Tell what one answer adds; with a ``base`` of 0, what a change of its ``sides`` does."""
    adds: State = {("needs", side): of * needed for side, of in sides.items()}
    for model in exact.models if sides else exact.pure:
        ratings = {scope: exact.ratings[model, requirement, scope] for scope in SCOPES}
        fails = {scope: int((model, requirement, scope) in exact.fails) for scope in SCOPES}
        adds["total", model] = weight * _sum([0.0, *_by_scope(ratings, sides, base)])
        if must is not None and (ruled_out := _by_scope(fails, sides, base)):
            adds["failed", model] = must * _sum(ruled_out)
    return adds


def _by_scope(values: Mapping[str, int], sides: Mapping[str, Value], base: int) -> list[Value]:
    """Give what adds up to the number for each row's scope, without a branch; nothing where that is always 0."""
    whole = [float(base * values["whole"])] if base * values["whole"] else []
    differ = {side: float(values[side] - values["whole"]) for side in sides}
    return whole + [sides[side] * by for side, by in differ.items() if by]


def _steps(do: Carrier, exact: Exact, weights: Mapping[str, Value]) -> Iterator[State]:
    """Tell what each single step of an answer adds: one level up or down, or another scope."""
    for requirement, weight in weights.items():
        sides, counts = _sides(do, requirement), exact.weights[requirement]
        for moved in (UP, DOWN):
            rise, needed = (
                do.by_level(requirement, [table[to] - table[level] for level, to in enumerate(moved)])
                for table in (counts, NEEDED)
            )
            yield _adds(exact, requirement, sides, rise, needed, None)
        if not sides:
            continue
        core, reactions = sides.values()
        whole = do.named - core - reactions
        for after in ((reactions, whole), (whole, core)):  # each of the three scopes becomes each of the other two
            change = {side: to - of for (side, of), to in zip(sides.items(), after, strict=True)}
            needed, must = do.by_level(requirement, NEEDED), do.musts.get(requirement)
            yield _adds(exact, requirement, change, weight, needed, must, base=0)


def _eligible(exact: Exact, state: State) -> dict[str, Value]:
    """Tell for each model made of two whether both sides of a boundary have a need of their own."""
    if ("needs", SIDES[0]) not in state:
        return {}
    both = state["needs", SIDES[0]] * state["needs", SIDES[1]] > 0
    return {model: both for model in exact.models if model not in exact.pure}


def _reach(do: Carrier, exact: Exact, state: State) -> dict[str, Value]:
    """Give the totals of the candidates, and ``NOWHERE`` for the others."""
    totals = {model: total for (kind, model), total in state.items() if kind == "total"}
    eligible = _eligible(exact, state)
    passing = {model: count == 0 for (kind, model), count in state.items() if kind == "failed"}
    fine = {m: [each[m] for each in (eligible, passing) if m in each] for m in totals}
    candidates = {m: reduce(operator.and_, conditions) for m, conditions in fine.items() if conditions}
    if passing and len(candidates) == len(totals):
        # Where each eligible model fails a must-have, all of them are candidates.
        nobody = ~_any(candidates.values())
        candidates = {m: fine | (nobody & eligible[m] if m in eligible else nobody) for m, fine in candidates.items()}
    return {m: do.when(candidates[m], totals[m], NOWHERE) if m in candidates else totals[m] for m in totals}


def _lead(do: Carrier, reach: Mapping[str, Value], model: str) -> Value:
    rivals = [total for other, total in reach.items() if other != model]
    return reach[model] - (do.largest(rivals) if len(rivals) > 1 else rivals[0])


def _added(one: State, other: State) -> State:
    both = {key: one[key] + other[key] for key in one.keys() & other.keys()}
    return {key: both.get(key, value) for key, value in (one | other).items()}


def _sum(values: Iterable[Value]) -> Value:
    return reduce(operator.add, values)


def _any(conditions: Iterable[Value]) -> Value:
    return reduce(operator.or_, conditions)
