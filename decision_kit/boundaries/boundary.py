"""Where the line between orchestration and choreography runs in a system of parts and links."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from decision_kit import knowledge as knowledge_folder
from decision_kit.boundaries import cut, energy
from decision_kit.boundaries import rules as published
from decision_kit.boundaries.cut import Cut
from decision_kit.boundaries.energy import Energy
from decision_kit.boundaries.rules import Prices, Rule, Rules
from decision_kit.boundaries.system import Link, Part, System, sides
from decision_kit.knowledge import Knowledge, Model

ALL = 500
"""Up to so many parts it is said of each how near it is to changing sides, without being asked."""


@dataclass(frozen=True)
class Side:
    """A part and the side it lies on.

    Attributes
    ----------
    part : Part
    model : str
        Id of its model.
    free : bool
        Whether it could have the other model at the same cost.
    misfit, pays : fractions.Fraction
        What it costs under this model, and what it pays for the line that touches it; 0 where none does.
    flip : fractions.Fraction or None
        By how much the cost would rise with the other model; ``None`` if not asked for.
    """

    part: Part
    model: str
    free: bool
    misfit: Fraction
    pays: Fraction
    flip: Fraction | None


@dataclass(frozen=True)
class Joint:
    """A link, whether the line crosses it, and what that costs.

    Attributes
    ----------
    link : Link
    crossed : bool
    pays : fractions.Fraction
        What it adds to what its ends pay, as traffic or a rule makes it dearer; 0 where no line crosses it.
    alone : fractions.Fraction
        What a line over it would cost at least, both ends included, if it crossed no other link.
    rule : Rule or None
        The rule that decided whether it is dearer, if one speaks of it.
    """

    link: Link
    crossed: bool
    pays: Fraction
    alone: Fraction
    rule: Rule | None


@dataclass(frozen=True)
class Line:
    """Where the line runs and what it costs; made by :func:`draw`.

    Costs are in rating steps times weight: 1 is one step that the rating of a model stays below the best on a need of
    weight 1.

    Attributes
    ----------
    system : System
    knowledge : Knowledge
    rules : Rules
        Those switched on.
    prices : Prices
        What they and the traffic make of the links, with the contradictions.
    cut : Cut
        The cheapest assignments, in whole numbers.
    flips : mapping of str to fractions.Fraction
        By how much the least cost rises with each part on the other side; below 0 only for a part fixed by hand.
    """

    system: System
    knowledge: Knowledge
    rules: Rules
    prices: Prices
    cut: Cut
    flips: Mapping[str, Fraction]

    @property
    def energy(self) -> Energy:
        """What every assignment costs."""
        return self.cut.energy

    @property
    def made(self) -> Model:
        """The model whose two halves the parts have."""
        return sides(self.knowledge)

    def other(self, model: str) -> str:
        """Name the model of the other side."""
        return self.made.reactions if model == self.made.core else self.made.core

    @functools.cached_property
    def assignment(self) -> Mapping[str, str]:
        """The model of each part; where several assignments are cheapest, the one with the smallest core."""
        models = (self.made.reactions, self.made.core)
        return {part.id: models[core] for part, core in zip(self.system.parts, self.cut.smallest.tolist(), strict=True)}

    @functools.cached_property
    def free(self) -> tuple[str, ...]:
        """The parts that could have the other model at the same cost; empty where the cheapest is the only one."""
        return tuple(self.system.parts[at].id for at in np.flatnonzero(self.cut.smallest != self.cut.largest))

    @functools.cached_property
    def thin(self) -> tuple[str, ...]:
        """The parts that have fewer answers than a decision needs for a verdict."""
        return tuple(part.id for part in self.system.parts if len(part.levels) < self.knowledge.enough)

    @functools.cached_property
    def answered(self) -> bool:
        """Whether any part has an answer; what it costs says nothing where none has."""
        return any(part.levels for part in self.system.parts)

    @property
    def cost(self) -> Fraction:
        """The least cost: misfit and crossings."""
        return self._steps(self.cut.cost)

    @property
    def misfit(self) -> Fraction:
        """What the parts cost under their models."""
        return self._steps(self.cut.misfit)

    @property
    def crossings(self) -> Fraction:
        """What the line costs."""
        return self._steps(self.cut.crossings)

    @functools.cached_property
    def unfixed(self) -> Fraction:
        """What the cheapest would cost if no part were fixed by hand."""
        if not any(part.model for part in self.system.parts):
            return self.cost
        fixed = np.full_like(self.energy.fixed, energy.FREE)
        return self._steps(cut.cheapest(replace(self.energy, fixed=fixed)).cost)

    @functools.cached_property
    def undivided(self) -> Mapping[str, Fraction]:
        """What it costs if all parts have one model, for each of the two; parts fixed by hand are not spared."""
        core = np.ones(len(self.system.parts), dtype=np.bool_)
        whole = {self.made.core: core, self.made.reactions: ~core}
        return {model: self._steps(sum(self.energy.split(assigned))) for model, assigned in whole.items()}

    def fit(self, cost: Fraction) -> Fraction | None:
        """Give a cost as a fit like that of one decision, 1 at most; ``None`` where nothing is needed."""
        return self.energy.fit(int(cost * self.energy.scale))

    @functools.cached_property
    def parts(self) -> tuple[Side, ...]:
        """All parts, in the order of the system."""
        core = self.cut.smallest
        misfit = np.where(core, self.energy.misfit[:, energy.CORE], self.energy.misfit[:, energy.REACTIONS])
        pays, _ = self.energy.paid(core)
        free = set(self.free)
        return tuple(
            Side(
                part=part,
                model=self.assignment[part.id],
                free=part.id in free,
                misfit=self._steps(misfit[at]),
                pays=self._steps(pays[at]),
                flip=self.flips.get(part.id),
            )
            for at, part in enumerate(self.system.parts)
        )

    @functools.cached_property
    def links(self) -> tuple[Joint, ...]:
        """All links, in the order of the system."""
        core = self.cut.smallest
        crossed = core[self.energy.starts] != core[self.energy.ends]
        _, pays = self.energy.paid(core)
        alone = self.energy.alone()
        return tuple(
            Joint(
                link=link,
                crossed=bool(crossed[at]),
                pays=self._steps(pays[at]),
                alone=self._steps(alone[at]),
                rule=None if self.prices.said_by[at] < 0 else self.rules.rules[self.prices.said_by[at]],
            )
            for at, link in enumerate(self.system.links)
        )

    @functools.cached_property
    def crossed(self) -> tuple[Joint, ...]:
        """The links that the line crosses, the dearest first."""
        return tuple(sorted((joint for joint in self.links if joint.crossed), key=lambda joint: -joint.alone))

    @functools.cached_property
    def dearest(self) -> tuple[Joint, ...]:
        """The links that cost most to cut, each taken alone; several if they tie, none where no line costs anything."""
        most = max((joint.alone for joint in self.links), default=Fraction(0))
        return tuple(joint for joint in self.links if most and joint.alone == most)

    @functools.cached_property
    def nearest(self) -> tuple[str, ...]:
        """The parts that are nearest to changing sides, several if they tie; those fixed by hand are left out.

        Empty where it was not asked of all the others how near they are.
        """
        free = [part.id for part in self.system.parts if not part.model]
        if any(name not in self.flips for name in free):
            return ()
        least = min((self.flips[name] for name in free), default=Fraction(0))
        return tuple(name for name in free if self.flips[name] == least)

    @functools.cached_property
    def moved_by_rules(self) -> tuple[str, ...]:
        """The parts that would lie on the other side if no rule were switched on."""
        bare = Rules((), self.rules.traffic)
        other = cut.cheapest(energy.of_system(self.system, self.knowledge, published.price(self.system, bare)))
        return tuple(self.system.parts[at].id for at in np.flatnonzero(other.smallest != self.cut.smallest))

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values, as ``decision-kit boundary --json`` prints it.

        Returns
        -------
        dict
            Costs in rating steps times weight, fits as shares (0-1). ``answers`` says ``of`` how many questions how
            many are answered for each of the ``parts``, and how many are ``enough`` for a verdict.
        """
        fits = {"line": self.cost, **self.undivided}
        return {
            "answers": {
                "of": len(self.knowledge.requirements),
                "enough": self.knowledge.enough,
                "parts": {part.id: len(part.levels) for part in self.system.parts},
            },
            "assignment": dict(self.assignment),
            "cost": float(self.cost),
            "misfit": float(self.misfit),
            "crossings": float(self.crossings),
            "unfixed": float(self.unfixed),
            **{f"all_{model}": float(cost) for model, cost in self.undivided.items()},
            "flips": {name: float(flip) for name, flip in self.flips.items()},
            "fit": {name: None if (fit := self.fit(cost)) is None else float(fit) for name, cost in fits.items()},
            "unique": not self.free,
            "free": list(self.free),
            "fixed": {part.id: part.model for part in self.system.parts if part.model},
            "nearest": list(self.nearest),
            "at_line": {side.part.id: float(side.pays) for side in self.parts if side.pays},
            "crossed": [_plain(joint) for joint in self.crossed],
            "dearest": [_plain(joint) for joint in self.dearest],
            "rules": [rule.id for rule in self.rules.rules],
            "moved_by_rules": list(self.moved_by_rules),
            "contradictions": [
                {
                    "applied": found.applied.id,
                    "set_aside": found.set_aside.id,
                    "links": [[self.system.links[at].start, self.system.links[at].end] for at in found.links],
                }
                for found in self.prices.contradictions
            ],
            "scale": self.energy.scale,
            "rounding": float(self.energy.rounding),
            "knowledge": {"name": self.knowledge.name, "digest": self.knowledge.digest},
        }

    def _steps(self, units: int | np.int64) -> Fraction:
        return Fraction(int(units), self.energy.scale)


