"""A line through a system as a picture: as shapes, in SVG, and as Mermaid text.

The two sides are told apart by where they stand, by shape and by words; colour only helps. What the user wrote is
always escaped.
"""

import textwrap
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from decision_kit import render
from decision_kit.boundaries import boundary_wording, labels, layers
from decision_kit.boundaries.boundary import Joint, Line, Side
from decision_kit.boundaries.layers import BOX, Piece, Places, Spot
from decision_kit.boundaries.system import AWAITED, LISTENING
from decision_kit.grammar import counted

MOST_PARTS, MOST_LINKS = 40, 100
"""A picture of more can hardly be read: then only what lies at the line is drawn, or nothing."""
KINDS = {AWAITED: AWAITED, LISTENING: LISTENING, "": "not said whether awaited"}
"""The kinds of links in words."""
DASHES = {AWAITED: "", LISTENING: "6 4", "": "1 4"}
"""How a link of each kind is dashed."""
UNSEEN = "…"
"""Stands for a name of which nothing can be seen."""
HIGH, SIDE = 54, 128
"""In pixels: the height of a box, and the width of the column of words beside the picture."""

_ROW, _PAD, _BETWEEN = 98, 18, 40
"""In pixels: from row to row, around each side, and between the two sides."""
_HIGHER = _BETWEEN + 2 * _PAD - (_ROW - HIGH)
"""So much further down the rows below the line stand."""
_LETTERS = 23
"""So many letters of usual width fit into a line of a box."""


class Box(NamedTuple):
    """A part in the picture: the middle of its box, its name in lines, and what else is to be said of it."""

    side: Side
    x: float
    y: float
    lines: tuple[str, ...]
    remark: str


class Stroke(NamedTuple):
    """A stretch of links of one kind: its path and that of its arrowhead, in SVG's words, where it crosses, its links.

    ``label`` is where the number of its links begins, beside the crossing; ``None`` where there is no crossing.
    """

    path: str
    head: str
    kind: str
    crossing: tuple[float, float] | None
    links: tuple[Joint, ...]
    label: tuple[float, float] | None


class Region(NamedTuple):
    """One of the two sides: its model, its name, how many parts it has, and where it begins and ends."""

    model: str
    name: str
    parts: int
    top: float
    bottom: float


@dataclass(frozen=True)
class Sketch:
    """A picture as shapes; made by :func:`sketch`.

    Attributes
    ----------
    boxes : tuple of Box
    strokes : tuple of Stroke
    regions : tuple of Region
        The core first; only the sides that have parts.
    line : float or None
        How far from the top the line runs; ``None`` where one side has all parts.
    width, height : float
        In pixels, as all places.
    """

    boxes: tuple[Box, ...]
    strokes: tuple[Stroke, ...]
    regions: tuple[Region, ...]
    line: float | None
    width: float
    height: float


def sketch(line: Line) -> Sketch | None:
    """Lay out the picture of a line.

    Returns
    -------
    Sketch or None
        ``None`` where there is too much to draw.
    """
    sides, joints = _shown(line)
    if not sides:
        return None
    below = {side.part.id for side in sides if side.model == line.made.reactions}
    links = [joint.link.key for joint in joints]
    places = layers.place([side.part.id for side in sides], links, below)
    step = _HIGHER if places.above else 0
    heights = [_PAD + HIGH / 2 + row * _ROW + (step if row >= places.above else 0) for row in range(places.rows)]
    middles = {spot: (x + SIDE + _PAD, heights[spot.row]) for spot, x in places.at.items()}
    regions = []
    for model, name, rows in (
        (line.made.core, "Core", heights[: places.above]),
        (line.made.reactions, "Reactions", heights[places.above :]),
    ):
        if rows:
            parts = sum(side.model == model for side in line.parts)
            regions.append(Region(model, name, parts, rows[0] - HIGH / 2 - _PAD, rows[-1] + HIGH / 2 + _PAD))
    by_id = {side.part.id: side for side in sides}
    return Sketch(
        boxes=tuple(_box(by_id[spot.name], *middles[spot]) for spot in places.at if spot.box),
        strokes=tuple(_strokes(places, middles, joints)),
        regions=tuple(regions),
        line=regions[0].bottom + _BETWEEN / 2 if len(regions) == 2 else None,
        width=places.width + SIDE + 2 * _PAD,
        height=regions[-1].bottom,
    )


