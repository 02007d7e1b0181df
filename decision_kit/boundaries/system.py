"""A system of one's own: its parts with what each of them needs, and the links between them."""

import functools
import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from decision_kit import files, tables
from decision_kit.errors import InputError
from decision_kit.knowledge import TOP, Knowledge, Model

Ints = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
AWAITED, LISTENING = "awaited", "listening"
CRITICAL, ASIDE = "yes", "side effect"
PATHS = (CRITICAL, "no", ASIDE)
UNDONE = {"": None, "yes": True, "no": False}
"""The words of a table for whether both ends of a link must be undone together."""
LINK_COLUMNS = ("from", "to", "calls_per_second", "kind", "undone_together", "note")
"""The columns of a table of links, in the order of the fields of :class:`Link`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One step or workflow of a system.

    Attributes
    ----------
    id : str
        Its name in links.
    title : str
        Its name for people; the id where it is empty.
    levels : mapping of str to int
        How strongly it needs each requirement, 0-4; what is not answered is left out.
    team, context : str
        The team that owns it and its bounded context; empty if unknown.
    critical_path : {"yes", "no", "side effect", ""}
        Whether the flow has to pass it, or it only follows from the flow; empty if unknown.
    model : str
        Id of the model that is fixed by hand, or empty.
    note : str
        Why it was answered so.

    Raises
    ------
    InputError
        If a field holds what is not allowed.
    """

    id: str
    title: str = ""
    levels: Mapping[str, int] = field(default_factory=dict)
    team: str = ""
    context: str = ""
    critical_path: str = ""
    model: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Check what a file would be checked for cell by cell."""
        if not self.id:
            raise InputError("part: the id is empty; each part needs one.")
        if self.critical_path not in ("", *PATHS):
            raise InputError(f"part {self.id}, critical_path: {self.critical_path!r} is not one of {', '.join(PATHS)}.")
        for requirement, level in self.levels.items():
            if type(level) is not int or not 0 <= level <= TOP:
                raise InputError(
                    f"part {self.id}, {requirement}: {level!r} is not allowed; allowed is a whole number from 0 to "
                    f"{TOP}, or to leave it out."
                )

    @property
    def name(self) -> str:
        """Its name for people."""
        return self.title or self.id


@dataclass(frozen=True, slots=True)
class Link:
    """One part calls or feeds another.

    Attributes
    ----------
    start, end : str
        Ids of the part that calls or feeds, and of the part that is called or fed.
    calls_per_second : float or None
        How often; ``None`` if unknown.
    kind : {"awaited", "listening", ""}
        Whether the start waits for an answer, or the end only takes notice; empty if unknown.
    undone : bool or None
        Whether both ends must be undone together; ``None`` if unknown.
    note : str
        Where this is known from.

    Raises
    ------
    InputError
        If a field holds what is not allowed.
    """

    start: str
    end: str
    calls_per_second: float | None = None
    kind: str = ""
    undone: bool | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Check what a file would be checked for cell by cell."""
        if self.start == self.end:
            raise InputError(f"{self}: joins a part to itself; a link has two ends.")
        if self.kind not in ("", AWAITED, LISTENING):
            raise InputError(f"{self}, kind: {self.kind!r} is not {AWAITED} or {LISTENING}.")
        if self.calls_per_second is not None and not 0 <= self.calls_per_second < float("inf"):
            raise InputError(f"{self}, calls_per_second: {self.calls_per_second!r} is not a number of 0 or more.")

    def __str__(self) -> str:
        return f"link from {self.start} to {self.end}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What no two links of a system share: start, end and kind."""
        return self.start, self.end, self.kind