def draw(
    system: System, knowledge: Knowledge | None = None, rules: Rules | None = None, flips: Iterable[str] | None = None
) -> Line:
    """Find the exact cheapest assignment of two models to the parts of a system.

    Parameters
    ----------
    system : System
    knowledge : Knowledge or None
        ``None`` for the knowledge shipped with the kit.
    rules : Rules or None
        ``None`` for those of the knowledge that are not switched off for the system.
    flips : iterable of str or None
        The parts of which it is said how near they are to changing sides, each at the price of one more cut;
        ``None`` for all of a system of up to ``ALL`` parts, and of a larger one for none.

    Raises
    ------
    InputError
        If a part names a requirement or a model that the knowledge does not have, a named part is not there, or no
        model is made of two.
    """
    knowledge = knowledge or knowledge_folder.load()
    rules = rules or published.of(knowledge).without(system.without)
    if flips is None:
        flips = (part.id for part in system.parts) if len(system.parts) <= ALL else ()
    asked = [system.part(name).id for name in flips]
    prices = published.price(system, rules)
    costs = energy.of_system(system, knowledge, prices)
    found = cut.cheapest(costs)
    flipped = {name: Fraction(found.flip(system.place[name]), costs.scale) for name in asked}
    return Line(system, knowledge, rules, prices, found, flipped)


def _plain(joint: Joint) -> dict[str, Any]:
    return {
        "from": joint.link.start,
        "to": joint.link.end,
        "kind": joint.link.kind,
        "crossed": joint.crossed,
        "pays": float(joint.pays),
        "alone": float(joint.alone),
        "rule": joint.rule.id if joint.rule else None,
    }
