"""The sentences about a decision that stand in its record and its report, or are said of a record."""

from decision_kit.basis import Basis
from decision_kit.decision import Decision
from decision_kit.evaluation import Evaluation
from decision_kit.grammar import listed, more, percent
from decision_kit.knowledge import Knowledge
from decision_kit.reasons_wording import reasons

MOST_RATINGS = 3
"""Most ratings that are named where a verdict has turned; all are counted."""


def title(evaluation: Evaluation) -> str:
    """Name the decision as a record's title does."""
    return _title(evaluation.decision, evaluation.knowledge, evaluation.model)


def title_of(decision: Decision, knowledge: Knowledge) -> str:
    """Name a recorded decision as its record's title does."""
    return _title(decision, knowledge, decision.chosen or (decision.basis.model if decision.basis else None))


def _title(decision: Decision, knowledge: Knowledge, model: str | None) -> str:
    name = " ".join(decision.name.split())
    if model is None or model not in knowledge.models:
        return f"Decide how to coordinate {name}"
    return f"Coordinate {name} with {knowledge.models[model].phrase}"


def opening(decision: Decision) -> str:
    """Begin the sentence that says the whole decision."""
    return f"In the context of {' '.join(decision.name.split())}"


def review(decision: Decision) -> str:
    """Say when the decision is looked at again; what triggers it follows as a list."""
    if decision.review and decision.triggers:
        return f"It is reviewed on {decision.review}, and before that day when:"
    if decision.review:
        return f"It is reviewed on {decision.review}."
    return "It is reviewed when:" if decision.triggers else "It is reviewed when one of the answers changes."


def statement(evaluation: Evaluation) -> str:
    """Say the whole decision in one sentence, as a Y-statement (Zdun et al., IEEE Software 30(6), 2013)."""
    decision, knowledge = evaluation.decision, evaluation.knowledge
    if evaluation.model is None:
        return f"{opening(decision)}, no model is recommended yet."
    titles = {r.id: r.title.lower() for r in knowledge.requirements.values()}
    strongest = sorted(evaluation.scores.contributions, key=lambda c: -c.weight)
    facing = [titles[c.answer.requirement] for c in strongest if c.weight > 0][:3]
    said = f"{opening(decision)}, facing the need for {listed(facing)}, we decided for "
    said += knowledge.models[evaluation.model].phrase
    said += ", the only model that fails no must-have," if unrivalled(evaluation) else ""
    others = [knowledge.models[model].title for model in evaluation.scores.eligible if model != evaluation.model]
    said += f" and neglected {listed(others)}" if others else ""
    if evaluation.compared is None:
        return said + "."
    gained, paid = reasons(evaluation, *evaluation.compared)
    if gained:
        than = knowledge.models[evaluation.compared[1]].title
        said += f", as it does more than {than} for {listed(titles[c.answer.requirement] for c in gained[:3])}"
    if paid:
        said += f", accepting that it does less for {listed(titles[c.answer.requirement] for c in paid[:3])}"
    elif evaluation.decision.scoped and knowledge.models[evaluation.model].composed:
        said += ", accepting the cost of a boundary"
    return said + "."


def unrivalled(evaluation: Evaluation) -> str:
    """Say why the model that is decided for was weighed against no other; empty where it was."""
    models, scores = evaluation.knowledge.models, evaluation.scores
    if evaluation.model is None or scores.candidates != (evaluation.model,) or len(scores.eligible) == 1:
        return ""
    fits = {model: percent(fit) for model in scores.eligible if (fit := scores.fit[model]) is not None}
    out = [f"{models[model].title} ({fit})" for model, fit in fits.items() if model != evaluation.model]
    if not out:
        return ""
    return (
        f"no other candidate was left: must-haves rule out {listed(out)}, whatever the other needs say; "
        f"{models[evaluation.model].title} itself fits {fits[evaluation.model]}."
    )


def moved_ratings(basis: Basis, now: Evaluation) -> str:
    """Say which ratings a recorded decision rests on have changed since, the weightiest first."""
    models, asked = now.knowledge.models, now.knowledge.requirements
    weights = {need.answer.requirement: need.weight for need in now.scores.contributions if need.weight}
    moved = [
        (abs(after - before) * weights[requirement], model, requirement, before, after)
        for (model, requirement), (before, after) in basis.changed(now.knowledge).items()
        if requirement in weights and before is not None and after is not None
    ]
    if not moved:
        return "No rating behind it has changed; the weights or the settings have."
    moved.sort(key=lambda row: -row[0])
    told = [
        f"{asked[requirement].title} for {models[model].phrase} from {float(before):.1f} to {float(after):.1f}"
        for _, model, requirement, before, after in moved[:MOST_RATINGS]
    ]
    return f"Ratings that changed (0 to 4): {more(told, len(moved))}."
