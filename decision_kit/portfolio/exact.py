"""A folder of knowledge in whole numbers, so that very many workflows are compared exactly without fractions.

All weights are multiplied by one number and all ratings by another until each is whole. Sums of their products are
then whole as well and, up to ``LARGEST``, exact in the floats that dataframe engines work with; a fit, which is one
such sum divided by another, is the float nearest to the fraction.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from decision_kit import scoring
from decision_kit.decision import SCOPES, Answer
from decision_kit.errors import InputError
from decision_kit.knowledge import TOP, Knowledge

LARGEST = 2**51
"""No total may reach this: floats hold all whole numbers up to four times as much."""
NOWHERE = -float(4 * LARGEST)
"""The total of a model that cannot be chosen: below all others, whatever one step adds to it."""


@dataclass(frozen=True, eq=False)
class Exact:
    """The numbers that the scoring uses; made by :func:`exact`.

    Attributes
    ----------
    requirements, models, pure : tuple of str
        Ids, in the order of the knowledge; ``pure`` are the models not made of others.
    weights : mapping of str to tuple of int
        What each level 0-4 of a requirement counts, multiplied.
    ratings : mapping of (str, str, str) to int
        Rating of a model on a requirement of a scope, less the crossing cost, multiplied.
    fails : frozenset of (str, str, str)
        The (model, requirement, scope) that a must-have rules out.
    best : int
        The best rating there can be, multiplied: a fit is ``total / (best * weight)``.
    """

    requirements: tuple[str, ...]
    models: tuple[str, ...]
    pure: tuple[str, ...]
    weights: Mapping[str, tuple[int, ...]]
    ratings: Mapping[tuple[str, str, str], int]
    fails: frozenset[tuple[str, str, str]]
    best: int


@functools.lru_cache(maxsize=4)  # the parts of a larger portfolio are scored one by one
def exact(knowledge: Knowledge) -> Exact:
    """Multiply the weights and ratings of a folder until they are whole.

    Parameters
    ----------
    knowledge : Knowledge

    Returns
    -------
    Exact

    Raises
    ------
    InputError
        If totals would be too large to be exact, as the numbers of sources have few factors in common.
    """
    cells = {
        (model, requirement, scope): scoring.cell(knowledge, model, requirement, scope)
        for model in knowledge.models
        for requirement in knowledge.requirements
        for scope in SCOPES
    }
    many = math.lcm(*(weight.denominator for steps in knowledge.level_weights.values() for weight in steps))
    scale = math.lcm(*(rating.denominator for rating, _ in cells.values()))
    weights = {
        requirement: tuple(int(weight * many) for weight in steps)
        for requirement, steps in knowledge.level_weights.items()
    }
    ratings = {cell: int(rating * scale) for cell, (rating, _) in cells.items()}
    musts = {requirement: Answer(requirement, must=True) for requirement in knowledge.requirements}
    highest = max(TOP * scale, *(abs(rating) for rating in ratings.values()))
    if highest * sum(steps[-1] for steps in weights.values()) >= LARGEST:
        raise InputError(
            f"{knowledge.folder}: weights and ratings rest on too many different fractions to compare very many "
            "workflows exactly; use fewer or rounder ones."
        )
    return Exact(
        requirements=tuple(knowledge.requirements),
        models=tuple(knowledge.models),
        pure=scoring.pure(knowledge),
        weights=weights,
        ratings=ratings,
        fails=frozenset(
            (model, requirement, scope)
            for (model, requirement, scope), (rating, sources) in cells.items()
            if scoring.fails(knowledge, musts[requirement], model, rating, sources)
        ),
        best=TOP * scale,
    )
