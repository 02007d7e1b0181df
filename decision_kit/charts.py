"""Plotly figures from values."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from decision_kit import reasons_wording, render, wording
from decision_kit.cases import Case
from decision_kit.evaluation import Evaluation
from decision_kit.grammar import percent
from decision_kit.knowledge import TOP, Knowledge
from decision_kit.scoring import Contribution

if TYPE_CHECKING:
    import plotly.graph_objects as go  # takes a while, and a verdict stands before any chart

FOR, AGAINST = "#0072B2", "#D55E00"
"""Okabe and Ito's blue and vermilion, told apart by all common kinds of colour vision."""

CONFIG = {"displaylogo": False, "responsive": True, "showSendToCloud": False, "displayModeBar": False}

GRID = "#ccc"

LEVELS = [[0, "#f2f2f2"], [0.5, "#a6cfe8"], [0.75, "#0072B2"], [1, "#004a75"]]
"""The colours of the levels, from none to the highest; the figures on them can be read on each."""

MOST_TICKS = 10
"""Up to this number each whole number has a tick on an axis of counts."""

MAP_HEAD = 210
"""Pixels kept above the map of cases for the slanted names of the needs."""

LAYOUT = {
    "margin": {"l": 10, "r": 10, "t": 40, "b": 40},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font": {"size": 12, "color": "#222"},
}
"""What all figures look like: dark on the page's own light ground; the style sheet turns that over in a dark theme."""


def height(evaluation: Evaluation) -> int:
    """Say how many pixels high the chart of what speaks for and against is; 0 where there is nothing to draw."""
    return 110 + 26 * len(_weighty(evaluation)) if evaluation.verdict.first else 0


def for_and_against(evaluation: Evaluation) -> "go.Figure":
    """Draw what speaks for and against each eligible model, requirement by requirement.

    A bar is the contribution less what a middling rating (2 of 4) would contribute, in points of fit: bars to
    the right speak for the model, bars to the left against it, and 50 plus all bars is its fit. Hatched, as in the
    report, is what fewer sources rated than are needed to rule a model out.

    Parameters
    ----------
    evaluation : Evaluation
        At least one need must be above 0.

    Returns
    -------
    plotly.graph_objects.Figure
        One panel for each eligible model, best first; the weightiest requirement on top.
    """
    from plotly.subplots import make_subplots  # noqa: PLC0415

    models = [model for model, fit in evaluation.ranking() if fit is not None]
    needs = _weighty(evaluation)
    asked, few = evaluation.knowledge.requirements, evaluation.knowledge.number("floor_sources")
    titles = [
        f"{evaluation.knowledge.models[model].title} {percent(evaluation.scores.fit[model] or 0)}" for model in models
    ]
    figure = make_subplots(cols=len(models), shared_yaxes=True, horizontal_spacing=0.03, subplot_titles=titles)
    # A rating of 2 of 4 is halfway, so half of the weight is what says nothing.
    half = [need.weight / sum(n.weight for n in needs) / 2 for need in needs]
    for column, model in enumerate(models, start=1):
        bars = [float(need.fit[model] - middling) * 100 for need, middling in zip(needs, half, strict=True)]
        figure.add_bar(
            x=bars,
            y=[asked[need.answer.requirement].title for need in needs],
            orientation="h",
            marker={
                "color": [FOR if bar >= 0 else AGAINST for bar in bars],
                "pattern": {"shape": ["/" if need.sources[model] < few else "" for need in needs], "fgcolor": "white"},
            },
            customdata=[
                [
                    "for" if bar >= 0 else "against",
                    reasons_wording.rating(need, model),
                    reasons_wording.rests_on(need, model, evaluation.knowledge),
                    wording.level(need.answer, asked[need.answer.requirement]),
                ]
                for need, bar in zip(needs, bars, strict=True)
            ],
            hovertemplate="<b>%{y}</b><br>%{x:+.1f} points %{customdata[0]}<br>rated %{customdata[1]} of 4 "
            "(%{customdata[2]})<br>%{customdata[3]}<extra></extra>",
            row=1,
            col=column,
        )
    figure.update_layout(**LAYOUT, height=height(evaluation), showlegend=False, bargap=0.3)
    figure.update_xaxes(
        title="against | for (points)", matches="x", zeroline=True, zerolinecolor="#222", gridcolor=GRID
    )
    figure.update_yaxes(automargin=True)
    return figure


def _weighty(evaluation: Evaluation) -> list[Contribution]:
    return sorted((c for c in evaluation.scores.contributions if c.weight), key=lambda c: c.weight)


