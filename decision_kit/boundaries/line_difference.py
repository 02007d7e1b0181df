"""What sets two lines apart, of two decisions or of one record then and now, in sentences."""

from typing import TYPE_CHECKING

from decision_kit.basis import Basis
from decision_kit.boundaries.figures import number
from decision_kit.boundaries.system import Part, System
from decision_kit.grammar import counted, listed, several
from decision_kit.knowledge import Knowledge
from decision_kit.wording import note, titles

if TYPE_CHECKING:  # drawing needs scipy, comparing two without a system does not
    from decision_kit.boundaries.boundary import Line


def between(one: "Line | None", other: "Line | None") -> list[str]:
    """Say what sets two lines apart, the one before the arrow and the other behind it.

    Parameters
    ----------
    one, other : Line or None
        ``None`` for a decision without a system. Parts are the same where their ids are, and links where their ends
        and their kind are.

    Returns
    -------
    list of str
        Empty where both say the same.
    """
    if one is None or other is None:
        return [
            f"Only the {where} has a system, of {counted(len(line.system.parts), 'part')}."
            for where, line in (("first", one), ("second", other))
            if line is not None
        ]
    told = _moved(one, other)
    told += _systems(one.system, other.system, one.knowledge, ("only in the first", "only in the second"))
    rules = [listed([rule.id for rule in line.rules.rules] or ["none"]) for line in (one, other)]
    told += [f"Rules switched on: {' → '.join(rules)}"] if rules[0] != rules[1] else []
    if one.cost != other.cost:
        told.append(f"Least cost of the system: {' → '.join(f'{number(line.cost)}' for line in (one, other))}")
    return told


def changes(one: System | None, other: System | None, knowledge: Knowledge) -> list[str]:
    """Say what became of a decision's system, which was the one and now is the other; no line is drawn for it.

    Parameters
    ----------
    one, other : System or None
    knowledge : Knowledge

    Returns
    -------
    list of str
        Empty where both are the same, and else at least one sentence.
    """
    if one == other:
        return []
    if one is None or other is None:
        system, what = (other, "was added") if other else (one, "was taken away")
        return [f"A system of {counted(len(system.parts), 'part')} {what}."] if system else []
    told = _systems(one, other, knowledge, ("taken away", "added"))
    if one.without != other.without:
        told.append(f"Rules switched off: {' → '.join(listed(each.without or ['none']) for each in (one, other))}")
    return told or ["The parts or the links of the system stand in another order."]


def _systems(before: System, after: System, knowledge: Knowledge, where: tuple[str, str]) -> list[str]:
    """Say which parts and links only one system has, in two words each, and what is another in those of both."""
    told = []
    for whose, mine, theirs in ((where[0], before, after), (where[1], after, before)):
        parts = [part.name for part in mine.parts if part.id not in theirs.place]
        there = {link.key for link in theirs.links}
        links = [mine.named(link) for link in mine.links if link.key not in there]
        told += [f"Parts {whose}: {several(parts)}."] if parts else []
        told += [f"Links {whose}: {several(links)}."] if links else []
    for part in before.parts:
        if part.id in after.place and (changed := _answered(part, after.part(part.id), knowledge)):
            told.append(f"{part.name}: {'; '.join(changed)}")
    was = {link.key: link for link in before.links}
    links = [after.named(link) for link in after.links if was.get(link.key, link) != link]
    return [*told, *([f"Links with other calls, undoing or note: {several(links)}."] if links else [])]


def since(basis: Basis, then: "Line", now: "Line") -> str:
    """Say which parts of a recorded line would lie on the other side today, and what changed since.

    Parameters
    ----------
    basis : Basis
        The record's.
    then, now : Line
        Drawn with the recorded numbers, and with today's.

    Returns
    -------
    str
        Empty where the line runs where it ran.
    """
    moved = _moved(then, now)
    if not moved:
        return ""
    asked = {requirement for part in now.system.parts for requirement in part.levels}
    rated = dict.fromkeys(requirement for _, requirement in basis.changed(now.knowledge) if requirement in asked)
    causes = [f"the ratings of {titles(rated, now.knowledge)}"] if rated else []
    rules = [[(rule.id, rule.dearer, rule.pull) for rule in line.rules.rules] for line in (then, now)]
    causes += ["the rules"] if rules[0] != rules[1] else []
    causes += ["what traffic costs"] if then.rules.traffic != now.rules.traffic else []
    causes = causes or ["the weights or the settings"]
    return (
        f"would have its boundary elsewhere under today's knowledge: {several(moved)}. Changed since: {listed(causes)}."
    )


def _moved(one: "Line", other: "Line") -> list[str]:
    """Name the parts of both that lie on another side."""
    told = []
    for part in other.system.parts:
        sides = [line.assignment.get(part.id, "") for line in (one, other)]
        if all(sides) and sides[0] != sides[1]:
            said = [other.knowledge.models[model].title for model in sides]
            told.append(f"{part.name}: {' → '.join(said)}")
    return told


def _answered(one: Part, other: Part, knowledge: Knowledge) -> list[str]:
    """Say what of a part is another."""
    told = []
    for requirement in dict.fromkeys((*one.levels, *other.levels)):
        levels = [part.levels.get(requirement) for part in (one, other)]
        if levels[0] != levels[1]:
            said = ["not answered" if level is None else f"level {level}" for level in levels]
            told.append(f"{knowledge.requirements[requirement].title} {' → '.join(said)}")
    for name in ("title", "team", "context", "critical_path", "model"):
        values = [_value(part, name) for part in (one, other)]
        if values[0] != values[1]:
            told.append(f"{name.replace('_', ' ')} {' → '.join(value[:100] for value in values)}")
    return [*told, *([note(one.note, other.note)] if one.note != other.note else [])]


def _value(part: Part, name: str) -> str:
    """Give what a field of a part holds; a model there is one that it is fixed to, and not the one of its side."""
    value: str = getattr(part, name)
    if name == "model":
        return f"fixed by hand to {value}" if value else "not fixed by hand"
    return value or "empty"
