"""The sentences about what would change a verdict: other answers, open ones, other levels, other knowledge."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from decision_kit import scoring, sensitivity
from decision_kit.confidence import Confidence
from decision_kit.decision import Answer
from decision_kit.evaluation import NOT_ENOUGH, Evaluation
from decision_kit.grammar import counted, listed, percent, points
from decision_kit.knowledge import Knowledge
from decision_kit.sensitivity import FARTHEST, OpenQuestion, Reach
from decision_kit.wording import level, whose


def still_open(evaluation: Evaluation) -> str:
    """Say what the questions not answered could do to a verdict; empty where there is none, or nothing is open."""
    open_, models = len(evaluation.missing), evaluation.knowledge.models
    if evaluation.verdict.model is None or not open_:
        return ""
    first, asked = models[evaluation.verdict.model].title, counted(len(evaluation.knowledge.requirements), "question")
    are, them, each = ("is", "it", "it") if open_ == 1 else ("are", "them", "each")
    told = (
        f"{open_} of {asked} {are} not answered: the fit leaves {them} out, and the readings let {each} have any level"
    )
    ahead = [models[model].title for model in sensitivity.overtaking(evaluation.decision, evaluation.knowledge)]
    if not ahead:
        return f"{told}. Whatever becomes of {them}, {first} still fits best."
    return f"{told}. Depending on {them}, {listed(ahead)} could still come to fit better than {first}."


def flips(evaluation: Evaluation, most: int = 3) -> list[str]:
    """Say what would change the verdict: the smallest sets of changed answers, and how many more there are."""
    if evaluation.verdict.kind == NOT_ENOUGH or evaluation.scores.first is None:
        return []
    found, knowledge = evaluation.flips, evaluation.knowledge
    if found.steps is None:
        left_out = "; those not answered stay left out" if evaluation.missing else ""
        return [f"No {FARTHEST} steps of the answers given would make another model fit best{left_out}."]
    told = []
    for flip in found.sets[:most]:
        changes = [_change(answer, evaluation) for answer in flip.changes]
        told.append(f"If {listed(changes)}, {knowledge.models[flip.model].title} would fit best.")
    if found.count > most:
        told.append(f"{counted(found.count - most, 'more change')} of that size would do the same.")
    return told


def _change(answer: Answer, evaluation: Evaluation) -> str:
    requirement = evaluation.knowledge.requirements[answer.requirement]
    before = evaluation.decision.answer_to(answer.requirement)
    parts = []
    if answer.level != before.level:
        parts.append(f"at level {answer.level} instead of {before.level} (“{level(answer, requirement).rstrip('.')}”)")
    if answer.scope != before.scope and evaluation.decision.scoped:
        parts.append(f"a need of {whose(answer.scope)}")
    return f"{requirement.title} were {listed(parts)}"


def ask_next(evaluation: Evaluation, found: Iterable[OpenQuestion]) -> str:
    """Say which open question is worth answering next; empty if none is."""
    best = sensitivity.ask_next(found)
    if best is None:
        return ""
    title = evaluation.knowledge.requirements[best.requirement].title
    return (
        f"Worth answering next: {title}; it is expected to raise the highest share of readings by {points(best.rise)}."
    )


def winners(knowledge: Knowledge, places: Sequence[tuple[str | None, Confidence]]) -> str:
    """Say at how many of several places each model fits best, and where another comes first in more readings."""
    counts = Counter(model for model, _ in places)
    told = [
        f"{'none alone' if model is None else knowledge.models[model].title} at {number}"
        for model, number in counts.most_common()
    ]
    said = f"What fits best at the {len(places)} places: {listed(told)}."
    apart = sum(shares.often not in (model, None) for model, shares in places if model)
    if apart:
        said += f" At {apart} of them another model comes first in more readings, which the place names too."
    return said


def turning(evaluation: Evaluation, by_level: Mapping[str, Sequence[str | None]]) -> str:
    """Say which answers could turn the verdict by themselves."""
    first = evaluation.scores.first
    if evaluation.verdict.kind == NOT_ENOUGH:
        return "There is no verdict yet, so what would change it is not said."
    if first is None:
        return "No model fits best alone."
    asked, model = evaluation.knowledge.requirements, evaluation.knowledge.models[first].title
    turning = [asked[r].title for r, winners in by_level.items() if any(w not in (first, None) for w in winners)]
    if not turning:
        ties = " or ties" if any(None in winners for winners in by_level.values()) else ""
        return f"Whatever the level of any one answer, {model} still fits best{ties}."
    return f"By itself, another level of {listed(turning)} would make another model fit best than {model}."


def reach(found: Reach, knowledge: Knowledge) -> str:
    """Warn of models that a folder of knowledge hardly ever lets fit best; empty if there is none."""
    rare = [
        f"{knowledge.models[model].title} ({share:.2%} of all answers)" for model, share in found.hardly_ever().items()
    ]
    if not rare:
        return ""
    return (
        f"Under the knowledge “{knowledge.name}” hardly any answers would let {listed(rare)} fit best, so a verdict "
        "against it may say more of these ratings than of the system."
    )


def open_question(question: OpenQuestion, evaluation: Evaluation) -> str:
    """Say what one open question costs in confidence."""
    models, low, high = evaluation.knowledge.models, min(question.by_level), max(question.by_level)
    rise = f"{'raise' if question.rise > 0 else 'lower'} the highest share of readings by {points(abs(question.rise))}"
    if abs(question.rise) < 0.0005:
        rise = "leave the highest share of readings as it is"

    def told(level: int) -> str:
        model, share = max(question.by_level[level].first.items(), key=lambda row: row[1])
        answered = evaluation.decision.answer(question.requirement, level=level)
        best = scoring.score(answered, evaluation.knowledge).first
        fits = f" (though {models[best].title} would fit best)" if best not in (model, None) else ""
        return f"at level {level} {models[model].title} would come first in {percent(share)} of them{fits}"

    return f"An answer is expected to {rise}: {told(low)} and {told(high)}."
