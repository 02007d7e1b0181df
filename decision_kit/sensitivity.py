"""What would change the verdict: the fewest steps that do, the level at which each answer does, what to ask next."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from decision_kit import confidence, scoring
from decision_kit.decision import SCOPES, Answer, Decision
from decision_kit.knowledge import TOP, Knowledge
from decision_kit.scoring import Scores

FARTHEST = 6
"""Most steps that are tried."""
ROUNDING = 1e-9
"""Rises up to this are the rounding of sums, not rises."""
MOST_SETS = 20
"""Most smallest sets that are listed; all are counted."""


@dataclass(frozen=True)
class Flip:
    """Changed answers that together make another model come first."""

    changes: tuple[Answer, ...]
    model: str


@dataclass(frozen=True)
class Flips:
    """The smallest sets of changes that make another model come first alone.

    Attributes
    ----------
    steps : int or None
        How many steps each set takes: one level up or down or one change of scope is a step. ``None`` where no
        model comes first alone now, or ``FARTHEST`` steps are not enough.
    sets : tuple of Flip
        At most ``MOST_SETS`` of them.
    count : int
        How many there are.
    """

    steps: int | None
    sets: tuple[Flip, ...]
    count: int


@dataclass(frozen=True)
class _Option:
    """An answer as it is or changed: its cost in steps, and what it adds to each model's score."""

    answer: Answer
    steps: int
    adds: Mapping[str, Fraction]
    ruled_out: frozenset[str]


def flips(decision: Decision, knowledge: Knowledge) -> Flips:
    """Find the fewest steps of single-level answers that make another model come first.

    Iterative deepening over the number of steps; a branch is left when, by an exact knapsack bound, no rival
    can pass the first model with the steps that remain.

    Parameters
    ----------
    decision : Decision
    knowledge : Knowledge

    Returns
    -------
    Flips
        Ranges, not sure and not answered stay as they are.

    Raises
    ------
    InputError
        If an answer names a requirement that the knowledge does not have.
    """
    now = first_alone(scoring.score(decision, knowledge))
    if now is None:
        return Flips(None, (), 0)
    table = _table(decision, knowledge)
    for steps in range(1, FARTHEST + 1):
        found = []
        for choice in _choices(table, now, steps, knowledge):
            winner = _winner(choice, knowledge)
            if winner not in (None, now):
                found.append(Flip(tuple(option.answer for option in choice if option.steps), str(winner)))
        if found:
            return Flips(steps, tuple(found[:MOST_SETS]), len(found))
    return Flips(None, (), 0)


def by_level(decision: Decision, knowledge: Knowledge) -> dict[str, tuple[str | None, ...]]:
    """Say which model would come first at each level of each requirement, all else as it is.

    Returns
    -------
    dict of str to tuple of (str or None)
        For each requirement, by level 0-4; ``None`` where models tie or nothing is needed.
    """
    return {
        requirement: tuple(
            first_alone(scoring.score(decision.answer(requirement, level=level), knowledge)) for level in range(TOP + 1)
        )
        for requirement in knowledge.requirements
    }


def ask_next(decision: Decision, knowledge: Knowledge) -> tuple[str, float] | None:
    """Find the open question whose answer is expected to raise the top share of readings the most.

    Returns
    -------
    (str, float) or None
        The requirement and the expected rise (0-1); ``None`` where nothing is open, or no single answer is
        expected to raise it.
    """
    now = max(confidence.readings(decision, knowledge).first.values())
    rises = {}
    for requirement in knowledge.requirements:
        levels = decision.answer_to(requirement).levels
        if len(levels) > 1:
            tops = [
                max(confidence.readings(decision.answer(requirement, level=level), knowledge).first.values())
                for level in levels
            ]
            rises[requirement] = sum(tops) / len(tops) - now
    most = max(rises, key=lambda requirement: rises[requirement], default=None)
    return (most, rises[most]) if most is not None and rises[most] > ROUNDING else None


def first_alone(scores: Scores) -> str | None:
    """Name the candidate that alone has the highest fit."""
    fits = {model: fit for model in scores.candidates if (fit := scores.fit[model]) is not None}
    best = [model for model, fit in fits.items() if fit == max(fits.values())]
    return best[0] if len(best) == 1 else None


def _table(decision: Decision, knowledge: Knowledge) -> list[list[_Option]]:
    """List for each answer what it is and what it could be."""
    rows = []
    for answer in scoring.answered(decision, knowledge):
        changed = [answer]
        if isinstance(answer.level, int):
            scopes = SCOPES if decision.scoped else ("whole",)
            changed = [replace(answer, level=level, scope=scope) for level in range(TOP + 1) for scope in scopes]
        rows.append([_option(answer, other, knowledge) for other in changed])
    return rows


