"""Two changed copies of one decision made into one again, without losing a note or a text of either."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from decision_kit.decision import NOT_SURE, Answer, Decision, Level
from decision_kit.errors import InputError

TEXTS = ("name", "context", "core", "reactions", "because", "note")
"""The fields of a decision and of an answer that people write freely."""


@dataclass(frozen=True)
class Clash:
    """Something that both copies changed, each in another way.

    Attributes
    ----------
    requirement : str
        Whose answer it is about; empty where it is a field of the decision.
    field : str
        The field of the answer or of the decision.
    values : (object, object)
        What the two copies hold, in an order that does not depend on whose they are.
    kept : object
        What the merged decision holds.
    """

    requirement: str
    field: str
    values: tuple[Any, Any]
    kept: Any


@dataclass(frozen=True)
class Merged:
    """What :func:`merge` gives.

    Attributes
    ----------
    decision : Decision
    clashes : tuple of Clash
        What a person should look at; empty where no two changes met.
    """

    decision: Decision
    clashes: tuple[Clash, ...] = ()


def merge(base: Decision, mine: Decision, theirs: Decision) -> Merged:
    """Merge two decisions that began as one.

    What only one of the two changed is taken as it is there. Where both changed the same thing in another way, two
    texts are both kept, two levels become the range that covers both, two scopes the whole flow, and a status, a day
    or a choice stays as it was before; each such clash is told. Entries of lists are added and removed one by one.

    Parameters
    ----------
    base : Decision
        What both began with.
    mine, theirs : Decision
        Exchanged, they give the same.

    Returns
    -------
    Merged
        ``merge(base, x, x)``, ``merge(base, base, x)`` and ``merge(base, x, base)`` hold ``x`` itself. What was really
        merged is no record any more, and has no ``basis``.

    Raises
    ------
    InputError
        If two texts together would be longer than a decision may hold, or both changed the system in another way.
    """
    clashes: list[Clash] = []
    if mine.system != theirs.system and base.system not in (mine.system, theirs.system):
        raise InputError("Both changed the system behind the decision, which cannot be merged; keep both or take one.")
    return Merged(
        _three_way(base, mine, theirs, lambda before, one, other: _decision(before, one, other, clashes)),
        tuple(clashes),
    )


def _three_way(base: Any, mine: Any, theirs: Any, settle: Callable[[Any, Any, Any], Any]) -> Any:
    if mine in (theirs, base):
        return theirs
    return mine if theirs == base else settle(base, mine, theirs)


def _decision(base: Decision, mine: Decision, theirs: Decision, clashes: list[Clash]) -> Decision:
    plain = [field.name for field in fields(Decision) if field.name not in ("answers", "basis")]
    merged = _fields("", plain, (base, mine, theirs), clashes)
    answers = _three_way(base.answers, mine.answers, theirs.answers, lambda *_: _answers(base, mine, theirs, clashes))
    return Decision(**merged, answers=answers)


def _answers(base: Decision, mine: Decision, theirs: Decision, clashes: list[Clash]) -> tuple[Answer, ...]:
    before, *copies = ([answer.requirement for answer in side.answers] for side in (base, mine, theirs))
    added = {requirement for copy in copies for requirement in copy}.difference(before)
    names = [field.name for field in fields(Answer)]
    merged = []
    for requirement in (*before, *sorted(added)):
        three = base.answer_to(requirement), mine.answer_to(requirement), theirs.answer_to(requirement)
        answer = Answer(**_fields(requirement, names, three, clashes))
        # One that says nothing any more, and is missing in a copy, was taken out there.
        if answer != Answer(requirement) or all(requirement in copy for copy in copies):
            merged.append(answer)
    return tuple(merged)


def _fields(
    requirement: str, names: Iterable[str], three: tuple[Any, Any, Any], clashes: list[Clash]
) -> dict[str, Any]:
    """Merge an answer or the plain fields of a decision, field by field."""

    def settle(name: str, before: Any, one: Any, other: Any) -> Any:
        if isinstance(before, tuple) and name != "level":
            return _entries(before, one, other)
        one, other = sorted((one, other), key=repr)
        kept = _settled(name, before, one, other)
        clashes.append(Clash(requirement, name, (one, other), kept))
        return kept

    merged = {}
    for name in names:
        base, mine, theirs = (getattr(each, name) for each in three)
        merged[name] = _three_way(base, mine, theirs, functools.partial(settle, name))
    return merged


def _settled(name: str, before: Any, one: Any, other: Any) -> Any:
    """Settle a clash by what honestly covers both values."""
    if name == "level":
        return _covering(one, other)
    if name == "scope":
        return "whole"  # the flow has both needs
    if name in TEXTS:
        return _both_texts(one, other, " / " if name == "name" else "\n\n")
    return before


def _covering(one: Level, other: Level) -> Level:
    if None in (one, other):  # taken back in one copy: what the other says is still worth a look
        return other if one is None else one
    if NOT_SURE in (one, other):
        return NOT_SURE
    open_levels = {*Answer("any", one).levels, *Answer("any", other).levels}
    return min(open_levels), max(open_levels)


def _both_texts(one: str, other: str, between: str) -> str:
    if one in other or other in one:
        return max(one, other, key=len)
    return between.join((one, other))


def _entries(before: tuple[str, ...], one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Keep what neither took out, then what either added."""
    kept = [entry for entry in before if entry in one and entry in other]
    return (*dict.fromkeys(kept), *sorted({*one, *other}.difference(before)))
