"""What makes a crossing dearer or cheaper: published rules for where the line runs, and traffic.

The rules are the rows of ``boundary_rules.csv`` and the steps of traffic those of ``traffic.csv``, both in the folder
of knowledge or, where that has none, as shipped with the kit.
"""

import itertools
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from decision_kit import files, tables
from decision_kit.boundaries.system import ASIDE, AWAITED, CRITICAL, LISTENING, Ints, System
from decision_kit.errors import InputError
from decision_kit.knowledge import Knowledge


@dataclass(frozen=True)
class Rule:
    """One published rule.

    Attributes
    ----------
    id : str
        One of ``RULES``.
    title, text : str
        What it says.
    dearer : fractions.Fraction
        What the price of a link is multiplied by where the rule is against a line there; where it is for one, the
        price stays.
    pull : fractions.Fraction
        What a part pays under the model that the rule is against, in rating steps times weight.
    source : str
        Id of the source.
    reason : str
        Why the numbers are what they are.
    """

    id: str
    title: str
    text: str
    dearer: Fraction
    pull: Fraction
    source: str
    reason: str


@dataclass(frozen=True)
class Rules:
    """The rules that are switched on, and what traffic costs; made by :func:`of`.

    Attributes
    ----------
    rules : tuple of Rule
        The first is the strongest.
    traffic : tuple of (fractions.Fraction, fractions.Fraction)
        From so many calls per second on, a line over a link costs so many times its price.
    """

    rules: tuple[Rule, ...]
    traffic: tuple[tuple[Fraction, Fraction], ...]

    def without(self, names: Collection[str]) -> "Rules":
        """Switch some rules off.

        Raises
        ------
        InputError
            If one is not known.
        """
        for name in names:
            if name not in RULES:
                raise InputError(f"{name[:60]!r} is not a rule; allowed are {', '.join(RULES)}.")
        return Rules(tuple(rule for rule in self.rules if rule.id not in names), self.traffic)


@dataclass(frozen=True)
class Contradiction:
    """Two rules that say the opposite of some links: the one applied, the one set aside, and where the links stand."""

    applied: Rule
    set_aside: Rule
    links: tuple[int, ...]


@dataclass(frozen=True)
class Prices:
    """What rules and traffic make of the links and parts of a system; made by :func:`price`.

    Attributes
    ----------
    unit : int
        The numbers below are in units of one over this.
    factors : numpy.ndarray of shape (links,)
        What the price of each link is multiplied by.
    pulls : numpy.ndarray of shape (parts, 2)
        What each part pays, because of a rule, under the model of the core and under that of the reactions.
    said_by : numpy.ndarray of shape (links,)
        The place of the rule that decided about each link; -1 where none speaks of it.
    contradictions : tuple of Contradiction
    """

    unit: int
    factors: Ints
    pulls: Ints
    said_by: Ints
    contradictions: tuple[Contradiction, ...]


def of(knowledge: Knowledge) -> Rules:
    """Read the rules and the steps of traffic of a folder of knowledge, or those shipped where it has none.

    Returns
    -------
    Rules
        With all rules switched on.

    Raises
    ------
    InputError
        If a file cannot be read, or a column or a cell is missing or not allowed.
    """
    return Rules(_rules(knowledge.with_file("boundary_rules.csv")), _traffic(knowledge.with_file("traffic.csv").folder))


def price(system: System, rules: Rules) -> Prices:
    """Say how dear a line over each link is, and what pulls each part.

    Of the rules that speak of a link the first decides whether a line there is dearer. A later one that says the same
    is not counted again (the larger number of the two holds); one that says the opposite is set aside.

    """
    unit = math.lcm(*(number.denominator for rule in rules.rules for number in (rule.dearer, rule.pull)))
    decided, said_by = (np.full(len(system.links), none, dtype=np.int64) for none in (0, -1))
    factors = np.full(len(system.links), unit, dtype=np.int64)
    pulls = np.zeros((len(system.parts), 2), dtype=np.int64)
    contradictions = []
    for at, rule in enumerate(rules.rules):
        if rule.id in _OF_PARTS:
            pulled = _OF_PARTS[rule.id](system)
            pulls += int(rule.pull * unit) * np.column_stack([pulled < 0, pulled > 0])
            continue
        verdict = _OF_LINKS[rule.id](system)
        opposite = verdict * decided < 0
        for first in np.unique(said_by[opposite]):
            links = np.flatnonzero(opposite & (said_by == first))
            contradictions.append(Contradiction(rules.rules[first], rule, tuple(links.tolist())))
        said_by[(decided == 0) & (verdict != 0)] = at
        decided = np.where(decided == 0, verdict, decided)
        against = (decided > 0) & (verdict > 0)
        factors[against] = np.maximum(factors[against], int(rule.dearer * unit))
    traffic, per = _factors_of_traffic(system, rules.traffic)
    return Prices(unit * per, factors * traffic, pulls * per, said_by, tuple(contradictions))