@dataclass(frozen=True)
class System:
    """Parts and links; made by :func:`load` or from values.

    Attributes
    ----------
    parts : tuple of Part
    links : tuple of Link
    without : tuple of str
        Ids of the published rules that are switched off for it.

    Raises
    ------
    InputError
        If there is no part, an id or a link stands twice, or a link has an end that is no part.
    """

    parts: tuple[Part, ...]
    links: tuple[Link, ...] = ()
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that every link has two ends and that nothing stands twice."""
        if not self.parts:
            raise InputError("holds no part; at least one is needed.")
        if len(self.place) < len(self.parts):
            twice = next(part.id for at, part in enumerate(self.parts) if self.place[part.id] != at)
            raise InputError(f"the id {twice!r} stands twice; each id only once.")
        seen: set[tuple[str, str, str]] = set()
        for link in self.links:
            for end in (link.start, link.end):
                if end not in self.place:
                    raise InputError(f"{link}: no part has the id {end!r}.")
            if link.key in seen:
                kind = f" {link.kind}" if link.kind else ""
                raise InputError(f"{link}: stands twice{kind}; add up its calls in one row.")
            seen.add(link.key)

    @functools.cached_property
    def place(self) -> Mapping[str, int]:
        """Where each part stands, by its id."""
        return {part.id: at for at, part in enumerate(self.parts)}

    @functools.cached_property
    def ends(self) -> tuple[Ints, Ints]:
        """The places of the starts and of the ends of all links, each of shape (links,)."""
        starts = [self.place[link.start] for link in self.links]
        ends = [self.place[link.end] for link in self.links]
        return np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)

    def check(self, knowledge: Knowledge) -> None:
        """Check that the knowledge has all that parts name.

        Raises
        ------
        InputError
            If a part names a requirement or a model that is not there, or no model is made of two.
        """
        made = sides(knowledge)
        for part in self.parts:
            for requirement in part.levels:
                if requirement not in knowledge.requirements:
                    raise InputError(
                        f"part {part.id}: {requirement[:60]!r} is not a requirement; allowed are "
                        f"{', '.join(knowledge.requirements)}."
                    )
            if part.model not in ("", made.core, made.reactions):
                raise InputError(
                    f"part {part.id}, model: {part.model[:60]!r} is not allowed; allowed is {made.core} or "
                    f"{made.reactions}, or to leave it empty."
                )

    def part(self, name: str) -> Part:
        """Look up a part by its id.

        Raises
        ------
        InputError
            If there is none.
        """
        if name not in self.place:
            raise InputError(f"no part has the id {name!r}; {_such_as(self.place)}.")
        return self.parts[self.place[name]]

    def named(self, link: Link) -> str:
        """Name a link by its ends, with its kind where it is known."""
        kind = f" ({link.kind})" if link.kind else ""
        return f"{self.part(link.start).name} → {self.part(link.end).name}{kind}"

    def change(self, name: str, **changes: Any) -> "System":
        """Make a system with one part changed.

        Parameters
        ----------
        name : str
            Id of the part.
        **changes
            New values of the part's fields.
        """
        new = replace(self.part(name), **changes)
        return replace(self, parts=tuple(new if part.id == name else part for part in self.parts))


def sides(knowledge: Knowledge) -> Model:
    """Give the model whose two halves the parts are shared between.

    Returns
    -------
    Model
        The first that is made of two.

    Raises
    ------
    InputError
        If the knowledge has none.
    """
    made = next((model for model in knowledge.models.values() if model.composed), None)
    if made is None:
        raise InputError(
            f"{knowledge.folder / 'models.csv'}: no model is made of two others, so there is no boundary to draw."
        )
    return made


def load(parts: Path | str, links: Path | str, knowledge: Knowledge) -> System:
    """Read a system from its two tables and check every cell.

    Parameters
    ----------
    parts, links : pathlib.Path or str
        CSV files of the shape of those in ``data/templates/``: only ``id``, ``from`` and ``to`` must be there.
    knowledge : Knowledge
        Whose requirements and models the tables speak of.

    Raises
    ------
    InputError
        If a file cannot be read, or a column, a cell, an id or a link is not allowed; the sentence begins with the
        file.
    """
    parts, links = Path(parts), Path(links)
    text, made = files.read_text(parts), sides(knowledge)
    ids = dict.fromkeys(row["id"] for row in tables.rows(parts, text, {"id": str}))
    if not ids:
        raise InputError(f"{parts}: holds no part; at least one is needed.")
    mistakes = []
    try:
        told = _parts(parts, text, knowledge, made)
    except InputError as error:
        mistakes.append(str(error))
    try:
        joined = _links(links, parts.name, ids)
    except InputError as error:
        mistakes.append(str(error))
    if mistakes:  # of both files, so that they are mended in one go
        raise InputError(" ".join(mistakes))
    try:
        return System(told, joined)
    except InputError as error:
        raise InputError(f"{links}, {error}") from None


def _parts(path: Path, text: str, knowledge: Knowledge, made: Model) -> tuple[Part, ...]:
    rows = tables.rows(
        path,
        text,
        {"id": tables.once(tables.filled)},
        {
            "title": str,
            **dict.fromkeys(knowledge.requirements, tables.maybe(tables.whole(0, TOP))),
            **dict.fromkeys(("team", "context"), str),
            "critical_path": tables.one_of(("", *PATHS)),
            "model": tables.one_of(("", made.core, made.reactions)),
            "note": str,
        },
        others=False,
    )
    for row in rows:
        levels = {requirement: row.pop(requirement) for requirement in knowledge.requirements}
        row["levels"] = {requirement: level for requirement, level in levels.items() if level is not None}
    return tuple(Part(**row) for row in rows)


def _links(path: Path, parts: str, ids: Collection[str]) -> tuple[Link, ...]:
    def end(value: str) -> str:
        if value not in ids:
            raise ValueError(f"the id of a part in {parts}; {_such_as(ids)}")
        return value

    rows = tables.rows(
        path,
        files.read_text(path),
        {"from": end, "to": end},
        {
            "calls_per_second": tables.maybe(lambda cell: float(tables.number(cell))),
            "kind": tables.one_of(("", AWAITED, LISTENING)),
            "undone_together": lambda cell: UNDONE[tables.one_of(UNDONE)(cell)],
            "note": str,
        },
        others=False,
    )
    try:
        return tuple(Link(*(row[column] for column in LINK_COLUMNS)) for row in rows)
    except InputError as error:
        raise InputError(f"{path}, {error}") from None


def _such_as(ids: Collection[str]) -> str:
    told = ", ".join(itertools.islice(ids, 5))
    return f"there are {told}" if len(ids) <= 5 else f"there are {told} and {len(ids) - 5:,} more"


def part_columns(knowledge: Knowledge) -> tuple[str, ...]:
    """Name the columns of a table of parts, in their order."""
    return ("id", "title", *knowledge.requirements, "team", "context", "critical_path", "model", "note")


def to_csv(system: System, knowledge: Knowledge) -> tuple[str, str]:
    """Write a system as the two tables that :func:`load` reads.

    Parameters
    ----------
    system : System
    knowledge : Knowledge
        Whose requirements are columns of the parts.

    Returns
    -------
    (str, str)
        Parts and links. The rules that are switched off for it are in neither.
    """
    told = ("id", "title", "team", "context", "critical_path", "model", "note")
    parts = [{name: getattr(part, name) for name in told} | dict(part.levels) for part in system.parts]
    word = {undone: said for said, undone in UNDONE.items()}
    links = []
    for link in system.links:
        # As a decimal number, never with an exponent.
        calls = "" if link.calls_per_second is None else f"{Decimal(repr(link.calls_per_second)):f}"
        cells = (link.start, link.end, calls, link.kind, word[link.undone], link.note)
        links.append(dict(zip(LINK_COLUMNS, cells, strict=True)))
    return tables.to_csv(parts, part_columns(knowledge)), tables.to_csv(links, LINK_COLUMNS)
