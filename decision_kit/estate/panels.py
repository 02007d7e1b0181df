"""What the portfolio notebook shows as HTML; texts from the table are always escaped."""

import base64
from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup

from decision_kit import render
from decision_kit.estate import Counts, Estate, Workflow, wording
from decision_kit.knowledge import Knowledge

MOST = 20
"""Most groups and most workflows that a table shows; the rest is counted."""
LINKED = 1_000_000
"""Most bytes of a file that the page holds a copy of, to open or download."""


def overview(estate: Estate) -> str:
    """Show what fits the workflows best, with the table behind the chart."""
    return _render("estate", estate)


def legend(estate: Estate) -> str:
    """Say which colour stands for what in the charts."""
    return _render("estate.legend", estate, colours=wording.colours(estate.knowledge))


def groups(estate: Estate, column: str, found: Mapping[str, Counts]) -> str:
    """Show the figures by group."""
    return _render("estate.groups", estate, column=column, found=found, most=MOST)


def listing(estate: Estate, kind: str) -> str:
    """List workflows: the ``"fragile"``, the ``"misfit"``, or the ``"wrong"`` ones."""
    return _render("estate.list", estate, kind=kind, rows=estate.ranked(MOST, kind))


def needed(knowledge: Knowledge) -> str:
    """Say which columns a table of workflows has."""
    return render.panel("estate.columns", knowledge=knowledge)


def source(*sentences: str) -> str:
    """Say what is to be known of a table, and where others go."""
    told = Markup("").join(Markup("<p>{}</p>").format(sentence) for sentence in sentences if sentence)
    return Markup('<div class="dk" data-dk-say="portfolio">{}</div>').format(told)


def today(workflow: Workflow, knowledge: Knowledge) -> str:
    """Say of one workflow what it runs on today, and what that costs."""
    told = Markup('<p class="dk" data-dk-say="workflow"><b>{}</b>: {}</p>')
    return told.format(wording.named(workflow), wording.today(workflow, knowledge))


def carried(path: Path, choice: str) -> str:
    """Say where a workflow is kept as a decision, and how to open it; ``choice`` is what it is called in the list."""
    return render.panel("estate.carried", path=path, choice=choice)


def exported(path: Path, number: int) -> str:
    """Say what was written, with links that open a page and download a copy of what is small."""
    size = path.stat().st_size
    kind = {".csv": "text/csv", ".html": "text/html"}.get(path.suffix, "application/octet-stream")
    link = ""
    if size <= LINKED:
        link = f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
    return render.panel("estate.exported", path=path, size=size, link=link, words=wording, number=number)


def _render(template: str, estate: Estate, **more: object) -> str:
    return render.panel(template, estate=estate, words=wording, **more)
