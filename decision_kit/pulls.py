"""Why a part lies on its side of the line: what its needs, the rules and its links would cost on the other."""

from dataclasses import dataclass
from fractions import Fraction

from decision_kit import scoring
from decision_kit.boundary import Joint, Line
from decision_kit.energy import CORE, REACTIONS
from decision_kit.system import Part


@dataclass(frozen=True)
class Need:
    """One need of a part, its level, and how much more it would cost on the other side; below 0 if less."""

    requirement: str
    level: int
    more: Fraction


@dataclass(frozen=True)
class Pulls:
    """What holds one part on its side while all others stay; made by :func:`of`.

    Costs are in rating steps times weight, as in :class:`~decision_kit.boundary.Line`.

    Attributes
    ----------
    part : Part
    model, other : str
        Id of its model, and of the one on the other side.
    needs : tuple of Need
        Those above 0, the one that holds most first.
    rules : fractions.Fraction
        How much more the rules about parts would cost on the other side.
    line : fractions.Fraction
        How much more the line would cost there.
    crossed, instead : tuple of Joint
        The links of the part that the line crosses, and those it would cross with the part on the other side.
    more : fractions.Fraction
        How much more all would cost there: the sum of the above, but for rounding.
    """

    part: Part
    model: str
    other: str
    needs: tuple[Need, ...]
    rules: Fraction
    line: Fraction
    crossed: tuple[Joint, ...]
    instead: tuple[Joint, ...]
    more: Fraction


def of(line: Line, name: str) -> Pulls:
    """Say what holds a part on its side.

    Parameters
    ----------
    line : Line
    name : str
        Id of the part.

    Returns
    -------
    Pulls

    Raises
    ------
    InputError
        If there is no such part.
    """
    part, known, made = line.system.part(name), line.knowledge, line.made
    at = line.system.place[name]
    core = line.cut.smallest
    moved = core.copy()
    moved[at] = not core[at]
    own, other = (CORE, REACTIONS) if core[at] else (REACTIONS, CORE)
    sides = {CORE: (made.core, "core"), REACTIONS: (made.reactions, "reactions")}

    def rating(side: int, requirement: str) -> Fraction:
        model, scope = sides[side]
        return scoring.cell(known, model, requirement, scope)[0]

    needs = [
        Need(r, level, known.level_weights[r][level] * (rating(own, r) - rating(other, r)))
        for r, level in part.levels.items()
        if level
    ]
    (misfit, crossings), (misfit_there, crossings_there) = line.energy.split(core), line.energy.split(moved)
    joints = [joint for joint in line.links if name in (joint.link.start, joint.link.end)]
    return Pulls(
        part=part,
        model=sides[own][0],
        other=sides[other][0],
        needs=tuple(sorted(needs, key=lambda need: -need.more)),
        rules=Fraction(int(line.prices.pulls[at, other] - line.prices.pulls[at, own]), line.prices.unit),
        line=Fraction(crossings_there - crossings, line.energy.scale),
        crossed=tuple(joint for joint in joints if joint.crossed),
        instead=tuple(joint for joint in joints if not joint.crossed),
        more=Fraction(misfit_there + crossings_there - misfit - crossings, line.energy.scale),
    )
