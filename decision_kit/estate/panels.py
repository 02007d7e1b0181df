"""What the portfolio notebook shows as HTML; texts from the table are always escaped."""

from collections.abc import Mapping, Sequence

from decision_kit import render
from decision_kit.estate import Counts, Estate, Workflow, wording

MOST = 20
"""Most groups and most workflows that a table shows; the rest is counted."""


def overview(estate: Estate) -> str:
    """Show what fits the workflows best, with the table behind the chart."""
    return _render("estate.html.j2", estate)


def groups(estate: Estate, column: str, found: Mapping[str, Counts]) -> str:
    """Show the figures by group."""
    return _render("estate.groups.html.j2", estate, column=column, found=found, most=MOST)


def listing(estate: Estate, kind: str) -> str:
    """List workflows: the ``"fragile"``, the ``"misfit"``, or the ``"wrong"`` ones."""
    of = {"fragile": estate.counts.fragile, "misfit": estate.counts.misfit, "wrong": estate.counts.wrong}[kind]
    rows: Sequence[Workflow] = {"fragile": estate.fragile, "misfit": estate.misfits, "wrong": estate.wrong}[kind](MOST)
    return _render("estate.list.html.j2", estate, kind=kind, rows=rows, of=of)


def _render(template: str, estate: Estate, **more: object) -> str:
    return render.HTML.get_template(template).render(estate=estate, words=wording, **more)
