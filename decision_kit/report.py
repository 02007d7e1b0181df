"""Write a decision's report: one HTML page that needs nothing else, and from which the decision opens again."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from html import escape, unescape
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from decision_kit import (
    cases_wording,
    extras,
    reasons_wording,
    record_wording,
    render,
    scoring,
    sensitivity_wording,
    wording,
)
from decision_kit.boundaries import line_section
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.evaluation import NOT_ENOUGH, Evaluation
from decision_kit.grammar import listed, percent, points
from decision_kit.knowledge import Knowledge, Measurement
from decision_kit.layouts import replaced
from decision_kit.markdown import line as visible
from decision_kit.markdown import named
from decision_kit.render import Bar
from decision_kit.scoring import Contribution
from decision_kit.voices import Neighbour

CASES = 3
"""How many of the nearest documented cases are shown."""

TOPICS, FACTS = 2, 2
"""On how many needs measured facts are shown, and how many in all, so that the page stays under 40 kB."""

WHOLE, HALF = 86, 34
"""Longest bar to one side and to either side, in percent of the plot; the rest is left for the figures."""

SETTINGS = {
    "clear_ratio": "Clear from",
    "clear_share": "Readings for clear",
    "leaning_ratio": "Leaning from",
    "enough_share": "Answers needed",
    "floor": "Floor of a must-have",
    "floor_sources": "Sources needed",
    "crossing_cost": "Crossing cost",
    "prior": "Prior of a rating",
}
"""The settings that the fit and the verdict use, in words."""


def html(evaluation: Evaluation) -> str:
    """Write the report of an evaluation: a whole HTML page without scripts or requests, with the decision as JSON.

    The same evaluation gives the same text.
    """
    known, scores = evaluation.knowledge, evaluation.scores
    needs = sorted(scores.contributions, key=lambda need: -need.weight)
    pair = _pair(evaluation)
    facts = _facts(known, needs)
    advice = [row for row in known.guidance if row.model == evaluation.model]
    # A model made of two is rated by its two halves; the sources' own ratings of it are not used.
    cells = [(model, need.answer.requirement) for model in scoring.pure(known) for need in needs]
    ratings = Counter(vote.source for cell in cells for vote in known.votes[cell])
    line = line_section.of(evaluation.line)
    cited = {row.source for row in advice} | {fact.source for fact in facts} | line["cited_by_line"]
    used = [source for source in known.sources.values() if source.id in cited or source.id in ratings]
    left_out = [source for source in used if source.grade in "CD" and source.id not in cited]
    sources = sorted((source for source in used if source not in left_out), key=lambda source: source.grade)
    colours = render.colours(known)
    failing = {model for model in scores.eligible if model not in scores.candidates}
    return render.HTML.get_template("report.html.j2").render(
        **line,
        evaluation=evaluation,
        words=wording,
        reasons=reasons_wording,
        sensitivity=sensitivity_wording,
        cases=cases_wording,
        record=record_wording,
        needs=needs,
        pair=pair,
        fit_finding=_fit_finding(evaluation),
        fit_bars=_fit_bars(evaluation, colours, failing),
        difference_finding=_difference_finding(evaluation, *pair) if pair else "",
        difference_bars=_difference_bars(known, needs, *pair, colours) if pair else [],
        colours=colours,
        failing=failing,
        facts=facts,
        neighbours=_neighbours(evaluation),
        advice=advice,
        sources=sources,
        left_out=left_out,
        rest=record_wording.statement(evaluation).removeprefix(record_wording.opening(evaluation.decision)),
        number={source.id: number for number, source in enumerate(sources, 1)},
        cited=cited,
        ratings=ratings,
        settings=SETTINGS,
        version=version("decision-kit"),
    )


def rewrite(text: str, decision: Decision, knowledge: Knowledge, *, before: Decision) -> str:
    """Change in a written report what its decision now says otherwise, as :func:`.layouts.rewrite` in a record.

    Raises
    ------
    InputError
        If the report does not say what ``before`` says.
    """
    return replaced(text, _parts(before, knowledge), _parts(decision, knowledge))


def _parts(decision: Decision, knowledge: Knowledge) -> dict[str, str]:
    """Render what may change in a report."""
    module: Any = render.HTML.get_template("report.parts.html.j2").module
    return {
        "name": module.name(decision),
        "title": module.title(decision, record_wording.title_of(decision, knowledge)),
        "opening": module.opening(decision, record_wording.opening(decision)),
        "status": module.standing(decision),
        "decision": module.stored(decision),
    }


def pdf(page: str) -> bytes:
    """Set a report, given as its HTML, on paper: as PDF/UA-1, which screen readers can read.

    Raises
    ------
    InputError
        If WeasyPrint, the optional extra ``pdf``, is not installed.
    """
    weasyprint = extras.need("weasyprint", "a PDF, which a browser can print from the HTML report too,")
    written: bytes = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    return written


def decision_in(text: str) -> Decision:
    """Read the decision back out of a report, as :func:`html` writes it or a browser saves it.

    Raises
    ------
    InputError
        If the text holds no decision, or one that cannot be read.
    """
    # Everywhere else what users wrote is escaped, also by a browser. A page that was cut off ends anywhere.
    found = re.search(r'<pre id="decision"[^>]*>(.*?)(?:</pre>|\Z)', text, re.DOTALL)
    if found is None:
        raise InputError("is not a report of the decision kit: no decision is stored in it.")
    return Decision.from_json(unescape(found[1]))


def _pair(evaluation: Evaluation) -> tuple[str, str] | None:
    """Choose the two models to compare; where one alone fails no must-have, it and the best that fails."""
    if evaluation.compared:
        return evaluation.compared
    first = evaluation.verdict.first[:1]
    others = [model for model, fit in evaluation.ranking() if fit is not None and model not in first]
    return (first[0], others[0]) if first and others else None


def _facts(known: Knowledge, needs: Iterable[Contribution]) -> list[Measurement]:
    """List the best measured facts on the weightiest needs that have any, one of each source for a need."""

    def worth(fact: Measurement) -> tuple[str, bool]:
        return known.sources[fact.source].grade, not (fact.orchestration and fact.choreography)

    topics = []
    for requirement in [need.answer.requirement for need in needs if need.weight > 0]:
        of_source: dict[str, Measurement] = {}
        for fact in sorted(known.measurements, key=worth):
            if fact.requirement == requirement:
                of_source.setdefault(fact.source, fact)
        topics += [list(of_source.values())] if of_source else []
    topics = topics[:TOPICS]
    return [fact for facts in topics for fact in facts[: FACTS // len(topics)]]


def _neighbours(evaluation: Evaluation) -> list[Neighbour]:
    """List the nearest documented cases: of the whole, or of each side where a boundary is recommended."""
    voices = list(evaluation.teams.told.values()) if evaluation.teams else []
    return [neighbour for voice in voices for neighbour in voice.nearest[: CASES // len(voices)]]


def _fit_finding(evaluation: Evaluation) -> str:
    scores, models, verdict = evaluation.scores, evaluation.knowledge.models, evaluation.verdict
    if not verdict.first:
        return ""
    titles = [models[model].title for model in verdict.first]
    fit = percent(scores.fit[verdict.first[0]] or 0)
    if len(titles) > 1:
        return f"{listed(titles)} fit equally well, with {fit}."
    if verdict.next is None:
        return f"{titles[0]} alone fails no must-have; its fit is {fit}."
    of_those = " of the models that fail no must-have" if len(scores.candidates) < len(scores.eligible) else ""
    few = ", by the few answers given" if verdict.kind == NOT_ENOUGH else ""
    behind = f"{models[verdict.next].title} follows with {percent(scores.fit[verdict.next] or 0)}"
    return f"{titles[0]} fits best{of_those}{few}, with {fit}; {behind}."


def _difference_finding(evaluation: Evaluation, first: str, other: str) -> str:
    models, asked = evaluation.knowledge.models, evaluation.knowledge.requirements
    told = []
    for verb, rows in zip(("gains", "loses"), reasons_wording.reasons(evaluation, first, other), strict=True):
        for need in rows[:1]:
            by = points(abs(need.fit[first] - need.fit[other]))
            told.append(f"{verb} most on {asked[need.answer.requirement].title} ({by})")
    gist = " and ".join(told) or "is level on every need"
    return f"Against {models[other].title}, {models[first].title} {gist}."


def _fit_bars(evaluation: Evaluation, colours: Mapping[str, str], failing: set[str]) -> list[Bar]:
    bars = []
    for model, fit in evaluation.ranking():
        if fit is not None:
            label = evaluation.knowledge.models[model].title + (", fails a must-have" if model in failing else "")
            width = max(0, float(fit)) * WHOLE
            bars.append(Bar(label, 0, width, colours[model], percent(fit), hatched=False, whole=WHOLE))
    return bars


def _difference_bars(
    known: Knowledge, needs: Iterable[Contribution], first: str, other: str, colours: Mapping[str, str]
) -> list[Bar]:
    """Draw from the middle what each need gives the first model more or less than the other."""
    needs = [need for need in needs if need.weight > 0]
    widest = max((abs(need.fit[first] - need.fit[other]) for need in needs), default=Fraction(0)) or Fraction(1)
    bars = []
    for need in needs:
        difference = need.fit[first] - need.fit[other]
        ahead, width = difference >= 0, float(abs(difference) / widest) * HALF
        bars.append(
            Bar(
                label=known.requirements[need.answer.requirement].title,
                left=50 if ahead else 50 - width,
                width=width,
                fill=colours[first if ahead else other],
                value=_figure(difference, signed=True),
                hatched=min(need.sources[first], need.sources[other]) < known.number("floor_sources"),
                leftward=not ahead,
            )
        )
    return bars


def _figure(share: Fraction, *, signed: bool = False) -> str:
    """Write points as a bare figure, for where the unit is said beside it."""
    figure = points(share).removesuffix(" points").replace("-", "\u2212")
    if figure in ("0.0", "\u22120.0"):
        return "0.0"
    return f"+{figure}" if signed and share > 0 else figure


def _isolated(sentence: str, name: str) -> Markup:
    """Keep a name's direction of writing, and characters that turn it, from reaching the sentence around it."""
    return Markup("{}<bdi>{}</bdi>{}").format(*sentence.partition(" ".join(name.split())))


def _stored(document: str) -> Markup:
    """Escape JSON as an element's text, without the quotes, of which it has many."""
    return Markup(escape(document, quote=False))  # noqa: S704 - escaped here


def _linkable(address: str) -> bool:
    """Tell whether an address may be a link; a folder of one's own may hold ``javascript:`` and the like."""
    return address.lower().startswith(("http://", "https://"))


render.HTML.filters |= {
    "figure": _figure,
    "isolated": _isolated,
    "stored": _stored,
    "visible": visible,
    "named": named,
}
render.HTML.tests["linkable"] = _linkable
