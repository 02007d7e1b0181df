"""What was moved in a system, moved again where its tables are read anew."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from decision_kit.boundaries.system import Link, Part, System
from decision_kit.errors import InputError

T = TypeVar("T")


def again(read: System, moved: System, anew: System) -> tuple[System, list[str]]:
    """Move in a system as it is read now what was moved in it as it was read before.

    A part is the same where its id is, a link where its ends and its kind as read before are.

    Parameters
    ----------
    read, moved : System
        As it was read before, and that with models and levels of parts, kinds of links and rules moved.
    anew : System
        As it is read now.

    Returns
    -------
    (System, list of str)
        That with the same moves, and the names of the parts and links whose moves do not fit it.
    """
    parts, lost = _parts(read, moved, anew)
    links, gone = _links(read, moved, anew.links)
    changed = replace(anew, parts=parts, without=moved.without)
    try:
        return replace(changed, links=links), [*lost, *gone]
    except InputError:  # a link stands there by now as the one that was moved to it
        return changed, [*lost, *(read.named(old) for old, _ in _apart(read.links, moved.links))]


def _apart(read: Sequence[T], moved: Sequence[T]) -> list[tuple[T, T]]:
    return [(old, new) for old, new in zip(read, moved, strict=True) if old != new]


def _parts(read: System, moved: System, anew: System) -> tuple[tuple[Part, ...], list[str]]:
    parts, lost = {part.id: part for part in anew.parts}, []
    for old, new in _apart(read.parts, moved.parts):
        if new.id not in parts:
            lost.append(new.name)
            continue
        now = parts[new.id]
        needs = [need for need in {**old.levels, **new.levels} if old.levels.get(need) != new.levels.get(need)]
        levels = {need: level for need, level in now.levels.items() if need not in needs}
        levels |= {need: new.levels[need] for need in needs if need in new.levels}
        parts[new.id] = replace(now, levels=levels, model=now.model if old.model == new.model else new.model)
    return tuple(parts.values()), lost


def _links(read: System, moved: System, anew: Sequence[Link]) -> tuple[tuple[Link, ...], list[str]]:
    kinds = {old.key: new for old, new in _apart(read.links, moved.links)}
    there = {link.key for link in anew}
    links = tuple(replace(link, kind=kinds[link.key].kind) if link.key in kinds else link for link in anew)
    lost = [old for old, new in _apart(read.links, moved.links) if not there & {old.key, new.key}]
    return links, [read.named(old) for old in lost]
