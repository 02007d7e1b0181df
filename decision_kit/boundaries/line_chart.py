"""The picture of a line through a system as a plotly figure, which tells more of what the mouse rests on."""

import html
import textwrap
from typing import Any

import plotly.graph_objects as go

from decision_kit import charts, render
from decision_kit.boundaries import boundary_wording, drawing, layers
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import AWAITED, LISTENING
from decision_kit.grammar import counted

INK = "#222222"
"""Of letters and lines."""

WIDEST = 1100
"""Pixels that a picture may take in the width, so that nothing scrolls sideways beside JupyterLab's own."""

_DASHES = {AWAITED: "solid", LISTENING: "6px,4px", "": "1px,4px"}


def figure(drawn: Line) -> go.Figure | None:
    """Draw a line through a system; what the mouse rests on tells its model, what it costs, and how near it is.

    Returns
    -------
    plotly.graph_objects.Figure or None
        ``None`` where there is too much to draw.
    """
    sketch = drawing.sketch(drawn)
    if sketch is None:
        return None
    colours, core = render.colours(drawn.knowledge), drawn.made.core
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []

    def shape(path: str, colour: str, fill: float = 0, width: float = 1.3, dash: str = "solid") -> None:
        look = {"fillcolor": colour, "opacity": 1} | ({} if fill == 1 else {"fillcolor": _faint(colour, fill)})
        shapes.append({"type": "path", "path": path, "line": {"color": colour, "width": width, "dash": dash}} | look)

    size = 13 * min(1, WIDEST / sketch.width)

    def note(x: float, y: float, text: str, anchor: str = "center") -> None:
        look = {"showarrow": False, "xanchor": anchor, "align": anchor, "font": {"size": size}}
        notes.append({"x": x, "y": y, "text": text} | look)

    for region in sketch.regions:
        sides = drawing.outline(0, region.top, sketch.width, region.bottom, 3 if region.model == core else 24)
        shape(sides, colours[region.model], 0.06, 1, "solid" if region.model == core else "dot")
        told = f"<b>{region.name}</b><br>{_seen(drawn.knowledge.models[region.model].title)}"
        note(14, (region.top + region.bottom) / 2, f"{told}<br>{counted(region.parts, 'part')}", anchor="left")
    if sketch.line is not None:
        shape(f"M{drawing.SIDE} {sketch.line}L{sketch.width} {sketch.line}", INK, width=2, dash="dashdot")
        note(14, sketch.line, "<b>The boundary</b>", anchor="left")
    for stroke in sketch.strokes:
        shape(stroke.path, INK, width=2.4 if stroke.crossing else 1.3, dash=_DASHES[stroke.kind])
        if stroke.head:
            shape(stroke.head, INK, 1, 0.5)
    picture, paid = go.Figure(), boundary_wording.paid(drawn)
    for box in sketch.boxes:
        left, top = box.x - layers.BOX / 2, box.y - drawing.HIGH / 2
        round_ = 2 if box.side.model == core else drawing.HIGH / 2
        shape(
            drawing.outline(left, top, left + layers.BOX, top + drawing.HIGH, round_),
            colours[box.side.model],
            0.16,
            1.6,
        )
        remark = [f"<span style='font-size:11px'>{box.remark}</span>"] if box.remark else []
        note(box.x, box.y, "<br>".join([*map(_seen, box.lines), *remark]))
        said = [f"<b>{_seen(box.side.part.name)}</b>", *map(_seen, boundary_wording.side(drawn, box.side, paid))]
        picture.add_scatter(
            x=[left, left + layers.BOX, left + layers.BOX, left],
            y=[top, top, top + drawing.HIGH, top + drawing.HIGH],
            fill="toself",
            fillcolor="rgba(0,0,0,0)",
            mode="none",
            hoveron="fills",
            hoverinfo="text",
            text="<br>".join(said),
        )
    crossings = [(*stroke.crossing, stroke.links) for stroke in sketch.strokes if stroke.crossing]
    picture.add_scatter(
        x=[x for x, *_ in crossings],
        y=[y for _, y, _ in crossings],
        mode="markers+text",
        marker={"size": 11, "color": INK},
        text=[f"\u00d7{len(links)}" if len(links) > 1 else "" for *_, links in crossings],
        textposition="top right",
        hovertext=["<br>".join(_seen(drawn.system.named(joint.link)) for joint in links) for *_, links in crossings],
        hoverinfo="text",
    )
    margin = {"l": 0, "r": 0, "t": 4, "b": 4}
    height = sketch.height + 8
    picture.update_layout(**charts.LAYOUT | {"margin": margin}, width=min(sketch.width, WIDEST), height=height)
    picture.update_layout(shapes=shapes, annotations=notes, showlegend=False, hovermode="closest", dragmode=False)
    picture.update_xaxes(visible=False, range=[-1, sketch.width + 1], fixedrange=True)
    picture.update_yaxes(visible=False, range=[sketch.height + 1, -1], fixedrange=True)
    return picture


def _faint(colour: str, share: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def _seen(text: str) -> str:
    """Escape a text for plotly, which reads some HTML in it."""
    return html.escape(textwrap.shorten(drawing.plain(text), 100, placeholder="…"), quote=False)