def frame(drawn: Sketch) -> tuple[float, float, float, float]:
    """Give where a picture begins, from the left and from the top, and its width and height with the key below it."""
    return -1, -1, drawn.width + 2, drawn.height + 32


def svg(line: Line, drawn: Sketch | None = None) -> str:
    """Draw a line through a system.

    Parameters
    ----------
    line : Line
    drawn : Sketch or None
        Its layout, where that is known already.

    Returns
    -------
    str
        One SVG element, to stand within HTML or alone; it asks for nothing from outside and takes the colour of the
        text around it. Empty where there is too much to draw.
    """
    drawn = drawn or sketch(line)
    if drawn is None:
        return ""
    text = render.HTML.get_template("line.svg.j2").render(
        line=line,
        drawn=drawn,
        title=title(line),
        told=plain(" ".join(boundary_wording.sides(line))),
        colours=render.colours(line.knowledge),
        names={model: plain(line.knowledge.models[model].title) for model in line.undivided},
        dashes={kind: Markup(' stroke-dasharray="{}"').format(dash) if dash else "" for kind, dash in DASHES.items()},
        kinds=[kind for kind in KINDS if any(stroke.kind == kind for stroke in drawn.strokes)],
        size={"box": BOX, "high": HIGH, "side": SIDE},
        frame=frame(drawn),
        said=KINDS,
    )
    return text.replace(">\n<", "><")


def mermaid(line: Line) -> str:
    """Write a line through a system as a flowchart of Mermaid.

    Returns
    -------
    str
        Empty where there is too much to draw.
    """
    sides, joints = _shown(line)
    if not sides:
        return ""
    number = {side.part.id: f"p{at}" for at, side in enumerate(sides)}
    out = ["flowchart TB"]
    for model, name, shape in ((line.made.core, "Core", '["{}"]'), (line.made.reactions, "Reactions", '(["{}"])')):
        mine = [side.part for side in sides if side.model == model]
        if mine:
            out.append(f'  subgraph {name.lower()}["{name}: {_quoted(line.knowledge.models[model].title)}"]')
            out += [f"    {number[part.id]}{shape.format(_quoted(part.name))}" for part in mine]
            out.append("  end")
    arrows = {AWAITED: "-->", LISTENING: "-.->", "": "--o"}
    out += [f"  {number[joint.link.start]} {arrows[joint.link.kind]} {number[joint.link.end]}" for joint in joints]
    crossed = ",".join(str(at) for at, joint in enumerate(joints) if joint.crossed)
    if crossed:
        out.append(f"  linkStyle {crossed} stroke-width:3px")
    return "\n".join(out) + "\n"


def title(line: Line) -> str:
    """Say in a few words what the picture shows."""
    if len(set(line.assignment.values())) == 1:
        return f"No boundary runs through {counted(len(line.system.parts), 'part')}"
    return f"The boundary crosses {len(line.crossed):,} of {counted(len(line.system.links), 'link')}"


def left_out(line: Line) -> str:
    """Say what a picture leaves out because there is too much to draw; empty where it shows all."""
    sides, joints = _shown(line)
    parts, links = len(line.system.parts), len(line.system.links)
    if len(sides) == parts and len(joints) == links:
        return ""
    if sides:
        return (
            f"Of {counted(parts, 'part')} the picture shows the {len(sides)} that the boundary touches, and of "
            f"{counted(links, 'link')} those that it crosses."
        )
    return f"{counted(parts, 'part')} and {counted(links, 'link')} are too many to draw; the table holds them."