def _factors_of_traffic(system: System, steps: tuple[tuple[Fraction, Fraction], ...]) -> tuple[Ints, int]:
    """Look up the factor of each link, in units of one over the number that is given with them."""
    unit = math.lcm(*(factor.denominator for _, factor in steps))
    calls = np.array([link.calls_per_second or 0.0 for link in system.links], dtype=np.float64)
    place = np.searchsorted([float(start) for start, _ in steps], calls, side="right") - 1
    return np.array([int(factor * unit) for _, factor in steps], dtype=np.int64)[place], unit


def _said(values: list[Any], verdicts: Mapping[Any, int]) -> Ints:
    return np.array([verdicts.get(value, 0) for value in values], dtype=np.int64)


def _same(system: System, names: list[str]) -> Ints:
    """Give 1 where both ends have the same name, -1 where they have two, and 0 where one of them is not known."""
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(name, len(numbers)) if name else -1 for name in names], dtype=np.int64)
    one, other = (codes[places] for places in system.ends)
    return np.where((one < 0) | (other < 0), 0, np.where(one == other, 1, -1))


_OF_LINKS: Mapping[str, Callable[[System], Ints]] = {
    "undone": lambda system: _said([link.undone for link in system.links], {True: 1}),
    "waiting": lambda system: _said([link.kind for link in system.links], {AWAITED: 1, LISTENING: -1}),
    "teams": lambda system: _same(system, [part.team for part in system.parts]),
    "contexts": lambda system: _same(system, [part.context for part in system.parts]),
}
"""What a rule says of each link: 1 against a line there, -1 for one, 0 nothing."""
_OF_PARTS: Mapping[str, Callable[[System], Ints]] = {
    "path": lambda system: _said([part.critical_path for part in system.parts], {CRITICAL: 1, ASIDE: -1}),
}
"""What a rule says of each part: 1 against the model of the reactions, -1 against that of the core, 0 nothing."""

RULES = (*_OF_LINKS, *_OF_PARTS)
"""The rules there are."""


def _rules(knowledge: Knowledge) -> tuple[Rule, ...]:
    path = knowledge.folder / "boundary_rules.csv"
    columns = {
        "id": tables.once(tables.one_of(RULES)),
        "source": tables.one_of(knowledge.sources),
        **dict.fromkeys(("dearer", "pull"), tables.number),
    }
    names = {column.name: columns.get(column.name, tables.filled) for column in fields(Rule)}
    found = tuple(Rule(**row) for row in tables.rows(path, files.read_text(path), names))
    for rule in found:
        if rule.dearer < 1:
            raise InputError(f"{path}, rule {rule.id}, column dearer: {float(rule.dearer):g} is below 1.")
    return found


def _traffic(folder: Path) -> tuple[tuple[Fraction, Fraction], ...]:
    path = folder / "traffic.csv"
    columns = {"calls_per_second": tables.number, "factor": tables.number, "reason": tables.filled}
    rows = tables.rows(path, files.read_text(path), columns)
    steps = tuple((row["calls_per_second"], row["factor"]) for row in rows)
    if not steps or steps[0][0] != 0 or steps[0][1] < 1:
        raise InputError(f"{path}: the first row must begin at 0 calls per second, with a factor of at least 1.")
    for one, other in itertools.pairwise(steps):
        if one[0] >= other[0] or one[1] > other[1]:
            raise InputError(f"{path}: calls must rise and factors never fall from row to row.")
    return steps