def _option(answer: Answer, other: Answer, knowledge: Knowledge) -> _Option:
    steps = int(other.scope != answer.scope)
    if isinstance(answer.level, int) and isinstance(other.level, int):
        steps += abs(other.level - answer.level)
    weight = scoring.mean_weight(other, knowledge)
    cells = {model: scoring.cell(knowledge, model, other.requirement, other.scope) for model in knowledge.models}
    adds = {model: weight * rating for model, (rating, _) in cells.items()}
    ruled_out = [
        model for model, (rating, sources) in cells.items() if scoring.fails(knowledge, other, model, rating, sources)
    ]
    return _Option(other, steps, adds, frozenset(ruled_out))


def _winner(choice: Sequence[_Option], knowledge: Knowledge) -> str | None:
    answers = [option.answer for option in choice]
    ruled_out = frozenset().union(*(option.ruled_out for option in choice))
    eligible = [
        model.id
        for model in knowledge.models.values()
        if not model.composed or all(scoring.needed(answers, scope) for scope in ("core", "reactions"))
    ]
    candidates = [model for model in eligible if model not in ruled_out] or eligible
    totals = {model: sum((option.adds[model] for option in choice), Fraction(0)) for model in candidates}
    best = [model for model, total in totals.items() if total == max(totals.values())]
    return best[0] if len(best) == 1 else None


def _choices(table: list[list[_Option]], now: str, steps: int, knowledge: Knowledge) -> Iterator[list[_Option]]:
    """List the choices of options that take just so many steps and can make another model come first."""
    rivals = [model for model in knowledge.models if model != now]
    gains = {rival: [[option.adds[rival] - option.adds[now] for option in row] for row in table] for rival in rivals}
    bounds = {rival: _bounds(table, gains[rival], steps) for rival in rivals}
    # A model made of two also gives way when a side of its boundary has no need left, or when it is ruled out.
    sides = ("core", "reactions") if knowledge.models[now].composed else ()
    clearing = {side: _steps_to_clear(table, side) for side in sides}
    ruling = _steps_to_rule_out(table, now)

    def descend(place: int, left: int, ahead: dict[str, Fraction], chosen: list[_Option]) -> Iterator[list[_Option]]:
        if place == len(table):
            if left == 0:
                yield chosen
            return
        passed = any(ahead[rival] + bounds[rival][place][left] > 0 for rival in rivals)
        cleared = any(
            clearing[side][place] <= left and not any(_needed(option, side) for option in chosen) for side in sides
        )
        if not (passed or cleared or ruling[place] <= left or any(now in option.ruled_out for option in chosen)):
            return
        for option_place, option in enumerate(table[place]):
            if option.steps <= left:
                further = {rival: ahead[rival] + gains[rival][place][option_place] for rival in rivals}
                yield from descend(place + 1, left - option.steps, further, [*chosen, option])

    yield from descend(0, steps, dict.fromkeys(rivals, Fraction(0)), [])


def _needed(option: _Option, side: str) -> bool:
    return scoring.needed([option.answer], side)


def _steps_to_clear(table: list[list[_Option]], side: str) -> list[float]:
    """Give for each place the fewest steps after which no row from there on has a need of the side."""
    rows = [min((o.steps for o in row if not _needed(o, side)), default=math.inf) for row in table]
    return [sum(rows[place:]) for place in range(len(rows) + 1)]


def _steps_to_rule_out(table: list[list[_Option]], model: str) -> list[float]:
    """Give for each place the fewest steps after which a row from there on rules the model out."""
    rows = [min((o.steps for o in row if model in o.ruled_out), default=math.inf) for row in table]
    return [min(rows[place:], default=math.inf) for place in range(len(rows) + 1)]


def _bounds(table: list[list[_Option]], gains: list[list[Fraction]], steps: int) -> list[list[Fraction]]:
    """Give for each place and number of steps left the most that a rival can gain from there on."""
    below = [Fraction(0)] * (steps + 1)
    bounds = [below]
    for row, gained in zip(reversed(table), reversed(gains), strict=True):
        below = [
            max(
                gain + below[left - option.steps]
                for option, gain in zip(row, gained, strict=True)
                if option.steps <= left
            )
            for left in range(steps + 1)
        ]
        bounds.append(below)
    return bounds[::-1]
