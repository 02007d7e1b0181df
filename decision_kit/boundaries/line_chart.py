"""The picture of a line through a system in plotly, which tells more of what the mouse rests on."""

import html
import textwrap
from urllib.parse import quote

import plotly.graph_objects as go

from decision_kit import charts
from decision_kit.boundaries import boundary_wording, drawing, layers
from decision_kit.boundaries.boundary import Line

WIDEST = 1100
"""Pixels that a picture may take in the width, so that nothing scrolls sideways beside JupyterLab's own."""
DOT = 12
"""Pixels around a crossing on which the mouse tells of it."""


def figure(drawn: Line) -> go.Figure | None:
    """Show the picture that record and report hold; what the mouse rests on tells its model, its cost, how near it is.

    Returns
    -------
    plotly.graph_objects.Figure or None
        ``None`` where there is too much to draw.
    """
    sketch = drawing.sketch(drawn)
    if sketch is None:
        return None
    left, top, width, height = drawing.frame(sketch)
    shown, paid = go.Figure(), boundary_wording.paid(drawn)
    place = {"xref": "x", "yref": "y", "x": left, "y": top, "sizex": width, "sizey": height, "sizing": "stretch"}
    shown.add_layout_image(place, source=f"data:image/svg+xml,{quote(drawing.svg(drawn, sketch))}")
    areas = []
    for box in sketch.boxes:
        told = [f"<b>{_seen(box.side.part.name)}</b>", *map(_seen, boundary_wording.side(drawn, box.side, paid))]
        areas.append((box.x, box.y, layers.BOX, drawing.HIGH, told))
    for stroke in sketch.strokes:
        if stroke.crossing:
            told = [_seen(drawn.system.named(joint.link)) for joint in stroke.links]
            areas.append((*stroke.crossing, DOT, DOT, told))
    for x, y, wide, high, told in areas:
        shown.add_scatter(
            x=[x - wide / 2, x + wide / 2, x + wide / 2, x - wide / 2],
            y=[y - high / 2, y - high / 2, y + high / 2, y + high / 2],
            fill="toself",
            fillcolor="rgba(0,0,0,0)",
            mode="none",
            hoveron="fills",
            hoverinfo="text",
            text="<br>".join(told),
        )
    scale = min(1, WIDEST / width)
    shown.update_layout(
        **charts.LAYOUT | {"margin": dict.fromkeys("lrtb", 0)}, width=width * scale, height=height * scale
    )
    shown.update_layout(showlegend=False, hovermode="closest", dragmode=False)
    shown.update_xaxes(visible=False, range=[left, left + width], fixedrange=True)
    shown.update_yaxes(visible=False, range=[top + height, top], fixedrange=True)
    return shown


def _seen(text: str) -> str:
    """Escape a text for plotly, which reads some HTML in it."""
    return html.escape(textwrap.shorten(drawing.plain(text), 100, placeholder="…"), quote=False)
