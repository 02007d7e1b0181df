"""What would change the verdict: the fewest steps that do, the level at which each answer does, what to ask next.

And what a folder of knowledge can say at all: how often each model fits best over all answers there are.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from decision_kit import confidence, scoring
from decision_kit.confidence import Confidence
from decision_kit.decision import SCOPES, Answer, Decision
from decision_kit.knowledge import TOP, Knowledge

FARTHEST = 6
"""Most steps that are tried."""
ROUNDING = 1e-9
"""Rises up to this are the rounding of sums, not rises."""
MOST_SETS = 20
"""Most smallest sets that are listed; all are counted."""
MOST_COUNTED = 16
"""Most requirements for which all answers are counted one by one; beyond them answers are sampled."""
HARDLY_EVER = 0.01
"""A model that fits best in a smaller share of all answers than this hardly ever does."""

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Flip:
    """Changed answers that together make another model fit best."""

    changes: tuple[Answer, ...]
    model: str


@dataclass(frozen=True)
class Flips:
    """The smallest sets of changes that make another model alone fit best.

    Attributes
    ----------
    steps : int or None
        How many steps each set takes: one level up or down or one change of scope is a step. ``None`` where no
        model alone fits best now, or ``FARTHEST`` steps are not enough.
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
    """An answer as it is or changed: its cost in steps, what it adds to each model's score, the side that needs it."""

    answer: Answer
    steps: int
    adds: Mapping[str, Fraction]
    ruled_out: frozenset[str]
    side: str | None


def flips(decision: Decision, knowledge: Knowledge) -> Flips:
    """Find the fewest steps of single-level answers that make another model fit best.

    Iterative deepening over the number of steps; a branch is left when, by an exact knapsack bound, no rival
    can pass the first model with the steps that remain.

    Returns
    -------
    Flips
        Ranges, not sure and not answered stay as they are.

    Raises
    ------
    InputError
        If an answer names a requirement that the knowledge does not have.
    """
    now = scoring.score(decision, knowledge).first
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
    """Say which model would fit best at each level of each requirement, all else as it is.

    Returns
    -------
    dict of str to tuple of (str or None)
        For each requirement, by level 0-4; ``None`` where models tie or nothing is needed.
    """
    return {
        requirement: tuple(
            scoring.score(decision.answer(requirement, level=level), knowledge).first for level in range(TOP + 1)
        )
        for requirement in knowledge.requirements
    }


def overtaking(decision: Decision, knowledge: Knowledge) -> tuple[str, ...]:
    """Name the models that questions not answered yet could still put ahead of the one that fits best.

    What an answer adds to the lead of a model grows with its weight, so only its highest level need be looked at.

    Returns
    -------
    tuple of str
        Of the models that can be recommended as the decision stands; empty where none alone fits best.

    Raises
    ------
    InputError
        If an answer names a requirement that the knowledge does not have.
    """
    scores = scoring.score(decision, knowledge)
    now = scores.first
    if now is None:
        return ()
    scopes = SCOPES if decision.scoped else ("whole",)
    open_ = [requirement for requirement in knowledge.requirements if not decision.answer_to(requirement).given]

    def most(rival: str, requirement: str) -> Fraction:
        one, other = (
            [scoring.cell(knowledge, model, requirement, scope)[0] for scope in scopes] for model in (rival, now)
        )
        gain = max(a - b for a, b in zip(one, other, strict=True))
        return max(Fraction(0), knowledge.level_weights[requirement][TOP] * gain)

    def lead(rival: str) -> Fraction:
        return sum(
            (need.weight * (need.ratings[now] - need.ratings[rival]) for need in scores.contributions), Fraction()
        )

    rivals = (model for model in scores.candidates if model != now)
    return tuple(model for model in rivals if sum(most(model, requirement) for requirement in open_) > lead(model))


def over_levels(
    decision: Decision, knowledge: Knowledge, one: str, other: str | None = None
) -> tuple[tuple[tuple[str | None, Confidence], ...], ...]:
    """Say which model would fit best at each level of one requirement or two, and in how many readings it comes first.

    Returns
    -------
    tuple of tuple of (str or None, Confidence)
        By level of the ``one`` requirement (rows), and of the ``other`` (columns; one without it): the model that alone
        fits best (``None`` where models tie or nothing is needed), and the readings' shares.
    """

    def cell(moved: Decision) -> tuple[str | None, Confidence]:
        return scoring.score(moved, knowledge).first, confidence.readings(moved, knowledge)

    columns = [decision.answer(other, level=level) for level in range(TOP + 1)] if other else [decision]
    return tuple(tuple(cell(column.answer(one, level=level)) for column in columns) for level in range(TOP + 1))


