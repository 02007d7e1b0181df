"""What to build where a line crosses a link.

Which advice goes with which crossing are the rows of ``crossings.csv``, in the folder of knowledge or, where that has
none, as shipped with the kit: ``way`` is ``out`` of the core or ``in``, ``kind`` that of the link, and an empty cell
stands for any.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from decision_kit import files, tables
from decision_kit.boundaries.boundary import Joint, Line
from decision_kit.boundaries.system import AWAITED, LISTENING
from decision_kit.knowledge import Guidance, Source

OUT, IN = "out", "in"


@dataclass(frozen=True)
class Advice:
    """One piece of guidance for crossings of a way and a kind, empty for any, with its source."""

    way: str
    kind: str
    guidance: Guidance
    source: Source

    @property
    def general(self) -> bool:
        """Whether it goes with every crossing."""
        return not (self.way or self.kind)


@dataclass(frozen=True)
class Crossing:
    """A link that the line crosses, and what to build there."""

    joint: Joint
    advice: tuple[Advice, ...]


def of(line: Line) -> tuple[Crossing, ...]:
    """Say what to build at each crossing.

    Returns
    -------
    tuple of Crossing
        The dearest first.

    Raises
    ------
    InputError
        If ``crossings.csv`` cannot be read, or a cell is not allowed.
    """
    every = _advice(line)
    found = []
    for joint in line.crossed:
        way = OUT if line.assignment[joint.link.start] == line.made.core else IN
        fitting = tuple(a for a in every if a.way in ("", way) and a.kind in ("", joint.link.kind))
        found.append(Crossing(joint, fitting))
    return tuple(found)


def used(crossings: Iterable[Crossing]) -> tuple[Advice, ...]:
    """List what is to be built at any of some crossings, each once."""
    return tuple({each.guidance.id: each for crossing in crossings for each in crossing.advice}.values())


def _advice(line: Line) -> list[Advice]:
    """Read which advice goes with which crossing."""
    known = line.knowledge.with_file("crossings.csv")
    path = known.folder / "crossings.csv"
    guidance = {row.id: row for row in known.guidance}
    columns = {
        "way": tables.one_of(("", OUT, IN)),
        "kind": tables.one_of(("", AWAITED, LISTENING)),
        "guidance": tables.one_of(guidance),
    }
    rows = tables.rows(path, files.read_text(path), columns)
    return [
        Advice(row["way"], row["kind"], found := guidance[row["guidance"]], known.sources[found.source]) for row in rows
    ]
