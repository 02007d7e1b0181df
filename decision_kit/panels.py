"""What the notebooks show of a result as HTML: verdict, reasons, guidance; user text is always escaped."""

import base64
from collections.abc import Iterable, Sequence
from pathlib import Path

from markupsafe import Markup

from decision_kit import (
    cases_wording,
    difference,
    difference_wording,
    files,
    reasons_wording,
    render,
    sensitivity,
    sensitivity_wording,
    wording,
)
from decision_kit.backtest import Backtest
from decision_kit.boundaries import line_difference
from decision_kit.cases import Case, Pair
from decision_kit.decision import Answer, Decision
from decision_kit.difference import Difference
from decision_kit.evaluation import Evaluation
from decision_kit.knowledge import Knowledge, Requirement


def style() -> str:
    """Give the style sheet of all panels as one HTML element."""
    return f"<style>{(files.PACKAGE / 'templates' / 'panels.css').read_text(encoding='utf-8')}</style>"


def verdict(evaluation: Evaluation) -> str:
    """Show the verdict, the ranking, what fails, what is missing, and the lean; nothing that takes a while."""
    return _render("verdict", evaluation, still_open=sensitivity_wording.still_open(evaluation))


def unweighted(evaluation: Evaluation) -> str:
    """Say what the answers give without the weights of their levels, and under any weights."""
    told = wording.unweighted(evaluation)
    summary = "If every need counted the same"
    return Markup('<details class="dk"><summary>{}</summary><p>{}</p></details>').format(summary, told) if told else ""


def reasons(evaluation: Evaluation) -> str:
    """Say in words what the chart of reasons shows, with the table behind it and the measured facts."""
    return _render("reasons", evaluation, reasons=reasons_wording, flips=sensitivity_wording.flips(evaluation))


def teams(evaluation: Evaluation) -> str:
    """Show what documented teams did in such a situation; for a hybrid, by side of the boundary."""
    heads = {
        "core": "With the needs of your core",
        "reactions": "With the needs of your reactions",
        "whole": "The nearest documented workflows",
    }
    found = evaluation.teams
    groups = [(heads[part], voice) for part, voice in found.told.items()] if found else []
    return _render("teams", evaluation, groups=groups, told=cases_wording.teams(evaluation))


def guidance(evaluation: Evaluation) -> str:
    """Show mitigations and anti-patterns for the recommended model."""
    return _render("guidance", evaluation)


def why(evaluation: Evaluation, requirement: str) -> str:
    """Say why a requirement matters and which way it usually pulls."""
    return _render("why", evaluation, requirement=evaluation.knowledge.requirements[requirement])


def ranged(answer: Answer, requirement: Requirement) -> str:
    """Say at a question that its answer is a range; nothing where it is none. page.js marks the choices in it."""
    if not isinstance(answer.level, tuple):
        return ""
    low, high = answer.level
    return Markup(
        '<p class="dk dk-range" data-low="{low}" data-high="{high}">'
        "Your answer is a range, level {low} to {high}. {said}</p>"
    ).format(low=low, high=high, said=wording.level(answer, requirement))


def more(answer: Answer, *, opened: bool) -> str:
    """Say on a button what opens behind a question, and what is already said there."""
    said = [f"between level {answer.level[0]} and {answer.level[1]}"] if isinstance(answer.level, tuple) else []
    said += wording.marks(answer)
    said += ["note"] if answer.note.strip() else []
    return f"{'Less' if opened else 'More'}{': ' if said else ''}{', '.join(said)}"


def winner_map(evaluation: Evaluation, one: str, other: str | None) -> str:
    """Map which model fits best over the levels of one answer or of two, and in how many readings it comes first."""
    known, decision = evaluation.knowledge, evaluation.decision
    rows = sensitivity.over_levels(decision, known, one, other)
    levels = [decision.answer_to(requirement).level if requirement else None for requirement in (one, other)]
    axes = (known.requirements[one], known.requirements[other] if other else None)
    finding = sensitivity_wording.winners(known, [cell for row in rows for cell in row])
    return _render("map", evaluation, cells=rows, axes=axes, here=tuple(levels), finding=finding)


def levels(evaluation: Evaluation) -> str:
    """Show the fewest steps that change the verdict, and what fits best at each level of each answer."""
    by_level = sensitivity.by_level(evaluation.decision, evaluation.knowledge)
    finding, flips = sensitivity_wording.turning(evaluation, by_level), sensitivity_wording.flips(evaluation, 20)
    return _render("levels", evaluation, by_level=by_level, finding=finding, flips=flips)


def open_questions(evaluation: Evaluation) -> str:
    """Show what the open answers cost in confidence, the costliest first."""
    found = sorted(evaluation.open_questions, key=lambda question: -question.rise)
    told = [(question.requirement, sensitivity_wording.open_question(question, evaluation)) for question in found]
    return _render("open", evaluation, told=told, finding=sensitivity_wording.ask_next(evaluation, found))


