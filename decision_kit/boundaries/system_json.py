"""A system as plain values, as the JSON of a decision holds it: what is unknown or by default is left out."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from decision_kit import plain
from decision_kit.boundaries.rules import RULES
from decision_kit.boundaries.system import Link, Part, System
from decision_kit.errors import InputError

MOST_PARTS = 200
"""Most parts of a system that a decision holds: its record names each of them in a table that people read."""
MOST_LINKS = 500
"""Most links: in the worst case the line crosses them all, and a second table names each that it crosses."""
LONGEST_NAME = 200
"""Most characters of an id."""

_PART = dict.fromkeys((field.name for field in fields(Part)), str) | {"levels": dict}
_LINK = {"from": str, "to": str, "calls_per_second": float, "kind": str, "undone_together": bool, "note": str}
_CALLED = {"start": "from", "end": "to", "undone": "undone_together"}
"""Fields of a link that the tables and the JSON call otherwise."""
_WORDS = {str: "a text", dict: "an object of levels", float: "a number", bool: "true or false"}


def to_dict(system: System) -> dict[str, Any]:
    """Give a system as plain values.

    Returns
    -------
    dict
        ``parts``, ``links`` and ``without``, the last two only where there are any.
    """
    given = {
        "parts": [_values(part) for part in system.parts],
        "links": [_values(link) for link in system.links],
        "without": list(system.without),
    }
    return {name: rows for name, rows in given.items() if rows}


def from_dict(given: Any) -> System:
    """Read a system from plain values.

    Parameters
    ----------
    given : object
        As :func:`to_dict` gives it.

    Raises
    ------
    InputError
        If it is something else, or a field is unknown, missing or not allowed.
    """
    if not isinstance(given, dict):
        raise InputError(f"system: {plain.shown(given)} is not an object with parts and links.")
    plain.only(given, ("parts", "links", "without"), "system, ")
    rows = {name: given.get(name, []) for name in ("parts", "links", "without")}
    for name, row in rows.items():
        if not isinstance(row, list):
            raise InputError(f"system, {name}: {plain.shown(row)} is not a list.")
    for name in rows["without"]:
        plain.text("system, without", name)
    try:
        parts = tuple(Part(**_checked(row, _PART, "part")) for row in rows["parts"])
        links = tuple(_link(_checked(row, _LINK, "link")) for row in rows["links"])
        return System(parts, links, tuple(rows["without"]))
    except InputError as error:
        raise InputError(f"system, {' '.join(str(error).split())}") from None  # ids may hold line breaks


def check(system: System) -> None:
    """Check that a decision can hold a system.

    Raises
    ------
    InputError
        If it has too many parts or links, a rule that is not known is switched off, or a text cannot be written.
    """
    for rows, most, noun in ((system.parts, MOST_PARTS, "parts"), (system.links, MOST_LINKS, "links")):
        if len(rows) > most:
            raise InputError(
                f"system: has {len(rows):,} {noun}; a decision holds at most {most}, so that its record can be read; "
                "gather some of them into one."
            )
    for rule in system.without:
        if rule not in RULES:
            raise InputError(f"system, without: {plain.shown(rule)} is not a rule; allowed are {', '.join(RULES)}.")
    for part in system.parts:
        _texts(f"system, part {part.id[:60]}", part)
        _names(f"system, part {part.id[:60]}", (part.id, *part.levels))
    for link in system.links:
        _texts(f"system, link from {link.start[:60]}", link)


def _texts(where: str, row: Part | Link) -> None:
    for field in fields(row):
        if field.type is str:
            plain.text(f"{where}, {field.name}", getattr(row, field.name))


def _names(where: str, names: Iterable[str]) -> None:
    for name in names:
        if len(name) > LONGEST_NAME:
            raise InputError(f"{where}: an id has {len(name):,} characters; at most {LONGEST_NAME} are allowed.")


def _values(row: Part | Link) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        default = {} if field.default is MISSING else field.default  # levels have an empty mapping
        if value != default:
            values[_CALLED.get(field.name, field.name)] = dict(value) if isinstance(value, Mapping) else value
    if "calls_per_second" in values:
        values["calls_per_second"] = float(values["calls_per_second"])  # so that 208 and 208.0 give the same text
    return values


def _checked(row: Any, kinds: Mapping[str, type], what: str) -> dict[str, Any]:
    """Check the fields of a part or a link, which checks the values of what has the right kind."""
    if not isinstance(row, dict):
        raise InputError(f"{what}: {plain.shown(row)} is not an object.")
    named = [row[name] for name in ("id", "from") if isinstance(row.get(name), str)]
    where = " ".join([what, *(" ".join(name.split())[:60] for name in named)])
    plain.only(row, kinds, f"{where}, ")
    needed = [name for name in ("id", "from", "to") if name in kinds]
    for name in needed:
        if name not in row:
            raise InputError(f"{where}: has no {name}; needed are {', '.join(needed)}.")
    for name, value in row.items():
        unknown = value is None and kinds[name] in (float, bool)
        right = isinstance(value, (int, float) if kinds[name] is float else kinds[name])
        if not unknown and (not right or (isinstance(value, bool) and kinds[name] is not bool)):
            raise InputError(f"{where}, {name}: {plain.shown(value)} is not {_WORDS[kinds[name]]}.")
    _names(where, (*(row[name] for name in needed), *row.get("levels", ())))
    return dict(row)


def _link(row: dict[str, Any]) -> Link:
    named = {name: row.pop(called) for name, called in _CALLED.items() if called in row}
    calls = row.get("calls_per_second")
    if calls is not None:
        try:
            row["calls_per_second"] = float(calls)
        except OverflowError:
            raise InputError(f"link {named['start']}, calls_per_second: is too large.") from None
    return Link(**named, **row)
