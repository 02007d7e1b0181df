"""Plotly figures from values."""

from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from decision_kit import wording
from decision_kit.evaluation import Evaluation, percent

FOR, AGAINST = "#0072B2", "#D55E00"
"""Okabe and Ito's blue and vermilion, told apart by all common kinds of colour vision."""

CONFIG = {"displaylogo": False, "responsive": True, "showSendToCloud": False, "displayModeBar": False}


def for_and_against(evaluation: Evaluation) -> go.Figure:
    """Draw what speaks for and against each eligible model, requirement by requirement.

    A bar is the contribution less what a middling rating (2 of 4) would contribute, in points of fit: bars to
    the right speak for the model, bars to the left against it, and 50 plus all bars is its fit.

    Parameters
    ----------
    evaluation : Evaluation
        At least one need must be above 0.

    Returns
    -------
    plotly.graph_objects.Figure
        One panel for each eligible model, best first; the weightiest requirement on top.
    """
    models = [model for model, fit in evaluation.ranking() if fit is not None]
    needs = sorted((c for c in evaluation.scores.contributions if c.weight), key=lambda c: c.weight)
    asked = evaluation.knowledge.requirements
    titles = [
        f"{evaluation.knowledge.models[model].title} {percent(evaluation.scores.fit[model] or 0)}" for model in models
    ]
    figure = make_subplots(cols=len(models), shared_yaxes=True, horizontal_spacing=0.03, subplot_titles=titles)
    for column, model in enumerate(models, start=1):
        # A rating of 2 of 4 is halfway, so half of the weight is what says nothing.
        half = [need.weight / sum(n.weight for n in needs) / 2 for need in needs]
        bars = [float(need.fit[model] - middling) * 100 for need, middling in zip(needs, half, strict=True)]
        figure.add_bar(
            x=bars,
            y=[asked[need.answer.requirement].title for need in needs],
            orientation="h",
            marker={
                "color": [FOR if bar >= 0 else AGAINST for bar in bars],
                "pattern": {"shape": ["" if bar >= 0 else "/" for bar in bars], "fgcolor": "white"},
            },
            customdata=[
                [
                    "for" if bar >= 0 else "against",
                    f"{float(need.ratings[model]):.1f}",
                    wording.counted(need.sources[model], "source"),
                    wording.level(need.answer, asked[need.answer.requirement]),
                ]
                for need, bar in zip(needs, bars, strict=True)
            ],
            hovertemplate="<b>%{y}</b><br>%{x:+.1f} points %{customdata[0]}<br>rated %{customdata[1]} of 4 by "
            "%{customdata[2]}<br>%{customdata[3]}<extra></extra>",
            row=1,
            col=column,
        )
    figure.update_layout(
        height=110 + 26 * len(needs),
        margin={"l": 10, "r": 10, "t": 40, "b": 40},
        showlegend=False,
        bargap=0.3,
        paper_bgcolor="white",
        plot_bgcolor="white",
        font={"size": 12, "color": "#222"},
    )
    figure.update_xaxes(title="against | for (points)", zeroline=True, zerolinecolor="#222", gridcolor="#ddd")
    figure.update_xaxes(matches="x")
    figure.update_yaxes(automargin=True)
    return figure


def bundle(figure: go.Figure) -> dict[str, Any]:
    """Write a figure as the MIME bundle that notebooks show, with the kit's settings of the mode bar."""
    return {"application/vnd.plotly.v1+json": {**figure.to_plotly_json(), "config": CONFIG}}