def hours(knowledge: Knowledge, picture: str) -> "go.Figure":
    """Draw the hours that measurements of one question tell, each bar with its figure and its source.

    Parameters
    ----------
    knowledge : Knowledge
    picture : {"down", "found"}

    Returns
    -------
    plotly.graph_objects.Figure
    """
    import plotly.graph_objects as go  # noqa: PLC0415

    rows = [figure for figure in knowledge.figures if figure.picture == picture and figure.value is not None]
    colours = render.colours(knowledge)
    measured = {measurement.id: measurement for measurement in knowledge.measurements}
    figure = go.Figure()
    for model in dict.fromkeys(row.model for row in rows):
        mine = [row for row in rows if row.model == model]
        figure.add_bar(
            y=[row.label for row in mine],
            x=[float(row.value or 0) for row in mine],
            orientation="h",
            name=knowledge.models[model].title,
            text=[f"{float(row.value or 0):g} h, {knowledge.models[model].title.lower()}" for row in mine],
            textposition="outside",
            cliponaxis=False,
            marker={"color": colours[model]},
            customdata=[[measured[row.measurement].setting, measured[row.measurement].caveat] for row in mine],
            hovertemplate="<b>%{y}</b>: %{x:g} hours<br>%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        )
    height = 90 + 34 * len(rows)
    figure.update_layout(**LAYOUT, height=height, barmode="group", showlegend=False)
    figure.update_xaxes(title="hours", gridcolor=GRID, range=[0, 1.45 * max(float(row.value or 0) for row in rows)])
    figure.update_yaxes(automargin=True, autorange="reversed")
    return figure


def case_map(knowledge: Knowledge, shown: Sequence[Case]) -> "go.Figure":
    """Map cases by requirement: how strongly each source names each need; what it does not name stays empty.

    Parameters
    ----------
    knowledge : Knowledge
    shown : sequence of Case
        At least one.

    Returns
    -------
    plotly.graph_objects.Figure
        One row for each case, those of one model together.
    """
    import plotly.graph_objects as go  # noqa: PLC0415

    order = {model: place for place, model in enumerate(knowledge.models)}
    rows = sorted(shown, key=lambda case: (order[case.model], case.organisation))
    asked = list(knowledge.requirements.values())
    levels = [[case.levels.get(requirement.id) for requirement in asked] for case in rows]
    names = [_row(case, knowledge) for case in rows]
    figure = go.Figure(
        go.Heatmap(
            z=levels,
            x=[requirement.title for requirement in asked],
            y=list(range(len(rows))),
            text=[["" if level is None else level for level in row] for row in levels],
            texttemplate="%{text}",
            customdata=[[name] * len(asked) for name in names],
            hovertemplate="<b>%{customdata}</b><br>%{x}: level %{z}<extra></extra>",
            colorscale=LEVELS,
            zmin=0,
            zmax=TOP,
            xgap=1,
            ygap=1,
            hoverongaps=False,
            showscale=False,
        )
    )
    figure.update_layout(**LAYOUT | {"margin": {"t": MAP_HEAD, "r": 200}}, height=MAP_HEAD + 30 + 20 * len(rows))
    # Every need is named, however narrow the page; left to itself the chart drops names.
    figure.update_xaxes(
        tickangle=-40,
        side="top",
        automargin=False,
        showgrid=False,
        tickmode="array",
        tickvals=list(range(len(asked))),
    )
    figure.update_yaxes(
        autorange="reversed",
        automargin=True,
        showgrid=False,
        tickmode="array",
        tickvals=list(range(len(rows))),  # two cases may bear one name
        ticktext=names,
    )
    return figure


def _row(case: Case, knowledge: Knowledge) -> str:
    told = f"{knowledge.models[case.model].title[:1]}: {case.organisation}, {case.workflow}"
    reported = " (reported)" if case.standing == "reported" else ""
    return textwrap.shorten(told, 58 - len(reported), placeholder="…") + reported


def stacked(names: Sequence[str], parts: Iterable[tuple[str, str, Sequence[int]]], unit: str) -> "go.Figure":
    """Draw numbers that add up to wholes, one bar for each whole; the legend is for the page to show.

    Parameters
    ----------
    names : sequence of str
        What the bars stand for, the first on top; at least one.
    parts : iterable of (str, str, sequence of int)
        Title, colour and numbers of each part, a number for each bar; a part that is 0 in all of them is left out.
    unit : str
        What is counted, such as ``"workflows"``.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    import plotly.graph_objects as go  # noqa: PLC0415 - half a second, and the verdict stands before it

    places, figure = list(range(len(names))), go.Figure()  # two bars may bear one name
    for title, colour, numbers in parts:
        if any(numbers):
            figure.add_bar(
                y=places,
                x=list(numbers),
                orientation="h",
                name=title,
                text=[f"{number:,}" if number else "" for number in numbers],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                marker={"color": colour, "line": {"color": "white", "width": 1}},
                customdata=list(names),
                hovertemplate="<b>%{customdata}</b><br>%{fullData.name}: %{x:,}<extra></extra>",
            )
    figure.update_layout(
        **LAYOUT | {"margin": {"l": 10, "r": 10, "t": 10, "b": 50}},
        height=90 + 26 * len(names),
        barmode="stack",
        bargap=0.25,
        uniformtext={"minsize": 10, "mode": "hide"},
        showlegend=False,
    )
    longest = max((sum(lengths) for lengths in zip(*(bar.x for bar in figure.data), strict=True)), default=0)
    ticks = {"dtick": 1} if longest <= MOST_TICKS else {}  # left to itself the chart counts few things in halves
    figure.update_xaxes(title=unit, gridcolor=GRID, tickformat=",", **ticks)
    figure.update_yaxes(automargin=True, autorange="reversed", tickmode="array", tickvals=places, ticktext=list(names))
    return figure


def bundle(figure: "go.Figure") -> dict[str, Any]:
    """Write a figure as the MIME bundle that notebooks show, with the kit's settings of the mode bar."""
    return {"application/vnd.plotly.v1+json": {**figure.to_plotly_json(), "config": CONFIG}}
