"""What holds a part on its side of the line while all others stay: its needs, and the line itself."""

from dataclasses import dataclass
from fractions import Fraction

from decision_kit.boundaries.boundary import Joint, Line, Side
from decision_kit.boundaries.system import CRITICAL


@dataclass(frozen=True)
class Pulls:
    """What holds one part on its side; made by :func:`of`.

    Costs are in rating steps times weight, as in :class:`~decision_kit.boundaries.boundary.Line`.

    Attributes
    ----------
    side : Side
        The part and the side it lies on.
    needs : tuple of (str, fractions.Fraction)
        What :func:`reasons` gives: how much more each would cost on the other side.
    line : fractions.Fraction
        How much more the line would cost with the part there.
    crossed, instead : tuple of Joint
        The links of the part that the line crosses, and those that it would cross then.
    more : fractions.Fraction
        How much more all would cost: the sum of the above, but for rounding.
    """

    side: Side
    needs: tuple[tuple[str, Fraction], ...]
    line: Fraction
    crossed: tuple[Joint, ...]
    instead: tuple[Joint, ...]
    more: Fraction


def reasons(line: Line, side: Side) -> tuple[tuple[str, Fraction], ...]:
    """Say what speaks for the model of a part and what against it.

    Parameters
    ----------
    line : Line
    side : Side
        One of the line's ``parts``.

    Returns
    -------
    tuple of (str, fractions.Fraction)
        Titles of needs, and the place on the path that a rule goes by, with how much cheaper they make its model than
        the other, in rating steps times weight; the strongest first. They add up to what the misfit would rise by.
    """
    known, made = line.knowledge, line.made
    found = []
    for requirement, level in side.part.levels.items():
        own, others = (known.mean_ratings[model, requirement] for model in (side.model, line.other(side.model)))
        found.append((known.requirements[requirement].title, known.level_weights[requirement][level] * (own - others)))
    pays = line.prices.pulls[line.system.place[side.part.id]].tolist()  # under the core, under the reactions
    pull = Fraction(pays[1] - pays[0], line.prices.unit) * (1 if side.model == made.core else -1)
    found.append(("On the critical path" if side.part.critical_path == CRITICAL else "A side effect", pull))
    return tuple(sorted((row for row in found if row[1]), key=lambda row: -row[1]))


def of(line: Line, name: str) -> Pulls:
    """Say what holds a part on its side.

    Parameters
    ----------
    line : Line
    name : str
        Id of the part.

    Raises
    ------
    InputError
        If there is no such part.
    """
    line.system.part(name)
    at, core = line.system.place[name], line.cut.smallest
    moved = core.copy()
    moved[at] = not core[at]
    (misfit, crosses), (misfit_there, crosses_there) = line.energy.split(core), line.energy.split(moved)
    joints = [joint for joint in line.links if name in (joint.link.start, joint.link.end)]
    side = line.parts[at]
    return Pulls(
        side=side,
        needs=reasons(line, side),
        line=Fraction(crosses_there - crosses, line.energy.scale),
        crossed=tuple(joint for joint in joints if joint.crossed),
        instead=tuple(joint for joint in joints if not joint.crossed),
        more=Fraction(misfit_there + crosses_there - misfit - crosses, line.energy.scale),
    )