@dataclass(frozen=True)
class OpenQuestion:
    """A question whose answer leaves several levels open, and what one level would make of the readings.

    ``by_level`` holds for each open level the readings' shares if that were the answer; ``rise`` is by how much
    the highest share is then expected to rise, all open levels being equally likely (0-1; below 0 if it falls).
    """

    requirement: str
    by_level: Mapping[int, Confidence]
    rise: float


def open_questions(decision: Decision, knowledge: Knowledge) -> Iterator[OpenQuestion]:
    """Work out what each open question (a range, not sure, not answered) costs in confidence.

    Yields
    ------
    OpenQuestion
        In the order of the knowledge, one at a time, as each takes up to a tenth of a second.
    """
    now = max(confidence.readings(decision, knowledge).first.values())
    for requirement in knowledge.requirements:
        levels = decision.answer_to(requirement).levels
        if len(levels) > 1:
            by_level = {
                level: confidence.readings(decision.answer(requirement, level=level), knowledge) for level in levels
            }
            tops = [max(shares.first.values()) for shares in by_level.values()]
            yield OpenQuestion(requirement, by_level, sum(tops) / len(tops) - now)


def ask_next(questions: Iterable[OpenQuestion]) -> OpenQuestion | None:
    """Choose the open question whose answer is expected to raise the highest share of readings the most.

    Returns
    -------
    OpenQuestion or None
        ``None`` where nothing is open, or no single answer is expected to raise it.
    """
    best = max(questions, key=lambda question: question.rise, default=None)
    return best if best and best.rise > ROUNDING else None


@dataclass(frozen=True)
class Reach:
    """How often each model fits best over all answers, every level of every requirement being equally likely.

    Attributes
    ----------
    whole : Confidence
        With no boundary named, so that models made of two cannot be chosen.
    scoped : Confidence or None
        With core and reactions named and any scope for each answer; ``None`` where no model is made of two.
    """

    whole: Confidence
    scoped: Confidence | None

    def hardly_ever(self) -> dict[str, float]:
        """Name the models that fit best in fewer than ``HARDLY_EVER`` of all answers, and in how many."""
        # Models made of two fit best only where scopes are given.
        shares = {**(self.scoped.first if self.scoped else {}), **self.whole.first}
        return {model: share for model, share in shares.items() if share < HARDLY_EVER}


def reachable(knowledge: Knowledge) -> Reach:
    """Find out which models a folder of ratings can let fit best at all, and how often over all answers.

    Two models are counted exactly: all sums of one half of the requirements are sorted, and those of the other
    half looked up among them. Must-haves are left aside.

    Returns
    -------
    Reach
        ``whole`` is exact for two models and up to ``MOST_COUNTED`` requirements; all else is sampled.
    """
    pure = scoring.pure(knowledge)
    everyone = list(knowledge.models)
    whole = _count(knowledge, *pure) if len(pure) == 2 and len(knowledge.requirements) <= MOST_COUNTED else None
    return Reach(
        whole=whole or _sample(knowledge, pure),
        scoped=_sample(knowledge, everyone) if len(everyone) > len(pure) else None,
    )


def _count(knowledge: Knowledge, one: str, two: str) -> Confidence | None:
    leads = [
        [
            weight * (knowledge.mean_ratings[one, requirement] - knowledge.mean_ratings[two, requirement])
            for weight in steps
        ]
        for requirement, steps in knowledge.level_weights.items()
    ]
    scale = math.lcm(*(lead.denominator for row in leads for lead in row))
    whole = [[int(lead * scale) for lead in row] for row in leads]
    if sum(max(map(abs, row)) for row in whole) >= 2**62:
        return None
    halves = []
    for rows in (whole[::2], whole[1::2]):
        sums = np.zeros(1, np.int64)
        for row in rows:
            sums = np.add.outer(sums, np.array(row, np.int64)).ravel()
        halves.append(np.sort(sums))
    few, many = halves
    all_ = len(few) * len(many)
    behind, not_ahead = (int(np.searchsorted(few, -many, side=side).sum()) for side in ("left", "right"))
    return Confidence.of({one: (all_ - not_ahead) / all_, two: behind / all_}, (not_ahead - behind) / all_)


