"""What every assignment of two models to the parts of a system costs, in whole numbers.

A part pays its misfit under the model it has: for each need, how far the rating of the model stays below the best,
times the weight of the need. A part that a line touches also pays for it, once, as one way out or in serves all its
links: for each need, how far the rating of the model made of two lies below that of the model it has, times the
weight. A link that traffic or a rule makes dearer than that pays the rest by itself. Weights and ratings are those of
:mod:`decision_kit.scoring`. The least of such costs is a minimum cut (Kolmogorov and Zabih, IEEE TPAMI 26(2), 2004;
for what is paid once, Kohli, Ladicky and Torr, Int. J. Computer Vision 82(3), 2009).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from decision_kit import scoring
from decision_kit.boundaries.rules import Prices
from decision_kit.boundaries.system import System, sides
from decision_kit.decision import Decision
from decision_kit.knowledge import TOP, Knowledge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

LARGEST = 2**59
"""All costs together stay below this, so that sums of them fit into 64 bits."""
FINEST = 10**6
"""Weights are written over at most this denominator."""
CORE, REACTIONS, FREE = 0, 1, -1


@dataclass(frozen=True)
class Energy:
    """What every assignment costs; made by :func:`of_system` or :func:`of_decision`.

    Attributes
    ----------
    misfit : numpy.ndarray of shape (parts, 2)
        What each part pays under the model of the core and under that of the reactions.
    touched : numpy.ndarray of shape (parts, 2)
        What each part pays on top where a line crosses one of its links.
    starts, ends : numpy.ndarray of shape (links,)
        Places of the parts that a link joins.
    extra : numpy.ndarray of shape (links, 2)
        What each link pays on top where its start is core and its end reactions, and the other way round.
    fixed : numpy.ndarray of shape (parts,)
        ``CORE``, ``REACTIONS`` or ``FREE`` for each part.
    weight : int
        The weights of all needs, in the same units as the costs.
    scale : int
        All numbers are in units of one over this; one is a rating step on a need of weight 1.
    rounding : fractions.Fraction
        By how much a weight or a rating may be rounded; 0 where everything is exact, as with the ratings shipped.
    """

    misfit: "Ints"
    touched: "Ints"
    starts: "Ints"
    ends: "Ints"
    extra: "Ints"
    fixed: "Ints"
    weight: int
    scale: int
    rounding: Fraction = Fraction(0)

    def split(self, core: "Bools") -> tuple[int, int]:
        """Say what an assignment costs.

        Parameters
        ----------
        core : numpy.ndarray of shape (parts,)
            Whether each part has the model of the core.

        Returns
        -------
        (int, int)
            Misfit and crossings.
        """
        misfit = np.where(core, self.misfit[:, CORE], self.misfit[:, REACTIONS])
        parts, links = self.paid(core)
        return int(misfit.sum()), int(parts.sum() + links.sum())

    def paid(self, core: "Bools") -> tuple["Ints", "Ints"]:
        """Say what each part and what each link pays for the line under an assignment; 0 where no line touches it."""
        start, end = core[self.starts], core[self.ends]
        at_line = np.zeros(len(core), dtype=np.bool_)
        for places in (self.starts, self.ends):
            at_line[places[start != end]] = True
        parts = np.where(at_line, np.where(core, self.touched[:, CORE], self.touched[:, REACTIONS]), 0)
        return parts, np.where(start & ~end, self.extra[:, 0], np.where(~start & end, self.extra[:, 1], 0))

    def alone(self) -> "Ints":
        """Say what a line over each link would cost at least if it crossed no other, of shape (links,)."""
        least: Ints = (self.extra + _both_ways(self.touched, self.starts, self.ends)).min(axis=1)
        return least

    def fit(self, cost: int) -> Fraction | None:
        """Give a cost as the fit that ``score`` gives, 1 at most; ``None`` where nothing is needed."""
        return 1 - Fraction(cost, TOP * self.weight) if self.weight else None


def of_system(system: System, knowledge: Knowledge, prices: Prices) -> Energy:
    """Say what every assignment of a system costs.

    Parameters
    ----------
    system : System
    knowledge : Knowledge
    prices : Prices
        What rules and traffic make of the system.

    Returns
    -------
    Energy

    Raises
    ------
    InputError
        If a part names a requirement or a model that the knowledge does not have, or no model is made of two.
    """
    system.check(knowledge)
    made = sides(knowledge)
    column = {requirement: at for at, requirement in enumerate(knowledge.requirements)}
    levels = np.full((len(system.parts), len(column)), TOP + 1, dtype=np.int64)  # one past the top: not answered
    model = {made.core: CORE, made.reactions: REACTIONS, "": FREE}
    for at, part in enumerate(system.parts):
        for requirement, level in part.levels.items():
            levels[at, column[requirement]] = level
    steps = _whole([weight for r in column for weight in (*knowledge.level_weights[r], Fraction(0))], FINEST)
    weights = steps.numbers.reshape(len(column), TOP + 2)[np.arange(len(column)), levels]
    fixed = np.array([model[part.model] for part in system.parts], dtype=np.int64)
    return _energy(steps._replace(numbers=weights), knowledge, prices, system.ends, fixed)


def of_decision(decision: Decision, knowledge: Knowledge) -> Energy:
    """See the hybrid of one decision as a system of two parts, its core and its reactions.

    A need of the whole flow is split half and half. The line between the two costs what a boundary costs in
    :mod:`decision_kit.scoring`, and a core that reacts to orchestrated reactions is not allowed; where the decision
    has no boundary, neither is any other line. Must-haves are left out: they rule a model out for the whole.

    Parameters
    ----------
    decision : Decision
    knowledge : Knowledge

    Returns
    -------
    Energy
        Of the parts core and reactions, in this order. Its three costs are ``4 sum_r w_r (1 - fit)`` with the fits of
        ``scoring.score``.

    Raises
    ------
    InputError
        If an answer names a requirement that the knowledge does not have, or no model is made of two.
    """
    made = sides(knowledge)
    answers = {answer.requirement: answer for answer in scoring.answered(decision, knowledge)}

    def weigh(requirement: str, scope: str) -> Fraction:
        answer = answers.get(requirement)
        if answer is None or answer.scope not in ("whole", scope):
            return Fraction(0)
        return scoring.mean_weight(answer, knowledge) / (2 if answer.scope == "whole" else 1)

    weights = _whole([weigh(r, scope) for scope in ("core", "reactions") for r in knowledge.requirements], FINEST)
    weights = weights._replace(numbers=weights.numbers.reshape(2, len(knowledge.requirements)))
    one, none = np.ones(1, dtype=np.int64), np.zeros((2, 2), dtype=np.int64)
    prices = Prices(1, one, none, -one, ())
    ends = np.array([CORE]), np.array([REACTIONS])
    energy = _energy(weights, knowledge, prices, ends, np.array([FREE, FREE]))
    forbidden = int(energy.misfit.sum() + energy.touched.sum()) + 1
    eligible = made.id in scoring.score(decision, knowledge).eligible
    return replace(energy, extra=np.array([[0 if eligible else forbidden, forbidden]]))


class _Whole(NamedTuple):
    """Numbers in units of one over ``per``, and by how much each may be rounded."""

    numbers: "Ints"
    per: int
    rounding: Fraction


def _whole(values: Sequence[Fraction], most: int) -> _Whole:
    """Write fractions over one denominator, rounded where that would pass ``most``."""
    exact = math.lcm(*(value.denominator for value in values))
    per = min(exact, max(1, most))
    numbers = np.array([round(value * per) for value in values], dtype=np.int64)
    return _Whole(numbers, per, Fraction(0) if per == exact else Fraction(1, 2 * per))


def _energy(needs: _Whole, knowledge: Knowledge, prices: Prices, ends: tuple["Ints", "Ints"], fixed: "Ints") -> Energy:
    """Add up needs, of shape (parts, requirements), into misfits and what a line costs."""
    made = sides(knowledge)

    def rated(model: str, scope: str) -> list[Fraction]:
        return [scoring.cell(knowledge, model, requirement, scope)[0] for requirement in knowledge.requirements]

    short, over = [], []
    for model, scope in ((made.core, "core"), (made.reactions, "reactions")):
        own = rated(model, scope)
        short += [TOP - rating for rating in own]
        over += [rating - crossed for rating, crossed in zip(own, rated(made.id, scope), strict=True)]
    weights, (starts, stops) = needs.numbers, ends
    most = math.ceil(max(short)) + math.ceil(max(over))
    joined = int(weights.sum(axis=1)[np.concatenate(ends)].sum()) * int(prices.factors.max(initial=0))
    largest = 2 * (int(weights.sum()) * prices.unit + joined) * most + int(prices.pulls.sum()) * needs.per
    ratings = _whole([*short, *over], LARGEST // max(1, largest))
    misfit, crossed = ratings.numbers.reshape(2, 2, len(knowledge.requirements))
    touched = weights @ crossed.T
    return Energy(
        misfit=weights @ misfit.T * prices.unit + prices.pulls * (needs.per * ratings.per),
        touched=touched * prices.unit,
        starts=starts,
        ends=stops,
        extra=_both_ways(touched, starts, stops) * (prices.factors - prices.unit)[:, None],
        fixed=fixed,
        weight=int(weights.sum()) * prices.unit * ratings.per,
        scale=needs.per * prices.unit * ratings.per,
        rounding=max(needs.rounding, ratings.rounding),
    )


def _both_ways(touched: "Ints", starts: "Ints", ends: "Ints") -> "Ints":
    """Add up what both ends of each link pay, its start being core and its end reactions, and the other way round."""
    core, reactions = touched[:, CORE], touched[:, REACTIONS]
    return np.column_stack([core[starts] + reactions[ends], reactions[starts] + core[ends]])
