"""Write what a portfolio tells as one HTML page that needs nothing else, in the style of the decision report."""

from collections.abc import Iterable
from importlib.metadata import version

from decision_kit import render
from decision_kit.estate import Estate, wording
from decision_kit.grammar import percent
from decision_kit.render import Bar

WHOLE = 80
"""Longest bar in percent of the plot; the rest is left for the figures."""
WRONG, STANDING_OUT, GROUPS = 20, 10, 25
"""Most workflows on another model, most fragile or misfit ones, and most groups that are shown; all are counted. With
them the page stays under 40 kB."""


def html(estate: Estate, title: str, day: str, notes: Iterable[str] = ()) -> str:
    """Write the report of a portfolio; the same portfolio gives the same text.

    Parameters
    ----------
    estate : Estate
    title : str
        What the table is called.
    day : str
        The day it is written, as YYYY-MM-DD.
    notes : iterable of str
        Sentences on what the table is and which of its workflows are chosen; empty ones are left out.

    Returns
    -------
    str
        A whole HTML page without scripts or outside requests.
    """
    lengths = {"wrong": WRONG, "fragile": STANDING_OUT, "misfit": STANDING_OUT}
    return render.HTML.get_template("estate.report.html.j2").render(
        estate=estate,
        words=wording,
        title=wording.short(title, 80),
        day=day,
        notes=[note for note in notes if note],
        bars=_bars(estate),
        columns={column: estate.by(column) for column in estate.heads},
        most=GROUPS,
        lists={kind: estate.ranked(length, kind) for kind, length in lengths.items()},
        version=version("decision-kit"),
    )


def _bars(estate: Estate) -> list[Bar]:
    counts, known, colours = estate.counts, estate.knowledge, wording.colours(estate.knowledge)
    shares = {kind: counts.outcomes[kind] / counts.workflows for kind in wording.kinds(counts, known)}
    values = {kind: f"{counts.outcomes[kind]:,} ({percent(share)})" for kind, share in shares.items()}
    return [
        Bar(wording.outcome(kind, known), 0, share * WHOLE, colours[kind], values[kind], hatched=False, whole=WHOLE)
        for kind, share in shares.items()
    ]