def _sample(knowledge: Knowledge, models: Sequence[str]) -> Confidence:
    """Sample levels, and scopes where a model is made of two."""
    composed = any(knowledge.models[model].composed for model in models)
    scopes = SCOPES if composed else ("whole",)
    cells = np.array(
        [
            [[float(scoring.cell(knowledge, model, requirement, scope)[0]) for scope in scopes] for model in models]
            for requirement in knowledge.requirements
        ]
    )
    steps = np.array([[float(weight) for weight in steps] for steps in knowledge.level_weights.values()])
    made = np.array([knowledge.models[model].composed for model in models])

    def shares_of(uniform: "NDArray[np.float64]") -> "NDArray[np.float64]":
        drawn = (uniform * (TOP + 1) * len(scopes)).astype(int)
        level, scope = drawn // len(scopes), drawn % len(scopes)
        place = np.arange(len(cells))
        totals = np.einsum("nr,nrm->mn", steps[place, level], cells[place, :, scope])
        if composed:
            sides = [((scope == SCOPES.index(side)) & (level > 0)).any(axis=1) for side in ("core", "reactions")]
            totals[np.ix_(made, ~(sides[0] & sides[1]))] = -np.inf
        return confidence.first_alone(np.round(totals, 9))

    shares, error = confidence.scrambled(shares_of, len(cells))
    return Confidence.of(dict(zip(models, shares, strict=True)), error=error)


def _table(decision: Decision, knowledge: Knowledge) -> list[list[_Option]]:
    """List for each answer what it is and what it could be."""
    scopes = SCOPES if decision.scoped else ("whole",)
    rows = []
    for answer in scoring.answered(decision, knowledge):
        row = [_option(answer, 0, knowledge)]
        if isinstance(answer.level, int):
            row = [
                _option(
                    replace(answer, level=level, scope=scope),
                    abs(level - answer.level) + (scope != answer.scope),
                    knowledge,
                )
                for level in range(TOP + 1)
                for scope in scopes
            ]
        rows.append(row)
    return rows


def _option(answer: Answer, steps: int, knowledge: Knowledge) -> _Option:
    weight = scoring.mean_weight(answer, knowledge)
    cells = {model: scoring.cell(knowledge, model, answer.requirement, answer.scope) for model in knowledge.models}
    adds = {model: weight * rating for model, (rating, _) in cells.items()}
    ruled_out = {model for model, cell in cells.items() if scoring.fails(knowledge, answer, model, *cell)}
    side = answer.scope if scoring.needed([answer], answer.scope) else None
    return _Option(answer, steps, adds, frozenset(ruled_out), side)


def _winner(choice: Sequence[_Option], knowledge: Knowledge) -> str | None:
    ruled_out = frozenset().union(*(option.ruled_out for option in choice))
    both = {"core", "reactions"} <= {option.side for option in choice}
    eligible = [model.id for model in knowledge.models.values() if both or not model.composed]
    candidates = [model for model in eligible if model not in ruled_out] or eligible
    return scoring.alone({model: sum((option.adds[model] for option in choice), Fraction(0)) for model in candidates})


def _choices(table: list[list[_Option]], now: str, steps: int, knowledge: Knowledge) -> Iterator[list[_Option]]:
    """List the choices of options that take just so many steps and can make another model fit best."""
    rivals = [model for model in knowledge.models if model != now]
    gains = {rival: [[option.adds[rival] - option.adds[now] for option in row] for row in table] for rival in rivals}
    bounds = {rival: _bounds(table, gains[rival], steps) for rival in rivals}

    def fewest(wanted: Callable[[_Option], bool]) -> list[float]:
        return [min((option.steps for option in row if wanted(option)), default=math.inf) for row in table]

    # A model made of two also gives way when a side of its boundary has no need left, or when it is ruled out.
    sides = ("core", "reactions") if knowledge.models[now].composed else ()
    clearing = {side: fewest(lambda option, side=side: option.side != side) for side in sides}  # type: ignore[misc]
    ruling = fewest(lambda option: now in option.ruled_out)
    # A rival that is ruled out whatever is chosen cannot win while the first is not ruled out itself.
    hopeless = [
        frozenset().union(*(frozenset.intersection(*(option.ruled_out for option in row)) for row in table[place:]))
        for place in range(len(table) + 1)
    ]

    def descend(
        place: int, left: int, ahead: dict[str, Fraction], chosen: list[_Option], out: frozenset[str]
    ) -> Iterator[list[_Option]]:
        if place == len(table):
            if left == 0:
                yield chosen
            return
        out_of_the_race = out | hopeless[place]
        if not (
            now in out
            or any(ahead[rival] + bounds[rival][place][left] > 0 for rival in rivals if rival not in out_of_the_race)
            or any(
                sum(clearing[side][place:]) <= left and all(option.side != side for option in chosen) for side in sides
            )
            or min(ruling[place:], default=math.inf) <= left
        ):
            return
        for option_place, option in enumerate(table[place]):
            if option.steps <= left:
                further = {rival: ahead[rival] + gains[rival][place][option_place] for rival in rivals}
                yield from descend(place + 1, left - option.steps, further, [*chosen, option], out | option.ruled_out)

    yield from descend(0, steps, dict.fromkeys(rivals, Fraction(0)), [], frozenset())


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
