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
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from decision_kit import scoring
from decision_kit.boundaries.rules import Prices
from decision_kit.boundaries.system import Bools, Ints, System, sides
from decision_kit.knowledge import TOP, Knowledge

LARGEST = 2**59
"""All costs together stay below this, so that sums of them fit into 64 bits."""
FINEST = 10**6
"""Weights are written over at most this denominator."""
CORE, REACTIONS, FREE = 0, 1, -1


@dataclass(frozen=True)
class Energy:
    """What every assignment costs; made by :func:`of_system`.

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

    misfit: Ints
    touched: Ints
    starts: Ints
    ends: Ints
    extra: Ints
    fixed: Ints
    weight: int
    scale: int
    rounding: Fraction = Fraction(0)

    def split(self, core: Bools) -> tuple[int, int]:
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

    def paid(self, core: Bools) -> tuple[Ints, Ints]:
        """Say what each part and what each link pays for the line under an assignment; 0 where no line touches it."""
        start, end = core[self.starts], core[self.ends]
        at_line = np.zeros(len(core), dtype=np.bool_)
        for places in (self.starts, self.ends):
            at_line[places[start != end]] = True
        parts = np.where(at_line, np.where(core, self.touched[:, CORE], self.touched[:, REACTIONS]), 0)
        return parts, np.where(start & ~end, self.extra[:, 0], np.where(~start & end, self.extra[:, 1], 0))

    def alone(self) -> Ints:
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

    Raises
    ------
    InputError
        If a part names a requirement or a model that the knowledge does not have, or no model is made of two.
    """
    system.check(knowledge)
    made = sides(knowledge)
    asked = list(knowledge.requirements)
    needs = _whole([weight for requirement in asked for weight in knowledge.level_weights[requirement]], FINEST)
    table = needs.numbers.reshape(len(asked), TOP + 1).tolist()
    column = {requirement: at for at, requirement in enumerate(asked)}
    weights = np.zeros((len(system.parts), len(asked)), dtype=np.int64)
    for at, part in enumerate(system.parts):
        for requirement, level in part.levels.items():
            weights[at, column[requirement]] = table[column[requirement]][level]

    def rated(model: str, scope: str) -> list[Fraction]:
        return [scoring.cell(knowledge, model, requirement, scope)[0] for requirement in asked]

    short, over = [], []
    for model, scope in ((made.core, "core"), (made.reactions, "reactions")):
        own = rated(model, scope)
        short += [TOP - rating for rating in own]
        over += [rating - crossed for rating, crossed in zip(own, rated(made.id, scope), strict=True)]
    starts, ends = system.ends
    most = math.ceil(max(short)) + math.ceil(max(over))
    joined = int(weights.sum(axis=1)[np.concatenate(system.ends)].sum()) * int(prices.factors.max(initial=0))
    largest = 2 * (int(weights.sum()) * prices.unit + joined) * most + int(prices.pulls.sum()) * needs.per
    ratings = _whole([*short, *over], LARGEST // max(1, largest))
    misfit, crossed = ratings.numbers.reshape(2, 2, len(asked))
    touched = weights @ crossed.T
    fixed = {made.core: CORE, made.reactions: REACTIONS, "": FREE}
    return Energy(
        misfit=weights @ misfit.T * prices.unit + prices.pulls * (needs.per * ratings.per),
        touched=touched * prices.unit,
        starts=starts,
        ends=ends,
        extra=_both_ways(touched, starts, ends) * (prices.factors - prices.unit)[:, None],
        fixed=np.array([fixed[part.model] for part in system.parts], dtype=np.int64),
        weight=int(weights.sum()) * prices.unit * ratings.per,
        scale=needs.per * prices.unit * ratings.per,
        rounding=max(needs.rounding, ratings.rounding),
    )


class _Whole(NamedTuple):
    """Numbers in units of one over ``per``, and by how much each may be rounded."""

    numbers: Ints
    per: int
    rounding: Fraction


def _whole(values: Sequence[Fraction], most: int) -> _Whole:
    """Write fractions over one denominator, rounded where that would pass ``most``."""
    exact = math.lcm(*(value.denominator for value in values))
    per = min(exact, max(1, most))
    numbers = np.array([round(value * per) for value in values], dtype=np.int64)
    return _Whole(numbers, per, Fraction(0) if per == exact else Fraction(1, 2 * per))


def _both_ways(touched: Ints, starts: Ints, ends: Ints) -> Ints:
    """Add up what both ends of each link pay, its start being core and its end reactions, and the other way round."""
    core, reactions = touched[:, CORE], touched[:, REACTIONS]
    return np.column_stack([core[starts] + reactions[ends], reactions[starts] + core[ends]])