def compare(one: Evaluation, other: Evaluation, names: tuple[str, str]) -> str:
    """Show two decisions side by side."""
    found = difference.between(one, other)
    told = difference_wording.other_differences(found) + line_difference.between(one.line, other.line)
    return _render("compare", one, found=found, names=names, told=told)


def case_list(knowledge: Knowledge, shown: Sequence[Case], total: int) -> str:
    """List cases to browse."""
    return _plain("cases", knowledge, shown=shown, total=total)


def moves(knowledge: Knowledge, known: Iterable[Case]) -> str:
    """Show who moved from which model to which, and why."""
    moved = [case for case in known if case.moved_from_model and case.standing == "documented"]
    moved.sort(key=lambda case: (case.moved_from_model not in knowledge.models, case.moved_from_model, case.model))
    return _plain("moves", knowledge, moved=moved, finding=cases_wording.moves(knowledge, moved))


def pairs(knowledge: Knowledge, found: Iterable[Pair]) -> str:
    """Show pairs of cases that teach more beside each other."""
    return _plain("pairs", knowledge, pairs=found)


def fears(knowledge: Knowledge, picture: str) -> str:
    """Say what a picture of measured hours shows, with the table behind it."""
    figures = [figure for figure in knowledge.figures if figure.picture == picture]
    measured = {measurement.id: measurement for measurement in knowledge.measurements}
    return _plain("fears", knowledge, figures=figures, measured=measured, finding=cases_wording.FEARS[picture])


def backtest(knowledge: Knowledge, result: Backtest) -> str:
    """Show how often each voice names what a team did, with its limits."""
    voices = {
        "experts": "The sources' ratings alone",
        "cases": "The nearest cases alone",
        "combined": "Both together",
        "baseline": "Always the commonest model",
    }
    told = [cases_wording.backtest(result), cases_wording.calibration(result), cases_wording.hybrids(result)]
    return _plain("backtest", knowledge, result=result, voices=voices, told=told)


def saved(path: Path | None) -> str:
    """Say where the decision is kept."""
    if path is None:
        return '<p class="dk dk-quiet">Your first answer or the name starts a file; every change is saved there.</p>'
    return Markup('<p class="dk dk-quiet">Every change is saved in <b>{}</b>.</p>').format(path)


def unsaved(
    told: str, decision: Decision, there: Difference | None = None, here: Difference | None = None, name: str = ""
) -> str:
    """Say why answers are not saved, what another hand changed meanwhile and what was changed here; offer a copy."""
    copy = f"data:application/json;base64,{base64.b64encode(decision.to_json().encode()).decode('ascii')}"
    return render.panel("unsaved", told=told, there=there, here=here, copy=copy, name=name, words=difference_wording)


def settled(told: str, look_at: Sequence[str]) -> str:
    """Say what became of changes that met, and what a person should look at."""
    return render.panel("settled", told=told, look_at=look_at)


def exported(evaluation: Evaluation, paths: Iterable[Path]) -> str:
    """Name the files written, each with links that open it and that download a copy."""
    kinds = {".md": "text/markdown", ".html": "text/html", ".json": "application/json", ".pdf": "application/pdf"}
    links = {
        path: f"data:{kinds[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
        for path in paths
    }
    return _render("exported", evaluation, links=links)


def preview(text: str) -> str:
    """Show the text of a record as it would be written."""
    return Markup(
        '<div class="dk" role="region" aria-label="Preview of the record"><pre tabindex="0">{}</pre></div>'
    ).format(text)


def heading(text: str) -> str:
    """Head a part of the page, or a question."""
    return Markup('<div class="dk"><h3>{}</h3></div>').format(text)


def sentence(text: str) -> str:
    """Show one sentence; nothing where there is none."""
    return Markup('<p class="dk dk-quiet">{}</p>').format(text) if text else ""


def done(text: str) -> str:
    """Show one sentence about what a person asked for, which a screen reader says too; nothing where there is none."""
    return Markup('<p class="dk dk-quiet" data-dk-say="done">{}</p>').format(text) if text else ""


def message(text: str) -> str:
    """Show one sentence about something that went wrong."""
    return Markup('<p class="dk-message" role="alert">{}</p>').format(text)


def _plain(name: str, knowledge: Knowledge, **more: object) -> str:
    return render.panel(name, knowledge=knowledge, words=wording, colours=render.colours(knowledge), **more)


def _render(name: str, evaluation: Evaluation, **more: object) -> str:
    return _plain(
        name,
        evaluation.knowledge,
        evaluation=evaluation,
        scores=evaluation.scores,
        decision=evaluation.decision,
        **more,
    )