def plain(text: str) -> str:
    """Make one line of a text, without characters that cannot be seen or that XML does not take."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _shown(line: Line) -> tuple[tuple[Side, ...], tuple[Joint, ...]]:
    """Give what is drawn: all, or of a large system what lies at the line, or nothing."""
    sides, joints = line.parts, line.links
    if len(sides) > MOST_PARTS or len(joints) > MOST_LINKS:
        joints = tuple(joint for joint in joints if joint.crossed)
        ends = {end for joint in joints for end in (joint.link.start, joint.link.end)}
        sides = tuple(side for side in sides if side.part.id in ends)
    return (sides, joints) if len(sides) <= MOST_PARTS and len(joints) <= MOST_LINKS else ((), ())


def _box(side: Side, x: float, y: float) -> Box:
    remark = "fixed by hand" if side.part.model else "either side costs the same" if side.free else ""
    return Box(side, x, y, _lines(plain(side.part.name) or UNSEEN), remark)


def _lines(name: str) -> tuple[str, ...]:
    """Break a name into at most two lines of a box; wide letters take more room."""
    name = name[:200]
    wide = sum(unicodedata.east_asian_width(letter) in "WF" or letter.isupper() for letter in name)
    return tuple(textwrap.wrap(name, _LETTERS - _LETTERS * wide // (2 * len(name)), max_lines=2, placeholder="…"))


def _strokes(
    places: Places, middles: Mapping[Spot, tuple[float, float]], joints: tuple[Joint, ...]
) -> Iterator[Stroke]:
    """Draw each piece as a curve from spot to spot, side by side where many meet at a box."""
    meeting: dict[tuple[Spot, bool], list[tuple[float, Piece]]] = {}
    for piece in places.pieces:
        down = piece.start.row < piece.end.row
        meeting.setdefault((piece.start, down), []).append((middles[piece.end][0], piece))
        meeting.setdefault((piece.end, not down), []).append((middles[piece.start][0], piece))
    ports = {}
    for (spot, foot), found in meeting.items():
        step = min(16.0, 0.8 * BOX / len(found)) if spot.box else 0.0
        x, y = middles[spot]
        for at, (_, piece) in enumerate(sorted(found)):
            ports[spot, piece] = x + step * (at - (len(found) - 1) / 2), y + (HIGH if foot else -HIGH) / 2
    curves = [labels.curve(ports[piece.start, piece], ports[piece.end, piece]) for piece in places.pieces]
    for piece, numbers in places.pieces.items():
        (x, y), (to_x, to_y) = ports[piece.start, piece], ports[piece.end, piece]
        way, half = (1 if to_y > y else -1), (y + to_y) / 2
        end = to_y - 6 * way if piece.end.box else to_y  # the arrowhead goes on from there
        path = f"M{x:g} {y:g}C{x:g} {half:g} {to_x:g} {half:g} {to_x:g} {end:g}"
        path += "" if piece.end.box else f"V{to_y + way * HIGH:g}"
        head = f"M{to_x:g} {to_y:g}L{to_x - 4:g} {to_y - 8 * way:g}H{to_x + 4:g}Z" if piece.end.box else ""
        crosses = (piece.start.row < places.above) != (piece.end.row < places.above)
        links = tuple(joints[number] for number in numbers)
        crossing = ((x + to_x) / 2, half) if crosses else None
        label = labels.beside(crossing, len(f"x{len(links)}"), curves) if crossing else None
        yield Stroke(path, head, piece.kind, crossing, links, label)


def _quoted(text: str) -> str:
    """Write a text for within the quotes of Mermaid: what is no letter, digit or blank goes by its number."""
    seen = plain(text)[:200] or UNSEEN
    return "".join(letter if letter.isalnum() or letter == " " else f"#{ord(letter)};" for letter in seen)
